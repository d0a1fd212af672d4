//! What a terminal can do, as far as its environment tells: it is never asked, as answers come late.

/// Values of `TERM` for what shows one line after the other and cannot go to a row and a column.
const LINES_ALONE: [&str; 6] = ["", "dumb", "unknown", "network", "dialup", "emacs"];

/// Whether a terminal of this name has rows and columns to write at.
#[must_use]
pub fn has_a_screen(term: &str) -> bool {
    !LINES_ALONE.contains(&term)
}

/// Which characters a terminal shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    Utf8,
    /// Only ASCII: a letter beyond it would arrive as two or three wrong ones, or as a control. It is
    /// shown as `?` instead; the text keeps it.
    Ascii,
}

/// What is sent in place of a column that the terminal cannot show.
const STAND_IN: &str = "?";

/// The variables that say the locale; the first that is set decides.
pub const LOCALE: [&str; 3] = ["LC_ALL", "LC_CTYPE", "LANG"];

impl Charset {
    /// What the environment says.
    #[must_use]
    pub fn of_environment() -> Self {
        Self::of_locale(LOCALE.map(|name| std::env::var(name).ok()).each_ref().map(Option::as_deref))
    }

    /// What the locale says, by the values of [`LOCALE`]; with none of them set it is `C`, as everywhere.
    #[must_use]
    pub fn of_locale(variables: [Option<&str>; 3]) -> Self {
        let decides = variables.into_iter().flatten().find(|value| !value.is_empty()).unwrap_or("C");
        let name = decides.to_ascii_lowercase();
        if name.contains("utf-8") || name.contains("utf8") { Self::Utf8 } else { Self::Ascii }
    }

    /// A character that takes so many columns, as it is sent.
    #[must_use]
    pub fn shown(self, symbol: &str, columns: usize) -> std::borrow::Cow<'_, str> {
        match self {
            Self::Ascii if !symbol.is_ascii() => STAND_IN.repeat(columns.max(1)).into(),
            Self::Utf8 | Self::Ascii => symbol.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_that_decides_is_the_first_that_is_set() {
        let table = [
            ([None, None, Some("C.UTF-8")], Charset::Utf8),
            ([None, None, Some("de_DE.utf8")], Charset::Utf8),
            ([None, None, Some("C")], Charset::Ascii),
            ([None, None, None], Charset::Ascii),
            ([Some(""), Some(""), Some("en_GB.UTF-8")], Charset::Utf8),
            ([Some("POSIX"), None, Some("en_GB.UTF-8")], Charset::Ascii),
            ([None, Some("fr_FR.ISO-8859-1"), Some("fr_FR.UTF-8")], Charset::Ascii),
        ];
        for (variables, charset) in table {
            assert_eq!(Charset::of_locale(variables), charset, "{variables:?}");
        }
    }

    #[test]
    fn a_letter_that_cannot_be_shown_keeps_its_columns() {
        assert_eq!(Charset::Ascii.shown("é", 1), "?");
        assert_eq!(Charset::Ascii.shown("夜", 2), "??");
        assert_eq!(Charset::Ascii.shown("e", 1), "e");
        assert_eq!(Charset::Utf8.shown("夜", 2), "夜");
    }

    #[test]
    fn only_terminals_with_rows_and_columns_have_a_screen() {
        for term in ["xterm", "linux", "screen", "vt100", "tmux-256color", "eterm-color", "ansi"] {
            assert!(has_a_screen(term), "{term}");
        }
        for term in ["", "dumb", "unknown"] {
            assert!(!has_a_screen(term), "{term}");
        }
    }
}
