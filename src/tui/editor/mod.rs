//! The text editor: a lyric or a style being written.

mod keys;
mod paint;

pub use keys::edit_for;
pub use paint::{EditorLook, render};

/// What an editor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditorKind {
    /// Lines that mean something: a lyric with section tags.
    Lines,
    /// One paragraph that is only wrapped to be shown (a style, a note): a line end becomes a space.
    Paragraph,
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

/// Which match to go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindStep {
    /// The one at the cursor or the next one: while the needle is being typed.
    Here,
    Next,
    Previous,
}

/// Where a search stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which match the cursor is on, from 1.
    pub nth: usize,
    pub count: usize,
}

/// Rows that do not fit into the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    pub above: usize,
    pub below: usize,
}

/// A text being written: no clock, channel or file in it.
#[derive(Clone, Debug)]
pub struct Editor {}

impl Editor {
    /// An editor over `text`, the cursor at its start. The text is cleaned like a paste, but never cut.
    #[must_use]
    pub fn new(_text: &str, _kind: EditorKind) -> Self {
        todo!()
    }

    /// The text as it stands; kept ready, so asking costs nothing.
    #[must_use]
    pub fn text(&self) -> &str {
        todo!()
    }

    /// Does one edit.
    pub fn apply(&mut self, _edit: Edit) -> Applied {
        todo!()
    }

    /// Tells the editor how many columns (without the gutter) and rows it is shown in. Rows are wrapped,
    /// Up and Down move, and the window scrolls by this, so that what a key does never depends on whether
    /// something was drawn before. Costs nothing when nothing changed.
    pub fn fit(&mut self, _width: u16, _height: u16) {
        todo!()
    }

    #[must_use]
    pub fn cursor(&self) -> Spot {
        todo!()
    }

    /// Moves the cursor, to the nearest place there is; gives up the selection.
    pub fn set_cursor(&mut self, _spot: Spot) {
        todo!()
    }

    /// The first and the last end of the selection, if something is selected.
    #[must_use]
    pub fn selection(&self) -> Option<(Spot, Spot)> {
        todo!()
    }

    #[must_use]
    pub fn place(&self) -> Place {
        todo!()
    }

    /// Goes back to a place, or as near as the text allows.
    pub fn restore(&mut self, _place: Place) {
        todo!()
    }

    /// Takes over what was written elsewhere (another screen on the same song): the cursor stays at the
    /// words it was at. Can be undone like an edit, as nothing may be lost.
    pub fn follow(&mut self, _text: &str) {
        todo!()
    }

    /// What `PasteClipboard` pastes: the last thing cut, copied or killed.
    #[must_use]
    pub fn clipboard(&self) -> &str {
        todo!()
    }

    /// Hands over the clipboard of another editor.
    pub fn set_clipboard(&mut self, _text: &str) {
        todo!()
    }

    /// Looks for `needle` whatever its case, goes to a match, and marks all until [`Editor::stop_find`].
    /// Nothing when there is no match: the cursor stays.
    pub fn find(&mut self, _needle: &str, _step: FindStep) -> Option<Found> {
        todo!()
    }

    pub fn stop_find(&mut self) {
        todo!()
    }

    /// How many rows of the text lie outside the window.
    #[must_use]
    pub fn hidden(&self) -> Hidden {
        todo!()
    }
}
