//! How loud to play.

use std::convert::Infallible;

use super::super::listen::Meter;
use super::band::Band;
use super::score::Score;
use super::style::Lead;
use super::tape::{GRAIN, Tape};
use super::voices::Voices;

/// Samples a second of the rehearsal: enough for all that the instruments play.
const RATE: u32 = 16_000;

/// No song is made quieter or louder, in LUFS.
const QUIETEST: f64 = -40.0;
const LOUDEST: f64 = -9.0;

/// No sample may be stronger, where 1 is full scale.
const STRONGEST: f64 = 0.9;

/// By how much a song must be played louder to be as loud as is wanted, as far as nothing is cut off: it is
/// played once for a meter.
pub fn gain(wanted: Option<f64>, score: &Score, lead: Lead, seconds_per_step: f32, seconds: f32) -> f32 {
    let Some(wanted) = wanted else { return 1.0 };
    let grains_per_second = RATE as f32 / GRAIN as f32;
    let (step, grains) = (seconds_per_step * grains_per_second, (seconds * grains_per_second).ceil() as usize);
    let voices = Voices::new(lead, RATE, seconds_per_step);
    let band = Band::rehearse(score, &voices, Tape::samples(), RATE, step, grains);
    let Some(mut meter) = Meter::new(2, RATE) else { return 1.0 };
    let mut interleaved = vec![0.0; 2 * GRAIN];
    let played: Result<(), Infallible> = band.play(1.0, |stereo| {
        let mut place = 0;
        while place < GRAIN {
            interleaved[2 * place] = stereo.left[place];
            interleaved[2 * place + 1] = stereo.right[place];
            place += 1;
        }
        meter.hear(&interleaved);
        Ok(())
    });
    let Ok(()) = played;
    let Some(natural) = meter.loudness() else { return 1.0 };
    let gain = 10.0_f64.powf((wanted.clamp(QUIETEST, LOUDEST) - natural) / 20.0);
    gain.min(STRONGEST / meter.peak()) as f32
}
