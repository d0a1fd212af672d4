//! Writing: what keys do to the draft, and how it is kept.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use desk::{Desk, LYRICS, SONG, STYLE, draft, everything, opening, row, song, start};
use jiff::SignedDuration;
use refrain::domain::draft::Draft;
use refrain::domain::song::{Revision, SongId};
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Intent, Reply};
use refrain::tui::effect::Effect;
use refrain::tui::input::Input;
use refrain::tui::message::Message;
use refrain::tui::state::{Focus, Opening, State};

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
fn a_draft_is_due_for_saving_soon_after_the_last_key_and_within_a_second_of_the_first() {
    let mut desk = Desk::usual();
    assert_eq!(desk.state.save_due(), None);
    desk.type_text("a");
    assert_eq!(desk.state.save_due(), Some(desk.now + SignedDuration::from_millis(300)));
    let first = desk.now;
    for _ in 0..20 {
        desk.wait(100).type_text("b");
    }
    assert!(desk.state.save_due().unwrap() <= first + SignedDuration::from_secs(1));
}

#[test]
fn a_pause_saves_on_the_revision_that_was_typed_on() {
    let mut desk = Desk::usual();
    desk.type_text("a").tell(Message::Pause);
    assert_eq!(desk.effects(), [], "the pause came too early");
    desk.wait(300).tell(Message::Pause);
    let draft = Draft { lyrics: format!("a{LYRICS}"), ..draft() };
    assert_eq!(desk.intents(), [Intent::SaveDraft { song: SONG, based_on: Revision(1), draft }]);
    assert_eq!(desk.state.save_due(), None, "nothing is due while a save is on its way");
}

#[test]
fn typing_goes_on_while_a_save_is_on_its_way_and_the_next_one_follows_on_its_revision() {
    let mut desk = Desk::usual();
    desk.type_text("a").wait(300).tell(Message::Pause);
    desk.type_text("b").answer(Reply::Saved { song: SONG, revision: Revision(7) });
    assert!(desk.state.draft().lyrics.starts_with("ab"));
    desk.effects();
    desk.wait(300).tell(Message::Pause);
    let intents = desk.intents();
    assert!(
        matches!(&intents[..], [Intent::SaveDraft { based_on: Revision(7), draft, .. }] if draft.lyrics.starts_with("ab"))
    );
}

#[test]
fn a_save_that_fails_is_said_and_tried_again() {
    let mut desk = Desk::usual();
    desk.type_text("a").wait(300).tell(Message::Pause);
    desk.tell(Message::Replied { ticket: 2, reply: Err("disk is full".to_owned()) });
    assert_eq!(desk.notice(), "not saved: disk is full; trying again");
    let due = desk.state.save_due().unwrap();
    assert!(due > desk.now + SignedDuration::from_secs(1), "a full disk is not hammered");
    desk.effects();
    desk.now = due;
    desk.tell(Message::Pause);
    assert_eq!(desk.intents().len(), 1);
}

#[test]
fn what_another_screen_writes_is_followed_live() {
    let mut desk = Desk::usual();
    let theirs = Draft { style: "a march".to_owned(), ..draft() };
    desk.tell(Message::Feed(Changes { drafts: vec![row(SONG, 2, theirs.clone())], ..Changes::default() }));
    assert_eq!(desk.state.draft(), &theirs);
    assert_eq!(desk.notice(), "the screen on pts/3 wrote; this is its text");
    assert_eq!(desk.effects(), []);
}

#[test]
fn what_another_screen_writes_never_touches_words_typed_here() {
    let mut desk = Desk::usual();
    desk.type_text("mine ");
    let theirs = Draft { lyrics: "theirs".to_owned(), ..draft() };
    desk.tell(Message::Feed(Changes { drafts: vec![row(SONG, 2, theirs)], ..Changes::default() }));
    assert!(desk.state.draft().lyrics.starts_with("mine [Verse 1]"));
}

#[test]
fn a_save_that_lost_shows_the_other_text_and_says_where_ours_is() {
    let mut desk = Desk::usual();
    desk.type_text("mine ").wait(300).tell(Message::Pause);
    let theirs = Draft { lyrics: "theirs".to_owned(), ..draft() };
    desk.answer(Reply::Lost { current: Box::new(row(SONG, 5, theirs.clone())) });
    assert_eq!(desk.state.draft(), &theirs);
    assert_eq!(desk.notice(), "the other screen wrote first; what you typed is kept as a version");
    desk.press("C-/");
    assert!(desk.state.draft().lyrics.starts_with("mine "), "undo brings the words back too");
}

#[test]
fn words_typed_while_a_save_was_losing_become_a_version_as_well() {
    let mut desk = Desk::usual();
    desk.type_text("mine ").wait(300).tell(Message::Pause);
    desk.type_text("more ");
    let theirs = row(SONG, 5, Draft { lyrics: "theirs".to_owned(), ..draft() });
    desk.answer(Reply::Lost { current: Box::new(theirs.clone()) });
    assert!(desk.state.draft().lyrics.starts_with("mine more "));
    desk.effects();
    desk.wait(300).tell(Message::Pause);
    let saves_again_on_the_old_revision = matches!(
        &desk.effects[..],
        [Effect::Carry { intent: Intent::SaveDraft { based_on: Revision(1), draft, .. }, .. }]
            if draft.lyrics.starts_with("mine more ")
    );
    assert!(saves_again_on_the_old_revision);
    desk.answer(Reply::Lost { current: Box::new(theirs) });
    assert_eq!(desk.state.draft().lyrics, "theirs");
}

#[test]
fn our_own_row_coming_back_moves_nothing() {
    let mut desk = Desk::usual();
    desk.type_text("a").wait(300).tell(Message::Pause);
    let ours = Draft { lyrics: format!("a{LYRICS}"), ..draft() };
    desk.tell(Message::Feed(Changes { drafts: vec![row(SONG, 2, ours.clone())], ..Changes::default() }));
    desk.answer(Reply::Saved { song: SONG, revision: Revision(2) });
    assert_eq!(desk.state.draft(), &ours);
    assert_eq!(desk.notice(), "");
}

#[test]
fn ctrl_s_keeps_a_version_and_says_so() {
    let mut desk = Desk::usual();
    desk.type_text("a").press("C-s");
    assert!(matches!(
        &desk.effects[..],
        [
            Effect::Carry { intent: Intent::SaveDraft { .. }, .. },
            Effect::Carry { intent: Intent::KeepVersion { song: SONG }, .. }
        ]
    ));
    desk.answer(Reply::Done);
    assert_eq!(desk.notice(), "kept as a version");
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
fn words_typed_in_a_song_that_was_left_during_a_save_are_saved_too() {
    let mut desk = Desk::usual();
    desk.type_text("a").wait(300).tell(Message::Pause);
    desk.effects();
    desk.type_text("b").press("C-o").type_text("salt").press("Enter");
    desk.effects();
    desk.tell(Message::Replied { ticket: 2, reply: Ok(Reply::Saved { song: SONG, revision: Revision(2) }) });
    desk.now = desk.state.save_due().unwrap();
    desk.tell(Message::Pause);
    let intents = desk.intents();
    assert!(
        matches!(&intents[..], [Intent::SaveDraft { song: SONG, based_on: Revision(2), draft }] if draft.lyrics.starts_with("ab"))
    );
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
fn the_first_start_makes_a_song_and_keeps_what_was_typed_before_it_was_there() {
    let mut desk = Desk::new(opening(), Changes::default());
    desk.type_text("first words");
    desk.answer(Reply::Song { song: SONG });
    let changes = Changes {
        songs: vec![song(1, "Untitled")],
        drafts: vec![row(SONG, 1, Draft::default())],
        ..Changes::default()
    };
    desk.tell(Message::Feed(changes));
    desk.effects();
    desk.wait(300).tell(Message::Pause);
    let intents = desk.intents();
    assert!(
        matches!(&intents[..], [Intent::SaveDraft { song: SONG, based_on: Revision(1), draft }] if draft.lyrics == "first words")
    );
}

#[test]
fn keys_pressed_before_the_store_has_answered_go_to_the_start_of_the_draft() {
    let mut desk = Desk { state: State::new(opening()), now: start(), effects: Vec::new() };
    desk.type_text("early ").tell(Message::Feed(everything()));
    assert_eq!(desk.state.draft().lyrics, format!("early {LYRICS}"));
    assert!(desk.state.save_due().is_some());
}

#[test]
fn the_song_that_was_asked_for_is_opened() {
    let desk = Desk::new(Opening { song: Some(SongId(2)), ..opening() }, everything());
    assert_eq!(desk.state.song().unwrap().title, "Salt");
}

#[test]
fn quitting_saves_first_and_says_what_goes_on() {
    let mut desk = Desk::usual();
    desk.type_text("a").press("C-q");
    let farewell = "3 takes go on without the screen; `refrain` shows them again".to_owned();
    assert!(matches!(
        &desk.effects[..],
        [Effect::Carry { intent: Intent::SaveDraft { .. }, .. }, Effect::Quit { farewell: said }] if *said == farewell
    ));
}

#[test]
fn quitting_waits_for_a_save_on_its_way_to_save_the_rest() {
    let mut desk = Desk::usual();
    desk.type_text("a").wait(300).tell(Message::Pause);
    desk.type_text("b").press("C-q");
    assert_eq!(desk.effects.len(), 1, "only the first save is out");
    desk.answer(Reply::Saved { song: SONG, revision: Revision(2) });
    let effects = desk.effects();
    assert!(matches!(
        &effects[1..],
        [Effect::Carry { intent: Intent::SaveDraft { based_on: Revision(2), .. }, .. }, Effect::Quit { .. }]
    ));
}

#[test]
fn where_no_worker_can_run_quitting_asks() {
    let mut desk = Desk::new(Opening { in_process: true, ..opening() }, everything());
    desk.effects();
    desk.press("C-q");
    assert_eq!(desk.state.overlays(), ["quit"]);
    assert_eq!(desk.effects(), []);
    desk.press("Esc");
    assert_eq!(desk.state.overlays(), [""; 0]);
    desk.press("C-q Enter");
    assert_eq!(desk.effects(), [Effect::Quit { farewell: String::new() }]);
}

#[test]
fn a_dead_terminal_saves_and_leaves_without_asking() {
    let mut desk = Desk::new(Opening { in_process: true, ..opening() }, everything());
    desk.effects();
    desk.type_text("a").tell(Message::Input(Input::Closed));
    assert!(matches!(&desk.effects[..], [Effect::Carry { .. }, Effect::Quit { .. }]));
}

#[test]
fn what_is_unsaved_can_be_had_without_asking_the_state_to_save() {
    let mut desk = Desk::usual();
    assert_eq!(desk.state.unsaved(), []);
    desk.type_text("a");
    assert!(matches!(&desk.state.unsaved()[..], [Intent::SaveDraft { song: SONG, based_on: Revision(1), .. }]));
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
fn suspending_saves_and_repainting_repaints_also_over_an_overlay() {
    let mut desk = Desk::usual();
    desk.type_text("a").press("C-z");
    assert!(matches!(&desk.effects[..], [Effect::Carry { .. }, Effect::Suspend]));
    desk.effects();
    desk.press("C-p C-l");
    assert_eq!(desk.effects(), [Effect::Repaint]);
    assert_eq!(desk.state.overlays(), ["palette"]);
}

#[test]
fn nothing_wakes_an_idle_screen_and_a_running_take_wakes_it_once_a_second() {
    let idle = Desk::new(opening(), Changes { takes: Vec::new(), ..everything() });
    assert_eq!((idle.state.wants_tick(idle.now), idle.state.save_due()), (None, None));
    let running = Desk::usual();
    assert_eq!(running.state.wants_tick(start()), Some(std::time::Duration::from_secs(1)));
    let later = start() + SignedDuration::from_millis(300);
    assert_eq!(running.state.wants_tick(later), Some(std::time::Duration::from_millis(700)));
}
