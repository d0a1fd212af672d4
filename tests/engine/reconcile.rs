//! Answers that were lost: what the account's log tells of them, when it tells it, and what is said meanwhile.

use std::fs;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::{Status, Take, TakeId, Why};
use refrain::domain::wording::words;
use refrain::engine::intent::{Agreed, Intent, Order, Reply};
use refrain::store::Durability;
use refrain::store::generations::Change;

use crate::held_open::{VOICE, kept, order, sandbox};
use crate::support::lost::aged;
use crate::support::orders::{self, SHORT};
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::sounds::{holding, mp3};
use crate::support::studio::Studio;
use crate::support::worker::{Working, hasty, work};

/// An order whose answer is lost behind the charge.
pub const LOST: &str = "[[rule]]\nendpoint = \"submit\"\nanswer = \"drop\"\nwhen = \"after\"\n";

/// One that never came to the service.
const NEVER_CAME: &str = "[[rule]]\nendpoint = \"submit\"\nanswer = \"drop\"\nwhen = \"before\"\n";

/// A worker that looks for a quarter of an hour, as people have it, with the first look after two seconds.
pub fn patient(studio: &Studio, service: &Pretend) -> Working {
    let mut config = hasty();
    config.api.look_minutes = 15;
    Working::with(studio, &service.service(), config)
}

pub fn said(take: &Take) -> String {
    words(take, Timestamp::now(), &TimeZone::UTC).text
}

pub fn carry_out(studio: &Studio, intent: Intent) -> Reply {
    orders::desk(studio).carry_out(&mut studio.store(), intent, Timestamp::now()).unwrap()
}

/// Puts a row where a lost answer left it, so long ago.
pub fn left(studio: &Studio, take: TakeId, age: SignedDuration) {
    let sent = Some(Timestamp::now() - age);
    let lost = Change::to(Status::Unknown).why(Some(Why::NoTrace)).message(Some("gone".to_owned()));
    let lost = lost.sent(sent).finished(sent).due(None);
    assert!(studio.store().advance(take, &Status::ALL, lost, Durability::Paid).unwrap());
}

/// The questions that were put to the log.
pub fn readings(service: &Pretend) -> usize {
    service.visits("logs", "GET").len()
}

#[test]
fn a_lost_answer_is_found_in_the_log_and_the_song_arrives() {
    let lost = [
        "answer = \"drop\"\nwhen = \"after\"",
        "answer = \"html\"\nstatus = 502\nwhen = \"after\"",
        "answer = \"empty\"\nstatus = 200\nwhen = \"after\"",
        "answer = \"truncated\"",
    ];
    let logs = ["lag_ms = 0", "rows = \"ended\"", "lag_ms = 3000", "id = \"bare\""];
    let table = lost.iter().zip(logs).chain(lost.iter().rev().zip(logs));
    each(table, |(rule, log)| {
        let service = Pretend::quick(&format!("[log]\n{log}\n[[rule]]\nendpoint = \"submit\"\n{rule}\n"));
        let studio = Studio::new();
        let take = orders::one(&studio, &service.service());
        let tag = studio.take(take).request_tag;
        let worker = patient(&studio, &service);
        let lost = studio.when(take, "it is looked for", |take| take.status == Status::Unknown);
        assert!(said(&lost).starts_with("unsure, perhaps charged, looking until "), "{}", said(&lost));
        let found = studio.when(take, "it was found", |take| take.status != Status::Unknown);
        assert!(found.remote_id.is_some() && found.finished.is_none_or(|_| found.status == Status::Saved));
        worker.done();
        let saved = studio.take(take);
        assert_eq!((saved.status, saved.due, saved.message), (Status::Saved, None, None), "{rule} {log}");
        assert_eq!((service.tags(), service.ledger().len()), (vec![tag], 1), "{rule} {log}: paid once");
    });
}

/// A lost answer whose row names a bare id, and a first question that goes like this.
fn found_and_asked(answer: &str) -> (Studio, Pretend, TakeId) {
    let question = format!("[[rule]]\nendpoint = \"poll\"\nfirst = 1\n{answer}\n");
    let service = Pretend::quick(&format!("{LOST}{question}[log]\nlag_ms = 0\nid = \"bare\"\n"));
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    (studio, service, take)
}

#[test]
fn what_is_found_is_said_to_be_accepted_until_its_service_was_asked() {
    let (studio, service, take) = found_and_asked("answer = \"empty\"\nstatus = 503");
    let worker = Working::start(&studio, &service.service());
    let found = studio.when(take, "it was found and the question failed", |take| {
        take.why == Some(Why::Found) && take.message.is_some()
    });
    assert_eq!(said(&found), "accepted, being fetched");
    worker.done();
    assert_eq!(studio.take(take).status, Status::Saved);
}

#[test]
fn an_id_that_is_not_known_as_the_log_has_it_is_asked_for_with_its_model() {
    let (studio, service, take) = found_and_asked("answer = \"vendor\"\nstatus = 404");
    work(&studio, &service.service());
    let saved = studio.take(take);
    assert_eq!(saved.status, Status::Saved);
    assert!(saved.remote_id.unwrap().ends_with(":stable-audio"), "the form that is known is kept");
    let asked = service.visits("poll", "GET");
    assert!(!asked[0]["path"].as_str().unwrap().contains("stable-audio"), "{asked:?}");
}

#[test]
fn a_lost_song_over_an_open_connection_is_said_to_be_charged() {
    let service = sandbox("answer = \"drop\"\nwhen = \"after\"");
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE]);
    work(&studio, &service.service());
    let lost = studio.take(take);
    assert_eq!(
        (lost.status, lost.why, said(&lost).as_str()),
        (Status::Failed, Some(Why::AudioLost), "charged, audio lost")
    );
    assert_eq!((lost.cost.credits, service.ledger().len()), (Some(63_000.0), 1));
    assert!(lost.remote_id.is_some() && lost.finished.is_some());
    assert_eq!(service.visits("generate", "POST").len(), 1);
}

#[test]
fn a_song_of_which_a_part_came_is_charged_and_can_be_salvaged() {
    let service = sandbox("answer = \"truncated\"");
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE]);
    work(&studio, &service.service());
    let part = studio.take(take);
    assert_eq!(
        (part.status, part.why, said(&part).as_str()),
        (Status::Failed, Some(Why::Spoiled), "charged, song damaged")
    );
    assert!(part.message.unwrap().contains("refrain salvage"), "how to get it is still said");
    assert_eq!(kept(&studio).len(), 1);
}

#[test]
fn what_the_log_calls_failed_is_not_charged() {
    let ending = "ending = \"error\"\nat_once = true\n";
    let queued = Pretend::quick(&format!("[log]\nlag_ms = 0\n{LOST}{ending}"));
    let held_open = sandbox(&format!("answer = \"drop\"\nwhen = \"after\"\n{ending}"));
    each([(&queued, false), (&held_open, true)], |(service, is_held_open)| {
        let studio = Studio::new();
        let take = if is_held_open {
            order(&studio, &service.service(), &[VOICE])
        } else {
            orders::one(&studio, &service.service())
        };
        work(&studio, &service.service());
        let failed = studio.take(take);
        assert_eq!((failed.status, failed.why), (Status::Failed, Some(Why::Broke)), "{is_held_open}");
        assert_eq!(said(&failed), "failed, not charged");
        assert!(failed.message.unwrap().contains("log"), "{is_held_open}");
    });
}

#[test]
fn without_a_trace_nobody_is_told_that_it_was_not_charged() {
    let never = format!("[log]\nrows = \"never\"\n{LOST}");
    each([(NEVER_CAME, 0), (never.as_str(), 1)], |(scenario, charged)| {
        let (studio, service) = (Studio::new(), Pretend::quick(scenario));
        let take = orders::one(&studio, &service.service());
        work(&studio, &service.service());
        let lost = studio.take(take);
        assert_eq!((lost.status, lost.why, lost.due), (Status::Unknown, Some(Why::NoTrace), None));
        assert_eq!(said(&lost), "no trace so far, perhaps charged");
        assert!(lost.looks == 1 && lost.looked.is_some() && lost.message.is_some());
        assert_eq!((service.ledger().len(), service.tags()), (charged, vec![lost.request_tag]));
        assert_eq!(readings(&service), 2, "by the clock here, and by the service's");
    });
}

#[test]
fn looking_ends_after_a_quarter_of_an_hour_and_begins_again_at_each_start_for_a_day() {
    let service = Pretend::quick(NEVER_CAME);
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let worker = patient(&studio, &service);
    let looking = studio.when(take, "it was looked for in vain", |take| take.why == Some(Why::NoTrace));
    assert!(said(&looking).starts_with("no trace so far, looking until "), "{}", said(&looking));
    let lost = looking.finished.unwrap();
    assert_eq!(looking.sought, Some(lost + SignedDuration::from_mins(15)));
    assert_eq!(looking.due, Some(lost + SignedDuration::from_secs(5)), "the second look");
    aged(&studio, take, SignedDuration::from_mins(16));
    assert_eq!(carry_out(&studio, Intent::LookUp { take }), Reply::Done);
    worker.done();
    let over = studio.take(take);
    assert_eq!((over.due, said(&over).as_str()), (None, "no trace so far, perhaps charged"));

    for (hours, looks) in [(23, 1), (25, 0)] {
        aged(&studio, take, SignedDuration::from_hours(hours));
        let worth = studio.store().live_services().unwrap().contains(&service.service());
        assert_eq!(worth, looks == 1, "after {hours} hours a front starts a worker");
        let before = studio.take(take).looks;
        work(&studio, &service.service());
        assert_eq!(studio.take(take).looks - before, looks, "after {hours} hours");
    }
    let before = studio.take(take).looks;
    assert_eq!(carry_out(&studio, Intent::LookUpAll { service: service.service() }), Reply::Done);
    work(&studio, &service.service());
    assert_eq!(studio.take(take).looks, before + 1, "a person may look at any time");
    assert_eq!(service.tags().len(), 1);
}

#[test]
fn a_row_that_comes_late_is_found_at_a_later_start() {
    let service = Pretend::quick(&format!("{LOST}[log]\nrows = \"never\"\n"));
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    assert_eq!(studio.take(take).why, Some(Why::NoTrace));
    service.follow("[log]\nlag_ms = 0\n");
    let looked = Change::default().looked(Timestamp::now() - SignedDuration::from_mins(2));
    studio.store().advance(take, &[Status::Unknown], looked, Durability::Ordinary).unwrap();
    work(&studio, &service.service());
    assert_eq!(studio.take(take).status, Status::Saved);
    assert_eq!((service.tags().len(), service.ledger().len()), (1, 1));
}

#[test]
fn an_id_that_came_before_the_answer_was_lost_is_asked_for_without_the_log() {
    let service = Pretend::quick("[log]\nrows = \"never\"\n[[rule]]\nendpoint = \"submit\"\nanswer = \"truncated\"\n");
    let studio = Studio::new();
    let take = orders::one(&studio, &service.service());
    let worker = Working::start(&studio, &service.service());
    let lost = studio.when(take, "it is looked for", |take| take.status == Status::Unknown);
    assert!(lost.remote_id.is_some(), "it stood in the headers");
    worker.done();
    assert_eq!((studio.take(take).status, readings(&service)), (Status::Saved, 0));
}

#[test]
fn a_whole_answer_that_could_not_be_read_is_read_later() {
    let service = sandbox("answer = \"drop\"\nwhen = \"after\"");
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE]);
    studio.store().hold(take).unwrap();
    left(&studio, take, SignedDuration::from_mins(1));
    let until = Some(Timestamp::now() + SignedDuration::from_mins(15));
    studio.store().advance(take, &[Status::Unknown], Change::default().sought(until), Durability::Ordinary).unwrap();
    let tag = studio.take(take).request_tag;
    let path = refrain::paths::answers(studio.path()).join(format!("{tag}.json"));
    // What can be opened and not be read, also by root: a folder.
    fs::create_dir_all(path.join("in the way")).unwrap();
    assert_eq!(carry_out(&studio, Intent::LookUp { take }), Reply::Done);
    let worker = patient(&studio, &service);
    studio.when(take, "it was looked for", |take| take.looks == 1);
    fs::rename(&path, studio.path().join("away")).unwrap();
    fs::write(&path, holding(&mp3(3.0), 3.0).to_string()).unwrap();
    assert_eq!(carry_out(&studio, Intent::LookUp { take }), Reply::Done);
    worker.done();
    let saved = studio.take(take);
    assert_eq!((saved.status, saved.message), (Status::Saved, None));
    assert_eq!((kept(&studio).len(), service.visits("generate", "POST").len()), (0, 0));
}

#[test]
fn ordering_again_after_a_lost_answer_says_that_it_may_pay_twice() {
    let (studio, service) = (Studio::new(), Pretend::quick(NEVER_CAME));
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let lost = studio.take(take);
    let again = |agreed| {
        let order = Order { from: Some(take), agreed, ..orders::order(lost.song, &service.service(), SHORT, 1) };
        carry_out(&studio, Intent::Order(order))
    };
    let reply = again(Agreed { to_the_same: true, ..Default::default() });
    let Reply::Asks(question) = &reply else { panic!("{reply:?}") };
    assert!(question.sentence().contains("may have been charged"), "{}", question.sentence());
    work(&studio, &service.service());
    assert_eq!(service.tags().len(), 1, "nothing of this made it go again");
    service.follow("");
    assert!(matches!(again(Agreed::TO_ALL), Reply::Ordered { .. }));
    work(&studio, &service.service());
    assert_eq!((service.tags().len(), studio.take(take).status), (2, Status::Unknown));
}
