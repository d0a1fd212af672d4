//! Waiting for an upload: how far it is, until it has its ids, has failed, or Ctrl-C.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::output::{self, Progress};
use crate::domain::reference::{Reference, ReferenceId, UploadState};
use crate::domain::service::Service;
use crate::domain::uploading;
use crate::store::{Store, StoreError};
use crate::worker::start::Posts;

/// How long between two looks where the bell cannot be heard.
const LOOK: Duration = Duration::from_millis(250);

/// After this long without a move another worker is started: the one that had it may have died.
const STILL: Duration = Duration::from_secs(10);

/// Where nothing is told over, a line is told each time so much more has gone: a quarter.
const PARTS: u64 = 4;

/// How the waiting ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// It has its ids.
    Uploaded(Reference),
    /// It is over without ids.
    Failed(Reference),
    /// Somebody stopped it or took it out of the library.
    Gone,
    /// Ctrl-C: the upload goes on.
    Interrupted(Reference),
}

/// An upload that is waited for.
pub struct Sending<'a> {
    pub posts: &'a Posts,
    pub service: &'a Service,
    pub reference: ReferenceId,
    /// Say how far it is.
    pub tells: bool,
    /// Whoever reads takes line by line.
    pub in_lines: bool,
}

impl Sending<'_> {
    /// Waits until it is over.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn wait(&self, store: &Store) -> Result<Ended> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.follow(store))
    }

    async fn follow(&self, store: &Store) -> Result<Ended> {
        let mut interrupted = signal(SignalKind::interrupt())?;
        let heard = Arc::new(Notify::new());
        let bell = Arc::clone(&heard);
        let listener = store.bell().listen(move || bell.notify_one());
        let mut teller = self.tells.then(|| Teller::new(self.in_lines));
        let mut last: Option<Reference> = None;
        let mut rescue_at = Instant::now() + STILL;
        loop {
            let reference = match store.reference(self.reference) {
                Err(StoreError::Missing { .. }) => return Ok(Ended::Gone),
                found => found?,
            };
            match reference.upload.as_ref().map(|upload| upload.state) {
                None => return Ok(Ended::Uploaded(reference)),
                Some(UploadState::Failed) => return Ok(Ended::Failed(reference)),
                Some(_) => {}
            }
            if last.as_ref() != Some(&reference) {
                rescue_at = Instant::now() + STILL;
                if let Some(teller) = &mut teller {
                    teller.tell(&reference);
                }
            } else if Instant::now() >= rescue_at {
                rescue_at = Instant::now() + STILL;
                self.rescue(&reference);
            }
            let next_look = if listener.is_ok() { rescue_at } else { rescue_at.min(Instant::now() + LOOK) };
            tokio::select! {
                () = heard.notified() => {}
                _ = interrupted.recv() => return Ok(Ended::Interrupted(reference)),
                () = sleep_until(next_look) => {}
            }
            last = Some(reference);
        }
    }

    /// Starts a worker once more, unless the upload waits for its time.
    fn rescue(&self, reference: &Reference) {
        let waits = reference.upload.as_ref().is_some_and(|upload| upload.state == UploadState::Waiting);
        if waits && !uploading::is_due(reference, Timestamp::now()) {
            return;
        }
        // One that is at work makes the new one leave at once.
        if let Err(error) = self.posts.start_apart(self.service) {
            output::say(&format!("no worker could be started, it is tried again: {error:#}"));
        }
    }
}

/// Tells how far an upload is: over and over in one line, or now and then in a line of its own.
struct Teller {
    progress: Progress,
    /// What was told last, where lines are: the reason to wait, or how many parts have gone.
    told: Option<Milestone>,
}

#[derive(Debug, PartialEq, Eq)]
enum Milestone {
    Waits(Option<String>),
    Gone(u64),
}

impl Teller {
    fn new(in_lines: bool) -> Self {
        Self { progress: Progress::new(in_lines), told: None }
    }

    fn tell(&mut self, reference: &Reference) {
        let (Some(words), Some(milestone)) =
            (uploading::state(reference, &TimeZone::system()), Milestone::of(reference))
        else {
            return;
        };
        if self.progress.is_seen() {
            self.progress.tell(&words);
        } else if self.told.as_ref() != Some(&milestone) {
            if milestone.is_worth_a_line() {
                output::say(&words);
            }
            self.told = Some(milestone);
        }
    }
}

impl Milestone {
    fn of(reference: &Reference) -> Option<Self> {
        let upload = reference.upload.as_ref()?;
        Some(match upload.state {
            UploadState::Waiting => Self::Waits(upload.message.clone()),
            _ => Self::Gone(upload.sent * PARTS / upload.bytes.max(1)),
        })
    }

    /// That it waits for nothing but its turn is no news, nor that nothing has gone yet.
    fn is_worth_a_line(&self) -> bool {
        !matches!(self, Self::Waits(None) | Self::Gone(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::reference::{Purpose, Upload};

    fn at(state: UploadState, sent: u64, message: Option<&str>) -> Option<Milestone> {
        let message = message.map(str::to_owned);
        let upload = Upload { state, sent, bytes: 100, message, tries: 0, due: None, force: false };
        let blank = Reference::new(ReferenceId(1), "Mara", Purpose::Voice, Timestamp::UNIX_EPOCH);
        Milestone::of(&Reference { upload: Some(upload), ..blank })
    }

    #[test]
    fn in_lines_a_quarter_is_told_and_why_it_waits_but_not_each_byte() {
        use UploadState::{Sending, Waiting};
        assert_eq!(at(Sending, 26, None), at(Sending, 49, None));
        assert_ne!(at(Sending, 49, None), at(Sending, 50, None));
        assert!(at(Sending, 50, None).unwrap().is_worth_a_line());
        assert!(!at(Sending, 3, None).unwrap().is_worth_a_line());
        assert!(!at(Waiting, 0, None).unwrap().is_worth_a_line());
        assert!(at(Waiting, 0, Some("busy")).unwrap().is_worth_a_line());
    }
}
