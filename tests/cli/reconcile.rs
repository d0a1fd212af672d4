//! Answers that were lost, on the command line: what is said of them, and how a script hears it.

use std::process::Stdio;

use jiff::SignedDuration;
use refrain::domain::generation::{Status, TakeId, Why};
use refrain::engine::intent::Intent;
use refrain::store::Durability;
use refrain::store::generations::Change;

use super::{AT_ONCE, at, begin, generate};
use crate::support::lost::aged;
use crate::support::orders;
use crate::support::patience::until;
use crate::support::process;
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};

/// An order whose answer is lost behind the charge.
const LOST: &str = "[[rule]]\nendpoint = \"submit\"\nanswer = \"drop\"\nwhen = \"after\"\n";

/// One whose rows never come.
const NO_ROWS: &str = "[log]\nrows = \"never\"\n";

fn reconcile(studio: &Studio, service: &Pretend, more: &[&str]) -> Ended {
    Ended::of(at(studio, service).arg("reconcile").args(more).output().unwrap())
}

/// A take that was charged, and of which the log knew nothing for a day.
fn lost(studio: &Studio) -> (Pretend, TakeId) {
    let service = Pretend::quick(&format!("{LOST}{NO_ROWS}"));
    let ended = generate(studio, &service, &["--wait"]);
    assert_eq!(ended.code, 3, "{ended:?}");
    assert!(ended.err.contains(&service.tags()[0]) && ended.err.contains("perhaps charged"), "{ended:?}");
    until("its worker has left", || studio.workers().is_empty());
    aged(studio, TakeId(1), SignedDuration::from_hours(30));
    (service, TakeId(1))
}

#[test]
fn who_waits_for_an_order_whose_answer_is_lost_has_the_song() {
    let (studio, service) = (Studio::new(), Pretend::quick(&format!("{LOST}[log]\nlag_ms = 0\n")));
    let ended = generate(&studio, &service, &["--wait"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.err.contains("take 1: unsure, perhaps charged, looking until "), "{}", ended.err);
    assert_eq!((studio.take(TakeId(1)).status, service.ledger().len()), (Status::Saved, 1));
}

#[test]
fn reconcile_says_of_each_take_what_is_known_and_ends_with_three_where_one_is_unsure() {
    let studio = Studio::new();
    let (service, take) = lost(&studio);
    let tag = studio.take(take).request_tag;
    for more in [&[][..], &["1"], &["--wait"]] {
        let unsure = reconcile(&studio, &service, more);
        assert_eq!((unsure.code, unsure.out.as_str()), (3, ""), "{more:?}: {unsure:?}");
        let said = "take 1: no trace so far, perhaps charged; ";
        assert!(unsure.err.contains(said) && unsure.err.contains(&tag), "{more:?}: {unsure:?}");
    }
    let unsure = reconcile(&studio, &service, &["--json"]).json();
    assert_eq!((&unsure["status"], &unsure["request_tag"]), (&"unknown".into(), &tag.into()));
    service.follow("[log]\nlag_ms = 0\n");
    let found = reconcile(&studio, &service, &["1", "--wait"]);
    assert_eq!(found.code, 0, "{found:?}");
    assert!(found.err.contains("take 1: new, 0:01"), "{found:?}");
    assert_eq!((studio.take(take).status, service.tags().len()), (Status::Saved, 1));
    let none = reconcile(&studio, &service, &[]);
    assert_eq!((none.code, none.err.as_str()), (0, "no take is there whose answer was lost\n"));
    let over = reconcile(&studio, &service, &["1"]);
    assert_eq!(over.code, 1, "{over:?}");
    assert!(over.err.contains("take 1 is saved; there is nothing to look for"), "{over:?}");
}

#[test]
fn without_the_key_nothing_is_looked_for_and_the_end_says_so() {
    let studio = Studio::new();
    let (service, take) = lost(&studio);
    let keyless = studio.refrain().args(["--base-url", &service.url, "reconcile", "1"]).output().unwrap();
    let keyless = Ended::of(keyless);
    assert_eq!(keyless.code, 3, "{keyless:?}");
    assert!(keyless.err.contains("unsure, looking needs the key"), "{keyless:?}");
    assert_eq!(studio.take(take).why, Some(Why::NeedsKey));
    assert_eq!(reconcile(&studio, &service, &[]).code, 3);
    assert_eq!(studio.take(take).why, Some(Why::NoTrace), "with it, it is looked for");
}

#[test]
fn who_waits_waits_for_what_is_looked_for() {
    each([&["wait", "1"][..], &["wait"], &["watch", "--until-idle"]], |words| {
        let studio = Studio::new();
        let (service, take) = lost(&studio);
        // It is due to be looked for in a moment.
        let soon = jiff::Timestamp::now() + SignedDuration::from_secs(1);
        let sought = Change::default().due(Some(soon)).why(Some(Why::Looking));
        studio.store().advance(take, &[Status::Unknown], sought, Durability::Ordinary).unwrap();
        service.follow(&format!("{AT_ONCE}[log]\nlag_ms = 0\n"));
        let ended = Ended::of(at(&studio, &service).args(words).output().unwrap());
        assert_eq!(ended.code, 0, "{words:?}: {ended:?}");
        assert_eq!(studio.take(take).status, Status::Saved, "{words:?}");
    });
}

#[test]
fn an_interrupted_reconcile_leaves_the_looking_to_the_worker() {
    let studio = Studio::new();
    let (service, take) = lost(&studio);
    service.follow("[[rule]]\nendpoint = \"logs\"\nfirst = 1\ndelay_ms = 2000\n[log]\nlag_ms = 0\n");
    let before = service.visits("logs", "GET").len();
    let command = begin(at(&studio, &service).args(["reconcile", "--wait"]).stdin(Stdio::null()));
    until("the log is asked", || service.visits("logs", "GET").len() > before);
    process::send(command.id(), rustix::process::Signal::INT);
    let ended = Ended::of(command.wait_with_output().unwrap());
    assert_eq!(ended.code, 130, "{ended:?}");
    studio.when(take, "the worker went on", |take| take.status == Status::Saved);
    let reply = orders::desk(&studio).carry_out(&mut studio.store(), Intent::LookUp { take }, jiff::Timestamp::now());
    assert!(format!("{reply:?}").contains("nothing to look for"));
}

#[test]
fn a_draft_that_is_ordered_after_a_lost_take_may_pay_twice_and_needs_a_yes() {
    let studio = Studio::new();
    let (service, take) = lost(&studio);
    service.follow(AT_ONCE);
    orders::song(&mut studio.store(), "Elsewhere");
    let order = |song: &str, more: &[&str]| {
        let words = [&["song", "order", song, "--from", "1"], more].concat();
        Ended::of(at(&studio, &service).args(words).output().unwrap())
    };
    let title =
        studio.store().songs().unwrap().into_iter().find(|song| song.id == studio.take(take).song).unwrap().title;
    let refused = order(&title, &["--wait"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    let said = "error: nothing was ordered: take 1 may have been charged, its answer was lost: ordering it again may pay \
                twice\nhint: `--yes` orders it all the same\n";
    assert!(refused.err.ends_with(said), "{refused:?}");
    let other = order("Elsewhere", &["--yes", "--model", "stable-audio"]);
    assert!(other.code == 2 && other.err.contains("take 1 is of another song"), "{other:?}");
    assert_eq!(service.tags().len(), 1);
    assert_eq!(order(&title, &["--wait", "--yes"]).code, 0);
    assert_eq!((service.tags().len(), studio.take(TakeId(2)).from), (2, Some(take)));
}
