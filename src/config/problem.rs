//! What is wrong with a configuration: where it stands, which key, and what would be right.

use std::fmt;
use std::path::PathBuf;

/// Where a value was given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A file, and the line counted from 1.
    Line(PathBuf, usize),
    /// A file as a whole, as one that cannot be read.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
    /// A flag, as it was written.
    Flag(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(path, line) => write!(f, "{}:{line}", path.display()),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(text) | Self::Flag(text) => f.write_str(text),
        }
    }
}

/// One problem. Written as one line: place, colon, sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub place: Place,
    /// What it is about, as `api.at_once`; empty where a file cannot be read at all.
    pub key: String,
    /// The sentence behind the place.
    pub what: String,
}

impl Problem {
    /// A value that breaks the rule of its key.
    pub fn value(place: Place, key: &str, value: &str, rule: &str) -> Self {
        Self { place, key: key.to_owned(), what: format!("`{key}` is {value}; it takes {rule}") }
    }

    /// Anything else about a key.
    pub fn of_key(place: Place, key: &str, what: String) -> Self {
        Self { place, key: key.to_owned(), what }
    }

    /// A file that cannot be read.
    pub fn of_file(place: Place, what: String) -> Self {
        Self { place, key: String::new(), what }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// The known name that is meant by a wrong one, where one is near enough.
#[must_use]
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Fewer slips of the pen than this make a name, as `at_onse`.
    const SLIPS: usize = 3;
    let far = |name: &&str| strsim::damerau_levenshtein(&wrong.to_lowercase(), &name.to_lowercase());
    known.into_iter().min_by_key(far).filter(|name| far(name) < SLIPS.min(name.len()))
}

/// The name that was probably meant, or what there is to choose from where nothing is near.
pub(crate) fn suggestion(wrong: &str, known: &[&str]) -> String {
    match nearest(wrong, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there are {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_understood_and_another_word_is_not() {
        let known = ["at_once", "base_url", "key_command"];
        assert_eq!(nearest("at_onse", known), Some("at_once"));
        assert_eq!(nearest("Base-Url", known), Some("base_url"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest("x", ["y"]), None);
        assert_eq!(suggestion("colour", &known), "there are at_once, base_url, key_command");
    }
}
