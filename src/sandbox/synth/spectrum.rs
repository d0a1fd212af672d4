//! The transform of MPEG Layer III: from grains of samples to spectral lines.
//!
//! The filter bank is the crate's; the second stage, a windowed cosine transform, is done here from a
//! table, because only the lowest subbands are needed and the crate computes each cosine anew.

use std::f32::consts::PI;

use oxideav_mp3::analysis::{AnalysisState, analyze_granule};
use oxideav_mp3::{alias_ca, alias_cs};

use super::tape::GRAIN;

/// Samples of a subband in a grain, and lines of a subband.
const SLOTS: usize = 18;
const SUBBANDS: usize = 32;

/// The instruments have nothing above this, in hertz.
const HIGHEST: u32 = 8_000;

/// The second stage's table: for each line the weights of the grain before and of this one.
pub struct Transform {
    weights: [[f32; 2 * SLOTS]; SLOTS],
    straight: [f32; 8],
    crossed: [f32; 8],
}

/// How many lines carry sound at a sample rate: whole subbands.
pub fn lines(rate: u32) -> usize {
    let subband_hertz = rate / 2 / SUBBANDS as u32;
    (HIGHEST.div_ceil(subband_hertz) as usize).min(SUBBANDS) * SLOTS
}

impl Transform {
    pub fn new() -> Self {
        let mut weights = [[0.0; 2 * SLOTS]; SLOTS];
        for (line, row) in weights.iter_mut().enumerate() {
            for (slot, weight) in row.iter_mut().enumerate() {
                let window = (PI / 36.0 * (slot as f32 + 0.5)).sin();
                let angle = PI / 72.0 * ((2 * slot + 1 + SLOTS) * (2 * line + 1)) as f32;
                // Half the window's length is the transform's own gain.
                *weight = window * angle.cos() / 9.0;
            }
        }
        Self { weights, straight: alias_cs(), crossed: alias_ca() }
    }

    /// The spectrum of a sound, with the two grains in which the filters die away.
    pub fn analyse(&self, sound: &[f32], lines: usize) -> Vec<f32> {
        let grains = sound.len().div_ceil(GRAIN) + 2;
        let mut filter = AnalysisState::default();
        let mut before = [[0.0; SLOTS]; SUBBANDS];
        let mut spectrum = Vec::with_capacity(grains * lines);
        for grain in 0..grains {
            let mut samples = [0.0; GRAIN];
            let rest = sound.get(grain * GRAIN..).unwrap_or_default();
            let heard = rest.len().min(GRAIN);
            samples[..heard].copy_from_slice(&rest[..heard]);
            let now = inverted(analyze_granule(&samples, &mut filter));
            let first = spectrum.len();
            for subband in 0..lines / SLOTS {
                let (old, new) = (&before[subband], &now[subband]);
                spectrum.extend(self.weights.iter().map(|row| dot(&row[..SLOTS], old) + dot(&row[SLOTS..], new)));
            }
            self.unalias(&mut spectrum[first..]);
            before = now;
        }
        spectrum
    }

    /// The decoder crosses neighbouring subbands to cancel their aliases; this is the other direction.
    fn unalias(&self, lines: &mut [f32]) {
        for boundary in (SLOTS..lines.len()).step_by(SLOTS) {
            for (step, (straight, crossed)) in self.straight.iter().zip(self.crossed).enumerate() {
                let (low, high) = (lines[boundary - 1 - step], lines[boundary + step]);
                lines[boundary - 1 - step] = low * straight + high * crossed;
                lines[boundary + step] = high * straight - low * crossed;
            }
        }
    }
}

fn dot(left: &[f32], right: &[f32]) -> f32 {
    left.iter().zip(right).map(|(left, right)| left * right).sum()
}

/// Odd subbands come mirrored from the filters: every second sample of them changes its sign.
fn inverted(mut subbands: [[f32; SLOTS]; SUBBANDS]) -> [[f32; SLOTS]; SUBBANDS] {
    for subband in subbands.iter_mut().skip(1).step_by(2) {
        for sample in subband.iter_mut().skip(1).step_by(2) {
            *sample = -*sample;
        }
    }
    subbands
}
