//! What is too late to be bought, and what is waited for however long it takes.

use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::{Status, Why};
use refrain::store::Durability;
use refrain::store::generations::Change;
use refrain::worker::replace;

use crate::support::orders::{self, SHORT};
use crate::support::patience::until;
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::{self, Working, work};

#[test]
fn an_order_is_held_and_not_bought_when_its_reason_to_wait_has_lasted_too_long() {
    let table = [
        (None, 11, Why::TooOld),
        (Some(Why::NeedsKey), 11, Why::TooOld),
        (Some(Why::NoNetwork), 16, Why::NoNetwork),
        (Some(Why::Busy), 31, Why::Busy),
    ];
    each(table, |(why, minutes, held)| {
        let (studio, service) = (Studio::new(), Pretend::quick(""));
        let take = orders::one(&studio, &service.service());
        let meant = Timestamp::now() - SignedDuration::from_mins(minutes);
        let waited = Change::default().why(why).meant(meant);
        studio.store().advance(take, &Status::ALL, waited, Durability::Ordinary).unwrap();
        work(&studio, &service.service());
        let take = studio.take(take);
        assert_eq!((take.status, take.why, take.due), (Status::Held, Some(held), None), "{why:?}");
        assert!(service.tags().is_empty(), "{why:?}: it was sent");
    });
}

#[test]
fn an_answer_that_cannot_be_written_down_at_once_is_kept_until_it_can() {
    let service = Pretend::quick("[[rule]]\nendpoint = \"submit\"\ndelay_ms = 1000\n");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let worker = Working::start(&studio, &service.service());
    studio.when(take, "it is being sent", |take| take.status == Status::Sending);
    // Another program keeps the database for longer than a write waits.
    let other = rusqlite::Connection::open(studio.path().join("refrain.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let locked = std::time::Instant::now();
    until("the answer has come and a write has failed", || {
        service.ledger().len() == 1 && locked.elapsed().as_millis() > 7_500
    });
    other.execute_batch("ROLLBACK").unwrap();
    worker.done();
    let take = studio.take(take);
    assert_eq!(take.status, Status::Saved, "{:?}", take.message);
    assert_eq!(service.tags().len(), 1);
}

#[test]
fn a_worker_that_is_dismissed_with_a_request_open_is_followed_by_one_that_goes_on() {
    let service = Pretend::quick("[[rule]]\nendpoint = \"submit\"\ndelay_ms = 2500\n");
    let studio = Studio::new();
    studio.configure("[worker]\nidle_seconds = 1\n[api]\nat_once = 1\n");
    let song = orders::song(&mut studio.store(), "Followed");
    let takes = orders::place(&studio, orders::order(song, &service.service(), SHORT, 2), Timestamp::now());
    let mut old = worker::process(&studio, &service.service());
    studio.when(takes[0], "the first is being sent", |take| take.status == Status::Sending);
    replace::dismiss(&studio.store(), &studio.paths().worker_lock(&service.service()), &service.service()).unwrap();
    let mut next = worker::process(&studio, &service.service());
    for take in &takes {
        studio.when(*take, "it is saved", |take| take.status == Status::Saved);
    }
    assert!(old.wait().unwrap().success() && next.wait().unwrap().success());
    assert_eq!(service.tags().len(), 2);
}

#[test]
fn a_row_that_a_dead_process_left_as_sending_becomes_unknown_while_another_worker_is_at_work() {
    let service = Pretend::start(8.0, "");
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Dead");
    let takes = orders::place(&studio, orders::order(song, &service.service(), SHORT, 2), Timestamp::now());
    studio.store().hold(takes[1]).unwrap();
    let worker = Working::start(&studio, &service.service());
    studio.when(takes[0], "the first is at the service", |take| take.remote_id.is_some());
    // As a process without a lock would have left it: on a network file system, or with the lock's file deleted.
    let left = Change::to(Status::Sending).sent(Some(Timestamp::now() - SignedDuration::from_mins(4))).due(None);
    studio.store().advance(takes[1], &[Status::Held], left, Durability::Paid).unwrap();
    studio.when(takes[1], "it is called unknown", |take| take.status == Status::Unknown);
    worker.done();
    assert_eq!(service.tags().len(), 1, "it was not sent again");
}
