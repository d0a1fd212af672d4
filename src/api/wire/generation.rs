//! A generation: what the service calls a take.

use serde_json::Value;

use super::super::address::SignedUrl;
use super::super::answer::Head;
use super::lenient;
use crate::domain::generation::Cost;
use crate::domain::untrusted::Untrusted;

/// The longest error text that is shown.
const LONGEST_ERROR: usize = 400;

/// What the service says about a generation, in answer to an order or to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Generation {
    /// The service's id; sent back exactly as it came.
    pub remote_id: String,
    pub state: RemoteState,
    /// The finished file.
    pub audio: Option<AudioFile>,
    /// What went wrong, clean.
    pub error: Option<String>,
    /// What it cost, as far as the service says.
    pub cost: Cost,
    /// The service's id of this request, for the vendor's support.
    pub service_request: Option<String>,
}

/// Where a generation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteState {
    Queued,
    Working,
    Done,
    Failed,
    /// A word that refrain does not know, clean; empty where the service gave none.
    Strange(String),
}

/// A finished file on another host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioFile {
    pub url: SignedUrl,
    /// As `audio/mpeg`, clean.
    pub content_type: Option<String>,
    pub file_name: Option<Untrusted>,
    /// Bytes.
    pub file_size: Option<u64>,
}

impl RemoteState {
    /// The service's words, those that other gateways use for the same, and what they mean.
    const WORDS: [(&'static str, Self); 17] = [
        ("queued", Self::Queued),
        ("waiting", Self::Queued),
        ("pending", Self::Queued),
        ("created", Self::Queued),
        ("generating", Self::Working),
        ("processing", Self::Working),
        ("in_progress", Self::Working),
        ("running", Self::Working),
        ("working", Self::Working),
        ("completed", Self::Done),
        ("complete", Self::Done),
        ("succeeded", Self::Done),
        ("success", Self::Done),
        ("error", Self::Failed),
        ("failed", Self::Failed),
        ("canceled", Self::Failed),
        ("cancelled", Self::Failed),
    ];

    fn of(value: Option<&Value>) -> Self {
        let word = value.and_then(|value| lenient::text(value, 40)).unwrap_or_default();
        let known = Self::WORDS.into_iter().find(|(known, _)| word.eq_ignore_ascii_case(known));
        known.map_or(Self::Strange(word), |(_, state)| state)
    }
}

impl Generation {
    /// The generation that an answer to an order names; nothing if it names none.
    pub(in crate::api) fn read(head: &Head, body: &[u8]) -> Option<Self> {
        Self::of(head, &lenient::json(body)?, None)
    }

    /// The generation of a JSON answer; `asked` is its id where the answer does not repeat it. Nothing if
    /// the answer speaks of no generation at all.
    pub(in crate::api) fn of(head: &Head, body: &Value, asked: Option<&str>) -> Option<Self> {
        let object = body.as_object().filter(|object| {
            let speaks_of_one = |key: &str| object.get(key).is_some_and(|value| !value.is_null());
            ["id", "status", "audio_file"].into_iter().any(speaks_of_one)
        })?;
        let remote_id = object.get("id").and_then(lenient::id).or_else(|| asked.map(str::to_owned))?;
        Some(Self {
            remote_id,
            state: RemoteState::of(object.get("status")),
            audio: object.get("audio_file").and_then(AudioFile::of),
            error: object.get("error").and_then(error_of),
            cost: cost_of(head, body),
            service_request: object.get("requestId").and_then(lenient::id).or_else(|| head.service_request()),
        })
    }
}

impl AudioFile {
    /// The file, given as an object or as a bare address.
    fn of(value: &Value) -> Option<Self> {
        let field = |name: &str| value.get(name);
        Some(Self {
            url: SignedUrl::in_answer(field("url").unwrap_or(value).as_str()?)?,
            content_type: field("content_type").and_then(|value| lenient::text(value, 100)),
            file_name: field("file_name").and_then(Value::as_str).map(Untrusted::new),
            file_size: field("file_size").and_then(lenient::whole),
        })
    }
}

/// An error as `{name, message}`, as text, or as any other JSON.
fn error_of(value: &Value) -> Option<String> {
    let said = ["message", "name"].into_iter().find_map(|key| lenient::text(value.get(key)?, LONGEST_ERROR));
    said.or_else(|| lenient::words(value, LONGEST_ERROR))
}

/// The cost in the body, else in the headers; one below zero is none. A zero in the headers is no cost: it may be that of
/// the question, which is free.
fn cost_of(head: &Head, body: &Value) -> Cost {
    let usage = |name: &str| body.pointer("/meta/usage")?.get(name).and_then(lenient::amount);
    let said = cost_of_headers(head);
    Cost { credits: usage("credits_used").or(said.credits), usd: usage("usd_spent").or(said.usd) }
}

/// The cost in the headers of an answer.
#[must_use]
pub fn cost_of_headers(head: &Head) -> Cost {
    let header = |name: &str| head.number(name).filter(|cost| *cost > 0.0);
    Cost { credits: header("x-aimlapi-credits-used"), usd: header("x-aimlapi-usd-spent") }
}
