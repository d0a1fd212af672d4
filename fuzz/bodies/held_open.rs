//! An answer that holds its song.

use std::io::{self, Read};

use refrain::api::{Audio, Letters, Outcome, Song, SongAnswer, outcome_of_song};
use refrain::audio::hex::Decoder;
use refrain::domain::generation::Cost;
use serde_json::Value;

use super::message::{BREAKS, Message};
use super::words::{assert_all_said, assert_cost, assert_said, assert_wait};

/// Bytes that come at once, where they do not all come at once.
const PIECES: [usize; 4] = [1, 2, 7, 4096];

/// Whatever comes over an open connection, and in whatever pieces, is read the same, and only what is whole and
/// says so is believed.
pub fn held_open(data: &[u8]) {
    let message = Message::read(data);
    let (said, letters) = read(message.body, usize::MAX);
    for most in PIECES {
        assert_eq!(read(message.body, most), (said.clone(), letters.clone()), "in pieces of {most}");
    }
    assert_told(&said, &letters, message.body);
    for head in [Some(&message.head), None] {
        for broke in BREAKS.into_iter().map(Some).chain([None]) {
            assert_outcome(outcome_of_song(head, Cost::default(), broke, &said), &said);
        }
    }
}

/// The letters of the last song.
#[derive(Default)]
struct Heard(Vec<u8>);

impl Letters for Heard {
    fn begin(&mut self) -> io::Result<()> {
        self.0.clear();
        Ok(())
    }

    fn take(&mut self, letters: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(letters);
        Ok(())
    }
}

/// Gives its bytes in pieces.
struct Pieces<'a> {
    rest: &'a [u8],
    most: usize,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = buffer.len().min(self.most);
        self.rest.read(&mut buffer[..room])
    }
}

fn read(body: &[u8], most: usize) -> (SongAnswer, Vec<u8>) {
    let mut heard = Heard::default();
    let said = SongAnswer::read(Pieces { rest: body, most }, &mut heard).expect("memory can be read and written");
    (said, heard.0)
}

fn assert_told(said: &SongAnswer, letters: &[u8], body: &[u8]) {
    assert_all_said(&said.message);
    if let Some(Audio::Letters(count)) = said.audio {
        assert_eq!(count, letters.len() as u64, "every letter that counts was handed on");
    }
    let mut hex = Decoder::new(Vec::new());
    hex.push(letters).expect("memory can be written");
    let decoded = hex.finish().expect("memory can be written");
    assert!(decoded.letters == letters.len() as u64 && decoded.bytes <= decoded.letters / 2);
    match &said.broken {
        Some(broken) => assert_said(broken),
        None => assert_is_json(body),
    }
}

/// What was read to its end is JSON for another reader too; that one goes less deep, and wants numbers it can hold.
fn assert_is_json(body: &[u8]) {
    if let Err(error) = serde_json::from_slice::<Value>(body) {
        let is_limit = ["recursion limit", "number out of range"].iter().any(|limit| error.to_string().contains(limit));
        assert!(is_limit, "read to its end, and yet {error}");
    }
}

fn assert_outcome(outcome: Outcome, said: &SongAnswer) {
    match outcome {
        Outcome::Answered(answered) => {
            assert!(said.broken.is_none() && said.is_done(), "half an answer is no song");
            assert_eq!(matches!(answered.song, Song::Missing), said.audio.is_none());
            assert_cost(answered.cost);
        }
        Outcome::Refused(refusal) => {
            assert!(said.broken.is_none() && said.code.is_some_and(|code| code != 0), "nobody said no");
            assert!(said.came() == 0 && !matches!(said.audio, Some(Audio::Address(_))), "there is a song");
            assert_said(&refusal.message);
            assert_wait(refusal.retry_after);
        }
        Outcome::Unknown(unknown) => {
            assert_said(&unknown.what);
            assert_all_said(unknown.service_request.iter().chain(&unknown.inference_id));
        }
        other => panic!("an answer came, and yet {other:?}"),
    }
}
