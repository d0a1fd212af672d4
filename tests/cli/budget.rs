//! What may be spent, on the command line: a yes answers what is asked, and nothing answers a budget that is gone.

use std::fs;

use jiff::Timestamp;
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
fn a_held_order_is_held_against_the_budget_when_it_is_let_go() {
    let (studio, service) = (with_budget("0.03"), Pretend::quick(AT_ONCE));
    assert_eq!(generate(&studio, &service, &["--takes", "2", "--hold"]).code, 0, "what is put aside costs nothing yet");
    let released = Ended::of(at(&studio, &service).args(["release", "--all"]).output().unwrap());
    assert_eq!(released.code, 4, "{released:?}");
    let lines: Vec<&str> = released.err.lines().collect();
    assert!(lines[0].ends_with("take 1 is in line again"), "{lines:?}");
    assert!(lines[1].contains("take 2 stays held: today's budget is $0.03: $0.02 is spent or under way"), "{lines:?}");
    assert_eq!(studio.take(TakeId(2)).status, Status::Held);
    studio.when(TakeId(1), "it is saved", |take| take.status == Status::Saved);
    assert_eq!(service.tags().len(), 1);
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
    assert_eq!(generate(&studio, &service, &[&limited[..], &["--takes", "2", "--yes"]].concat()).code, 0);
    assert_eq!(service.tags().len(), 3);
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
fn what_cannot_be_done_yet_is_said_and_changes_nothing() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let run = |words: &[&str]| Ended::of(at(&studio, &service).args(words).output().unwrap());
    let take = lost(&studio, &service);
    let before = studio.take(take);
    for words in [&["adopt", "--since", "7d"][..], &["adopt", "--since", "7d", "--list"], &["restart", "--end"]] {
        let ended = run(words);
        assert_eq!((ended.code, ended.out.as_str()), (1, ""), "{words:?}: {ended:?}");
        assert!(ended.err.contains("refrain cannot "), "{words:?}: {ended:?}");
    }
    assert_eq!(run(&["adopt"]).code, 2, "it is not guessed how far back");
    assert_eq!(run(&["adopt", "--since", "never"]).code, 2);
    assert_eq!(studio.take(take), before);
    assert!(service.tags().is_empty());
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
