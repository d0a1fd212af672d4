//! What is asked before it is done, because it cannot be undone.

use jiff::{SignedDuration, Timestamp};

use crate::domain::recording::Frozen;
use crate::domain::reference::ReferenceId;
use crate::tui::keymap::Action;

/// A key that follows sooner than this on the question, or on another of its kind, is no answer: nobody has read the
/// question, and a key that is held down repeats. Most systems begin to repeat after half a second, X after 660 ms.
const SHORTEST_ANSWER: SignedDuration = SignedDuration::from_millis(700);

/// Something that is done when its key is pressed once more, before any other key and for the same reference,
/// whatever is said meanwhile.
#[derive(Clone, Debug)]
pub struct Doubt {
    pub reference: ReferenceId,
    pub would: Would,
    /// The question.
    pub asked: String,
    /// When its key was pressed last, or the question came.
    pub at: Timestamp,
}

/// What would be done.
#[derive(Clone, Debug)]
pub enum Would {
    /// It goes out of the library.
    Forget,
    /// Another recording than the one that was uploaded takes its place.
    Upload(Frozen),
}

impl Doubt {
    /// The command that answers it, given once more.
    #[must_use]
    pub fn action(&self) -> Action {
        match self.would {
            Would::Forget => Action::Forget,
            Would::Upload(_) => Action::UploadAgain,
        }
    }

    /// Whether a key at that moment comes too soon to be an answer; then the next one has to wait as long again.
    pub fn is_too_soon(&mut self, now: Timestamp) -> bool {
        let before = std::mem::replace(&mut self.at, now);
        now.duration_since(before) < SHORTEST_ANSWER
    }
}
