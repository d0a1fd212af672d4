//! The four layers on each other: defaults, file, environment, flags.

use std::fmt;
use std::io;
use std::path::Path;

use super::Config;
use super::file::{self, Layer};
use super::keys::Binding;
use super::problem::{Place, Problem, suggestion};
use super::table::{self, Entry, SETTINGS, TABLES};

/// What is given besides the file.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// The environment.
    pub variables: Vec<(String, String)>,
    /// Flags: each as it was written, the setting's name, and its value.
    pub flags: Vec<(String, String, String)>,
}

/// Where the value in force comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    Default,
    Given(Place),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Given(place) => place.fmt(f),
        }
    }
}

/// Everything that was read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// What the layers say together. Where there are problems, the defaults.
    pub config: Config,
    /// Where each value of `config` comes from, in the order of [`SETTINGS`].
    pub origins: Vec<Origin>,
    /// What is wrong with the settings; then none of them is in force.
    pub problems: Vec<Problem>,
    /// Other keys for the screen.
    pub bindings: Vec<Binding>,
    /// What is wrong with the form of the table `[keys]`.
    pub key_problems: Vec<Problem>,
}

impl Reading {
    /// Reads a file, which need not be there, and what is given besides.
    #[must_use]
    pub fn of(path: &Path, given: &Given) -> Self {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::of_text(&text, path, given),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::of_text("", path, given),
            Err(error) => {
                let mut reading = Self::of_text("", path, given);
                let what = format!("the configuration cannot be read: {error}");
                reading.problems.insert(0, Problem::of_file(Place::File(path.to_owned()), what));
                reading.settled()
            }
        }
    }

    /// Reads the text of a file, and what is given besides; `path` is for messages.
    #[must_use]
    pub fn of_text(text: &str, path: &Path, given: &Given) -> Self {
        let Layer { settings, bindings, problems, key_problems } = file::read(text, path);
        let mut reading = Self {
            config: Config::default(),
            origins: vec![Origin::Default; SETTINGS.len()],
            problems,
            bindings,
            key_problems,
        };
        for written in settings {
            let place = Place::Line(path.to_owned(), written.line);
            let slot = written.entry.slot(&mut reading.config);
            let outcome = slot.take(&written.value);
            reading.note(written.entry, place, &written.text, outcome);
        }
        reading.problems.sort_by(|one, other| one.place.cmp(&other.place));
        reading.key_problems.sort_by(|one, other| one.place.cmp(&other.place));
        reading.bindings.sort_by(|one, other| one.place.cmp(&other.place));
        reading.take_variables(&given.variables);
        reading.take_flags(&given.flags);
        reading.settled()
    }

    fn take_variables(&mut self, variables: &[(String, String)]) {
        for (name, value) in variables {
            if let Some(entry) = SETTINGS.iter().find(|entry| entry.variable() == *name) {
                let outcome = entry.slot(&mut self.config).take_text(value);
                self.note(entry, Place::Variable(name.clone()), &format!("`{value}`"), outcome);
            } else if TABLES.iter().any(|(table, _)| name.starts_with(&table::variables_of(table))) {
                let known: Vec<String> = SETTINGS.iter().map(Entry::variable).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let what = format!("it sets nothing; {}", suggestion(name, &known));
                self.problems.push(Problem::of_key(Place::Variable(name.clone()), name, what));
            }
        }
    }

    fn take_flags(&mut self, flags: &[(String, String, String)]) {
        for (flag, name, value) in flags {
            let place = Place::Flag(flag.clone());
            if let Some(entry) = table::find(name) {
                let outcome = entry.slot(&mut self.config).take_text(value);
                self.note(entry, place, &format!("`{value}`"), outcome);
            } else {
                let known: Vec<String> = SETTINGS.iter().map(Entry::name).collect();
                let known: Vec<&str> = known.iter().map(String::as_str).collect();
                let what = format!("`{name}` is no setting; {}", suggestion(name, &known));
                self.problems.push(Problem::of_key(place, name, what));
            }
        }
    }

    /// Keeps what became of a value.
    fn note(&mut self, entry: &Entry, place: Place, value: &str, outcome: Result<(), String>) {
        match outcome {
            Ok(()) => {
                let at = SETTINGS.iter().position(|other| other.name() == entry.name());
                if let Some(origin) = at.and_then(|at| self.origins.get_mut(at)) {
                    *origin = Origin::Given(place);
                }
            }
            Err(rule) => self.problems.push(Problem::value(place, &entry.name(), value, &rule)),
        }
    }

    /// Half of a configuration is nobody's wish: with a problem in it, the defaults are in force.
    fn settled(mut self) -> Self {
        if !self.problems.is_empty() {
            self.config = Config::default();
            self.origins.fill(Origin::Default);
        }
        self
    }

    /// The problems of flags, which whoever typed them can mend at once.
    pub fn flag_problems(&self) -> impl Iterator<Item = &Problem> {
        self.problems.iter().filter(|problem| matches!(problem.place, Place::Flag(_)))
    }

    /// Each setting with its value and where that comes from.
    pub fn values(&self) -> impl Iterator<Item = (&'static Entry, toml::Value, &Origin)> {
        SETTINGS.iter().zip(&self.origins).map(|(entry, origin)| (entry, entry.value(&self.config), origin))
    }
}
