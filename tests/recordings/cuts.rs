//! Files that were cut short: each form, at many places.

use std::fs;

use refrain::audio::format::{Format, MAGIC_LENGTH, Sniffed};
use refrain::audio::measure::measure;
use refrain::audio::unheard::Unheard;

use crate::sounds::{self, PLAIN, Wav, hear};

/// Files that say their length, or whose blocks do.
const KNOWN: [&str; 15] = [
    "constant.mp3",
    "constant-info.mp3",
    "variable.mp3",
    "variable-xing.mp3",
    "stereo-tags.mp3",
    "mono.flac",
    "stereo.ogg",
    "flac-in.ogg",
    "end.m4a",
    "start.m4a",
    "lossless.m4a",
    "big.aiff",
    "little.aifc",
    "alaw.wav",
    "ima.wav",
];

/// Bytes of a frame of `constant.mp3`.
const FRAME: usize = 72;

/// Ten lengths that a file may be cut to: within its header, in the middle, and within its last block.
fn cuts(length: usize) -> [usize; 10] {
    let middle = |part: usize| length * part / 20;
    [14, middle(2), middle(5), middle(7), middle(10), middle(15), middle(18), length - 40, length - 2, length - 1]
}

/// Every cut is found. Where two frames of an MP3 file without a table meet nothing tells; then it is found a
/// byte before and a byte behind.
fn every_cut_is(found: &dyn Fn(&[u8]) -> bool, name: &str) {
    let whole = sounds::bytes(name);
    let tag = whole[whole.len() - 128..].starts_with(b"TAG");
    for length in cuts(whole.len() - if tag { 128 } else { 0 }) {
        let has_no_table = matches!(name, "constant.mp3" | "variable.mp3");
        let is_between_frames = || has_no_table && found(&whole[..length - 1]) && found(&whole[..=length]);
        assert!(found(&whole[..length]) || is_between_frames(), "{name} cut to {length} of {}", whole.len());
    }
}

#[test]
fn every_cut_is_found_in_every_form() {
    for name in KNOWN {
        assert!(hear(&sounds::bytes(name)).is_ok(), "{name} is whole");
        every_cut_is(&|bytes| matches!(hear(bytes), Err(Unheard::CutShort(_))), name);
    }
}

#[test]
fn every_cut_is_found_without_decoding_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("song");
    for name in KNOWN {
        let whole = sounds::bytes(name);
        let Sniffed::Sound(format) = Format::of(&whole[..MAGIC_LENGTH]) else { panic!("{name}") };
        let measured = |bytes: &[u8]| {
            fs::write(&path, bytes).unwrap();
            measure(&path, format)
        };
        let (ms, heard) = (measured(&whole).unwrap().duration_ms, hear(&whole).unwrap().whole.0);
        assert!(ms.abs_diff(heard) <= 100, "{name}: {ms} of {heard}");
        every_cut_is(&|bytes| matches!(measured(bytes), Err(Unheard::CutShort(_))), name);
    }
}

#[test]
fn every_wav_that_says_its_length_is_known_to_be_cut() {
    let kinds = [PLAIN, Wav { bits: 24, channels: 2, ..PLAIN }, Wav { code: 3, bits: 32, ..PLAIN }];
    for wav in kinds {
        let whole = wav.bytes();
        for length in cuts(whole.len()) {
            assert!(matches!(hear(&whole[..length]), Err(Unheard::CutShort(_))), "{} bits to {length}", wav.bits);
        }
    }
}

#[test]
fn a_cut_says_what_is_missing() {
    let table = [
        ("big.aiff", 1_000, "is cut short: 1000 of 8008 bytes of its sound are missing"),
        ("constant.mp3", 1, "is cut short: 1 of 72 bytes of its last block are missing"),
        ("constant-info.mp3", 180, "is cut short: 41 of 44 blocks of sound are there"),
        ("end.m4a", 1_000, "is cut short: it ends before its table of contents"),
        ("stereo.ogg", 48, "is cut short: 48 of 903 bytes of its last block are missing"),
    ];
    for (name, missing, sentence) in table {
        let whole = sounds::bytes(name);
        let found = hear(&whole[..whole.len() - missing]).unwrap_err().to_string();
        assert!(found.starts_with(sentence), "{name} {found}");
    }
}

#[test]
fn an_mp3_without_a_table_that_was_cut_between_two_frames_cannot_be_told_from_a_shorter_one() {
    let whole = sounds::bytes("constant.mp3");
    assert_eq!(hear(&whole[..whole.len() - FRAME]).unwrap().whole.0, 1_584 - 36);
    assert!(hear(&whole[..=whole.len() - FRAME]).is_err());
}

#[test]
fn a_table_of_the_other_kind_is_held_against_the_frames_as_well() {
    let sound = sounds::bytes("constant.mp3");
    let with = |frames: u32| {
        let mut first = sound[..FRAME].to_vec();
        first[36..40].copy_from_slice(b"VBRI");
        first[46..50].copy_from_slice(&(sound.len() as u32 + FRAME as u32).to_be_bytes());
        first[50..54].copy_from_slice(&frames.to_be_bytes());
        [first, sound.clone()].concat()
    };
    assert!(hear(&with(44)).is_ok());
    assert!(hear(&with(45)).is_ok(), "a table that counts itself");
    assert!(matches!(hear(&with(46)), Err(Unheard::CutShort(_))));
    let cut = &with(44)[..FRAME * 40];
    assert!(matches!(hear(cut), Err(Unheard::CutShort(_))), "between two frames");
}

#[test]
fn a_flac_that_differs_from_its_own_checksum_is_damaged() {
    let mut bytes = sounds::bytes("mono.flac");
    bytes[26] ^= 1; // the checksum of the samples
    let found = hear(&bytes).unwrap_err().to_string();
    assert_eq!(found, "is damaged: its sound is not what its own checksum says");
}
