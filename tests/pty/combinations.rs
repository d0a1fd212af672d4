//! From recordings to songs by the keyboard alone: uploaded, ordered in every combination, saved, and they play.

use std::path::Path;

use refrain::domain::generation::{Status, Take};
use refrain::domain::reference::{Reference, ReferenceId};
use refrain::store::Store;
use serde_json::{Value, json};

use crate::patience;
use crate::pretend::{KEY, Pretend};
use crate::process::PREFIX;
use crate::terminal::{Setup, Terminal};
use crate::uploadable::{ADDRESS, SHORT_SONGS, had_a_file, place, plays, referring};

const CTRL_G: &str = "\x07";
const SHIFT_TAB: &str = "\x1b[Z";
const RIGHT: &str = "\x1b[C";
const DOWN: &str = "\x1b[B";

/// A screen on which somebody writes songs and has the keys in the references at every step's end.
struct Desk<'a> {
    terminal: Terminal,
    data: &'a Path,
}

impl<'a> Desk<'a> {
    /// A new song, written.
    fn open(data: &'a Path, service: &Pretend) -> Self {
        let setup = Setup { environment: &[("AIMLAPI_API_KEY", KEY)], ..Setup::default() };
        let arguments = ["--data-dir", data.to_str().unwrap(), "--base-url", &service.url];
        let mut terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments, &setup);
        terminal.expect("Untitled");
        terminal.keys("The ferry leaves at night\rand the harbour keeps its lights");
        terminal.keys(SHIFT_TAB);
        terminal.keys("slow fado, one guitar");
        terminal.expect("slow fado, one guitar");
        terminal.keys("\t\t\t");
        terminal.expect("a add");
        Self { terminal, data }
    }

    /// Adds what the line of the picker says, as the choice with that digit; it is selected then, under that name.
    fn add(&mut self, line: &str, name: &str, digit: char) {
        let asked = format!("What is {line}");
        self.terminal.keys("a");
        self.terminal.expect("Add from");
        self.terminal.expect("band.");
        self.terminal.keys(line);
        self.terminal.expect(line);
        self.terminal.keys("\r");
        self.terminal.expect(&asked);
        self.terminal.keys(&format!("{digit}\r"));
        self.terminal.expect_gone(&asked);
        self.terminal.until("what was added", |screen| selected(screen).starts_with(&format!(" > {name} ")));
    }

    /// Waits until an upload has brought its ids, and the screen shows it.
    fn uploaded(&self, id: i64) -> Reference {
        let store = Store::open(self.data).unwrap();
        patience::wait_for("the ids of an upload", || {
            store.reference(ReferenceId(id)).ok().filter(|one| one.upload.is_none() && one.duration_ms.is_some())
        })
    }

    /// Goes through the models to the one with that name.
    fn choose_model(&mut self, label: &str) {
        self.terminal.keys("\t");
        self.terminal.expect("Enter change");
        let title = format!("Model   {label} ");
        let shown = |terminal: &Terminal| {
            let screen = terminal.screen().contents();
            screen.lines().find(|line| line.contains("Model   ")).map(str::to_owned).unwrap_or_default()
        };
        while !shown(&self.terminal).contains(&title) {
            let before = shown(&self.terminal);
            self.terminal.keys(RIGHT);
            self.terminal.until("the next model", |screen| !screen.contents().contains(&before));
        }
        self.terminal.keys(SHIFT_TAB);
        self.terminal.expect("a add");
    }

    /// Goes to a reference from the first row on, and presses Enter on it.
    fn enter(&mut self, name: &str, answer: &str) {
        self.terminal.keys("g");
        self.terminal.until("the first row", |screen| references(screen)[1].starts_with(" > "));
        while !selected(&self.terminal.screen()).starts_with(&format!(" > {name} ")) {
            let before = selected(&self.terminal.screen());
            self.terminal.keys(DOWN);
            self.terminal.until("the next row", |screen| selected(screen) != before);
        }
        self.terminal.keys("\r");
        self.terminal.expect(answer);
    }

    /// Orders a take of the song as it is.
    fn order(&mut self) {
        let takes = self.takes().len();
        self.terminal.keys(CTRL_G);
        self.terminal.expect("Enter order");
        self.terminal.keys("\r");
        patience::until("the order written", || self.takes().len() > takes);
        self.terminal.expect_gone("Enter order");
        // What is said next is not to be said over by that.
        self.terminal.expect(&format!("take {} arrived", takes + 1));
    }

    /// Every take, the first first.
    fn takes(&self) -> Vec<Take> {
        let mut takes = Store::open(self.data).unwrap().takes(None).unwrap();
        takes.sort_by_key(|take| take.id);
        takes
    }
}

/// The right half of the screen from the title of the references on.
fn references(screen: &vt100::Screen) -> Vec<String> {
    let lines = screen.contents();
    let halves = lines.lines().filter_map(|line| line.split_once('|').map(|(_, right)| right.to_owned()));
    halves.skip_while(|line| !line.contains("---- References")).collect()
}

/// The row of the references that the keys are for.
fn selected(screen: &vt100::Screen) -> String {
    references(screen).into_iter().find(|line| line.starts_with(" > ")).unwrap_or_default()
}

/// Uploads a song, a voice and an instrumental.
fn upload_three(desk: &mut Desk<'_>) -> [Reference; 3] {
    for (name, digit) in [("demo", '1'), ("mara", '2'), ("band", '3')] {
        desk.add(name, name, digit);
    }
    [1, 2, 3].map(|id| desk.uploaded(id))
}

/// A voice, then a backing with it, then that backing alone, then a song as both.
fn order_from_music_01(desk: &mut Desk<'_>) {
    desk.choose_model("music-01");
    for (name, said) in [
        ("mara", "mara is used as voice"),
        ("band", "band is used as instrumental"),
        ("mara", "mara is not used any more"),
        ("demo", "demo is used as voice and instrumental instead of band"),
    ] {
        desk.enter(name, said);
        desk.order();
    }
}

/// An address with each model that takes one, then a file.
fn order_with_recordings(desk: &mut Desk<'_>) {
    desk.add(ADDRESS, "harbour", '4');
    desk.choose_model("minimax-music");
    desk.enter("harbour", "harbour is used as reference");
    desk.order();
    desk.choose_model("music-cover");
    desk.order();
    desk.add("mara", "mara", '4');
    desk.terminal.keys("\r");
    desk.terminal.expect("mara is used as reference instead of harbour");
    desk.order();
}

#[test]
fn uploads_become_songs_in_every_combination_from_the_keyboard_alone() {
    let (data, service) = (tempfile::Builder::new().prefix(PREFIX).tempdir().unwrap(), Pretend::quick(SHORT_SONGS));
    std::fs::write(data.path().join("config.toml"), "[worker]\nidle_seconds = 1\n").unwrap();
    place(&data.path().join("music/inbox"));
    let mut desk = Desk::open(data.path(), &service);
    let [song, voice, band] = upload_three(&mut desk);
    order_from_music_01(&mut desk);
    order_with_recordings(&mut desk);

    patience::until("every take saved", || desk.takes().iter().all(|take| take.status == Status::Saved));
    desk.terminal.expect("7 new to hear");
    for take in desk.takes() {
        plays(&take.file.unwrap());
    }
    let id = |id: Option<String>| json!(id.unwrap());
    let (voice, band, none, address) = (id(voice.voice_id), id(band.instrumental_id), Value::Null, json!(ADDRESS));
    let book = service.ledger();
    let times = |said: [&Value; 3]| book.iter().filter(|line| referring(line) == said).count();
    assert_eq!(times([&voice, &none, &none]), 1, "{book:#?}");
    assert_eq!(times([&voice, &band, &none]), 1, "{book:#?}");
    assert_eq!(times([&none, &band, &none]), 1, "{book:#?}");
    assert_eq!(times([&id(song.voice_id), &id(song.instrumental_id), &none]), 1, "{book:#?}");
    assert_eq!(times([&none, &none, &address]), 2, "minimax-music and music-cover: {book:#?}");
    assert_eq!((book.iter().filter(|line| had_a_file(line)).count(), book.len()), (1, 7), "{book:#?}");
}
