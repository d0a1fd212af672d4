//! Files that are no recording, or none that can be decoded, by their first bytes.

use super::unheard::Unheard;

/// A file that was recognised, and is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookalike {
    /// No sound at all.
    Alien(&'static str),
    /// Sound that cannot be decoded here.
    Undecodable(&'static str),
}

use Lookalike::{Alien, Undecodable};

/// Where bytes stand, the bytes, and what they tell.
const KNOWN: [(usize, &[u8], Lookalike); 36] = [
    (0, b"\x89PNG", Alien("a PNG picture")),
    (0, b"\xFF\xD8\xFF", Alien("a JPEG picture")),
    (0, b"GIF8", Alien("a GIF picture")),
    (8, b"WEBP", Alien("a WebP picture")),
    (0, b"BM", Alien("a BMP picture")),
    (0, b"II*\0", Alien("a TIFF picture")),
    (0, b"MM\0*", Alien("a TIFF picture")),
    (0, b"<svg", Alien("an SVG picture")),
    (0, b"%PDF", Alien("a PDF document")),
    (0, b"PK\x03\x04", Alien("a zip archive")),
    (0, b"\x1F\x8B", Alien("a gzip archive")),
    (0, b"BZh", Alien("a bzip2 archive")),
    (0, b"\xFD7zXZ", Alien("an xz archive")),
    (0, b"\x28\xB5\x2F\xFD", Alien("a zstd archive")),
    (0, b"7z\xBC\xAF", Alien("a 7z archive")),
    (0, b"Rar!", Alien("a rar archive")),
    (257, b"ustar", Alien("a tar archive")),
    (0, b"\x7FELF", Alien("a program")),
    (0, b"SQLite format 3", Alien("a database")),
    (8, b"AVI ", Alien("an AVI film")),
    (0, b"FLV\x01", Alien("a Flash film")),
    (0, b"\0\0\x01\xBA", Alien("an MPEG film")),
    (0, b"MThd", Alien("a MIDI file, which is notes and not sound")),
    (0, b"#EXTM3U", Alien("a playlist")),
    (0, b"[playlist]", Alien("a playlist")),
    (0, b"\x1A\x45\xDF\xA3", Undecodable("WebM or Matroska")),
    (0, b"\x30\x26\xB2\x75", Undecodable("Windows Media (WMA)")),
    (0, b"#!AMR", Undecodable("AMR")),
    (0, b"caff", Undecodable("a Core Audio file (CAF)")),
    (0, b"wvpk", Undecodable("WavPack")),
    (0, b"MAC ", Undecodable("Monkey's Audio (APE)")),
    (0, b"MPCK", Undecodable("Musepack")),
    (0, b"TTA1", Undecodable("True Audio (TTA)")),
    (0, b".snd", Undecodable("a Sun audio file (AU)")),
    (0, b"DSD ", Undecodable("DSD")),
    (0, b"Creative Voice File", Undecodable("a Creative voice file (VOC)")),
];

/// What a file is that begins so, if it is known.
pub fn of(head: &[u8]) -> Option<Lookalike> {
    let known = KNOWN.iter().find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    known.map(|(.., lookalike)| *lookalike).or_else(|| by_bits(head)).or_else(|| by_words(head))
}

/// Rows of frames, as those of MP3 but of other kinds.
fn by_bits(head: &[u8]) -> Option<Lookalike> {
    let [0xFF, second, ..] = head else { return None };
    match second & 0xF6 {
        0xF0 => Some(Undecodable("bare AAC (ADTS)")),
        0xF4 => Some(Undecodable("MPEG layer II (MP2)")),
        _ => None,
    }
}

fn by_words(head: &[u8]) -> Option<Lookalike> {
    let start = head.trim_ascii_start();
    let begins = |word: &[u8]| start.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    if begins(b"<!doctype html") || begins(b"<html") {
        return Some(Alien("a web page"));
    }
    if begins(b"<?xml") {
        return Some(Alien("an XML document"));
    }
    if begins(b"{") {
        return Some(Alien("a JSON text"));
    }
    is_text(head).then_some(Alien("a text"))
}

/// Whether all of it can be read; a letter that is cut off at the end does not count.
fn is_text(head: &[u8]) -> bool {
    let readable = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or(""),
        Err(_) => "",
    };
    !readable.is_empty() && !readable.chars().any(|c| c.is_control() && !c.is_whitespace())
}

impl From<Lookalike> for Unheard {
    fn from(lookalike: Lookalike) -> Self {
        match lookalike {
            Alien(what) => Self::Alien(what),
            Undecodable(what) => Self::Undecodable(what.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_recording_is_called_by_its_name() {
        let table: [(&[u8], Option<Lookalike>); 14] = [
            (b"\x89PNG\r\n\x1A\n", Some(Alien("a PNG picture"))),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Alien("a WebP picture"))),
            (b"PK\x03\x04", Some(Alien("a zip archive"))),
            (b"\n <!DOCTYPE HTML>", Some(Alien("a web page"))),
            (b"<html>", Some(Alien("a web page"))),
            (b"{\"a\": 1}", Some(Alien("a JSON text"))),
            ("la la la, \u{266B}".as_bytes(), Some(Alien("a text"))),
            (&"\u{266B}".as_bytes()[..2], None),
            (b"la la\xE2\x99", Some(Alien("a text"))),
            (b"\xFF\xF1\x50\x80", Some(Undecodable("bare AAC (ADTS)"))),
            (b"\xFF\xFD\x80\xC4", Some(Undecodable("MPEG layer II (MP2)"))),
            (b"\x1A\x45\xDF\xA3", Some(Undecodable("WebM or Matroska"))),
            (b"\0\0\0\0", None),
            (b"", None),
        ];
        for (head, expected) in table {
            assert_eq!(of(head), expected, "{head:?}");
        }
    }
}
