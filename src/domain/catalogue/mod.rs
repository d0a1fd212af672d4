//! The models, as data: what each one takes, its limits, its pace and its price.
//!
//! `catalogue.toml` beside this file is embedded; a file of the user's may overlay it. No model's id
//! appears in code: forms, checks, request bodies and help all come from these tables.

mod field;
pub mod overlay;
mod rules;

use std::collections::HashSet;

use serde::Deserialize;

use super::lines::line_of;
pub use field::{Companion, FieldSpec, Firmness, Kind, Limit};

/// The catalogue that refrain comes with.
const EMBEDDED: &str = include_str!("../catalogue.toml");

/// Every model that can be ordered, in the order of the file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    #[serde(default)]
    models: Vec<ModelSpec>,
}

/// One model.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// What goes into the request's `model`.
    pub id: String,
    /// The short name for the screen, as `music-2.0`.
    pub label: String,
    /// Other names the service or people use for it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// How the result comes back.
    pub delivery: Delivery,
    /// How it takes the words.
    pub dialect: Dialect,
    /// What happens to the words.
    pub voice: Voice,
    /// The longest song in seconds.
    pub longest: Limit,
    /// Seconds that it usually needs, until the user's own history says better.
    pub pace: u32,
    /// US dollars a take, where the vendor states it.
    #[serde(default)]
    pub price: Option<f64>,
    /// One line for the person choosing.
    pub about: String,
    /// Its fields, in the order of the form.
    pub fields: Vec<FieldSpec>,
    /// Sets of field names of which at least one must be set, as voice and instrumental.
    #[serde(default)]
    pub one_of: Vec<Vec<String>>,
    /// What comes of it where only one field of such a set is set.
    #[serde(default)]
    pub alone: Vec<Alone>,
}

/// What a field does without the others of its set.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alone {
    pub field: String,
    /// Goes on behind the model's name: `hums without words`.
    pub says: String,
}

/// How a result comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Submit, then ask until it is done.
    Queued,
    /// The connection stays open until the song is in the answer.
    HeldOpen,
}

/// How a model takes the one lyric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// Structure tags in brackets, newlines.
    Tags,
    /// No tags: newlines, empty lines as pauses, `##` around the whole for accompaniment.
    Hashes,
    /// Folded into the style prompt.
    Folded,
    /// Not sent.
    NotSent,
}

/// What a model makes of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Voice {
    /// Sings the words it is given.
    YourWords,
    /// Makes music without singing.
    NoSinging,
}

impl Catalogue {
    /// The embedded catalogue.
    ///
    /// # Errors
    /// When the embedded file breaks its own rules; a test holds that it does not.
    pub fn embedded() -> Result<Self, CatalogueError> {
        Self::parse(EMBEDDED, "the embedded catalogue")
    }

    /// A catalogue from the text of a file; `file` is its name for messages.
    ///
    /// # Errors
    /// When the text is no TOML of this form, or breaks a rule: the error names the line or the model,
    /// the key and the rule.
    pub fn parse(text: &str, file: &str) -> Result<Self, CatalogueError> {
        let error = |what| CatalogueError { file: file.to_owned(), what };
        let catalogue: Self = toml::from_str(text).map_err(|problem| error(place(text, &problem)))?;
        let broken = catalogue.models.iter().flat_map(rules::of_model);
        let broken = broken.chain(rules::of_names(&catalogue.models, |_| true)).next();
        broken.map_or(Ok(catalogue), |broken| Err(error(broken.to_string())))
    }

    /// Every model, in the order of the file.
    #[must_use]
    pub fn models(&self) -> &[ModelSpec] {
        &self.models
    }

    /// The model that a new song starts with: the first of the file.
    #[must_use]
    pub fn preferred(&self) -> Option<&ModelSpec> {
        self.models.first()
    }

    /// The model of that id, label or alias, whatever the case.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&ModelSpec> {
        let wanted = name.trim().to_lowercase();
        self.models.iter().find(|model| model.names().contains(&wanted))
    }
}

impl ModelSpec {
    /// Everything it is called, in lower case: id, label and aliases.
    pub(crate) fn names(&self) -> HashSet<String> {
        [&self.id, &self.label].into_iter().chain(&self.aliases).map(|name| name.to_lowercase()).collect()
    }

    /// Whether that is its id, its label or an alias, whatever the case.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        [&self.id, &self.label].into_iter().chain(&self.aliases).any(|own| own.eq_ignore_ascii_case(name))
    }

    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The setting of that name, be it refrain's or the service's, whole or its last part.
    #[must_use]
    pub fn setting_named(&self, name: &str) -> Option<&FieldSpec> {
        let last = |wire: &str| wire.rsplit('.').next() == Some(name);
        self.settings().find(|field| field.name == name || field.wire == name || last(&field.wire))
    }

    /// The fields other than style and lyrics, in the order of the form.
    pub fn settings(&self) -> impl Iterator<Item = &FieldSpec> {
        self.fields.iter().filter(|field| field.name != STYLE && field.name != LYRICS)
    }
}

/// The name of the field that says what the music should be like.
pub const STYLE: &str = "style";
/// The name of the field that holds the words.
pub const LYRICS: &str = "lyrics";
/// The name of the field that says how long the song shall be.
pub const LENGTH: &str = "length";

/// Where and what, in one line: `line 12, `colour = 1`: unknown field ...`.
fn place(text: &str, problem: &toml::de::Error) -> String {
    let message = problem.message().replace('\n', " ");
    let Some(span) = problem.span() else { return message };
    let number = line_of(text, span.start);
    let line = text.lines().nth(number - 1).unwrap_or_default().trim();
    format!("line {number}, `{line}`: {message}")
}

/// A catalogue file that breaks a rule.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {what}")]
pub struct CatalogueError {
    /// The file, or `the embedded catalogue`.
    pub file: String,
    /// Table, key and rule.
    pub what: String,
}
