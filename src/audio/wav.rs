//! A WAV header for raw samples, so that they can be played.

use std::fs::File;
use std::io::{self, Read, Write};

/// How raw samples are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub sample_rate: u32,
    pub channels: u16,
    /// Bits of one sample of one channel.
    pub bits: u16,
}

impl Layout {
    /// What is taken where nobody says: CD sound, as the vendor's pages do not state the layout of `pcm`.
    pub const ASSUMED: Self = Self { sample_rate: 44_100, channels: 2, bits: 16 };

    /// Bytes of one second.
    pub fn bytes_a_second(self) -> u32 {
        self.sample_rate * u32::from(self.channels) * u32::from(self.bits) / 8
    }
}

/// Writes `raw`, `length` bytes long, with a WAV header before it.
///
/// # Errors
/// When reading or writing fails, or when the samples are too long for a WAV file (4 GB).
pub fn wrap(raw: &mut File, length: u64, layout: Layout, wav: &mut impl Write) -> io::Result<()> {
    let too_long = |_| io::Error::new(io::ErrorKind::InvalidInput, "too long for a WAV file");
    let data = u32::try_from(length).map_err(too_long)?;
    let riff = u32::try_from(length + 36).map_err(too_long)?;
    let block = layout.channels * layout.bits / 8;
    wav.write_all(b"RIFF")?;
    wav.write_all(&riff.to_le_bytes())?;
    wav.write_all(b"WAVEfmt ")?;
    wav.write_all(&16_u32.to_le_bytes())?;
    wav.write_all(&1_u16.to_le_bytes())?; // 1: uncompressed
    wav.write_all(&layout.channels.to_le_bytes())?;
    wav.write_all(&layout.sample_rate.to_le_bytes())?;
    wav.write_all(&layout.bytes_a_second().to_le_bytes())?;
    wav.write_all(&block.to_le_bytes())?;
    wav.write_all(&layout.bits.to_le_bytes())?;
    wav.write_all(b"data")?;
    wav.write_all(&data.to_le_bytes())?;
    io::copy(&mut raw.take(length), wav)?;
    Ok(())
}
