//! What a person calls a character: places between graphemes in a line, and how wide they are drawn.
//!
//! The text area counts code points; a family emoji is seven of them and one thing to a person. All
//! columns here are in code points, as in [`Spot`](super::Spot).

use ratatui::buffer::CellWidth as _;
use unicode_segmentation::UnicodeSegmentation as _;

/// Cells that the terminal draws a grapheme in, by the measure that ratatui draws with.
pub fn width(grapheme: &str) -> usize {
    usize::from(grapheme.cell_width())
}

/// The byte at which a column begins; the line's end for columns beyond it.
pub fn byte_at(line: &str, column: usize) -> usize {
    if line.is_ascii() {
        return column.min(line.len());
    }
    line.char_indices().nth(column).map_or(line.len(), |(byte, _)| byte)
}

/// The column that begins at a byte.
pub fn column_at(line: &str, byte: usize) -> usize {
    if line.is_ascii() { byte } else { line[..byte].chars().count() }
}

/// How many columns a line has.
pub fn columns(line: &str) -> usize {
    column_at(line, line.len())
}

/// The nearest place between graphemes at or before a column.
pub fn at_or_before(line: &str, column: usize) -> usize {
    boundaries(line).take_while(|at| *at <= column).last().unwrap_or(0)
}

/// The nearest place between graphemes at or after a column.
pub fn at_or_after(line: &str, column: usize) -> usize {
    if line.is_ascii() {
        return column.min(line.len());
    }
    boundaries(line).find(|at| *at >= column).unwrap_or_else(|| columns(line))
}

/// The place before the grapheme to the left, if there is one in this line.
pub fn before(line: &str, column: usize) -> Option<usize> {
    if line.is_ascii() {
        return column.min(line.len() + 1).checked_sub(1);
    }
    boundaries(line).take_while(|at| *at < column).last()
}

/// The place after the grapheme to the right, if there is one in this line.
pub fn after(line: &str, column: usize) -> Option<usize> {
    if line.is_ascii() {
        return (column < line.len()).then_some(column + 1);
    }
    boundaries(line).find(|at| *at > column)
}

/// Every place between graphemes, the start and the end of the line among them.
pub fn boundaries(line: &str) -> impl Iterator<Item = usize> + '_ {
    let ends = line.graphemes(true).scan(0, |at, grapheme| {
        *at += grapheme.chars().count();
        Some(*at)
    });
    std::iter::once(0).chain(ends)
}
