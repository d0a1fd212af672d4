//! Keys pressed before the store has answered: they wait for the song that they are meant for, and order nothing
//! that nobody has seen.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use desk::{Desk, LYRICS, SONG, everything, opening, start};
use refrain::domain::service::Service;
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Intent, Reply};
use refrain::tui::effect::Effect;
use refrain::tui::message::Message;
use refrain::tui::state::{Opening, State};

/// A screen whose store has not answered.
fn ahead() -> Desk {
    ahead_with(opening())
}

fn ahead_with(opening: Opening) -> Desk {
    Desk { state: State::new(opening), now: start(), effects: Vec::new() }
}

/// The same in the sandbox, where Enter needs no look at the price.
fn ahead_in_the_sandbox() -> Desk {
    ahead_with(Opening { service: Service::Sandbox, ..opening() })
}

fn orders(desk: &mut Desk) -> usize {
    desk.intents().iter().filter(|intent| matches!(intent, Intent::Order(_))).count()
}

#[test]
fn keys_pressed_before_the_store_has_answered_go_to_the_start_of_the_draft() {
    let mut desk = ahead();
    desk.type_text("early ").tell(Message::Feed(everything()));
    assert_eq!(desk.state.draft().lyrics, format!("early {LYRICS}"));
    assert!(desk.state.save_due().is_some());
}

#[test]
fn what_is_typed_ahead_of_the_store_does_what_it_does_after_it() {
    for keys in [
        "C-g",
        "C-g 3",
        "a b C-g",
        "Tab j j",
        "a Enter b Backspace",
        "C-t",
        "C-p",
        "C-o s a l t Enter x",
        "S-Tab Enter",
    ] {
        let mut ahead = ahead();
        ahead.press(keys).tell(Message::Feed(everything()));
        let mut after = Desk::new(opening(), everything());
        after.press(keys);
        assert_eq!(ahead.picture(), after.picture(), "{keys}");
        assert_eq!(ahead.state.overlays(), after.state.overlays(), "{keys}");
        assert_eq!(ahead.state.draft(), after.state.draft(), "{keys}");
        assert_eq!(ahead.effects(), after.effects(), "{keys}");
    }
}

#[test]
fn who_leaves_ahead_of_the_store_leaves_at_once_unless_words_wait_to_be_saved() {
    let leaves = |desk: &mut Desk| matches!(desk.effects().last(), Some(Effect::Quit { .. }));
    assert!(leaves(ahead().press("C-q")), "there is nothing to wait for");
    let mut desk = ahead();
    desk.type_text("early ").press("C-q");
    assert!(!leaves(&mut desk) && desk.notice().contains("still being read"), "{}", desk.notice());
    desk.tell(Message::Feed(everything()));
    let effects = desk.effects();
    let saved = format!("early {LYRICS}");
    let is_that_save = |effect: &Effect| matches!(effect, Effect::Carry { intent: Intent::SaveDraft { draft, .. }, .. } if draft.lyrics == saved);
    assert!(effects.iter().any(is_that_save) && matches!(effects.last(), Some(Effect::Quit { .. })), "{effects:?}");
    let mut desk = ahead();
    desk.type_text("early ").press("C-q C-q");
    assert!(leaves(&mut desk), "who insists does not wait for a store that does not answer");
}

#[test]
fn an_order_that_was_typed_ahead_is_given_only_once_its_strip_was_seen() {
    let mut after = Desk::new(Opening { service: Service::Sandbox, ..opening() }, everything());
    after.press("C-g Enter");
    assert_eq!(orders(&mut after), 1, "with the song on the screen it needs no look");
    for keys in ["C-g Enter", "C-g 3 Enter", "C-g m Enter Enter", "C-g Enter Enter"] {
        let mut desk = ahead_in_the_sandbox();
        desk.press(keys).tell(Message::Feed(everything()));
        assert_eq!((orders(&mut desk), desk.state.overlays()), (0, vec!["strip"]), "{keys}");
        desk.press("2 Enter");
        assert_eq!(orders(&mut desk), 0, "{keys}: nothing was drawn meanwhile");
        desk.draw();
        desk.press("Enter");
        assert_eq!(orders(&mut desk), 1, "{keys}");
    }
}

#[test]
fn what_was_pressed_long_ago_is_dropped_and_that_is_said() {
    let mut desk = ahead();
    desk.type_text("early ").press("C-g").wait(9_000).press("3").wait(900).tell(Message::Feed(everything()));
    assert_eq!(desk.state.overlays(), ["strip"], "ten seconds are not over");
    let mut desk = ahead();
    desk.type_text("early ").press("C-g").wait(9_000).press("3").wait(1_100).tell(Message::Feed(everything()));
    assert_eq!(desk.state.overlays(), [""; 0], "what follows a key that is gone goes with it");
    assert!(desk.notice().starts_with("2 keys were not heard"), "{}", desk.notice());
    assert_eq!(desk.state.draft().lyrics, format!("early {LYRICS}"), "text is no command and stays");
}

#[test]
fn text_can_be_edited_while_the_store_does_not_answer() {
    let mut desk = ahead();
    desk.press("a Enter b c Backspace Left Home x C-e C-/");
    assert_eq!(desk.state.draft().lyrics, "a\nb");
    assert_eq!(desk.notice(), "", "nothing waits");
    desk.press("Up y").tell(Message::Feed(everything()));
    assert_eq!(desk.state.draft().lyrics, format!("ya\nb{LYRICS}"));
    desk.press("z");
    assert_eq!(desk.state.draft().lyrics, format!("yza\nb{LYRICS}"), "the cursor is where it was");
}

#[test]
fn a_first_look_that_fails_is_told_together_with_what_waits_for_it() {
    let mut desk = ahead();
    desk.tell(Message::Unread("the database is locked".to_owned()));
    let trouble = "your songs cannot be read: the database is locked; trying again";
    assert_eq!(desk.notice(), trouble);
    desk.press("C-g");
    assert_eq!(desk.notice(), format!("what was pressed waits; {trouble}"));
    desk.tell(Message::Unread("the disk is gone".to_owned()));
    assert!(
        desk.notice().starts_with("what was pressed waits") && desk.notice().contains("the disk is gone; trying again")
    );
    desk.tell(Message::Feed(everything()));
    assert_eq!((desk.state.overlays(), desk.notice()), (vec!["strip"], ""), "none of that is true any more");
    desk.tell(Message::Unread("the disk is gone".to_owned()));
    assert_eq!(desk.notice(), "the disk is gone; what is shown may be old");
}

#[test]
fn the_palette_opens_at_once_and_its_commands_wait_for_the_songs() {
    let mut desk = ahead();
    desk.press("C-g C-p");
    assert_eq!(desk.state.overlays(), ["palette"]);
    desk.type_text("order").press("Enter");
    assert_eq!(desk.state.overlays(), ["palette"], "it orders from no song");
    assert!(desk.notice().starts_with("what was pressed waits"), "{}", desk.notice());
    desk.press("C-l");
    assert_eq!(desk.effects(), [Effect::Repaint]);
    desk.tell(Message::Feed(everything()));
    assert_eq!(desk.state.overlays(), ["strip", "palette"], "what was pressed before it is below it");
    desk.press("Esc");
    assert_eq!(desk.state.overlays(), ["strip"]);
}

#[test]
fn where_there_is_no_song_yet_keys_wait_for_the_first_one() {
    let mut desk = ahead_in_the_sandbox();
    desk.press("C-g").tell(Message::Feed(Changes::default()));
    assert_eq!(desk.state.overlays(), [""; 0], "the song is being made");
    desk.press("4").answer(Reply::Song { song: SONG });
    assert_eq!(desk.state.overlays(), ["strip"]);
    assert!(desk.picture().contains("Order 4 takes"), "{}", desk.picture());
}

#[test]
fn where_no_song_could_be_made_an_order_says_so() {
    let mut desk = ahead_in_the_sandbox();
    desk.press("C-g").tell(Message::Feed(Changes::default()));
    desk.tell(Message::Replied { ticket: 1, reply: Err("disk is full".to_owned()) });
    desk.draw();
    desk.press("Enter");
    assert!(desk.draw().contains("cannot be ordered: there is no song yet; C-o starts one"), "{}", desk.picture());
    assert_eq!(orders(&mut desk), 0);
}
