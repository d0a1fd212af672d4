//! The table `[keys]`: other keys for the commands of the screen, as they are written. What places,
//! commands and keys there are, the key map of the screen knows.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Place, Problem};
use crate::domain::lines::line_of;

/// The name of the table.
pub const TABLE: &str = "keys";

/// The keys that a command is to have in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    pub place: Place,
    /// Where, as `anywhere`.
    pub context: String,
    /// The command, as `order`.
    pub action: String,
    /// Its keys, as `C-g`; none takes them away.
    pub keys: Vec<String>,
}

impl Binding {
    /// Its full name, as `keys.anywhere.order`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{TABLE}.{}.{}", self.context, self.action)
    }
}

/// Reads the table; what is not of its form goes to `problems`.
pub(super) fn read(text: &str, path: &Path, table: &DeTable<'_>, problems: &mut Vec<Problem>) -> Vec<Binding> {
    let place = |offset: usize| Place::Line(path.to_owned(), line_of(text, offset));
    let mut bindings = Vec::new();
    for (context, value) in table {
        let Some(commands) = value.get_ref().as_table() else {
            let name = format!("{TABLE}.{}", context.get_ref());
            let written = &text[value.span()];
            problems.push(Problem::value(place(context.span().start), &name, written, "a table of commands"));
            continue;
        };
        for (action, value) in commands {
            let binding = |keys| Binding {
                place: place(action.span().start),
                context: context.get_ref().to_string(),
                action: action.get_ref().to_string(),
                keys,
            };
            match keys_of(value) {
                Some(keys) => bindings.push(binding(keys)),
                None => problems.push(Problem::value(
                    place(action.span().start),
                    &binding(Vec::new()).name(),
                    &text[value.span()],
                    "a key, as \"F5\", or several, as [\"C-g\", \"F5\"]",
                )),
            }
        }
    }
    bindings
}

fn keys_of(value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    match value.get_ref() {
        DeValue::String(key) => Some(vec![key.to_string()]),
        DeValue::Array(keys) => keys.iter().map(|key| key.get_ref().as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}
