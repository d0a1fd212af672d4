//! An order whose answer is the song: one request on a connection of its own, open until the song has come.
//!
//! What comes is handed on as it comes and kept by somebody else: bytes first, then meaning.

use std::future::Future;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use tokio::time::{Instant, timeout, timeout_at};

use super::answer::{Answer, Break, Head};
use super::body::Body;
use super::client::Client;
use super::failure;
use super::submit;
use crate::failpoint::{self, Point};

/// Where an order for a model goes that holds the connection open.
const GENERATE: &str = "/v2/generate/audio/minimax/generate";

/// Bytes of an answer behind which the song itself must be coming: from there on pauses are counted.
const BEGUN: u64 = 64 * 1024;

/// Who keeps an answer as it comes.
pub trait Keep {
    /// The service said yes: its headers, and how many bytes it announces.
    fn begin(&mut self, head: &Head, announced: Option<u64>);

    /// Keeps some more of the answer; no more is read before it is kept.
    ///
    /// # Errors
    /// When it cannot be kept; then reading ends.
    fn keep(&mut self, piece: Bytes) -> impl Future<Output = io::Result<()>>;
}

/// What came back for an order whose answer is the song.
#[derive(Debug)]
pub enum Held {
    /// The service said yes, and what followed was kept.
    Kept {
        head: Head,
        /// Bytes that were kept.
        length: u64,
        /// How it ended early, if it did.
        broke: Option<Break>,
    },
    /// Anything else, as for any other order.
    Other(Answer),
}

impl Client {
    /// Orders a take of a model that holds the connection open: sends `body` once, on a connection of its own,
    /// and never again. A 2xx is handed to `keep` while it comes; all else is read as any answer.
    ///
    /// The row, its tag and its claim are committed before this is called. Dropping the future may leave an
    /// order behind that was sent: whoever drops it must treat the outcome as unknown.
    pub async fn hold_open(&self, body: impl Into<Body>, tag: &str, keep: &mut impl Keep) -> Held {
        if !submit::is_tag(tag) {
            return Held::Other(Answer::NeverLeft(submit::without_a_tag()));
        }
        let body: Body = body.into();
        let patience = Instant::now() + self.limits.held_open + submit::time_to_send(&body);
        let request = submit::order(self.unhurried_post(GENERATE), body, tag);
        let response = match timeout_at(patience, request.send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => return Held::Other(failure::before_an_answer(&error)),
            Err(_) => return Held::Other(Answer::Silence(Break::TimedOut)),
        };
        let head = Head::of(&response, self.key.as_ref());
        if !head.is_success() {
            let read = timeout(self.limits.submit, Answer::read(response, self.key.as_ref(), self.limits.most_json));
            return Held::Other(read.await.unwrap_or(Answer::Cut { head, broke: Break::TimedOut }));
        }
        keep.begin(&head, response.content_length());
        let mut length = 0;
        let streamed = self.stream(response, patience, keep, &mut length).await;
        let whole = |()| failpoint::pass(Point::TakeAnswerWhole).map_err(|error| Break::Unkept(error.kind()));
        let broke = streamed.and_then(whole).err();
        Held::Kept { head, length, broke }
    }

    /// Hands the body on. Its beginning may take as long as the song; some send their headers long before.
    async fn stream(
        &self,
        mut response: Response,
        first: Instant,
        keep: &mut impl Keep,
        length: &mut u64,
    ) -> Result<(), Break> {
        let end = first + self.limits.held_answer;
        let mut until = first;
        loop {
            let piece = timeout_at(until.min(end), response.chunk()).await.map_err(|_| Break::TimedOut)?;
            let Some(piece) = piece.map_err(|error| failure::broken_by(&error))? else { return Ok(()) };
            *length += piece.len() as u64;
            if *length > self.limits.most_answer {
                return Err(Break::SongTooLong);
            }
            keep.keep(piece).await.map_err(|error| Break::Unkept(error.kind()))?;
            // A byte that comes early, as blanks that keep a proxy awake, does not mean that the song has begun.
            let pause = Instant::now() + self.limits.pause;
            until = if *length < BEGUN { first.max(pause) } else { pause };
        }
    }
}

/// What keeps a connection alive on which nothing is said for minutes: the first question, and the next ones.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How long a connection that was paid for, or an upload, survives without a word from the other side: a tunnel,
/// a router that starts anew, a service that reads in large steps. The library's own 30 s are too short for that.
pub(super) const OUTAGE: Duration = Duration::from_secs(10 * 60);

/// So many questions in vain make [`OUTAGE`].
pub(super) const KEEP_ALIVE_TRIES: u32 = (OUTAGE.as_secs() / KEEP_ALIVE.as_secs()) as u32;
