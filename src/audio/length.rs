//! How long a sound is, as people read it.

use std::fmt;

const MINUTE: u64 = 60_000;

/// A length in milliseconds; shown to the second, and to the tenth where it is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(pub u64);

impl Length {
    /// The length of so many samples of one channel.
    pub fn of(samples: u64, rate: u32) -> Self {
        let ms = u128::from(samples) * 1000 / u128::from(rate.max(1));
        Self(u64::try_from(ms).unwrap_or(u64::MAX))
    }

    /// To the tenth of a second, however long: where a second decides, it should be seen.
    pub fn exact(self) -> String {
        let Self(ms) = self;
        if ms < MINUTE { self.to_string() } else { format!("{self}.{}", ms % 1000 / 100) }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(ms) = self;
        match ms % 1000 / 100 {
            0 if *ms < MINUTE => write!(f, "{} s", ms / 1000),
            tenth if *ms < MINUTE => write!(f, "{}.{tenth} s", ms / 1000),
            _ => write!(f, "{}:{:02}", ms / MINUTE, ms / 1000 % 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_shown_as_minutes_or_as_tenths_of_a_second() {
        let shown = [0, 940, 9_999, 59_999, 60_000, 3_725_000].map(|ms| Length(ms).to_string());
        assert_eq!(shown, ["0 s", "0.9 s", "9.9 s", "59.9 s", "1:00", "62:05"]);
        assert_eq!(Length(600_100).exact(), "10:00.1");
        assert_eq!(Length::of(22_050, 44_100), Length(500));
        assert_eq!(Length::of(5, 0), Length(5_000), "a rate of nought divides nothing");
    }
}
