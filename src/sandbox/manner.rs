//! How a song is to sound besides what its words say: as what it refers to.

use serde::{Deserialize, Serialize};

use super::synth::Dice;
use super::tonality::Tonality;

/// What is heard in a recording, and what a song takes from its references; what is absent is the song's own affair.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manner {
    /// Beats a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tempo: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Tonality>,
    /// In LUFS: decibels below full scale, as loud as one hears it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loudness: Option<f64>,
}

impl Manner {
    /// That of a recording that nobody fetches: its address decides, the same way every time.
    pub fn of_address(address: &str) -> Self {
        let mut dice = Dice::from_words(&[address]);
        let tempo = 72.0 + 2.0 * dice.roll(36) as f64;
        let key = Tonality { tonic: dice.roll(12) as u8, minor: dice.roll(2) == 0 };
        Self { tempo: Some(tempo), key: Some(key), loudness: None }
    }

    /// This one, and the other's where this one says nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            tempo: self.tempo.or(other.tempo),
            key: self.key.or(other.key),
            loudness: self.loudness.or(other.loudness),
        }
    }
}
