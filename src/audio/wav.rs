//! Writing WAV: a header for raw samples, so that they can be played, and samples as they are decoded.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};

use super::decode::Block;
use super::listen::Sink;

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
    header(length, layout, wav)?;
    io::copy(&mut raw.take(length), wav)?;
    Ok(())
}

/// The 44 bytes before `length` bytes of samples.
fn header(length: u64, layout: Layout, wav: &mut impl Write) -> io::Result<()> {
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
    wav.write_all(&data.to_le_bytes())
}

/// A WAV file of 16 bits and at most two channels, written while its samples come.
pub struct Writer<W> {
    out: W,
    /// Known from the first samples on.
    layout: Option<Layout>,
    length: u64,
    bytes: Vec<u8>,
}

impl<W: Write + Seek> Writer<W> {
    /// Begins a file.
    pub fn new(out: W) -> Self {
        Self { out, layout: None, length: 0, bytes: Vec::new() }
    }

    /// Writes the length where the header has it.
    ///
    /// # Errors
    /// When it cannot be written, or is too long for the format (4 GB).
    pub fn finish(mut self) -> io::Result<W> {
        self.out.seek(SeekFrom::Start(0))?;
        header(self.length, self.layout.unwrap_or(Layout::ASSUMED), &mut self.out)?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write + Seek> Sink for Writer<W> {
    fn take(&mut self, block: Block<'_>) -> io::Result<()> {
        if self.layout.is_none() {
            let layout = Layout { sample_rate: block.rate, channels: block.channels.min(2) as u16, bits: 16 };
            header(0, layout, &mut self.out)?;
            self.layout = Some(layout);
        }
        self.bytes.clear();
        for frame in block.samples.chunks_exact(block.channels) {
            let (pair, count) = at_most_two(frame);
            self.bytes.extend(pair.iter().take(count).flat_map(|sample| sixteen_bits(*sample)));
        }
        self.length += self.bytes.len() as u64;
        self.out.write_all(&self.bytes)
    }
}

/// Left and right of however many channels, and how many there are. Those beyond the first two are heard at
/// half their strength on both sides, and all together are no louder than full scale.
fn at_most_two(frame: &[f32]) -> ([f32; 2], usize) {
    match frame {
        [] => ([0.0; 2], 0),
        [only] => ([*only; 2], 1),
        [left, right] => ([*left, *right], 2),
        [left, right, others @ ..] => {
            let middle = others.iter().sum::<f32>() / 2.0;
            let all = 1.0 + others.len() as f32 / 2.0;
            ([(left + middle) / all, (right + middle) / all], 2)
        }
    }
}

/// Sixteen bits become what they were before.
fn sixteen_bits(sample: f32) -> [u8; 2] {
    ((sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16).to_le_bytes()
}
