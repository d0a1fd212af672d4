//! Files that nobody made: random bytes, and good files with some bytes changed. Whatever they hold, reading
//! them ends, and is either a sound or a sentence.

use std::fs;
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use refrain::audio::glance::glance;

use crate::sounds::{self, hear};

/// Far longer than any of the small files takes.
const PATIENCE: Duration = Duration::from_secs(20);

fn is_read_in_peace(what: &str, bytes: &[u8]) {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    let start = Instant::now();
    drop(glance(file.path()));
    match hear(bytes).map_err(|error| error.to_string()) {
        Ok(heard) => assert!(heard.whole.0 < 10_000_000, "{what}: {heard:?}"),
        Err(sentence) => assert!(!sentence.contains('\n') && sentence.len() < 300, "{what}: {sentence}"),
    }
    assert!(start.elapsed() < PATIENCE, "{what} took {:?}", start.elapsed());
}

fn files() -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(sounds::folder()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), sounds::bytes(&name))).collect()
}

/// The beginnings of all forms, with nonsense to follow.
const MAGICS: [&[u8]; 9] = [
    b"",
    b"ID3\x04\0\0\0\0\x01\0",
    b"\xFF\xFB\x90\x64",
    b"RIFF\xFF\xFF\xFF\xFFWAVEfmt \x10\0\0\0\x01\0\x01\0",
    b"RF64\xFF\xFF\xFF\xFFWAVEds64\x1C\0\0\0",
    b"FORM\0\0\xFF\xFFAIFFCOMM\0\0\0\x12\0\x01",
    b"fLaC\0\0\0\x22\x10\0\x10\0",
    b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x1E\x01vorbis",
    b"\0\0\0\x10ftypM4A \0\0\0\0\0\0\x02\0moov",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nonsense_is_read_in_peace(magic in 0..MAGICS.len(), noise in vec(any::<u8>(), 0..6_000)) {
        is_read_in_peace("nonsense", &[MAGICS[magic], &noise].concat());
    }

    #[test]
    fn changed_files_are_read_in_peace(
        file in 0..files().len(),
        changes in vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        near_the_start in any::<bool>(),
    ) {
        let (name, mut bytes) = files().swap_remove(file);
        let reach = if near_the_start { bytes.len().min(300) } else { bytes.len() };
        for (place, byte) in changes {
            bytes[place.index(reach)] = byte;
        }
        is_read_in_peace(&name, &bytes);
    }
}
