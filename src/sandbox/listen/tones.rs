//! Which key the music is in: how much of each of the twelve tones there is, held against what each key has.

use super::super::tonality::Tonality;
use super::spectra::Spectra;

/// Samples of a window, and from one to the next: about 0.37 s and 0.19 s.
const WINDOW: usize = 4096;
const HOP: usize = 2048;

/// Where tones are looked for, in hertz: overtones of the highest voices are left out.
const LOWEST: f64 = 60.0;
const HIGHEST: f64 = 1_500.0;

/// How much a major and a minor key have of each tone from the tonic on. Found by Krumhansl and Kessler by asking
/// listeners.
const MAJOR: [f64; 12] = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88];
const MINOR: [f64; 12] = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17];

/// What is less like any key than this has none...
const LEAST: f64 = 0.55;
/// ...nor has what has all tones alike, as noise: how much they differ, in parts of their mean.
const LEAST_DIFFERENCE: f64 = 0.2;

/// Counts tones.
pub struct Tones {
    spectra: Spectra,
    rate: f64,
    /// How much there was of each tone, from C on.
    amounts: [f64; 12],
}

impl Tones {
    /// For a sound with that many samples a second.
    pub fn new(rate: f64) -> Self {
        Self { spectra: Spectra::new(WINDOW, HOP), rate, amounts: [0.0; 12] }
    }

    pub fn hear(&mut self, samples: &[f32]) {
        let Self { spectra, rate, amounts } = self;
        let hertz = *rate / WINDOW as f64;
        spectra.push(samples, |power| count(power, hertz, amounts));
    }

    pub fn tonality(&self) -> Option<Tonality> {
        let likelihoods = Tonality::all().map(|key| (key, likeness(&self.amounts, key)));
        let (best, likelihood) = likelihoods.max_by(|(_, one), (_, other)| one.total_cmp(other))?;
        (likelihood >= LEAST && difference(&self.amounts) >= LEAST_DIFFERENCE).then_some(best)
    }
}

/// Adds the tones of a spectrum: lines that are stronger than their neighbours.
fn count(power: &[f32], hertz: f64, amounts: &mut [f64; 12]) {
    let (from, to) = ((LOWEST / hertz) as usize, ((HIGHEST / hertz) as usize).min(power.len() - 1));
    let mut found = [0.0; 12];
    for line in from.max(1)..to {
        let (below, here, above) = (power[line - 1], power[line], power[line + 1]);
        if here > below && here >= above && here > 1e-6 {
            let (low, mid, high) = (f64::from(below).ln(), f64::from(here).ln(), f64::from(above).ln());
            let between = 0.5 * (low - high) / (low - 2.0 * mid + high);
            let pitch = 12.0 * ((line as f64 + between) * hertz / 440.0).log2() + 69.0;
            found[(pitch.round() as i64).rem_euclid(12) as usize] += f64::from(here).sqrt();
        }
    }
    let whole: f64 = found.iter().sum();
    if whole > 0.0 {
        // The square root of loudness: a loud bar counts for more than a quiet one, but not for all.
        for (amount, found) in amounts.iter_mut().zip(found) {
            *amount += found / whole.sqrt();
        }
    }
}

/// How well a key explains the tones, from -1 to 1.
fn likeness(amounts: &[f64; 12], key: Tonality) -> f64 {
    let profile = if key.minor { MINOR } else { MAJOR };
    let (mean, usual) = (amounts.iter().sum::<f64>() / 12.0, profile.iter().sum::<f64>() / 12.0);
    let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
    for (place, weight) in profile.iter().enumerate() {
        let (amount, weight) = (amounts[(place + usize::from(key.tonic)) % 12] - mean, weight - usual);
        both += amount * weight;
        one += amount * amount;
        other += weight * weight;
    }
    if one > 0.0 { both / (one * other).sqrt() } else { 0.0 }
}

/// How much the tones differ: their deviation in parts of their mean.
fn difference(amounts: &[f64; 12]) -> f64 {
    let mean = amounts.iter().sum::<f64>() / 12.0;
    let variance = amounts.iter().map(|amount| (amount - mean).powi(2)).sum::<f64>() / 12.0;
    if mean > 0.0 { variance.sqrt() / mean } else { 0.0 }
}
