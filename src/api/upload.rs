//! Uploading a recording: streamed from disk, with its true length and its progress.
//!
//! As far as is known an upload costs nothing, so unlike an order it may be sent again. What its answer
//! means is decided in [`super::uploaded`].

use std::fs::File;
use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, stream};
use reqwest::Body;
use reqwest::multipart::{Form, Part};
use tokio::io::AsyncReadExt;
use tokio::sync::watch;
use tokio::time::timeout;

use super::answer::{Answer, Break};
use super::client::{Client, Limits};
use super::failure::NotSentKind;
use super::submit::REQUEST_TAG;
use super::uploaded::{Uploaded, uploaded_of};
use crate::domain::reference::Purpose;
use crate::failpoint::{self, Point};

/// Where recordings go.
const UPLOAD: &str = "/v2/generate/audio/minimax/upload";

/// Bytes that are read from disk at a time, and held in memory.
const PIECE: usize = 64 * 1024;

/// Bytes that may still wait in this machine, or in a proxy before it, when the last has been handed over: what
/// the buffers of its connections hold, however long the recording is. Linux gives one 4 MB at most by default.
const MOST_BUFFERED: u64 = 8 << 20;

/// A recording on its way.
#[derive(Debug)]
pub struct Recording {
    pub purpose: Purpose,
    pub kind: RecordingKind,
    /// Read from where it stands.
    pub file: File,
    /// How many bytes are to be sent: no more are, whatever the file grows to.
    pub length: u64,
}

/// What the service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordingKind {
    Mp3,
    Wav,
}

impl RecordingKind {
    /// What the file is called on its way. The person's own name for it stays at home.
    fn file_name(self) -> &'static str {
        match self {
            Self::Mp3 => "recording.mp3",
            Self::Wav => "recording.wav",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Wav => "audio/wav",
        }
    }
}

impl Limits {
    /// How long the answer to an upload of so many bytes is waited for once the last has been handed over.
    #[must_use]
    pub fn upload_answer(&self, length: u64) -> Duration {
        let buffered = length.min(MOST_BUFFERED);
        self.upload + Duration::from_millis(buffered * 1000 / self.slowest_line.max(1))
    }
}

impl Client {
    /// Uploads a recording, and tells `progress` how many of its bytes have been handed to the connection.
    ///
    /// There is no total deadline, as a slow line is no failure; a line on which nothing moves is. Dropping the
    /// future closes the connection.
    pub async fn upload(&self, recording: Recording, tag: &str, progress: &mut dyn FnMut(u64)) -> Uploaded {
        let (purpose, length) = (recording.purpose, recording.length);
        let (tell, told) = watch::channel(0);
        let answer = match recording.form(tell) {
            Ok(form) => {
                let request = self.unhurried_post(UPLOAD).header(REQUEST_TAG, tag).multipart(form);
                let answer = Answer::to(request, self.key.as_ref(), self.limits.most_json);
                self.unless_stalled(answer, told, length, progress).await.past(Point::UploadAnswer)
            }
            Err(_) => Answer::NeverLeft(NotSentKind::Unsendable.into()),
        };
        uploaded_of(answer, purpose, self.key.as_ref())
    }

    /// The answer, unless for too long nothing moves: neither do bytes leave, nor, once all have, does it come.
    async fn unless_stalled(
        &self,
        answer: impl Future<Output = Answer>,
        mut told: watch::Receiver<u64>,
        length: u64,
        progress: &mut dyn FnMut(u64),
    ) -> Answer {
        tokio::pin!(answer);
        let rest = self.limits.upload_answer(length);
        let stalled = || Answer::Silence(Break::TimedOut);
        loop {
            let moved = tokio::select! {
                answer = &mut answer => return answer,
                moved = timeout(self.limits.upload, told.changed()) => moved,
            };
            progress(*told.borrow());
            match moved {
                Ok(Ok(())) => {}
                // The form has been read to its end.
                Ok(Err(_)) => return timeout(rest, answer).await.unwrap_or_else(|_| stalled()),
                Err(_) => return stalled(),
            }
        }
    }
}

impl Recording {
    fn form(self, tell: watch::Sender<u64>) -> reqwest::Result<Form> {
        let Self { purpose, kind, file, length } = self;
        let body = Body::wrap_stream(pieces(file, length, tell));
        let part = Part::stream_with_length(body, length).file_name(kind.file_name()).mime_str(kind.content_type())?;
        Ok(Form::new().text("purpose", purpose.name()).part("file", part))
    }
}

/// The first `length` bytes of a file, piece by piece. Whoever asks for the next piece has handed on the one
/// before: that is when it is told of.
fn pieces(file: File, length: u64, tell: watch::Sender<u64>) -> impl Stream<Item = io::Result<Bytes>> {
    let begin = (tokio::fs::File::from_std(file), 0_u64);
    stream::try_unfold(begin, move |(mut file, sent)| {
        tell.send_replace(sent);
        async move {
            let left = usize::try_from(length - sent).unwrap_or(PIECE).min(PIECE);
            if sent == 0 {
                failpoint::pass(Point::UploadRequestBegun)?;
            }
            if left == 0 {
                failpoint::pass(Point::UploadLeft)?;
                return Ok(None);
            }
            let mut piece = BytesMut::zeroed(left);
            file.read_exact(&mut piece).await?;
            Ok(Some((piece.freeze(), (file, sent + left as u64))))
        }
    })
}
