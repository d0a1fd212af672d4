//! The editor on the screen: wrapped rows, tags, selection, what was found, the gutter, the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::Editor;

/// How an editor looks.
#[derive(Clone, Copy)]
pub struct EditorLook<'a> {
    pub text: Style,
    /// Lines that are a section tag, `[Chorus]`; only in [`EditorKind::Lines`](super::EditorKind).
    pub tag: Style,
    pub selection: Style,
    /// Every match of the text that is looked for.
    pub found: Style,
    /// Columns to the left of the text.
    pub gutter_width: u16,
    /// What stands in the gutter of a line (from 0), on the first of its rows; cut to the width.
    pub gutter: &'a dyn Fn(usize) -> Option<(String, Style)>,
    /// What an empty editor shows.
    pub hint: Option<(&'a str, Style)>,
    /// Whether the cursor is in this editor.
    pub focused: bool,
}

/// Draws the editor into `area` (gutter included) and tells where the terminal's cursor belongs: nowhere
/// unless focused. Changes nothing in the editor; see [`Editor::fit`].
pub fn render(_editor: &Editor, _area: Rect, _buf: &mut Buffer, _look: &EditorLook<'_>) -> Option<Position> {
    todo!()
}
