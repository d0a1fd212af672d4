//! `list`, `show`, `wait`, `models`: what became of takes, and what can be ordered.

use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::{Status, Take, TakeId};
use refrain::store::Durability;
use refrain::store::generations::Change;
use rustix::process::Signal;

use super::{AT_ONCE, at, generate};
use crate::support::patience::{until, wait_for};
use crate::support::process;
use crate::support::recordings::{file, melody};
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};

/// Answers no upload.
const DEAF: &str = "[[rule]]\nendpoint = \"upload\"\ndelay_ms = 60000\n";

#[test]
fn list_prints_the_newest_first_and_knows_songs() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let empty = studio.run(["list", "--json"]);
    assert_eq!((empty.code, empty.json()), (0, serde_json::json!([])));
    assert_eq!(generate(&studio, &service, &["--wait", "--song", "One"]).code, 0);
    assert_eq!(generate(&studio, &service, &["--wait", "--song", "Two"]).code, 0);
    let all = studio.run(["list", "--json"]).json();
    let ids: Vec<_> = all.as_array().unwrap().iter().map(|record| record["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, [2, 1]);
    let one = studio.run(["list", "--song", "one"]);
    assert_eq!((one.out.lines().count(), one.err.as_str()), (1, ""));
    assert!(one.out.contains("One  take 1  stable-audio  new, 0:01"), "{}", one.out);
    assert_eq!(studio.run(["list", "--song", "Three"]).code, 2);
}

#[test]
fn show_tells_everything_of_one_take() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    generate(&studio, &service, &["--wait"]);
    let shown = studio.run(["show", "1"]);
    let mut record = studio.run(["show", "1", "--json"]).json();
    for key in ["remote_id", "request_tag", "service", "file"] {
        assert!(shown.out.contains(record[key].as_str().unwrap()), "{key}: {}", shown.out);
    }
    for ordered in ["style", "lyrics", "settings", "references"] {
        assert!(record.as_object_mut().unwrap().remove(ordered).is_some(), "{ordered}");
    }
    assert_eq!(studio.run(["list", "--json"]).json()[0], record, "every command prints the same record");
    assert_eq!(studio.run(["wait", "1", "--json"]).json(), record);
    let missing = studio.run(["show", "17"]);
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
    assert!(missing.err.contains("no take has the id 17"), "{}", missing.err);
}

#[test]
fn wait_returns_when_all_are_saved_and_starts_a_worker_where_none_is() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let take = crate::support::orders::one(&studio, &service.service());
    let ended = Ended::of(at(&studio, &service).args(["wait", "--json"]).output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(ended.json_lines().last().unwrap()["status"], "saved");
    assert_eq!(studio.take(take).status, Status::Saved);
    let nothing = Ended::of(at(&studio, &service).args(["wait", "--json"]).output().unwrap());
    assert_eq!((nothing.code, nothing.out.as_str()), (0, ""));
}

#[test]
fn wait_gives_up_after_its_time_and_the_take_goes_on() {
    let (studio, service) = (Studio::new(), Pretend::start(15.0, ""));
    generate(&studio, &service, &[]);
    let ended = Ended::of(at(&studio, &service).args(["wait", "1", "--timeout", "0s"]).output().unwrap());
    assert_eq!(ended.code, 5, "{ended:?}");
    let ended = Ended::of(at(&studio, &service).args(["wait", "1", "--timeout", "10m"]).output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    let wrong = studio.run(["wait", "1", "--timeout", "soon"]);
    assert_eq!(wrong.code, 2);
    assert_eq!(studio.run(["wait", "99"]).code, 2);
}

#[test]
fn waiting_for_takes_of_a_service_whose_key_is_gone_ends_with_four() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    crate::support::orders::one(&studio, &service.service());
    let ended = studio.run(["wait", "1"]);
    assert_eq!(ended.code, 4, "{ended:?}");
    assert_eq!(studio.take(TakeId(1)).status, Status::Ordered);
}

#[test]
fn a_worker_that_died_is_noticed_by_whoever_waits_and_another_goes_on() {
    let (studio, service) = (Studio::new(), Pretend::start(15.0, ""));
    let waiting = super::begin(at(&studio, &service).arg("generate").args(super::SHORT).arg("--wait"));
    let accepted = the_accepted(&studio);
    let worker = studio.workers().pop().unwrap();
    process::send(worker.id, Signal::KILL);
    until("it is dead", || process::is_over(worker.id));
    let long_ago = Timestamp::now() - SignedDuration::from_mins(1);
    let late = Change::default().due(Some(long_ago));
    assert!(studio.store().advance(accepted, &Status::ALL, late, Durability::Ordinary).unwrap());
    let ended = Ended::of(waiting.wait_with_output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(service.tags().len(), 1, "it is paid once");
}

fn the_accepted(studio: &Studio) -> TakeId {
    let accepted = |take: &Take| take.remote_id.is_some();
    let found = || studio.store().takes(None).unwrap().into_iter().find(accepted);
    wait_for("the order is accepted", found).id
}

#[test]
fn a_worker_is_replaced_by_restart_and_what_it_did_is_paid_once() {
    let (studio, service) = (Studio::new(), Pretend::start(15.0, ""));
    assert_eq!(generate(&studio, &service, &[]).code, 0);
    let signed_in = || studio.store().worker(&service.service()).unwrap().unwrap().pid;
    let old = signed_in();
    let restarted = Ended::of(at(&studio, &service).arg("restart").output().unwrap());
    assert_eq!(restarted.code, 0, "{restarted:?}");
    assert!(restarted.err.contains(&format!("another worker took over for {}", service.url)), "{}", restarted.err);
    assert_ne!(signed_in(), old, "it is told once another has signed in");
    until("the old one has left", || process::is_over(old));
    studio.when(TakeId(1), "the take is saved", |take| take.status == Status::Saved);
    assert_eq!(service.tags().len(), 1);
    until("nobody is at work", || studio.workers().is_empty());
    let idle = studio.run(["restart"]);
    assert_eq!((idle.code, idle.err.trim_end()), (0, "no take and no upload is unfinished, so no worker is needed"));
}

#[test]
fn restart_finds_work_where_an_upload_is_all_that_waits() {
    let (studio, service) = (Studio::new(), Pretend::quick(DEAF));
    let recording = file(&studio, "Mara.wav", &melody(12));
    let begun = at(&studio, &service).args(["upload", "--purpose", "voice", "--no-wait"]).arg(recording).output();
    assert_eq!(Ended::of(begun.unwrap()).code, 0);
    let restarted = Ended::of(at(&studio, &service).arg("restart").output().unwrap());
    assert_eq!(restarted.code, 0, "{restarted:?}");
    assert!(restarted.err.contains(&service.url), "{restarted:?}");
    assert!(!restarted.err.contains("unfinished") && !restarted.err.contains("nobody works"), "{restarted:?}");
    assert_eq!(studio.run(["reference", "stop", "Mara"]).code, 0);
}

#[test]
fn models_are_listed_for_people_and_scripts() {
    let studio = Studio::new();
    let models = studio.run(["models", "--json"]).json();
    let models = models.as_array().unwrap();
    assert_eq!(models.len(), 9);
    for model in models {
        assert!(model["id"].is_string() && model["longest_seconds"].is_number(), "{model}");
        assert!(
            model["fields"]
                .as_array()
                .unwrap()
                .iter()
                .any(|field| field["required"] == true || field["name"] == "style"),
            "{model}"
        );
    }
    let listed = studio.run(["models"]);
    assert!(models.iter().all(|model| listed.out.contains(model["id"].as_str().unwrap())));
    assert_eq!(listed.err, "");
}

#[test]
fn a_pipe_that_closes_early_is_nobodys_failure() {
    let studio = Studio::new();
    let mut child = super::begin(studio.refrain().args(["models", "--json"]));
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]));
}
