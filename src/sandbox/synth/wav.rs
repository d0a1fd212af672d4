//! Samples as a WAV file, or as raw PCM: 16 bits, stereo, little-endian.

use std::io::{self, Write};

use super::band::Stereo;

/// Bytes of both channels' samples at one moment.
const BLOCK: u32 = 4;

/// Bytes before the samples.
pub const HEADER: u64 = 44;

/// How many samples of each channel so many bytes are.
pub fn moments(bytes: u64) -> u32 {
    (bytes / u64::from(BLOCK)) as u32
}

/// Writes the 44 bytes before the samples.
///
/// # Errors
/// When the file cannot be written.
pub fn header(out: &mut impl Write, rate: u32, samples: u32) -> io::Result<()> {
    let data = samples * BLOCK;
    out.write_all(b"RIFF")?;
    out.write_all(&(36 + data).to_le_bytes())?;
    out.write_all(b"WAVEfmt ")?;
    out.write_all(&16_u32.to_le_bytes())?;
    out.write_all(&1_u16.to_le_bytes())?;
    out.write_all(&2_u16.to_le_bytes())?;
    out.write_all(&rate.to_le_bytes())?;
    out.write_all(&(rate * BLOCK).to_le_bytes())?;
    out.write_all(&(BLOCK as u16).to_le_bytes())?;
    out.write_all(&16_u16.to_le_bytes())?;
    out.write_all(b"data")?;
    out.write_all(&data.to_le_bytes())
}

/// Writes the first so many samples of a grain.
///
/// # Errors
/// When the file cannot be written.
pub fn samples(out: &mut impl Write, stereo: &Stereo, samples: usize) -> io::Result<()> {
    let mut bytes = Vec::with_capacity(samples * BLOCK as usize);
    for (left, right) in stereo.left.iter().zip(&stereo.right).take(samples) {
        bytes.extend_from_slice(&sixteen_bits(*left));
        bytes.extend_from_slice(&sixteen_bits(*right));
    }
    out.write_all(&bytes)
}

fn sixteen_bits(value: f32) -> [u8; 2] {
    ((value * 32_767.0) as i16).to_le_bytes()
}
