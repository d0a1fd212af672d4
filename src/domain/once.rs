//! The name under which something is ordered once, however often the command is given.

use std::fmt;
use std::str::FromStr;

use super::untrusted::is_dangerous;

/// 1 to 100 visible characters that a person or a script chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnceName(String);

/// Why a text is no such name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name for once has 1 to {MOST} visible characters; a space may stand between them")]
pub struct NoOnceName;

/// The most characters of a name.
const MOST: usize = 100;

impl OnceName {
    /// The name itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OnceName {
    type Err = NoOnceName;

    fn from_str(text: &str) -> Result<Self, NoOnceName> {
        let is_visible = |c: char| c == ' ' || !(c.is_whitespace() || is_dangerous(c));
        let fits = (1..=MOST).contains(&text.chars().count());
        let is_name = fits && text.trim() == text && text.chars().all(is_visible);
        if is_name { Ok(Self(text.to_owned())) } else { Err(NoOnceName) }
    }
}

impl fmt::Display for OnceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_one_to_a_hundred_visible_characters() {
        let long = "x".repeat(100);
        for name in ["a", "night ferry, 3", "2026-11-21", "ночной паром", &long] {
            assert_eq!(name.parse::<OnceName>().map(|name| name.to_string()), Ok(name.to_owned()));
        }
        let longer = "x".repeat(101);
        for none in ["", " ", " a", "a ", "a\nb", "a\tb", "a\u{200b}b", "\u{1b}[2J", &longer] {
            assert_eq!(none.parse::<OnceName>(), Err(NoOnceName), "{none:?}");
        }
    }
}
