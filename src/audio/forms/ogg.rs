//! Ogg: pages, each with the number of its stream; the last page of a stream says that it is the last.

use std::collections::BTreeSet;
use std::io;

use super::super::format::Format;
use super::super::unheard::{Loss, Unheard};
use super::super::window::Window;
use super::{Coding, Form, Outline, expect_sense};

/// The bytes of a page's header before the table of its segments.
const HEADER: usize = 27;

/// The longest page.
const LONGEST: u64 = 27 + 255 + 255 * 255;

/// Streams that lie side by side at most: a film has a few.
const MOST_STREAMS: usize = 64;

const CONTINUES: u8 = 1;
const FIRST: u8 = 2;
const LAST: u8 = 4;

/// How the first page of a stream begins, what such a stream is called, and whether it can be decoded. Where
/// rate and channels stand is known of those.
const STREAMS: [(&[u8], &str, bool); 7] = [
    (b"\x01vorbis", "Vorbis", true),
    (b"\x7FFLAC", "FLAC", true),
    (b"OpusHead", "Opus", false),
    (b"Speex   ", "Speex", false),
    (b"\x80theora", "a Theora film", false),
    (b"fishead\0", "Skeleton", false),
    (b"BBCD\0", "a Dirac film", false),
];

/// An Ogg file's first stream of sound.
pub struct Ogg {
    serial: u32,
    called: &'static str,
    rate: u32,
    channels: u16,
    samples: Option<u64>,
}

/// A page's header.
struct Page {
    flags: u8,
    /// The number of samples up to its end, where a sound ends in it.
    position: Option<u64>,
    serial: u32,
    content: u64,
    end: u64,
}

impl Page {
    /// The header at a place, if there is a whole one; its content may be cut short.
    fn read(window: &Window, at: u64) -> io::Result<Option<Self>> {
        let Some(head) = window.exactly::<HEADER>(at)?.filter(|head| head.starts_with(b"OggS\0")) else {
            return Ok(None);
        };
        let segments = window.stretch(at + HEADER as u64, usize::from(head[26]))?;
        if segments.len() < usize::from(head[26]) {
            return Ok(None);
        }
        let position = u64::from_le_bytes([6, 7, 8, 9, 10, 11, 12, 13].map(|at| head[at]));
        let content = at + (HEADER + segments.len()) as u64;
        Ok(Some(Self {
            flags: head[5],
            position: Some(position).filter(|position| *position != u64::MAX),
            serial: u32::from_le_bytes([head[14], head[15], head[16], head[17]]),
            content,
            end: content + segments.iter().map(|length| u64::from(*length)).sum::<u64>(),
        }))
    }
}

impl Ogg {
    /// Reads the first pages, which name the streams, and the last, which tells the length.
    ///
    /// # Errors
    /// When no stream of sound can be decoded.
    pub fn read(window: &Window) -> Result<Self, Unheard> {
        let mut at = 0;
        let mut undecodable = None;
        for _ in 0..MOST_STREAMS {
            let Some(page) = Page::read(window, at)?.filter(|page| page.flags & FIRST != 0) else { break };
            let head = window.stretch(page.content, 64)?;
            match STREAMS.iter().find(|(magic, ..)| head.starts_with(magic)) {
                Some((_, called, true)) => return Self::of(window, &page, called, &head),
                Some((_, called, false)) => undecodable = Some(*called),
                None => undecodable = undecodable.or(Some("something unknown")),
            }
            at = page.end;
        }
        match undecodable {
            Some(called) => Err(Unheard::Undecodable(format!("{called} in Ogg"))),
            None => Err(Loss::Before("its sound begins").into()),
        }
    }

    fn of(window: &Window, page: &Page, called: &'static str, head: &[u8]) -> Result<Self, Unheard> {
        let (rate, channels) = layout(head).ok_or(Loss::Before("its sound begins"))?;
        expect_sense(channels, rate)?;
        let samples = last_position(window, page.serial)?;
        Ok(Self { serial: page.serial, called, rate, channels, samples })
    }
}

/// Rate and channels, from the first bytes of a stream.
fn layout(head: &[u8]) -> Option<(u32, u16)> {
    if head.starts_with(b"\x01vorbis") {
        let rate = head.get(12..16)?.try_into().map(u32::from_le_bytes).ok()?;
        return Some((rate, u16::from(*head.get(11)?)));
    }
    // A FLAC header, behind nine bytes of the mapping and four of its own and four of the block.
    let packed = head.get(27..31)?.try_into().map(u32::from_be_bytes).ok()?;
    Some((packed >> 12, (packed >> 9 & 7) as u16 + 1))
}

/// The position of a stream's last page, looked for at the end of the file only.
fn last_position(window: &Window, serial: u32) -> io::Result<Option<u64>> {
    let start = window.length().saturating_sub(2 * LONGEST);
    let tail = window.stretch(start, 2 * LONGEST as usize)?;
    for (place, _) in tail.windows(5).enumerate().rev().filter(|(_, bytes)| bytes == b"OggS\0") {
        let page = Page::read(window, start + place as u64)?.filter(|page| page.serial == serial);
        if let Some(position) = page.and_then(|page| page.position) {
            return Ok(Some(position));
        }
    }
    Ok(None)
}

impl Form for Ogg {
    fn outline(&self) -> Outline {
        Outline {
            format: Format::Ogg,
            rate: self.rate,
            channels: self.channels,
            samples: self.samples,
            about: false,
            lead: 0,
            coding: Coding::Other(format!("Ogg {}", self.called)),
        }
    }

    /// Every page is there, and every stream that began has its last one.
    fn whole(&self, window: &mut Window, still_wanted: &dyn Fn() -> bool) -> Result<(), Unheard> {
        let mut open = BTreeSet::from([self.serial]);
        let (mut at, mut gap) = (0, Gap::default());
        while let Some(page) = gap.page_from(window, at)? {
            if !still_wanted() {
                return Err(Unheard::Unwanted);
            }
            if page.end > window.length() {
                let (missing, needed) = (page.end - window.length(), page.end - page.content);
                return Err(Loss::LastBlock { missing, needed }.into());
            }
            if page.flags & (FIRST | CONTINUES) == FIRST {
                open.insert(page.serial);
            }
            if open.len() > MOST_STREAMS {
                return Err(Unheard::Damaged(format!("more than {MOST_STREAMS} streams lie side by side in it")));
            }
            if page.flags & LAST != 0 {
                open.remove(&page.serial);
            }
            at = page.end;
        }
        if !open.is_empty() {
            return Err(Loss::Before("the page that would be its last").into());
        }
        window.shorten(at);
        Ok(())
    }
}

/// What lies where a page should, kept from one search to the next: in a file of many small gaps each byte is read
/// once for all of them.
#[derive(Default)]
struct Gap {
    at: u64,
    bytes: Vec<u8>,
}

impl Gap {
    /// The page at a place, or the first one after something that is none.
    fn page_from(&mut self, window: &Window, at: u64) -> io::Result<Option<Page>> {
        if let Some(page) = Page::read(window, at)? {
            return Ok(Some(page));
        }
        if let Some(page) = self.search(window, at)? {
            return Ok(Some(page));
        }
        *self = Self { at, bytes: window.stretch(at, 2 * LONGEST as usize)? };
        self.search(window, at)
    }

    /// The first page from a place on, as far as its beginning is kept.
    fn search(&self, window: &Window, from: u64) -> io::Result<Option<Page>> {
        let kept = from.checked_sub(self.at).and_then(|skipped| self.bytes.get(usize::try_from(skipped).ok()?..));
        for (place, _) in kept.unwrap_or_default().windows(5).enumerate().filter(|(_, bytes)| bytes == b"OggS\0") {
            if let Some(page) = Page::read(window, from + place as u64)? {
                return Ok(Some(page));
            }
        }
        Ok(None)
    }
}
