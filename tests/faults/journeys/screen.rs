//! A take that is written and ordered on the screen, in a terminal: words, a version of them, and the order.

use std::ffi::OsStr;
use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::failpoint::Point;

use super::Journey;
use crate::lane::Lane;
use crate::support::orders::{self, SHORT};
use crate::support::patience::comes_true;
use crate::support::process;
use crate::support::studio::{Ended, Studio};
use crate::terminal::{Setup, Terminal};
use crate::trial::LONGEST;
use crate::truths::versions;

const CTRL_G: &str = "\x07";
const CTRL_Q: &str = "\x11";
const CTRL_S: &str = "\x13";

/// What is typed, at the start of the lyrics.
const TYPED: &str = "down ";

/// What a screen is said to have said that told of something that it could not write.
pub const TOLD: &str = "told";

/// How a screen tells of it.
const UNWRITTEN: &str = "the database could not be read or written";

/// How often a person presses a key again of which nothing came.
const TRIES: u32 = 5;
const BEFORE_ANOTHER: Duration = Duration::from_secs(4);

/// Every step that the screen makes itself.
pub const POINTS: [Point; 6] = [
    Point::DraftWrite,
    Point::DraftWritten,
    Point::DraftRung,
    Point::VersionWrite,
    Point::OrderRow,
    Point::OrderWritten,
];

fn before() -> Draft {
    Draft { model: SHORT.to_owned(), ..orders::draft() }
}

/// What is ordered.
pub fn written() -> Draft {
    Draft { lyrics: [TYPED, orders::LYRICS].concat(), ..before() }
}

/// A song with words, which the screen opens.
pub fn place(studio: &Studio) {
    let mut store = studio.store();
    let song = store.new_song("Night Ferry", &before(), "the test", Timestamp::now()).unwrap();
    store.open_song(song, Timestamp::now()).unwrap();
}

/// A screen in its terminal, and what a person does there until the screen is gone.
struct Desk<'a> {
    studio: &'a Studio,
    terminal: Terminal,
    /// Whether it was said that something could not be written.
    heard: bool,
}

impl Desk<'_> {
    fn is_gone(&self) -> bool {
        process::is_over(self.terminal.pid().cast_unsigned())
    }

    /// Presses keys until something is so; of a screen that is gone nothing more comes.
    fn press(&mut self, keys: &str, what: &str, is_so: impl Fn(&Studio) -> bool) {
        for _ in 0..TRIES {
            if self.is_gone() {
                return;
            }
            // It may go in this moment.
            let _ = self.terminal.try_keys(keys);
            let came = comes_true(BEFORE_ANOTHER, || {
                let text = self.terminal.screen().contents();
                self.heard |= text.contains(UNWRITTEN);
                self.is_gone() || is_so(self.studio)
            });
            if came {
                return;
            }
        }
        panic!("{what} never came:\n{}", self.terminal.screen().contents());
    }

    fn write_and_order(&mut self) {
        let has_words = |studio: &Studio| lyrics(studio).starts_with(TYPED);
        if !has_words(self.studio) {
            // What was typed once is tried to be saved again and again.
            let _ = self.terminal.try_keys(TYPED);
            self.press("", "what was typed", has_words);
        }
        self.press(CTRL_S, "a version", |studio| !versions(studio).is_empty());
        for _ in 0..TRIES {
            if self.is_gone() || is_ordered(self.studio) {
                return;
            }
            if !self.terminal.screen().contents().contains("Enter order") {
                let _ = self.terminal.try_keys(CTRL_G);
            }
            let is_open = || self.is_gone() || self.terminal.screen().contents().contains("Enter order");
            assert!(comes_true(LONGEST, is_open), "{}", self.terminal.screen().contents());
            let _ = self.terminal.try_keys("\r");
            let _ = comes_true(BEFORE_ANOTHER, || {
                let text = self.terminal.screen().contents();
                self.heard |= text.contains(UNWRITTEN);
                self.is_gone() || is_ordered(self.studio)
            });
        }
    }
}

fn lyrics(studio: &Studio) -> String {
    let store = studio.store();
    store.draft(store.songs().unwrap()[0].id).unwrap().draft.lyrics
}

fn is_ordered(studio: &Studio) -> bool {
    !studio.store().takes(None).unwrap().is_empty()
}

/// Opens the screen as a command says, writes and orders on it, and leaves. Brings its process and how it ended; what
/// it said is whether it told of something that it could not write.
pub fn begin(studio: &Studio, command: &Command) -> (u32, Ended) {
    let text = |text: &OsStr| text.to_str().unwrap().to_owned();
    let arguments: Vec<String> = command.get_args().map(text).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let environment: Vec<(String, String)> =
        command.get_envs().filter_map(|(name, value)| Some((text(name), text(value?)))).collect();
    let environment: Vec<(&str, &str)> =
        environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let setup = Setup { environment: &environment, ..Setup::default() };
    let terminal = Terminal::open(command.get_program().to_str().unwrap(), &arguments, &setup);
    let mut desk = Desk { studio, terminal, heard: false };
    desk.terminal.expect("[Verse]");
    desk.write_and_order();
    let _ = desk.terminal.try_keys(CTRL_Q);
    let status = desk.terminal.ended();
    let code = if status.success() { 0 } else { -1 };
    let out = if desk.heard { TOLD } else { "" }.to_owned();
    (desk.terminal.pid().cast_unsigned(), Ended { code, out, err: String::new(), bytes: Vec::new() })
}

/// Goes on: where nothing is ordered yet, the person opens the screen again.
pub fn go_on(studio: &Studio, lane: &Lane) -> Vec<String> {
    if is_ordered(studio) {
        return Vec::new();
    }
    let (_, again) = begin(studio, &Journey::Screen.command(studio, lane));
    if again.code == 0 { Vec::new() } else { vec![format!("(e) it cannot be ordered afterwards: {again:?}")] }
}
