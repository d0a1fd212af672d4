//! Hexadecimal letters back to bytes, in pieces of any size.

use std::io::{self, Write};

/// Letters that are decoded at once.
const BLOCK: usize = 64 * 1024;

/// Decodes letters into `out` as they come. What follows the first letter that is none of sixteen is counted
/// and left out: from there on nobody knows which letters belong together.
#[derive(Debug)]
pub struct Decoder<W> {
    out: W,
    /// The first letter of a pair whose second has not come yet.
    half: Option<u8>,
    decoded: Decoded,
    block: Vec<u8>,
}

/// What has come out so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Letters that came.
    pub letters: u64,
    /// Bytes that they made.
    pub bytes: u64,
    /// The place of the first letter that is no hexadecimal digit.
    pub foreign: Option<u64>,
}

impl Decoded {
    /// Whether the letters do not come out even.
    #[must_use]
    pub fn is_odd(self) -> bool {
        self.letters % 2 == 1
    }
}

impl<W: Write> Decoder<W> {
    /// A decoder into `out`.
    pub fn new(out: W) -> Self {
        Self { out, half: None, decoded: Decoded::default(), block: vec![0; BLOCK / 2] }
    }

    /// Decodes some more letters.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn push(&mut self, mut letters: &[u8]) -> io::Result<()> {
        let before = self.decoded.letters;
        self.decoded.letters += letters.len() as u64;
        if self.decoded.foreign.is_some() {
            return Ok(());
        }
        let clean = letters.iter().position(|letter| !letter.is_ascii_hexdigit());
        if let Some(place) = clean {
            self.decoded.foreign = Some(before + place as u64);
            letters = &letters[..place];
        }
        if let (Some(first), Some((second, rest))) = (self.half, letters.split_first()) {
            self.half = None;
            self.put(&[first, *second])?;
            letters = rest;
        }
        let (pairs, rest) = letters.split_at(letters.len() & !1);
        self.half = self.half.or(rest.first().copied());
        pairs.chunks(BLOCK).try_for_each(|block| self.put(block))
    }

    /// What came out, once `out` has all of it.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn finish(mut self) -> io::Result<Decoded> {
        self.out.flush()?;
        Ok(self.decoded)
    }

    fn put(&mut self, pairs: &[u8]) -> io::Result<()> {
        let bytes = &mut self.block[..pairs.len() / 2];
        faster_hex::hex_decode(pairs, bytes).map_err(io::Error::other)?;
        self.out.write_all(bytes)?;
        self.decoded.bytes += bytes.len() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(pieces: &[&[u8]]) -> (Vec<u8>, Decoded) {
        let mut out = Vec::new();
        let mut decoder = Decoder::new(&mut out);
        for piece in pieces {
            decoder.push(piece).unwrap();
        }
        let told = decoder.finish().unwrap();
        (out, told)
    }

    #[test]
    fn letters_of_either_case_become_bytes_wherever_they_are_cut() {
        let (out, decoded) = decoded(&[b"4", b"94433", b"", b"fFaA0"]);
        assert_eq!(out, b"ID3\xff\xaa");
        assert_eq!(decoded, Decoded { letters: 11, bytes: 5, foreign: None });
        assert!(decoded.is_odd(), "a letter is left without its partner");
    }

    #[test]
    fn what_follows_a_foreign_letter_is_counted_and_left_out() {
        for pieces in [&[&b"4944x433"[..]][..], &[b"49", b"4", b"4x", b"433"]] {
            let (out, decoded) = decoded(pieces);
            assert_eq!(out, b"ID");
            assert_eq!(decoded, Decoded { letters: 8, bytes: 2, foreign: Some(4) });
        }
        let (out, between) = super::tests::decoded(&[b"494", b"\n4"]);
        assert_eq!((out, between.foreign), (b"I".to_vec(), Some(3)), "between the two of a pair");
    }

    proptest! {
        #[test]
        fn bytes_come_back_however_their_letters_are_cut(bytes: Vec<u8>, cuts in prop::collection::vec(1_usize..40, 1..20)) {
            let letters = faster_hex::hex_string(&bytes);
            let mut rest = letters.as_bytes();
            let mut pieces = Vec::new();
            for cut in cuts {
                let (piece, left) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece);
                rest = left;
            }
            pieces.push(rest);
            let (out, decoded) = decoded(&pieces);
            prop_assert_eq!(decoded, Decoded { letters: letters.len() as u64, bytes: bytes.len() as u64, foreign: None });
            prop_assert_eq!(out, bytes);
        }
    }
}
