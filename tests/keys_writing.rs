//! Writing: what keys do to the draft, its settings and its songs.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use desk::{Desk, LYRICS, SONG, STYLE, draft, everything, opening, row, song, start};
use jiff::SignedDuration;
use refrain::domain::draft::Draft;
use refrain::domain::song::SongId;
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Intent, Reply};
use refrain::tui::effect::Effect;
use refrain::tui::message::Message;
use refrain::tui::state::{Focus, Opening};

/// Before: the song of the design, focus on the lyrics. Keys. After: what the lyrics begin with.
#[test]
fn every_letter_typed_in_a_text_is_a_letter() {
    let mut desk = Desk::usual();
    desk.type_text("jkq/:?mxd123 ");
    assert!(desk.state.draft().lyrics.starts_with("jkq/:?mxd123 [Verse 1]"));
    assert_eq!(desk.state.overlays(), [""; 0]);
    assert_eq!(desk.state.focus(), Focus::Lyrics);
    assert_eq!(desk.effects(), []);
}

#[test]
fn tab_goes_through_the_panes_in_the_promised_order_and_back() {
    let mut desk = Desk::usual();
    let mut seen = Vec::new();
    for _ in 0..5 {
        desk.press("Tab");
        seen.push(desk.state.focus());
    }
    assert_eq!(seen, [Focus::Queue, Focus::References, Focus::Model, Focus::Style, Focus::Lyrics]);
    assert_eq!(desk.press("S-Tab").state.focus(), Focus::Style);
}

#[test]
fn esc_and_ctrl_c_lead_back_to_the_lyrics_from_everywhere() {
    for keys in ["Tab", "Tab Tab", "S-Tab", "S-Tab S-Tab"] {
        for back in ["Esc", "C-c"] {
            let mut desk = Desk::usual();
            desk.press(keys).press(back);
            assert_eq!(desk.state.focus(), Focus::Lyrics, "{keys} {back}");
            assert_eq!(desk.state.draft(), &draft());
        }
    }
}

#[test]
fn ctrl_c_copies_what_is_selected_and_else_goes_back() {
    let mut desk = Desk::usual();
    desk.press("S-Tab S-Right S-Right S-Right S-Right C-c");
    assert_eq!(desk.state.focus(), Focus::Style);
    assert_eq!(desk.effects(), [Effect::Copy("slow".to_owned())]);
    desk.press("Right C-c");
    assert_eq!(desk.state.focus(), Focus::Lyrics);
}

#[test]
fn what_is_cut_in_the_style_can_be_pasted_into_the_lyrics() {
    let mut desk = Desk::usual();
    desk.press("S-Tab S-Right S-Right S-Right S-Right C-x Tab C-v");
    assert!(desk.state.draft().lyrics.starts_with("slow[Verse 1]"));
    assert!(desk.state.draft().style.starts_with(" waltz"));
}

#[test]
fn a_tag_is_inserted_by_typing_a_part_of_it() {
    let mut desk = Desk::usual();
    desk.press("C-End C-t").type_text("outro").press("Enter");
    assert!(desk.state.draft().lyrics.ends_with("[Outro]\n"), "{}", desk.state.draft().lyrics);
}

#[test]
fn an_earlier_style_is_put_back_and_undone() {
    let mut desk = Desk::usual();
    desk.press("S-Tab C-k").type_text("other");
    desk.press("C-t Enter");
    assert_eq!(desk.state.draft().style, STYLE);
    desk.press("C-/");
    assert_eq!(desk.state.draft().style, "other");
}

#[test]
fn find_goes_to_the_words_while_they_are_typed() {
    let mut desk = Desk::usual();
    desk.press("C-f").type_text("FERRY");
    assert!(desk.picture().contains("1 of 2"));
    desk.press("Enter");
    assert!(desk.picture().contains("2 of 2"));
    desk.press("Esc").type_text("X");
    assert!(desk.state.draft().lyrics.contains("Oh, night Xferry, do not go"), "{}", desk.state.draft().lyrics);
}

#[test]
fn sections_are_gone_to_moved_and_doubled() {
    let mut desk = Desk::usual();
    desk.press("C-n").type_text("chor").press("Enter X");
    assert!(desk.state.draft().lyrics.contains("\nX[Chorus]"));
    let mut desk = Desk::usual();
    desk.press("C-n Down C-Up Esc");
    assert!(desk.state.draft().lyrics.starts_with("[Chorus]"));
    desk.press("C-/");
    assert_eq!(desk.state.draft().lyrics, LYRICS);
}

#[test]
fn a_choice_is_cycled_and_left_to_the_service_again() {
    let mut desk = Desk::usual();
    desk.press("S-Tab S-Tab Down Right Right");
    assert_eq!(desk.state.draft().setting("format"), Some("wav"));
    desk.press("Left Left");
    assert_eq!(desk.state.draft().setting("format"), None);
    desk.press("Space Backspace");
    assert_eq!(desk.state.draft().setting("format"), None);
}

#[test]
fn a_value_is_typed_as_one_line_and_kept_even_when_it_is_wrong() {
    let mut desk = Desk::usual();
    desk.press("S-Tab S-Tab Down Enter").type_text("ogg").press("Enter");
    assert_eq!(desk.state.draft().setting("format"), Some("ogg"));
    assert!(desk.picture().contains("format is `ogg`"), "{}", desk.picture());
    desk.press("Enter").type_text("x").press("Esc");
    assert_eq!(desk.state.draft().setting("format"), Some("ogg"));
}

#[test]
fn another_model_is_chosen_from_the_table_and_no_text_changes() {
    let mut desk = Desk::usual();
    desk.press("S-Tab S-Tab Enter Down Down Enter");
    assert_eq!(desk.state.draft().model, "minimax/music-1.5");
    assert_eq!((desk.state.draft().style.as_str(), desk.state.draft().lyrics.as_str()), (STYLE, LYRICS));
}

#[test]
fn songs_are_found_opened_and_come_back_with_their_undo() {
    let mut desk = Desk::usual();
    desk.type_text("a").press("C-o").type_text("salt").press("Enter");
    assert_eq!(desk.state.song().unwrap().title, "Salt");
    assert_eq!(desk.state.draft().lyrics, "");
    let intents = desk.intents();
    assert!(matches!(&intents[..], [Intent::SaveDraft { song: SONG, .. }, Intent::OpenSong { song: SongId(2) }]));
    desk.press("C-o").type_text("night").press("Enter C-/");
    assert_eq!(desk.state.draft().lyrics, LYRICS);
}

#[test]
fn a_new_song_is_named_and_opened_when_it_is_there() {
    let mut desk = Desk::usual();
    desk.press("C-o C-n").type_text("Low Tide").press("Enter");
    let title = "Low Tide".to_owned();
    assert!(
        matches!(&desk.effects[..], [Effect::Carry { intent: Intent::NewSong { title: typed }, .. }] if *typed == title)
    );
    desk.answer(Reply::Song { song: SongId(9) });
    let changes = Changes {
        songs: vec![song(9, &title)],
        drafts: vec![row(SongId(9), 1, Draft::default())],
        ..Changes::default()
    };
    desk.tell(Message::Feed(changes));
    assert_eq!(desk.state.song().unwrap().title, "Low Tide");
    desk.type_text("x");
    assert!(desk.state.save_due().is_some());
}

#[test]
fn a_song_is_renamed() {
    let mut desk = Desk::usual();
    desk.press("C-o C-r C-u").type_text("Day Ferry").press("Enter");
    assert_eq!(desk.intents(), [Intent::RenameSong { song: SONG, title: "Day Ferry".to_owned() }]);
}

#[test]
fn the_song_that_was_asked_for_is_opened() {
    let desk = Desk::new(Opening { song: Some(SongId(2)), ..opening() }, everything());
    assert_eq!(desk.state.song().unwrap().title, "Salt");
}

#[test]
fn a_paste_is_one_step_of_undo_and_loses_its_controls() {
    let mut desk = Desk::usual();
    desk.paste("one\r\ntwo\u{1b}[31m");
    assert!(desk.state.draft().lyrics.starts_with("one\ntwo"), "{}", desk.state.draft().lyrics);
    assert!(!desk.state.draft().lyrics.contains('\u{1b}'));
    desk.press("C-/");
    assert_eq!(desk.state.draft().lyrics, LYRICS);
}

#[test]
fn nothing_wakes_an_idle_screen_and_a_running_take_wakes_it_once_a_second() {
    let idle = Desk::new(opening(), Changes { takes: Vec::new(), facts: Vec::new(), ..everything() });
    assert_eq!((idle.state.wants_tick(idle.now), idle.state.save_due()), (None, None));
    let idle = Desk::new(opening(), Changes { takes: Vec::new(), ..everything() });
    let minutes = |minutes: i64| start() + SignedDuration::from_mins(minutes);
    let tick = |at| idle.state.wants_tick(at).map(|tick| tick.as_secs() / 60);
    assert_eq!(tick(minutes(0)), Some(10), "when the balance is not fresh any more");
    assert_eq!(tick(minutes(10)), Some(23 * 60 + 50), "when it is a day old");
    assert_eq!(tick(minutes(24 * 60)), None);
    let running = Desk::usual();
    assert_eq!(running.state.wants_tick(start()), Some(std::time::Duration::from_secs(1)));
    let later = start() + SignedDuration::from_millis(300);
    assert_eq!(running.state.wants_tick(later), Some(std::time::Duration::from_millis(700)));
}
