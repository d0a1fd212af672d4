//! Ordering: as few keys as promised, and no key that pays by accident.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "keys/asking.rs"]
mod asking;
mod desk;
#[path = "keys/models.rs"]
mod models;
#[path = "keys/references.rs"]
mod references;

use desk::{Desk, MODEL, SONG, draft, everything, opening, row};
use refrain::domain::draft::{Draft, Grade, Holds, Problem};
use refrain::domain::generation::TakeId;
use refrain::domain::service::Service;
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Agreed, Intent, Order, OrderLine, Question, Reply};
use refrain::tui::effect::Effect;
use refrain::tui::message::Message;
use refrain::tui::state::{Focus, Opening};

/// The only order among the intents since the last look.
fn order(desk: &mut Desk) -> Option<Order> {
    let mut orders = desk.intents().into_iter().filter_map(|intent| match intent {
        Intent::Order(order) => Some(order),
        _ => None,
    });
    let order = orders.next();
    assert_eq!(orders.next(), None, "one key, one order");
    order
}

fn sandbox() -> Desk {
    let mut desk = Desk::new(Opening { service: Service::Sandbox, ..opening() }, everything());
    desk.effects();
    desk
}

/// What music-01 takes, besides the words.
fn for_music_01() -> Draft {
    let settings = [("voice-id".to_owned(), "vocal-1".to_owned())].into();
    Draft {
        model: "music-01".to_owned(),
        lyrics: "The last boat leaves at ten to nine".to_owned(),
        settings,
        ..draft()
    }
}

#[test]
fn a_changed_line_is_ordered_with_two_keys_and_saved_first() {
    let mut desk = sandbox();
    desk.type_text("a").press("C-g Enter");
    let effects = desk.effects();
    assert!(matches!(&effects[0], Effect::Carry { intent: Intent::SaveDraft { .. }, .. }));
    let Effect::Carry { intent: Intent::Order(order), .. } = &effects[1] else { panic!("{effects:?}") };
    let expected = Order {
        song: SONG,
        service: Service::Sandbox,
        draft: desk.state.draft().clone(),
        lines: vec![OrderLine { model: MODEL.to_owned(), takes: 1 }],
        from: None,
        held: false,
        agreed: Agreed::default(),
        folder: None,
    };
    assert_eq!(order, &expected);
}

#[test]
fn eight_takes_are_three_keys() {
    let mut desk = sandbox();
    desk.press("C-g 8 Enter");
    assert_eq!(order(&mut desk).unwrap().lines, [OrderLine { model: MODEL.to_owned(), takes: 8 }]);
}

#[test]
fn one_song_goes_to_three_models_with_few_keys() {
    let mut desk = sandbox();
    desk.press("C-g m Space Space Enter").draw();
    desk.press("Enter");
    let lines = order(&mut desk).unwrap().lines;
    assert!(lines.iter().all(|line| line.takes == 1));
    let models: Vec<&str> = lines.iter().map(|line| line.model.as_str()).collect();
    assert_eq!(models, [MODEL, "minimax/music-2.6", "minimax/music-1.5"]);
}

#[test]
fn each_model_has_its_own_count_and_one_enter_orders_them_all() {
    let mut desk = sandbox();
    desk.press("C-g m 3 Space Up Up Up 2 Enter");
    let strip = desk.draw();
    assert!(strip.contains(" Order 6 takes  nothing is charged  music-2.0 x2, music-2.6 x3, music-1.5 x1"), "{strip}");
    desk.press("Enter");
    let lines: Vec<_> = order(&mut desk).unwrap().lines.into_iter().map(|line| (line.model, line.takes)).collect();
    let expected = [(MODEL, 2), ("minimax/music-2.6", 3), ("minimax/music-1.5", 1)];
    assert_eq!(lines, expected.map(|(model, takes)| (model.to_owned(), takes)));
}

#[test]
fn a_digit_in_the_strip_is_for_every_model() {
    let mut desk = sandbox();
    desk.press("C-g m 3 Enter 2").draw();
    desk.press("Enter");
    let takes: Vec<u32> = order(&mut desk).unwrap().lines.iter().map(|line| line.takes).collect();
    assert_eq!(takes, [2, 2]);
}

#[test]
fn the_keys_that_open_the_strip_and_leave_it_never_pay() {
    for keys in ["C-g C-g", "C-g Esc", "C-g C-c", "C-g C-g C-g C-g"] {
        let mut desk = sandbox();
        desk.press(keys);
        assert_eq!(desk.effects(), [], "{keys}");
        assert_eq!(desk.state.overlays(), [""; 0], "{keys}");
    }
}

#[test]
fn an_order_can_be_written_down_as_held() {
    let mut desk = sandbox();
    desk.press("C-g h");
    assert!(desk.picture().contains(" Hold 1 take "));
    desk.press("Enter");
    assert!(order(&mut desk).unwrap().held);
}

#[test]
fn what_must_be_fixed_stops_the_order_and_e_goes_there() {
    let mut desk = sandbox();
    desk.press("S-Tab C-k").type_text("short").press("Tab C-g Enter");
    assert_eq!(order(&mut desk), None);
    assert!(desk.picture().contains("cannot be ordered: style has 5 characters"), "{}", desk.picture());
    desk.press("e");
    assert_eq!((desk.state.focus(), desk.state.overlays().len()), (Focus::Style, 0));
}

#[test]
fn where_one_of_several_models_has_the_problem_e_shows_it_in_the_table_and_no_tick_is_lost() {
    let mut desk = sandbox();
    // The reference of the fourth, music-cover, is missing.
    desk.press("C-g m Space Space Space Enter").draw();
    let models = desk.state.draft().model.clone();
    desk.press("Enter");
    assert_eq!(order(&mut desk), None);
    let table = desk.press("e").draw();
    assert_eq!(table.lines().filter(|line| line.get(1..3) == Some("x ")).count(), 4, "{table}");
    assert!(table.lines().any(|line| line.starts_with(">x  music-cover")), "{table}");
    assert!(table.contains("reference is missing, music-cover needs it"), "{table}");
    assert_eq!(desk.state.draft().model, models, "the song's own model stays");
}

#[test]
fn what_a_voice_alone_makes_is_said_before_it_is_paid_for_and_it_may_be_ordered() {
    let changes = Changes { drafts: vec![row(SONG, 1, for_music_01())], ..everything() };
    let mut desk = Desk::new(Opening { columns: 200, rows: 40, service: Service::Sandbox, ..opening() }, changes);
    desk.effects();
    let strip = desk.press("C-g").draw();
    assert!(strip.contains("voice-id is alone, music-01 only hums"), "{strip}");
    let table = desk.press("m").picture();
    let row = table.lines().find(|line| line.get(4..).is_some_and(|rest| rest.starts_with("music-01  "))).unwrap();
    assert!(row.contains("ready; voice-id is alone"), "{row}");
    desk.press("Esc");
    desk.draw();
    desk.press("Enter");
    assert!(order(&mut desk).is_some(), "{}", desk.notice());
}

#[test]
fn e_goes_to_a_setting_too() {
    let mut desk = sandbox();
    desk.press("S-Tab S-Tab Down Down Enter").type_text("1").press("Enter Esc C-g e");
    assert_eq!(desk.state.focus(), Focus::Model);
    assert!(desk.picture().contains("> sample-rate"), "{}", desk.picture());
}

#[test]
fn an_order_that_was_taken_closes_the_strip_and_says_so() {
    let mut desk = sandbox();
    desk.press("C-g 3 Enter").answer(Reply::Ordered { takes: vec![TakeId(10), TakeId(11), TakeId(12)] });
    assert_eq!(desk.state.overlays(), [""; 0]);
    assert_eq!(desk.notice(), "ordered 3 takes");
}

#[test]
fn an_order_that_is_held_is_said_to_be_held_and_how_it_is_let_go() {
    for (keys, takes, said) in [
        ("C-g h Enter", vec![TakeId(10)], "held 1 take, not sent; h lets it go"),
        ("C-g 2 h Enter", vec![TakeId(10), TakeId(11)], "held 2 takes, not sent; h lets them go"),
        ("C-g h h Enter", vec![TakeId(10)], "ordered 1 take"),
    ] {
        let mut desk = sandbox();
        desk.press(keys).answer(Reply::Ordered { takes });
        assert_eq!(desk.notice(), said, "{keys}");
    }
}

#[test]
fn an_order_that_came_to_nothing_says_why_and_can_be_tried_again() {
    let mut desk = sandbox();
    desk.press("C-g Enter").answer(Reply::TooLate("the budget of $1.00 is used up".to_owned()));
    assert!(desk.draw().contains("nothing was ordered: the budget of $1.00 is used up"));
    desk.effects();
    desk.press("Enter");
    assert!(order(&mut desk).is_some());
}

#[test]
fn an_answer_that_comes_after_the_strip_was_closed_is_still_told() {
    let mut desk = sandbox();
    desk.press("C-g Enter Esc").answer(Reply::Asks(Question::SameAgain { seconds: 3 }));
    assert_eq!(desk.notice(), "nothing was ordered: the same request was ordered 3 s ago");
}

#[test]
fn a_take_is_ordered_again_as_it_was_whatever_the_draft_is_now() {
    let mut desk = sandbox();
    desk.type_text("changed ").press("Tab Down Down Down o").draw();
    desk.press("Enter");
    let order = order(&mut desk).unwrap();
    assert_eq!((order.from, &order.draft), (Some(TakeId(6)), &draft()));
    assert!(desk.state.draft().lyrics.starts_with("changed "));
}

#[test]
fn text_gone_astray_in_a_list_never_orders() {
    for text in ["o\n", "so\n", "old harbour lights\nslow to go\n\n", "o1\n\n\n\n\n\n\n"] {
        let mut desk = sandbox();
        desk.press("Tab").wait(1_000).type_text(text);
        assert_eq!(order(&mut desk), None, "{text:?}");
    }
}

#[test]
fn what_is_sent_is_shown_and_closed_with_the_key_that_opened_it() {
    let mut desk = sandbox();
    desk.press("C-g v");
    assert!(desk.picture().contains("\"model\": \"minimax/music-2.0\"") || desk.picture().contains("\"lyrics\""));
    desk.press("v");
    assert_eq!(desk.state.overlays(), ["strip"]);
}

#[test]
fn leaving_the_table_of_models_without_enter_changes_nothing() {
    let mut desk = sandbox();
    desk.press("C-g m Down Space Esc Enter");
    assert_eq!(order(&mut desk).unwrap().lines.len(), 1);
}

#[test]
fn a_reply_to_a_ticket_that_is_not_out_does_nothing() {
    let mut desk = sandbox();
    desk.tell(Message::Replied { ticket: 99, reply: Ok(Reply::Ordered { takes: vec![TakeId(1)] }) });
    assert_eq!(desk.notice(), "");
    assert_eq!(desk.effects(), []);
}

#[test]
fn every_problem_that_the_store_finds_is_shown_while_there_is_room() {
    let mut desk = Desk::usual();
    desk.press("C-g").draw();
    desk.press("Enter");
    let problem = |field: &str| Problem {
        field: field.to_owned(),
        value: "wrong".to_owned(),
        holds: Holds::Typed,
        rule: "music-2.0 takes another".to_owned(),
        grade: Grade::MustFix,
    };
    let problems = ["format", "bitrate", "length"].map(problem).to_vec();
    desk.answer(Reply::Problems { model: MODEL.to_owned(), problems });
    let picture = desk.draw();
    assert!(picture.contains("nothing was ordered: format is `wrong`"), "{picture}");
    assert!(picture.contains("bitrate is `wrong`") && picture.contains("length is `wrong`"), "{picture}");
    assert!(picture.contains("Enter order"), "the keys stay: {picture}");
}

#[test]
fn problems_without_room_are_counted() {
    let draft = Draft { style: "x".repeat(2500), lyrics: String::new(), ..draft() };
    let settings = [("bitrate", "7"), ("sample-rate", "9"), ("format", "ogg")];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let draft = Draft { settings, ..draft };
    let changes = Changes { drafts: vec![row(SONG, 1, draft)], ..everything() };
    let mut desk = Desk::new(Opening { columns: 40, rows: 12, ..opening() }, changes);
    let picture = desk.press("C-g").draw();
    assert!(picture.contains(" more; e goes to the first"), "{picture}");
}

#[test]
fn a_value_that_was_mended_is_not_called_wrong_any_more() {
    let mut desk = Desk::usual();
    desk.press("S-Tab S-Tab Down Enter").type_text("ogg").press("Enter");
    assert!(desk.notice().contains("`ogg`"), "{}", desk.notice());
    desk.press("Enter Backspace Backspace Backspace").type_text("wav").press("Enter");
    assert_eq!(desk.notice(), "");
}
