//! Lists: references, the palette, what arrives, and letters that are commands there.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use desk::{Desk, SONG, draft, everything, opening, saved, start, take, takes};
use jiff::SignedDuration;
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, Take, Why};
use refrain::domain::reference::ReferenceId;
use refrain::domain::service::Service;
use refrain::engine::feed::Changes;
use refrain::engine::intent::Intent;
use refrain::tui::effect::Effect;
use refrain::tui::message::Message;
use refrain::tui::state::{Focus, Opening};

/// The song of the design with the queue in focus.
fn queue() -> Desk {
    let mut desk = Desk::usual();
    desk.press("Tab");
    desk
}

fn selected(desk: &Desk) -> u32 {
    desk.state.selected_take().unwrap().number
}

#[test]
fn a_take_that_arrives_is_told_and_rings() {
    let mut desk = Desk::usual();
    desk.tell(Message::Feed(Changes { takes: vec![saved(8, 171_000)], ..Changes::default() }));
    assert_eq!(desk.notice(), "take 8 arrived after 1:08, 2:51 long, $0.03");
    assert_eq!(desk.effects(), [Effect::Bell]);
}

#[test]
fn the_bell_can_be_silent_and_the_sandbox_names_no_price() {
    let mut desk = Desk::new(Opening { bell: false, service: Service::Sandbox, ..opening() }, everything());
    desk.effects();
    let arrived = Take { service: Service::Sandbox, ..saved(8, 171_000) };
    desk.tell(Message::Feed(Changes { takes: vec![arrived], ..Changes::default() }));
    assert_eq!(desk.notice(), "take 8 arrived after 1:08, 2:51 long");
    assert_eq!(desk.effects(), []);
}

#[test]
fn a_take_that_fails_is_told_without_ringing() {
    let mut desk = Desk::usual();
    let failed = Take { why: Some(Why::Broke), ..take(8, Status::Failed) };
    desk.tell(Message::Feed(Changes { takes: vec![failed], ..Changes::default() }));
    assert_eq!(desk.notice(), "take 8: failed, not charged");
    assert_eq!(desk.effects(), []);
}

#[test]
fn opening_says_what_happened_since_the_last_screen() {
    let since = |seconds: i64| Some(start() + SignedDuration::from_secs(seconds));
    let mut all = takes();
    all[3].finished = since(20);
    let changes = Changes { takes: all, ..everything() };
    let desk = Desk::new(Opening { last_left: since(0), ..opening() }, changes.clone());
    assert_eq!(desk.notice(), "since you left: 4 takes arrived, 1 failed");
    let desk = Desk::new(Opening { last_left: since(3_600), ..opening() }, changes);
    assert_eq!(desk.notice(), "");
}

#[test]
fn text_gone_astray_is_ignored_and_said() {
    let mut desk = queue();
    desk.type_text("harbour at night");
    assert_eq!(desk.notice(), "letters are commands here; Esc goes to the lyrics");
    assert_eq!(desk.state.draft(), &draft(), "no letter of a list changes the draft");
    assert_eq!(desk.state.overlays(), [""; 0], "what the first letters opened is closed again");
    let before = selected(&desk);
    desk.wait(1_000).press("j");
    assert_ne!(selected(&desk), before, "after a pause letters are commands again");
}

#[test]
fn a_key_held_down_keeps_moving() {
    let many: Vec<Take> = (1..=60).map(|number| saved(number, 60_000)).collect();
    let mut desk = Desk::new(opening(), Changes { takes: many, ..everything() });
    desk.press("Tab");
    desk.type_text("jjjjjjjjjjjjjjjjjjjj");
    assert_eq!(selected(&desk), 40);
}

#[test]
fn a_paste_in_a_list_is_offered_to_the_lyrics() {
    let mut desk = queue();
    desk.paste("new words ");
    assert_eq!(desk.state.overlays(), ["offer"]);
    desk.press("d Enter");
    assert!(desk.state.draft().lyrics.starts_with("new words [Verse 1]"));
    assert_eq!(desk.state.focus(), Focus::Lyrics);
    let mut desk = queue();
    desk.paste("new words ").press("Esc");
    assert_eq!((desk.state.draft(), desk.state.focus()), (&draft(), Focus::Queue));
}

#[test]
fn a_reference_is_used_where_the_model_takes_one_and_else_it_says_why_not() {
    let mut desk = Desk::usual();
    desk.press("Tab Tab Enter");
    let named = "music-2.0 takes no recording by its address; music-cover and minimax-music do: ";
    assert!(desk.notice().starts_with(named), "{}", desk.notice());
    let covering = Draft { model: "minimax/music-cover".to_owned(), ..draft() };
    let changes = Changes { drafts: vec![desk::row(SONG, 1, covering)], ..everything() };
    let mut desk = Desk::new(opening(), changes);
    desk.press("Tab Tab Enter");
    assert_eq!(desk.state.draft().setting("reference"), Some("https://a.example/2.mp3"));
    assert!(desk.picture().contains("used"));
    desk.press("Enter");
    assert_eq!(desk.state.draft().setting("reference"), None);
}

#[test]
fn a_reference_gets_a_name_then_a_note_and_is_forgotten() {
    let mut desk = Desk::usual();
    desk.press("Tab Tab e C-u")
        .type_text("Demo")
        .press("Enter")
        .type_text("too fast")
        .press("Enter d")
        .wait(1_000)
        .press("d");
    let reference = ReferenceId(2);
    assert_eq!(
        desk.intents(),
        [
            Intent::RenameReference { reference, name: "Demo".to_owned() },
            Intent::NoteReference { reference, note: "too fast".to_owned() },
            Intent::ForgetReference { reference },
        ]
    );
}

#[test]
fn the_palette_opens_from_everywhere_and_runs_what_is_chosen() {
    for keys in ["C-p", "F1", "Tab :", "Tab ?", "S-Tab S-Tab :"] {
        let mut desk = Desk::usual();
        desk.press(keys);
        assert_eq!(desk.state.overlays(), ["palette"], "{keys}");
    }
    let mut desk = Desk::usual();
    desk.press("C-p").type_text("songs").press("Esc C-p").type_text("another song").press("Enter");
    assert_eq!(desk.state.overlays(), ["songs"]);
}

#[test]
fn the_palette_explains_the_words_for_takes() {
    let mut desk = Desk::usual();
    desk.press("C-p").type_text("audio lost").press("Enter");
    assert!(desk.notice().starts_with("charged, audio lost: "), "{}", desk.notice());
}

#[test]
fn the_palette_explains_the_words_for_references() {
    let mut desk = Desk::usual();
    desk.press("C-p").type_text("not taken any more").press("Enter");
    assert!(desk.notice().starts_with("not taken any more: "), "{}", desk.notice());
}

#[test]
fn a_narrow_palette_says_the_sentence_of_the_selected_entry_in_full() {
    let mut desk = Desk::of_size(40, 12);
    let picture = desk.press("C-p").type_text("unsure lost after").press("Down").draw();
    let words: String = picture.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("it is not sent again by itself"), "{picture}");
}

#[test]
fn what_happened_meanwhile_is_said_before_what_is_said_at_every_start() {
    let opening = Opening {
        last_left: Some(start() - jiff::SignedDuration::from_secs(60)),
        notice: Some("no key found, so this is the sandbox".to_owned()),
        ..opening()
    };
    let desk = Desk::new(opening, everything());
    let notice = desk.notice();
    assert!(
        notice.starts_with("since you left: ") && notice.ends_with("; no key found, so this is the sandbox"),
        "{notice}"
    );
}
