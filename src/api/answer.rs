//! What came back for one request, before anybody asks what it means.

use std::time::Duration;
use std::{fmt, io};

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

use super::echo;
use super::failure::{self, NotSent};
use super::key::ApiKey;
use crate::domain::untrusted::Untrusted;
use crate::failpoint::{self, Point};

/// The longest wait that a service can ask for; a longer one is taken for a mistake.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// What came back for one request.
#[derive(Debug)]
pub enum Answer {
    /// Connecting failed: no byte of the request left.
    NeverLeft(NotSent),
    /// Some of the request may have left; no status came back.
    Silence(Break),
    /// Status and headers came back, the body not whole.
    Cut { head: Head, broke: Break },
    /// The whole answer.
    Whole { head: Head, body: Bytes },
}

/// How an exchange ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// Nothing came within the time allowed.
    TimedOut,
    /// The connection was closed or reset, or what came was not HTTP.
    BrokeOff,
    /// It went on past what an answer may need, or what one with a song in it may.
    TooLong,
    SongTooLong,
    /// What came could not be kept on this machine.
    Unkept(io::ErrorKind),
    /// A recording in the request could not be read on.
    GaveOut,
}

/// Status and headers of an answer.
#[derive(Clone)]
pub struct Head {
    status: u16,
    headers: HeaderMap,
    /// When it arrived.
    arrived: Timestamp,
}

impl Answer {
    /// Sends a request and reads its answer whole, of at most so many bytes. A key that the service echoes is taken
    /// out.
    pub(super) async fn to(request: reqwest::RequestBuilder, key: Option<&ApiKey>, most: u64) -> Self {
        match request.send().await {
            Ok(response) => Self::read(response, key, most).await,
            Err(error) => failure::before_an_answer(&error),
        }
    }

    /// As [`Answer::to`], for a request that costs money.
    pub(super) async fn to_paid(request: reqwest::RequestBuilder, key: Option<&ApiKey>, most: u64) -> Self {
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => return failure::before_an_answer(&error),
        };
        if let Err(error) = failpoint::pass(Point::TakeAnswerBegun) {
            return Self::Cut { head: Head::of(&response, key), broke: Break::Unkept(error.kind()) };
        }
        Self::read(response, key, most).await.past(Point::TakeAnswerWhole)
    }

    /// This answer, or, where a test breaks it at that point, as much of it as had come before.
    pub(super) fn past(self, point: Point) -> Self {
        match (failpoint::pass(point), self) {
            (Err(error), Self::Whole { head, .. }) => Self::Cut { head, broke: Break::Unkept(error.kind()) },
            (_, answer) => answer,
        }
    }

    /// Reads an answer whole whose status and headers have come.
    pub(super) async fn read(mut response: reqwest::Response, key: Option<&ApiKey>, most: u64) -> Self {
        let head = Head::of(&response, key);
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut body = BytesMut::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > most => {
                    return Self::Cut { head, broke: Break::TooLong };
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(error) => return Self::Cut { head, broke: failure::broken_by(&error) },
            }
        }
        Self::Whole { head, body: echo::out_of_body(body.freeze(), key) }
    }
}

impl Break {
    /// What happened, for a person.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::TimedOut => "the service did not answer in time",
            Self::BrokeOff => "the connection broke before the service's answer was read",
            Self::TooLong => "the service's answer is longer than `api.largest_json_mb` allows",
            Self::SongTooLong => "the song in the service's answer is longer than `api.largest_answer_mb` allows",
            Self::Unkept(io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) => {
                "the disk is full: the service's answer could not be kept"
            }
            Self::Unkept(_) => "the service's answer could not be written to the disk",
            Self::GaveOut => "the recording could not be read to its end while it was sent",
        }
    }
}

impl Head {
    /// A head made by hand, for trying what an answer means; headers that are none are left out.
    #[must_use]
    pub fn new(status: u16, headers: &[(&str, &str)], arrived: Timestamp) -> Self {
        let header = |(name, value): &(&str, &str)| {
            Some((name.parse::<HeaderName>().ok()?, HeaderValue::from_bytes(value.as_bytes()).ok()?))
        };
        Self { status, headers: headers.iter().filter_map(header).collect(), arrived }
    }

    /// Status and headers of an answer that has just arrived, but such as hold the key.
    pub(super) fn of(response: &reqwest::Response, key: Option<&ApiKey>) -> Self {
        let headers = echo::out_of_headers(response.headers(), key);
        Self { status: response.status().as_u16(), headers, arrived: Timestamp::now() }
    }

    /// The status, as 200.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is one of 200 to 299.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..=299).contains(&self.status)
    }

    /// A header's text, clean and at most 200 characters; nothing where it is absent or empty.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        let text = Untrusted::new(String::from_utf8_lossy(value.as_bytes())).clean(200);
        (!text.is_empty()).then_some(text)
    }

    /// A header's number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        self.text(name)?.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// The service's id of the request, as far as the headers tell.
    #[must_use]
    pub fn service_request(&self) -> Option<String> {
        self.text("x-request-id").or_else(|| self.inference_id())
    }

    /// The service's id of the work that the request started.
    #[must_use]
    pub fn inference_id(&self) -> Option<String> {
        self.text("x-inference-id")
    }

    /// How long the service asks to be left alone: `Retry-After` in seconds or as a date, at most a day.
    ///
    /// A date is measured from the answer's own `Date` where it has one, so that a wrong clock on this
    /// machine does not matter.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        let text = self.text(RETRY_AFTER.as_str())?;
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds).min(LONGEST_WAIT));
        }
        let until = date(&text)?;
        let now = self.text(DATE.as_str()).and_then(|text| date(&text)).unwrap_or(self.arrived);
        let wait = Duration::try_from(until.duration_since(now)).unwrap_or_default();
        Some(wait.min(LONGEST_WAIT))
    }
}

/// The moment that an HTTP date names.
fn date(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

impl fmt::Debug for Head {
    // Headers may hold cookies or signed addresses; the status is enough for a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Head({})", self.status)
    }
}
