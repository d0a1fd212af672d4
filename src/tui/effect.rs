//! What the screen wants done, as plain data.

use super::errand::Errand;
use crate::domain::generation::TakeId;
use crate::engine::intent::Intent;

/// Something for the runtime to do. Effects of one update are done in their order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Carry the intent out; the answer comes back as
    /// [`Message::Replied`](super::message::Message::Replied) with the same ticket.
    Carry { ticket: u64, intent: Intent },
    /// Play the take's file, instead of whatever plays.
    Play { take: TakeId },
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
    /// End the worker that is late and start another.
    RestartWorker,
    /// Open the text in the person's own editor; it comes back as
    /// [`Message::Edited`](super::message::Message::Edited).
    EditOutside(Errand),
    /// Leave, after every effect before this one is done, and print the line if it is not empty.
    Quit { farewell: String },
}
