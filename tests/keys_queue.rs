//! The queue: selecting takes, and what each key asks for.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "keys/credits.rs"]
mod credits;
mod desk;
#[path = "keys/held.rs"]
mod held;
#[path = "keys/restarting.rs"]
mod restarting;

use desk::{Desk, LYRICS, STYLE, draft, everything, opening, saved, take};
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, Take, TakeId};
use refrain::engine::feed::Changes;
use refrain::engine::intent::{Intent, Reply};
use refrain::tui::effect::Effect;
use refrain::tui::message::{Message, Playing, Sound};
use refrain::tui::state::{Focus, Opening};

/// The song of the design with the queue in focus.
fn queue() -> Desk {
    let mut desk = Desk::usual();
    desk.press("Tab");
    desk
}

/// The same with that take selected.
fn on_take(number: u32) -> Desk {
    let mut desk = queue();
    while desk.state.selected_take().unwrap().number != number {
        let before = desk.state.selected_take().unwrap().number;
        desk.press("j");
        assert_ne!(desk.state.selected_take().unwrap().number, before, "take {number} is not in the list");
    }
    desk
}

fn selected(desk: &Desk) -> u32 {
    desk.state.selected_take().unwrap().number
}

#[test]
fn arrows_letters_and_pages_move_the_selection() {
    let mut desk = queue();
    let walk = [("j", 8), ("Down", 7), ("k", 8), ("Up", 9), ("Up", 9), ("G", 2), ("g", 9), ("End", 2), ("Home", 9)];
    for (key, number) in walk {
        desk.press(key);
        assert_eq!(selected(&desk), number, "after {key}");
    }
    desk.press("PgDn");
    assert_eq!(selected(&desk), 2);
    desk.press("PgUp");
    assert_eq!(selected(&desk), 9);
}

#[test]
fn a_take_that_arrives_moves_neither_the_selection_nor_the_focus_nor_the_words() {
    for (keys, focus) in [("Tab j j", Focus::Queue), ("", Focus::Lyrics)] {
        let mut desk = Desk::usual();
        desk.press(keys);
        let before = selected(&desk);
        let change = Changes { takes: vec![take(10, Status::Working), saved(9, 60_000)], ..Changes::default() };
        desk.tell(Message::Feed(change));
        assert_eq!((selected(&desk), desk.state.focus()), (before, focus));
        assert_eq!(desk.state.draft(), &draft());
    }
}

#[test]
fn rows_that_arrive_above_a_scrolled_list_leave_its_window_alone() {
    let many: Vec<Take> = (1..=60).map(|number| saved(number, 60_000)).collect();
    let mut desk = Desk::new(opening(), Changes { takes: many, ..everything() });
    desk.press("Tab PgDn PgDn");
    let rows = |desk: &Desk| -> Vec<String> { desk.picture().lines().skip(3).take(5).map(str::to_owned).collect() };
    let before = rows(&desk);
    desk.tell(Message::Feed(Changes { takes: vec![take(61, Status::Working)], ..Changes::default() }));
    assert_eq!(rows(&desk), before);
}

#[test]
fn a_selected_take_that_goes_leaves_the_selection_in_its_place() {
    let mut desk = on_take(8);
    desk.tell(Message::Feed(Changes { gone_takes: vec![TakeId(8)], ..Changes::default() }));
    assert_eq!(selected(&desk), 7);
}

#[test]
fn every_letter_of_the_queue_asks_for_what_it_says() {
    let of = |number: i64| TakeId(number);
    let cases: Vec<(u32, &str, Intent)> = vec![
        (6, "4", Intent::Rate { take: of(6), rating: 4 }),
        (6, "0", Intent::Rate { take: of(6), rating: 0 }),
        (6, "p", Intent::Pick { take: of(6), pick: true }),
        (5, "p", Intent::Pick { take: of(5), pick: false }),
        (3, "h", Intent::Release { take: of(3) }),
        (3, "d", Intent::Withdraw { take: of(3) }),
        (3, "K", Intent::Move { take: of(3), by: 1 }),
        (3, "J", Intent::Move { take: of(3), by: -1 }),
        (5, "d", Intent::Hide { take: of(5), hidden: true }),
        (8, "r", Intent::AskNow { take: of(8) }),
    ];
    for (number, key, intent) in cases {
        let mut desk = on_take(number);
        desk.effects();
        desk.press(key);
        assert_eq!(desk.intents(), [intent], "{key} on take {number}");
    }
}

#[test]
fn what_cannot_be_is_said_with_the_reason_and_asks_for_nothing() {
    let cases = [
        (8, "d", "take 8 was sent, and the service has no way to cancel it"),
        (8, "h", "take 8 was sent, and the service has no way to cancel it"),
        (8, "Space", "take 8 has no sound yet"),
        (8, "y", "take 8 has no file yet"),
        (5, "r", "take 5 is over: nothing to ask"),
        (3, "r", "take 3 was not sent yet; h lets a held one go"),
    ];
    for (number, key, said) in cases {
        let mut desk = on_take(number);
        desk.effects();
        desk.press(key);
        assert_eq!((desk.notice(), desk.effects.len()), (said, 0), "{key} on take {number}");
    }
}

#[test]
fn a_reply_is_told_as_it_came() {
    let mut desk = on_take(3);
    desk.press("d").answer(Reply::Done);
    assert_eq!(desk.notice(), "take 3 is taken back");
    let mut desk = on_take(3);
    desk.press("d").answer(Reply::TooLate("take 3 was sent a moment ago".to_owned()));
    assert_eq!(desk.notice(), "take 3 was sent a moment ago");
}

#[test]
fn a_take_put_out_of_the_queue_is_said_to_come_back_by_a_command_that_names_its_id() {
    let mut desk = on_take(6);
    desk.press("d").answer(Reply::Done);
    let back = "take 6 is out of the queue, its file stays; `refrain hide --undo 6` brings it back";
    assert_eq!(desk.notice(), back);
}

#[test]
fn the_queue_of_all_songs_names_its_columns_over_them_at_every_width() {
    for columns in 40..=160 {
        let mut desk = Desk::new(Opening { columns, rows: 40, ..opening() }, everything());
        let picture = desk.press("Tab s").draw();
        let names = picture.lines().find(|line| line.contains("take model")).unwrap();
        let names: Vec<&str> = names.split('|').next_back().unwrap().split_whitespace().collect();
        let with_cost = ["take", "model", "song", "state", "cost", "mark"];
        assert!(names == with_cost || names == with_cost[..4], "{columns} columns: {names:?}\n{picture}");
    }
}

#[test]
fn marked_takes_are_served_together_once() {
    let mut desk = on_take(6);
    desk.press("m m");
    assert_eq!(selected(&desk), 4, "marking goes on to the next row");
    desk.press("3");
    let rated = |take: i64| Intent::Rate { take: TakeId(take), rating: 3 };
    assert_eq!(desk.intents(), [rated(6), rated(5)]);
    desk.press("2");
    assert_eq!(desk.intents(), [Intent::Rate { take: TakeId(4), rating: 2 }]);
}

#[test]
fn space_plays_and_stops_and_listening_is_noted_once() {
    let mut desk = on_take(6);
    desk.press("Space");
    assert_eq!(desk.effects(), [Effect::Play { take: TakeId(6) }]);
    desk.tell(Message::Played(Playing::Started { sound: Sound::Take(TakeId(6)) }));
    assert_eq!(desk.intents(), [Intent::Heard { take: TakeId(6), heard: true }]);
    assert!(desk.picture().contains("play"), "{}", desk.picture());
    desk.press("Space");
    assert_eq!(desk.effects(), [Effect::StopPlaying]);
    desk.tell(Message::Played(Playing::Ended { sound: Sound::Take(TakeId(6)) }));
    let mut heard = on_take(5);
    heard.effects();
    heard.tell(Message::Played(Playing::Started { sound: Sound::Take(TakeId(5)) }));
    assert_eq!(heard.effects(), []);
}

#[test]
fn a_take_that_made_no_sound_is_new_again_and_says_how_it_is_heard_elsewhere() {
    let mut desk = on_take(6);
    desk.tell(Message::Played(Playing::Started { sound: Sound::Take(TakeId(6)) }));
    desk.intents();
    let text = "the player `ffplay` ended at once".to_owned();
    desk.tell(Message::Played(Playing::Failed { sound: Sound::Take(TakeId(6)), text }));
    assert_eq!(desk.intents(), [Intent::Heard { take: TakeId(6), heard: false }]);
    assert!(desk.notice().contains("ended at once"), "{}", desk.notice());
    assert!(desk.picture().contains("refrain cat 6 | mpv -"), "{}", desk.picture());
}

#[test]
fn without_a_player_the_ways_from_afar_are_on_the_screen() {
    let mut desk = Desk::new(Opening { player_found: false, ..opening() }, everything());
    desk.effects();
    desk.press("Tab n Space");
    assert!(desk.notice().starts_with("there is no player on this machine"));
    assert_eq!(desk.effects(), []);
    let picture = desk.picture();
    for way in ["/music/Night Ferry/", "scp 'mara@studio:/music/", "ssh mara@studio refrain cat 6 | mpv -"] {
        assert!(picture.contains(way), "{way} is missing in\n{picture}");
    }
}

#[test]
fn y_copies_the_path_then_the_scp_line_then_the_ssh_line() {
    let mut desk = on_take(6);
    desk.effects();
    desk.press("y y y y");
    let copied: Vec<String> = desk
        .effects()
        .into_iter()
        .map(|effect| match effect {
            Effect::Copy(text) => text,
            other => panic!("{other:?} is no copy"),
        })
        .collect();
    let path = "/music/Night Ferry/Night Ferry - take 006 (music-2.0).mp3";
    let scp = format!("scp 'mara@studio:{path}' .");
    assert_eq!(copied, [path, &scp, "ssh mara@studio refrain cat 6 | mpv -", path]);
}

#[test]
fn n_goes_from_new_take_to_new_take() {
    let mut desk = queue();
    desk.tell(Message::Feed(Changes { takes: vec![saved(9, 1_000)], ..Changes::default() }));
    desk.press("n");
    assert_eq!(selected(&desk), 6);
    desk.press("n");
    assert_eq!(selected(&desk), 9, "after the last comes the first");
}

#[test]
fn the_text_of_a_take_goes_into_the_draft_and_undo_brings_ours_back() {
    let mut desk = on_take(5);
    let other = Take { draft: Draft { lyrics: "other words".to_owned(), ..draft() }, ..saved(5, 1_000) };
    desk.tell(Message::Feed(Changes { takes: vec![other], ..Changes::default() }));
    desk.press("u");
    assert_eq!((desk.state.draft().lyrics.as_str(), desk.state.draft().style.as_str()), ("other words", STYLE));
    assert_eq!(desk.notice(), "the text of take 5 is in the draft; C-/ in the lyrics brings yours back");
    desk.press("u");
    assert_eq!(desk.notice(), "the draft already has the text of take 5");
    desk.press("q C-/");
    assert_eq!(desk.state.draft().lyrics, LYRICS);
}

#[test]
fn a_note_is_typed_as_one_line() {
    let mut desk = on_take(6);
    desk.effects();
    desk.press("e").type_text("brushes too loud").press("Enter");
    assert_eq!(desk.intents(), [Intent::NoteTake { take: TakeId(6), note: "brushes too loud".to_owned() }]);
}

#[test]
fn the_filter_narrows_while_it_is_typed_enter_keeps_it_and_esc_lets_it_go() {
    let mut desk = queue();
    desk.press("/").type_text("held");
    assert_eq!(selected(&desk), 3);
    desk.press("Enter");
    assert!(desk.picture().contains("only `held`"));
    desk.press("Esc");
    assert!(!desk.picture().contains("only `held`"));
    assert_eq!(desk.state.focus(), Focus::Queue);
    desk.press("/").type_text("held").press("Esc G");
    assert_eq!(selected(&desk), 2);
}

#[test]
fn the_queue_shows_this_song_or_all() {
    let elsewhere = Take { song: refrain::domain::song::SongId(2), ..saved(11, 1_000) };
    let mut changes = everything();
    changes.takes.push(elsewhere);
    let mut desk = Desk::new(opening(), changes);
    desk.press("Tab g");
    assert!(desk.picture().contains("Queue   this song 8, all 9"));
    assert_eq!(selected(&desk), 9);
    desk.press("s g");
    assert_eq!(selected(&desk), 11);
    assert!(desk.picture().contains("Salt"));
}

#[test]
fn hidden_takes_are_out_of_the_list_and_of_the_counts() {
    let desk = queue();
    assert!(desk.picture().contains("this song 8, all 8"));
    assert!(!desk.picture().contains("\n   1    "));
}

#[test]
fn an_unsent_take_that_is_moved_changes_its_row_and_the_next_to_be_sent_is_the_lowest() {
    let held = |number: u32, place: f64| Take { place, ..take(number, Status::Held) };
    let numbers = |desk: &Desk| -> Vec<u32> {
        let picture = desk.picture();
        let rows = picture.lines().filter(|line| line.contains("music-2.0") && line.contains("held"));
        rows.filter_map(|line| line[2..].split_whitespace().next()?.parse().ok()).collect()
    };
    let takes = vec![held(10, 10.0), held(11, 11.0), held(12, 12.0)];
    let mut desk = Desk::new(opening(), Changes { takes, ..everything() });
    desk.press("Tab g");
    assert_eq!(numbers(&desk), [12, 11, 10]);
    // What `J` on take 12 makes of the rows: it changes places with take 11.
    desk.tell(Message::Feed(Changes { takes: vec![held(12, 11.0), held(11, 12.0)], ..Changes::default() }));
    assert_eq!(numbers(&desk), [11, 12, 10]);
    assert_eq!(selected(&desk), 12, "the selection stays on its take");
}

#[test]
fn a_take_says_what_it_came_from_and_how_it_differs() {
    let mut desk = on_take(5);
    assert!(desk.draw().contains("from take 2: the same again"), "{}", desk.picture());
    let style = format!("{}, accordion", desk::STYLE);
    let lyrics = desk::LYRICS.replace("A paper cup", "A tin cup");
    let changed = Take {
        draft: refrain::domain::draft::Draft { style, lyrics, ..desk::draft() },
        ..desk.state.selected_take().unwrap().clone()
    };
    desk.tell(Message::Feed(Changes { takes: vec![changed], ..Changes::default() }));
    assert!(desk.draw().contains("from take 2: Verse 1 line 3, style"), "{}", desk.picture());
}

#[test]
fn a_take_of_the_sandbox_is_told_from_those_that_cost_money() {
    let free = Take { service: refrain::domain::service::Service::Sandbox, ..saved(10, 60_000) };
    let mut desk = Desk::new(opening(), Changes { takes: vec![free.clone()], ..everything() });
    let picture = desk.press("Tab g").draw();
    assert!(picture.contains("new, 1:00, sandbox") && picture.contains("nothing was charged"), "{picture}");
    let opening = Opening { service: refrain::domain::service::Service::Sandbox, ..opening() };
    let mut desk = Desk::new(opening, Changes { takes: vec![free], ..everything() });
    assert!(!desk.press("Tab g").draw().contains("new, 1:00, sandbox"), "the top line says it there");
}

#[test]
fn an_opened_take_is_paged_through_to_its_last_line() {
    let mut desk = on_take(5);
    let first = desk.press("Enter").draw();
    assert!(first.contains(" below)") && !first.contains("low with rain"), "{first}");
    let mut pages = 0;
    while !desk.draw().contains("low with rain") {
        desk.press("PgDn");
        pages += 1;
        assert!(pages < 20, "{}", desk.picture());
    }
    assert_eq!(selected(&desk), 5);
    for _ in 0..pages {
        desk.press("PgUp");
    }
    assert!(desk.draw().contains(" id: 5, saved") && first.contains(" id: 5, saved"));
}
