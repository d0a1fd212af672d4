//! The editor on the screen: wrapped rows, tags, selection, what was found, the gutter, the cursor.

use std::borrow::Cow;
use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation as _;

use super::rows::{Row, Rows};
use super::{Editor, EditorKind, Spot, graphemes, sections, window_top};

/// How an editor looks.
#[derive(Clone, Copy)]
pub struct EditorLook<'a> {
    pub text: Style,
    /// Lines that are a section tag, `[Chorus]`; only in [`EditorKind::Lines`].
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
pub fn render(editor: &Editor, area: Rect, buf: &mut Buffer, look: &EditorLook<'_>) -> Option<Position> {
    let area = area.intersection(buf.area);
    let gutter = look.gutter_width.min(area.width);
    let page = Rect { x: area.x + gutter, width: area.width - gutter, ..area };
    if page.is_empty() {
        return None;
    }
    let rows = if page.width == editor.width {
        Cow::Borrowed(&editor.rows)
    } else {
        Cow::Owned(Rows::wrap(editor.lines(), page.width))
    };
    let (row, cell) = rows.cell(editor.lines(), editor.cursor());
    let top = window_top(editor.top, row, usize::from(page.height), rows.len());
    buf.set_style(area, look.text);
    let mut marks: Option<Marks> = None;
    for (y, (row, first)) in page.rows().zip(rows.from(top)) {
        if let Some((mark, style)) = (look.gutter)(row.line).filter(|_| first) {
            buf.set_stringn(area.x, y.y, mark, usize::from(gutter), style);
        }
        let marks = match marks.take() {
            Some(known) if known.line == row.line => marks.insert(known),
            _ => marks.insert(Marks::of(editor, row.line, look)),
        };
        paint_row(editor, row, marks, y, buf);
    }
    if let Some((hint, style)) = look.hint.filter(|_| editor.text().is_empty()) {
        buf.set_stringn(page.x, page.y, hint, usize::from(page.width), style);
    }
    let x = page.x + cell.min(usize::from(page.width) - 1) as u16;
    let y = page.y + row.saturating_sub(top) as u16;
    look.focused.then_some(Position { x, y })
}

/// Draws one row, in pieces of one style each.
fn paint_row(editor: &Editor, row: &Row, marks: &Marks, area: Rect, buf: &mut Buffer) {
    let line = &editor.lines()[row.line];
    let text = &line[row.bytes.clone()];
    let mut column = row.column;
    let mut x = area.x;
    let mut piece = 0..0;
    let mut style = marks.style(column);
    for (byte, grapheme) in text.grapheme_indices(true) {
        let own = marks.style(column);
        if own != style {
            x = put(buf, area, x, &text[piece.clone()], style);
            piece.start = byte;
            style = own;
        }
        piece.end = byte + grapheme.len();
        column += grapheme.chars().count();
    }
    x = put(buf, area, x, &text[piece], style);
    let ends_line = row.bytes.end == line.len();
    if ends_line && marks.selects_line_end(column) {
        put(buf, area, x, " ", marks.selected_style);
    }
}

/// Writes a piece at `x` of a row; where the next one goes.
fn put(buf: &mut Buffer, area: Rect, x: u16, text: &str, style: Style) -> u16 {
    let room = area.right().saturating_sub(x);
    if room == 0 { x } else { buf.set_stringn(x, area.y, text, usize::from(room), style).0 }
}

/// What is special within a line, in columns.
struct Marks {
    line: usize,
    base: Style,
    found: Vec<Range<usize>>,
    found_style: Style,
    /// Goes beyond the line's end when the line end is selected too.
    selected: Range<usize>,
    selected_style: Style,
}

impl Marks {
    fn of(editor: &Editor, line: usize, look: &EditorLook<'_>) -> Self {
        let text = &editor.lines()[line];
        let tagged = editor.kind == EditorKind::Lines && sections::is_tag(text);
        Self {
            line,
            base: if tagged { look.text.patch(look.tag) } else { look.text },
            found: editor.needle.as_ref().map(|needle| needle.matches(text)).unwrap_or_default(),
            found_style: look.found,
            selected: selected_columns(editor, line),
            selected_style: look.selection,
        }
    }

    fn style(&self, column: usize) -> Style {
        let mut style = self.base;
        let next = self.found.partition_point(|range| range.end <= column);
        if self.found.get(next).is_some_and(|range| range.contains(&column)) {
            style = style.patch(self.found_style);
        }
        if self.selected.contains(&column) {
            style = style.patch(self.selected_style);
        }
        style
    }

    fn selects_line_end(&self, end: usize) -> bool {
        self.selected.contains(&end)
    }
}

/// The selected columns of a line; one more than it has when the selection goes on in the next line.
fn selected_columns(editor: &Editor, line: usize) -> Range<usize> {
    let Some((from, to)) = editor.selection() else { return 0..0 };
    let end = graphemes::columns(&editor.lines()[line]);
    let start = Spot { line, column: 0 }.max(from);
    match to.line.cmp(&line) {
        _ if start.line > line => 0..0,
        std::cmp::Ordering::Less => 0..0,
        std::cmp::Ordering::Equal => start.column..to.column,
        std::cmp::Ordering::Greater => start.column..end + 1,
    }
}
