//! `log`: every step of every take, in its order, for people and for scripts.

use refrain::domain::generation::{Status, TakeId};
use refrain::domain::service::Service;
use refrain::store::Durability;
use refrain::store::generations::Change;
use serde_json::Value;

use super::{AT_ONCE, generate};
use crate::support::orders;
use crate::support::service::{KEY, Pretend};
use crate::support::studio::Studio;

/// A line of `--json` each.
fn objects(out: &str) -> Vec<Value> {
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_way_of_a_take_is_told_from_the_order_to_the_file() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    assert_eq!(generate(&studio, &service, &["--wait", "--song", "Night Ferry"]).code, 0);
    let told = studio.run(["log"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    let words = ["ordered", "sent, tag refrain-", "accepted; ", "fetched whole and tagged", "saved as /"];
    let places: Vec<_> = words.iter().map(|word| told.out.find(word)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}: {}", told.out);
    assert!(told.out.lines().all(|line| line.contains("   1  Night Ferry  take 1  ")), "{}", told.out);
    let steps = objects(&studio.run(["log", "1", "--json"]).out);
    let statuses: Vec<_> = steps.iter().map(|step| step["status"].as_str().unwrap()).collect();
    assert_eq!((statuses[0], statuses[1], *statuses.last().unwrap()), ("ordered", "sending", "saved"));
    for pair in steps.windows(2) {
        assert_eq!(pair[0]["status"], pair[1]["was"], "each begins where the one before ended");
    }
    let shown = studio.run(["show", "1", "--json"]).json();
    for key in ["remote_id", "request_tag", "file", "service"] {
        assert_eq!(steps.last().unwrap()[key], shown[key], "{key}");
    }
    assert!(!told.out.contains(KEY) && !told.out.contains("http://127"), "no key, no address of a file: {}", told.out);
}

#[test]
fn trouble_is_told_with_its_reason_and_foreign_text_cannot_move_the_cursor() {
    let hostile = "no\\u001b[2Jsuch\\u202ething\\u0007";
    let rule = format!("[[rule]]\nendpoint = \"submit\"\nanswer = \"vendor\"\nstatus = 400\nmessage = \"{hostile}\"\n");
    let (studio, service) = (Studio::new(), Pretend::quick(&rule));
    assert_eq!(generate(&studio, &service, &["--wait"]).code, 1);
    let told = studio.run(["log"]);
    assert!(told.out.contains("refused, not charged; "), "{}", told.out);
    let objects = studio.run(["log", "--json"]).out;
    for out in [&told.out, &objects] {
        assert!(!out.chars().any(|c| c != '\n' && refrain::domain::untrusted::is_dangerous(c)), "{out:?}");
    }
}

#[test]
fn a_signed_address_is_in_no_line() {
    let studio = Studio::new();
    let take = orders::one(&studio, &Service::Sandbox);
    let url = Some("https://cdn.example/a.mp3?signature=canary-77".to_owned());
    let ready = Change::to(Status::Ready).audio_url(url);
    assert!(studio.store().advance(take, &[Status::Ordered], ready, Durability::Ordinary).unwrap());
    for arguments in [&["log"][..], &["log", "--json"]] {
        let told = studio.run(arguments).out;
        assert!(told.contains("ready") || told.contains("being fetched"), "{told}");
        assert!(!told.contains("canary"), "{told}");
    }
}

#[test]
fn an_order_that_was_taken_back_is_still_told() {
    let studio = Studio::new();
    let take = orders::one(&studio, &Service::Sandbox);
    assert!(studio.store().withdraw(take).unwrap());
    assert!(studio.run(["log", "1"]).out.contains("taken back"));
    assert_eq!(objects(&studio.run(["log", "1", "--json"]).out).pop().unwrap()["status"], "withdrawn");
}

#[test]
fn a_take_or_an_age_narrows_it_and_a_take_that_never_was_is_an_error() {
    let studio = Studio::new();
    assert_eq!(studio.run(["log"]).err, "nothing happened\n");
    orders::one(&studio, &Service::Sandbox);
    let second = orders::one(&studio, &Service::Sandbox);
    let of_second = objects(&studio.run(["log", "2", "--json"]).out);
    assert!(of_second.len() == 1 && of_second[0]["take"] == second.0, "{of_second:?}");
    assert_eq!(objects(&studio.run(["log", "--since", "1h", "--json"]).out).len(), 2);
    let nothing = studio.run(["log", "--since", "0s"]);
    assert_eq!((nothing.code, nothing.out.as_str(), nothing.err.as_str()), (0, "", "nothing happened\n"));
    let missing = studio.run(["log", "17"]);
    assert_eq!((missing.code, missing.out.as_str()), (2, ""));
    assert!(missing.err.contains("no take has the id 17"), "{}", missing.err);
    assert_eq!(studio.run(["log", "--since", "soon"]).code, 2);
    assert_eq!(studio.take(TakeId(1)).status, Status::Ordered);
}

#[test]
fn the_programs_own_log_is_found_and_its_end_shown_also_with_a_broken_configuration() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    assert!(studio.run(["log", "--program"]).err.contains("no log yet"));
    assert_eq!(generate(&studio, &service, &["--wait"]).code, 0);
    studio.configure("[api\n");
    let told = studio.run(["log", "--program"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    let file = std::path::Path::new(told.out.lines().next().unwrap());
    assert!(file.is_file() && file.extension().unwrap() == "log", "{}", file.display());
    assert!(told.out.contains("the worker is at work"), "{}", told.out);
}
