//! Fetching a finished file from the host that the service names.
//!
//! That host is a stranger: it never sees the key, it cannot send us to addresses inside this machine
//! or its network, and it cannot fill the disk. There is no total deadline, as a slow line is no
//! failure; a line on which nothing comes, or next to nothing, is.

mod error;
mod hop;
mod resume;

use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout};

use super::address::SignedUrl;
use super::client::{Client, Limits};
use super::failure;
use crate::domain::untrusted::Untrusted;
use crate::failpoint::{self, Point};
pub use error::{FetchError, FetchKind};
use resume::Place;
pub use resume::Resume;

/// A file that came whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Bytes written to the sink.
    pub length: u64,
    /// Bytes that the host had announced, if it did; then equal to `length`.
    pub expected: Option<u64>,
    /// As `audio/mpeg`, clean.
    pub content_type: Option<String>,
}

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes written to the sink.
    pub received: u64,
    /// Bytes that the host announced.
    pub expected: Option<u64>,
}

/// A file that is about to come.
pub struct Coming<'a> {
    response: Response,
    limits: &'a Limits,
    place: Place,
    etag: Option<String>,
}

impl Client {
    /// Fetches the file at `url` into `sink`, in pieces as they come, and tells `progress` after each.
    ///
    /// Nothing is repeated or resumed: after an error, the sink holds the beginning of the file at best.
    ///
    /// # Errors
    /// Any [`FetchError`].
    pub async fn download(
        &self,
        url: &SignedUrl,
        sink: &mut (dyn AsyncWrite + Unpin + Send),
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Fetched, FetchError> {
        self.open(url, None).await?.pour(sink, progress).await
    }

    /// Asks for the file at `url`, or for the rest of it where some has come. [`Coming::from`] says which of them
    /// comes: a host that knows no ranges, or has another file by now, begins anew.
    ///
    /// # Errors
    /// Any [`FetchError`]; no byte has come then.
    pub async fn open(&self, url: &SignedUrl, resume: Option<&Resume>) -> Result<Coming<'_>, FetchError> {
        let resume = resume.filter(|resume| resume.is_sound());
        let mut response = self.follow(url, resume).await?;
        let place = match resume.map(|resume| resume.place(&response)) {
            None => resume::beginning(&response),
            Some(Some(place)) => place,
            Some(None) => {
                response = self.follow(url, None).await?;
                resume::beginning(&response)
            }
        };
        if place.whole.is_some_and(|whole| whole > self.limits.most_bytes) {
            return Err(FetchKind::TooLarge { most: self.limits.most_bytes }.into());
        }
        let etag = resume::etag(response.headers());
        Ok(Coming { response, limits: &self.limits, place, etag })
    }
}

impl Coming<'_> {
    /// The first byte that comes: 0, or as many as there were.
    #[must_use]
    pub fn from(&self) -> u64 {
        self.place.from
    }

    /// Bytes of the whole file, where the host says that.
    #[must_use]
    pub fn whole(&self) -> Option<u64> {
        self.place.whole
    }

    /// What the host calls this state of the file, where the same name means the same bytes.
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// Takes the bytes in pieces as they come, and tells `progress` after each.
    ///
    /// # Errors
    /// Any [`FetchError`]; the sink then holds what came.
    pub async fn pour(
        mut self,
        sink: &mut (dyn AsyncWrite + Unpin + Send),
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Fetched, FetchError> {
        let Place { from: mut received, whole: expected } = self.place;
        let mut trickle = Trickle::from(received, self.limits);
        while let Some(piece) = next_piece(&mut self.response, self.limits.stall, received, expected).await? {
            received += piece.len() as u64;
            if received > self.limits.most_bytes {
                return Err(FetchKind::TooLarge { most: self.limits.most_bytes }.into());
            }
            sink.write_all(&piece).await.map_err(|error| FetchError::sink(&error))?;
            failpoint::pass(Point::TakePiece).map_err(|error| FetchError::sink(&error))?;
            progress(Progress { received, expected });
            if trickle.is_all_there_is(received) {
                return Err(FetchKind::Stalled.into());
            }
        }
        sink.flush().await.map_err(|error| FetchError::sink(&error))?;
        match expected {
            Some(expected) if received < expected => Err(FetchKind::Short { got: received, expected }.into()),
            Some(expected) if received > expected => Err(FetchKind::Excess { expected }.into()),
            _ => Ok(Fetched { length: received, expected, content_type: content_type(&self.response) }),
        }
    }
}

/// Whether a download moves: a byte now and then is no download.
struct Trickle<'a> {
    limits: &'a Limits,
    since: Instant,
    /// Bytes that were there then.
    before: u64,
}

impl<'a> Trickle<'a> {
    fn from(received: u64, limits: &'a Limits) -> Self {
        Self { limits, since: Instant::now(), before: received }
    }

    /// Whether no more came in a while than a trickle; after each such while it is counted anew.
    fn is_all_there_is(&mut self, received: u64) -> bool {
        if self.since.elapsed() < self.limits.least_within {
            return false;
        }
        let came = received - self.before;
        *self = Self::from(received, self.limits);
        came < self.limits.least
    }
}

/// The next bytes, or nothing at the end of the file.
async fn next_piece(
    response: &mut Response,
    stall: Duration,
    received: u64,
    expected: Option<u64>,
) -> Result<Option<bytes::Bytes>, FetchError> {
    let Ok(piece) = timeout(stall, response.chunk()).await else {
        return Err(FetchKind::Stalled.into());
    };
    piece.map_err(|error| match expected {
        Some(expected) if received < expected => FetchKind::Short { got: received, expected }.into(),
        _ => FetchError::network(failure::broken_by(&error).sentence()),
    })
}

fn content_type(response: &Response) -> Option<String> {
    let value = response.headers().get(CONTENT_TYPE)?;
    let text = Untrusted::new(String::from_utf8_lossy(value.as_bytes())).clean(100);
    (!text.is_empty()).then_some(text)
}
