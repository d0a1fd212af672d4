//! `generate` in all its forms.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use refrain::domain::generation::{Status, TakeId};
use rustix::process::Signal;

use super::{AT_ONCE, SHORT, at, begin, generate};
use crate::support::process;
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};

#[test]
fn generate_waits_until_the_file_is_saved_and_prints_its_path() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let ended = generate(&studio, &service, &["--wait", "--song", "Night Ferry"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let path = ended.out.trim_end();
    assert!(path.ends_with("music/Night Ferry/Night Ferry - take 001 (stable-audio).mp3"), "{path}");
    assert!(fs::metadata(path).unwrap().len() > 1000);
}

#[test]
fn json_is_one_object_of_exactly_the_promised_shape() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let ended = generate(&studio, &service, &["--wait", "--json", "--song", "Night Ferry"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    let record = ended.json();
    let keys: Vec<_> = record.as_object().unwrap().keys().map(String::as_str).collect();
    let promised = "id song take model service status remote_id request_tag created finished file cost error";
    let mut promised: Vec<_> = promised.split(' ').collect();
    promised.sort_unstable();
    let mut sorted = keys.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, promised);
    let cost: Vec<_> = record["cost"].as_object().unwrap().keys().collect();
    assert_eq!(cost, ["credits", "usd"]);
    assert_eq!(record["song"], "Night Ferry");
    assert_eq!((&record["id"], &record["take"]), (&1.into(), &1.into()));
    assert_eq!((&record["model"], &record["status"]), (&"stable-audio".into(), &"saved".into()));
    assert_eq!(record["service"], service.url);
    assert_eq!(record["error"], serde_json::Value::Null);
    assert_eq!(record["request_tag"], service.tags()[0]);
    assert_eq!(record["remote_id"], service.ledger()[0]["inference_id"]);
    assert!(record["cost"]["usd"].as_f64().unwrap() > 0.0);
    assert!(fs::metadata(record["file"].as_str().unwrap()).is_ok());
}

#[test]
fn without_a_flag_it_returns_when_the_order_is_accepted() {
    let (studio, service) = (Studio::new(), Pretend::start(0.5, ""));
    let ended = generate(&studio, &service, &["--json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let record = ended.json();
    assert!(record["remote_id"].is_string(), "{record}");
    assert!(["queued", "working"].contains(&record["status"].as_str().unwrap()), "{record}");
    assert_eq!((&record["file"], &record["finished"]), (&serde_json::Value::Null, &serde_json::Value::Null));
}

#[test]
fn with_no_wait_it_returns_when_the_order_is_written_and_a_worker_sends_it() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let ended = generate(&studio, &service, &["--no-wait"]);
    assert_eq!((ended.code, ended.out.as_str()), (0, "1\n"), "{ended:?}");
    studio.when(TakeId(1), "it is saved", |take| take.status == Status::Saved);
    assert_eq!(service.tags().len(), 1);
}

#[test]
fn a_dry_run_shows_the_request_and_writes_and_sends_nothing() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let ended = Ended::of(studio.refrain().arg("generate").args(SHORT).arg("--dry-run").output().unwrap());
    assert_eq!(ended.code, 0, "no key is needed: {ended:?}");
    let expected =
        serde_json::json!({ "model": "stable-audio", "prompt": "slow fado, one guitar", "seconds_total": 1 });
    assert_eq!(ended.json(), expected);
    assert!(studio.store().takes(None).unwrap().is_empty() && service.tags().is_empty());
}

#[test]
fn texts_come_from_files_and_from_standard_input() {
    let studio = Studio::new();
    let style = studio.path().join("style.txt");
    fs::write(&style, "slow fado, one guitar\n").unwrap();
    let mut command = studio.refrain();
    command.args(["generate", "--model", "music-2.0", "--dry-run", "--lyrics", "@-", "--prompt"]);
    command.arg(format!("@{}", style.display())).stdin(Stdio::piped());
    let mut child = begin(&mut command);
    child.stdin.take().unwrap().write_all("[Verse]\nø night ferry\n".as_bytes()).unwrap();
    let ended = Ended::of(child.wait_with_output().unwrap());
    let body = ended.json();
    assert_eq!(body["prompt"], "slow fado, one guitar");
    assert_eq!(body["lyrics"], "[Verse]\nø night ferry");
    let missing = studio.run(["generate", "--model", "music-2.0", "--prompt", "@/nonexistent", "--dry-run"]);
    assert_eq!(missing.code, 2);
    assert!(missing.err.contains("/nonexistent"), "{}", missing.err);
    let both = studio.run(["generate", "--model", "music-2.0", "--prompt", "@-", "--lyrics", "@-", "--dry-run"]);
    assert_eq!(both.code, 2);
}

#[test]
fn every_problem_is_said_at_once_and_nothing_is_sent() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let mut command = at(&studio, &service);
    command.args(["generate", "--model", "music-2.0", "--prompt", "short", "--set", "colour=red", "--set", "nonsense"]);
    command.args(["--set", "sample-rate=12", "--reference", "https://example.org/a.mp3"]);
    let ended = Ended::of(command.output().unwrap());
    assert_eq!((ended.code, ended.out.as_str()), (2, ""));
    for part in ["`colour`", "nonsense", "sample", "lyrics", "10", "reference"] {
        assert!(ended.err.to_lowercase().contains(part), "{part} is missing: {}", ended.err);
    }
    assert!(service.tags().is_empty());
    assert!(studio.store().takes(None).unwrap().is_empty());
}

#[test]
fn an_unknown_model_is_answered_with_those_there_are() {
    let studio = Studio::new();
    let ended = studio.run(["generate", "--model", "musik-9", "--prompt", "x"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("`musik-9`") && ended.err.contains("lyria2"), "{}", ended.err);
}

#[test]
fn without_a_key_nothing_is_ordered_and_the_sandbox_is_named() {
    let studio = Studio::new();
    let ended = Ended::of(studio.refrain().arg("generate").args(SHORT).output().unwrap());
    assert_eq!(ended.code, 4);
    assert!(ended.err.contains("AIMLAPI_API_KEY") && ended.err.contains("--sandbox"), "{}", ended.err);
    assert!(studio.store().takes(None).unwrap().is_empty());
}

#[test]
fn a_key_that_is_refused_ends_with_four_and_the_row_is_held() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let mut command = at(&studio, &service);
    command.env("AIMLAPI_API_KEY", "bad-key-12345678").arg("generate").args(SHORT).arg("--json");
    let ended = Ended::of(command.output().unwrap());
    assert_eq!(ended.code, 4, "{ended:?}");
    assert_eq!(ended.json()["status"], "held");
    assert_eq!(ended.json()["error"]["kind"], "key-refused");
}

#[test]
fn used_up_credits_end_with_four() {
    let (studio, service) = (Studio::new(), Pretend::quick("[account]\nstart_usd = 0.0\n"));
    let ended = generate(&studio, &service, &["--json"]);
    assert_eq!((ended.code, &ended.json()["error"]["kind"]), (4, &"no-credits".into()));
}

#[test]
fn a_failed_take_ends_with_one_and_says_why() {
    for ending in
        ["ending = \"error\"\nat_once = true", "answer = \"vendor\"\nstatus = 400\nmessage = \"no such beat\""]
    {
        let (studio, service) =
            (Studio::new(), Pretend::quick(&format!("[[rule]]\nendpoint = \"submit\"\n{ending}\n")));
        let ended = generate(&studio, &service, &["--wait", "--json"]);
        assert_eq!(ended.code, 1, "{ended:?}");
        let record = ended.json();
        assert_eq!(record["status"], "failed");
        assert!(ended.err.contains(record["error"]["message"].as_str().unwrap()), "{ended:?}");
    }
}

#[test]
fn an_unknown_outcome_ends_with_three_and_shows_its_tag() {
    let rule = "[[rule]]\nendpoint = \"submit\"\nanswer = \"drop\"\nwhen = \"after\"\n[log]\nrows = \"never\"\n";
    let (studio, service) = (Studio::new(), Pretend::quick(rule));
    let ended = generate(&studio, &service, &["--wait", "--json"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert_eq!(
        (&ended.json()["status"], &ended.json()["request_tag"]),
        (&"unknown".into(), &service.tags()[0].clone().into())
    );
    assert!(ended.err.contains(&service.tags()[0]), "a person sees the tag: {}", ended.err);
    assert!(studio.run(["list"]).out.contains(&service.tags()[0]));
    let again = studio.refrain().args(["wait", "1"]).output().unwrap();
    assert_eq!(again.status.code(), Some(3), "asking changes nothing");
    assert_eq!(service.tags().len(), 1, "it is never sent again");
}

#[test]
fn a_folder_that_cannot_be_written_ends_with_one_and_nothing_is_paid() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let blocked = studio.path().join("blocked");
    fs::write(&blocked, "").unwrap();
    let ended = generate(&studio, &service, &["--wait", "--json", "--out", blocked.join("x").to_str().unwrap()]);
    assert_eq!((ended.code, &ended.json()["error"]["kind"]), (1, &"folder".into()), "{ended:?}");
    assert!(ended.err.starts_with("take 1: held, no folder; its folder cannot be written"), "{}", ended.err);
    assert!(ended.err.contains(blocked.to_str().unwrap()) && !ended.err.contains("os error"), "{}", ended.err);
    assert!(service.tags().is_empty());
}

#[test]
fn ctrl_c_ends_the_waiting_prints_the_id_and_the_take_goes_on() {
    let (studio, service) = (Studio::new(), Pretend::start(15.0, ""));
    let child = begin(at(&studio, &service).arg("generate").args(SHORT).arg("--wait"));
    crate::support::patience::until("the order is accepted", || service.ledger().len() == 1);
    process::send(child.id(), Signal::INT);
    let ended = Ended::of(child.wait_with_output().unwrap());
    assert_eq!((ended.code, ended.out.as_str()), (130, "1\n"), "{ended:?}");
    assert!(ended.err.contains("refrain wait 1"), "{}", ended.err);
    studio.when(TakeId(1), "the take is saved all the same", |take| take.status == Status::Saved);
    assert_eq!(service.tags().len(), 1);
}

#[test]
fn hostile_text_of_a_service_is_clean_in_every_command() {
    let message = "\\u001B]0;owned\\u0007\\u001B[2Jboom\\u202Egnp.exe";
    let rule = format!("[[rule]]\nendpoint = \"submit\"\nanswer = \"vendor\"\nstatus = 400\nmessage = \"{message}\"\n");
    let (studio, service) = (Studio::new(), Pretend::quick(&rule));
    let clean = |ended: &Ended| {
        let bad = |c: char| c != '\n' && refrain::domain::untrusted::is_dangerous(c);
        assert!(!ended.out.contains(bad) && !ended.err.contains(bad), "{ended:?}");
        assert!(ended.out.contains("boom") || ended.err.contains("boom"), "{ended:?}");
    };
    clean(&generate(&studio, &service, &["--wait"]));
    let told = studio.run(["show", "1", "--json"]);
    clean(&told);
    assert!(!told.json()["error"]["message"].as_str().unwrap().contains(refrain::domain::untrusted::is_dangerous));
    clean(&studio.run(["show", "1"]));
    clean(&studio.run(["list", "--json"]));
}

#[test]
fn hostile_text_of_a_file_and_a_title_is_clean_in_every_command() {
    let studio = Studio::new();
    let hostile = "slow fado\u{1b}]0;owned\u{7}\u{1b}[2J, one\u{202E} guitar";
    let file = studio.path().join("style.txt");
    fs::write(&file, hostile).unwrap();
    let mut command = studio.refrain();
    command.args(["--sandbox", "generate", "--model", "stable-audio", "--set", "length=0:01", "--no-wait"]);
    command.args(["--song", "Night\u{202E} Ferry\u{2066}"]).arg("--prompt").arg(format!("@{}", file.display()));
    let ordered = Ended::of(command.output().unwrap());
    assert_eq!(ordered.code, 0, "{ordered:?}");
    let id = ordered.out.trim();
    let (shown, listed) = (studio.run(["show", id]), studio.run(["list"]));
    for (ended, part) in [(&shown, "guitar"), (&shown, "owned"), (&listed, "Night Ferry")] {
        let bad = |c: char| c != '\n' && refrain::domain::untrusted::is_dangerous(c);
        assert!(!ended.out.contains(bad) && ended.out.contains(part), "{part}: {ended:?}");
    }
    assert_eq!(studio.store().songs().unwrap()[0].title, "Night Ferry");
    // To the service goes what the person wrote.
    assert_eq!(studio.store().takes(None).unwrap()[0].draft.style, hostile);
}

#[test]
fn while_an_order_waits_for_the_network_the_person_is_told_why() {
    let studio = Studio::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut command = studio.refrain();
    command.env("AIMLAPI_API_KEY", "canary-12345678").args(["--base-url", &url, "generate", "--yes"]).args(SHORT);
    let mut child = begin(&mut command);
    let mut words = [0; 50];
    std::io::Read::read_exact(child.stderr.as_mut().unwrap(), &mut words).unwrap();
    assert!(String::from_utf8_lossy(&words).starts_with("take 1: held, no network; nothing answers"), "{words:?}");
    process::send(child.id(), Signal::INT);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    studio.store().withdraw(TakeId(1)).unwrap();
}

#[test]
fn the_sandbox_serves_a_take_from_the_command_line_in_its_own_folder() {
    let studio = Studio::new();
    let ended = studio.run(["--sandbox", "generate", "--wait", "--json"].iter().chain(&SHORT));
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(ended.json()["service"], "sandbox");
    assert!(ended.json()["file"].as_str().unwrap().contains("music/sandbox/Loose takes/"), "{ended:?}");
    assert!(studio.run(["list"]).out.contains("(sandbox)"));
}
