//! Text in terminal cells: cut, padded and wrapped by what a person sees as one character.
//!
//! Whatever is drawn goes through here, so foreign text can neither move the cursor nor leave its pane.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::domain::untrusted::is_dangerous;

/// Columns that a text takes.
#[must_use]
pub fn width(text: &str) -> usize {
    text.width()
}

/// The text without anything that moves a cursor, reorders a line or hides.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_dangerous) {
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_dangerous(*c)).collect()
    } else {
        Cow::Borrowed(text)
    }
}

/// The text in at most `most` columns; `>` stands where something was cut off.
#[must_use]
pub fn clip(text: &str, most: usize) -> String {
    let text = harmless(text);
    if text.width() <= most {
        return text.into_owned();
    }
    let Some(room) = most.checked_sub(1) else { return String::new() };
    let mut out = head(&text, room).to_owned();
    out.push('>');
    out
}

/// As much of the start of a text as fits into `room` columns.
fn head(text: &str, room: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += grapheme.width();
        if used > room {
            return &text[..at];
        }
    }
    text
}

/// As much of the end of a text as fits into `room` columns.
#[must_use]
pub fn tail(text: &str, room: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true).rev() {
        used += grapheme.width();
        if used > room {
            return &text[at + grapheme.len()..];
        }
    }
    text
}

/// The text in exactly `columns`, cut or followed by spaces.
#[must_use]
pub fn pad(text: &str, columns: usize) -> String {
    let mut out = clip(text, columns);
    let missing = columns.saturating_sub(out.width());
    out.extend(std::iter::repeat_n(' ', missing));
    out
}

/// The text in exactly `columns`, cut or preceded by spaces.
#[must_use]
pub fn pad_left(text: &str, columns: usize) -> String {
    let text = clip(text, columns);
    let missing = columns.saturating_sub(text.width());
    " ".repeat(missing) + &text
}

/// The text in lines of at most `columns`: broken between words where there are some, else between
/// graphemes. Line ends are kept.
#[must_use]
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    if columns == 0 {
        return Vec::new();
    }
    text.lines().flat_map(|line| wrap_line(&harmless(line), columns)).collect()
}

fn wrap_line(line: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut current = String::new();
    let mut used = 0;
    for word in line.split_inclusive(' ') {
        let wide = word.trim_end().width();
        if used > 0 && used + wide > columns {
            lines.push(std::mem::take(&mut current));
            used = 0;
        }
        for grapheme in word.graphemes(true) {
            let wide = grapheme.width();
            if used + wide > columns {
                if grapheme == " " {
                    continue;
                }
                if used > 0 {
                    lines.push(std::mem::take(&mut current));
                    used = 0;
                }
            }
            current.push_str(grapheme);
            used += wide;
        }
    }
    lines.push(current);
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// `---- Title ---- right ---`: the line over a pane, `columns` wide.
#[must_use]
pub fn heading(title: &str, right: &str, columns: usize) -> String {
    let right = if right.is_empty() { String::new() } else { format!(" {right} -") };
    let left = format!("---- {title} ");
    let used = left.width() + right.width();
    if used > columns {
        return clip(&format!("{left}{}", right.trim_start()), columns);
    }
    format!("{left}{}{right}", "-".repeat(columns - used))
}

/// A part of the screen to write lines on. Writing outside of it does nothing.
#[derive(Debug)]
pub struct Sheet<'a> {
    buffer: &'a mut Buffer,
    area: Rect,
}

impl<'a> Sheet<'a> {
    /// The part `area` of `buffer`.
    pub fn new(buffer: &'a mut Buffer, area: Rect) -> Self {
        let area = area.intersection(buffer.area);
        Self { buffer, area }
    }

    /// Columns of the sheet.
    pub fn columns(&self) -> usize {
        usize::from(self.area.width)
    }

    /// Rows of the sheet.
    pub fn rows(&self) -> usize {
        usize::from(self.area.height)
    }

    /// Its place on the screen.
    pub fn area(&self) -> Rect {
        self.area
    }

    /// Makes every cell blank.
    pub fn clear(&mut self) {
        let blank = " ".repeat(self.columns());
        for row in 0..self.rows() {
            self.reset_row(row);
            self.text(row, 0, &blank, Style::reset());
        }
    }

    fn reset_row(&mut self, row: usize) {
        let y = self.area.y + row as u16;
        for x in self.area.left()..self.area.right() {
            if let Some(cell) = self.buffer.cell_mut((x, y)) {
                cell.reset();
            }
        }
    }

    /// Writes a text at a row and column; what does not fit is cut off with `>`.
    pub fn text(&mut self, row: usize, column: usize, text: &str, look: Style) {
        if row >= self.rows() || column >= self.columns() {
            return;
        }
        let room = self.columns() - column;
        let (x, y) = (self.area.x + column as u16, self.area.y + row as u16);
        self.buffer.set_stringn(x, y, clip(text, room), room, look);
    }

    /// Writes texts one after the other, each in its look.
    pub fn spans(&mut self, row: usize, column: usize, spans: &[(&str, Style)]) {
        let mut at = column;
        for (text, look) in spans {
            self.text(row, at, text, *look);
            at += width(text);
        }
    }

    /// Lays a look over a whole row.
    pub fn tint(&mut self, row: usize, look: Style) {
        if row < self.rows() {
            let line = Rect { y: self.area.y + row as u16, height: 1, ..self.area };
            self.buffer.set_style(line, look);
        }
    }

    /// The buffer below, for what draws itself.
    pub fn buffer(&mut self) -> &mut Buffer {
        self.buffer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_are_never_cut_in_half() {
        assert_eq!(clip("日本語", 4), "日>");
        assert_eq!(pad("日本語", 4), "日> ");
        assert_eq!(wrap("日本語", 3), ["日", "本", "語"]);
        assert_eq!(tail("ab日本", 4), "日本");
    }

    #[test]
    fn lines_break_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("(one) two", 6), ["(one)", "two"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("a\nb", 4), ["a", "b"]);
        assert_eq!(wrap("anything", 0), Vec::<String>::new());
        assert_eq!(wrap("日本", 1), ["日", "本"]);
    }

    #[test]
    fn a_heading_fills_its_line_and_is_cut_when_it_cannot() {
        assert_eq!(heading("Style", "1/2", 24), "---- Style ------- 1/2 -");
        assert_eq!(heading("Style", "", 8), "---- St>");
    }

    #[test]
    fn nothing_is_written_outside_the_sheet() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 2));
        let mut sheet = Sheet::new(&mut buffer, Rect::new(2, 1, 50, 50));
        sheet.text(0, 0, "abc", Style::new());
        sheet.text(5, 0, "x", Style::new());
        assert_eq!(buffer, Buffer::with_lines(["    ", "  a>"]));
    }
}
