//! How the account's log is read for answers that were lost: whose clock counts, how far, and what it does where it
//! cannot be read.

use jiff::{SignedDuration, Timestamp};
use refrain::api::{ApiKey, Client, Limits, Outcome};
use refrain::domain::generation::{Status, Take, Why};
use refrain::engine::intent::{Intent, Reply};
use refrain::store::Durability;
use refrain::store::generations::Change;
use refrain::worker;

use crate::reconcile::{LOST, carry_out, left, patient, readings, said};
use crate::support::orders::{self, SHORT};
use crate::support::patience::until;
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::{hasty, work};

#[test]
fn a_clock_that_is_wrong_by_hours_hides_nothing() {
    each([-5, 5, 11], |hours| {
        let service = Pretend::quick(&format!("{LOST}[log]\nrows = \"never\"\n"));
        let studio = Studio::new();
        let take = orders::one(&studio, &service.service());
        work(&studio, &service.service());
        service.follow("[log]\nlag_ms = 0\n");
        // It was set right behind the order.
        left(&studio, take, SignedDuration::from_hours(hours));
        assert_eq!(carry_out(&studio, Intent::LookUp { take }), Reply::Done);
        work(&studio, &service.service());
        assert_eq!(studio.take(take).status, Status::Saved, "{hours} hours");
    });
}

#[test]
fn what_was_lost_before_the_clock_was_set_back_is_looked_for_once_a_minute_and_found_by_the_service_s_clock() {
    let service = Pretend::quick(&format!("{LOST}[log]\nrows = \"never\"\n"));
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    left(&studio, take, SignedDuration::from_hours(-1));
    let until = Timestamp::now() + SignedDuration::from_mins(75);
    let sought = Change::default().sought(Some(until)).due(Some(Timestamp::now())).looks(0);
    assert!(studio.store().advance(take, &[Status::Unknown], sought, Durability::Ordinary).unwrap());
    let before = readings(&service);
    let worker = patient(&studio, &service);
    let soon = |take: &Take| take.due.is_some_and(|due| due > Timestamp::now() + SignedDuration::from_secs(30));
    studio.when(take, "it was looked for", |take| take.looks == 1 && soon(take));
    assert_eq!(readings(&service) - before, 2, "around the order, and by the service's clock");
    service.follow("[log]\nlag_ms = 0\n");
    assert_eq!(carry_out(&studio, Intent::LookUp { take }), Reply::Done);
    worker.done();
    assert_eq!(studio.take(take).status, Status::Saved, "{:?}", studio.take(take).message);
}

#[test]
fn three_hundred_rows_of_others_are_paged_through_once_for_all() {
    let service = Pretend::quick(
        "[[rule]]\nendpoint = \"submit\"\nfirst = 3\nanswer = \"drop\"\nwhen = \"after\"\n[log]\nrows = \"never\"\n[account]\nstart_usd = 90.0\n",
    );
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Night Ferry");
    let takes = orders::place(&studio, orders::order(song, &service.service(), SHORT, 3), Timestamp::now());
    work(&studio, &service.service());
    for take in &takes {
        assert_eq!(studio.take(*take).why, Some(Why::NoTrace));
    }
    others(&service, 300);
    service.follow("[log]\nlag_ms = 0\n");
    let before = readings(&service);
    assert_eq!(carry_out(&studio, Intent::LookUpAll { service: service.service() }), Reply::Done);
    work(&studio, &service.service());
    for take in takes {
        assert_eq!(studio.take(take).status, Status::Saved);
    }
    assert_eq!(readings(&service) - before, 4, "four pages, for three takes");
}

/// What others ordered with the same key.
fn others(service: &Pretend, orders: usize) {
    let client = Client::new(&service.url, Some(Pretend::key()), Limits::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let body = serde_json::json!({"model": "stable-audio", "prompt": "rain on a tin roof", "seconds_total": 1});
    runtime.block_on(async {
        for number in 0..orders {
            let outcome = client.submit(&body, &format!("other-{number}")).await;
            assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
        }
    });
}

#[test]
fn where_nothing_is_looked_for_the_log_is_left_alone() {
    let service = Pretend::quick("");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let worker = patient(&studio, &service);
    worker.done();
    assert_eq!((studio.take(take).status, readings(&service)), (Status::Saved, 0));
    assert!(
        matches!(carry_out(&studio, Intent::LookUp { take }), Reply::TooLate(why) if why.contains("nothing to look for"))
    );
}

#[test]
fn a_log_that_cannot_be_asked_changes_nothing() {
    let table = [
        ("answer = \"vendor\"\nstatus = 500", Why::Looking, "unsure, perhaps charged, looking until "),
        ("answer = \"html\"\nstatus = 502", Why::Looking, "unsure, perhaps charged, looking until "),
        ("answer = \"garbage\"", Why::Looking, "unsure, perhaps charged, looking until "),
        ("answer = \"drop\"", Why::Looking, "unsure, perhaps charged, looking until "),
        ("answer = \"vendor\"\nstatus = 401", Why::KeyRefused, "unsure, looking needs the key"),
        ("answer = \"vendor\"\nstatus = 403", Why::KeyRefused, "unsure, looking needs the key"),
        ("answer = \"vendor\"\nstatus = 429\nretry_after = 1", Why::Looking, "unsure, perhaps charged, looking until "),
    ];
    each(table, |(rule, why, words)| {
        let service =
            Pretend::quick(&format!("{LOST}[log]\nlag_ms = 0\n[[rule]]\nendpoint = \"logs\"\nfirst = 1\n{rule}\n"));
        let studio = Studio::new();
        let take = orders::one(&studio, &service.service());
        let worker = patient(&studio, &service);
        until("the log was asked", || readings(&service) == 1);
        let lost = studio.when(take, "it is put off", |take| {
            take.finished.is_some_and(|at| take.due.is_some_and(|due| due > at + SignedDuration::from_secs(2)))
        });
        assert_eq!((lost.status, lost.why, lost.looks), (Status::Unknown, Some(why), 0), "{rule}");
        assert!(said(&lost).starts_with(words), "{rule}: {}", said(&lost));
        worker.done();
        assert_eq!(studio.take(take).status, Status::Saved, "{rule}: the next look finds it");
    });
}

#[test]
fn a_service_without_its_key_is_not_asked_and_the_take_says_so() {
    let (studio, service) = (Studio::new(), Pretend::quick("[log]\nlag_ms = 0\n"));
    let take = orders::one(&studio, &service.service());
    left(&studio, take, SignedDuration::from_mins(1));
    assert_eq!(carry_out(&studio, Intent::LookUp { take }), Reply::Done);
    worker::run_here(&studio.paths(), &hasty(), service.service(), None).unwrap();
    assert_eq!(said(&studio.take(take)), "unsure, looking needs the key");
    assert_eq!(readings(&service), 0);
    let wrong = Some(ApiKey::new("bad-key-0123456789").unwrap());
    worker::run_here(&studio.paths(), &hasty(), service.service(), wrong).unwrap();
    let refused = studio.take(take);
    assert_eq!((refused.status, refused.why), (Status::Unknown, Some(Why::KeyRefused)), "it waits for another key");
    assert_eq!(refused.message.as_deref(), Some("gone"), "how it was lost is still said");
}
