//! The worker against answers that are strange in every other way: noise, no end, elsewhere, poison.

use refrain::domain::generation::{Status, Take};
use refrain::domain::untrusted::is_dangerous;
use refrain::store::history::Wanted;

use crate::support::orders;
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::{Studio, files_below};
use crate::support::worker::work;

/// Orders one take under a scenario, works until nothing is live, and brings the row and the service.
fn ordered_under(scenario: &str) -> (Studio, Pretend, Take) {
    let (service, studio) = (Pretend::quick(scenario), Studio::new());
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let take = studio.take(take);
    (studio, service, take)
}

fn rule(endpoint: &str, text: &str) -> String {
    format!("[[rule]]\nendpoint = \"{endpoint}\"\n{}\n", text.replace(", ", "\n"))
}

#[test]
fn a_strange_answer_to_a_question_is_asked_for_again_and_the_take_arrives() {
    each(
        [
            "answer = \"garbage\"",
            "answer = \"garbage\", content_type = \"application/json\"",
            "answer = \"endless\"",
            "answer = \"misstated\"",
            "answer = \"redirect\", to = \"other\"",
            "answer = \"redirect\", to = \"private\"",
            "answer = \"hostile\"",
            "bytes_per_second = 2000",
        ],
        |text| {
            let (_, service, take) = ordered_under(&rule("poll", &format!("first = 1, {text}")));
            assert_eq!(take.status, Status::Saved, "{text}: {:?}", take.message);
            assert_eq!(service.ledger().len(), 1, "{text}");
            let polls = service.visits("poll", "GET");
            assert!(polls.iter().all(|poll| !poll["path"].as_str().unwrap().contains("moved")), "{text}: {polls:?}");
        },
    );
}

#[test]
fn a_strange_answer_to_an_order_is_looked_for_and_it_is_not_sent_again() {
    each(
        [
            "answer = \"garbage\", when = \"after\"",
            "answer = \"endless\", when = \"after\"",
            "answer = \"misstated\"",
            "answer = \"redirect\", to = \"same\", status = 308, when = \"after\"",
            "answer = \"hostile\", members = [\"id\"]",
        ],
        |text| {
            let (studio, service, take) = ordered_under(&rule("submit", text));
            assert_eq!(take.status, Status::Saved, "{text}: {:?}", take.message);
            let steps = studio.store().steps(Wanted { take: Some(take.id), since: None }).unwrap();
            let lost = steps.iter().find(|step| step.status == Some(Status::Unknown)).expect(text);
            assert!(!lost.message.as_ref().unwrap().contains(is_dangerous), "{text}");
            work(&studio, &service.service());
            assert_eq!((service.tags().len(), service.ledger().len()), (1, 1), "{text}: paid once, and sent once");
        },
    );
}

#[test]
fn hostile_texts_everywhere_harm_neither_the_row_nor_the_files() {
    let rules =
        ["submit", "billing", "logs", "models", "metrics"].map(|endpoint| rule(endpoint, "answer = \"hostile\""));
    let poll = rule("poll", "first = 1, answer = \"hostile\"")
        + &rule("poll", "answer = \"hostile\", members = [\"file_name\",\"content_type\"]");
    let (studio, _service, take) = ordered_under(&(rules.concat() + &poll));
    assert_eq!(take.status, Status::Saved, "{:?}", take.message);
    assert!(!format!("{take:?}").contains("\\u{1b}") && !format!("{take:?}").contains("\\u{202e}"), "{take:?}");
    let files = files_below(&studio.paths().music);
    assert_eq!(files.len(), 2, "a sound and a sidecar: {files:?}");
    for file in files {
        let name = file.to_str().unwrap();
        assert!(!name.contains(is_dangerous) && !name.contains("passwd") && name.len() < 300, "{name:?}");
        let text = std::fs::read(&file).unwrap();
        assert!(!text.windows(5).any(|part| part == b"\x1b]52;"), "{name}");
    }
}

#[test]
fn a_file_that_is_none_or_ends_early_is_fetched_again() {
    // Ten bytes less would pass: a file is held against the length that its host states, and against its own
    // header as closely as encoders round.
    each(
        // Of one that seemed to end early the rest is asked for first, and there is none.
        [
            ("answer = \"garbage\"", &[200, 200][..]),
            ("answer = \"misstated\", off = -8000", &[200, 200]),
            ("answer = \"misstated\", off = 100", &[200, 416, 200]),
        ],
        |(text, statuses)| {
            let scenario = rule("submit", "at_once = true") + &rule("file", &format!("first = 1, {text}"));
            let (studio, service, take) = ordered_under(&scenario);
            assert_eq!(take.status, Status::Saved, "{text}: {:?}", take.message);
            assert_eq!(file_statuses(&service), statuses, "{text}");
            assert_eq!(files_below(&studio.paths().music).len(), 2, "{text}: a sound and a sidecar");
        },
    );
}

#[test]
fn a_file_may_come_from_elsewhere_but_not_from_inside_the_network() {
    for to in ["same", "other"] {
        let redirect = rule("file", &format!("answer = \"redirect\", to = \"{to}\""));
        let (_, _service, take) = ordered_under(&(rule("submit", "at_once = true") + &redirect));
        assert_eq!(take.status, Status::Saved, "{to}: {:?}", take.message);
    }
    let inside = rule("file", "first = 1, answer = \"redirect\", to = \"private\"");
    let (_, service, take) = ordered_under(&(rule("submit", "at_once = true") + &inside));
    assert_eq!(take.status, Status::Saved, "a paid take is not given up for one bad address: {:?}", take.message);
    assert_eq!(service.visits("file", "GET").len(), 2);
}

#[test]
fn an_address_that_is_used_up_is_asked_for_again() {
    let scenario = format!(
        "[files]\nfetches = 1\n{}{}",
        rule("submit", "at_once = true"),
        rule("file", "first = 1, answer = \"truncated\"")
    );
    let (_, service, take) = ordered_under(&scenario);
    assert_eq!(take.status, Status::Saved, "{:?}", take.message);
    let files = service.visits("file", "GET");
    assert_eq!(file_statuses(&service), [200, 403, 206], "cut, used up, and the rest from a fresh one");
    assert_ne!(files[1]["path"], files[2]["path"]);
    assert_eq!(service.visits("poll", "GET").len(), 1);
}

/// What the file server answered, in order.
fn file_statuses(service: &Pretend) -> Vec<u64> {
    service.visits("file", "GET").iter().map(|visit| visit["status"].as_u64().unwrap()).collect()
}
