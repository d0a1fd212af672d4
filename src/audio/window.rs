//! The part of a file that is sound, without the tags before and after it.
//!
//! Every read says where it reads, so a header and a decoder can look at one file side by side. Four bytes at
//! a time can be covered with others: headers that promise nonsense are put right for the decoder, never in
//! the file.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use symphonia::core::io::MediaSource;

use super::trailer;

/// The bytes that stand before the content of an `ID3v2` tag.
const ID3_HEADER: u64 = 10;

/// Tags in a row that are left out at most, at either end: programs write one, and some a second.
const MOST_TAGS: usize = 64;

/// A view of an open file; clones share the file and nothing else.
#[derive(Clone, Debug)]
pub struct Window {
    file: Arc<File>,
    start: u64,
    end: u64,
    /// Where sequential reading stands, from the start of the window.
    at: u64,
    covers: Vec<Cover>,
    seekable: bool,
}

/// Bytes that are seen in the place of others.
#[derive(Clone, Copy, Debug)]
struct Cover {
    at: u64,
    bytes: [u8; 4],
}

impl Window {
    /// Looks at all of a file but the `ID3v2` tags at its beginning.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open(file: File) -> io::Result<Self> {
        let end = file.metadata()?.len();
        let mut window = Self { file: Arc::new(file), start: 0, end, at: 0, covers: Vec::new(), seekable: true };
        // Some programs put a second tag before the first.
        for _ in 0..MOST_TAGS {
            let Some(length) = window.tag_length()? else { break };
            window.start = (window.start + length).min(end);
        }
        Ok(window)
    }

    /// The length of the tag that the window begins with.
    fn tag_length(&self) -> io::Result<Option<u64>> {
        let Some([b'I', b'D', b'3', _, _, flags, sizes @ ..]) = self.exactly::<10>(0)? else { return Ok(None) };
        let is_size = sizes.iter().all(|byte| byte & 0x80 == 0);
        let size = sizes.iter().fold(0, |size, byte| size << 7 | u64::from(*byte));
        let footer = if flags & 0x10 == 0 { 0 } else { ID3_HEADER };
        Ok(is_size.then_some(ID3_HEADER + size + footer))
    }

    /// The number of bytes in view.
    pub fn length(&self) -> u64 {
        self.end - self.start
    }

    /// Whether the file held something before the window, as tags.
    pub fn has_tags(&self) -> bool {
        self.start > 0
    }

    /// Up to `most` bytes from a place on; fewer at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn stretch(&self, at: u64, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; most.min(usize::try_from(self.length().saturating_sub(at)).unwrap_or(most))];
        let mut filled = 0;
        while filled < bytes.len() {
            match self.read_at(at + filled as u64, &mut bytes[filled..])? {
                0 => break,
                more => filled += more,
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    /// The bytes at a place, if the window reaches so far.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn exactly<const N: usize>(&self, at: u64) -> io::Result<Option<[u8; N]>> {
        Ok(self.stretch(at, N)?.try_into().ok())
    }

    /// Shows other bytes than those that are there.
    pub fn cover(&mut self, at: u64, bytes: [u8; 4]) {
        self.covers.push(Cover { at, bytes });
    }

    /// Ends the window earlier.
    pub fn shorten(&mut self, length: u64) {
        self.end = self.end.min(self.start + length);
    }

    /// Leaves out the tags at the end.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn without_trailer(&mut self) -> io::Result<()> {
        for _ in 0..MOST_TAGS {
            let Some(length) = trailer::length(self)? else { break };
            self.shorten(self.length().saturating_sub(length));
        }
        Ok(())
    }

    /// Makes a source that is read from its beginning to its end only.
    #[must_use]
    pub fn forward_only(self) -> Self {
        Self { seekable: false, ..self }
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let room = usize::try_from(self.length().saturating_sub(at)).unwrap_or(usize::MAX);
        let most = buffer.len().min(room);
        let read = loop {
            match self.file.read_at(&mut buffer[..most], self.start + at) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        for cover in &self.covers {
            for (place, byte) in (cover.at..).zip(cover.bytes) {
                if (at..at + read as u64).contains(&place) {
                    buffer[(place - at) as usize] = byte;
                }
            }
        }
        Ok(read)
    }
}

impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.read_at(self.at, buffer)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(place) => Some(place),
            SeekFrom::End(offset) => self.length().checked_add_signed(offset),
            SeekFrom::Current(offset) => self.at.checked_add_signed(offset),
        };
        self.at = place.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a place before the beginning"))?;
        Ok(self.at)
    }
}

impl MediaSource for Window {
    fn is_seekable(&self) -> bool {
        self.seekable
    }

    fn byte_len(&self) -> Option<u64> {
        self.seekable.then(|| self.length())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn window(bytes: &[u8]) -> Window {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        Window::open(file).unwrap()
    }

    #[test]
    fn tags_at_both_ends_are_out_of_view() {
        let mut bytes = b"ID3\x04\0\0\0\0\0\x02xx".repeat(2);
        bytes.extend(b"sound");
        bytes.extend(b"TAG");
        bytes.extend([0; 125]);
        let mut window = window(&bytes);
        window.without_trailer().unwrap();
        assert_eq!(window.stretch(0, 100).unwrap(), b"sound");
        assert_eq!(window.exactly::<6>(0).unwrap(), None);
        assert!(window.has_tags());
    }

    #[test]
    fn a_tag_that_is_longer_than_its_file_leaves_nothing() {
        let window = window(b"ID3\x04\0\0\0\0\x7F\x7Frest");
        assert_eq!((window.length(), window.has_tags()), (0, true));
    }

    #[test]
    fn covered_bytes_are_seen_whole_and_in_pieces() {
        let mut window = window(b"0123456789");
        window.cover(3, *b"abcd");
        assert_eq!(window.stretch(0, 10).unwrap(), b"012abcd789");
        assert_eq!(window.stretch(5, 1).unwrap(), b"c");
        let mut rest = String::new();
        window.seek(SeekFrom::End(-5)).unwrap();
        window.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "cd789");
    }
}
