//! What is being written: the words, the style, and the settings of every model tried.

mod body;
mod check;
mod difference;
mod known;
mod problem;
mod recordings;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use known::Known;
pub use problem::{Grade, Holds, Problem};

use super::catalogue::{FieldSpec, LYRICS, ModelSpec, STYLE};
use super::fit::{self, Fit};
use super::lyrics::utf16_length;
use super::made_with::MadeWith;
use super::setting::{self, Value};

/// Characters of style or lyrics at most: twenty times the longest lyric that a model takes.
pub const MOST_CHARACTERS: usize = 60_000;

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

/// How much of a text limit is used by what would be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// UTF-16 units that would be sent.
    pub used: u64,
    /// The limit, if the model has one.
    pub most: Option<u64>,
}

impl Draft {
    /// Every problem that this draft by itself has with that model, at once; the gravest first.
    #[must_use]
    pub fn check(&self, spec: &ModelSpec) -> Vec<Problem> {
        check::problems(self, spec, Known::default())
    }

    /// Every problem of this draft with that model, as far as what is known around it shows.
    #[must_use]
    pub fn check_knowing(&self, spec: &ModelSpec, known: Known<'_>) -> Vec<Problem> {
        check::problems(self, spec, known)
    }

    /// Exactly the JSON that the service takes: unset fields are absent, never null.
    ///
    /// A value that is not one of its field's kind is absent too: [`Draft::check`] says so, and a draft
    /// with something to fix is not sent.
    #[must_use]
    pub fn body(&self, spec: &ModelSpec) -> serde_json::Map<String, serde_json::Value> {
        body::json(self, spec)
    }

    /// How much of a text field's limit (`style` or `lyrics`) what would be sent uses; nothing where the
    /// model has no such field.
    #[must_use]
    pub fn measure(&self, spec: &ModelSpec, field: &str) -> Option<Measure> {
        let limit = spec.field(field)?.max;
        let rendering = fit::render(self, spec);
        let text = match field {
            STYLE => rendering.style,
            LYRICS => rendering.lyrics,
            _ => return None,
        };
        Some(Measure { used: text.map_or(0, |text| utf16_length(&text)), most: limit.map(|limit| limit.value) })
    }

    /// How this draft differs from the one it came from, in one line; nothing where its words and settings
    /// are the same.
    #[must_use]
    pub fn difference(&self, from: &Self) -> Option<String> {
        difference::in_short(from, self, |_| None)
    }

    /// The same, with references by what they were called when this draft was ordered.
    #[must_use]
    pub fn difference_calling(&self, from: &Self, references: &[MadeWith]) -> Option<String> {
        let called = |field: &str| references.iter().find(|it| it.field == field).map(MadeWith::called);
        difference::in_short(from, self, called)
    }

    /// What was typed for a setting, without white space at its ends; nothing where it is not set.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.settings.get(name).map(|typed| typed.trim()).filter(|typed| !typed.is_empty())
    }

    /// Seconds of the song that the model is asked for, or makes where it is asked for none; nothing where
    /// the model has no such field.
    #[must_use]
    pub fn length(&self, spec: &ModelSpec) -> Option<u64> {
        body::length(self, spec)
    }

    /// The references that the model gets; what they are called is for the library to say.
    #[must_use]
    pub fn references_sent(&self, spec: &ModelSpec) -> Vec<MadeWith> {
        let fields = spec.fields.iter().filter(|field| field.kind.is_reference());
        let sent = fields.filter(|field| self.silencer(spec, &field.name).is_none());
        sent.filter_map(|field| Some(MadeWith::of(&field.name, self.setting(&field.name)?))).collect()
    }

    /// The flag, if any, because of which that model does not get the field.
    #[must_use]
    pub fn silencer<'a>(&self, spec: &'a ModelSpec, field: &str) -> Option<&'a FieldSpec> {
        spec.fields.iter().find(|flag| flag.drops.iter().any(|name| name == field) && self.is_yes(flag))
    }

    /// Whether the model can do without the field because of a flag that is yes.
    fn is_excused(&self, spec: &ModelSpec, field: &str) -> bool {
        let named = |flag: &FieldSpec| flag.drops.iter().chain(&flag.excuses).any(|name| name == field);
        spec.fields.iter().any(|flag| named(flag) && self.is_yes(flag))
    }

    fn is_yes(&self, flag: &FieldSpec) -> bool {
        let typed = self.setting(&flag.name);
        typed.and_then(|typed| setting::read(flag, typed)) == Some(Value::Flag(true))
    }
}
