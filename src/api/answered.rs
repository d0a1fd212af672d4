//! What an answer that holds its song means: the part of the table in [`super::outcome`] that is about such.

use reqwest::header::CONTENT_LENGTH;

use super::address::SignedUrl;
use super::answer::{Break, Head};
use super::outcome::{Outcome, Refusal, RefusalKind, Unknown, speaks_of_credits};
use super::wire::generation::cost_of_headers;
use super::wire::song::{Audio, SongAnswer};
use crate::domain::generation::Cost;

/// The service made the song and sent it.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    pub song: Song,
    /// What it cost, as far as the headers say.
    pub cost: Cost,
    /// The `x-inference-id` of the headers: what the ledger calls it.
    pub inference_id: Option<String>,
}

/// Where a song is that was answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Song {
    /// In the answer, which was kept; so many bytes by its letters.
    Kept(u64),
    /// At an address of another host.
    At(SignedUrl),
    /// Nowhere: the service says that it is done and sends none.
    Missing,
}

/// What came of a song whose answer is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// Bytes of the song.
    pub bytes: u64,
    /// Bytes that it has, as far as was said.
    pub of: Option<u64>,
}

/// A code in `base_resp` of a success.
const SUCCESS: i64 = 0;

/// Codes in `base_resp` and the kind of refusal they are; all others are judged by their words.
const CODES: [(i64, RefusalKind); 5] = [
    (1002, RefusalKind::Throttled),
    (1008, RefusalKind::Credits),
    (1026, RefusalKind::Invalid),
    (1027, RefusalKind::Invalid),
    (2013, RefusalKind::Invalid),
];

/// Words that mean too many requests, behind a code that nobody knows.
const RATE_WORDS: [&str; 3] = ["rate limit", "too many", "too frequent"];

/// What a kept 2xx means. Its head ends with the process that received it: then the ids are those that the row
/// holds already, and `known` is the cost that it holds.
#[must_use]
pub fn outcome_of_song(head: Option<&Head>, known: Cost, broke: Option<Break>, said: &SongAnswer) -> Outcome {
    let cost = head.map_or(known, cost_of_headers);
    let unknown = |what: String| Outcome::Unknown(unknown(head, what, said));
    // One that can be read to its end is whole, whatever became of the connection behind it.
    match (&said.broken, broke) {
        (None, _) => {}
        (Some(_), Some(broke)) => return unknown(broke.sentence().to_owned()),
        (Some(broken), None) => return unknown(format!("the service's answer cannot be read to its end: {broken}")),
    }
    if let Some(refusal) = refusal(head, said) {
        if holds_song(said) {
            return unknown(format!("the service says no and sends a song all the same: {}", refusal.message));
        }
        return match cost.credits.or(cost.usd) {
            // It says that it failed, which costs nothing, and what it cost: nobody knows.
            Some(_) => unknown(format!("the service failed and charged all the same: {}", refusal.message)),
            None => Outcome::Refused(refusal),
        };
    }
    let song = match &said.audio {
        _ if !said.is_done() => return unknown(unfinished(said)),
        Some(Audio::Letters(_)) => Song::Kept(said.came()),
        Some(Audio::Address(url)) => Song::At(url.clone()),
        None => Song::Missing,
    };
    Outcome::Answered(Answered { song, cost, inference_id: head.and_then(Head::inference_id) })
}

/// Whether there is anything to play in it, or an address of it.
fn holds_song(said: &SongAnswer) -> bool {
    match said.audio {
        Some(Audio::Letters(letters)) => letters > 0,
        Some(Audio::Address(_)) => true,
        None => false,
    }
}

/// What is said of an answer before the song was done.
fn unfinished(said: &SongAnswer) -> String {
    match said.status {
        Some(status) => format!("the service answered before the song was done (its status is {status})"),
        None => "the service answered without a song, and does not say why".to_owned(),
    }
}

/// The no in an answer that is called a success.
fn refusal(head: Option<&Head>, said: &SongAnswer) -> Option<Refusal> {
    let code = said.code.filter(|code| *code != SUCCESS)?;
    let message = said.message.clone().unwrap_or_else(|| format!("the service failed with the code {code}"));
    Some(Refusal {
        status: head.map_or(200, Head::status),
        kind: kind_of(code, &message.to_lowercase()),
        message,
        retry_after: head.and_then(Head::retry_after),
        service_request: head.and_then(Head::service_request),
    })
}

/// A code that is known says more than the words behind it: lyrics too may have too many characters.
fn kind_of(code: i64, message: &str) -> RefusalKind {
    let row = CODES.iter().find(|(row, _)| *row == code);
    let by_words = || match message {
        _ if speaks_of_credits(message) => RefusalKind::Credits,
        _ if RATE_WORDS.iter().any(|word| message.contains(word)) => RefusalKind::Throttled,
        _ => RefusalKind::Broken,
    };
    row.map_or_else(by_words, |(_, kind)| *kind)
}

fn unknown(head: Option<&Head>, what: String, said: &SongAnswer) -> Unknown {
    // What the answer says of the song stands behind it; its own length stands before it, and is that of letters.
    let announced = || head?.number(CONTENT_LENGTH.as_str()).map(|letters| letters as u64 / 2);
    let came = Came { bytes: said.came(), of: said.about.size.or_else(announced) };
    Unknown {
        what,
        status: head.map(Head::status),
        service_request: head.and_then(Head::service_request),
        inference_id: head.and_then(Head::inference_id),
        came: (came.bytes > 0).then_some(came),
    }
}
