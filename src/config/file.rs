//! The file as one layer: which settings it gives, in which lines, and everything that is wrong with it.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{self, Binding};
use super::problem::{Place, Problem, suggestion};
use super::table::{self, Entry, SETTINGS, TABLES};
use crate::domain::lines::{line_of, name_in};

/// A value that the file gives.
pub(super) struct Written {
    pub entry: &'static Entry,
    pub line: usize,
    pub value: toml::Value,
    /// As it stands there.
    pub text: String,
}

/// What a file gives.
#[derive(Default)]
pub(super) struct Layer {
    pub settings: Vec<Written>,
    pub bindings: Vec<Binding>,
    /// Of its form, its tables and its keys; values are checked by whoever takes them.
    pub problems: Vec<Problem>,
    /// Those of the table `[keys]`.
    pub key_problems: Vec<Problem>,
}

/// Reads the text of a file; `path` is for messages.
pub(super) fn read(text: &str, path: &Path) -> Layer {
    let mut layer = Layer::default();
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        // What follows from a text that is no TOML would be guesses.
        layer.problems = errors.iter().map(|error| of_form(text, path, error)).collect();
        layer.problems.dedup_by(|one, other| one.place == other.place);
        return layer;
    }
    let reader = Reader { text, path };
    for (name, value) in root.get_ref() {
        match (name.get_ref().as_ref(), value.get_ref().as_table()) {
            (keys::TABLE, Some(table)) => layer.bindings = keys::read(text, path, table, &mut layer.key_problems),
            (known, Some(table)) if TABLES.iter().any(|(table, _)| *table == known) => {
                for (key, value) in table {
                    match reader.written(known, key.get_ref(), value) {
                        Ok(written) => layer.settings.push(written),
                        Err(what) => layer.problems.push(Problem::of_key(
                            reader.place(key.span().start),
                            &format!("{known}.{}", key.get_ref()),
                            what,
                        )),
                    }
                }
            }
            (other, _) => layer.problems.push(reader.no_table(other, name.span().start)),
        }
    }
    layer
}

struct Reader<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Reader<'_> {
    fn place(&self, offset: usize) -> Place {
        Place::Line(self.path.to_owned(), line_of(self.text, offset))
    }

    fn written(&self, table: &str, key: &str, value: &Spanned<DeValue<'_>>) -> Result<Written, String> {
        let Some(entry) = table::find(&format!("{table}.{key}")) else {
            let known: Vec<&str> =
                SETTINGS.iter().filter(|entry| entry.table == table).map(|entry| entry.key).collect();
            return Err(format!("`{table}.{key}` is no setting; {}", suggestion(key, &known)));
        };
        let span = value.span();
        Ok(Written {
            entry,
            line: line_of(self.text, span.start),
            value: owned(value.get_ref()),
            text: self.text[span].to_owned(),
        })
    }

    fn no_table(&self, name: &str, offset: usize) -> Problem {
        let known: Vec<&str> = TABLES.iter().map(|(table, _)| *table).chain([keys::TABLE]).collect();
        let what = if known.contains(&name) {
            format!("`{name}` is a table; write `[{name}]`, and its keys below")
        } else if let Some(entry) = SETTINGS.iter().find(|entry| entry.key == name) {
            format!("`{name}` stands in no table; write it below `[{}]`", entry.table)
        } else {
            format!("`{name}` is no table; {}", suggestion(name, &known))
        };
        Problem::of_key(self.place(offset), name, what)
    }
}

/// A scalar as a value of its own. All else fits no setting, whatever it holds.
fn owned(value: &DeValue<'_>) -> toml::Value {
    match value {
        DeValue::String(text) => toml::Value::String(text.to_string()),
        DeValue::Boolean(is) => toml::Value::Boolean(*is),
        DeValue::Float(number) => {
            number.as_str().replace('_', "").parse().map_or_else(|_| toml::Value::Array(Vec::new()), toml::Value::Float)
        }
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or_else(|_| toml::Value::Array(Vec::new()), toml::Value::Integer),
        _ => toml::Value::Array(Vec::new()),
    }
}

fn of_form(text: &str, path: &Path, error: &toml::de::Error) -> Problem {
    let line = error.span().map_or(1, |span| line_of(text, span.start));
    let message = error.message().replace('\n', " ");
    let what = match name_in(text, line) {
        "" => message,
        name => format!("`{name}`: {message}"),
    };
    Problem::of_file(Place::Line(path.to_owned(), line), what)
}
