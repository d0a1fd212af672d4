//! What is seen of all that, at the sizes people have.

use std::path::PathBuf;

use insta::assert_snapshot;
use refrain::domain::draft::Draft;
use refrain::domain::recording::{Part, Unfit};
use refrain::domain::reference::{Purpose, Reference, ReferenceId, Upload, UploadState};
use refrain::engine::feed::Changes;
use refrain::tui::effect::Effect;
use refrain::tui::message::{Glimpse, Message};
use refrain::tui::state::Opening;

use super::desk::{Desk, SONG, draft, everything, opening, row, start};
use super::{looked, song, voice};

const SIZES: [(u16, u16); 4] = [(120, 40), (80, 24), (60, 15), (40, 12)];

fn library() -> Vec<Reference> {
    let upload = |state, message: Option<&str>| {
        let (message, tries, due, force) = (message.map(str::to_owned), 0, None, false);
        Some(Upload { state, sent: 1_240_000, bytes: 3_000_000, message, tries, due, force })
    };
    let part = Some(Part { from_ms: 32_000, to_ms: Some(65_000) });
    vec![
        Reference { takes: 9, note: "dry".to_owned(), part, ..voice(1, "Mara") },
        Reference { upload: upload(UploadState::Sending, None), voice_id: None, ..song(2, "Harbour") },
        Reference { upload: upload(UploadState::Failed, Some("it is silent")), ..voice(3, "Silence") },
        Reference { refused: Some("invalid voice id".to_owned()), takes: 2, ..voice(4, "Old") },
        Reference {
            url: Some("https://a.example/x.mp3".to_owned()),
            takes: 1,
            ..Reference::new(ReferenceId(5), "Demo", Purpose::Url, start())
        },
        song(6, "Tide"),
    ]
}

fn desk(columns: u16, rows: u16) -> Desk {
    let settings = [("voice-id".to_owned(), "vocal-1".to_owned())].into();
    let drafts = vec![row(SONG, 1, Draft { model: "music-01".to_owned(), settings, ..draft() })];
    let changes = Changes { drafts, references: library(), ..everything() };
    let mut desk = Desk::new(Opening { columns, rows, ..opening() }, changes);
    desk.press("Tab Tab");
    desk
}

fn with_files(desk: &mut Desk) {
    desk.press("a");
    looked(desk, "/home/mara", &["Mara/", "dry.wav", "harbour at night with the whole choir.mp3", "noise.wav"]);
    let seen = [("dry.wav", 42_000), ("harbour at night with the whole choir.mp3", 171_000)];
    for (name, ms) in seen {
        let file = PathBuf::from("/home/mara").join(name);
        desk.tell(Message::Glimpsed { file, glimpse: Glimpse::Lasts { ms, about: false } });
    }
    desk.tell(Message::Glimpsed { file: PathBuf::from("/home/mara/noise.wav"), glimpse: Glimpse::Unheard });
}

fn at_every_size(name: &str, show: impl Fn(&mut Desk)) {
    for (columns, rows) in SIZES {
        let mut desk = desk(columns, rows);
        show(&mut desk);
        assert_snapshot!(format!("{name} at {columns}x{rows}"), desk.draw());
    }
}

#[test]
fn the_library() {
    at_every_size("references stand in words", |desk| {
        desk.press("Down Down");
    });
}

#[test]
fn the_files() {
    at_every_size("files are listed", |desk| {
        with_files(desk);
        desk.press("Down Down");
    });
}

#[test]
fn the_questions() {
    at_every_size("a file is asked about", |desk| {
        with_files(desk);
        desk.press("Down Enter 2");
    });
}

#[test]
fn what_is_wrong_with_a_recording() {
    at_every_size("a recording that is too short is told", |desk| {
        with_files(desk);
        desk.press("Down Enter 2 Enter");
        let number = |effect: &Effect| if let Effect::Check(check) = effect { Some(check.check) } else { None };
        let check = desk.effects.iter().find_map(number).unwrap();
        let sentence = "`dry.wav` lasts 9.0 s, and an upload has to be longer than 10 s; choose a longer part of it";
        let unfit = Unfit { sentence: sentence.to_owned(), may_force: true };
        desk.tell(Message::Checked { check, result: Err(unfit) });
    });
}

#[test]
fn a_path_of_another_machine() {
    at_every_size("the line that fetches a file is told", |desk| {
        desk.press("a");
        desk.paste(r"C:\Users\ann\my song.wav").press("Enter");
    });
}

#[test]
fn the_cursor_is_on_what_is_asked_and_every_letter_is_ascii() {
    for (columns, rows) in SIZES {
        for (keys, row) in [
            ("Enter 2 S-Tab", "> 2 a singer alone"),
            ("Enter 2", "Name"),
            ("Enter 2 Tab", "From"),
            ("Enter 2 Tab Tab", "to"),
        ] {
            let mut desk = desk(columns, rows);
            with_files(&mut desk);
            desk.press("Down").press(keys);
            let picture = desk.picture();
            assert!(picture.is_ascii(), "{picture}");
            let (_, cursor) = picture.rsplit_once(',').unwrap();
            let line = picture.lines().nth(cursor.parse().unwrap()).unwrap();
            assert!(line.contains(row), "the cursor is in `{line}`, not in `{row}`, at {columns}x{rows}:\n{picture}");
        }
    }
}

#[test]
fn any_size_of_screen_shows_the_list_and_the_questions() {
    for columns in [1, 20, 40, 60, 80, 110, 130] {
        for rows in [1, 9, 12, 13, 20, 30, 40] {
            let mut desk = desk(columns, rows);
            with_files(&mut desk);
            assert_eq!(desk.picture().lines().count(), usize::from(rows) + 1);
            desk.press("Down Enter 2 Enter");
            assert_eq!(desk.picture().lines().count(), usize::from(rows) + 1);
        }
    }
}

#[test]
fn what_is_wrong_with_a_reference_is_said_whole_in_its_row() {
    let mut desk = desk(80, 24);
    desk.press("Tab");
    let picture = desk.picture();
    assert!(picture.contains("Mara             ! only hums: it needs a backing to sing\n"), "{picture}");
}
