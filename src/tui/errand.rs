//! A text that goes out to the person's own editor, and what comes back: plain data.

use crate::domain::song::SongId;

/// What is written in the editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Style,
    Lyrics,
    /// The line of what lies on top: a title, a note, a name, the value of a setting.
    Line,
}

/// A text on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    pub field: Field,
    /// What it is called, for its file and for what is said: `lyrics`.
    pub name: String,
    /// The text as it went out.
    pub text: String,
    /// Characters that the field takes at most.
    pub most: usize,
    /// The song that was open.
    pub song: Option<SongId>,
}
