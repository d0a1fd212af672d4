//! The instruments: one tone at a time, as samples.

use std::f32::consts::TAU;

use super::dice::Dice;
use super::score::{Part, Tone};
use super::style::Lead;

/// Entries of a wave table. A power of two; enough that the nearest entry is heard as the curve itself.
const TABLE: usize = 2048;

/// The highest overtone that is played, in hertz: soft, and below what the lowest sample rate can carry.
const BRIGHTEST: f32 = 5_000.0;

/// The players of one song at one sample rate.
pub struct Voices {
    lead: Lead,
    rate: f32,
    seconds_per_step: f32,
}

/// How an instrument sounds: the strength of its overtones, how fast it begins and dies away.
struct Timbre {
    overtones: &'static [f32],
    /// Seconds until full loudness.
    attack: f32,
    /// Seconds in which the sound falls to about a third; long for sounds that stay.
    decay: f32,
}

const KEYS: Timbre = Timbre { overtones: &[1.0, 0.5, 0.25, 0.16, 0.08, 0.04], attack: 0.006, decay: 0.55 };
const STRINGS: Timbre = Timbre { overtones: &[1.0, 0.7, 0.5, 0.35, 0.25, 0.18, 0.12], attack: 0.004, decay: 0.32 };
const VOICE: Timbre = Timbre { overtones: &[1.0, 0.6, 0.15, 0.08], attack: 0.05, decay: 4.0 };
const CHIP: Timbre = Timbre { overtones: &[1.0, 0.0, 0.33, 0.0, 0.2, 0.0, 0.14], attack: 0.004, decay: 1.2 };
const PAD: Timbre = Timbre { overtones: &[1.0, 0.35, 0.2, 0.1], attack: 0.06, decay: 1.5 };
const BASS: Timbre = Timbre { overtones: &[1.0, 0.45, 0.12], attack: 0.01, decay: 0.7 };

impl Voices {
    pub fn new(lead: Lead, rate: u32, seconds_per_step: f32) -> Self {
        Self { lead, rate: rate as f32, seconds_per_step }
    }

    /// A tone from its first sample until it has died away, at most at full scale.
    pub fn play(&self, tone: Tone) -> Vec<f32> {
        match tone.part {
            Part::Kick => self.kick(),
            Part::Brush => self.brush(),
            Part::Melody => self.pitched(tone, self.lead_timbre()),
            Part::Chord => self.pitched(tone, &PAD),
            Part::Bass => self.pitched(tone, &BASS),
        }
    }

    fn lead_timbre(&self) -> &'static Timbre {
        match self.lead {
            Lead::Keys => &KEYS,
            Lead::Strings => &STRINGS,
            Lead::Voice => &VOICE,
            Lead::Chip => &CHIP,
        }
    }

    fn pitched(&self, tone: Tone, timbre: &Timbre) -> Vec<f32> {
        const RELEASE: f32 = 0.12;
        let hertz = 440.0 * ((f32::from(tone.pitch) - 69.0) / 12.0).exp2();
        let table = wave(timbre.overtones, hertz);
        let held = f32::from(tone.steps) * self.seconds_per_step;
        let samples = ((held + RELEASE) * self.rate) as usize;
        let release = RELEASE * self.rate;
        let attack = timbre.attack * self.rate;
        let fall = (-1.0 / (timbre.decay * self.rate)).exp();
        let advance = hertz / self.rate * TABLE as f32;
        let (mut phase, mut loudness) = (0.0_f32, 1.0_f32);
        (0..samples)
            .map(|sample| {
                let rise = (sample as f32 / attack).min(1.0);
                let end = ((samples - sample) as f32 / release).min(1.0);
                let value = table[phase as usize % TABLE] * loudness * rise * end;
                phase += advance;
                if phase >= TABLE as f32 {
                    phase -= TABLE as f32;
                }
                loudness *= fall;
                value
            })
            .collect()
    }

    /// A soft bass drum: a low tone that falls.
    fn kick(&self) -> Vec<f32> {
        let samples = (0.22 * self.rate) as usize;
        let mut phase = 0.0_f32;
        (0..samples)
            .map(|sample| {
                let left = 1.0 - sample as f32 / samples as f32;
                phase += TAU * (42.0 + 75.0 * left.powi(4)) / self.rate;
                phase.sin() * left * left
            })
            .collect()
    }

    /// A brush on a snare: noise, made duller, dying away.
    fn brush(&self) -> Vec<f32> {
        let samples = (0.16 * self.rate) as usize;
        let dull = (3_500.0 / self.rate).min(0.5);
        let mut dice = Dice::from_words(&["brush"]);
        let mut value = 0.0_f32;
        (0..samples)
            .map(|sample| {
                let left = 1.0 - sample as f32 / samples as f32;
                value += dull * (dice.swing() - value);
                2.0 * value * left.powi(3)
            })
            .collect()
    }
}

/// One period of a wave with these overtones, those that are too bright left out, at full scale.
fn wave(overtones: &[f32], hertz: f32) -> Vec<f32> {
    let heard: Vec<(f32, f32)> = (1_u8..)
        .map(f32::from)
        .zip(overtones.iter().copied())
        .filter(|(multiple, strength)| *strength > 0.0 && (*multiple <= 1.0 || multiple * hertz < BRIGHTEST))
        .collect();
    let at = |place: usize| {
        let angle = TAU * place as f32 / TABLE as f32;
        heard.iter().map(|(multiple, strength)| strength * (angle * multiple).sin()).sum::<f32>()
    };
    let table: Vec<f32> = (0..TABLE).map(at).collect();
    let peak = table.iter().fold(f32::MIN_POSITIVE, |peak, value| peak.max(value.abs()));
    table.into_iter().map(|value| value / peak).collect()
}
