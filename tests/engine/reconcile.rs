//! Answers that were lost: what the account's log tells of them, when it tells it, and what is said meanwhile.

use std::fs;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use refrain::api::{ApiKey, Client, Limits, Outcome};
use refrain::domain::generation::{Status, Take, TakeId, Why};
use refrain::domain::wording::words;
use refrain::engine::intent::{Agreed, Intent, Order, Reply};
use refrain::store::Durability;
use refrain::store::generations::Change;
use refrain::worker;

use crate::held_open::{VOICE, kept, order, sandbox};
use crate::support::lost::aged;
use crate::support::orders::{self, SHORT};
use crate::support::patience::until;
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::sounds::{holding, mp3};
use crate::support::studio::Studio;
use crate::support::worker::{Working, hasty, work};

/// An order whose answer is lost behind the charge.
const LOST: &str = "[[rule]]\nendpoint = \"submit\"\nanswer = \"drop\"\nwhen = \"after\"\n";

/// One that never came to the service.
const NEVER_CAME: &str = "[[rule]]\nendpoint = \"submit\"\nanswer = \"drop\"\nwhen = \"before\"\n";

/// A worker that looks for a quarter of an hour, as people have it, with the first look after two seconds.
fn patient(studio: &Studio, service: &Pretend) -> Working {
    let mut config = hasty();
    config.api.look_minutes = 15;
    Working::with(studio, &service.service(), config)
}

fn said(take: &Take) -> String {
    words(take, Timestamp::now(), &TimeZone::UTC).text
}

fn carry_out(studio: &Studio, intent: Intent) -> Reply {
    orders::desk(studio).carry_out(&mut studio.store(), intent, Timestamp::now()).unwrap()
}

/// Puts a row where a lost answer left it, so long ago.
fn left(studio: &Studio, take: TakeId, age: SignedDuration) {
    let sent = Some(Timestamp::now() - age);
    let lost = Change::to(Status::Unknown).why(Some(Why::NoTrace)).message(Some("gone".to_owned()));
    let lost = lost.sent(sent).finished(sent).due(None);
    assert!(studio.store().advance(take, &Status::ALL, lost, Durability::Paid).unwrap());
}

/// The questions that were put to the log.
fn readings(service: &Pretend) -> usize {
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
