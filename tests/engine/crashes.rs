//! A worker that is killed, and the one that goes on from its rows.

use std::fs::{self, File};
use std::time::SystemTime;

use jiff::Timestamp;
use refrain::api::Limits;
use refrain::domain::generation::Status;
use refrain::paths;

use crate::support::orders::{self, SHORT};
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::{self, Working, work};

#[test]
fn takes_at_the_service_go_on_after_the_worker_was_killed() {
    let service = Pretend::start(8.0, "");
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Killed");
    let takes = orders::place(&studio, orders::order(song, &service.service(), SHORT, 3), Timestamp::now());
    let mut killed = worker::process(&studio, &service.service());
    for take in &takes {
        studio.when(*take, "it is at the service", |take| matches!(take.status, Status::Queued | Status::Working));
    }
    killed.kill().unwrap();
    killed.wait().unwrap();
    work(&studio, &service.service());
    for take in &takes {
        assert_eq!(studio.take(*take).status, Status::Saved);
    }
    assert_eq!((service.tags().len(), service.ledger().len()), (3, 3), "nothing was ordered again");
}

#[test]
fn a_request_on_its_way_when_the_worker_was_killed_is_unknown_and_never_sent_again() {
    let service = Pretend::start(8.0, "[[rule]]\nendpoint = \"submit\"\ndelay_ms = 60000\n");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let mut killed = worker::process(&studio, &service.service());
    crate::support::patience::until("the request has come", || service.tags().len() == 1);
    assert_eq!(studio.take(take).status, Status::Sending);
    killed.kill().unwrap();
    killed.wait().unwrap();
    work(&studio, &service.service());
    let lost = studio.take(take);
    assert_eq!((lost.status, lost.due), (Status::Unknown, None));
    assert!(lost.message.is_some() && lost.finished.is_some());
    assert_eq!(service.tags(), [lost.request_tag]);
}

#[test]
fn a_download_that_was_cut_by_a_kill_begins_anew_and_leaves_no_part() {
    let rule = "[[rule]]\nendpoint = \"submit\"\nat_once = true\n[[rule]]\nendpoint = \"file\"\nfirst = 1\nbytes_per_second = 2000\n";
    let service = Pretend::quick(rule);
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let mut killed = worker::process(&studio, &service.service());
    studio.when(take, "the file is coming", |take| take.received > 0);
    killed.kill().unwrap();
    killed.wait().unwrap();
    work(&studio, &service.service());
    assert_eq!(studio.take(take).status, Status::Saved);
    let left = crate::support::studio::files_below(&studio.paths().music);
    assert_eq!(left.len(), 2, "a sound and a sidecar: {left:?}");
}

#[test]
fn a_second_worker_leaves_while_the_first_is_at_work() {
    let service = Pretend::start(8.0, "");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let first = Working::start(&studio, &service.service());
    studio.when(take, "it is at the service", |take| take.remote_id.is_some());
    Working::start(&studio, &service.service()).done();
    assert_ne!(studio.take(take).status, Status::Saved, "the second left before the first was done");
    first.done();
    assert_eq!(service.tags().len(), 1);
}

#[test]
fn room_that_was_set_aside_for_an_answer_that_nobody_waits_for_is_given_back() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let answers = paths::answers(studio.store().folder());
    fs::create_dir_all(&answers).unwrap();
    let file = |tag: &str| File::create(answers.join(format!("{tag}.json"))).unwrap();
    // As of an order that was withdrawn between the opening of its file and its claim.
    let long_ago = SystemTime::now() - 2 * Limits::default().longest_answer();
    file("withdrawn").set_modified(long_ago).unwrap();
    let at_it = file("at-it");
    at_it.lock().unwrap();
    at_it.set_modified(long_ago).unwrap();
    fs::write(answers.join("came.json"), "{").unwrap();
    orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let is_there = |tag: &str| answers.join(format!("{tag}.json")).exists();
    assert_eq!(["withdrawn", "at-it", "came"].map(is_there), [false, true, true]);
}
