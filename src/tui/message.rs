//! What can happen to the screen, as plain data.

use std::path::PathBuf;

use jiff::Timestamp;

use super::errand::Errand;
use super::folder::{Folder, Unlisted};
use super::input::Input;
use crate::domain::generation::TakeId;
use crate::domain::recording::{Frozen, Unfit};
use crate::domain::reference::ReferenceId;
use crate::domain::service::Service;
use crate::engine::feed::Changes;
use crate::engine::intent::Reply;
use crate::worker::replace::Replaced;

/// Something that happened. The runtime turns the world into these, in order; nothing else moves a
/// [`State`](super::state::State).
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// A key, a paste, or the terminal's focus.
    Input(Input),
    /// The terminal has this size now.
    Resized { columns: u16, rows: u16 },
    /// What was committed since the last look. The first one fills the screen.
    Feed(Changes),
    /// A look at what was committed failed, and why. It is looked again.
    Unread(String),
    /// What became of the intent that went out under this ticket, or why it could not be carried out.
    Replied { ticket: u64, reply: Result<Reply, String> },
    /// What the player does.
    Played(Playing),
    /// The moment that [`State::save_due`](super::state::State::save_due) named has come.
    Pause,
    /// The moment that [`State::wants_tick`](super::state::State::wants_tick) named has come.
    Tick,
    /// A frame was written to the terminal. Asks for no other frame.
    Drawn,
    /// The worker should have acted at `due` and has not.
    WorkerLate { due: Timestamp },
    /// What became of the wish for other workers.
    Replaced(Vec<(Service, Replaced)>),
    /// No process could be started, so the work is done by this one: leaving would stop it.
    WorksInside,
    /// Something the runtime has to say: a copy that failed, a watch that does not work.
    Note(String),
    /// The person's own editor is done with the text: what it made of it, or a sentence why nothing.
    Edited { errand: Errand, result: Result<String, String> },
    /// What is in a folder, or why it is not listed.
    Looked { folder: PathBuf, listed: Result<Folder, Unlisted> },
    /// How long a file lasts.
    Glimpsed { file: PathBuf, glimpse: Glimpse },
    /// A recording was read to its end: it is frozen, or not fit.
    Checked { check: u64, result: Result<Frozen, Unfit> },
    /// A signal asks to leave.
    Terminated,
}

/// What a glance at a file told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glimpse {
    /// So many milliseconds; or about so many.
    Lasts { ms: u64, about: bool },
    /// A sound; reading it all would tell how long it lasts.
    Unsure,
    /// Nothing that can be heard.
    Unheard,
}

/// What can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sound {
    Take(TakeId),
    Reference(ReferenceId),
}

/// What the player does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Playing {
    /// It has begun.
    Started { sound: Sound },
    /// It is over, by itself or by a key.
    Ended { sound: Sound },
    /// It could not play; one sentence.
    Failed { sound: Sound, text: String },
}
