//! A single line being typed: a filter, a title, an address.

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::untrusted::Untrusted;
use crate::tui::cells;
use crate::tui::input::{Code, Key};

/// The text and the cursor in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    text: String,
    /// The cursor, in bytes; always between two graphemes.
    at: usize,
}

impl Line {
    /// The longest line that is taken from a paste or an editor, in characters.
    pub const LONGEST: usize = 4_000;

    /// A line that holds `text`, the cursor behind it.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let text = Untrusted::new(text).clean(Self::LONGEST);
        Self { at: text.len(), text }
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Puts text in at the cursor; line ends become spaces, what is dangerous goes.
    pub fn paste(&mut self, text: &str) {
        let clean = Untrusted::new(text).clean(Self::LONGEST);
        self.text.insert_str(self.at, &clean);
        self.at += clean.len();
    }

    /// Edits by a key. Tells whether the key was one for editing.
    pub fn key(&mut self, key: Key) -> bool {
        if let Some(c) = key.typed() {
            self.text.insert(self.at, c);
            self.at += c.len_utf8();
            return true;
        }
        match (key.ctrl || key.alt, key.code) {
            (false, Code::Backspace) | (true, Code::Char('h')) => self.delete(self.before()..self.at),
            (false, Code::Delete) | (true, Code::Char('d')) => self.delete(self.at..self.after()),
            (true, Code::Char('w') | Code::Backspace) => self.delete(self.word_before()..self.at),
            (true, Code::Char('u')) => self.delete(0..self.at),
            (true, Code::Char('k')) => self.delete(self.at..self.text.len()),
            (false, Code::Left) => self.at = self.before(),
            (false, Code::Right) => self.at = self.after(),
            (true, Code::Left) => self.at = self.word_before(),
            (false, Code::Home) | (true, Code::Char('a')) => self.at = 0,
            (false, Code::End) | (true, Code::Char('e')) => self.at = self.text.len(),
            _ => return false,
        }
        true
    }

    fn delete(&mut self, range: std::ops::Range<usize>) {
        self.at = range.start;
        self.text.replace_range(range, "");
    }

    fn before(&self) -> usize {
        self.text[..self.at].grapheme_indices(true).next_back().map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.text[self.at..].graphemes(true).next().map_or(self.at, |grapheme| self.at + grapheme.len())
    }

    fn word_before(&self) -> usize {
        let head = self.text[..self.at].trim_end();
        head.unicode_word_indices().next_back().map_or(0, |(at, _)| at)
    }

    /// What of the line shows in `columns`, and in which of them the cursor stands.
    #[must_use]
    pub fn shown(&self, columns: usize) -> (String, usize) {
        let head = cells::tail(&self.text[..self.at], columns.saturating_sub(1));
        let cursor = cells::width(head);
        let rest = cells::clip(&self.text[self.at..], columns.saturating_sub(cursor));
        (format!("{head}{rest}"), cursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(line: &mut Line, keys: &str) {
        for key in keys.split(' ') {
            line.key(Key::parse(key).unwrap());
        }
    }

    #[test]
    fn whole_graphemes_are_deleted() {
        let mut line = Line::new("ae\u{301}");
        pressed(&mut line, "Backspace");
        assert_eq!(line.text(), "a");
    }

    #[test]
    fn words_and_line_ends_are_killed() {
        let mut line = Line::new("one two three");
        pressed(&mut line, "C-w");
        assert_eq!(line.text(), "one two ");
        pressed(&mut line, "Home Right C-k");
        assert_eq!(line.text(), "o");
        pressed(&mut line, "C-u x y Left z");
        assert_eq!(line.text(), "xzy");
    }

    #[test]
    fn a_paste_becomes_one_harmless_line() {
        let mut line = Line::default();
        line.paste("https://a\r\n\u{1b}[2J");
        assert_eq!(line.text(), "https://a [2J");
    }

    #[test]
    fn the_cursor_stays_in_sight() {
        let line = Line::new("0123456789");
        assert_eq!(line.shown(5), ("6789".to_owned(), 4));
        assert_eq!(line.shown(0), (String::new(), 0));
    }
}
