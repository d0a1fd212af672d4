//! AIFF and AIFC.

use super::super::format::Format;
use super::super::unheard::{Loss, Unheard};
use super::super::window::Window;
use super::chunks::{self, Chunk};
use super::{Coding, Form, Outline, expect_sense};

/// An AIFF file's header.
pub struct Aiff {
    rate: u32,
    channels: u16,
    samples: u64,
    sound: Chunk,
    /// What is missing of the sound.
    missing: u64,
}

impl Aiff {
    /// Reads the chunks up to the sound, and beyond it where the layout stands behind.
    ///
    /// # Errors
    /// When the file ends before its sound.
    pub fn read(window: &Window) -> Result<Self, Unheard> {
        let chunks = chunks::until(window, u32::from_be_bytes, [0; 4])?;
        let named = |name: &[u8; 4]| chunks.iter().find(|chunk| chunk.name == *name);
        let sound = *named(b"SSND").ok_or(Loss::Before("its sound begins"))?;
        let layout = named(b"COMM").map(|chunk| chunk.head::<18>(window)).transpose()?.flatten();
        let layout = layout.ok_or_else(|| Unheard::Damaged("it does not say how its sound lies".to_owned()))?;
        let channels = u16::from_be_bytes([layout[0], layout[1]]);
        let samples = u64::from(u32::from_be_bytes([layout[2], layout[3], layout[4], layout[5]]));
        let rate = rate_of([8, 9, 10, 11, 12, 13, 14, 15, 16, 17].map(|at| layout[at]));
        expect_sense(channels, rate)?;
        let missing = (sound.at + u64::from(sound.size)).saturating_sub(window.length());
        Ok(Self { rate, channels, samples, sound, missing })
    }
}

/// A rate is written as a floating-point number of ten bytes; what is no plain rate is nought.
fn rate_of(bytes: [u8; 10]) -> u32 {
    let [high, low, fraction @ ..] = bytes;
    let exponent = i32::from(u16::from_be_bytes([high, low])) - 16_383;
    if (0..32).contains(&exponent) { (u64::from_be_bytes(fraction) >> (63 - exponent)) as u32 } else { 0 }
}

impl Form for Aiff {
    fn outline(&self) -> Outline {
        Outline {
            format: Format::Aiff,
            rate: self.rate,
            channels: self.channels,
            samples: Some(self.samples),
            about: false,
            lead: 0,
            coding: Coding::Other("AIFF".to_owned()),
        }
    }

    /// A decoder sees a size of the whole that fits.
    fn whole(&self, window: &mut Window, _: &dyn Fn() -> bool) -> Result<(), Unheard> {
        if self.missing > 0 {
            return Err(Loss::Bytes { missing: self.missing, needed: u64::from(self.sound.size) }.into());
        }
        let size = u32::try_from(window.length().saturating_sub(8)).unwrap_or(u32::MAX);
        window.cover(4, size.to_be_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_from_their_ten_bytes() {
        assert_eq!(rate_of([0x40, 0x0E, 0xAC, 0x44, 0, 0, 0, 0, 0, 0]), 44_100);
        assert_eq!(rate_of([0x40, 0x0B, 0xFA, 0, 0, 0, 0, 0, 0, 0]), 8_000);
        assert_eq!(rate_of([0xFF; 10]), 0);
        assert_eq!(rate_of([0; 10]), 0);
    }
}
