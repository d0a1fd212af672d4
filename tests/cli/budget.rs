//! What may be spent, on the command line: a yes answers what is asked, and nothing answers a budget that is gone.

use std::fs;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use refrain::domain::budget::midnight;
use refrain::domain::generation::{Status, TakeId, Why};
use refrain::store::Durability;
use refrain::store::generations::Change;

use super::{AT_ONCE, SHORT, at, generate};
use crate::support::orders;
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};

/// What a short take costs at the service of these tests: two cents.
fn with_budget(daily: &str) -> Studio {
    let studio = Studio::new();
    fs::write(studio.path().join("config.toml"), format!("[budget]\ndaily_usd = {daily}\n")).unwrap();
    studio
}

#[test]
fn over_the_daily_budget_nothing_is_written_whatever_is_said() {
    let (studio, service) = (with_budget("0.05"), Pretend::quick(AT_ONCE));
    assert_eq!(generate(&studio, &service, &["--takes", "2", "--wait"]).code, 0);
    for more in [&["--wait"][..], &["--yes", "--no-wait"]] {
        let refused = generate(&studio, &service, more);
        assert_eq!((refused.code, refused.out.as_str()), (4, ""), "{refused:?}");
        let said = "error: nothing was ordered: today's budget is $0.05: $0.04 is spent or under way, this is $0.02 more\n\
                    hint: `-c budget.daily_usd=1` allows it once\n";
        assert_eq!(refused.err, said);
    }
    assert_eq!((studio.store().takes(None).unwrap().len(), service.tags().len()), (2, 2));
    assert_eq!(generate(&studio, &service, &["--wait", "-c", "budget.daily_usd=1"]).code, 0, "as the hint says");
    let sandbox = studio.refrain().args(["--sandbox", "generate", "--no-wait"]).args(SHORT).output().unwrap();
    assert_eq!(Ended::of(sandbox).code, 0, "where nothing is charged there is no budget");
}

#[test]
fn the_day_ends_at_local_midnight() {
    let zone = TimeZone::get("Pacific/Auckland").unwrap();
    let (studio, service) = (with_budget("0.03"), Pretend::quick(AT_ONCE));
    assert_eq!(generate(&studio, &service, &["--wait"]).code, 0);
    let order = || {
        let mut command = at(&studio, &service);
        command.env("TZ", "Pacific/Auckland").arg("generate").args(SHORT).arg("--wait");
        Ended::of(command.output().unwrap())
    };
    let sent_at = |seconds: i64| {
        let sent = midnight(Timestamp::now(), &zone) + SignedDuration::from_secs(seconds);
        let change = Change::default().sent(Some(sent));
        assert!(studio.store().advance(TakeId(1), &[Status::Saved], change, Durability::Ordinary).unwrap());
    };
    sent_at(0);
    assert_eq!((order().code, service.tags().len()), (4, 1), "midnight itself is today");
    sent_at(-1);
    assert_eq!((order().code, service.tags().len()), (0, 2), "a second before it was yesterday");
    assert_eq!((order().code, service.tags().len()), (4, 2), "that one is of today");
}

#[test]
fn failed_takes_do_not_count_and_lost_ones_do() {
    let (studio, service) = (with_budget("0.03"), Pretend::quick(AT_ONCE));
    assert_eq!(generate(&studio, &service, &["--wait"]).code, 0);
    let became = |status, why| {
        let change = Change::to(status).why(Some(why)).finished(Some(Timestamp::now()));
        assert!(studio.store().advance(TakeId(1), &Status::ALL, change, Durability::Ordinary).unwrap());
    };
    for (status, why) in [(Status::Failed, Why::AudioLost), (Status::Unknown, Why::NoTrace)] {
        became(status, why);
        assert_eq!(generate(&studio, &service, &["--wait"]).code, 4, "{status:?} {why:?}");
    }
    became(Status::Failed, Why::Broke);
    assert_eq!(generate(&studio, &service, &["--wait"]).code, 0);
    assert_eq!(service.tags().len(), 2);
}

#[test]
fn a_held_order_is_held_against_the_budget_when_it_is_let_go() {
    let (studio, service) = (with_budget("0.03"), Pretend::quick(AT_ONCE));
    assert_eq!(generate(&studio, &service, &["--takes", "2", "--hold"]).code, 0, "what is put aside costs nothing yet");
    let release = |takes: &[&str]| Ended::of(at(&studio, &service).arg("release").args(takes).output().unwrap());
    for all in [&["--all"][..], &["1", "2"], &["2", "1", "2"]] {
        let refused = release(all);
        assert_eq!((refused.code, refused.out.as_str()), (4, ""), "{refused:?}");
        let ids = if all.len() == 3 { "2 1" } else { "1 2" };
        let said = format!(
            "error: takes {ids} stay held: today's budget is $0.03: $0.00 is spent or under way, this is $0.04 more\n\
             hint: `-c budget.daily_usd=1` allows it once\n"
        );
        assert_eq!(refused.err, said, "all or none, and each is counted once");
    }
    assert!(service.tags().is_empty());
    assert_eq!(release(&["1"]).code, 0, "there is room for one");
    studio.when(TakeId(1), "it is saved", |take| take.status == Status::Saved);
    let refused = release(&["2"]);
    assert_eq!(refused.code, 4, "{refused:?}");
    assert!(
        refused.err.starts_with("error: take 2 stays held: today's budget is $0.03: $0.02 is spent"),
        "{refused:?}"
    );
    assert_eq!((studio.take(TakeId(2)).status, service.tags().len()), (Status::Held, 1));
}

#[test]
fn of_several_orders_to_be_let_go_each_that_is_held_no_more_is_named() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    assert_eq!(generate(&studio, &service, &["--takes", "2", "--hold"]).code, 0);
    assert_eq!(generate(&studio, &service, &["--wait"]).code, 0);
    let mut release = at(&studio, &service);
    let ended = Ended::of(release.args(["release", "1", "3", "2", "--json"]).output().unwrap());
    assert_eq!(ended.code, 1, "{ended:?}");
    let lines: Vec<&str> = ended.err.lines().collect();
    assert!(lines[0].starts_with("1, ") && lines[0].ends_with("take 1 is in line again"), "{lines:?}");
    assert!(lines[1].starts_with("error: 3, ") && lines[1].ends_with("take 3 is saved"), "{lines:?}");
    assert!(lines[2].ends_with("take 2 is in line again"), "{lines:?}");
    assert_eq!(ended.json_lines().len(), 3);
}

#[test]
fn above_the_limit_an_order_asks_and_yes_answers() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let limited = ["-c", "budget.confirm_above_usd=0.03", "--wait"];
    assert_eq!(generate(&studio, &service, &limited).code, 0, "two cents are not asked about");
    let refused = generate(&studio, &service, &[&limited[..], &["--takes", "2"]].concat());
    assert_eq!(refused.code, 2, "{refused:?}");
    let said = "error: nothing was ordered: $0.04 is more than the $0.03 that are ordered unasked\n\
                hint: `--yes` orders it all the same\n";
    assert_eq!(refused.err, said);
    let aside = generate(&studio, &service, &[&limited[..2], &["--takes", "2", "--hold"]].concat());
    assert_eq!(
        (aside.code, aside.err.as_str()),
        (2, said),
        "what is put aside is agreed to now, as it is let go by a key"
    );
    assert_eq!(generate(&studio, &service, &[&limited[..], &["--takes", "2", "--yes"]].concat()).code, 0);
    assert_eq!(service.tags().len(), 3);
    assert_eq!(generate(&studio, &service, &[&limited[..2], &["--takes", "2", "--yes", "--hold"]].concat()).code, 0);
}

/// A take at the service whose answer was lost.
fn lost(studio: &Studio, service: &Pretend) -> TakeId {
    let take = orders::one(studio, &service.service());
    let change =
        Change::to(Status::Unknown).due(None).sent(Some(Timestamp::now())).message(Some("the line broke".to_owned()));
    assert!(studio.store().advance(take, &Status::ALL, change, Durability::Ordinary).unwrap());
    take
}

#[test]
fn ordering_again_after_a_lost_answer_says_that_it_may_pay_twice_and_needs_a_yes() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let take = lost(&studio, &service).0.to_string();
    let again = |more: &[&str]| Ended::of(at(&studio, &service).args(["again", &take]).args(more).output().unwrap());
    let refused = again(&["--wait"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    let said = "error: nothing was ordered: take 1 may have been charged, its answer was lost: ordering it again may pay \
                twice\nhint: `--yes` orders it all the same\n";
    assert!(refused.err.ends_with(said), "{refused:?}");
    assert!(service.tags().is_empty());
    assert_eq!(again(&["--wait", "--yes"]).code, 0);
    assert_eq!(service.tags().len(), 1);
}

#[test]
fn a_take_that_the_key_may_not_order_ends_as_one_about_the_key_does() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let take = orders::one(&studio, &service.service());
    let held = Change::to(Status::Held).why(Some(Why::Forbidden)).message(Some("not in your plan".to_owned()));
    assert!(studio.store().advance(take, &Status::ALL, held, Durability::Ordinary).unwrap());
    let waited = Ended::of(at(&studio, &service).args(["wait", "1"]).output().unwrap());
    assert_eq!(waited.code, 4, "{waited:?}");
    assert!(waited.out.contains("held, not allowed: not in your plan"), "{waited:?}");
}
