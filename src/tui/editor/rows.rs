//! Soft wrap: the rows that lines take up on the screen, and which cell a place in the text has.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation as _;

use super::{Spot, graphemes};

/// A part of a line that is one row on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub line: usize,
    pub bytes: Range<usize>,
    /// The column that its first byte is.
    pub column: usize,
}

/// All rows of a text at one width.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    rows: Vec<Row>,
    /// The index of the first row of each line.
    first: Vec<usize>,
}

impl Rows {
    /// Wraps every line at `width` columns; a width of 0 counts as 1.
    pub fn wrap(lines: &[String], width: u16) -> Self {
        let mut rows = Self { rows: Vec::with_capacity(lines.len()), first: Vec::with_capacity(lines.len()) };
        for (line, text) in lines.iter().enumerate() {
            rows.first.push(rows.rows.len());
            let mut column = 0;
            for bytes in wrap_line(text, usize::from(width.max(1))) {
                let columns = graphemes::columns(&text[bytes.clone()]);
                rows.rows.push(Row { line, bytes, column });
                column += columns;
            }
        }
        rows
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows from `top` on, with whether each is the first of its line.
    pub fn from(&self, top: usize) -> impl Iterator<Item = (&Row, bool)> {
        self.rows.iter().skip(top).map(|row| (row, row.bytes.start == 0))
    }

    /// The row and the cell in it at which a place is drawn. A place between two rows of a line belongs to
    /// the second.
    pub fn cell(&self, lines: &[String], spot: Spot) -> (usize, usize) {
        let from = self.first[spot.line];
        let to = self.first.get(spot.line + 1).copied().unwrap_or(self.rows.len());
        let index = from + self.rows[from..to].partition_point(|row| row.column <= spot.column).saturating_sub(1);
        let row = &self.rows[index];
        let text = &lines[row.line][row.bytes.clone()];
        let before = &text[..graphemes::byte_at(text, spot.column - row.column)];
        (index, before.graphemes(true).map(graphemes::width).sum())
    }

    /// The place drawn nearest to a cell of a row, without leaving the row.
    pub fn spot(&self, lines: &[String], index: usize, cell: usize) -> Spot {
        let row = &self.rows[index.min(self.rows.len() - 1)];
        let line = &lines[row.line];
        let mut spot = Spot { line: row.line, column: row.column };
        let mut right = 0;
        for (byte, grapheme) in line[row.bytes.clone()].grapheme_indices(true) {
            right += graphemes::width(grapheme);
            let ends_row = row.bytes.start + byte + grapheme.len() == row.bytes.end;
            let ends_line = row.bytes.end == line.len() && !self.continues(index);
            if right > cell || (ends_row && !ends_line) {
                break;
            }
            spot.column += grapheme.chars().count();
        }
        spot
    }

    /// Whether the row after this one belongs to the same line.
    fn continues(&self, index: usize) -> bool {
        self.rows.get(index + 1).is_some_and(|next| next.line == self.rows[index].line)
    }
}

/// Where a row may end and what it holds so far, in bytes and cells.
#[derive(Clone, Copy)]
struct Fill {
    byte: usize,
    cells: usize,
}

/// The rows of one line, as ranges of bytes that cover it; at least one.
///
/// Words stay whole where they fit, and every row keeps its last cell free for the cursor or the space
/// after its last word, so that there is a cell for every place in the text.
fn wrap_line(line: &str, width: usize) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    let mut cells = 0;
    let mut chance: Option<Fill> = None;
    let mut upcoming = line.grapheme_indices(true).peekable();
    while let Some((byte, grapheme)) = upcoming.next() {
        let wide = graphemes::width(grapheme);
        let room = if is_space(grapheme) { width } else { (width - 1).max(1) };
        while cells > 0 && cells + wide > room {
            let here = Fill { byte, cells };
            let end = chance.take().filter(|_| !is_space(grapheme)).unwrap_or(here);
            rows.push(start..end.byte);
            start = end.byte;
            cells -= end.cells;
        }
        cells += wide;
        if may_end_after(grapheme, upcoming.peek().map(|(_, next)| *next)) {
            chance = Some(Fill { byte: byte + grapheme.len(), cells });
        }
    }
    rows.push(start..line.len());
    if cells >= width && width > 1 {
        // The cursor behind a full row stands at the start of one that is still empty.
        rows.push(line.len()..line.len());
    }
    rows
}

/// A space at which a row may end; not those that are there to hold words together.
fn is_space(grapheme: &str) -> bool {
    !matches!(grapheme, "\u{A0}" | "\u{2007}" | "\u{202F}") && grapheme.chars().all(char::is_whitespace)
}

/// Rows end after spaces, and around wide characters (Chinese, Japanese, emoji), but never before the
/// marks that close a phrase.
fn may_end_after(grapheme: &str, next: Option<&str>) -> bool {
    let closes = |text: &str| text.starts_with(['。', '、', '，', '！', '？', '：', '；', '）', '」', '』', '”', '’']);
    let opens = |text: &str| text.starts_with(['（', '「', '『']);
    let wide = |text: &str| graphemes::width(text) > 1;
    is_space(grapheme)
        || next
            .is_some_and(|next| !closes(next) && !opens(grapheme) && !is_space(next) && (wide(next) || wide(grapheme)))
}
