//! What has to be seen before Enter pays.

use refrain::domain::price::{Per, Quote, Rate};
use refrain::domain::terms::Listed;
use refrain::engine::feed::{Changes, Said};
use refrain::engine::intent::{Question, Reply};
use refrain::tui::message::Message;
use refrain::tui::state::Opening;

use crate::desk::{Desk, MODEL, everything, opening, said};
use crate::{order, sandbox};

/// A model that the vendor states a price for.
fn priced() -> Desk {
    priced_on(opening())
}

fn priced_on(opening: Opening) -> Desk {
    let mut desk = Desk::new(opening, everything());
    let rates = vec![Rate { usd: 0.0315, per: Per::Take }];
    let quote = Some(Quote { kind: "fixed".to_owned(), rates });
    let prices = vec![Listed { id: MODEL.to_owned(), quote, ..Listed::default() }];
    desk.tell(Message::Feed(Changes { facts: vec![said(Said::Prices(prices))], ..Changes::default() }));
    desk.effects();
    desk
}

#[test]
fn a_second_enter_orders_nothing_while_the_first_is_on_its_way() {
    let mut desk = sandbox();
    desk.press("C-g Enter Enter Enter");
    assert!(order(&mut desk).is_some());
}

#[test]
fn with_a_price_unknown_enter_counts_only_once_the_strip_was_drawn() {
    let mut desk = Desk::usual();
    desk.press("C-g Enter");
    assert_eq!(order(&mut desk), None, "typed ahead of the screen");
    assert_eq!(desk.state.overlays(), ["strip"]);
    assert!(desk.draw().contains("price unknown"));
    desk.press("Enter");
    assert!(order(&mut desk).is_some());
}

#[test]
fn what_changes_in_the_strip_has_to_be_seen_again() {
    let mut desk = Desk::usual();
    desk.press("C-g").draw();
    desk.press("9 Enter");
    assert_eq!(order(&mut desk), None);
}

#[test]
fn a_known_price_is_shown_against_what_is_left_and_needs_no_second_look() {
    let mut desk = priced();
    desk.press("C-g 3");
    assert!(desk.picture().contains("about $0.0945 of $4.21"), "{}", desk.picture());
    desk.press("Enter");
    assert!(order(&mut desk).is_some());
}

#[test]
fn the_enter_that_opened_the_strip_from_the_palette_does_not_pay_when_it_repeats() {
    let mut desk = priced();
    desk.press("C-p").type_text("order").press("Enter Enter Enter");
    assert_eq!(order(&mut desk), None, "nothing was drawn since the strip opened");
    assert_eq!(desk.state.overlays(), ["strip"]);
    desk.draw();
    desk.press("Enter");
    assert!(order(&mut desk).is_some());
}

#[test]
fn the_enter_that_took_the_models_does_not_pay_for_them_when_it_repeats() {
    let mut desk = sandbox();
    desk.press("C-g").draw();
    desk.press("m Space Enter Enter");
    assert_eq!(order(&mut desk), None, "nothing was drawn since the models were taken");
    desk.draw();
    desk.press("Enter");
    assert_eq!(order(&mut desk).unwrap().lines.len(), 2);
}

#[test]
fn above_the_configured_amount_the_price_has_to_be_seen() {
    let mut desk = priced_on(Opening { confirm_above_usd: Some(0.05), ..opening() });
    desk.press("C-g 2 Enter");
    assert_eq!(order(&mut desk), None);
    desk.draw();
    desk.press("Enter");
    assert!(order(&mut desk).is_some());
}

#[test]
fn the_same_order_again_is_asked_about_and_confirmed_only_after_being_seen() {
    let mut desk = sandbox();
    desk.press("C-g Enter");
    desk.answer(Reply::Asks(Question::SameAgain { seconds: 12 }));
    desk.effects();
    desk.press("Enter");
    assert_eq!(order(&mut desk), None, "the question was not on the screen yet");
    assert!(desk.draw().contains("the same request was ordered 12 s ago; Enter orders it again, Esc not"));
    desk.press("Enter");
    assert!(order(&mut desk).unwrap().agreed.to_the_same);
}

#[test]
fn a_change_takes_the_question_back() {
    let mut desk = sandbox();
    desk.press("C-g Enter");
    desk.answer(Reply::Asks(Question::SameAgain { seconds: 12 }));
    desk.draw();
    desk.effects();
    desk.press("2 Enter");
    assert!(!order(&mut desk).unwrap().agreed.to_the_same);
}
