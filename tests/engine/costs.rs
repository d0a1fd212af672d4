//! What a take cost of which no answer said it: read from the account's log or its ledger, once, and late.

use jiff::{SignedDuration, Timestamp};
use refrain::config::Config;
use refrain::domain::generation::{Status, TakeId, Why};
use refrain::store::Durability;
use refrain::store::generations::Change;

use crate::support::orders;
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::{Working, work};

const AT_ONCE: &str = "[[rule]]\nendpoint = \"submit\"\nat_once = true\n";

/// A take that was saved so long ago, of which no answer said what it cost.
fn saved_without_cost(studio: &Studio, service: &Pretend, ago: SignedDuration) -> TakeId {
    let take = orders::one(studio, &service.service());
    work(studio, &service.service());
    let row = studio.take(take);
    assert!(row.status == Status::Saved && row.cost.usd.is_some(), "{row:?}");
    let database = rusqlite::Connection::open(studio.path().join("refrain.db")).unwrap();
    database.execute("UPDATE takes SET usd = NULL, credits = NULL WHERE id = ?1", [take.0]).unwrap();
    let finished = Change::default().finished(Some(Timestamp::now() - ago));
    assert!(studio.store().advance(take, &[Status::Saved], finished, Durability::Ordinary).unwrap());
    take
}

/// A worker that starts, finds nothing to do, is awake for a moment all the same, and leaves.
fn look_in(studio: &Studio, service: &Pretend) {
    let mut config = Config::default();
    config.worker.idle_seconds = 1;
    Working::with(studio, &service.service(), config).done();
}

/// How often both books were asked for.
fn read(service: &Pretend) -> (usize, usize) {
    (service.visits("logs", "GET").len(), service.visits("transactions", "GET").len())
}

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

#[test]
fn a_cost_that_no_answer_told_is_taken_from_the_log_or_the_ledger() {
    let no_log = "[[rule]]\nendpoint = \"logs\"\nanswer = \"vendor\"\nstatus = 403\n";
    let nulls = "[[rule]]\nendpoint = \"logs\"\nanswer = \"nulls\"\n";
    let strange = "[[rule]]\nendpoint = \"logs\"\nanswer = \"hostile\"\n";
    let rows = [
        ("", (1, 0)),
        ("[log]\nid = \"bare\"\n", (1, 0)),
        ("[log]\nrows = \"never\"\n", (1, 1)),
        (no_log, (1, 1)),
        (nulls, (1, 1)),
        (strange, (1, 1)),
    ];
    each(rows, |(books, expected)| {
        let (studio, service) = (Studio::new(), Pretend::quick(&format!("{books}{AT_ONCE}")));
        let take = saved_without_cost(&studio, &service, MINUTE);
        assert_eq!(read(&service), (0, 0), "{books}");
        look_in(&studio, &service);
        let charged = service.ledger()[0]["usd"].as_f64().unwrap();
        let told = studio.take(take).cost.usd.unwrap_or_else(|| panic!("{books}"));
        assert!((told - charged).abs() < 1e-9, "{books}: {told} of {charged}");
        assert_eq!(read(&service), expected, "{books}: the log and the ledger");
        look_in(&studio, &service);
        assert_eq!(read(&service), expected, "{books}: what is known is not asked for again");
    });
}

#[test]
fn books_in_strange_words_tell_no_cost_and_harm_nothing() {
    let rules = ["logs", "transactions"].map(|book| format!("[[rule]]\nendpoint = \"{book}\"\nanswer = \"hostile\"\n"));
    let (studio, service) = (Studio::new(), Pretend::quick(&(rules.concat() + AT_ONCE)));
    let take = saved_without_cost(&studio, &service, MINUTE);
    let before = studio.take(take);
    look_in(&studio, &service);
    assert_eq!((read(&service), studio.take(take)), ((1, 1), before));
}

#[test]
fn what_was_charged_and_lost_is_looked_up_as_well() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let take = saved_without_cost(&studio, &service, MINUTE);
    let lost = Change::to(Status::Failed).why(Some(Why::AudioLost)).finished(Some(Timestamp::now() - MINUTE));
    assert!(studio.store().advance(take, &[Status::Saved], lost, Durability::Ordinary).unwrap());
    look_in(&studio, &service);
    assert!((studio.take(take).cost.usd.unwrap() - 0.02).abs() < 1e-9);
}

#[test]
fn nothing_is_asked_about_what_is_fresh_or_old_or_was_never_charged() {
    let rows = [
        (Status::Saved, None, SignedDuration::from_secs(5)),
        (Status::Saved, None, SignedDuration::from_hours(25)),
        (Status::Failed, Some(Why::Broke), MINUTE),
        (Status::Held, Some(Why::NoCredits), MINUTE),
    ];
    each(rows, |(status, why, ago)| {
        let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
        let take = saved_without_cost(&studio, &service, ago);
        let change = Change::to(status).why(why).finished(Some(Timestamp::now() - ago));
        assert!(studio.store().advance(take, &Status::ALL, change, Durability::Ordinary).unwrap());
        look_in(&studio, &service);
        assert_eq!(read(&service), (0, 0), "{status:?} {why:?} {ago}");
        assert_eq!(studio.take(take).cost.usd, None);
    });
}

#[test]
fn books_that_know_nothing_are_read_once_a_start() {
    let (studio, service) = (Studio::new(), Pretend::quick(&format!("[log]\nrows = \"never\"\n{AT_ONCE}")));
    let take = saved_without_cost(&studio, &service, MINUTE);
    // Of what the service has no id for, the ledger says nothing.
    let database = rusqlite::Connection::open(studio.path().join("refrain.db")).unwrap();
    database.execute("UPDATE takes SET remote_id = NULL", []).unwrap();
    for start in 1..=2 {
        look_in(&studio, &service);
        assert_eq!(read(&service), (start, 0));
    }
    assert_eq!(studio.take(take).cost.usd, None, "nobody guesses it");
    // A worker that is awake for long, for other takes, does not ask at each of its steps.
    let busy = orders::one(&studio, &service.service());
    look_in(&studio, &service);
    assert_eq!((studio.take(busy).status, read(&service)), (Status::Saved, (3, 0)));
}
