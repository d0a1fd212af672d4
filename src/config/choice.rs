//! Settings that are one of a few words.

use std::fmt::Debug;

use crate::domain::wording::Ticks;

/// A value that is written as one of a few words.
pub trait Choice: Debug {
    /// Every word there is.
    fn words(&self) -> Vec<&'static str>;
    /// The word of this value.
    fn word(&self) -> &'static str;
    /// Takes the value of a word; whether there is one.
    fn choose(&mut self, word: &str) -> bool;
}

/// A type whose values each have a word, as a table.
pub trait Words: Copy + PartialEq + Debug + 'static {
    /// Each value with its word.
    const WORDS: &'static [(Self, &'static str)];
}

impl<T: Words> Choice for T {
    fn words(&self) -> Vec<&'static str> {
        T::WORDS.iter().map(|(_, word)| *word).collect()
    }

    fn word(&self) -> &'static str {
        // Every value stands in its table; a test holds this.
        T::WORDS.iter().find(|(value, _)| value == self).map_or("", |(_, word)| *word)
    }

    fn choose(&mut self, word: &str) -> bool {
        let found = T::WORDS.iter().find(|(_, known)| *known == word);
        found.inspect(|(value, _)| *self = *value).is_some()
    }
}

/// The themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThemeName {
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// The terminal's own sixteen colours.
    Sixteen,
    /// Bold, underline and reverse only; also chosen by `NO_COLOR`.
    None,
}

impl ThemeName {
    /// The name in the file.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.word()
    }
}

impl Words for ThemeName {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Dark, "dark"), (Self::Light, "light"), (Self::Sixteen, "16"), (Self::None, "none")];
}

impl Words for Ticks {
    const WORDS: &'static [(Self, &'static str)] =
        &[(Self::Second, "second"), (Self::Minute, "minute"), (Self::Off, "off")];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_stands_for_its_value_and_no_other_word_for_any() {
        let mut theme = ThemeName::Dark;
        for word in theme.words() {
            assert!(theme.choose(word));
            assert_eq!(theme.word(), word);
        }
        assert!(!theme.choose("Dark"));
        assert_eq!(theme, ThemeName::None, "it stays");
        let mut ticks = Ticks::Second;
        for word in ticks.words() {
            assert!(ticks.choose(word));
            assert_eq!(ticks.word(), word);
        }
    }
}
