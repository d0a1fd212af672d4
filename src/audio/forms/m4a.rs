//! M4A and other files of boxes: each a size, four letters, and a content that may be more boxes.
//!
//! A file in many pieces (`moof`) that was cut between two of them cannot be told from a shorter one.

use std::io;
use std::ops::Range;

use super::super::format::Format;
use super::super::unheard::{Loss, Unheard};
use super::super::window::Window;
use super::{Coding, Form, Outline};

/// More boxes in a row than a file of pieces has in ten minutes, a hundred a second.
const MOST: usize = 65_536;

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
}

/// A box: its name and where its content lies, which may be beyond the end of the file.
struct Atom {
    name: [u8; 4],
    content: Range<u64>,
}

/// The boxes that begin within `range`, up to the first thing that is none.
fn atoms(window: &Window, range: Range<u64>) -> io::Result<Vec<Atom>> {
    let mut atoms = Vec::new();
    let mut at = range.start;
    while at + 8 <= range.end && atoms.len() < MOST {
        let Some([s0, s1, s2, s3, name @ ..]) = window.bytes::<8>(at)? else { break };
        let (header, size) = match u32::from_be_bytes([s0, s1, s2, s3]) {
            0 => (8, range.end - at),
            1 => (16, window.bytes::<8>(at + 8)?.map_or(0, u64::from_be_bytes)),
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
        let Some(atom) = atoms(window, range)?.into_iter().find(|atom| atom.name == **name) else { return Ok(None) };
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
        let top = atoms(window, 0..window.length())?;
        let moov = top.iter().find(|atom| atom.name == *b"moov").filter(|moov| moov.content.end <= window.length());
        let moov = moov.ok_or(Loss::Before("its table of contents"))?;
        let tracks = atoms(window, moov.content.clone())?.into_iter().filter(|atom| atom.name == *b"trak");
        for track in tracks {
            if let Some(found) = sound_of(window, track.content)? {
                return found;
            }
        }
        Err(Unheard::Undecodable("no sound but something else, as a film or text".to_owned()))
    }
}

/// What a track holds, if it is one of sound.
fn sound_of(window: &Window, track: Range<u64>) -> io::Result<Option<Result<M4a, Unheard>>> {
    let Some(media) = within(window, track, &[b"mdia"])? else { return Ok(None) };
    let handler = within(window, media.clone(), &[b"hdlr"])?;
    let kind = handler.map(|handler| window.bytes::<4>(handler.start + 8)).transpose()?.flatten();
    let Some(table) = within(window, media.clone(), &[b"minf", b"stbl", b"stsd"])?.filter(|_| kind == Some(*b"soun"))
    else {
        return Ok(None);
    };
    // Behind four bytes of version and four of number stands the first entry.
    let Some(entry) = window.bytes::<36>(table.start + 8)? else { return Ok(None) };
    let name = [4, 5, 6, 7].map(|at| entry[at]);
    let called = match KINDS.iter().find(|(known, ..)| *known == name) {
        Some((_, called, true)) => called,
        Some((_, called, false)) => return Ok(Some(Err(Unheard::Undecodable((*called).to_owned())))),
        None => {
            let name = String::from_utf8_lossy(&name).into_owned();
            return Ok(Some(Err(Unheard::Undecodable(format!("sound of the unknown kind {name:?} in M4A")))));
        }
    };
    let channels = u16::from_be_bytes([entry[24], entry[25]]);
    let written = u32::from(u16::from_be_bytes([entry[32], entry[33]]));
    let (scale, length) = time(window, media)?.unwrap_or_default();
    // Where the rate has no room, the scale of time is the rate.
    let rate = if written == 0 { scale } else { written };
    let samples = (scale > 0).then(|| u64::try_from(u128::from(length) * u128::from(rate) / u128::from(scale)).ok());
    let samples = samples.flatten().filter(|samples| *samples > 0);
    Ok(Some(Ok(M4a { called, rate: rate.max(1), channels: channels.max(1), samples })))
}

/// Units of time a second, and the track's length in them.
fn time(window: &Window, media: Range<u64>) -> io::Result<Option<(u32, u64)>> {
    let Some(header) = within(window, media, &[b"mdhd"])? else { return Ok(None) };
    let Some(bytes) = window.bytes::<32>(header.start)? else { return Ok(None) };
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
            coding: Coding::Other(self.called.to_owned()),
        }
    }

    /// Every box of sound is there to its end.
    fn whole(&self, window: &mut Window) -> Result<(), Unheard> {
        let top = atoms(window, 0..window.length())?;
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
