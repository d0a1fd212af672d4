//! What plays of a sound file that is damaged or not whole: its longest beginning, made into a file of its own.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::apart::apart;
use super::decode::{Next, Packets};
use super::format::{Format, MAGIC_LENGTH, Sniffed};
use super::glance::glance;
use super::measure::measure;
use super::riff;
use super::unheard::{Loss, Unheard};
use super::window::Window;

/// Less than this is no music, in milliseconds.
const LEAST_MS: u64 = 250;

/// A beginning that plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beginning {
    pub format: Format,
    pub duration_ms: u64,
    /// How long the whole would have been, where the file says.
    pub promised_ms: Option<u64>,
}

/// Cuts the file down to its longest beginning that plays, and makes its header say no more than there is.
/// Nothing where nothing plays; then the file may have been changed.
///
/// # Errors
/// When the file cannot be read or written.
pub fn cut_down(path: &Path) -> io::Result<Option<Beginning>> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    let Sniffed::Sound(format) = Format::of(&head(&file)?) else { return Ok(None) };
    let promised_ms = glance(path).ok().and_then(|glance| glance.length).map(|length| length.0);
    if found(path, format).is_none() {
        return Ok(None);
    }
    match format {
        Format::Wav => riff::mend(&file)?,
        Format::Mp3 => forget_length_of_mp3(&file)?,
        _ => {}
    }
    if let Err(Unheard::CutShort(Loss::LastBlock { missing, needed })) = measure(path, format) {
        file.set_len(file.metadata()?.len() - (needed - missing))?;
    }
    Ok(found(path, format).map(|duration_ms| Beginning { format, duration_ms, promised_ms }))
}

/// Milliseconds of sound up to where there is none any more; nothing where that is not worth keeping.
fn found(path: &Path, format: Format) -> Option<u64> {
    let found = apart(|| {
        let mut packets = Packets::open(Window::open(File::open(path)?)?, format)?;
        let mut nanoseconds: i128 = 0;
        // Whatever is wrong behind a packet, a player comes as far as that, too.
        while let Ok(next @ (Next::Packet(_) | Next::Anew)) = packets.advance() {
            if let Next::Packet(packet) = next {
                nanoseconds += packets.nanoseconds(&packet);
            }
        }
        Ok(u64::try_from(nanoseconds / 1_000_000).unwrap_or(0))
    });
    found.ok().filter(|found| *found >= LEAST_MS)
}

fn head(file: &File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut from = file;
    from.by_ref().take(MAGIC_LENGTH as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// The first frame of an MP3 may be silent and say how long the whole is. Without that word it is silent still,
/// and players count the frames that are there.
fn forget_length_of_mp3(file: &File) -> io::Result<()> {
    /// The words lie within the first frame, behind its header and what follows it.
    const FRAME: usize = 192;
    const WORDS: [&[u8]; 2] = [b"Xing", b"Info"];
    let mut start = [0; 10];
    file.read_exact_at(&mut start, 0)?;
    let from = match start {
        // The size of a tag is in the low seven bits of four bytes.
        [b'I', b'D', b'3', _, _, _, a, b, c, d] => {
            10 + [a, b, c, d].iter().fold(0_u64, |size, byte| size << 7 | u64::from(byte & 0x7F))
        }
        _ => 0,
    };
    let mut frame = [0; FRAME];
    let length = file.read_at(&mut frame, from)?;
    let at = WORDS.iter().find_map(|word| frame[..length].windows(word.len()).position(|four| four == *word));
    match at {
        Some(at) => file.write_all_at(&[0; 4], from + at as u64),
        None => Ok(()),
    }
}
