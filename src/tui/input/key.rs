//! A key as plain data, and the one way of writing it down: `C-g`, `M-b`, `S-Left`, `F1`, `?`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One press of a key, with what was held down.
///
/// Two presses that mean the same are equal: a letter's case is in the letter, never in `shift`; Shift-Tab
/// is `Tab` with `shift`; letters with Control are lower case, as terminals cannot tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    pub code: Code,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

/// Which key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A key that types something; the space bar is `Char(' ')`.
    Char(char),
    Enter,
    Tab,
    Backspace,
    Delete,
    Insert,
    Esc,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// A function key, from 1.
    F(u8),
}

/// The names of the keys that do not type what they are called, as they are written and shown.
const NAMES: [(&str, Code); 16] = [
    ("Enter", Code::Enter),
    ("Tab", Code::Tab),
    ("Backspace", Code::Backspace),
    ("Delete", Code::Delete),
    ("Insert", Code::Insert),
    ("Esc", Code::Esc),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("Space", Code::Char(' ')),
    ("Return", Code::Enter),
];

/// The highest function key that terminals send: the protocol of kitty has so many.
const LAST_FUNCTION_KEY: u8 = 35;

/// Why a text is not the name of a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no key is called `{0}`; write a key as `C-g`, `M-b`, `S-Left`, `F1`, `Space`, `?`")]
pub struct UnknownKey(String);

impl Key {
    /// The key alone, with nothing held down.
    #[must_use]
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false, alt: false, shift: false }
    }

    /// A character, alone.
    #[must_use]
    pub const fn char(c: char) -> Self {
        Self::plain(Code::Char(c))
    }

    /// A character with Control.
    #[must_use]
    pub const fn ctrl(c: char) -> Self {
        Self { ctrl: true, ..Self::char(c) }
    }

    /// What the key types into a text field: a character without Control or Alt.
    #[must_use]
    pub fn typed(self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// Reads the notation that `Display` writes. Names and modifiers may be of any case, so `space` and
    /// `c-g` are understood too.
    ///
    /// # Errors
    /// When the text names no key.
    pub fn parse(text: &str) -> Result<Self, UnknownKey> {
        let mut key = Self::plain(Code::Esc);
        let mut rest = text;
        while let Some((held, tail)) = split_modifier(rest) {
            match held {
                'C' => key.ctrl = true,
                'M' => key.alt = true,
                _ => key.shift = true,
            }
            rest = tail;
        }
        key.code = code_named(rest).ok_or_else(|| UnknownKey(text.to_owned()))?;
        Ok(key.normal())
    }

    /// The one form of all that mean the same; see the type.
    #[must_use]
    pub fn normal(mut self) -> Self {
        if let Code::Char(c) = self.code {
            if self.ctrl {
                self.code = Code::Char(c.to_ascii_lowercase());
            } else if self.shift && c.is_lowercase() {
                self.code = Code::Char(only(c.to_uppercase()).unwrap_or(c));
            }
            self.shift = false;
        }
        self
    }
}

/// `C-`, `M-` or `S-` at the start of a text, if something follows it.
fn split_modifier(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    let held = chars.next()?.to_ascii_uppercase();
    let rest = chars.as_str().strip_prefix('-')?;
    (matches!(held, 'C' | 'M' | 'S') && !rest.is_empty()).then_some((held, rest))
}

fn code_named(name: &str) -> Option<Code> {
    if let Some(c) = only(name.chars()) {
        return (!c.is_control()).then_some(Code::Char(c));
    }
    if let Some((_, code)) = NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Some(*code);
    }
    let number = name.strip_prefix(['F', 'f'])?.parse().ok()?;
    (1..=LAST_FUNCTION_KEY).contains(&number).then_some(Code::F(number))
}

/// The only character of an iterator that has just one.
fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    chars.next().filter(|_| chars.next().is_none())
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, mark) in [(self.ctrl, "C-"), (self.alt, "M-"), (self.shift, "S-")] {
            if held {
                f.write_str(mark)?;
            }
        }
        if let Some((name, _)) = NAMES.iter().find(|(_, code)| *code == self.code) {
            return f.write_str(name);
        }
        match self.code {
            Code::Char(c) => write!(f, "{c}"),
            Code::F(number) => write!(f, "F{number}"),
            // Every other key has a name in the table; a test holds this.
            _ => Ok(()),
        }
    }
}

impl FromStr for Key {
    type Err = UnknownKey;

    fn from_str(text: &str) -> Result<Self, UnknownKey> {
        Self::parse(text)
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
