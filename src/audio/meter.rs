//! How loud a sound is.

/// The loudest sample and the power of all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Meter {
    peak: f32,
    power: f64,
    count: u64,
}

/// The quietest that is told apart from nothing.
const NOTHING: f32 = -120.0;

impl Meter {
    /// Listens to some samples.
    pub fn hear(&mut self, samples: &[f32]) {
        for sample in samples.iter().filter(|sample| sample.is_finite()) {
            self.peak = self.peak.max(sample.abs());
            self.power += f64::from(*sample) * f64::from(*sample);
        }
        self.count += samples.len() as u64;
    }

    /// The loudest sample in decibels below full scale.
    pub fn peak(&self) -> f32 {
        decibels(self.peak)
    }

    /// How loud it is over all (the root of its mean power), in decibels below full scale.
    pub fn loudness(&self) -> f32 {
        let mean = self.power / self.count.max(1) as f64;
        decibels(mean.sqrt() as f32)
    }
}

fn decibels(amplitude: f32) -> f32 {
    (20.0 * amplitude.log10()).max(NOTHING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_scale_is_nought_and_silence_is_far_below() {
        let mut meter = Meter::default();
        assert!((meter.peak() - NOTHING).abs() < 0.01 && (meter.loudness() - NOTHING).abs() < 0.01);
        meter.hear(&[0.0, -0.5, f32::NAN, 0.5]);
        assert!((meter.peak() + 6.02).abs() < 0.01, "{}", meter.peak());
        assert!((meter.loudness() + 9.03).abs() < 0.01, "{}", meter.loudness());
        meter.hear(&[1.0]);
        assert!(meter.peak().abs() < 0.01);
    }
}
