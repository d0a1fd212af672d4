//! The transform of MPEG Layer III: from grains of samples to spectral lines.
//!
//! Two stages: a filter bank that divides the sound into 32 subbands, then a windowed cosine transform in
//! each. The standard's tables are the crate's. The arithmetic is done here, because only the lowest
//! subbands are needed, and because the crate computes every cosine anew: that took most of the time.

use std::f32::consts::PI;

use oxideav_mp3::{C_TABLE, X_LEN, alias_ca, alias_cs};

use super::tape::GRAIN;

const SUBBANDS: usize = 32;

/// Samples of a subband in a grain, and lines of a subband.
const SLOTS: usize = 18;

/// The instruments have nothing above this, in hertz.
const HIGHEST: u32 = 8_000;

/// A grain's samples, by subband.
type Subbands = [[f32; SLOTS]; SUBBANDS];

/// The tables of both stages.
#[derive(Debug)]
pub struct Transform {
    window: [f32; X_LEN],
    /// By subband: the weights of the folded window.
    bank: [[f32; SUBBANDS]; SUBBANDS],
    /// The second stage's window, the first half of a symmetrical one.
    rise: [f32; SLOTS],
    /// By line: the weights of the folded samples.
    lines: [[f32; SLOTS]; SLOTS],
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
        let cosine = |odd: usize, step: usize, unit: f32| (PI / unit * ((2 * odd + 1) * step) as f32).cos();
        Self {
            window: C_TABLE.map(|weight| weight as f32),
            bank: std::array::from_fn(|band| std::array::from_fn(|step| cosine(band, step, 64.0))),
            rise: std::array::from_fn(|slot| (PI / 36.0 * (slot as f32 + 0.5)).sin()),
            // A ninth takes back the transform's own gain.
            lines: std::array::from_fn(|line| std::array::from_fn(|slot| cosine(line, 2 * slot + 1, 72.0) / 9.0)),
            straight: alias_cs(),
            crossed: alias_ca(),
        }
    }

    /// The spectrum of a sound, with the two grains in which the filters die away.
    pub fn analyse(&self, sound: &[f32], lines: usize) -> Vec<f32> {
        let grains = sound.len().div_ceil(GRAIN) + 2;
        let mut padded = sound.to_vec();
        padded.resize(grains * GRAIN, 0.0);
        let mut memory = [0.0; X_LEN];
        let mut before = [[0.0; SLOTS]; SUBBANDS];
        let mut spectrum = Vec::with_capacity(grains * lines);
        for samples in padded.chunks_exact(GRAIN) {
            let now = self.subbands(samples, &mut memory, lines / SLOTS);
            let first = spectrum.len();
            for (old, new) in before.iter().zip(&now).take(lines / SLOTS) {
                let folded = self.fold(old, new);
                spectrum.extend(self.lines.iter().map(|weights| dot(weights, &folded)));
            }
            self.unalias(&mut spectrum[first..]);
            before = now;
        }
        spectrum
    }

    /// The first stage: each 32 samples give one of every subband.
    fn subbands(&self, samples: &[f32], memory: &mut [f32; X_LEN], wanted: usize) -> Subbands {
        let mut subbands = [[0.0; SLOTS]; SUBBANDS];
        for (slot, fresh) in samples.chunks_exact(SUBBANDS).enumerate() {
            memory.copy_within(..X_LEN - SUBBANDS, SUBBANDS);
            for (place, sample) in memory[..SUBBANDS].iter_mut().zip(fresh.iter().rev()) {
                *place = *sample;
            }
            let folded = self.windowed(memory);
            for (band, weights) in self.bank.iter().enumerate().take(wanted) {
                // Odd subbands come mirrored: every second sample of them changes its sign.
                let mirrored = band % 2 == 1 && slot % 2 == 1;
                let value = dot(weights, &folded);
                subbands[band][slot] = if mirrored { -value } else { value };
            }
        }
        subbands
    }

    /// The window's 512 values folded to 64, and those by the cosine's symmetries to 32.
    fn windowed(&self, memory: &[f32; X_LEN]) -> [f32; SUBBANDS] {
        let (mut sums, mut place) = ([0.0; 2 * SUBBANDS], 0);
        while place < X_LEN {
            sums[place % (2 * SUBBANDS)] += self.window[place] * memory[place];
            place += 1;
        }
        std::array::from_fn(|step| match step {
            0 => sums[16],
            1..=16 => sums[16 + step] + sums[16 - step],
            _ => sums[16 + step] - sums[80 - step],
        })
    }

    /// The window of the second stage, folded from 36 values to the 18 that its cosines tell apart.
    fn fold(&self, old: &[f32; SLOTS], new: &[f32; SLOTS]) -> [f32; SLOTS] {
        let rising = |slot: usize| old[slot] * self.rise[slot];
        let falling = |slot: usize| new[slot] * self.rise[SLOTS - 1 - slot];
        std::array::from_fn(|slot| {
            if slot < 9 { -falling(8 - slot) - falling(9 + slot) } else { rising(slot - 9) - rising(26 - slot) }
        })
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

/// The sum of products. It counts by hand, as [`Transform::windowed`] does: nearly all the time goes here, and
/// a build without optimisation, where people try the sandbox first, needs four times as long for iterators.
fn dot<const N: usize>(left: &[f32; N], right: &[f32; N]) -> f32 {
    let (mut sum, mut place) = (0.0, 0);
    while place < N {
        sum += left[place] * right[place];
        place += 1;
    }
    sum
}
