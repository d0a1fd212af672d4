//! M4A and other files of boxes: each a size, four letters, and a content that may be more boxes.
//!
//! A file in many pieces (`moof`) that was cut between two of them cannot be told from a shorter one.

use std::io;
use std::ops::Range;

use super::super::format::Format;
use super::super::unheard::{Loss, Unheard};
use super::super::window::Window;
use super::{Coding, Form, Outline, expect_sense};

/// More boxes in a row than a file of pieces has in ten minutes, a hundred a second.
const MOST: usize = 65_536;

/// Boxes that lie within another at most, and tracks of a file: a list of more is no recording.
const MOST_INSIDE: usize = 1_024;
const MOST_TRACKS: usize = 64;

/// Kinds of sound that such files hold, and whether they can be decoded.
const KINDS: [([u8; 4], &str, bool); 12] = [
    (*b"mp4a", "M4A (AAC)", true),
    (*b"alac", "M4A (Apple Lossless)", true),
    (*b"fLaC", "FLAC in M4A", true),
    (*b"drms", "sound that is locked to its buyer (DRM)", false),
    (*b"drmi", "sound that is locked to its buyer (DRM)", false),
    (*b"enca", "sound that is locked to its buyer (DRM)", false),
    (*b"ac-3", "Dolby Digital in M4A", false),
    (*b"ec-3", "Dolby Digital in M4A", false),
    (*b"ac-4", "Dolby AC-4 in M4A", false),
    (*b"Opus", "Opus in M4A", false),
    (*b"samr", "AMR in M4A", false),
    (*b"sawb", "AMR in M4A", false),
];

/// An M4A file's track of sound.
pub struct M4a {
    called: &'static str,
    rate: u32,
    channels: u16,
    samples: Option<u64>,
    lead: u64,
}

/// A box: its name and where its content lies, which may be beyond the end of the file, though never of the box
/// around it.
struct Atom {
    name: [u8; 4],
    content: Range<u64>,
}

/// The boxes within another, up to the first thing that is none. One that claims to be longer than the box around
/// it ends there, so that nothing is walked through more often than boxes lie within each other.
fn inside(window: &Window, range: Range<u64>) -> io::Result<Vec<Atom>> {
    let end = range.end;
    let mut atoms = atoms(window, range, MOST_INSIDE)?;
    for Atom { content, .. } in &mut atoms {
        *content = content.start.min(end)..content.end.min(end);
    }
    Ok(atoms)
}

/// The boxes that begin within `range`, up to the first thing that is none.
fn atoms(window: &Window, range: Range<u64>, most: usize) -> io::Result<Vec<Atom>> {
    let mut atoms = Vec::new();
    let mut at = range.start;
    while at.saturating_add(8) <= range.end && atoms.len() < most {
        let Some([s0, s1, s2, s3, name @ ..]) = window.exactly::<8>(at)? else { break };
        let (header, size) = match u32::from_be_bytes([s0, s1, s2, s3]) {
            0 => (8, range.end - at),
            1 => (16, window.exactly::<8>(at + 8)?.map_or(0, u64::from_be_bytes)),
            size => (8, u64::from(size)),
        };
        let is_name = name.iter().all(|letter| letter.is_ascii_graphic() || matches!(letter, b' ' | 0xA9));
        if size < header || !is_name {
            break;
        }
        let end = at.saturating_add(size);
        atoms.push(Atom { name, content: at + header..end });
        at = end;
    }
    Ok(atoms)
}

/// The first box of each name, one within the other.
fn within(window: &Window, range: Range<u64>, path: &[&[u8; 4]]) -> io::Result<Option<Range<u64>>> {
    let mut range = range;
    for name in path {
        let Some(atom) = inside(window, range)?.into_iter().find(|atom| atom.name == **name) else { return Ok(None) };
        range = atom.content;
    }
    Ok(Some(range))
}

impl M4a {
    /// Finds the track of sound.
    ///
    /// # Errors
    /// When there is none, or none that can be decoded.
    pub fn read(window: &Window) -> Result<Self, Unheard> {
        let top = atoms(window, 0..window.length(), MOST)?;
        let moov = top.iter().find(|atom| atom.name == *b"moov").filter(|moov| moov.content.end <= window.length());
        let moov = moov.ok_or(Loss::Before("its table of contents"))?;
        let tracks = inside(window, moov.content.clone())?.into_iter().filter(|atom| atom.name == *b"trak");
        for track in tracks.take(MOST_TRACKS) {
            if let Some(found) = sound_of(window, track.content)? {
                return found;
            }
        }
        Err(Unheard::Undecodable("no sound but something else, as a film or text".to_owned()))
    }
}

/// What a track holds, if it is one of sound.
fn sound_of(window: &Window, track: Range<u64>) -> io::Result<Option<Result<M4a, Unheard>>> {
    let Some(media) = within(window, track.clone(), &[b"mdia"])? else { return Ok(None) };
    let handler = within(window, media.clone(), &[b"hdlr"])?;
    let kind = handler.map(|handler| window.exactly::<4>(handler.start + 8)).transpose()?.flatten();
    let Some(table) = within(window, media.clone(), &[b"minf", b"stbl", b"stsd"])?.filter(|_| kind == Some(*b"soun"))
    else {
        return Ok(None);
    };
    // Behind four bytes of version and four of number stands the first entry.
    let Some(entry) = window.exactly::<36>(table.start + 8)? else { return Ok(None) };
    let called = match called([4, 5, 6, 7].map(|at| entry[at])) {
        Ok(called) => called,
        Err(unheard) => return Ok(Some(Err(unheard))),
    };
    let written = (u32::from(u16::from_be_bytes([entry[32], entry[33]])), u16::from_be_bytes([entry[24], entry[25]]));
    let stsd_end = table.start + 8 + u64::from(u32::from_be_bytes([entry[0], entry[1], entry[2], entry[3]]));
    let channels = aac_channels(window, table.start + 44..stsd_end)?.unwrap_or(written.1);
    let (scale, length) = time(window, media)?.unwrap_or_default();
    // Where the rate has no room, the scale of time is the rate.
    let rate = if written.0 == 0 { scale } else { written.0 };
    let in_samples = |units: u64| {
        let samples = u128::from(units) * u128::from(rate) / u128::from(scale.max(1));
        u64::try_from(samples).unwrap_or(u64::MAX)
    };
    let lead = in_samples(lead(window, track)?.min(length));
    let samples = Some(in_samples(length).saturating_sub(lead)).filter(|samples| *samples > 0);
    Ok(Some(expect_sense(channels, rate).map(|()| M4a { called, rate, channels, samples, lead })))
}

/// What a kind of sound is called, if it can be decoded.
fn called(name: [u8; 4]) -> Result<&'static str, Unheard> {
    match KINDS.iter().find(|(known, ..)| *known == name) {
        Some((_, called, true)) => Ok(called),
        Some((_, called, false)) => Err(Unheard::Undecodable((*called).to_owned())),
        None => Err(Unheard::Undecodable(format!("sound of the unknown kind `{}` in M4A", name.escape_ascii()))),
    }
}

/// Units of time that the list of edits leaves out at the beginning: what an encoder needs to get going.
fn lead(window: &Window, track: Range<u64>) -> io::Result<u64> {
    let Some(edits) = within(window, track, &[b"edts", b"elst"])? else { return Ok(0) };
    let Some(bytes) = window.exactly::<24>(edits.start)? else { return Ok(0) };
    // Only the plain case: one edit. The beginning of media stands behind the length of the segment.
    let start = match (bytes[0], u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]])) {
        (0, 1) => i64::from(i32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])),
        (1, 1) => i64::from_be_bytes([16, 17, 18, 19, 20, 21, 22, 23].map(|at| bytes[at])),
        _ => 0,
    };
    Ok(u64::try_from(start).unwrap_or(0))
}

/// The channels of AAC sound, from the settings of its decoder: the entry itself says 2 whatever is true.
fn aac_channels(window: &Window, entry: Range<u64>) -> io::Result<Option<u16>> {
    let Some(settings) = within(window, entry, &[b"esds"])? else { return Ok(None) };
    let bytes = window.stretch(settings.start, 64)?;
    // Three descriptions, one within the other, each with a mark, a length of one to four bytes and some fields.
    let mut rest = bytes.get(4..).unwrap_or_default();
    for (mark, fields) in [(3, 3), (4, 13), (5, 0)] {
        let Some((found, behind)) = rest.split_first() else { return Ok(None) };
        let length = behind.iter().take_while(|byte| **byte & 0x80 != 0).count() + 1;
        if *found != mark {
            return Ok(None);
        }
        rest = behind.get(length + fields..).unwrap_or_default();
    }
    let channels = rest.get(1).map(|byte| u16::from(byte >> 3 & 0x0F));
    Ok(channels.filter(|channels| (1..=2).contains(channels)))
}

/// Units of time a second, and the track's length in them.
fn time(window: &Window, media: Range<u64>) -> io::Result<Option<(u32, u64)>> {
    let Some(header) = within(window, media, &[b"mdhd"])? else { return Ok(None) };
    let Some(bytes) = window.exactly::<32>(header.start)? else { return Ok(None) };
    let long = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    Ok(Some(match bytes[0] {
        1 => (long(20), u64::from(long(24)) << 32 | u64::from(long(28))),
        _ => (long(12), u64::from(long(16))),
    }))
}

impl Form for M4a {
    fn outline(&self) -> Outline {
        Outline {
            format: Format::M4a,
            rate: self.rate,
            channels: self.channels,
            samples: self.samples,
            about: false,
            lead: self.lead,
            coding: Coding::Other(self.called.to_owned()),
        }
    }

    /// Every box of sound is there to its end.
    fn whole(&self, window: &mut Window, _: &dyn Fn() -> bool) -> Result<(), Unheard> {
        let top = atoms(window, 0..window.length(), MOST)?;
        let sounds = || top.iter().filter(|atom| atom.name == *b"mdat");
        let torn = sounds().find(|atom| atom.content.end > window.length());
        if let Some(torn) = torn {
            let (missing, needed) = (torn.content.end - window.length(), torn.content.end - torn.content.start);
            return Err(Loss::Bytes { missing, needed }.into());
        }
        let pieces = top.iter().filter(|atom| atom.name == *b"moof").count();
        if sounds().count() < pieces.max(1) {
            return Err(Loss::Before("all of its sound").into());
        }
        Ok(())
    }
}
