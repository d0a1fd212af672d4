//! What can be done to a text, and what comes of it: plain data.

use crate::domain::written;

/// What an editor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditorKind {
    /// Lines that mean something: a lyric with section tags.
    Lines,
    /// One paragraph that is only wrapped to be shown (a style, a note): a line end becomes a space.
    Paragraph,
}

impl EditorKind {
    /// A text from elsewhere as it may stand here.
    pub(super) fn clean(self, text: &str) -> String {
        match self {
            Self::Lines => written::lines(text),
            Self::Paragraph => written::paragraph(text),
        }
    }
}

/// A movement of the cursor. Words, rows and graphemes are as seen on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    Left,
    Right,
    /// One row on the screen, which may be in the same line.
    Up,
    Down,
    PageUp,
    PageDown,
    LineStart,
    LineEnd,
    WordLeft,
    WordRight,
    /// The start of this section, or of the one before.
    SectionUp,
    SectionDown,
    TextStart,
    TextEnd,
}

/// Something that is done to a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    Insert(char),
    Newline,
    /// Text from outside, as it came; cleaned here.
    Paste(String),
    /// A line of its own (a tag): in place of a blank line, above when the cursor is at a line's start,
    /// below otherwise. The cursor goes to the line after it.
    InsertLine(String),
    /// A new text altogether, as one step that can be undone.
    Replace(String),
    Backspace,
    DeleteForward,
    KillToEnd,
    KillToStart,
    DeleteWordBack,
    DeleteWord,
    Move {
        motion: Motion,
        /// Whether the selection grows with the cursor; otherwise it is given up.
        select: bool,
    },
    SelectAll,
    /// Gives up the selection, if there is one.
    Unselect,
    Undo,
    Redo,
    Cut,
    Copy,
    PasteClipboard,
}

/// What an edit did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Whether the text is another one now.
    pub changed: bool,
    /// What was cut or copied, to offer to the system's clipboard. Kills stay with the editor.
    pub copied: Option<String>,
    /// What the person should know, in a few words.
    pub note: Option<&'static str>,
}

/// A place in a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// From 0, of the lines as written (not as wrapped).
    pub line: usize,
    /// From 0, in code points; always between two graphemes.
    pub column: usize,
}

/// Where a person was in a text, to come back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub cursor: Spot,
    /// The first row shown.
    pub top: usize,
}

/// Rows that do not fit into the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    pub above: usize,
    pub below: usize,
}
