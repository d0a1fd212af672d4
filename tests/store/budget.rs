//! What may be spent on a day: reckoned in the transaction that would spend it, whoever orders and however many.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use refrain::domain::budget::{Budget, Committed, Dear, Over, midnight};
use refrain::domain::generation::{Cost, Status, TakeId, Why};
use refrain::domain::money::charged;
use refrain::domain::service::Service;
use refrain::domain::song::SongId;
use refrain::domain::usual::Usual;
use refrain::store::budget::{Allowance, LetGo};
use refrain::store::generations::Change;
use refrain::store::ordering::{Agreed, Destination, NewOrder, NewTake, Ordering};
use refrain::store::{Durability, Store};
use serde_json::json;

use crate::support::orders::{self, SHORT};
use crate::support::studio::Studio;
use crate::{now, together};

fn allowance(daily_usd: f64, since: Timestamp) -> Allowance {
    Allowance { budget: Budget { daily_usd: Some(daily_usd), confirm_above_usd: None }, since }
}

/// What an order of these tests leaves when it is the only one of the day.
const QUARTER: Committed = Committed { usd: 0.25, unpriced: 0 };

/// An order of one take at a price, where money counts.
fn order(song: SongId, price: Option<f64>, allowance: Option<Allowance>) -> NewOrder {
    let take = NewTake {
        model: SHORT.to_owned(),
        draft: orders::draft(),
        request: json!({}),
        tag: refrain::engine::orders::new_tag(),
        usual: Usual::of_catalogue(1),
        price,
        uses: Vec::new(),
    };
    NewOrder {
        song,
        service: Service::vendor(),
        draft: orders::draft(),
        takes: vec![take],
        from: None,
        held: false,
        destination: Destination::Exactly("/nowhere".into()),
        key_print: None,
        once: None,
        not_again_since: None,
        allowance,
        agreed: Agreed::TO_ALL,
    }
}

#[track_caller]
fn written(store: &mut Store, order: &NewOrder, at: Timestamp) -> TakeId {
    match store.order(order, at).unwrap() {
        Ordering::Written(takes) => takes[0],
        other => panic!("{other:?}"),
    }
}

/// What is spent or under way since a moment, as whoever may spend nothing is told.
#[track_caller]
fn committed(store: &mut Store, song: SongId, since: Timestamp) -> Committed {
    match store.order(&order(song, Some(0.01), Some(allowance(0.0, since))), now()).unwrap() {
        Ordering::OverBudget(over) => over.committed,
        other => panic!("{other:?}"),
    }
}

fn advance(store: &mut Store, take: TakeId, change: Change) {
    assert!(store.advance(take, &Status::ALL, change, Durability::Ordinary).unwrap());
}

#[test]
fn of_two_orders_for_the_last_cents_of_a_budget_one_is_written() {
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Last Cents");
    let folder = studio.path().to_owned();
    let since = now() - SignedDuration::from_hours(1);
    let outcomes = together(20, move |_| {
        let mut store = Store::open(&folder).unwrap();
        store.order(&order(song, Some(0.03), Some(allowance(0.10, since))), now()).unwrap()
    });
    let is_written = |outcome: &&Ordering| matches!(outcome, Ordering::Written(_));
    assert_eq!(outcomes.iter().filter(is_written).count(), 3, "{outcomes:?}");
    let over = Over { daily_usd: 0.10, committed: Committed { usd: 0.09, unpriced: 0 }, usd: Some(0.03) };
    for outcome in outcomes.iter().filter(|outcome| !is_written(outcome)) {
        assert_eq!(*outcome, Ordering::OverBudget(over));
    }
    assert_eq!(studio.store().takes(None).unwrap().len(), 3);
}

#[test]
fn what_was_charged_or_may_be_counts_and_what_failed_or_waits_for_a_person_does_not() {
    let table = [
        (Status::Ordered, None, true),
        (Status::Ordered, Some(Why::Busy), true),
        (Status::Held, Some(Why::NoCredits), false),
        (Status::Sending, Some(Why::Open), true),
        (Status::Unknown, Some(Why::NoTrace), true),
        (Status::Queued, None, true),
        (Status::Working, Some(Why::Found), true),
        (Status::Ready, Some(Why::DiskFull), true),
        (Status::Saved, None, true),
        (Status::Failed, Some(Why::Refused), false),
        (Status::Failed, Some(Why::Broke), false),
        (Status::Failed, None, false),
        (Status::Failed, Some(Why::AudioLost), true),
        (Status::Failed, Some(Why::Spoiled), true),
        (Status::Unwatched, None, true),
    ];
    for status in Status::ALL {
        assert!(table.iter().any(|(of, ..)| *of == status), "{status:?} is tried");
    }
    let since = now() - SignedDuration::from_hours(1);
    for (status, why, counts) in table {
        for (price, cost, usd, unpriced) in [
            (Some(0.03), None, 0.03, 0),
            // What the service charged says more than what was expected.
            (Some(0.03), Some(0.0315), 0.0315, 0),
            (None, Some(0.0315), 0.0315, 0),
            (None, None, 0.0, 1),
        ] {
            let studio = Studio::new();
            let mut store = studio.store();
            let song = orders::song(&mut store, "Counts");
            let take = written(&mut store, &order(song, price, None), now());
            let change = Change::to(status).why(why).cost(Cost { credits: None, usd: cost });
            advance(&mut store, take, change);
            let expected = if counts { Committed { usd, unpriced } } else { Committed::default() };
            assert_eq!(committed(&mut store, song, since), expected, "{status:?} {why:?} {price:?} {cost:?}");
            // What is said to have been spent is never more than what the budget reckons with.
            let told = charged(&store.take(take).unwrap()).map_or(0.0, |spent| spent.usd);
            assert!(told <= expected.usd, "{status:?} {why:?}: told {told}");
        }
    }
}

#[test]
fn yesterday_counts_no_more_but_what_still_waits_in_line_does() {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Midnight");
    let zone = TimeZone::get("Pacific/Auckland").unwrap();
    let since = midnight(now(), &zone);
    let before = since - SignedDuration::from_secs(1);
    let sent = written(&mut store, &order(song, Some(0.5), None), before);
    advance(&mut store, sent, Change::to(Status::Saved).sent(Some(before)));
    assert_eq!(committed(&mut store, song, since), Committed::default(), "a second before midnight is yesterday");
    let over_midnight = written(&mut store, &order(song, Some(0.25), None), before);
    assert_eq!(committed(&mut store, song, since), QUARTER, "it is bought today");
    advance(&mut store, over_midnight, Change::to(Status::Saved).sent(Some(since)));
    assert_eq!(committed(&mut store, song, since), QUARTER);
    let elsewhere = NewOrder { service: Service::Sandbox, ..order(song, Some(9.0), None) };
    written(&mut store, &elsewhere, now());
    assert_eq!(committed(&mut store, song, since), QUARTER, "another service's money is not this one's");
}

#[test]
fn what_is_put_aside_is_reckoned_when_it_is_let_go_all_or_nothing() {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Held");
    let day = Some(allowance(0.07, now() - SignedDuration::from_hours(1)));
    let aside = || NewOrder { held: true, ..order(song, Some(0.03), day) };
    let held: Vec<TakeId> = (0..3).map(|_| written(&mut store, &aside(), now())).collect();
    let over = Over { daily_usd: 0.07, committed: Committed::default(), usd: Some(0.09) };
    assert_eq!(store.let_go(&held, day, now()).unwrap(), LetGo::OverBudget(over));
    assert!(store.takes(None).unwrap().iter().all(|take| take.status == Status::Held), "none of them went");
    assert_eq!(store.let_go(&held[..2], day, now()).unwrap(), LetGo::Gone(held[..2].to_vec()));
    let LetGo::OverBudget(over) = store.let_go(&held, day, now()).unwrap() else { panic!("the third is one too many") };
    assert_eq!((over.committed.usd, over.usd), (0.06, Some(0.03)), "those that have gone are not counted twice");
    assert_eq!(store.let_go(&held, None, now()).unwrap(), LetGo::Gone(held[2..].to_vec()), "without a budget it goes");
    assert_eq!(store.let_go(&held, day, now()).unwrap(), LetGo::Gone(Vec::new()));
}

#[test]
fn of_what_stands_in_the_way_the_refusal_comes_first_and_each_question_once() {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Questions");
    let budget = Budget { daily_usd: Some(1.0), confirm_above_usd: Some(0.02) };
    let day = Allowance { budget, since: now() - SignedDuration::from_hours(1) };
    let lost = written(&mut store, &order(song, Some(0.03), None), now());
    advance(&mut store, lost, Change::to(Status::Unknown).why(Some(Why::Looking)));
    let asked = |agreed, usd| NewOrder {
        from: Some(lost),
        not_again_since: Some(now() - SignedDuration::from_secs(30)),
        agreed,
        ..order(song, Some(usd), Some(day))
    };
    let over = store.order(&asked(Agreed::TO_ALL, 0.98), now()).unwrap();
    assert!(matches!(over, Ordering::OverBudget(_)), "whatever was agreed to: {over:?}");
    let mut agreed = Agreed::default();
    assert_eq!(store.order(&asked(agreed, 0.03), now()).unwrap(), Ordering::MayPayTwice(1));
    agreed.to_pay_twice = true;
    assert!(matches!(store.order(&asked(agreed, 0.03), now()).unwrap(), Ordering::SameAgain(_)));
    agreed.to_the_same = true;
    assert_eq!(store.order(&asked(agreed, 0.03), now()).unwrap(), Ordering::Dear(Dear { usd: 0.03, most: 0.02 }));
    assert_eq!(store.takes(None).unwrap().len(), 1, "no question writes anything");
    let aside = |usd| NewOrder { held: true, ..asked(agreed, usd) };
    let dear = Dear { usd: 1.5, most: 0.02 };
    assert_eq!(store.order(&aside(1.5), now()).unwrap(), Ordering::Dear(dear), "put aside, it is asked about as well");
    agreed.to_the_price = true;
    let aside = NewOrder { held: true, ..asked(agreed, 1.5) };
    assert!(matches!(store.order(&aside, now()).unwrap(), Ordering::Written(_)), "its day is the one on which it goes");
    assert!(matches!(store.order(&asked(agreed, 0.03), now()).unwrap(), Ordering::Written(_)));
}
