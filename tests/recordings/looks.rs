//! What a glance tells, and what listening finds, of every form.

use std::fs;

use refrain::audio::format::Format;
use refrain::audio::forms::Coding;
use refrain::audio::glance::{Glance, glance};
use refrain::audio::length::Length;
use refrain::audio::unheard::Unheard;

use crate::sounds::{self, PLAIN, Wav, hear};

type Row = (&'static str, Format, u64, u16, u32, Option<&'static str>);

/// File, format, milliseconds, channels, sample rate, and what it is called where it is converted.
const FILES: [Row; 18] = [
    ("constant.mp3", Format::Mp3, 1584, 1, 16_000, None),
    ("constant-info.mp3", Format::Mp3, 1500, 1, 16_000, None),
    ("variable.mp3", Format::Mp3, 1584, 1, 16_000, None),
    ("variable-xing.mp3", Format::Mp3, 1500, 1, 16_000, None),
    ("stereo-tags.mp3", Format::Mp3, 600, 2, 44_100, None),
    ("mono.flac", Format::Flac, 1500, 1, 11_025, Some("FLAC")),
    ("unknown-length.flac", Format::Flac, 800, 1, 11_025, Some("FLAC")),
    ("stereo.ogg", Format::Ogg, 1500, 2, 22_050, Some("Ogg Vorbis")),
    ("flac-in.ogg", Format::Ogg, 1000, 1, 16_000, Some("Ogg FLAC")),
    ("end.m4a", Format::M4a, 1536, 1, 16_000, Some("M4A (AAC)")),
    ("start.m4a", Format::M4a, 1536, 1, 16_000, Some("M4A (AAC)")),
    ("pieces.m4a", Format::M4a, 1600, 1, 16_000, Some("M4A (AAC)")),
    ("lossless.m4a", Format::M4a, 1000, 1, 8_000, Some("M4A (Apple Lossless)")),
    ("big.aiff", Format::Aiff, 500, 1, 8_000, Some("AIFF")),
    ("little.aifc", Format::Aiff, 500, 1, 8_000, Some("AIFF")),
    ("alaw.wav", Format::Wav, 500, 1, 8_000, Some("WAV (A-law)")),
    ("ima.wav", Format::Wav, 555, 1, 11_025, Some("WAV (IMA ADPCM)")),
    ("ms.wav", Format::Wav, 554, 1, 11_025, Some("WAV (Microsoft ADPCM)")),
];

#[test]
fn every_form_is_listened_to_and_a_glance_tells_the_same() {
    for (name, format, ms, channels, rate, called) in FILES {
        let heard = hear(&sounds::bytes(name)).unwrap_or_else(|error| panic!("{name} {error}"));
        assert_eq!((heard.whole, heard.length), (Length(ms), Length(ms)), "{name}");
        assert!((-28.0..-9.0).contains(&heard.peak), "{name}: {}", heard.peak);
        assert!(heard.loudness < heard.peak - 2.5 && heard.loudness > heard.peak - 14.0, "{name}: {heard:?}");
        let coding = called.map_or(Coding::Usual, |called| Coding::Other(called.to_owned()));
        assert_eq!(heard.outline.coding, coding, "{name}");

        let path = sounds::folder().join(name);
        let glanced = glance(&path).unwrap();
        let same = Glance { length: glanced.length, about: glanced.about, format, channels, rate, ..glanced };
        assert_eq!(glanced, same, "{name}");
        assert_eq!(glanced.bytes, fs::metadata(&path).unwrap().len(), "{name}");
        if let Some(length) = glanced.length {
            assert!(length.0.abs_diff(ms) <= 90, "{name}: {length:?}, an MP3 with what its encoder added");
        }
        assert_eq!(glanced.about, matches!(name, "constant.mp3" | "variable.mp3"), "{name}");
        let says_no_length = matches!(name, "unknown-length.flac" | "pieces.m4a");
        assert_eq!(glanced.length.is_none(), says_no_length, "{name}");
    }
}

#[test]
fn wav_files_of_every_kind_are_read_and_the_plain_ones_need_nothing() {
    let table = [
        (PLAIN, Coding::Usual),
        (Wav { bits: 8, ..PLAIN }, Coding::Usual),
        (Wav { channels: 2, rate: 44_100, ..PLAIN }, Coding::Usual),
        (Wav { bits: 24, ..PLAIN }, Coding::Other("24-bit WAV".to_owned())),
        (Wav { bits: 32, ..PLAIN }, Coding::Other("32-bit WAV".to_owned())),
        (Wav { code: 3, bits: 32, ..PLAIN }, Coding::Other("WAV (floating point)".to_owned())),
        (Wav { code: 3, bits: 64, channels: 2, ..PLAIN }, Coding::Other("WAV (floating point)".to_owned())),
        (Wav { code: 0xFFFE, channels: 2, ..PLAIN }, Coding::Other("WAV (extensible)".to_owned())),
        (Wav { code: 0xFFFE, channels: 6, bits: 24, ..PLAIN }, Coding::Other("WAV with 6 channels".to_owned())),
    ];
    for (wav, coding) in table {
        let heard = hear(&wav.bytes()).unwrap_or_else(|error| panic!("{coding:?} {error}"));
        assert_eq!(heard.outline.coding, coding);
        assert_eq!(heard.whole, Length(1_000), "{coding:?}");
        assert!((heard.peak + 6.0).abs() < 0.2, "{coding:?}: {}", heard.peak);
        assert!((heard.loudness + 9.0).abs() < 0.2, "{coding:?}: {}", heard.loudness);
        assert_eq!(heard.outline.channels, wav.channels);
    }
}

#[test]
fn a_header_of_a_program_that_could_not_go_back_is_no_cut() {
    let (most, sox, arecord) = (u32::MAX, 0x7FFF_F000, 0x8000_0000);
    for (riff, data) in [(most, most), (sox + 36, sox), (arecord, arecord), (0, 0), (most, 0)] {
        let bytes = PLAIN.streamed(riff, data);
        let heard = hear(&bytes).unwrap_or_else(|error| panic!("{riff:x} {data:x} {error}"));
        assert_eq!(heard.whole, Length(1_000), "{riff:x} {data:x}");
        assert_eq!(heard.outline.coding, Coding::Other("WAV of unknown length".to_owned()));
    }
}

#[test]
fn an_rf64_file_says_its_length_elsewhere() {
    let rf64 = |length: u64| {
        let mut bytes = b"RF64\xFF\xFF\xFF\xFFWAVEds64\x1C\0\0\0".to_vec();
        bytes.extend([0; 8]);
        bytes.extend(length.to_le_bytes());
        bytes.extend([0; 12]);
        bytes.extend(&PLAIN.streamed(u32::MAX, u32::MAX)[12..]);
        bytes
    };
    let heard = hear(&rf64(16_000)).unwrap();
    assert_eq!((heard.whole, heard.outline.coding), (Length(1_000), Coding::Other("RF64".to_owned())));
    assert_eq!(hear(&rf64(0)).unwrap().whole, Length(1_000), "no length at all is no cut");
    assert!(matches!(hear(&rf64(17_000)), Err(Unheard::CutShort(_))));
}

#[test]
fn sixteen_bits_stand_a_riff_size_that_is_wrong() {
    for riff in [4, 36, 100, 1_000_000] {
        let content = vec![0x10; 16_000];
        let bytes = PLAIN.with_sizes(Some(riff), 16_000, &content);
        assert_eq!(hear(&bytes).unwrap().whole, Length(1_000), "{riff}");
    }
}

#[test]
fn tags_and_other_things_around_an_mp3_are_no_sound_and_no_damage() {
    let sound = sounds::bytes("constant.mp3");
    let mut id3v1 = b"TAG".to_vec();
    id3v1.resize(128, 0);
    let ape = |items: &[u8]| {
        let mut footer = b"APETAGEX\xD0\x07\0\0".to_vec();
        footer.extend((items.len() as u32 + 32).to_le_bytes());
        footer.extend([1, 0, 0, 0]);
        footer.extend([0; 12]);
        [items, &footer].concat()
    };
    let picture = [b"ID3\x04\0\0\0\0\x20\0".as_slice(), &[0xFF; 4096]].concat();
    let table: [(&str, Vec<u8>); 9] = [
        ("an ID3v1 tag", [&sound[..], &id3v1].concat()),
        ("an APE tag", [&sound[..], &ape(&[7; 300])].concat()),
        ("both", [&sound[..], &ape(b"x"), &id3v1].concat()),
        ("Lyrics3 and ID3v1", [&sound[..], b"LYRICSBEGINla la000015LYRICS200", &id3v1].concat()),
        ("an ID3v2 tag full of sync bytes", [&picture[..], &sound].concat()),
        ("two of them, and noughts", [&picture[..], &picture, &[0; 5_000], &sound].concat()),
        ("noughts behind", [&sound[..], &[0; 700]].concat()),
        ("text behind", [&sound[..], &b"bought at a shop ".repeat(20)].concat()),
        ("text in the middle", [&sound[..1440], b"oops", &sound[1440..]].concat()),
    ];
    for (what, bytes) in table {
        let heard = hear(&bytes).unwrap_or_else(|error| panic!("with {what} it {error}"));
        assert_eq!(heard.whole, Length(1_584), "{what}");
    }
}

#[test]
fn an_mp3_put_together_of_two_is_heard_to_its_end() {
    let one = sounds::bytes("constant-info.mp3");
    let heard = hear(&[&one[..], &one].concat()).unwrap();
    assert!(heard.whole.0 > 3_000, "the table of the first stops nobody: {:?}", heard.whole);
}

#[test]
fn only_a_little_of_a_large_file_is_looked_at_for_a_glance() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.mp3");
    fs::write(&path, sounds::bytes("constant.mp3").repeat(2_000)).unwrap();
    let before = read_by_this_thread();
    let glanced = glance(&path).unwrap();
    let read = read_by_this_thread() - before;
    assert!(glanced.about && glanced.length.unwrap().0 > 3_000_000, "{glanced:?}");
    assert!(read <= 256 * 1024, "{read} bytes were read");
}

/// Bytes that this thread asked the system for, from the files of `/proc`; elsewhere nothing is measured.
fn read_by_this_thread() -> u64 {
    let counts = fs::read_to_string("/proc/thread-self/io").unwrap_or_default();
    let line = counts.lines().find_map(|line| line.strip_prefix("rchar: "));
    line.map_or(0, |count| count.parse().unwrap())
}
