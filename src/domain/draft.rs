//! What is being written: the words, the style, and the settings of every model tried.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::fit::Fit;

/// The text of a song in progress. One lyric serves every model; switching models changes no text.
///
/// Values are kept as they were typed, so that a wrong one is shown back and never lost; they are read
/// when the draft is checked or sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// The catalogue id of the chosen model, as `minimax/music-2.0`.
    pub model: String,
    /// What the music should be like.
    pub style: String,
    /// The words, with section tags such as `[Verse 1]` on lines of their own.
    pub lyrics: String,
    /// Values of the models' other fields by field name (not wire name), as typed: `length` = `2:50`.
    /// Fields of one name are shared between models. An absent or empty value is "not set".
    pub settings: BTreeMap<String, String>,
    /// What was adapted for single models, by model id.
    pub fits: BTreeMap<String, Fit>,
}

/// How bad a problem is. Only [`Grade::MustFix`] stops an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// The service would refuse it.
    MustFix,
    /// Probably not what is meant.
    Look,
    /// Good to know.
    Hint,
}

/// Something about a draft that a person should know before ordering.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field's name: `style`, `lyrics`, `length` ...
    pub field: String,
    /// What it holds, shortened; a count for long text.
    pub value: String,
    /// The rule it breaks, with the model's name.
    pub rule: String,
    pub grade: Grade,
}

/// How much of a text limit is used by what would be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// UTF-16 units that would be sent.
    pub used: u64,
    /// The limit, if the model has one.
    pub most: Option<u64>,
}

impl Problem {
    /// One sentence without a full stop: `style has 412 characters, music-1.5 takes 300`.
    #[must_use]
    pub fn sentence(&self) -> String {
        todo!()
    }
}

impl Draft {
    /// Every problem of this draft with that model, at once; the gravest first.
    #[must_use]
    pub fn check(&self, _spec: &super::catalogue::ModelSpec) -> Vec<Problem> {
        todo!()
    }

    /// Exactly the JSON that the service takes: unset fields are absent, never null.
    #[must_use]
    pub fn body(&self, _spec: &super::catalogue::ModelSpec) -> serde_json::Map<String, serde_json::Value> {
        todo!()
    }

    /// How much of a text field's limit (`style` or `lyrics`) what would be sent uses; nothing where the
    /// model has no such field.
    #[must_use]
    pub fn measure(&self, _spec: &super::catalogue::ModelSpec, _field: &str) -> Option<Measure> {
        todo!()
    }
}
