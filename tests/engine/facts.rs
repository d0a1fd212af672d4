//! What a service says of itself: asked when nobody is kept waiting, kept with its age, used for the next order.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::Status;
use refrain::domain::price::PriceFrom;
use refrain::domain::service::Service;
use refrain::domain::usual::UsualFrom;
use refrain::engine::intent::{Intent, Reply};
use refrain::store::Durability;
use refrain::store::facts::{Fact, Said, Topic};
use refrain::store::generations::Change;

use crate::support::orders::{self, SHORT};
use crate::support::patience::{until, wait_for};
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::{Working, work};

const AT_ONCE: &str = "[[rule]]\nendpoint = \"submit\"\nat_once = true\n";

fn fact(studio: &Studio, service: &Service, topic: Topic) -> Fact {
    studio.store().fact(service, topic).unwrap()
}

/// How often a service was asked for its prices, and the statuses of its answers.
fn asked_for_prices(service: &Pretend) -> Vec<u64> {
    service.visits("models", "GET").iter().map(|visit| visit["status"].as_u64().unwrap()).collect()
}

/// Puts what is known of a topic back in time.
fn grow_old(studio: &Studio, service: &Service, topic: Topic, by: SignedDuration) {
    let fact = fact(studio, service, topic);
    let (said, at) = fact.said.unwrap();
    studio.store().keep_fact(service, &said, fact.etag.as_deref(), at - by).unwrap();
}

fn want(studio: &Studio, service: &Service) {
    let wish = Intent::WantFacts { service: service.clone() };
    let reply = orders::desk(studio).carry_out(&mut studio.store(), wish, Timestamp::now()).unwrap();
    assert_eq!(reply, Reply::Done);
}

#[test]
fn a_worker_brings_balance_prices_and_paces_and_says_when() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let before = Timestamp::now();
    orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let service_of = service.service();
    let (usd, at) = fact(&studio, &service_of, Topic::Balance).balance().unwrap();
    assert!(usd > 0.0 && at >= before - SignedDuration::from_millis(1) && at <= Timestamp::now());
    let terms = studio.store().terms(&service_of).unwrap();
    let catalogue = orders::desk(&studio).catalogue;
    for spec in catalogue.models() {
        // The held-open model is not on the sandbox's shelf yet.
        let Some(listed) = terms.listing(spec) else { continue };
        assert!(listed.quote.is_some(), "{}", spec.id);
        let price = terms.price(spec, &orders::draft()).unwrap();
        assert_eq!((price.from, price.about), (PriceFrom::Service, false), "{}", spec.id);
    }
    let price = |name: &str| terms.price(catalogue.find(name).unwrap(), &orders::draft()).unwrap().usd;
    assert!((price("music-2.0") - 0.03).abs() < 1e-9);
    assert!((price(SHORT) - 0.02).abs() < 1e-9, "its list says what a hundred cost");
    assert_eq!(terms.usual(catalogue.find("music-2.0").unwrap()).from, UsualFrom::Service);
}

#[test]
fn prices_are_asked_once_a_day_and_a_list_that_has_not_changed_is_kept() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let song = orders::song(&mut studio.store(), "Days");
    let order = || drop(orders::place(&studio, orders::order(song, &service.service(), SHORT, 1), Timestamp::now()));
    order();
    work(&studio, &service.service());
    order();
    work(&studio, &service.service());
    assert_eq!(asked_for_prices(&service), [200], "not again within a day");
    let known = fact(&studio, &service.service(), Topic::Prices);
    grow_old(&studio, &service.service(), Topic::Prices, SignedDuration::from_hours(25));
    order();
    work(&studio, &service.service());
    assert_eq!(asked_for_prices(&service), [200, 304]);
    let kept = fact(&studio, &service.service(), Topic::Prices);
    assert_eq!(kept.said.as_ref().map(|(said, _)| said), known.said.as_ref().map(|(said, _)| said));
    assert!(kept.said.unwrap().1 > known.said.unwrap().1, "and it is as young as the answer");
}

#[test]
fn a_service_that_does_not_answer_keeps_no_take_waiting_and_what_it_said_before_stays() {
    let trouble = ["billing", "models", "metrics"]
        .map(|endpoint| format!("[[rule]]\nendpoint = \"{endpoint}\"\nanswer = \"html\"\nstatus = 503\n"));
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let known = fact(&studio, &service.service(), Topic::Prices);
    assert_eq!(studio.take(take).status, Status::Saved);
    service.follow(&format!("{AT_ONCE}{}", trouble.concat()));
    want(&studio, &service.service());
    let again = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    assert_eq!(studio.take(again).status, Status::Saved);
    for topic in Topic::ALL {
        let fact = fact(&studio, &service.service(), topic);
        assert!(fact.failed.is_some() && fact.wanted.is_none(), "{topic:?}: {fact:?}");
        assert!(fact.said.is_some(), "{topic:?}");
    }
    assert_eq!(fact(&studio, &service.service(), Topic::Prices).said, known.said);
}

#[test]
fn questions_never_delay_an_order() {
    let slow = ["billing", "models", "metrics"]
        .map(|endpoint| format!("[[rule]]\nendpoint = \"{endpoint}\"\ndelay_ms = 20000\n"));
    let (studio, service) = (Studio::new(), Pretend::quick(&format!("{AT_ONCE}{}", slow.concat())));
    want(&studio, &service.service());
    let worker = Working::start(&studio, &service.service());
    until("the service is being asked", || !service.visits("billing", "GET").is_empty());
    let begin = std::time::Instant::now();
    let take = orders::one(&studio, &service.service());
    studio.when(take, "it is saved", |take| take.status == Status::Saved);
    assert!(begin.elapsed() < Duration::from_secs(15), "it waited for the question: {:?}", begin.elapsed());
    assert!(service.visits("models", "GET").is_empty(), "one question at a time");
    drop(service);
    worker.done();
}

#[test]
fn a_worker_that_is_at_work_answers_a_wish_at_once() {
    let studio = Studio::new();
    let service = Pretend::quick("[[rule]]\nendpoint = \"submit\"\ndelay_ms = 1500\n");
    let take = orders::one(&studio, &service.service());
    let worker = Working::start(&studio, &service.service());
    studio.when(take, "it is being sent", |take| take.status == Status::Sending);
    want(&studio, &service.service());
    let answered = wait_for("the wish is granted", || {
        let fact = fact(&studio, &service.service(), Topic::Paces);
        fact.wanted.is_none().then_some(fact)
    });
    assert!(matches!(answered.said, Some((Said::Paces(paces), _)) if !paces.is_empty()));
    worker.done();
}

#[test]
fn a_wish_alone_is_granted_by_a_worker_that_finds_nothing_else_to_do() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    orders::song(&mut studio.store(), "Nothing ordered");
    want(&studio, &service.service());
    work(&studio, &service.service());
    for topic in Topic::ALL {
        let fact = fact(&studio, &service.service(), topic);
        assert!(fact.said.is_some() && fact.wanted.is_none(), "{topic:?}");
    }
}

#[test]
fn an_order_remembers_what_was_usual_and_ones_own_takes_say_it_from_three_on() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let song = orders::song(&mut studio.store(), "Usual");
    let order = || orders::place(&studio, orders::order(song, &service.service(), SHORT, 1), Timestamp::now())[0];
    let first = order();
    assert_eq!(studio.take(first).usual.from, UsualFrom::Catalogue);
    assert_eq!(studio.take(first).price, None, "nobody has asked yet");
    work(&studio, &service.service());
    let second = studio.take(order());
    assert_eq!(second.usual.from, UsualFrom::Service);
    assert_eq!(second.price, Some(0.02));
    let third = order();
    work(&studio, &service.service());
    // As if the three had needed 60, 70 and 90 seconds.
    for (take, seconds) in [(first, 60), (second.id, 70), (third, 90)] {
        let sent = Timestamp::now() - SignedDuration::from_secs(1000);
        let made = Change::default().sent(Some(sent)).made(sent + SignedDuration::from_secs(seconds));
        studio.store().advance(take, &[Status::Saved], made, Durability::Ordinary).unwrap();
    }
    let usual = studio.take(order()).usual;
    assert_eq!((usual.seconds, usual.late_after, usual.from), (70, 90, UsualFrom::Yours));
    assert_eq!(studio.take(first).usual.from, UsualFrom::Catalogue, "what was frozen stays");
}

#[test]
fn a_made_take_knows_when_it_was_made() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let take = studio.take(take);
    let made = take.made.unwrap();
    assert!(take.sent.unwrap() <= made && made <= take.finished.unwrap());
}
