//! WAV, also RF64 and the headers of programs that could not know the length when they began.
//!
//! Such a header promises nothing, so nobody can say whether a file with one was cut short.

use super::super::format::Format;
use super::super::unheard::{Loss, Unheard};
use super::super::window::Window;
use super::chunks::{self, Chunk};
use super::{Coding, Form, Outline, expect_sense};

/// Sizes from here on are what programs write that do not know the size: sox 7FFFF000 and a little, arecord
/// 80000000, ffmpeg FFFFFFFF.
const UNKNOWN: u32 = 0x7FFF_0000;

/// A WAV file's header.
pub struct Wav {
    /// Whether it is one of the old kind, not RF64.
    is_riff: bool,
    layout: Layout,
    data: Chunk,
    /// Bytes of sound that the header promises, where it does.
    promised: Option<u64>,
    /// Bytes of sound that are there.
    found: u64,
}

/// The chunk `fmt `.
#[derive(Clone, Copy, Debug)]
struct Layout {
    code: u16,
    channels: u16,
    rate: u32,
    block: u16,
    bits: u16,
    /// Samples of one channel in a block, of packed kinds.
    packed: Option<u16>,
}

/// Codes of `fmt `, with what they are called; those with `true` can be decoded.
const CODES: [(u16, &str, bool); 12] = [
    (PLAIN, "plain", true),
    (MICROSOFT_ADPCM, "Microsoft ADPCM", true),
    (0x0003, "floating point", true),
    (0x0006, "A-law", true),
    (0x0007, "mu-law", true),
    (IMA_ADPCM, "IMA ADPCM", true),
    (0xFFFE, "extensible", true),
    (0x0031, "GSM 6.10", false),
    (0x0050, "MPEG layer II", false),
    (0x0055, "MP3", false),
    (0x0161, "Windows Media", false),
    (0x2000, "AC-3", false),
];

const PLAIN: u16 = 0x0001;
const MICROSOFT_ADPCM: u16 = 0x0002;
const IMA_ADPCM: u16 = 0x0011;

impl Wav {
    /// Reads the chunks up to the sound.
    ///
    /// # Errors
    /// When the file ends before, or its sound cannot be decoded.
    pub fn read(window: &Window) -> Result<Self, Unheard> {
        let chunks = chunks::until(window, u32::from_le_bytes, *b"data")?;
        let named = |name: &[u8; 4]| chunks.iter().find(|chunk| chunk.name == *name);
        let data = *named(b"data").ok_or(Loss::Before("its sound begins"))?;
        let layout = named(b"fmt ").ok_or_else(|| Unheard::Damaged("it does not say how its sound lies".to_owned()))?;
        let layout = Layout::read(layout, window)?;
        let large = named(b"ds64").map(|chunk| chunk.head::<24>(window)).transpose()?.flatten();
        let large = large.map(|bytes| u64::from_le_bytes([8, 9, 10, 11, 12, 13, 14, 15].map(|at| bytes[at])));
        let rest = window.length().saturating_sub(data.at);
        let is_stream = data.size >= UNKNOWN || (data.size == 0 && says_nothing_of_its_size(window)?);
        let promised = if is_stream { large.filter(|size| *size > 0) } else { Some(u64::from(data.size)) };
        let is_riff = window.exactly::<4>(0)? == Some(*b"RIFF");
        Ok(Self { is_riff, layout, data, promised, found: promised.map_or(rest, |promised| promised.min(rest)) })
    }

    fn is_usual(&self) -> bool {
        let Layout { code, bits, channels, .. } = self.layout;
        self.is_riff && code == PLAIN && matches!(bits, 8 | 16) && channels <= 2 && self.promised.is_some()
    }

    fn called(&self) -> String {
        let name = CODES.iter().find(|(code, ..)| *code == self.layout.code).map_or("unknown", |(_, name, _)| name);
        match self.layout {
            Layout { channels, .. } if channels > 2 => format!("WAV with {channels} channels"),
            _ if !self.is_riff => "RF64".to_owned(),
            Layout { code: PLAIN, bits: 8 | 16, .. } => "WAV of unknown length".to_owned(),
            Layout { code: PLAIN, bits, .. } => format!("{bits}-bit WAV"),
            _ => format!("WAV ({name})"),
        }
    }

    /// The samples of one channel in so many bytes.
    fn samples(&self, bytes: u64) -> u64 {
        let Layout { block, packed, .. } = self.layout;
        bytes / u64::from(block).max(1) * u64::from(packed.unwrap_or(1))
    }
}

/// Some programs write noughts where they would write the size afterwards.
fn says_nothing_of_its_size(window: &Window) -> Result<bool, Unheard> {
    let size = window.exactly::<4>(4)?.map(u32::from_le_bytes);
    Ok(size.is_none_or(|size| size == 0 || size >= UNKNOWN))
}

impl Layout {
    fn read(chunk: &Chunk, window: &Window) -> Result<Self, Unheard> {
        let bytes = chunk.head::<16>(window)?.ok_or_else(|| Unheard::Damaged("its header is too short".to_owned()))?;
        let short = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let long = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        // Packed kinds say behind how many bytes more follow how many samples are packed.
        let packed = matches!(short(0), MICROSOFT_ADPCM | IMA_ADPCM).then(|| chunk.head::<20>(window)).transpose()?;
        let packed = packed.flatten().map(|bytes| u16::from_le_bytes([bytes[18], bytes[19]]));
        let layout =
            Self { code: short(0), channels: short(2), rate: long(4), block: short(12), bits: short(14), packed };
        match CODES.iter().find(|(code, ..)| *code == layout.code) {
            Some((_, _, true)) => layout.makes_sense().map(|()| layout),
            Some((_, name, false)) => Err(Unheard::Undecodable(format!("{name} in a WAV file"))),
            None => Err(Unheard::Undecodable(format!("a WAV file of the unknown kind {:#06x}", layout.code))),
        }
    }
}

impl Layout {
    fn makes_sense(&self) -> Result<(), Unheard> {
        expect_sense(self.channels, self.rate)?;
        let is_packed = matches!(self.code, MICROSOFT_ADPCM | IMA_ADPCM);
        let bits = if is_packed { self.bits == 4 } else { matches!(self.bits, 8 | 16 | 24 | 32 | 64) };
        let block = is_packed || u32::from(self.block) * 8 == u32::from(self.bits) * u32::from(self.channels);
        if bits && block && self.block > 0 {
            return Ok(());
        }
        let (bits, block) = (self.bits, self.block);
        Err(Unheard::Damaged(format!("its header says that a sample has {bits} bits and a block {block} bytes")))
    }
}

impl Form for Wav {
    fn outline(&self) -> Outline {
        let coding = if self.is_usual() { Coding::Usual } else { Coding::Other(self.called()) };
        let Layout { rate, channels, .. } = self.layout;
        Outline {
            format: Format::Wav,
            rate,
            channels,
            samples: Some(self.samples(self.found)),
            about: false,
            lead: 0,
            coding,
        }
    }

    /// A decoder sees a plain header whose size is what is there.
    fn whole(&self, window: &mut Window, _: &dyn Fn() -> bool) -> Result<(), Unheard> {
        if let Some(needed) = self.promised.filter(|needed| self.found < *needed) {
            return Err(Loss::Bytes { missing: needed - self.found, needed }.into());
        }
        window.cover(0, *b"RIFF");
        window.cover(4, [0xFF; 4]);
        let size = u32::try_from(self.found).unwrap_or(u32::MAX);
        window.cover(self.data.at - 4, size.to_le_bytes());
        Ok(())
    }
}
