//! What is made of a recording that does not go as it is, and how much room that may take.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use super::copying::{LARGEST, SPARE, expect_room, free_bytes, megabytes};
use super::{Refusal, Wanted};
use crate::audio::decode::Block;
use crate::audio::format::Format;
use crate::audio::forms::{Coding, Outline};
use crate::audio::listen::Sink;
use crate::audio::unheard::Unheard;
use crate::audio::wav;
use crate::domain::recording::Part;

/// Channels that a converted recording has at most, and bytes of each of its samples.
const MOST_CHANNELS: u16 = 2;
const SAMPLE: u64 = 2;

/// What is done to a file before it is sent, as a person reads it; nothing where it goes as it is.
pub(super) fn conversion(outline: &Outline, wanted: &Wanted<'_>) -> Option<String> {
    if let Some(part) = wanted.part {
        return Some(format!("{part} of it, as WAV"));
    }
    let Coding::Other(called) = &outline.coding else { return None };
    // Who takes a file within a request reads the common forms. As WAV a song would have many times the bytes,
    // and too many.
    if wanted.rules.encoding.is_some() && matches!(outline.format, Format::Flac | Format::Ogg | Format::M4a) {
        return None;
    }
    let target = if called.contains("WAV") || called == "RF64" { "plain WAV" } else { "WAV" };
    let mixed = if outline.channels > MOST_CHANNELS { ", mixed to stereo" } else { "" };
    Some(format!("converted from {called} to {target}{mixed}"))
}

/// Milliseconds of sound that are asked for of a file, where its header is exact.
pub(super) fn asked_ms(outline: &Outline, part: Option<Part>) -> Option<u64> {
    let whole = outline.length().filter(|_| !outline.about)?.0;
    let from = part.map_or(0, |part| part.from_ms);
    let to = part.and_then(|part| part.to_ms).map_or(whole, |to| to.min(whole));
    Some(to.saturating_sub(from))
}

/// Writes a WAV file that has its room on the disk, and an end whatever the file says of itself.
pub(super) struct Writer<'a> {
    sound: wav::Writer<BufWriter<&'a File>>,
    /// Bytes that may still be written.
    left: u64,
    most: u64,
}

impl<'a> Writer<'a> {
    /// A writer of what is asked for, where there is room for it.
    ///
    /// # Errors
    /// With what is free, where the header says that it needs more.
    pub fn new(file: &'a File, folder: &Path, outline: &Outline, part: Option<Part>) -> Result<Self, Refusal> {
        if let Some(ms) = asked_ms(outline, part) {
            let each_second = u64::from(outline.rate) * u64::from(outline.channels.min(MOST_CHANNELS)) * SAMPLE;
            let bytes = u128::from(ms) * u128::from(each_second) / 1000;
            expect_room(u64::try_from(bytes).unwrap_or(u64::MAX), folder)?;
        }
        let free = free_bytes(folder).map_err(Unheard::Unwritten)?;
        let most = LARGEST.min(free.saturating_sub(SPARE));
        Ok(Self { sound: wav::Writer::new(BufWriter::new(file)), left: most, most })
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(self) -> io::Result<()> {
        self.sound.finish().map(drop)
    }
}

impl Sink for Writer<'_> {
    fn take(&mut self, block: Block<'_>) -> io::Result<()> {
        let samples = block.samples.len() / block.channels.max(1) * block.channels.min(MOST_CHANNELS.into());
        let Some(left) = self.left.checked_sub(samples as u64 * SAMPLE) else {
            return Err(io::Error::other(format!("as WAV it has more than {}", megabytes(self.most))));
        };
        self.left = left;
        self.sound.take(block)
    }
}
