//! `generate --once NAME` and `--takes N`: how often something is ordered.

use std::fs;
use std::sync::Barrier;

use jiff::Timestamp;
use refrain::domain::generation::{Status, TakeId};
use refrain::domain::service::Service;
use refrain::engine::intent::{Intent, Reply};

use super::{AT_ONCE, SHORT, at, begin, generate};
use crate::support::orders;
use crate::support::rows;
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};

/// How many commands are given at the same time.
const AT_THE_SAME_TIME: usize = 8;

/// Orders a short take on the sandbox of a studio, without a worker.
fn hold(studio: &Studio, more: &[&str]) -> Ended {
    Ended::of(
        studio.refrain().args(["--sandbox", "generate", "--hold", "--json"]).args(SHORT).args(more).output().unwrap(),
    )
}

fn ids(ended: &Ended) -> Vec<i64> {
    ended.json_lines().iter().map(|record| record["id"].as_i64().unwrap()).collect()
}

#[test]
fn the_same_name_twice_gives_the_first_take_and_pays_once() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let first = generate(&studio, &service, &["--once", "monday", "--wait", "--json"]);
    assert_eq!((first.code, &first.json()["once"]), (0, &"new".into()), "{first:?}");
    let second = generate(&studio, &service, &["--once", "monday", "--wait", "--json"]);
    assert_eq!((second.code, &second.json()["once"]), (0, &"existing".into()), "{second:?}");
    assert_eq!((&second.json()["id"], &second.json()["file"]), (&first.json()["id"], &first.json()["file"]));
    assert!(second.err.contains("`monday` was ordered before"), "{}", second.err);
    assert!(!second.err.contains("hint"), "the same request is no reason to warn: {}", second.err);
    let path = generate(&studio, &service, &["--once", "monday", "--wait"]);
    assert!(fs::metadata(path.out.trim_end()).is_ok(), "without --json its path is printed: {path:?}");
    assert_eq!(generate(&studio, &service, &["--once", "tuesday", "--wait"]).code, 0);
    assert_eq!(service.tags().len(), 2, "one for each name");
}

#[test]
fn of_eight_commands_with_one_name_at_the_same_time_one_orders() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let command = || {
        let mut command = at(&studio, &service);
        command.arg("generate").args(SHORT).args(["--once", "race", "--takes", "2", "--no-wait", "--json"]);
        begin(&mut command)
    };
    let begun: Vec<_> = (0..AT_THE_SAME_TIME).map(|_| command()).collect();
    let ended: Vec<_> = begun.into_iter().map(|child| Ended::of(child.wait_with_output().unwrap())).collect();
    assert!(ended.iter().all(|ended| ended.code == 0 && ids(ended) == [1, 2]), "{ended:?}");
    let new = ended.iter().filter(|ended| ended.json_lines()[0]["once"] == "new").count();
    assert_eq!(new, 1, "one of them ordered: {ended:?}");
    for id in [TakeId(1), TakeId(2)] {
        studio.when(id, "it is saved", |take| take.status == Status::Saved);
    }
    assert_eq!(service.tags().len(), 2, "two takes were paid");
    assert_eq!(studio.store().songs().unwrap().len(), 1, "and one song was started");
}

#[test]
fn of_eight_desks_with_one_name_at_the_same_moment_one_orders_each_time() {
    const ROUNDS: usize = 20;
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Night Ferry");
    let together = Barrier::new(AT_THE_SAME_TIME);
    rows::each(0..AT_THE_SAME_TIME, |_| {
        let (desk, mut store) = (orders::desk(&studio), studio.store());
        for round in 0..ROUNDS {
            let order = orders::order(song, &Service::Sandbox, orders::SHORT, 2);
            let intent = Intent::OrderOnce { order, name: format!("round {round}").parse().unwrap() };
            together.wait();
            let reply = desk.carry_out(&mut store, intent, Timestamp::now()).unwrap();
            let (Reply::Ordered { takes } | Reply::OrderedBefore { takes, same: true }) = reply else {
                panic!("{reply:?}")
            };
            assert_eq!(takes.len(), 2);
        }
    });
    assert_eq!(studio.store().takes(None).unwrap().len(), 2 * ROUNDS);
}

#[test]
fn of_eight_commands_that_start_one_song_at_the_same_time_one_starts_it() {
    let studio = Studio::new();
    rows::each(0..AT_THE_SAME_TIME, |_| assert_eq!(hold(&studio, &["--song", "Night  ferry"]).code, 0));
    let songs = studio.store().songs().unwrap();
    assert_eq!(songs.len(), 1, "{songs:?}");
    assert_eq!(studio.store().takes(None).unwrap().len(), AT_THE_SAME_TIME, "without a name each orders");
}

#[test]
fn three_takes_under_one_name_come_back_and_another_request_is_warned_of() {
    let studio = Studio::new();
    let three = hold(&studio, &["--takes", "3", "--once", "three"]);
    assert_eq!((three.code, ids(&three)), (0, vec![1, 2, 3]), "{three:?}");
    let again = hold(&studio, &["--takes", "3", "--once", "three"]);
    assert_eq!((ids(&again), again.err.contains("note:")), (vec![1, 2, 3], false), "{again:?}");
    assert!(again.json_lines().iter().all(|record| record["once"] == "existing"));
    for other in [&["--takes", "2"][..], &["--takes", "3", "--set", "steps=20"]] {
        let different = hold(&studio, &[other, &["--once", "three", "--song", "Elsewhere"]].concat());
        assert_eq!(ids(&different), [1, 2, 3], "{other:?}: {different:?}");
        assert!(
            different.err.contains("another request") && different.err.contains("hint: another name"),
            "{different:?}"
        );
    }
    let store = studio.store();
    assert_eq!((store.takes(None).unwrap().len(), store.songs().unwrap().len()), (3, 1));
}

#[test]
fn a_name_counts_for_one_service_and_is_free_again_when_its_order_is_taken_back() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let paid = |name| generate(&studio, &service, &["--hold", "--yes", "--once", name, "--json"]);
    assert_eq!(ids(&hold(&studio, &["--once", "n"])), [1]);
    assert_eq!(ids(&paid("n")), [2], "another service has names of its own");
    assert_eq!(ids(&paid("n")), [2]);
    assert_eq!(studio.run(["withdraw", "1"]).code, 0);
    let after = hold(&studio, &["--once", "n"]);
    assert_eq!((ids(&after), &after.json()["once"]), (vec![3], &"new".into()));
}

#[test]
fn a_take_that_failed_or_is_unknown_is_given_all_the_same_and_its_state_is_said() {
    let failed = "[[rule]]\nendpoint = \"submit\"\nending = \"error\"\nat_once = true\n";
    let unknown = "[[rule]]\nendpoint = \"submit\"\nanswer = \"drop\"\nwhen = \"before\"\n";
    rows::each([(failed, 1, "failed"), (unknown, 3, "no trace so far, perhaps charged")], |(scenario, code, words)| {
        let (studio, service) = (Studio::new(), Pretend::quick(scenario));
        for once in ["new", "existing"] {
            let ended = generate(&studio, &service, &["--once", "n", "--wait", "--json"]);
            assert_eq!((ended.code, &ended.json()["id"]), (code, &1.into()), "{ended:?}");
            assert_eq!(ended.json()["once"], once);
            assert!(ended.err.contains(words), "{}", ended.err);
        }
        assert_eq!(service.tags().len(), 1, "it is not sent again");
    });
}

#[test]
fn a_name_that_is_none_is_refused_and_the_rule_is_said() {
    let studio = Studio::new();
    let long = "x".repeat(101);
    for name in ["", " ", "a\u{200b}", "a\nb", &long] {
        let ended = hold(&studio, &["--once", name]);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{name:?}: {ended:?}");
        assert!(ended.err.contains("1 to 100 visible characters"), "{name:?}: {}", ended.err);
    }
}

#[test]
fn several_takes_are_ordered_at_once_a_line_for_each() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let ended = generate(&studio, &service, &["--takes", "3", "--wait"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let files: Vec<&str> = ended.out.lines().collect();
    assert!(files.len() == 3 && files.iter().all(|file| fs::metadata(file).is_ok()), "{files:?}");
    assert_eq!(service.tags().len(), 3);
    for wrong in ["0", "51", "x"] {
        assert_eq!(generate(&studio, &service, &["--takes", wrong]).code, 2);
    }
}

#[test]
fn a_take_is_ordered_again_only_from_the_service_it_came_from() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    assert_eq!(generate(&studio, &service, &["--wait", "--song", "Night Ferry"]).code, 0);
    let elsewhere = studio.run(["--sandbox", "again", "1"]);
    assert_eq!((elsewhere.code, elsewhere.out.as_str()), (2, ""), "{elsewhere:?}");
    assert!(elsewhere.err.contains("hint"), "{}", elsewhere.err);
    let again =
        Ended::of(at(&studio, &service).args(["again", "1", "--takes", "2", "--wait", "--json"]).output().unwrap());
    assert_eq!((again.code, ids(&again)), (0, vec![2, 3]), "{again:?}");
    assert!(again.json_lines().iter().all(|record| record["song"] == "Night Ferry" && record["status"] == "saved"));
    let bodies = service.world();
    assert_eq!(service.tags().len(), 3, "{bodies}");
    assert_eq!(studio.run(["again", "9"]).code, 2);
}
