//! A song that came in the answer to its order: decoded from the file that the answer was kept in, and held
//! against what the answer says of it.

use std::fs::File;
use std::io::{self, Seek};
use std::path::Path;

use super::sound::Sound;
use crate::api::{About, Came, Letters, SongAnswer};
use crate::audio::hex::{Decoded, Decoder};
use crate::domain::length::to_clock;
use crate::engine::answer_file;
use crate::failpoint::{self, Point};

/// By how much the length that is said and the one that was measured may differ, in milliseconds: encoders add
/// silence at both ends, and some say whole seconds.
const TOLERANCE_MS: u64 = 1500;

/// What was decoded.
pub(in crate::engine) struct Song {
    pub said: SongAnswer,
    pub decoded: Decoded,
}

/// Decodes the letters of an answer into `out`, in bounded memory.
///
/// # Errors
/// When the answer cannot be read or `out` cannot be written.
pub(in crate::engine) fn decode(answer: &Path, out: &File) -> io::Result<Song> {
    let mut into = Into { out, decoder: Decoder::new(out) };
    let said = answer_file::read(answer, &mut into)?;
    failpoint::pass(Point::AnswerDecoded)?;
    Ok(Song { said, decoded: into.decoder.finish()? })
}

/// The letters on their way into a file.
struct Into<'a> {
    out: &'a File,
    decoder: Decoder<&'a File>,
}

impl Letters for Into<'_> {
    fn begin(&mut self) -> io::Result<()> {
        let mut out = self.out;
        out.set_len(0)?;
        out.rewind()?;
        self.decoder = Decoder::new(self.out);
        Ok(())
    }

    fn take(&mut self, letters: &[u8]) -> io::Result<()> {
        self.decoder.push(letters)
    }
}

impl Song {
    /// What is wrong with the letters, if anything is.
    pub fn fault(&self) -> Option<String> {
        let Decoded { bytes, foreign, .. } = self.decoded;
        if let Some(broken) = &self.said.broken {
            return Some(format!("the service's answer cannot be read to its end: {broken}"));
        }
        if let Some(place) = foreign {
            return Some(format!("letter {} of the song is no hexadecimal digit", place + 1));
        }
        if self.decoded.is_odd() {
            return Some("the song ends in the middle of a byte".to_owned());
        }
        let size = self.said.about.size.filter(|size| *size != bytes)?;
        Some(format!("the service says that the song has {size} bytes, it has {bytes}"))
    }

    /// What came of how much.
    pub fn came(&self) -> Came {
        Came { bytes: self.decoded.bytes, of: self.said.about.size }
    }
}

/// What is wrong with the sound, held against what the answer says of its length; that may be in seconds.
pub(super) fn fault_in_length(about: About, sound: &Sound) -> Option<String> {
    let (said, measured) = (about.length?, sound.duration_ms?);
    let agrees = [said, said.saturating_mul(1000)].iter().any(|said| said.abs_diff(measured) <= TOLERANCE_MS);
    (!agrees).then(|| format!("the service says that the song lasts {}, it lasts {}", clock(said), clock(measured)))
}

fn clock(ms: u64) -> String {
    to_clock(ms.saturating_add(500) / 1000)
}
