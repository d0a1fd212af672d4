//! What one check found, and how it is written: as rows for people, as objects for scripts.

use serde::{Serialize, Serializer};
use serde_json::json;

use crate::tui::cells::wrap;

/// How wide the rows are: a terminal of eighty columns shows them whole.
const COLUMNS: usize = 80;

/// Where what was found begins: after the state and the name of the check.
const INDENT: usize = 22;

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Ok,
    /// It works, and a person may want to know; the hint says what can be done.
    Look(String),
    /// It does not work; the hint says what mends it.
    Bad(String),
}

/// One row of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at.
    pub check: String,
    pub state: State,
    /// What was found, as a sentence; a line break in it stays one.
    pub found: String,
}

impl Finding {
    /// All is well.
    pub fn ok(check: impl Into<String>, found: impl Into<String>) -> Self {
        Self { check: check.into(), state: State::Ok, found: found.into() }
    }

    /// A person may want to look.
    pub fn look(check: impl Into<String>, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { state: State::Look(hint.into()), ..Self::ok(check, found) }
    }

    /// It does not work.
    pub fn bad(check: impl Into<String>, found: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { state: State::Bad(hint.into()), ..Self::ok(check, found) }
    }

    /// It does not work, as an error says: what happened, and behind `;` or `hint:` what to do.
    pub fn of_error(check: impl Into<String>, error: &str, hint: &str) -> Self {
        let parts = error.split_once("\nhint: ").or_else(|| error.split_once("; "));
        let (found, hint) = parts.unwrap_or((error, hint));
        Self::bad(check, found, hint)
    }

    /// Whether something does not work.
    pub fn is_bad(&self) -> bool {
        matches!(self.state, State::Bad(_))
    }

    fn word(&self) -> &'static str {
        match self.state {
            State::Ok => "ok",
            State::Look(_) => "look",
            State::Bad(_) => "bad",
        }
    }

    fn hint(&self) -> Option<&str> {
        match &self.state {
            State::Ok => None,
            State::Look(hint) | State::Bad(hint) => Some(hint),
        }
    }

    /// The rows for a person, none wider than eighty columns.
    pub fn rows(&self) -> Vec<String> {
        let room = COLUMNS - INDENT;
        let mut texts = wrap(&self.found, room);
        texts.extend(self.hint().into_iter().flat_map(|hint| wrap(&format!("hint: {hint}"), room)));
        let head = format!("{:<6}{:<16}", self.word(), self.check);
        let heads = std::iter::once(head.as_str()).chain(std::iter::repeat(""));
        texts.iter().zip(heads).map(|(text, head)| format!("{head:<INDENT$}{text}").trim_end().to_owned()).collect()
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let object = json!({
            "check": self.check,
            "state": self.word(),
            "found": self.found,
            "hint": self.hint(),
        });
        object.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_aligned_and_no_wider_than_eighty_columns() {
        let long = "word ".repeat(40) + &"/a/very/long/path".repeat(9);
        for finding in [
            Finding::ok("key", "short"),
            Finding::bad("configuration", &long, &long),
            Finding::look("x", "two\n  lines", "do"),
        ] {
            let rows = finding.rows();
            assert!(rows.iter().all(|row| row.chars().count() <= COLUMNS), "{rows:#?}");
            assert!(rows[0].starts_with(finding.word()), "{rows:#?}");
            assert!(rows[1..].iter().all(|row| row.starts_with(&" ".repeat(INDENT))), "{rows:#?}");
        }
        assert_eq!(Finding::ok("key", "short").rows(), ["ok    key             short"]);
    }

    #[test]
    fn an_error_is_split_into_what_happened_and_what_to_do() {
        let split = |text: &str| Finding::of_error("x", text, "look there");
        assert_eq!(split("it is so; mend it"), Finding::bad("x", "it is so", "mend it"));
        assert_eq!(split("it; is so\nhint: mend it"), Finding::bad("x", "it; is so", "mend it"));
        assert_eq!(split("it is so"), Finding::bad("x", "it is so", "look there"));
    }
}
