//! Why a question got no answer. Never the end of a take: the question can be asked again.

use std::fmt;
use std::time::Duration;

use super::answer::{Answer, Break, Head};
use super::failure::NotSent;
use super::wire::vendor_error::VendorError;

/// A question that got no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskError {
    pub kind: AskKind,
    /// What happened and what to do, for a person. Clean text.
    pub sentence: String,
    /// The status of the answer, if one came.
    pub status: Option<u16>,
    /// The service's id of the request, for the vendor's support.
    pub service_request: Option<String>,
    /// How long the service asks to be left alone.
    pub retry_after: Option<Duration>,
}

/// What kind of answer was missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AskKind {
    /// The service was not reached, or the connection broke.
    Network,
    /// 401: the key is missing or wrong.
    Key,
    /// 402, 403: this key may not ask, or the credits are used up.
    Forbidden,
    /// 404, 410: the service does not know it, or not any more.
    NotFound,
    /// 429: asked too often.
    TooMany,
    /// 5xx, 408, or a page of a proxy in front: the service has trouble.
    Server,
    /// It answered with something that refrain cannot read.
    Unreadable,
}

impl AskKind {
    /// What a status means to a question; the first row that fits counts.
    const STATUSES: [(std::ops::RangeInclusive<u16>, Self); 7] = [
        (401..=401, Self::Key),
        (402..=403, Self::Forbidden),
        (404..=404, Self::NotFound),
        (410..=410, Self::NotFound),
        (429..=429, Self::TooMany),
        (408..=408, Self::Server),
        (500..=599, Self::Server),
    ];

    fn of(status: u16) -> Self {
        let row = Self::STATUSES.iter().find(|(range, _)| range.contains(&status));
        row.map_or(Self::Unreadable, |(_, kind)| *kind)
    }

    /// What happened and what to do, where the service itself says nothing.
    fn sentence(self) -> &'static str {
        match self {
            Self::Network => "the service was not reached; it is asked again",
            Self::Key => "the service does not accept the key; check it",
            Self::Forbidden => "the service does not allow this key to ask; check the account",
            Self::NotFound => "the service does not know it",
            Self::TooMany => "the service was asked too often; it is asked again later",
            Self::Server => "the service has trouble; it is asked again",
            Self::Unreadable => "the service answered with something that refrain cannot read",
        }
    }
}

impl AskError {
    /// What an answer other than a whole 2xx means to a question.
    pub(super) fn of(answer: Answer) -> Self {
        match answer {
            Answer::NeverLeft(NotSent { sentence, .. }) => Self::network(sentence, None),
            Answer::Silence(broke) => Self::network(broke.sentence().to_owned(), None),
            Answer::Cut { head, broke: Break::TooLong } => {
                Self { sentence: Break::TooLong.sentence().to_owned(), ..Self::plain(&head, AskKind::Unreadable) }
            }
            Answer::Cut { head, broke } => Self::network(broke.sentence().to_owned(), Some(&head)),
            Answer::Whole { head, body } => Self::of_whole(&head, &body),
        }
    }

    /// An answer of the right status whose body cannot be read.
    pub(super) fn unreadable(head: &Head) -> Self {
        Self::plain(head, AskKind::Unreadable)
    }

    fn of_whole(head: &Head, body: &[u8]) -> Self {
        let mut error = Self::plain(head, AskKind::of(head.status()));
        if (300..=399).contains(&head.status()) {
            error.sentence = format!("the service points elsewhere, which is not followed (status {})", head.status());
        }
        if let Some(said) = VendorError::read(body) {
            error.sentence = said.sentence_or(error.kind.sentence());
            error.service_request = said.request.or(error.service_request);
        }
        error
    }

    fn network(sentence: String, head: Option<&Head>) -> Self {
        Self {
            kind: AskKind::Network,
            sentence,
            status: head.map(Head::status),
            service_request: head.and_then(Head::service_request),
            retry_after: None,
        }
    }

    fn plain(head: &Head, kind: AskKind) -> Self {
        Self {
            kind,
            sentence: format!("{} (status {})", kind.sentence(), head.status()),
            status: Some(head.status()),
            service_request: head.service_request(),
            retry_after: head.retry_after(),
        }
    }
}

impl fmt::Display for AskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for AskError {}
