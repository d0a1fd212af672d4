//! A file of the user's over the embedded catalogue: it corrects models, adds some, or leaves some out.
//!
//! It is of the form of the embedded file. A model that is known has only those keys changed that are
//! given, and so has a field that is known; whatever is new needs every key that has no default. Nothing of
//! a file with a mistake counts, and every mistake is told at once.

use std::fmt;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use super::rules::{self, Broken};
use super::{Catalogue, EMBEDDED, FieldSpec, ModelSpec};
use crate::domain::lines::{line_of, name_in};

/// A file that shows the form, all of it commented out.
pub const EXAMPLE: &str = include_str!("overlay.example.toml");

/// The key by which a model or a field is left out.
const HIDDEN: &str = "hidden";
/// The key of what is asked of a recording.
const RECORDING: &str = "recording";
/// The key of a model's fields.
const FIELDS: &str = "fields";
/// The key of all models.
const MODELS: &str = "models";

/// Something wrong with the file. Written without its line: table, colon, rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Counted from 1.
    pub line: usize,
    /// The model, and the field where it is about one; empty where it is about the whole file.
    pub table: String,
    pub key: String,
    /// What must hold.
    pub rule: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.table.is_empty() { f.write_str(&self.rule) } else { write!(f, "{}: {}", self.table, self.rule) }
    }
}

/// The embedded catalogue with the text of a file over it.
///
/// # Errors
/// With everything that is wrong with the file, in the order of its lines.
pub fn lay(text: &str) -> Result<Catalogue, Vec<Mistake>> {
    let mut layer = Layer { text, models: embedded(), told: Vec::new(), mistakes: Vec::new() };
    layer.read();
    let models = layer.hold();
    layer.mistakes.sort_by_key(|mistake| mistake.line);
    if layer.mistakes.is_empty() { Ok(Catalogue { models }) } else { Err(layer.mistakes) }
}

/// The embedded models as tables. They can be read; a test holds this.
fn embedded() -> Vec<Table> {
    let root: Table = toml::from_str(EMBEDDED).unwrap_or_default();
    tables(root.get(MODELS)).into_iter().cloned().collect()
}

fn tables(value: Option<&Value>) -> Vec<&Table> {
    value.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table).collect()
}

/// A table of the file, as what it says and where it stands.
#[derive(Clone, Copy)]
struct Told<'a, 'i> {
    values: &'a Table,
    spans: &'a DeTable<'i>,
    line: usize,
}

struct Layer<'a> {
    text: &'a str,
    models: Vec<Table>,
    /// Where the file speaks of which model, field and key; the last two may be empty.
    told: Vec<([String; 3], usize)>,
    mistakes: Vec<Mistake>,
}

impl Layer<'_> {
    fn read(&mut self) {
        let text = self.text;
        let (spans, errors) = DeTable::parse_recoverable(text);
        let values = toml::from_str::<Table>(text);
        let (Ok(values), true) = (values, errors.is_empty()) else {
            // What follows from a text that is no TOML would be guesses.
            let error = errors.first();
            let line = error.and_then(toml::de::Error::span).map_or(1, |span| line_of(text, span.start));
            let message = error.map_or("it is no TOML", |error| error.message()).replace('\n', " ");
            let name = name_in(text, line);
            let rule = if name.is_empty() { message } else { format!("`{name}`: {message}") };
            return self.mistake(line, "", "", rule);
        };
        for (name, value) in spans.get_ref() {
            let line = line_of(text, name.span().start);
            if name.get_ref() != MODELS {
                let rule = format!("`{}` is no key of a catalogue; models stand below `[[models]]`", name.get_ref());
                self.mistake(line, "", name.get_ref(), rule);
            } else if let Some(models) = told_in(text, value, values.get(MODELS)) {
                for (number, model) in models.into_iter().enumerate() {
                    self.take_model(number + 1, model);
                }
            } else {
                let rule = "`models` takes tables, each below `[[models]]`".to_owned();
                self.mistake(line, "", MODELS, rule);
            }
        }
    }

    fn mistake(&mut self, line: usize, table: &str, key: &str, rule: String) {
        self.mistakes.push(Mistake { line, table: table.to_owned(), key: key.to_owned(), rule });
    }

    fn take_model(&mut self, number: usize, told: Told<'_, '_>) {
        let Some(id) = told.values.get("id").and_then(Value::as_str) else {
            let rule = "`id` must say which model is meant".to_owned();
            return self.mistake(told.line, &format!("model {number}"), "id", rule);
        };
        let table = format!("model `{id}`");
        if self.told.iter().any(|([model, field, _], _)| model == id && field.is_empty()) {
            return self.mistake(told.line, &table, "id", format!("`id` `{id}` stands in the file twice"));
        }
        self.told.push(([id.to_owned(), String::new(), String::new()], told.line));
        let known = self.models.iter().position(|model| model.get("id").and_then(Value::as_str) == Some(id));
        let mut model = known.map_or_else(Table::new, |at| self.models.remove(at));
        let mut hidden = false;
        let pattern = pattern_of_models();
        for (line, key, value, spans) in told.keys(self.text) {
            self.told.push(([id.to_owned(), String::new(), key.to_owned()], line));
            match (key, value) {
                (HIDDEN, Value::Boolean(is)) => hidden = *is,
                (HIDDEN, _) => self.mistake(line, &table, key, "`hidden` takes true or false".to_owned()),
                (FIELDS, value) => match told_in(self.text, spans, Some(value)) {
                    Some(fields) => self.take_fields(id, &mut model, fields),
                    None => {
                        self.mistake(line, &table, key, "`fields` takes tables, each below `[[models.fields]]`".into());
                    }
                },
                _ => match fits::<ModelSpec>(&pattern, key, value) {
                    Ok(()) => drop(model.insert(key.to_owned(), value.clone())),
                    Err(rule) => self.mistake(line, &table, key, rule),
                },
            }
        }
        self.want_all::<ModelSpec>(&pattern, &model, told.line, &table, "model");
        if !hidden {
            let at = known.unwrap_or(self.models.len());
            self.models.insert(at, model);
        }
    }

    fn take_fields(&mut self, id: &str, model: &mut Table, fields: Vec<Told<'_, '_>>) {
        let mut all: Vec<Table> = tables(model.get(FIELDS)).into_iter().cloned().collect();
        for (number, told) in fields.into_iter().enumerate() {
            self.take_field(id, &mut all, number + 1, told);
        }
        model.insert(FIELDS.to_owned(), Value::Array(all.into_iter().map(Value::Table).collect()));
    }

    fn take_field(&mut self, id: &str, all: &mut Vec<Table>, number: usize, told: Told<'_, '_>) {
        let Some(name) = told.values.get("name").and_then(Value::as_str) else {
            let rule = "`name` must say which field is meant".to_owned();
            return self.mistake(told.line, &format!("model `{id}`, field {number}"), "name", rule);
        };
        let table = format!("model `{id}`, field `{name}`");
        self.told.push(([id.to_owned(), name.to_owned(), String::new()], told.line));
        let known = all.iter().position(|field| field.get("name").and_then(Value::as_str) == Some(name));
        let mut field = known.map_or_else(Table::new, |at| all.remove(at));
        let mut hidden = false;
        let pattern = pattern_of_fields();
        for (line, key, value, _) in told.keys(self.text) {
            self.told.push(([id.to_owned(), name.to_owned(), key.to_owned()], line));
            match (key, value) {
                (HIDDEN, Value::Boolean(is)) => hidden = *is,
                (HIDDEN, _) => self.mistake(line, &table, key, "`hidden` takes true or false".to_owned()),
                _ => match fits::<FieldSpec>(&pattern, key, value) {
                    Ok(()) => lay_over(&mut field, key, value),
                    Err(rule) => self.mistake(line, &table, key, rule),
                },
            }
        }
        self.want_all::<FieldSpec>(&pattern, &field, told.line, &table, "field");
        if !hidden {
            all.insert(known.unwrap_or(all.len()), field);
        }
    }

    /// Tells of the keys that something new has not, and needs.
    fn want_all<T: DeserializeOwned>(&mut self, pattern: &Table, has: &Table, line: usize, table: &str, what: &str) {
        let needed = pattern.keys().filter(|key| {
            let mut without = pattern.clone();
            without.remove(*key);
            T::deserialize(without).is_err()
        });
        for key in needed.filter(|key| !has.contains_key(*key)) {
            // A key that is there and wrong was told of already.
            if !self.mistakes.iter().any(|mistake| mistake.table == table && mistake.key == *key) {
                self.mistake(line, table, key, format!("`{key}` is missing; a new {what} needs it"));
            }
        }
    }

    /// Reads the models as they are now, and holds those without a mistake to the rules of a catalogue: of
    /// the others, what they break besides may only follow from that.
    fn hold(&mut self) -> Vec<ModelSpec> {
        let mut models: Vec<ModelSpec> = Vec::new();
        for model in &self.models {
            match ModelSpec::deserialize(model.clone()) {
                Ok(spec) if !self.is_wrong(&spec.id) => models.push(spec),
                Ok(_) => {}
                // Every key was tried before, so one is missing, and told of.
                Err(_) if !self.mistakes.is_empty() => {}
                Err(error) => {
                    let rule = error.message().to_owned();
                    self.mistakes.push(Mistake { line: 1, table: String::new(), key: String::new(), rule });
                }
            }
        }
        let is_told = |model: &ModelSpec| self.told.iter().any(|([id, ..], _)| *id == model.id);
        let broken = models.iter().flat_map(rules::of_model).chain(rules::of_names(&models, is_told));
        let mistakes: Vec<Mistake> = broken.map(|broken| self.placed(broken)).collect();
        self.mistakes.extend(mistakes);
        models
    }

    fn is_wrong(&self, id: &str) -> bool {
        let table = format!("model `{id}`");
        self.mistakes.iter().any(|mistake| mistake.table.starts_with(&table))
    }

    /// A broken rule with the line of the key that breaks it, or of what it stands in.
    fn placed(&self, broken: Broken) -> Mistake {
        let Broken { model, field, keys, what } = broken;
        let name = field.clone().unwrap_or_default();
        let line = |field: &str, key: &str| {
            let told = self.told.iter().find(|(place, _)| *place == [model.clone(), field.to_owned(), key.to_owned()]);
            told.map(|(_, line)| *line)
        };
        let key = keys.iter().find(|key| line(&name, key).is_some());
        let place = key.and_then(|key| line(&name, key)).or_else(|| line(&name, "")).or_else(|| line("", ""));
        let table =
            field.map_or_else(|| format!("model `{model}`"), |field| format!("model `{model}`, field `{field}`"));
        let key = key.or(keys.first()).copied().unwrap_or_default().to_owned();
        Mistake { line: place.unwrap_or(1), table, key, rule: what }
    }
}

impl<'a, 'i> Told<'a, 'i> {
    /// Each key with its line, its value, and where that stands.
    fn keys(self, text: &str) -> Vec<(usize, &'a str, &'a Value, &'a Spanned<DeValue<'i>>)> {
        let of = |(key, value): (&'a Spanned<_>, &'a Spanned<DeValue<'i>>)| {
            let name: &'a std::borrow::Cow<'i, str> = key.get_ref();
            Some((line_of(text, key.span().start), &**name, self.values.get(&**name)?, value))
        };
        self.spans.iter().filter_map(of).collect()
    }
}

/// The tables of a list, if it is one.
fn told_in<'a, 'i>(
    text: &str,
    spans: &'a Spanned<DeValue<'i>>,
    values: Option<&'a Value>,
) -> Option<Vec<Told<'a, 'i>>> {
    let (spans, values) = (spans.get_ref().as_array()?, values?.as_array()?);
    let told = |(spans, values): (&'a Spanned<DeValue<'i>>, &'a Value)| {
        Some(Told {
            values: values.as_table()?,
            spans: spans.get_ref().as_table()?,
            line: line_of(text, spans.span().start),
        })
    };
    spans.iter().zip(values).map(told).collect()
}

/// Puts a value over the one that is there. Of what is asked of a recording, each rule stays that is not told anew.
fn lay_over(field: &mut Table, key: &str, value: &Value) {
    match (field.get_mut(key), value) {
        (Some(Value::Table(own)), Value::Table(told)) if key == RECORDING => own.extend(told.clone()),
        _ => drop(field.insert(key.to_owned(), value.clone())),
    }
}

/// A whole model, in which keys are tried.
fn pattern_of_models() -> Table {
    embedded().into_iter().next().unwrap_or_default()
}

/// A whole field, in which keys are tried.
fn pattern_of_fields() -> Table {
    tables(pattern_of_models().get(FIELDS)).first().map(|field| (*field).clone()).unwrap_or_default()
}

/// Whether a key may have that value, whatever the others are.
fn fits<T: DeserializeOwned>(pattern: &Table, key: &str, value: &Value) -> Result<(), String> {
    let mut tried = pattern.clone();
    tried.insert(key.to_owned(), value.clone());
    T::deserialize(tried).map(drop).map_err(|error| rule_of(key, value, &error.message().replace('\n', " ")))
}

/// What a key takes, in the words of the configuration: the reader of TOML tells types of the program.
fn rule_of(key: &str, value: &Value, message: &str) -> String {
    /// Types as the reader names them, and what a person calls them.
    const TYPES: [(&str, &str); 8] = [
        ("f64", "a number"),
        ("u16", "a whole number"),
        ("u32", "a whole number"),
        ("u64", "a whole number"),
        ("usize", "a whole number"),
        ("a string", "text"),
        ("a boolean", "true or false"),
        ("a sequence", "a list"),
    ];
    match message.rsplit_once("expected ") {
        Some((found, takes)) if !found.starts_with("unknown field") => {
            let takes = TYPES.iter().find(|(name, _)| *name == takes).map_or(takes, |(_, words)| words);
            format!("`{key}` is {value}; it takes {takes}")
        }
        _ => format!("`{key}`: {message}"),
    }
}
