//! The models, as data: what each one takes, its limits, its pace and its price.
//!
//! `catalogue.toml` beside this file is embedded; a file of the user's may overlay it. No model's id
//! appears in code: forms, checks, request bodies and help all come from these tables.

use serde::Deserialize;

/// Every model that can be ordered, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Catalogue {
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

/// How sure a limit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Firmness {
    /// From the service's schema or main pages: an order past it is stopped.
    Hard,
    /// Hearsay: an order past it is warned of and may go.
    Soft,
}

/// A number with how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    pub value: u64,
    pub firmness: Firmness,
}

/// One field of a model.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// What refrain calls it in drafts, flags and on screen: `style`, `lyrics`, `length`, `format` ...
    pub name: String,
    /// Where it goes in the body: a key, or a path such as `audio_setting.sample_rate`.
    pub wire: String,
    /// What kind of value it holds.
    pub kind: Kind,
    /// Whether the service refuses a request without it.
    #[serde(default)]
    pub required: bool,
    /// Least length in UTF-16 units for text, least value for numbers (in wire units).
    #[serde(default)]
    pub min: Option<Limit>,
    /// Greatest length in UTF-16 units for text, greatest value for numbers (in wire units).
    #[serde(default)]
    pub max: Option<Limit>,
    /// Allowed values, for [`Kind::Choice`] and [`Kind::Number`] with an enumeration.
    #[serde(default)]
    pub choices: Vec<String>,
    /// What the service assumes when the field is absent, as people would type it.
    #[serde(default)]
    pub default: Option<String>,
    /// Fields that must be sent along once this one is set, by name, with the value they take if unset.
    #[serde(default)]
    pub brings: Vec<Companion>,
    /// One line of help.
    pub help: String,
}

/// A field that must come along with another.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    pub field: String,
    pub value: String,
}

/// What kind of value a field holds, and how people type it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Free text.
    Text,
    /// A whole number.
    Integer,
    /// A length of time, typed `m:ss`, sent in milliseconds.
    Milliseconds,
    /// A length of time, typed `m:ss`, sent in whole seconds.
    Seconds,
    /// One of a few words, sent as text.
    Choice,
    /// One of a few numbers, sent as a number.
    Number,
    /// Yes or no.
    Flag,
    /// The address of a recording.
    Url,
    /// The service's id of an uploaded voice.
    VoiceId,
    /// The service's id of an uploaded instrumental.
    InstrumentalId,
}

impl Catalogue {
    /// The embedded catalogue.
    ///
    /// # Errors
    /// When the embedded file breaks its own rules; a test holds that it does not.
    pub fn embedded() -> Result<Self, CatalogueError> {
        todo!()
    }

    /// Every model, in the order of the file.
    #[must_use]
    pub fn models(&self) -> &[ModelSpec] {
        &self.models
    }

    /// The model of that id, label or alias, whatever the case.
    #[must_use]
    pub fn find(&self, _name: &str) -> Option<&ModelSpec> {
        todo!()
    }
}

impl ModelSpec {
    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&FieldSpec> {
        self.fields.iter().find(|field| field.name == name)
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

/// A catalogue file that breaks a rule.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {what}")]
pub struct CatalogueError {
    /// The file, or `the embedded catalogue`.
    pub file: String,
    /// Table, key and rule.
    pub what: String,
}
