//! The seeds of the fuzzer in `fuzz/`, as they are and spoiled, without the fuzzer: what it once found stays mended.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "../fuzz/bodies/mod.rs"]
mod bodies;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{TestCaseError, TestError, TestRunner};

/// What must hold of some bytes; it panics where that does not.
type Body = fn(&[u8]);

/// Every target by its name, which is that of its folder of seeds and of its program.
const TARGETS: [(&str, Body); 4] = [
    ("answer", bodies::answer),
    ("held_open", bodies::held_open),
    ("input", bodies::input),
    ("overlay", bodies::overlay),
];

/// How often a seed is spoiled.
const TIMES: u32 = 64;

/// Bytes of all seeds together.
const MOST_BYTES: usize = 200_000;

/// What is put where it does not belong.
const INTRUDERS: [&[u8]; 28] = [
    b"null",
    b"true",
    b"0",
    b"-1",
    b"1e308",
    b"1e-308",
    b"18446744073709551616",
    b"\"\"",
    b"\"NaN\"",
    b"{}",
    b"[]",
    b"[[[[",
    b"\"",
    b"\\u0000",
    b"\\ud83d",
    b"\\u202e",
    b"\n\n",
    b"\r",
    b"\xff",
    b"\xc2\x9b",
    b"\x1b",
    b"\x1b[",
    b"\x1b[200~",
    b"\x1b]0;",
    b"[[models]]\n",
    b"hidden = true\n",
    b"= ",
    b"'''",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds")
}

/// The seeds of a target, by name.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(folder().join(target)).unwrap().map(|entry| entry.unwrap());
    let mut seeds: Vec<_> =
        files.map(|file| (file.file_name().into_string().unwrap(), fs::read(file.path()).unwrap())).collect();
    seeds.sort();
    seeds
}

/// One thing that goes wrong with some bytes.
#[derive(Clone, Debug)]
enum Fault {
    Another(Index, u8),
    Intruder(Index, &'static [u8]),
    Gone(Index, Index),
    Twice(Index, Index),
    CutOff(Index),
}

fn any_fault() -> impl Strategy<Value = Fault> {
    let at = any::<Index>;
    prop_oneof![
        3 => (at(), any::<u8>()).prop_map(|(at, byte)| Fault::Another(at, byte)),
        4 => (at(), select(&INTRUDERS[..])).prop_map(|(at, bytes)| Fault::Intruder(at, bytes)),
        2 => (at(), at()).prop_map(|(from, to)| Fault::Gone(from, to)),
        1 => (at(), at()).prop_map(|(from, to)| Fault::Twice(from, to)),
        1 => at().prop_map(Fault::CutOff),
    ]
}

impl Fault {
    fn befall(&self, bytes: &mut Vec<u8>) {
        let ends = bytes.len() + 1;
        let range = |one: &Index, other: &Index| {
            let (one, other) = (one.index(ends), other.index(ends));
            one.min(other)..one.max(other)
        };
        match self {
            Self::Another(at, byte) => bytes.iter_mut().skip(at.index(ends)).take(1).for_each(|old| *old = *byte),
            Self::Intruder(at, intruder) => {
                let at = at.index(ends);
                bytes.splice(at..at, intruder.iter().copied());
            }
            Self::Gone(from, to) => drop(bytes.drain(range(from, to))),
            Self::Twice(from, to) => {
                let range = range(from, to);
                let copy = bytes[range.clone()].to_vec();
                bytes.splice(range.end..range.end, copy);
            }
            Self::CutOff(at) => bytes.truncate(at.index(ends)),
        }
    }
}

/// Spoiled bytes, which may become a seed when something is found: shown so that `printf` writes them.
#[derive(Clone)]
struct Spoiled(Vec<u8>);

impl fmt::Debug for Spoiled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

/// Gives a target all its seeds, and what becomes of each when it is spoiled; how many times it was called.
fn replay(target: &str) -> usize {
    let (_, body) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let mut calls = 0;
    for (name, seed) in seeds(target) {
        println!("{target}/{name}");
        body(&seed);
        calls += 1 + spoil(&name, &seed, *body);
    }
    calls
}

fn spoil(name: &str, seed: &[u8], body: Body) -> usize {
    let spoiled = vec(any_fault(), 1..6).prop_map(|faults| {
        let mut bytes = seed.to_vec();
        for fault in faults {
            fault.befall(&mut bytes);
        }
        Spoiled(bytes)
    });
    let config = ProptestConfig { cases: TIMES, failure_persistence: None, ..ProptestConfig::default() };
    let run = TestRunner::new(config).run(&spoiled, |Spoiled(bytes)| {
        body(&bytes);
        Ok::<(), TestCaseError>(())
    });
    match run {
        Ok(()) => TIMES as usize,
        Err(TestError::Fail(why, bytes)) => panic!("{name} spoiled: {why}\nprintf '{bytes:?}'"),
        Err(error) => panic!("{name} spoiled: {error}"),
    }
}

#[test]
fn every_target_has_a_program_and_seeds_which_are_few_bytes() {
    let listed = |folder: PathBuf| {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(listed(folder()), names);
    assert_eq!(listed(folder().with_file_name("fuzz_targets")), names);
    let bytes: usize = names.iter().flat_map(|name| seeds(name)).map(|(_, seed)| seed.len()).sum();
    assert!((1_000..=MOST_BYTES).contains(&bytes), "{bytes} bytes of seeds");
    assert!(names.iter().all(|name| seeds(name).len() >= 10), "what a fuzzer can begin with");
}

#[test]
fn no_answer_is_taken_for_more_than_it_proves_and_no_foreign_word_gets_through_unwashed() {
    println!("{} answers", replay("answer"));
}

#[test]
fn a_song_is_read_the_same_in_pieces_of_any_size_and_believed_only_where_it_is_whole() {
    println!("{} songs", replay("held_open"));
}

#[test]
fn keys_are_the_same_wherever_the_bytes_are_cut_and_each_has_a_name() {
    println!("{} inputs", replay("input"));
}

#[test]
fn a_file_over_the_catalogue_is_usable_or_every_mistake_in_it_has_a_line() {
    println!("{} files", replay("overlay"));
}
