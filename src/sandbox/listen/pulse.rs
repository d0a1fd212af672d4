//! How fast the music goes: where sounds begin, and after what time that comes again.

use realfft::RealFftPlanner;

use super::spectra::Spectra;

/// Samples of a window, and from one to the next: about 46 ms and 12 ms.
const WINDOW: usize = 512;
const HOP: usize = 128;

/// Bands in which a beginning is looked for.
const BANDS: usize = 24;

/// Power below which a band is silent.
const SILENT: f32 = 1e-3;

/// Less than this begins all the time in a tone that stays.
const FAINT: f32 = 0.5;

/// Tempi that are looked for, in beats a minute.
const SLOWEST: f64 = 50.0;
const FASTEST: f64 = 200.0;

/// From one tempo that is tried to the next.
const FINENESS: f64 = 1.002;

/// Of two tempi of which one is twice the other the one nearer to this is meant...
const USUAL: f64 = 112.0;
/// ...by so much, in octaves.
const BREADTH: f64 = 0.8;

/// The beat comes again after one beat, after two, three and four: beats, and how much each counts.
const AGAIN: [(f64, f64); 4] = [(1.0, 0.4), (2.0, 0.2), (3.0, 0.2), (4.0, 0.2)];

/// What comes again less than this is no beat: speech, or noise.
const LEAST: f64 = 0.12;

/// Follows the beginnings of sounds.
pub struct Pulse {
    spectra: Spectra,
    rate: f64,
    /// The bands of the last spectrum.
    last: [f32; BANDS],
    /// How much of the spectrum began at each hop.
    beginnings: Vec<f32>,
}

impl Pulse {
    /// For a sound with that many samples a second.
    pub fn new(rate: f64) -> Self {
        Self { spectra: Spectra::new(WINDOW, HOP), rate, last: [0.0; BANDS], beginnings: Vec::new() }
    }

    pub fn hear(&mut self, samples: &[f32]) {
        let Self { spectra, last, beginnings, .. } = self;
        spectra.push(samples, |power| {
            let now = loudness_of_bands(power);
            let grown: f32 = now.iter().zip(&*last).map(|(now, last)| (now - last).max(0.0)).sum();
            beginnings.push(if grown < FAINT || beginnings.is_empty() { 0.0 } else { grown });
            *last = now;
        });
    }

    /// Beats a minute; nothing if there is no beat.
    pub fn tempo(&self) -> Option<f64> {
        let hops_per_minute = 60.0 * self.rate / HOP as f64;
        let again = returns(&salient(&self.beginnings, (self.rate / HOP as f64) as usize));
        let whole = f64::from(*again.first().filter(|whole| **whole > 0.0)?);
        let at = |lag: f64| -> f64 {
            let (place, part) = (lag as usize, lag.fract());
            let value = |place: usize| again.get(place).map_or(0.0, |value| f64::from(*value));
            value(place) * (1.0 - part) + value(place + 1) * part
        };
        let strength = |tempo: f64| {
            let beat = hops_per_minute / tempo;
            AGAIN.iter().map(|(beats, weight)| weight * at(beat * beats)).sum::<f64>() / whole
        };
        let likely = |tempo: f64| (-0.5 * ((tempo / USUAL).log2() / BREADTH).powi(2)).exp();
        let tried = std::iter::successors(Some(SLOWEST), |tempo| Some(tempo * FINENESS));
        let scored = tried.take_while(|tempo| *tempo <= FASTEST).map(|tempo| (tempo, strength(tempo) * likely(tempo)));
        let (tempo, _) = scored.max_by(|(_, one), (_, other)| one.total_cmp(other))?;
        (strength(tempo) >= LEAST).then_some(tempo)
    }
}

/// The bands of a spectrum, each three quarters of a fifth or so, on a scale like the ear's.
fn loudness_of_bands(power: &[f32]) -> [f32; BANDS] {
    let mut bands = [0.0; BANDS];
    let (mut line, top) = (1, power.len() as f32 * 0.9);
    for (number, band) in bands.iter_mut().enumerate() {
        let end = (top.powf((number + 1) as f32 / BANDS as f32) as usize).clamp(line, power.len());
        let mut sum = 0.0;
        while line < end {
            sum += power[line];
            line += 1;
        }
        *band = (1.0 + sum / SILENT).ln();
    }
    bands
}

/// What stands out of its surroundings of a second.
fn salient(beginnings: &[f32], second: usize) -> Vec<f32> {
    let half = second / 2;
    let mut sums = vec![0.0_f64];
    sums.extend(beginnings.iter().scan(0.0, |sum, value| {
        *sum += f64::from(*value);
        Some(*sum)
    }));
    let mean = |place: usize| {
        let (from, to) = (place.saturating_sub(half), (place + half + 1).min(beginnings.len()));
        ((sums[to] - sums[from]) / (to - from) as f64) as f32
    };
    beginnings.iter().enumerate().map(|(place, value)| (value - mean(place)).max(0.0)).collect()
}

/// How much a curve is like itself after each delay. By way of its spectrum, which is quick.
fn returns(curve: &[f32]) -> Vec<f32> {
    let mean = curve.iter().sum::<f32>() / curve.len().max(1) as f32;
    let mut padded: Vec<f32> = curve.iter().map(|value| value - mean).collect();
    padded.resize((curve.len() * 2).next_power_of_two(), 0.0);
    let mut planner = RealFftPlanner::new();
    let (there, back) = (planner.plan_fft_forward(padded.len()), planner.plan_fft_inverse(padded.len()));
    let mut spectrum = there.make_output_vec();
    let turned = there.process(&mut padded, &mut spectrum).and_then(|()| {
        for line in &mut spectrum {
            *line = (line.re * line.re + line.im * line.im).into();
        }
        back.process(&mut spectrum, &mut padded)
    });
    // It refuses only lengths that are not its own.
    if turned.is_err() {
        return Vec::new();
    }
    // The later it comes again, the less there is left in which it can.
    let fair = |(delay, value): (usize, &f32)| value / (curve.len() - delay) as f32;
    padded.iter().take(curve.len() / 2).enumerate().map(fair).collect()
}
