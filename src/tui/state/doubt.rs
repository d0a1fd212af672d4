//! What is asked before it is done, because it cannot be undone.

use jiff::{SignedDuration, Timestamp};

use crate::domain::generation::TakeId;
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
        is_too_soon(&mut self.at, now)
    }
}

fn is_too_soon(at: &mut Timestamp, now: Timestamp) -> bool {
    let before = std::mem::replace(at, now);
    now.duration_since(before) < SHORTEST_ANSWER
}

/// Workers that do not answer, which are ended when the key is pressed once more, not too soon and not too late.
#[derive(Clone, Debug)]
pub struct End {
    /// The question.
    pub asked: String,
    /// When the question came.
    since: Timestamp,
    /// When the key was pressed last, or the question came.
    at: Timestamp,
    /// Whether the question was on the screen; from then on it is known, whatever is said meanwhile.
    pub seen: bool,
}

impl End {
    /// How long the question stands, in seconds: who presses the key later asks the worker anew.
    pub const STANDS: i64 = 30;

    /// A question that comes now.
    #[must_use]
    pub fn asked(asked: String, now: Timestamp) -> Self {
        Self { asked, since: now, at: now, seen: false }
    }

    /// Whether the question stands at that moment.
    #[must_use]
    pub fn stands(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) <= SignedDuration::from_secs(Self::STANDS)
    }

    /// Whether a key at that moment answers this.
    pub fn is_answered(&mut self, now: Timestamp) -> bool {
        let is_too_soon = is_too_soon(&mut self.at, now);
        !is_too_soon && self.seen && self.stands(now)
    }
}

/// Held orders that are let go when the key is pressed once more, with the question still on the screen: what they cost
/// stands in it.
#[derive(Clone, Debug)]
pub struct Release {
    pub takes: Vec<TakeId>,
    /// The question.
    pub asked: String,
    /// When the key was pressed last.
    pub at: Timestamp,
    /// Whether the question was on the screen.
    pub seen: bool,
}

impl Release {
    /// Whether a key at that moment answers this, which was asked about these orders and is what was said last.
    pub fn is_answered(&mut self, takes: &[TakeId], notice: Option<&str>, now: Timestamp) -> bool {
        let is_too_soon = is_too_soon(&mut self.at, now);
        !is_too_soon && self.seen && self.takes == takes && notice == Some(&self.asked)
    }
}
