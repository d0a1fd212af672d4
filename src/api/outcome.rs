//! What became of a paid request: the decision that keeps money safe, as a pure table.
//!
//! | what came back | outcome | why |
//! |---|---|---|
//! | connecting failed: name, socket, proxy, TLS, too slow | not sent | no byte of the request left |
//! | nothing, a reset, too slow, not HTTP | unknown | the request may have been read |
//! | status and headers, then half a body | unknown | it may have been taken |
//! | 2xx, JSON with an id | accepted | whatever the status in it says, `error` included |
//! | 2xx without an id, empty, or no JSON | unknown | something was done, and nobody says what |
//! | 3xx | unknown | never followed: the key and the order stay with the service |
//! | 4xx except 408, 500, 503, in the vendor's own form | refused | the service itself says no |
//! | the same statuses in any other form (HTML, empty, other JSON) | unknown | a proxy in front said it |
//! | 408, 502, 504, 52x, all others, in any form | unknown | the one in front gave up, not the one behind |
//!
//! An order whose answer is the song ([`outcome_of_song`](super::outcome_of_song)) has other rows for 2xx:
//!
//! | what came back | outcome | why |
//! |---|---|---|
//! | whole, done, with a song or its address | answered | it is kept on this machine |
//! | whole, done, without a song | answered | it was made and charged, and is not there |
//! | whole, not done (`status` 1) | unknown | it may become a song that nobody can ask for |
//! | whole, `base_resp` says no | refused | a failure is not charged |
//! | the same, with a song or its address | unknown | it contradicts itself, and the song is kept |
//! | the same, with a cost in the headers | unknown | it contradicts itself |
//! | cut, or not JSON to its end | unknown | with what came of the song |
//!
//! *The vendor's own form* is a JSON object with `message` and `statusCode`. Where that `statusCode`
//! itself names a status of the last row, the outcome is unknown.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::answer::{Answer, Break, Head};
use super::answered::{Answered, Came};
use super::failure::NotSent;
use super::wire::generation::Generation;
use super::wire::vendor_error::VendorError;

/// What became of a paid request.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// No byte of it left: not charged, and it may be sent again.
    NotSent(NotSent),
    /// The service said no: not charged.
    Refused(Refusal),
    /// The service took it.
    Accepted(Accepted),
    /// The service made it and answered with the song.
    Answered(Answered),
    /// It may have been charged. It must never be sent again without a person.
    Unknown(Unknown),
}

/// The service said no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The status of the answer.
    pub status: u16,
    pub kind: RefusalKind,
    /// What the service says, clean, or a sentence for the kind where it says nothing.
    pub message: String,
    /// How long it asks to be left alone.
    pub retry_after: Option<Duration>,
    /// The service's id of the request, for the vendor's support.
    pub service_request: Option<String>,
}

/// Why the service said no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// 400 and other 4xx: the request breaks a rule.
    Invalid,
    /// 401: the key is missing or wrong.
    Key,
    /// 402, and 403 that speaks of credits: they are used up.
    Credits,
    /// 403: this key may not order.
    Forbidden,
    /// 404, 410: no such model, or not any more.
    NotFound,
    /// 429: too many requests, or too many at once.
    TooMany,
    /// 200 whose answer says that there are too many: not the vendor's own 429, so nothing goes again by itself.
    Throttled,
    /// 503: the service has no room now.
    Busy,
    /// 500: the service tried and failed.
    Broken,
}

/// The service took the order.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// What it said. Its state may already be `Done` or `Failed`.
    pub generation: Generation,
}

/// Nobody knows whether the service took the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What happened, for a person. Clean text.
    pub what: String,
    /// The status, if one came.
    pub status: Option<u16>,
    /// The service's id of the request, for the vendor's support.
    pub service_request: Option<String>,
    /// The `x-inference-id` of the headers, if they came: for a queued model that is the remote id, with
    /// or without `:model`, so the service may be asked for it.
    pub inference_id: Option<String>,
    /// What came of a song that was to be the answer.
    pub came: Option<Came>,
}

/// What a status allows to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// It may be an acceptance, if an id comes with it.
    Yes,
    /// It is a refusal, if the service itself says it.
    No,
    /// It proves nothing.
    Nothing,
}

/// Statuses and what they allow to be believed; the first row that fits counts.
const WORDS: [(RangeInclusive<u16>, Word); 5] = [
    (200..=299, Word::Yes),
    (408..=408, Word::Nothing),
    (400..=499, Word::No),
    (500..=500, Word::No),
    (503..=503, Word::No),
];

/// Statuses and the kind of refusal they are; all others are [`RefusalKind::Invalid`].
const REFUSALS: [(u16, RefusalKind); 8] = [
    (401, RefusalKind::Key),
    (402, RefusalKind::Credits),
    (403, RefusalKind::Forbidden),
    (404, RefusalKind::NotFound),
    (410, RefusalKind::NotFound),
    (429, RefusalKind::TooMany),
    (500, RefusalKind::Broken),
    (503, RefusalKind::Busy),
];

/// Words that turn a 403 into [`RefusalKind::Credits`]: the service uses 403 for both.
const CREDIT_WORDS: [&str; 6] = ["credit", "balance", "top up", "funds", "billing", "payment"];

/// Whether a message in small letters says that the credits are used up.
pub(super) fn speaks_of_credits(message: &str) -> bool {
    CREDIT_WORDS.iter().any(|word| message.contains(word))
}

/// What the answer to a paid request means. See the table above.
#[must_use]
pub fn outcome_of(answer: Answer) -> Outcome {
    match answer {
        Answer::NeverLeft(not_sent) => Outcome::NotSent(not_sent),
        Answer::Silence(broke) => Outcome::Unknown(Unknown::broken(broke, None)),
        Answer::Cut { head, broke } => Outcome::Unknown(Unknown::broken(broke, Some(&head))),
        Answer::Whole { head, body } => of_whole(&head, &body),
    }
}

fn of_whole(head: &Head, body: &[u8]) -> Outcome {
    match word_of(head.status()) {
        Word::Yes => match Generation::read(head, body) {
            Some(generation) => Outcome::Accepted(Accepted { generation }),
            None => Outcome::Unknown(Unknown::of(head, body, "the service said yes without naming the order")),
        },
        Word::No => match VendorError::read(body) {
            Some(error) if is_meant(&error) => Outcome::Refused(Refusal::of(head, error)),
            _ => Outcome::Unknown(Unknown::of(head, body, "something in front of the service answered for it")),
        },
        Word::Nothing if (300..=399).contains(&head.status()) => {
            Outcome::Unknown(Unknown::of(head, body, "the service pointed elsewhere, which is not followed"))
        }
        Word::Nothing => Outcome::Unknown(Unknown::of(head, body, "the service did not finish its answer")),
    }
}

fn word_of(status: u16) -> Word {
    let row = WORDS.iter().find(|(range, _)| range.contains(&status));
    row.map_or(Word::Nothing, |(_, word)| *word)
}

/// Whether the status inside the body refuses as well; where it is no number, the outer one counts.
fn is_meant(error: &VendorError) -> bool {
    error.status.is_none_or(|status| word_of(status) == Word::No)
}

impl Refusal {
    fn of(head: &Head, error: VendorError) -> Self {
        let kind = RefusalKind::of(head.status(), &error);
        Self {
            status: head.status(),
            kind,
            message: error.sentence_or(kind.sentence()),
            retry_after: head.retry_after(),
            service_request: error.request.or_else(|| head.service_request()),
        }
    }
}

impl RefusalKind {
    fn of(status: u16, error: &VendorError) -> Self {
        let row = REFUSALS.iter().find(|(row, _)| *row == status);
        let kind = row.map_or(Self::Invalid, |(_, kind)| *kind);
        let text = error.message.to_lowercase();
        if kind == Self::Forbidden && speaks_of_credits(&text) { Self::Credits } else { kind }
    }

    /// What to say where the service says nothing.
    fn sentence(self) -> &'static str {
        match self {
            Self::Invalid => "the service says that the request breaks a rule",
            Self::Key => "the service does not accept the key",
            Self::Credits => "the credits are used up",
            Self::Forbidden => "the service does not allow this key to order",
            Self::NotFound => "the service does not know the model",
            Self::TooMany | Self::Throttled => "too many requests at once",
            Self::Busy => "the service is busy",
            Self::Broken => "the service failed",
        }
    }
}

impl Unknown {
    fn broken(broke: Break, head: Option<&Head>) -> Self {
        Self {
            what: broke.sentence().to_owned(),
            status: head.map(Head::status),
            service_request: head.and_then(Head::service_request),
            inference_id: head.and_then(Head::inference_id),
            came: None,
        }
    }

    fn of(head: &Head, body: &[u8], what: &str) -> Self {
        let error = VendorError::read(body);
        let said = error.as_ref().map(|error| format!(": {}", error.message)).unwrap_or_default();
        Self {
            what: format!("{what} (status {}){said}", head.status()),
            status: Some(head.status()),
            service_request: error.and_then(|error| error.request).or_else(|| head.service_request()),
            inference_id: head.inference_id(),
            came: None,
        }
    }
}
