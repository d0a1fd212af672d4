//! What became of an upload, as a pure table. Nothing was paid, so what proves nothing is tried again.
//!
//! | what came back | outcome | why |
//! |---|---|---|
//! | connecting failed, silence, half an answer | again | nobody said no |
//! | 2xx, JSON, `base_resp` without a fault, with every id that the purpose promises | taken | |
//! | 2xx, JSON, `base_resp` with a fault | refused | the service itself says no, under a friendly status |
//! | 2xx, JSON, without one of these ids | refused | there is nothing to refer to |
//! | 2xx, empty or no JSON object | again | something in front of the service answered |
//! | 3xx | refused | never followed: key and recording stay with the service |
//! | 413, in any form | refused | whoever says it will say it again |
//! | 408, 429 and 5xx, in any form | again | it may pass; for as long as they ask |
//! | other 4xx in the vendor's own form | refused | the service itself says no |
//! | other 4xx in any other form, any other status | again | something in front of the service said it |

use std::ops::RangeInclusive;
use std::time::Duration;

use serde_json::Value;

use super::answer::{Answer, Head};
use super::failure::{NotSent, NotSentKind};
use super::key::ApiKey;
use super::wire::lenient;
use super::wire::upload::{Ids, fault};
use super::wire::vendor_error::VendorError;
use crate::domain::reference::Purpose;

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Uploaded {
    /// The service has it, under these ids: exactly those that its purpose promises.
    Taken(Ids),
    /// It may go better another time.
    Again {
        /// What happened, for a person. Clean text.
        sentence: String,
        /// How long the service asks to be left alone.
        retry_after: Option<Duration>,
    },
    /// It would be refused again.
    Refused {
        kind: Rebuff,
        /// What the service says, clean, or a sentence for the kind where it says nothing.
        sentence: String,
    },
}

/// Why the service refused an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rebuff {
    /// 401, 403: the key is missing or wrong, or may not upload.
    Key,
    /// 413: the recording has too many bytes.
    TooLarge,
    /// Anything else: the recording itself, as a rule.
    Other,
}

/// What a status allows to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Word {
    /// The body says what it is.
    Yes,
    /// It is refused, where the service itself says so.
    No(Rebuff),
    /// It is refused, whoever says so.
    Surely(Rebuff),
    /// It may pass.
    Later,
}

/// Statuses and what they allow to be believed; the first row that fits counts.
const WORDS: [(RangeInclusive<u16>, Word); 8] = [
    (200..=299, Word::Yes),
    (300..=399, Word::Surely(Rebuff::Other)),
    (401..=401, Word::No(Rebuff::Key)),
    (403..=403, Word::No(Rebuff::Key)),
    (408..=408, Word::Later),
    (413..=413, Word::Surely(Rebuff::TooLarge)),
    (429..=429, Word::Later),
    (400..=499, Word::No(Rebuff::Other)),
];

impl Rebuff {
    /// What to say where the service says nothing.
    fn sentence(self) -> &'static str {
        match self {
            Self::Key => "the service does not accept the key",
            Self::TooLarge => "the recording is larger than the service takes",
            Self::Other => "the service does not take the recording",
        }
    }
}

/// What the answer to an upload means. See the table above.
#[must_use]
pub fn uploaded_of(answer: Answer, purpose: Purpose, key: Option<&ApiKey>) -> Uploaded {
    match answer {
        Answer::NeverLeft(NotSent { kind: NotSentKind::Unsendable, sentence }) => refused(Rebuff::Other, sentence),
        Answer::NeverLeft(NotSent { sentence, .. }) => again(sentence, None),
        Answer::Silence(broke) | Answer::Cut { broke, .. } => again(broke.sentence().to_owned(), None),
        Answer::Whole { head, body } => of_whole(&head, &body, purpose, key),
    }
}

fn of_whole(head: &Head, body: &[u8], purpose: Purpose, key: Option<&ApiKey>) -> Uploaded {
    let row = WORDS.iter().find(|(range, _)| range.contains(&head.status()));
    let said = VendorError::read(body);
    let status = head.status();
    match (row.map_or(Word::Later, |(_, word)| *word), said) {
        (Word::Yes, _) => of_success(head, body, purpose, key),
        (Word::Surely(kind), _) if (300..=399).contains(&status) => {
            refused(kind, format!("the service points elsewhere, which is not followed (status {status})"))
        }
        (Word::Surely(kind) | Word::No(kind), Some(said)) => refused(kind, said.sentence_or(kind.sentence())),
        (Word::Surely(kind), None) => refused(kind, format!("{} (status {status})", kind.sentence())),
        (Word::No(_), None) => front(head),
        (Word::Later, said) => {
            let silent = format!("the service has trouble (status {status})");
            again(said.map_or(silent.clone(), |said| said.sentence_or(&silent)), head.retry_after())
        }
    }
}

fn front(head: &Head) -> Uploaded {
    let sentence = format!("something in front of the service answered for it (status {})", head.status());
    again(sentence, head.retry_after())
}

fn of_success(head: &Head, body: &[u8], purpose: Purpose, key: Option<&ApiKey>) -> Uploaded {
    let Some(answer @ Value::Object(_)) = lenient::json(body) else { return front(head) };
    if let Some(fault) = fault(&answer) {
        return refused(Rebuff::Other, key.and_then(|key| key.scrubbed(&fault)).unwrap_or(fault));
    }
    match Ids::promised(&answer, purpose) {
        Ok(ids) => Uploaded::Taken(ids),
        Err(missing) => {
            refused(Rebuff::Other, format!("the service took the recording, but gave it no id for its {missing}"))
        }
    }
}

fn again(sentence: String, retry_after: Option<Duration>) -> Uploaded {
    Uploaded::Again { sentence, retry_after }
}

fn refused(kind: Rebuff, sentence: String) -> Uploaded {
    Uploaded::Refused { kind, sentence }
}
