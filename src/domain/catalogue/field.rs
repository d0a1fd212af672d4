//! One field of a model: its place in the request, its kind and its limits.

use serde::Deserialize;

use crate::domain::recording::Rules;

/// How sure a limit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Firmness {
    /// From the service's schema or main pages: an order past it is stopped.
    Hard,
    /// Hearsay: an order past it is warned of and may go.
    Soft,
}

/// A number with how sure it is. In the file `300` is hard and `{ soft = 600 }` is soft.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(from = "WrittenLimit")]
pub struct Limit {
    pub value: u64,
    pub firmness: Firmness,
}

/// A limit as the file has it.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a whole number, or `{ soft = number }`")]
enum WrittenLimit {
    Hard(u64),
    Soft(SoftLimit),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SoftLimit {
    soft: u64,
}

impl From<WrittenLimit> for Limit {
    fn from(written: WrittenLimit) -> Self {
        match written {
            WrittenLimit::Hard(value) => Self { value, firmness: Firmness::Hard },
            WrittenLimit::Soft(SoftLimit { soft }) => Self { value: soft, firmness: Firmness::Soft },
        }
    }
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
    /// Whether a request without it passes but hardly makes sense.
    #[serde(default)]
    pub expected: bool,
    /// Least length in characters for text, least value for numbers (in wire units).
    #[serde(default)]
    pub min: Option<Limit>,
    /// Greatest length in UTF-16 units for text, greatest value for numbers (in wire units).
    #[serde(default)]
    pub max: Option<Limit>,
    /// Allowed values, for [`Kind::Choice`] and [`Kind::Number`].
    #[serde(default)]
    pub choices: Vec<String>,
    /// What the service assumes when the field is absent, as people would type it.
    #[serde(default)]
    pub default: Option<String>,
    /// Fields that must be sent along once this one is set, by name, with the value they take if unset.
    #[serde(default)]
    pub brings: Vec<Companion>,
    /// Fields that are not sent when this flag is yes.
    #[serde(default)]
    pub drops: Vec<String>,
    /// Fields that may be absent when this flag is yes.
    #[serde(default)]
    pub excuses: Vec<String>,
    /// Whether this length, when unset and too short for the lyric, is set to fit its singing time.
    #[serde(default)]
    pub follows_lyrics: bool,
    /// What is asked of the recording that it names.
    #[serde(default)]
    pub recording: Rules,
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

impl Kind {
    /// Whether it is a length of time, typed and shown as `m:ss`.
    #[must_use]
    pub fn is_length(self) -> bool {
        matches!(self, Self::Milliseconds | Self::Seconds)
    }

    /// Whether it names a recording: by address, as a file, or by an id of the service.
    #[must_use]
    pub fn is_reference(self) -> bool {
        matches!(self, Self::Url | Self::VoiceId | Self::InstrumentalId)
    }

    /// Whether `min` and `max` mean something for it.
    #[must_use]
    pub fn has_range(self) -> bool {
        matches!(self, Self::Text | Self::Integer) || self.is_length()
    }

    /// Whether its values are listed in `choices`.
    #[must_use]
    pub fn has_choices(self) -> bool {
        matches!(self, Self::Choice | Self::Number)
    }
}
