//! A medium that sounds are recorded on and mixed in.
//!
//! Sound is kept in grains of 576 samples, the grain of MP3. On the tape of a WAV file a grain is those
//! samples; on the tape of an MP3 it is their spectrum. MP3's transform is linear, so the sum of two
//! spectra is the spectrum of the sum: each tone is transformed once, and a song of four minutes is mixed
//! from tones that are a minute together. That is what makes it quick enough to be made while one waits.

use super::spectrum::{self, Transform};

/// Samples in a grain.
pub const GRAIN: usize = 576;

/// Sound in one channel: whole grains, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Track(Vec<f32>);

/// The medium.
pub enum Tape {
    /// A grain is its samples.
    Samples,
    /// A grain is its lowest spectral lines.
    Spectrum { transform: Box<Transform>, lines: usize },
}

impl Tape {
    /// A tape for samples.
    pub fn samples() -> Self {
        Self::Samples
    }

    /// A tape for spectra at this sample rate.
    pub fn spectrum(rate: u32) -> Self {
        Self::Spectrum { transform: Box::new(Transform::new()), lines: spectrum::lines(rate) }
    }

    /// Numbers in a grain.
    pub fn width(&self) -> usize {
        match self {
            Self::Samples => GRAIN,
            Self::Spectrum { lines, .. } => *lines,
        }
    }

    /// Records a sound from its first sample.
    pub fn record(&self, sound: &[f32]) -> Track {
        match self {
            Self::Samples => {
                let mut samples = sound.to_vec();
                samples.resize(sound.len().div_ceil(GRAIN) * GRAIN, 0.0);
                Track(samples)
            }
            Self::Spectrum { transform, lines } => Track(transform.analyse(sound, *lines)),
        }
    }
}

impl Track {
    /// The grain of that number, or nothing after the end.
    pub fn grain(&self, number: usize, width: usize) -> Option<&[f32]> {
        self.0.get(number * width..(number + 1) * width)
    }

    /// Adds another track from that grain on, as much louder.
    pub fn add(&mut self, other: &Self, from_grain: usize, width: usize, level: f32) {
        let start = from_grain * width;
        let end = start + other.0.len();
        if self.0.len() < end {
            self.0.resize(end, 0.0);
        }
        mix(&mut self.0[start..end], &other.0, level);
    }
}

/// Adds a sound to another, as far as both go. It counts by hand for the sake of builds without optimisation.
pub fn mix(into: &mut [f32], from: &[f32], level: f32) {
    let (length, mut place) = (into.len().min(from.len()), 0);
    while place < length {
        into[place] += from[place] * level;
        place += 1;
    }
}
