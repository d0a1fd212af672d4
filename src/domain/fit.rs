//! How one lyric goes to one model: what is left out, and in which dialect the rest is written.

use serde::{Deserialize, Serialize};

use super::catalogue::ModelSpec;
use super::draft::Draft;

/// What was adapted for one model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fit {
    /// Sections left out, by their place in the lyric, from 0.
    pub left_out: Vec<usize>,
    /// A style of its own, where the model's limit is shorter.
    pub style: Option<String>,
}

/// What would be sent of style and lyrics to a model.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendering {
    /// The style field's text, if the model has one and there is something to say.
    pub style: Option<String>,
    /// The lyrics field's text, if the model has one of its own.
    pub lyrics: Option<String>,
    /// What a person should know: `your words are not sung`, `lyrics within the style`.
    pub notes: Vec<String>,
}

/// Renders the draft for a model.
#[must_use]
pub fn render(_draft: &Draft, _spec: &ModelSpec) -> Rendering {
    todo!()
}
