//! What the screen wants done, as plain data.

use std::path::PathBuf;

use super::errand::Errand;
use crate::domain::generation::TakeId;
use crate::domain::recording::{Part, Rules};
use crate::domain::reference::ReferenceId;
use crate::engine::intent::Intent;
use crate::worker::replace::Insistence;

/// Something for the runtime to do. Effects of one update are done in their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Carry the intent out; the answer comes back as
    /// [`Message::Replied`](super::message::Message::Replied) with the same ticket.
    Carry { ticket: u64, intent: Intent },
    /// Play the take's file, instead of whatever plays.
    Play { take: TakeId },
    /// Play a reference, from its file or its address, instead of whatever plays.
    Listen { reference: ReferenceId, whence: PathBuf },
    /// Stop playing.
    StopPlaying,
    /// Put the text into the terminal's clipboard (OSC 52).
    Copy(String),
    /// Ring the terminal's bell.
    Bell,
    /// Put the program to sleep, as Ctrl-Z does.
    Suspend,
    /// Write every cell of the next frame.
    Repaint,
    /// Put another worker in place of the one that is late; what became of it comes back as
    /// [`Message::Replaced`](super::message::Message::Replaced).
    RestartWorker(Insistence),
    /// Open the text in the person's own editor; it comes back as
    /// [`Message::Edited`](super::message::Message::Edited).
    EditOutside(Errand),
    /// Read a folder, where wanted after making it; it comes back as
    /// [`Message::Looked`](super::message::Message::Looked).
    LookInto { folder: PathBuf, make: bool },
    /// Look how long these files last; each comes back as
    /// [`Message::Glimpsed`](super::message::Message::Glimpsed).
    Glance { files: Vec<PathBuf> },
    /// Read a recording to its end and freeze it; it comes back as
    /// [`Message::Checked`](super::message::Message::Checked).
    Check(Check),
    /// Nobody waits for that check any more.
    StopChecking { check: u64 },
    /// Leave, after every effect before this one is done, and print the line if it is not empty.
    Quit { farewell: String },
}

/// A recording to be read to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The number that its answer comes back under.
    pub check: u64,
    pub file: PathBuf,
    pub part: Option<Part>,
    pub rules: Rules,
    /// A person insists, though it breaks a rule that is hearsay.
    pub force: bool,
}
