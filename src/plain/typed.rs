//! The line that is being typed: what each byte does to it, and what is echoed.
//!
//! It is what a terminal does by itself in its ordinary mode, no more: letters appear, Backspace takes the
//! last one away, C-w a word, C-u the line. Nothing is drawn again, so a screen reader hears each letter
//! once. Arrow keys do nothing, instead of leaving `^[[A` in the line.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::cli::output::shown;

/// Takes away what stands before the cursor, as terminals do it themselves.
const RUB_OUT: &str = "\u{8} \u{8}";

const CTRL_D: u8 = 0x04;
const BACKSPACE: u8 = 0x08;
const CTRL_U: u8 = 0x15;
const CTRL_W: u8 = 0x17;
const ESCAPE: u8 = 0x1b;
const DELETE: u8 = 0x7f;

/// What a byte did.
#[derive(Debug, PartialEq, Eq)]
pub enum Struck {
    /// These characters are to be echoed; there may be none.
    Echo(String),
    /// The line is done.
    Enter(String),
    /// Ctrl-D on an empty line.
    End,
}

/// How much of the sequence that a key like an arrow sends has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sequence {
    #[default]
    None,
    /// Escape.
    Begun,
    /// Escape and `O`: one more.
    Short,
    /// Escape and `[`: until a letter or `~`.
    Long,
}

/// A line that is being typed.
#[derive(Debug, Default)]
pub struct Typed {
    text: String,
    /// The bytes of a character that has not come whole.
    partial: Vec<u8>,
    sequence: Sequence,
}

impl Typed {
    /// Whether nothing stands in the line.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.partial.is_empty()
    }

    /// What stands in the line.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Leaves the line: the next one is begun.
    pub fn abandon(&mut self) {
        *self = Self::default();
    }

    /// A byte came from the keyboard.
    pub fn strike(&mut self, byte: u8) -> Struck {
        if self.is_part_of_a_key(byte) {
            return Struck::Echo(String::new());
        }
        match byte {
            b'\r' | b'\n' => {
                let text = std::mem::take(&mut self.text);
                self.abandon();
                Struck::Enter(text)
            }
            CTRL_D if self.is_empty() => Struck::End,
            BACKSPACE | DELETE => self.rub_out(last_character),
            CTRL_W => self.rub_out(last_word),
            CTRL_U => self.rub_out(|_| 0),
            b'\t' => self.add(b' '),
            ..0x20 => Struck::Echo(String::new()),
            byte => self.add(byte),
        }
    }

    /// Swallows the rest of a sequence. A control character is no part of one: it is a key of its own.
    fn is_part_of_a_key(&mut self, byte: u8) -> bool {
        let (next, swallowed) = match (self.sequence, byte) {
            (_, ESCAPE) => (Sequence::Begun, true),
            (Sequence::None, _) => return false,
            (_, ..0x20) => (Sequence::None, false),
            (Sequence::Begun, b'O') => (Sequence::Short, true),
            (Sequence::Begun, b'[') | (Sequence::Long, 0x20..=0x3f) => (Sequence::Long, true),
            (Sequence::Begun | Sequence::Short | Sequence::Long, _) => (Sequence::None, true),
        };
        self.sequence = next;
        swallowed
    }

    fn add(&mut self, byte: u8) -> Struck {
        self.partial.push(byte);
        let begun = match std::str::from_utf8(&self.partial) {
            Ok(whole) => {
                self.text.push_str(whole);
                let echo = shown(whole);
                self.partial.clear();
                return Struck::Echo(echo);
            }
            Err(error) => error.error_len().is_none(),
        };
        if !begun {
            // No character of this encoding; the byte may begin the next one.
            self.partial.clear();
            if byte >= 0xc2 {
                self.partial.push(byte);
            }
        }
        Struck::Echo(String::new())
    }

    fn rub_out(&mut self, from: impl Fn(&str) -> usize) -> Struck {
        if !self.partial.is_empty() {
            self.partial.clear();
            return Struck::Echo(String::new());
        }
        let gone = self.text.split_off(from(&self.text));
        Struck::Echo(RUB_OUT.repeat(shown(&gone).width()))
    }
}

/// Where the last character begins, as a person counts characters.
fn last_character(text: &str) -> usize {
    text.grapheme_indices(true).next_back().map_or(0, |(place, _)| place)
}

/// Where the last word begins.
fn last_word(text: &str) -> usize {
    let before = text.trim_end().rfind(char::is_whitespace);
    before.map_or(0, |place| place + text[place..].chars().next().map_or(0, char::len_utf8))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a person sees and what the line holds after these keys.
    fn typed(keys: &str) -> (String, String) {
        let mut typed = Typed::default();
        let echo = keys.bytes().map(|byte| match typed.strike(byte) {
            Struck::Echo(echo) => echo,
            other => panic!("{other:?}"),
        });
        (echo.collect(), typed.text().to_owned())
    }

    #[test]
    fn letters_are_echoed_once_and_backspace_takes_one_away() {
        assert_eq!(typed("ab\u{7f}c").0, "ab\u{8} \u{8}c");
        assert_eq!(typed("ab\u{7f}c").1, "ac");
        assert_eq!(typed("\u{7f}"), (String::new(), String::new()), "nothing is there to take");
    }

    #[test]
    fn a_word_and_the_whole_line_can_be_taken_away() {
        assert_eq!(typed("rate 17 4 \u{17}").1, "rate 17 ");
        assert_eq!(typed("rate 17 4\u{15}"), (format!("rate 17 4{}", RUB_OUT.repeat(9)), String::new()));
    }

    #[test]
    fn arrows_and_other_keys_leave_nothing_in_the_line() {
        for key in ["\u{1b}[A", "\u{1b}OP", "\u{1b}[3~", "\u{1b}[1;5C", "\u{1b}x", "\u{1}", "\u{c}"] {
            assert_eq!(typed(&format!("a{key}b")), ("ab".to_owned(), "ab".to_owned()), "{key:?}");
        }
    }

    #[test]
    fn enter_counts_also_behind_a_lone_escape() {
        let mut typed = Typed::default();
        for byte in *b"list\x1b" {
            typed.strike(byte);
        }
        assert_eq!(typed.strike(b'\n'), Struck::Enter("list".to_owned()));
        assert!(typed.is_empty());
    }

    #[test]
    fn the_end_is_on_an_empty_line_only() {
        let mut typed = Typed::default();
        assert_eq!(typed.strike(CTRL_D), Struck::End);
        typed.strike(b'x');
        assert_eq!(typed.strike(CTRL_D), Struck::Echo(String::new()));
    }

    #[test]
    fn what_is_no_character_is_left_out() {
        let mut typed = Typed::default();
        for byte in *b"a\xff\xc3b\xe2\x82c" {
            typed.strike(byte);
        }
        assert_eq!(typed.text(), "abc");
    }
}
