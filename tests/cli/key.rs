//! The key: where it comes from, where it is kept, and where it never shows.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use refrain::domain::generation::Status;
use rustix::process::Signal;

use super::{SHORT, at, begin, generate};
use crate::support::patience::wait_for;
use crate::support::service::{KEY, Pretend};
use crate::support::studio::{Ended, Studio};
use crate::support::worker::Working;
use crate::support::{orders, process};

fn login(studio: &Studio, url: &str, key: &str) -> Ended {
    let mut command = studio.refrain();
    command.args(["--base-url", url, "login"]).stdin(Stdio::piped());
    let mut child = begin(&mut command);
    child.stdin.take().unwrap().write_all(key.as_bytes()).unwrap();
    Ended::of(child.wait_with_output().unwrap())
}

#[test]
fn login_tries_the_key_at_the_service_and_keeps_it_for_its_owner_alone() {
    let studio = Studio::new();
    let mut sandbox = begin(studio.refrain().args(["sandbox", "--port", "0", "--speed", "100"]));
    let mut url = String::new();
    BufReader::new(sandbox.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
    let url = url.trim_end();
    let refused = login(&studio, url, "bad-key-1234567\n");
    assert_eq!((refused.code, refused.out.as_str()), (4, ""), "{refused:?}");
    assert!(!studio.path().join("key").exists(), "a key that does not work is not kept");
    let kept = login(&studio, url, &format!("  {KEY}\n"));
    assert_eq!((kept.code, kept.out.as_str()), (0, ""), "{kept:?}");
    assert!(kept.err.contains("$5.00") && !kept.err.contains(KEY), "{}", kept.err);
    let file = studio.path().join("key");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(&file).unwrap().trim_end(), KEY);
    let order = |arguments: &[&str]| {
        Ended::of(studio.refrain().args(["--base-url", url, "generate"]).args(SHORT).args(arguments).output().unwrap())
    };
    assert_eq!(order(&["--wait"]).code, 0, "the kept key is used");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let open = order(&[]);
    assert_eq!(open.code, 4);
    assert!(open.err.contains("chmod 600"), "{}", open.err);
    process::send(sandbox.id(), Signal::TERM);
    assert_eq!(sandbox.wait().unwrap().code(), Some(0), "the sandbox ends in an orderly way");
}

#[test]
fn what_cannot_be_a_key_is_usage() {
    let studio = Studio::new();
    for text in ["", "\n", "two words\n"] {
        assert_eq!(login(&studio, "http://127.0.0.1:9", text).code, 2, "{text:?}");
    }
    assert_eq!(studio.run(["--sandbox", "login"]).code, 2);
}

#[test]
fn plain_http_is_for_this_machine_only() {
    let studio = Studio::new();
    for url in ["http://api.example.org", "http://192.168.1.5:80", "ftp://127.0.0.1", "nonsense"] {
        let mut command = studio.refrain();
        command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", url, "generate"]).args(SHORT);
        let ended = Ended::of(command.output().unwrap());
        assert_eq!(ended.code, 2, "{url}: {ended:?}");
        assert!(!ended.err.contains(KEY));
    }
}

#[test]
fn the_key_comes_from_each_variable_and_from_a_command() {
    let service = Pretend::quick("");
    let studio = Studio::new();
    for variable in ["AIMLAPI_API_KEY", "AIMLAPI_KEY", "AIML_API_KEY"] {
        let mut command = studio.refrain();
        command.env(variable, KEY).args(["--base-url", &service.url, "generate"]).args(SHORT);
        assert_eq!(command.output().unwrap().status.code(), Some(0), "{variable}");
    }
    studio.configure(&format!("[api]\nkey_command = \"echo {KEY}\"\n[worker]\nidle_seconds = 1\n"));
    let mut command = studio.refrain();
    command.args(["--base-url", &service.url, "generate"]).args(SHORT);
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    studio.configure("[api]\nkey_command = \"exit 3\"\n[worker]\nidle_seconds = 1\n");
    let mut command = studio.refrain();
    command.args(["--base-url", &service.url, "generate"]).args(SHORT);
    assert_eq!(command.output().unwrap().status.code(), Some(4));
}

#[test]
fn the_key_shows_in_no_command_line_environment_log_database_or_sidecar() {
    let service = Pretend::start(5.0, "");
    let studio = Studio::new();
    let mut command = at(&studio, &service);
    command.env("REFRAIN_LOG", "trace").arg("generate").args(SHORT);
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    // One was started to ask for the price and one for the order: the second finds the first and leaves.
    let workers = wait_for("one worker stays", || Some(studio.workers()).filter(|workers| workers.len() == 1));
    for part in ["cmdline", "environ"] {
        let shown = fs::read(format!("/proc/{}/{part}", workers[0].id)).unwrap();
        assert!(!shown.is_empty() && !contains(&shown, KEY), "{part}: {}", String::from_utf8_lossy(&shown));
    }
    let waited = at(&studio, &service).args(["wait", "1"]).output().unwrap().status;
    assert_eq!(waited.code(), Some(0));
    let files = studio.files();
    assert!(files.iter().any(|file| file.extension().is_some_and(|it| it == "log")), "there is a log: {files:?}");
    for file in files {
        assert!(!contains(&fs::read(&file).unwrap(), KEY), "{}", file.display());
    }
    assert_eq!(service.world()["files"]["authorization_seen"], false);
}

#[test]
fn a_service_that_echoes_the_key_does_not_get_it_shown() {
    let rule =
        format!("[[rule]]\nendpoint = \"submit\"\nanswer = \"vendor\"\nstatus = 400\nmessage = \"no {KEY} here\"\n");
    let (studio, service) = (Studio::new(), Pretend::quick(&rule));
    let ended = generate(&studio, &service, &["--json"]);
    assert_eq!(ended.code, 1);
    assert!(!ended.out.contains(KEY) && !ended.err.contains(KEY), "{ended:?}");
}

#[test]
fn wait_hands_no_key_to_a_service_it_was_not_named_with() {
    let (studio, named, other) = (Studio::new(), Pretend::quick(""), Pretend::quick(""));
    orders::one(&studio, &other.service());
    let ended = Ended::of(at(&studio, &named).args(["wait", "1", "--json"]).output().unwrap());
    assert_eq!(
        (ended.code, &ended.json_lines().last().unwrap()["error"]["kind"]),
        (4, &"needs-key".into()),
        "{ended:?}"
    );
    assert!(ended.err.contains(&format!("--base-url {}", other.url)), "{}", ended.err);
    assert!(other.world()["requests"].as_array().unwrap().is_empty(), "nothing reached it");
    let ended = Ended::of(at(&studio, &other).args(["wait", "1"]).output().unwrap());
    assert_eq!(ended.code, 0, "named with the key it is served: {ended:?}");
}

#[test]
fn takes_of_a_service_without_key_do_not_keep_the_others_from_being_waited_for() {
    let (studio, named, other) = (Studio::new(), Pretend::quick(""), Pretend::quick(""));
    orders::one(&studio, &other.service());
    let mine = orders::one(&studio, &named.service());
    let ended = Ended::of(at(&studio, &named).arg("wait").output().unwrap());
    assert_eq!(ended.code, 4, "{ended:?}");
    assert_eq!(studio.take(mine).status, Status::Saved);
}

#[test]
fn without_a_key_wait_still_waits_for_a_worker_that_is_at_work() {
    let (studio, service) = (Studio::new(), Pretend::start(15.0, ""));
    let take = orders::one(&studio, &service.service());
    let working = Working::start(&studio, &service.service());
    studio.when(take, "the order is accepted", |take| take.remote_id.is_some());
    let mut command = studio.refrain();
    let ended = Ended::of(command.args(["--base-url", &service.url, "wait"]).output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(studio.take(take).status, Status::Saved);
    working.done();
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}
