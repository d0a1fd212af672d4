//! All that is heard of a sound while it passes, in memory that hardly grows with its length.

use super::super::tonality::Tonality;
use super::meter::Meter;
use super::pulse::Pulse;
use super::tones::Tones;

/// Samples a second that are enough for beats and tones.
const ENOUGH: u32 = 11_025;

/// Listens.
pub struct Ear {
    channels: usize,
    meter: Meter,
    thinned: Thinned,
    pulse: Pulse,
    tones: Tones,
}

impl Ear {
    /// An ear for that form of sound; nothing if there is none for it.
    pub fn new(channels: usize, rate: u32) -> Option<Self> {
        let meter = Meter::new(channels, rate)?;
        let thinned = Thinned::new((rate / ENOUGH).max(1) as usize);
        let rate = f64::from(rate) / thinned.every as f64;
        Some(Self { channels, meter, thinned, pulse: Pulse::new(rate), tones: Tones::new(rate) })
    }

    /// Hears samples of all channels, one moment after the other.
    pub fn hear(&mut self, interleaved: &[f32]) {
        self.meter.hear(interleaved);
        let mono = self.thinned.of(interleaved, self.channels);
        self.pulse.hear(mono);
        self.tones.hear(mono);
    }

    pub fn loudness(&self) -> Option<f64> {
        self.meter.loudness()
    }

    pub fn tempo(&self) -> Option<f64> {
        self.pulse.tempo()
    }

    pub fn tonality(&self) -> Option<Tonality> {
        self.tones.tonality()
    }
}

/// Makes one channel of all, and one sample of several: their mean.
struct Thinned {
    every: usize,
    sum: f32,
    summed: usize,
    made: Vec<f32>,
}

impl Thinned {
    fn new(every: usize) -> Self {
        Self { every, sum: 0.0, summed: 0, made: Vec::new() }
    }

    fn of(&mut self, interleaved: &[f32], channels: usize) -> &[f32] {
        self.made.clear();
        let (mut place, whole) = (0, interleaved.len() - interleaved.len() % channels);
        while place < whole {
            self.sum += interleaved[place];
            self.summed += 1;
            if self.summed == self.every * channels {
                self.made.push(self.sum / self.summed as f32);
                (self.sum, self.summed) = (0.0, 0);
            }
            place += 1;
        }
        &self.made
    }
}
