//! What the account ordered elsewhere: found in the log, told from one's own, and fetched as any take.

use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::{Status, Take, TakeId, Why};
use refrain::domain::service::Service;
use refrain::domain::stray::Stray;
use refrain::engine::intent::{Intent, Reply};
use refrain::store::Durability;
use refrain::store::generations::Change;
use refrain::store::strays::Search;
use serde_json::json;

use crate::support::elsewhere::{ordered, short};
use crate::support::orders;
use crate::support::patience::until;
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::{Studio, files_below};
use crate::support::worker::{Working, work};

fn carry_out(studio: &Studio, intent: Intent) -> Reply {
    orders::desk(studio).carry_out(&mut studio.store(), intent, Timestamp::now()).unwrap()
}

/// Some days ago.
fn days(days: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_hours(24 * days)
}

/// Wants to know what there is.
fn seek(studio: &Studio, service: &Service, since: Timestamp) {
    let wish = Intent::SeekStrays { service: service.clone(), since };
    assert_eq!(carry_out(studio, wish), Reply::Done);
}

/// What a worker finds in the log of the last week.
fn found(studio: &Studio, service: &Service) -> Vec<Stray> {
    let uttered = Timestamp::now();
    seek(studio, service, days(7));
    work(studio, service);
    let store = studio.store();
    assert_eq!(store.search(service).unwrap(), Search::default(), "it was looked through");
    store.strays(service, days(7), uttered).unwrap()
}

fn adopt(studio: &Studio, service: &Service, strays: &[Stray]) -> Vec<TakeId> {
    let ids = strays.iter().map(|stray| stray.inference_id.clone()).collect();
    match carry_out(studio, Intent::Adopt { service: service.clone(), ids }) {
        Reply::Ordered { takes } => takes,
        reply => panic!("not adopted: {reply:?}"),
    }
}

/// Takes whose id, tag and status are all that a store may have of a generation.
#[test]
fn an_own_take_is_no_stray_whatever_form_its_id_has() {
    each(["full", "bare"], |form| {
        let (studio, service) = (Studio::new(), Pretend::quick(&format!("[log]\nlag_ms = 0\nid = \"{form}\"\n")));
        let there = service.service();
        orders::one(&studio, &there);
        work(&studio, &there);
        // The answer to the second was lost, and whoever sends the third has not had its answer yet.
        let drop = "[[rule]]\nendpoint = \"submit\"\nanswer = \"drop\"\nwhen = \"after\"\n";
        service.follow(&format!("[log]\nlag_ms = 0\nid = \"{form}\"\n{drop}"));
        let lost = orders::one(&studio, &there);
        work(&studio, &there);
        service.follow(&format!("[log]\nlag_ms = 0\nid = \"{form}\"\n"));
        assert_eq!(studio.take(lost).remote_id, None, "by its tag alone it is known");
        let sent = orders::one(&studio, &there);
        let tag = studio.take(sent).request_tag;
        ordered(&service, &short(), &[&tag]);
        let sending = Change::to(Status::Sending).sent(Some(Timestamp::now()));
        studio.store().advance(sent, &[Status::Ordered], sending, Durability::Paid).unwrap();
        assert_eq!(service.ledger().len(), 3);
        assert_eq!(found(&studio, &there), [], "{form}");
    });
}

#[test]
fn an_own_take_that_was_sent_under_another_tag_before_is_no_stray() {
    let busy = "[[rule]]\nendpoint = \"submit\"\nnth = 1\nanswer = \"vendor\"\nstatus = 429\nretry_after = 0\n";
    let (studio, service) = (Studio::new(), Pretend::quick(&format!("[log]\nlag_ms = 0\n{busy}")));
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    assert_eq!((service.tags().len(), studio.take(take).status), (2, Status::Saved));
    assert_eq!(found(&studio, &service.service()), []);
}

#[test]
fn other_models_of_the_account_are_left_out() {
    let sold = "[log]\nlag_ms = 0\n[[model]]\nid = \"me/speech-9\"\nlike = \"stable-audio\"\nrules = \"none\"\n";
    let (studio, service) = (Studio::new(), Pretend::quick(sold));
    ordered(&service, &json!({ "model": "me/speech-9", "prompt": "hello" }), &["speech"]);
    let music = ordered(&service, &short(), &["music"]);
    let found = found(&studio, &service.service());
    assert_eq!(found.iter().map(|stray| &stray.inference_id).collect::<Vec<_>>(), music.iter().collect::<Vec<_>>());
    let stray = &found[0];
    assert_eq!((stray.tag.as_deref(), stray.model.as_str()), (Some("music"), "stable-audio"));
    assert_eq!((stray.status.as_deref(), stray.cost.usd), (Some("succeeded"), Some(0.02)));
    assert!(stray.created.is_some());
}

/// A stray that was adopted and fetched, with everything that a take has.
fn assert_fetched(studio: &Studio, take: &Take) {
    assert_eq!((take.status, take.model.as_str()), (Status::Saved, "stable-audio"), "{take:?}");
    assert!(take.is_adopted() && take.is_new());
    let file = take.file.as_ref().unwrap();
    assert!(file.starts_with(studio.paths().music.join("Adopted")) && file.is_file(), "{}", file.display());
    let sidecar = std::fs::read_to_string(file.with_extension("json")).unwrap();
    let sidecar: serde_json::Value = serde_json::from_str(&sidecar).unwrap();
    assert_eq!((&sidecar["adopted"], &sidecar["song"]), (&true.into(), &"Adopted".into()));
    assert!(take.duration_ms.is_some() && take.cost.usd == Some(0.02));
}

#[test]
fn what_was_adopted_is_asked_about_and_fetched_as_any_take_and_is_no_measure_of_the_pace() {
    let (studio, service) = (Studio::new(), Pretend::quick("[log]\nlag_ms = 0\n"));
    let there = service.service();
    let tags = ["laptop-1", "customer.42", "customer.42", ".."];
    let ids = ordered(&service, &short(), &tags);
    let strays = found(&studio, &there);
    assert_eq!(strays.len(), tags.len());
    let takes = adopt(&studio, &there, &strays);
    let working = studio.take(takes[0]);
    assert_eq!((working.status, working.why), (Status::Working, Some(Why::Found)));
    assert_eq!((working.sent, working.created), (strays[0].created, strays[0].created.unwrap()));
    work(&studio, &there);
    let takes: Vec<Take> = takes.into_iter().map(|take| studio.take(take)).collect();
    for (n, take) in takes.iter().enumerate() {
        assert_fetched(&studio, take);
        assert_eq!((take.number as usize, take.remote_id.as_ref()), (n + 1, Some(&strays[n].inference_id)));
    }
    let named = takes.iter().filter(|take| ids.contains(take.remote_id.as_ref().unwrap())).count();
    assert_eq!(named, ids.len());
    assert!(takes.iter().any(|take| take.request_tag == "laptop-1"), "the tag of the log is kept");
    assert_eq!(takes.iter().filter(|take| take.request_tag.starts_with("adopted-")).count(), 3);
    assert_eq!(files_below(&studio.paths().music).len(), 2 * tags.len(), "a song and a sidecar each");
    assert_eq!(studio.store().terms(&there).unwrap().spans.len(), 0, "nobody saw how long they needed");
    assert_eq!((service.tags().len(), service.ledger().len()), (tags.len(), tags.len()), "nothing was ordered");
    assert_eq!(found(&studio, &there), [], "and they are none any more");
}

#[test]
fn adopting_twice_makes_no_second_take() {
    let (studio, service) = (Studio::new(), Pretend::quick("[log]\nlag_ms = 0\n"));
    let there = service.service();
    ordered(&service, &short(), &["one", "two"]);
    let strays = found(&studio, &there);
    let all: Vec<Vec<TakeId>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..10).map(|_| scope.spawn(|| adopt(&studio, &there, &strays))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(all.iter().all(|takes| *takes == all[0] && takes.len() == 2), "{all:?}");
    assert_eq!(studio.store().takes(None).unwrap().len(), 2);
    assert_eq!(studio.store().songs().unwrap().len(), 1);
    // Another form of the same id is the same generation.
    service.follow("[log]\nlag_ms = 0\nid = \"bare\"\n");
    assert_eq!(found(&studio, &there), []);
    work(&studio, &there);
    assert_eq!(studio.store().takes(None).unwrap().len(), 2);
}

#[test]
fn two_who_want_to_know_at_once_are_both_served() {
    let (studio, service) = (Studio::new(), Pretend::quick("[log]\nlag_ms = 0\n"));
    let there = service.service();
    ordered(&service, &short(), &["one"]);
    let uttered = Timestamp::now();
    seek(&studio, &there, days(30));
    seek(&studio, &there, Timestamp::now());
    let search = studio.store().search(&there).unwrap();
    assert!(search.wish.is_some_and(|wish| wish.since <= days(29)), "{search:?}");
    work(&studio, &there);
    assert_eq!(studio.store().strays(&there, days(30), uttered).unwrap().len(), 1);
    assert_eq!(service.visits("logs", "GET").len(), 1, "one look serves both");
}

#[test]
fn a_log_of_several_pages_is_read_to_its_end_and_a_busy_service_is_waited_for() {
    let busy = "[[rule]]\nendpoint = \"logs\"\nnth = 2\nanswer = \"vendor\"\nstatus = 429\nretry_after = 1\n";
    let (studio, service) = (Studio::new(), Pretend::quick(&format!("[log]\nlag_ms = 0\n{busy}")));
    let tags: Vec<String> = (0..103).map(|n| format!("laptop-{n}")).collect();
    let client = "[account]\nstart_usd = 100.0\n[log]\nlag_ms = 0\n";
    service.follow(client);
    ordered(&service, &short(), &tags.iter().map(String::as_str).collect::<Vec<_>>());
    service.follow(&format!("{client}{busy}"));
    let begin = std::time::Instant::now();
    assert_eq!(found(&studio, &service.service()).len(), tags.len());
    assert!(begin.elapsed().as_millis() >= 1000, "it was left alone as long as it asked for");
    assert_eq!(service.visits("logs", "GET").len(), 3);
}

#[test]
fn a_log_that_cannot_be_asked_is_said_and_changes_nothing() {
    let refused = "[[rule]]\nendpoint = \"logs\"\nanswer = \"vendor\"\nstatus = 403\nmessage = \"not for this key\"\n";
    let (studio, service) = (Studio::new(), Pretend::quick(refused));
    let there = service.service();
    drop(studio.store());
    seek(&studio, &there, days(1));
    work(&studio, &there);
    let search = studio.store().search(&there).unwrap();
    assert_eq!((search.wish, search.failed.as_deref()), (None, Some("not for this key")));
    assert_eq!(service.visits("logs", "GET").len(), 1, "who is refused does not insist");
}

#[test]
fn an_adopted_take_that_the_service_does_not_know_is_asked_for_in_other_forms_and_then_no_more() {
    each([("[[rule]]\nendpoint = \"poll\"\nfirst = 1\n", true), ("[[rule]]\nendpoint = \"poll\"\n", false)], |row| {
        let (rule, is_there) = row;
        let scenario = "[log]\nlag_ms = 0\nid = \"bare\"\n";
        let (studio, service) = (Studio::new(), Pretend::quick(scenario));
        let there = service.service();
        let full = ordered(&service, &short(), &["laptop"]).remove(0);
        let take = adopt(&studio, &there, &found(&studio, &there)).remove(0);
        assert!(!studio.take(take).remote_id.unwrap().contains(':'));
        service
            .follow(&format!("{scenario}{rule}answer = \"vendor\"\nstatus = 404\nmessage = \"no such generation\"\n"));
        let worker = Working::start(&studio, &there);
        if is_there {
            worker.done();
            let take = studio.take(take);
            assert_eq!((take.status, take.remote_id), (Status::Saved, Some(full)));
            return;
        }
        until("asking stops", || studio.take(take).status == Status::Unwatched);
        worker.done();
        let gone = studio.take(take);
        assert!(gone.message.unwrap().contains("the service itself does not know it any more"));
        service.follow(scenario);
        assert_eq!(carry_out(&studio, Intent::AskNow { take }), Reply::Done);
        work(&studio, &there);
        assert_fetched(&studio, &studio.take(take));
    });
}

#[test]
fn what_cannot_be_fetched_is_not_adopted_and_says_why() {
    let scenario = "[log]\nlag_ms = 0\n[[rule]]\nendpoint = \"submit\"\nending = \"error\"\n";
    let (studio, laptop, service) = (Studio::new(), Studio::new(), Pretend::quick(scenario));
    let there = service.service();
    orders::one(&laptop, &there);
    work(&laptop, &there);
    let strays = found(&studio, &there);
    assert_eq!(strays[0].status.as_deref(), Some("failed"));
    let refused = |id: &str| carry_out(&studio, Intent::Adopt { service: there.clone(), ids: vec![id.to_owned()] });
    for (id, why) in
        [(strays[0].inference_id.as_str(), "failed, not charged"), ("nowhere", "nothing with the id nowhere")]
    {
        let reply = refused(id);
        assert!(matches!(&reply, Reply::TooLate(said) if said.contains(why)), "{reply:?}");
    }
    assert!(studio.store().takes(None).unwrap().is_empty() && studio.store().songs().unwrap().is_empty());
}
