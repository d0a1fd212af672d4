//! Saving: what was typed is on disk within a second, whoever else writes and however one leaves.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod desk;

use desk::{Desk, LYRICS, SONG, draft, everything, opening, row, song};
use jiff::SignedDuration;
use refrain::domain::draft::Draft;
use refrain::domain::song::Revision;
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Intent, Reply};
use refrain::tui::effect::Effect;
use refrain::tui::input::Input;
use refrain::tui::message::Message;
use refrain::tui::state::Opening;

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
    desk.answer(Reply::Saved { song: SONG, revision: Revision(2) });
    assert_eq!(desk.notice(), "saved now", "what was said of the failure is no longer true");
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
fn suspending_saves_and_repainting_repaints_also_over_an_overlay() {
    let mut desk = Desk::usual();
    desk.type_text("a").press("C-z");
    assert!(matches!(&desk.effects[..], [Effect::Carry { .. }, Effect::Suspend]));
    desk.effects();
    desk.press("C-p C-l");
    assert_eq!(desk.effects(), [Effect::Repaint]);
    assert_eq!(desk.state.overlays(), ["palette"]);
}
