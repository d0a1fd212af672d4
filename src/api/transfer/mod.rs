//! Fetching a finished file from the host that the service names.
//!
//! That host is a stranger: it never sees the key, it cannot send us to addresses inside this machine
//! or its network, and it cannot fill the disk. There is no total deadline, as a slow line is no
//! failure; a line on which nothing comes is.

mod error;
mod hop;

use std::time::Duration;

use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::address::SignedUrl;
use super::client::Client;
use super::failure;
use crate::domain::untrusted::Untrusted;
use crate::failpoint::{self, Point};
pub use error::{FetchError, FetchKind};

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
        let mut response = self.follow(url).await?;
        let expected = response.content_length();
        if expected.is_some_and(|expected| expected > self.limits.most_bytes) {
            return Err(FetchKind::TooLarge { most: self.limits.most_bytes }.into());
        }
        let mut received = 0;
        while let Some(piece) = next_piece(&mut response, self.limits.stall, received, expected).await? {
            received += piece.len() as u64;
            if received > self.limits.most_bytes {
                return Err(FetchKind::TooLarge { most: self.limits.most_bytes }.into());
            }
            sink.write_all(&piece).await.map_err(|error| FetchError::sink(&error))?;
            failpoint::pass(Point::TakePiece).map_err(|error| FetchError::sink(&error))?;
            progress(Progress { received, expected });
        }
        sink.flush().await.map_err(|error| FetchError::sink(&error))?;
        match expected {
            Some(expected) if received < expected => Err(FetchKind::Short { got: received, expected }.into()),
            _ => Ok(Fetched { length: received, expected, content_type: content_type(&response) }),
        }
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
