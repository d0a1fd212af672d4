//! How quickly the pretend service works.

use std::str::FromStr;
use std::time::Duration;

/// How many times faster than the real service.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Speed(f64);

/// A speed that is none.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no speed\nhint: give a number from 0.1 to 100000; 1 is the real pace")]
pub struct SpeedError(String);

impl Speed {
    /// The real service's pace.
    pub const REAL: Self = Self(1.0);

    /// For trying the program: the slowest model needs less than ten seconds, and the others keep their proportions.
    pub const DEMO: Self = Self(10.0);

    /// So many times faster than the real service.
    ///
    /// # Errors
    /// When the number is not from 0.1 to 100,000.
    pub fn times(factor: f64) -> Result<Self, SpeedError> {
        if (0.1..=100_000.0).contains(&factor) { Ok(Self(factor)) } else { Err(SpeedError(factor.to_string())) }
    }

    /// How long something takes here that takes so many seconds there.
    pub fn shortened(self, seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds / self.0)
    }
}

impl Default for Speed {
    fn default() -> Self {
        Self::DEMO
    }
}

impl FromStr for Speed {
    type Err = SpeedError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let factor: f64 = text.trim().parse().map_err(|_| SpeedError(text.to_owned()))?;
        Self::times(factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_a_positive_number() {
        assert_eq!("1".parse::<Speed>().ok(), Some(Speed::REAL));
        for wrong in ["0", "-1", "fast", "", "NaN", "inf"] {
            assert!(wrong.parse::<Speed>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_demonstration_pace_is_under_fifteen_seconds_for_every_model() {
        let models = super::super::models::Models::embedded().unwrap();
        for model in models.all() {
            assert!(Speed::DEMO.shortened(model.seconds * 1.1) < Duration::from_secs(10), "{}", model.id);
            assert!(Speed::DEMO.shortened(model.seconds) > Duration::from_secs(1), "{}", model.id);
        }
    }
}
