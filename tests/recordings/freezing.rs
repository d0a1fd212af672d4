//! Freezing: copied, checked, converted where it must be, and named after its content.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use refrain::audio::glance::glance;
use refrain::domain::catalogue::{Firmness, Limit};
use refrain::domain::recording::{Encoding, Frozen, Part, Rules, Unfit};
use refrain::engine::recordings::{Recordings, Wanted};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use crate::sounds::{self, PLAIN, Wav};

/// What anything is taken for.
pub const ANYTHING: Rules =
    Rules { longer_than: None, shortest: None, longest: None, most_bytes: None, encoding: None };

/// A person's folder, and the one where recordings are frozen.
pub struct Desk {
    folder: TempDir,
    recordings: Recordings,
}

impl Desk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recordings = Recordings::at(folder.path().join("data/recordings"));
        Self { folder, recordings }
    }

    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    pub fn freeze(&self, file: &Path, rules: &Rules, part: Option<Part>) -> Result<Frozen, Unfit> {
        self.recordings.freeze(file, &Wanted { rules, part, force: false }, &|| true)
    }

    pub fn frozen(&self, frozen: &Frozen) -> Vec<u8> {
        fs::read(self.recordings.path(&frozen.name)).unwrap()
    }

    /// Everything in the folder of recordings, also what is hidden.
    pub fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.recordings.path("")).map(Iterator::flatten);
        entries.into_iter().flatten().map(|entry| entry.file_name().into_string().unwrap()).collect()
    }

    pub fn refused(&self, bytes: &[u8], rules: &Rules) -> Unfit {
        let refused = self.freeze(&self.file("a.wav", bytes), rules, None).unwrap_err();
        assert_eq!(self.names(), [""; 0], "nothing half done");
        refused
    }
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|half| char::from(b"0123456789abcdef"[usize::from(half)]))
        .collect()
}

pub fn part(from_ms: u64, to_ms: Option<u64>) -> Part {
    Part { from_ms, to_ms }
}

/// The samples of a WAV file of 16 bits that was written here.
pub fn samples(wav: &[u8]) -> Vec<i16> {
    assert_eq!(&wav[36..40], b"data");
    assert_eq!(u32::from_le_bytes(wav[40..44].try_into().unwrap()) as usize, wav.len() - 44);
    wav[44..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect()
}

#[test]
fn a_plain_wav_and_an_mp3_go_as_they_are() {
    let desk = Desk::new();
    for (name, bytes) in [("a.wav", PLAIN.bytes()), ("b.mp3", sounds::bytes("stereo-tags.mp3"))] {
        let frozen = desk.freeze(&desk.file(name, &bytes), &ANYTHING, None).unwrap();
        assert_eq!(desk.frozen(&frozen), bytes, "byte for byte");
        assert_eq!(frozen.name, format!("{}.{}", hash(&bytes), &name[2..]));
        assert_eq!((frozen.content, frozen.converted), (hash(&bytes), None));
        assert_eq!(frozen.bytes, bytes.len() as u64);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&desk.recordings.path(&frozen.name)), 0o600);
        assert_eq!(mode(&desk.recordings.path("")), 0o700);
    }
}

#[test]
fn a_file_is_known_by_its_content_and_not_by_its_name() {
    let desk = Desk::new();
    let frozen = desk.freeze(&desk.file("song.txt", &sounds::bytes("mono.flac")), &ANYTHING, None).unwrap();
    assert_eq!(frozen.converted.as_deref(), Some("converted from FLAC to WAV"));
    let mp3 = desk.freeze(&desk.file("song.wav", &sounds::bytes("constant.mp3")), &ANYTHING, None).unwrap();
    assert_eq!(Path::new(&mp3.name).extension().unwrap(), "mp3");
}

#[test]
fn everything_else_becomes_a_wav_of_sixteen_bits_with_the_same_sound() {
    let desk = Desk::new();
    let table = [
        ("mono.flac", sounds::bytes("mono.flac"), "FLAC to WAV", 16_538),
        ("big.aiff", sounds::bytes("big.aiff"), "AIFF to WAV", 4_000),
        ("lossless.m4a", sounds::bytes("lossless.m4a"), "M4A (Apple Lossless) to WAV", 8_000),
        ("end.m4a", sounds::bytes("end.m4a"), "M4A (AAC) to WAV", 24_576),
        ("stereo.ogg", sounds::bytes("stereo.ogg"), "Ogg Vorbis to WAV", 2 * 33_075),
        ("24.wav", Wav { bits: 24, ..PLAIN }.bytes(), "24-bit WAV to plain WAV", 8_000),
        ("float.wav", Wav { code: 3, bits: 32, ..PLAIN }.bytes(), "WAV (floating point) to plain WAV", 8_000),
        ("ima.wav", sounds::bytes("ima.wav"), "WAV (IMA ADPCM) to plain WAV", 6_123),
        ("stream.wav", PLAIN.streamed(0, 0), "WAV of unknown length to plain WAV", 8_000),
    ];
    for (name, bytes, converted, count) in table {
        let frozen = desk.freeze(&desk.file(name, &bytes), &ANYTHING, None).unwrap();
        assert_eq!(frozen.converted.unwrap(), format!("converted from {converted}"), "{name}");
        assert_eq!(frozen.content, hash(&bytes), "{name}: known again by the person's file");
        let wav = fs::read(desk.recordings.path(&frozen.name)).unwrap();
        assert_eq!(frozen.name, format!("{}.wav", hash(&wav)));
        assert_eq!(samples(&wav).len(), count, "{name}");
        let again = sounds::hear(&wav).unwrap();
        assert_eq!(again.whole.0, frozen.duration_ms, "{name}");
        let before = sounds::hear(&bytes).unwrap();
        assert!((again.loudness - before.loudness).abs() < 0.01, "{name}: {before:?} {again:?}");
    }
}

#[test]
fn sixteen_bits_stay_what_they_were() {
    let desk = Desk::new();
    let tone = Wav { channels: 2, loud: 1.0, ..PLAIN };
    let extensible = Wav { code: 0xFFFE, ..tone };
    let frozen = desk.freeze(&desk.file("a.wav", &extensible.bytes()), &ANYTHING, None).unwrap();
    let expected: Vec<i16> = tone.samples().into_iter().map(|sample| (sample * 32_767.0) as i16).collect();
    assert_eq!(samples(&desk.frozen(&frozen)), expected);
}

#[test]
fn six_channels_become_two_in_which_all_are_heard() {
    let desk = Desk::new();
    let surround = Wav { code: 0xFFFE, channels: 6, loud: 1.0, ..PLAIN };
    let frozen = desk.freeze(&desk.file("a.wav", &surround.bytes()), &ANYTHING, None).unwrap();
    assert_eq!(frozen.converted.as_deref(), Some("converted from WAV with 6 channels to plain WAV, mixed to stereo"));
    let wav = desk.frozen(&frozen);
    assert_eq!(glance(&desk.recordings.path(&frozen.name)).unwrap().channels, 2);
    let (made, all) = (samples(&wav), surround.samples());
    for (pair, six) in made.chunks_exact(2).zip(all.chunks_exact(6)) {
        let middle = six[2..].iter().sum::<f64>() / 2.0;
        for (side, sample) in pair.iter().enumerate() {
            let expected = (six[side] + middle) / 3.0 * 32_767.0;
            assert!((f64::from(*sample) - expected).abs() < 3.0, "{sample} {expected}");
        }
    }
}

#[test]
fn the_same_content_is_kept_once_and_a_part_is_another_content() {
    let desk = Desk::new();
    let (a, b) = (desk.file("a.wav", &PLAIN.bytes()), desk.file("b.wav", &PLAIN.bytes()));
    let first = desk.freeze(&a, &ANYTHING, None).unwrap();
    assert_eq!(desk.freeze(&b, &ANYTHING, None).unwrap(), first);
    assert_eq!(desk.names(), [first.name.as_str()]);
    let of_part = desk.freeze(&a, &ANYTHING, Some(part(250, Some(750)))).unwrap();
    assert_eq!(of_part.content, format!("{}@250-750", first.content));
    assert_eq!(desk.freeze(&a, &ANYTHING, Some(part(250, None))).unwrap().content, format!("{}@250-", first.content));
    desk.recordings.remove(&first.name).unwrap();
    desk.recordings.remove(&first.name).unwrap();
    assert_eq!(desk.names().len(), 2);
}

const SECONDS: fn(u64) -> Option<Limit> = |value| Some(Limit { value, firmness: Firmness::Soft });

#[test]
fn lengths_are_held_against_the_rules_to_the_sample() {
    let of = |seconds| Wav { seconds, rate: if seconds < 60.0 { 1_000 } else { 50 }, ..PLAIN }.bytes();
    let cover = Rules { shortest: SECONDS(6), longest: SECONDS(360), ..ANYTHING };
    let exactly = |rules: Rules, firmness| {
        let hard = |limit: Option<Limit>| limit.map(|limit| Limit { firmness, ..limit });
        Rules { longer_than: hard(rules.longer_than), longest: hard(rules.longest), ..rules }
    };
    let table = [
        (of(10.0), Rules::UPLOAD, Some("`a.wav` lasts 10 s; it must last longer than 10 s"), true),
        (of(10.001), Rules::UPLOAD, None, true),
        (of(600.0), Rules::UPLOAD, None, true),
        (of(600.2), Rules::UPLOAD, Some("`a.wav` lasts 10:00.2; it may last at most 10:00"), true),
        (
            of(600.2),
            exactly(Rules::UPLOAD, Firmness::Hard),
            Some("`a.wav` lasts 10:00.2; it may last at most 10:00"),
            false,
        ),
        (of(5.9), cover, Some("`a.wav` lasts 5.9 s; it must last at least 6 s"), true),
        (of(6.0), cover, None, true),
        (of(360.1), cover, Some("`a.wav` lasts 6:00.1; it may last at most 6:00"), true),
    ];
    for (bytes, rules, sentence, may_force) in table {
        let desk = Desk::new();
        let file = desk.file("a.wav", &bytes);
        let found = desk.freeze(&file, &rules, None);
        let expected = sentence.map(|sentence| Unfit { sentence: sentence.to_owned(), may_force });
        assert_eq!(found.err(), expected);
        let forced = desk.recordings.freeze(&file, &Wanted { rules: &rules, part: None, force: true }, &|| true);
        assert_eq!(forced.is_ok(), may_force || sentence.is_none());
    }
}

#[test]
fn the_rules_hold_for_the_part_and_not_for_the_file() {
    let desk = Desk::new();
    let file = desk.file("a.wav", &Wav { seconds: 20.0, rate: 1_000, ..PLAIN }.bytes());
    let refused = desk.freeze(&file, &Rules::UPLOAD, Some(part(0, Some(8_000)))).unwrap_err();
    assert_eq!(refused.sentence, "`a.wav` lasts 8 s in the chosen part; it must last longer than 10 s");
    assert!(desk.freeze(&file, &Rules::UPLOAD, Some(part(5_000, Some(16_000)))).is_ok());
}

#[test]
fn the_size_that_counts_is_the_one_that_is_sent() {
    let desk = Desk::new();
    let flac = sounds::bytes("mono.flac").len() as u64;
    let limited = Rules { most_bytes: Some(Limit { value: flac + 1, firmness: Firmness::Hard }), ..ANYTHING };
    let file = desk.file("a.flac", &sounds::bytes("mono.flac"));
    let refused = desk.freeze(&file, &limited, None).unwrap_err();
    assert_eq!(refused.sentence, "`a.flac` has 0.0 MB as it would be sent; it may have at most 0.0 MB");
    let along = Rules { encoding: Some(Encoding::Base64), ..limited };
    assert_eq!(desk.freeze(&file, &along, None).unwrap().bytes, flac, "along with an order it goes as it came");
}

#[test]
fn what_is_compressed_goes_along_with_an_order_as_it_came() {
    let desk = Desk::new();
    let along = Rules { encoding: Some(Encoding::Base64), ..ANYTHING };
    for name in ["mono.flac", "stereo.ogg", "end.m4a", "constant.mp3"] {
        let bytes = sounds::bytes(name);
        let frozen = desk.freeze(&desk.file(name, &bytes), &along, None).unwrap();
        let kind = name.rsplit('.').next().unwrap();
        assert_eq!((frozen.name.clone(), frozen.converted.clone()), (format!("{}.{kind}", hash(&bytes)), None));
        assert_eq!(desk.frozen(&frozen), bytes, "{name}");
    }
    let file = desk.file("big.aiff", &sounds::bytes("big.aiff"));
    let converted = desk.freeze(&file, &along, None).unwrap().converted;
    assert_eq!(converted.as_deref(), Some("converted from AIFF to WAV"), "plain samples are no larger as WAV");
    let cut = desk.freeze(&desk.file("a.flac", &sounds::bytes("mono.flac")), &along, Some(part(0, Some(1_000))));
    assert_eq!(cut.unwrap().converted.as_deref(), Some("0:00 to 0:01 of it, as WAV"));
}

#[test]
fn what_is_far_too_long_is_refused_before_it_is_decoded() {
    let desk = Desk::new();
    // A header that promises hours of which nothing is there.
    let mut flac = sounds::bytes("mono.flac");
    flac[21] |= 0x0F;
    let file = desk.file("a.flac", &flac);
    let refused = desk.freeze(&file, &Rules::UPLOAD, None).unwrap_err();
    assert!(refused.sentence.contains("; it may last at most 10:00"), "{refused}");
    assert!(refused.may_force);
    let forced = desk.recordings.freeze(&file, &Wanted { rules: &Rules::UPLOAD, part: None, force: true }, &|| true);
    let sentence = forced.unwrap_err().sentence;
    assert!(sentence.contains("the most that is taken is 2147.4 MB"), "it has no room as WAV: {sentence}");
    assert_eq!(desk.names(), [""; 0]);
}

#[test]
fn what_cannot_be_sent_leaves_nothing_behind() {
    let desk = Desk::new();
    let quiet = Wav { loud: 0.0005, ..PLAIN }.bytes();
    let sentence = "`a.wav` is silent: its loudest moment is at -66 dB; hint: record it louder";
    assert_eq!(desk.refused(&quiet, &ANYTHING), Unfit { sentence: sentence.to_owned(), may_force: false });
    assert!(desk.refused(&PLAIN.bytes()[..9_000], &ANYTHING).sentence.starts_with("`a.wav` is cut short: "));
    assert_eq!(desk.refused(b"", &ANYTHING).sentence, "`a.wav` is empty");
    assert!(desk.refused(b"la la", &ANYTHING).sentence.contains("looks like a text"));
    let gone = desk.freeze(Path::new("/nowhere/a.wav"), &ANYTHING, None).unwrap_err();
    assert_eq!(gone.sentence, "`a.wav` cannot be read: it is not there");
    let folder = desk.freeze(desk.folder.path(), &ANYTHING, None).unwrap_err();
    assert!(folder.sentence.ends_with("is a folder, not a recording"), "{}", folder.sentence);
    let huge = desk.folder.path().join("huge.wav");
    File::create(&huge).unwrap().set_len(3 << 30).unwrap();
    let sentence = desk.freeze(&huge, &ANYTHING, None).unwrap_err().sentence;
    assert!(sentence.starts_with("`huge.wav` has 3221.2 MB; the most that is taken is 2147.4 MB"), "{sentence}");
    assert_eq!(desk.names(), [""; 0]);
}

/// Freezes a file of several blocks, doing something when its second block is about to be copied.
fn freeze_and_meanwhile(desk: &Desk, file: &Path, meanwhile: &dyn Fn(u32)) -> Result<Frozen, Unfit> {
    let asked = Cell::new(0);
    desk.recordings.freeze(file, &Wanted { rules: &ANYTHING, part: None, force: false }, &|| {
        asked.set(asked.get() + 1);
        meanwhile(asked.get());
        true
    })
}

/// Four blocks to copy.
const LONG: Wav = Wav { code: 1, rate: 44_100, channels: 2, bits: 16, seconds: 5.0, loud: 0.5 };

#[test]
fn what_is_checked_is_what_was_there_when_it_began() {
    let desk = Desk::new();
    let bytes = LONG.bytes();
    let file = desk.file("a.wav", &bytes);
    let vanished = freeze_and_meanwhile(&desk, &file, &|asked| {
        if asked == 2 {
            fs::remove_file(&file).unwrap();
        }
    });
    assert_eq!(desk.frozen(&vanished.unwrap()), bytes, "a file that loses its name while it is copied");

    let file = desk.file("b.wav", &bytes);
    let replaced = freeze_and_meanwhile(&desk, &file, &|asked| {
        if asked == 2 {
            fs::rename(desk.file("new.wav", &PLAIN.bytes()), &file).unwrap();
        }
    });
    assert_eq!(desk.frozen(&replaced.unwrap()), bytes, "an editor that saves while it is copied");
}

#[test]
fn a_hard_link_that_changes_afterwards_changes_nothing() {
    let desk = Desk::new();
    let file = desk.file("a.wav", &PLAIN.bytes());
    let link = desk.folder.path().join("link.wav");
    fs::hard_link(&file, &link).unwrap();
    let frozen = desk.freeze(&link, &ANYTHING, None).unwrap();
    fs::OpenOptions::new().append(true).open(&file).unwrap().write_all(b"more").unwrap();
    assert_eq!(desk.frozen(&frozen), PLAIN.bytes());
    assert_eq!(fs::metadata(desk.recordings.path(&frozen.name)).unwrap().nlink(), 1);
}

#[test]
fn a_file_that_is_written_to_is_copied_once_more_and_then_it_is_said() {
    let desk = Desk::new();
    let file = desk.file("a.wav", &LONG.bytes());
    let append = || fs::OpenOptions::new().append(true).open(&file).unwrap().write_all(&[0; 4]).unwrap();
    let once = freeze_and_meanwhile(&desk, &file, &|asked| {
        if asked == 2 {
            append();
        }
    });
    assert_eq!(once.unwrap().bytes, LONG.bytes().len() as u64 + 4);

    let always = freeze_and_meanwhile(&desk, &file, &|_| append());
    let sentence = "`a.wav` changes while it is copied; hint: wait until it is written";
    assert_eq!(always.unwrap_err(), Unfit { sentence: sentence.to_owned(), may_force: false });
    assert_eq!(desk.names().len(), 1, "nothing half done: {:?}", desk.names());
}

#[test]
fn it_can_be_called_off_at_every_block() {
    let desk = Desk::new();
    let file = desk.file("a.flac", &sounds::bytes("mono.flac"));
    let mut blocks = 0;
    loop {
        let left = Cell::new(blocks);
        let wanted = Wanted { rules: &ANYTHING, part: None, force: false };
        let frozen = desk.recordings.freeze(&file, &wanted, &|| {
            left.set(left.get() - 1);
            left.get() >= 0
        });
        if frozen.is_ok() {
            break;
        }
        assert_eq!(frozen.unwrap_err().sentence, "`a.flac` was not read to its end: it is not wanted any more");
        assert_eq!(desk.names(), [""; 0]);
        blocks += 1;
    }
    assert!(blocks > 3, "copying and decoding both ask: {blocks}");
}

#[test]
fn a_folder_that_cannot_be_written_is_said() {
    let desk = Desk::new();
    fs::write(desk.folder.path().join("data"), "in the way").unwrap();
    let refused = desk.freeze(&desk.file("a.wav", &PLAIN.bytes()), &ANYTHING, None).unwrap_err();
    assert!(refused.sentence.starts_with("`a.wav` cannot be kept: "), "{}", refused.sentence);
}
