//! Takes that trouble has held, and takes whose answer was lost: what is said of them, and what a key may do.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use refrain::domain::budget::{Committed, Over};
use refrain::domain::generation::{Ordered, Status, Take, TakeId, Why};
use refrain::domain::service::Service;
use refrain::domain::wording::{Role, words};
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Agreed, Intent, Reply};
use refrain::tui::effect::Effect;
use refrain::tui::message::Message;
use refrain::tui::state::Opening;
use refrain::worker::replace::Insistence;

use crate::desk::{Desk, everything, opening, start, take};

fn held(number: u32, why: Why) -> Take {
    Take { why: Some(why), price: Some(0.03), ..take(number, Status::Held) }
}

/// A queue with these takes alone, in focus.
fn with(takes: Vec<Take>) -> Desk {
    at(opening(), takes)
}

fn at(opening: Opening, takes: Vec<Take>) -> Desk {
    let mut desk = Desk::new(opening, Changes { takes, ..everything() });
    desk.press("Tab").effects();
    desk
}

/// Out of credits with three orders in line; one that a person put aside, and one of another service.
fn out_of_credits() -> Vec<Take> {
    let pretend = Take { service: Service::Sandbox, ..held(5, Why::TooOld) };
    let [one, two, three] = [1, 2, 3].map(|number| held(number, Why::NoCredits));
    vec![one, two, three, held(4, Why::Person), pretend]
}

const ALL: &str = "H again lets 3 held orders go, about $0.09";

#[test]
fn one_key_lets_all_go_that_trouble_has_held_once_their_price_was_on_the_screen() {
    let mut desk = with(out_of_credits());
    desk.press("H");
    assert_eq!((desk.intents(), desk.notice()), (vec![], ALL));
    assert!(desk.draw().contains(ALL));
    desk.wait(700).press("H");
    let all = Intent::ReleaseAll { takes: [1, 2, 3].map(TakeId).to_vec() };
    assert!(matches!(&desk.effects[..], [Effect::Carry { intent, .. }] if *intent == all), "{:?}", desk.effects);
    desk.answer(Reply::Done);
    assert_eq!(desk.notice(), "3 held orders are in line again");
}

#[test]
fn a_key_that_is_held_down_or_pressed_after_something_else_lets_nothing_go() {
    let mut desk = with(out_of_credits());
    desk.press("H H H");
    assert_eq!((desk.intents(), desk.notice()), (vec![], ALL), "it was not on the screen yet");
    desk.draw();
    for _ in 0..5 {
        desk.wait(500).press("H");
    }
    assert_eq!((desk.intents(), desk.notice()), (vec![], ALL), "it repeats while it is held down");
    desk.wait(700).tell(Message::Note("something else".to_owned()));
    desk.press("H");
    assert_eq!((desk.intents(), desk.notice()), (vec![], ALL), "another message came in between");
    desk.wait(700).draw();
    desk.tell(Message::Feed(Changes { takes: vec![held(6, Why::Folder)], ..Changes::default() }));
    desk.effects();
    desk.press("H");
    assert_eq!(desk.intents(), vec![], "one more is held now: that was not asked about");
}

#[test]
fn what_nobody_may_let_go_is_said_with_the_reason() {
    let mut desk = with(vec![held(4, Why::Person), take(8, Status::Working)]);
    desk.press("H");
    assert_eq!(desk.notice(), "no order is held but what you put aside; h on one lets that go");
    let mut broken =
        at(Opening { no_orders: Some("the configuration has a mistake".to_owned()), ..opening() }, out_of_credits());
    broken.press("H");
    assert_eq!(broken.notice(), "nothing is let go: the configuration has a mistake");
    let unpriced = Take { price: None, ..held(1, Why::NoCredits) };
    let mut unknown = with(vec![unpriced]);
    unknown.press("H");
    assert_eq!(unknown.notice(), "H again lets 1 held order go, at a price that is not known");
    let over = Over { daily_usd: 2.0, committed: Committed { usd: 1.99, unpriced: 0 }, usd: Some(0.09) };
    let mut desk = with(out_of_credits());
    desk.press("H").draw();
    desk.wait(700).press("H").answer(Reply::OverBudget(over));
    let said = "today's budget is $2.00: $1.99 is spent or under way, this is $0.09 more; `budget.daily_usd` says how much \
                may be spent";
    assert_eq!(desk.notice(), said);
}

#[test]
fn a_key_of_the_queue_starts_another_worker() {
    let mut desk = with(out_of_credits());
    desk.press("R");
    assert_eq!(desk.effects(), [Effect::RestartWorker(Insistence::Ask)]);
}

fn lost(why: Why, due: Option<Timestamp>) -> Take {
    let sought = Some(start() + SignedDuration::from_mins(14));
    Take { why: Some(why), due, sought, ..take(7, Status::Unknown) }
}

#[test]
fn a_take_whose_answer_was_lost_is_looked_for_by_the_key_that_asks() {
    let mut desk = with(vec![lost(Why::NoTrace, None)]);
    desk.press("r");
    assert_eq!(desk.intents(), [Intent::LookUp { take: TakeId(7) }]);
}

#[test]
fn ordering_such_a_take_again_says_from_the_start_that_it_may_pay_twice() {
    let mut desk = with(vec![lost(Why::NoTrace, None)]);
    desk.press("o Enter");
    assert_eq!(desk.intents(), [], "it was not on the screen yet");
    let picture = desk.draw().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(picture.contains("take 7 may have been charged, its answer was lost"), "{picture}");
    desk.press("2 Enter");
    assert_eq!(desk.intents(), [], "what is ordered has changed, and has to be seen again");
    desk.draw();
    desk.press("Enter");
    let intents = desk.intents();
    let Some(Intent::Order(order)) = intents.last() else { panic!("{intents:?}") };
    assert_eq!(order.agreed, Agreed { to_pay_twice: true, to_the_price: true, to_the_same: false });
    assert_eq!((order.from, order.lines[0].takes), (Some(TakeId(7)), 2));
}

#[test]
fn of_a_lost_answer_it_is_said_what_is_known_and_until_when_it_is_looked_for() {
    let at = |minutes: i64| Some(start() + SignedDuration::from_mins(minutes));
    let message = |take: Take| Take { message: Some("not in your plan".to_owned()), ..take };
    let slow = |due| Take { sought: None, ..lost(Why::Looking, due) };
    let plain = Take { why: None, ..lost(Why::Looking, None) };
    let found = Take { why: Some(Why::Found), ..take(7, Status::Working) };
    let table = [
        (lost(Why::Looking, at(1)), "unsure, perhaps charged, looking until 14:16", Role::Attention),
        (slow(at(1)), "unsure, perhaps charged, looking until 14:03", Role::Attention),
        (lost(Why::NoTrace, at(1)), "no trace so far, looking until 14:16", Role::Attention),
        // A day later a worker looks once more.
        (lost(Why::NoTrace, at(90)), "no trace so far, looking until 15:32", Role::Attention),
        (lost(Why::NoTrace, None), "no trace so far, perhaps charged", Role::Bad),
        (lost(Why::Spoiled, at(1)), "part came, looking until 14:16", Role::Attention),
        (lost(Why::Spoiled, None), "part came, perhaps charged", Role::Attention),
        (lost(Why::NeedsKey, at(1)), "unsure, looking needs the key", Role::Attention),
        (lost(Why::KeyRefused, at(1)), "unsure, looking needs the key", Role::Attention),
        (plain, "unsure, perhaps charged", Role::Bad),
        (Take { ordered: Ordered::Elsewhere, ..found.clone() }, "adopted, being fetched", Role::Running),
        (found, "accepted, being fetched", Role::Running),
        (message(held(7, Why::Forbidden)), "held, not allowed: not in your plan", Role::Attention),
        (held(7, Why::DiskFull), "held, disk full", Role::Attention),
    ];
    for (take, text, role) in table {
        let said = words(&take, start(), &TimeZone::UTC);
        assert_eq!((said.text.as_str(), said.role), (text, role), "{:?}, due {:?}", take.why, take.due);
        let awaited = take.status.is_live() || (take.status == Status::Unknown && take.due.is_some());
        assert_eq!(take.is_awaited(), awaited, "{text}");
    }
    assert_eq!(take(7, Status::Working).sought_until(), None, "only what is unknown is looked for");
}

#[test]
fn a_take_that_was_ordered_elsewhere_says_so() {
    let adopted = Take { ordered: Ordered::Elsewhere, ..take(7, Status::Saved) };
    let seen = |take: Take| with(vec![take]).draw().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(seen(adopted).contains("adopted: it was ordered elsewhere"));
    assert!(!seen(take(7, Status::Saved)).contains("adopted"));
}
