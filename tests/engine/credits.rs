//! Orders that the service does not let go: for want of credits, which holds the line, or as this key may not.

use jiff::{SignedDuration, Timestamp};
use refrain::config::Config;
use refrain::domain::generation::{Status, Take, TakeId, Why};
use refrain::domain::service::Service;
use refrain::engine::intent::{Intent, Reply};
use refrain::store::generations::Change;
use refrain::store::line::Alike;
use refrain::store::{Durability, Store};

use crate::support::orders::{self, SHORT};
use crate::support::patience::until;
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::{Working, work};

const POOR: &str = "[account]\nstart_usd = 0.0\n";
const RICH: &str = "[account]\nstart_usd = 5.0\n[[rule]]\nendpoint = \"submit\"\nat_once = true\n";

/// So many takes of the short model.
fn ordered(studio: &Studio, service: &Service, takes: u32) -> Vec<TakeId> {
    let song = orders::song(&mut studio.store(), "Night Ferry");
    orders::place(studio, orders::order(song, service, SHORT, takes), Timestamp::now())
}

/// Works until nothing is live, with so many takes at the service at once.
fn work_with(studio: &Studio, service: &Service, at_once: u32) {
    let mut config = Config::default();
    config.worker.idle_seconds = 0;
    config.api.at_once = at_once;
    Working::with(studio, service, config).done();
}

fn takes(studio: &Studio) -> Vec<Take> {
    let mut takes = studio.store().takes(None).unwrap();
    takes.reverse();
    takes
}

#[test]
fn out_of_credits_holds_the_whole_line_and_sends_nothing_more() {
    for (at_once, most) in [(1, 1), (4, 4)] {
        let (studio, service) = (Studio::new(), Pretend::quick(POOR));
        let ids = ordered(&studio, &service.service(), 7);
        work_with(&studio, &service.service(), at_once);
        for take in takes(&studio) {
            assert_eq!((take.status, take.why), (Status::Held, Some(Why::NoCredits)), "{at_once}: {take:?}");
            assert!(take.message.is_some_and(|message| message.contains("credit")), "in the service's words");
            assert_eq!((take.due, take.sent, take.remote_id), (None, None, None));
        }
        let sent = service.tags().len();
        assert!((1..=most).contains(&sent), "{sent} of 7 were sent, {at_once} at once");
        // All go with one word, and each is paid for once.
        service.follow(RICH);
        let all = Intent::ReleaseAll { takes: ids.clone() };
        let reply = orders::desk(&studio).carry_out(&mut studio.store(), all, Timestamp::now()).unwrap();
        assert_eq!(reply, Reply::Released { takes: ids, late: Vec::new() });
        work(&studio, &service.service());
        assert!(takes(&studio).iter().all(|take| take.status == Status::Saved));
        let tags = service.tags();
        let distinct: std::collections::BTreeSet<_> = tags.iter().collect();
        assert_eq!((distinct.len(), service.ledger().len()), (tags.len(), 7), "no request is sent twice");
    }
}

#[test]
fn an_order_that_is_given_while_the_line_is_held_is_tried() {
    let (studio, service) = (Studio::new(), Pretend::quick(POOR));
    let before = ordered(&studio, &service.service(), 3);
    work(&studio, &service.service());
    service.follow(RICH);
    let after = ordered(&studio, &service.service(), 1);
    work(&studio, &service.service());
    assert_eq!(studio.take(after[0]).status, Status::Saved, "credits had come meanwhile");
    assert!(before.iter().all(|take| studio.take(*take).status == Status::Held), "these wait for a word");
}

#[test]
fn a_key_that_may_not_order_says_so_and_holds_only_what_asks_for_the_same() {
    let no = "[[rule]]\nendpoint = \"submit\"\nfirst = 1\nanswer = \"vendor\"\nstatus = 403\n\
              message = \"This key type may not use the model.\"\n\
              [[rule]]\nendpoint = \"submit\"\nat_once = true\n";
    let (studio, service) = (Studio::new(), Pretend::quick(no));
    let same = ordered(&studio, &service.service(), 3);
    let song = orders::song(&mut studio.store(), "Other");
    let mut order = orders::order(song, &service.service(), SHORT, 1);
    order.draft.style = "a quick march, brass, drums".to_owned();
    let other = orders::place(&studio, order, Timestamp::now())[0];
    work_with(&studio, &service.service(), 1);
    for take in same {
        let take = studio.take(take);
        assert_eq!((take.status, take.why), (Status::Held, Some(Why::Forbidden)), "{take:?}");
        assert_eq!(take.message.as_deref(), Some("This key type may not use the model."));
    }
    assert_eq!(studio.take(other).status, Status::Saved);
    assert_eq!(service.tags().len(), 2, "the same request is not asked for thrice");
}

/// Settles a take as refused for want of credits; says whether it was its moment.
fn refuse(store: &mut Store, take: TakeId, alike: Alike) -> bool {
    let held = || Change::to(Status::Held).why(Some(Why::NoCredits)).due(None);
    let change = held().unsent(format!("fresh-{}", take.0));
    store.settle(take, &[Status::Sending], change, Some((alike, held()))).unwrap()
}

#[test]
fn the_line_is_what_nobody_claimed_at_that_service_and_was_meant_before_the_refused_one_left() {
    for (alike, all) in [(Alike::Service, true), (Alike::Request, false)] {
        let studio = Studio::new();
        let service = Service::from("http://127.0.0.1:1");
        let mut store = studio.store();
        let [refused, same, claimed] = ordered(&studio, &service, 3)[..] else { panic!("three") };
        let elsewhere = ordered(&studio, &Service::Sandbox, 1)[0];
        let song = orders::song(&mut store, "Other");
        let mut order = orders::order(song, &service, SHORT, 1);
        order.draft.style = "a quick march, brass, drums".to_owned();
        let different = orders::place(&studio, order.clone(), Timestamp::now())[0];
        let sent = Timestamp::now() + SignedDuration::from_millis(1);
        for take in [refused, claimed] {
            let tag = store.take(take).unwrap().request_tag;
            assert!(store.claim(take, &tag, sent).unwrap());
        }
        let later = orders::place(&studio, order, sent + SignedDuration::from_secs(1))[0];
        let mut feed = refrain::engine::feed::Feed::open(studio.path()).unwrap();
        feed.look().unwrap();
        assert!(refuse(&mut store, refused, alike));
        let held = |take: TakeId| store.take(take).unwrap().status == Status::Held;
        assert!(held(refused) && held(same), "{alike:?}");
        assert_eq!(held(different), all, "{alike:?}");
        assert!(![claimed, elsewhere, later].map(held).contains(&true), "{alike:?}");
        let tag = |take: TakeId| store.take(take).unwrap().request_tag;
        assert_eq!(tag(refused), format!("fresh-{}", refused.0));
        assert_ne!(tag(same), tag(refused), "what was not sent keeps the tag that nobody has seen");
    }
}

#[test]
fn a_refusal_that_comes_too_late_to_count_holds_nobody() {
    let studio = Studio::new();
    let mut store = studio.store();
    let ids = ordered(&studio, &Service::from("http://127.0.0.1:1"), 2);
    let sent = Timestamp::now() + SignedDuration::from_millis(1);
    let tag = store.take(ids[0]).unwrap().request_tag;
    assert!(store.claim(ids[0], &tag, sent).unwrap());
    assert!(store.advance(ids[0], &[Status::Sending], Change::to(Status::Working), Durability::Paid).unwrap());
    assert!(!refuse(&mut store, ids[0], Alike::Service));
    assert_eq!(studio.take(ids[1]).status, Status::Ordered);
}

#[test]
fn the_line_is_held_in_the_moment_in_which_the_refusal_is_written() {
    let (studio, service) = (Studio::new(), Pretend::quick(POOR));
    ordered(&studio, &service.service(), 5);
    work_with(&studio, &service.service(), 1);
    let database = rusqlite::Connection::open(studio.path().join("refrain.db")).unwrap();
    let moments: i64 = database
        .query_row("SELECT count(DISTINCT rev) FROM takes WHERE status = 'held'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(moments, 1);
    until("nothing more is asked", || service.tags().len() == 1);
}
