//! FLAC. A decoder holds the sound against the checksum in the header; here only the header is read.
//!
//! A header without a length (of a program that could not go back) promises nothing; then only a last block
//! that is torn is seen, when it is decoded.

use super::super::format::Format;
use super::super::unheard::{Loss, Unheard};
use super::super::window::Window;
use super::{Coding, Form, Outline};

/// The block that every FLAC file begins with.
pub struct Flac {
    rate: u32,
    channels: u16,
    samples: Option<u64>,
}

impl Flac {
    /// Reads the first block.
    ///
    /// # Errors
    /// When the file ends in it.
    pub fn read(window: &Window) -> Result<Self, Unheard> {
        let head = window.exactly::<26>(0)?.ok_or(Loss::Before("its sound begins"))?;
        let is_first_block = matches!(head[4], 0x00 | 0x80);
        let packed = u64::from_be_bytes([18, 19, 20, 21, 22, 23, 24, 25].map(|at| head[at]));
        let rate = (packed >> 44) as u32;
        if !is_first_block || rate == 0 {
            return Err(Unheard::Damaged("it does not say how its sound lies".to_owned()));
        }
        let samples = packed & 0xF_FFFF_FFFF;
        Ok(Self {
            rate,
            channels: (packed >> 41 & 7) as u16 + 1,
            samples: Some(samples).filter(|samples| *samples > 0),
        })
    }
}

impl Form for Flac {
    fn outline(&self) -> Outline {
        Outline {
            format: Format::Flac,
            rate: self.rate,
            channels: self.channels,
            samples: self.samples,
            about: false,
            lead: 0,
            coding: Coding::Other("FLAC".to_owned()),
        }
    }

    fn whole(&self, window: &mut Window, _: &dyn Fn() -> bool) -> Result<(), Unheard> {
        Ok(window.without_trailer()?)
    }
}
