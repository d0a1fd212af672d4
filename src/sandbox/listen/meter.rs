//! How loud a recording is: measured as broadcasters do (EBU R 128), so that a pause makes nothing quieter.

use ebur128::{Channel, EbuR128, Mode};

/// Measures what passes, in little memory however long it is.
#[derive(Debug)]
pub struct Meter(EbuR128);

impl Meter {
    /// A meter for that many channels; nothing for a form that no meter is made for.
    pub fn new(channels: usize, rate: u32) -> Option<Self> {
        let mut meter = EbuR128::new(channels as u32, rate, Mode::I | Mode::HISTOGRAM | Mode::SAMPLE_PEAK).ok()?;
        if channels == 1 {
            // It comes out of both loudspeakers.
            meter.set_channel(0, Channel::DualMono).ok()?;
        }
        Some(Self(meter))
    }

    /// Hears samples of all channels, one moment after the other.
    pub fn hear(&mut self, interleaved: &[f32]) {
        // It refuses only what is no whole number of moments, and then measures what came before.
        self.0.add_frames_f32(interleaved).unwrap_or_default();
    }

    /// The loudness of all that was heard, in LUFS; nothing of silence.
    pub fn loudness(&self) -> Option<f64> {
        self.0.loudness_global().ok().filter(|loudness| loudness.is_finite())
    }

    /// The strongest sample, where 1 is full scale.
    pub fn peak(&self) -> f64 {
        let peaks = (0..self.0.channels()).filter_map(|channel| self.0.sample_peak(channel).ok());
        peaks.fold(0.0, f64::max)
    }
}
