//! MP3: a row of frames, without a beginning or an end of its own.
//!
//! The first frame may be a table that says how many follow; then a file that was cut is known by that. Without
//! one it is known by a torn last frame. A file without a table that was cut between two frames cannot be told
//! from one that was always so short.

use std::io;

use super::super::format::Format;
use super::super::unheard::{Loss, Unheard};
use super::super::window::Window;
use super::mpeg::Frame;
use super::{Coding, Form, Outline};

/// How far into a file its first frame may be: some programs leave nothing behind their tags.
const FARTHEST_START: u64 = 64 * 1024;

/// How far on one looks for the next frame where none follows.
const FARTHEST_GAP: u64 = 128 * 1024;

/// Frames in a row that prove that a place is no accident.
const PROOF: usize = 3;

/// Frames that an estimate is made from.
const SAMPLED: usize = 64;

/// A frame's place and its header.
#[derive(Clone, Copy, Debug)]
struct Placed {
    at: u64,
    frame: Frame,
}

/// The table in the first frame, as far as it says something.
#[derive(Clone, Copy, Debug)]
struct Table {
    at: u64,
    frames: u64,
    bytes: Option<u64>,
}

/// An MP3 file's first frame and what it says.
pub struct Mp3 {
    first: Placed,
    table: Option<Table>,
    /// Samples of one channel.
    estimate: u64,
}

/// All frames of a file, counted; not the table.
struct Counted {
    frames: u64,
    /// Where the last whole frame ends.
    end: u64,
    torn: Option<Loss>,
}

/// Whether a file begins with frames after a little of something else.
///
/// # Errors
/// When the file cannot be read.
pub fn begins_soon(window: &Window) -> io::Result<bool> {
    let farthest = if window.has_tags() { FARTHEST_START } else { 4 * 1024 };
    Ok(next(window, 0, farthest, None)?.is_some())
}

impl Mp3 {
    /// Finds the first frame, and the table in it.
    ///
    /// # Errors
    /// When there is none.
    pub fn read(window: &Window) -> Result<Self, Unheard> {
        let head = window.exactly::<4>(0)?.and_then(Frame::read).map(|frame| Placed { at: 0, frame });
        let first = match next(window, 0, FARTHEST_START, None)? {
            Some(first) => first,
            // A file of one or two frames proves nothing, but begins with one.
            None => head.ok_or(Unheard::Strange)?,
        };
        let table = table(window, &first)?;
        let estimate = match &table {
            Some(table) => table.frames * first.frame.samples(),
            None => estimated(window, &first)?,
        };
        Ok(Self { first, table, estimate })
    }

    fn count(&self, window: &Window, still_wanted: &dyn Fn() -> bool) -> Result<Counted, Unheard> {
        let Placed { at: start, frame: first } = self.first;
        let mut counted = Counted { frames: 0, end: start, torn: None };
        let mut at = if self.table.is_some() { start + first.length } else { start };
        loop {
            if !still_wanted() {
                return Err(Unheard::Unwanted);
            }
            let header = window.stretch(at, 4)?;
            let frame = <[u8; 4]>::try_from(header.as_slice()).ok().and_then(Frame::read);
            match frame.filter(|frame| frame.is_like(&first)) {
                Some(frame) if at + frame.length <= window.length() => {
                    at += frame.length;
                    counted.frames += 1;
                    counted.end = at;
                }
                Some(frame) => {
                    let missing = at + frame.length - window.length();
                    counted.torn = Some(Loss::LastBlock { missing, needed: frame.length });
                    return Ok(counted);
                }
                None if begins_like(&header, window.exactly(start)?) => {
                    let missing = first.length - header.len() as u64;
                    counted.torn = Some(Loss::LastBlock { missing, needed: first.length });
                    return Ok(counted);
                }
                None => match next(window, at, at + FARTHEST_GAP, Some(first))? {
                    Some(found) => at = found.at,
                    None => return Ok(counted),
                },
            }
        }
    }
}

/// Whether the last three bytes or fewer are the beginning of a header like the first.
fn begins_like(rest: &[u8], first: Option<[u8; 4]>) -> bool {
    // Bit rate and padding change from frame to frame.
    let same = |(place, (a, b)): (usize, (&u8, u8))| if place == 2 { (a ^ b) & 0x0C == 0 } else { *a == b };
    (1..4).contains(&rest.len()) && first.is_some_and(|first| rest.iter().zip(first).enumerate().all(same))
}

/// The first place from `from` on, and before `to`, where several frames stand in a row.
fn next(window: &Window, from: u64, to: u64, like: Option<Frame>) -> io::Result<Option<Placed>> {
    const STEP: usize = 4 * 1024;
    let mut at = from;
    while at < to.min(window.length()) {
        let bytes = window.stretch(at, STEP + 3)?;
        for (place, header) in bytes.windows(4).take(STEP).enumerate() {
            let Some(frame) = <[u8; 4]>::try_from(header).ok().and_then(Frame::read) else { continue };
            let found = Placed { at: at + place as u64, frame };
            if like.is_none_or(|like| frame.is_like(&like)) && is_followed(window, found)? {
                return Ok(Some(found));
            }
        }
        at += STEP as u64;
    }
    Ok(None)
}

/// Whether enough frames of the same kind follow; where the file ends before, all up to there.
fn is_followed(window: &Window, found: Placed) -> io::Result<bool> {
    let mut at = found.at;
    let mut frame = found.frame;
    for _ in 1..PROOF {
        at += frame.length;
        match window.exactly(at)?.map(Frame::read) {
            Some(Some(next)) if next.is_like(&found.frame) => frame = next,
            Some(_) => return Ok(false),
            None => return Ok(at <= window.length()),
        }
    }
    Ok(true)
}

/// Reads `Xing`, `Info` (the same, of a constant bit rate) or `VBRI`.
fn table(window: &Window, first: &Placed) -> io::Result<Option<Table>> {
    let at = first.at + first.frame.table_at();
    if let Some([x, i, n, g, flags @ .., f0, f1, f2, f3, b0, b1, b2, b3]) = window.exactly::<16>(at)?
        && matches!(&[x, i, n, g], b"Xing" | b"Info")
    {
        let flags = u32::from_be_bytes(flags);
        let has = |flag: u32| flags & flag != 0;
        let frames = u64::from(u32::from_be_bytes([f0, f1, f2, f3]));
        let bytes = u64::from(u32::from_be_bytes([b0, b1, b2, b3]));
        let bytes = Some(bytes).filter(|bytes| has(2) && *bytes > 0);
        return Ok((has(1) && frames > 0).then_some(Table { at, frames, bytes }));
    }
    let at = first.at + 4 + 32;
    let vbri = window.exactly::<18>(at)?.filter(|vbri| vbri.starts_with(b"VBRI"));
    Ok(vbri.map(|vbri| {
        let number = |at: usize| u64::from(u32::from_be_bytes([vbri[at], vbri[at + 1], vbri[at + 2], vbri[at + 3]]));
        Table { at, frames: number(14), bytes: Some(number(10)).filter(|bytes| *bytes > 0) }
    }))
}

/// The samples of all frames, if they are as long as the first ones.
fn estimated(window: &Window, first: &Placed) -> io::Result<u64> {
    let (mut at, mut frames) = (first.at, 0);
    while frames < SAMPLED {
        match window.exactly(at)?.and_then(Frame::read) {
            Some(frame) if frame.is_like(&first.frame) => at += frame.length,
            _ => break,
        }
        frames += 1;
    }
    let bytes = u128::from(window.length() - first.at);
    let samples = bytes * frames as u128 * u128::from(first.frame.samples()) / u128::from((at - first.at).max(1));
    Ok(u64::try_from(samples).unwrap_or(u64::MAX))
}

impl Table {
    /// What is missing. Some programs count the table's own frame among the frames; of those the bytes are all
    /// there.
    fn missing(&self, counted: &Counted, start: u64) -> Option<Loss> {
        let counts_itself =
            self.frames == counted.frames + 1 && self.bytes.is_none_or(|bytes| bytes == counted.end - start);
        let is_short = counted.frames < self.frames && !counts_itself;
        is_short.then_some(Loss::Blocks { found: counted.frames, promised: self.frames })
    }
}

impl Form for Mp3 {
    fn outline(&self) -> Outline {
        let Frame { rate, channels, .. } = self.first.frame;
        Outline {
            format: Format::Mp3,
            rate,
            channels,
            samples: Some(self.estimate),
            about: self.table.is_none(),
            lead: 0,
            coding: Coding::Usual,
        }
    }

    /// A decoder sees the frames and nothing else; and no table that promises fewer than there are, as in
    /// files put together of several, because it would stop there.
    fn whole(&self, window: &mut Window, still_wanted: &dyn Fn() -> bool) -> Result<(), Unheard> {
        window.without_trailer()?;
        let counted = self.count(window, still_wanted)?;
        let missing = self.table.and_then(|table| table.missing(&counted, self.first.at));
        if let Some(loss) = missing.or(counted.torn) {
            return Err(loss.into());
        }
        if let Some(table) = self.table.filter(|table| table.frames < counted.frames) {
            window.cover(table.at, [0; 4]);
        }
        window.shorten(counted.end);
        Ok(())
    }
}
