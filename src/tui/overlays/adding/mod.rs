//! What a recording is that is being added: a few questions, then it is read to its end and goes its way.
//!
//! Nothing typed is lost by what is wrong with the recording: the questions stay until it was taken.

mod draw;
mod sending;

use std::path::PathBuf;

use jiff::Timestamp;

pub use draw::{draw, rows};
pub(in crate::tui) use sending::{answered, checked};

use super::Outcome;
use super::files::{length, size};
use crate::domain::recording::Frozen;
use crate::domain::reference::{Purpose, ReferenceId, name_of};
use crate::domain::wording::Role;
use crate::tui::effect::Effect;
use crate::tui::folder::Entry;
use crate::tui::input::{Code, Key};
use crate::tui::keymap::{Action, Context};
use crate::tui::message::Glimpse;
use crate::tui::state::{Line, State};
use crate::tui::update::step_of;

/// Where the recording is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Whence {
    File(PathBuf),
    Address(String),
}

/// What it can be: the digit, what is said of it when it is a file, and when it is an address.
const CHOICES: [(Purpose, &str, &str); 4] = [
    (Purpose::Song, "a singer with music", "a singer with music; it is fetched and uploaded"),
    (
        Purpose::Voice,
        "a singer alone, singing; speech does not work",
        "a singer alone, singing; it is fetched and uploaded",
    ),
    (Purpose::Instrumental, "music only", "music only; it is fetched and uploaded"),
    (Purpose::File, "stays here, goes along with orders that cover it", "stays an address, for models that take one"),
];

/// The rows of the form, in the order of Tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    What,
    Name,
    From,
    To,
}

const PLACES: [Place; 4] = [Place::What, Place::Name, Place::From, Place::To];

/// How far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// The person writes.
    Asking,
    /// The file is being read, under that number.
    Checking(u64),
    /// A rule that is hearsay is broken: Enter insists.
    MayInsist,
    /// The store is asked.
    Sending { frozen: Option<Frozen> },
    /// The same recording is in the library already.
    Known { reference: ReferenceId, frozen: Option<Frozen> },
}

/// The questions and what was answered.
#[derive(Clone, Debug)]
pub struct Adding {
    whence: Whence,
    /// Size and length, as far as they are known.
    about: String,
    choice: Option<usize>,
    name: Line,
    from: Line,
    to: Line,
    place: Place,
    stage: Stage,
    said: Option<(String, Role)>,
}

impl Adding {
    /// A file that was chosen.
    #[must_use]
    pub fn of_file(entry: &Entry, glimpse: Option<Glimpse>) -> Self {
        let stem = entry.path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let lasts = glimpse.map_or(String::new(), |glimpse| length(&glimpse));
        Self::new(Whence::File(entry.path.clone()), &format!("{}   {lasts}", size(entry.bytes)), &stem, None)
    }

    /// An address that was typed; most stay one.
    #[must_use]
    pub fn of_address(url: &str) -> Self {
        Self::new(Whence::Address(url.to_owned()), "", &name_of(url), Some(CHOICES.len() - 1))
    }

    fn new(whence: Whence, about: &str, name: &str, choice: Option<usize>) -> Self {
        Self {
            whence,
            about: about.trim_end().to_owned(),
            choice,
            name: Line::new(name),
            from: Line::default(),
            to: Line::default(),
            place: Place::What,
            stage: Stage::Asking,
            said: None,
        }
    }

    /// What is written in the line that has the keys, and the line.
    pub(super) fn field(&mut self) -> Option<(String, &mut Line)> {
        let name = match self.place {
            Place::What => return None,
            Place::Name => "name",
            Place::From => "from",
            Place::To => "to",
        };
        self.line().map(|line| (name.to_owned(), line))
    }

    fn line(&mut self) -> Option<&mut Line> {
        match self.place {
            Place::What => None,
            Place::Name => Some(&mut self.name),
            Place::From => Some(&mut self.from),
            Place::To => Some(&mut self.to),
        }
    }

    /// What it was said to be.
    fn purpose(&self) -> Option<Purpose> {
        let (purpose, ..) = CHOICES[self.choice?];
        Some(if purpose == Purpose::File && matches!(self.whence, Whence::Address(_)) { Purpose::Url } else { purpose })
    }

    /// Whether it can be uploaded though the same recording was: what goes along with orders is kept once.
    fn may_be_anew(&self) -> bool {
        self.purpose().is_some_and(Purpose::is_uploaded)
    }

    /// Whether an answer is awaited; until it comes, what was answered stays as it is.
    fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::Checking(_) | Stage::Sending { .. })
    }

    /// Puts pasted text into the line that has the keys, unless an answer is awaited.
    pub fn paste(&mut self, text: &str) {
        if self.is_under_way() {
            return;
        }
        if let Some(line) = self.line() {
            line.paste(text);
            self.ask_again();
        }
    }

    /// What was answered has changed, so nothing that was said of it before is true any more.
    fn ask_again(&mut self) {
        (self.stage, self.said) = (Stage::Asking, None);
    }

    fn say(&mut self, text: impl Into<String>, role: Role) {
        self.said = Some((text.into(), role));
    }

    fn choose(&mut self, choice: usize) {
        self.choice = Some(choice);
        self.ask_again();
    }

    fn turn(&mut self, by: usize) {
        let here = PLACES.iter().position(|place| *place == self.place).unwrap_or(0);
        self.place = PLACES[(here + by) % PLACES.len()];
    }
}

/// Does what the key stands for.
pub fn press(state: &mut State, adding: &mut Adding, key: Key, now: Timestamp) -> Outcome {
    let keymap = &state.opening.keymap;
    let action = keymap.action(&[Context::Picker, Context::Anywhere], key);
    if adding.is_under_way() {
        return wait(adding, action);
    }
    if let (Stage::Known { frozen, .. }, Some('!'), true) = (&adding.stage, key.typed(), adding.may_be_anew()) {
        let frozen = frozen.clone();
        return Outcome::stay().with(sending::upload_anew(state, adding, frozen));
    }
    match action {
        Some(Action::TakeRow) => return sending::take(state, adding, now),
        Some(Action::Leave) => return Outcome::close(),
        Some(Action::Complete | Action::NextPane) => adding.turn(1),
        Some(Action::PreviousPane) => adding.turn(PLACES.len() - 1),
        Some(action) if step_of(action).is_some() => go(adding, action),
        _ if adding.place == Place::What => choose(state, adding, key),
        _ => {
            if adding.line().is_some_and(|line| line.key(key)) {
                adding.ask_again();
            }
        }
    }
    Outcome::stay()
}

/// While an answer is awaited, only the key that leaves does something: it stops the reading of the file, and
/// leaves the store to its work.
fn wait(adding: &mut Adding, action: Option<Action>) -> Outcome {
    if action != Some(Action::Leave) {
        return Outcome::stay();
    }
    let Stage::Checking(check) = adding.stage else { return Outcome::close() };
    adding.ask_again();
    adding.say("stopped; nothing was sent", Role::Quiet);
    Outcome::stay().with(vec![Effect::StopChecking { check }])
}

/// Up and Down choose among the answers, then go through the lines.
fn go(adding: &mut Adding, action: Action) {
    let last = CHOICES.len() - 1;
    match (action, adding.place, adding.choice) {
        (Action::Up, Place::What, choice) => adding.choose(choice.map_or(last, |n| n.saturating_sub(1))),
        (Action::Down, Place::What, None) => adding.choose(0),
        (Action::Down, Place::What, Some(n)) if n < last => adding.choose(n + 1),
        (Action::Up, ..) => adding.turn(PLACES.len() - 1),
        (Action::Down, Place::To, _) => {}
        (Action::Down, ..) => adding.turn(1),
        _ => {}
    }
}

/// A digit says what it is, also one typed on another keyboard's place.
fn choose(state: &mut State, adding: &mut Adding, key: Key) {
    let digit = |key: Key| key.typed().and_then(|c| c.to_digit(10)).map(|digit| digit as usize);
    let typed = digit(key).or_else(|| digit(state.keyboard.same_place(key)?));
    match typed.filter(|digit| (1..=CHOICES.len()).contains(digit)) {
        Some(digit) => {
            adding.choose(digit - 1);
            adding.place = Place::Name;
        }
        None if key.code == Code::Char(' ') || key.typed().is_none() => {}
        None => adding.say("1 to 4 say what it is; Tab goes to its name", Role::Quiet),
    }
}
