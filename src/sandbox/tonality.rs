//! The key that music is in, as one names it: `D minor`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The twelve tones from C on.
const NAMES: [&str; 12] = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];

/// A tone to come home to, and a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Tonality {
    /// The tonic's pitch class, 0 for C.
    pub tonic: u8,
    pub minor: bool,
}

impl Tonality {
    /// All of them: the major ones, then the minor ones.
    pub fn all() -> impl Iterator<Item = Self> {
        [false, true].into_iter().flat_map(|minor| (0..12).map(move |tonic| Self { tonic, minor }))
    }
}

impl fmt::Display for Tonality {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = if self.minor { "minor" } else { "major" };
        write!(out, "{} {mode}", NAMES[usize::from(self.tonic % 12)])
    }
}

impl From<Tonality> for String {
    fn from(tonality: Tonality) -> Self {
        tonality.to_string()
    }
}

/// A name that no key has.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no key")]
pub struct NoTonality(String);

impl FromStr for Tonality {
    type Err = NoTonality;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::all().find(|known| known.to_string() == name).ok_or_else(|| NoTonality(name.to_owned()))
    }
}

impl TryFrom<String> for Tonality {
    type Error = NoTonality;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}
