//! What becomes of an upload after its answer: pure, so that every rule is a table.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::api::{Ids, Rebuff, Uploaded};
use crate::engine::pace::{LONGEST_WISH, next_try};
use crate::engine::submit::later;
use crate::store::uploads::UploadJob;

/// How long an upload is tried after a person asked for it.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);

/// It is tried at least so often, also where it waited for a key or a network until its time was over.
const LEAST_TRIES: u32 = 3;

/// What becomes of the row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Finished(Ids),
    /// It is tried again then.
    Again {
        message: String,
        due: Timestamp,
    },
    /// A person has to do something about it first.
    Failed(String),
}

/// What the answer to an upload makes of its row.
#[must_use]
pub fn after_upload(uploaded: &Uploaded, job: &UploadJob, now: Timestamp) -> Step {
    match uploaded {
        Uploaded::Taken(ids) => Step::Finished(ids.clone()),
        Uploaded::Again { sentence, retry_after } => again(sentence, *retry_after, job, now),
        Uploaded::Refused { kind, sentence } => Step::Failed(match kind {
            Rebuff::Key => format!("{sentence}; `refrain login` keeps another, then it can be uploaded again"),
            Rebuff::TooLarge => format!("{sentence}; choose a part of it"),
            Rebuff::Other => sentence.clone(),
        }),
    }
}

/// Another try, unless it has been tried for long enough.
pub(super) fn again(sentence: &str, wish: Option<Duration>, job: &UploadJob, now: Timestamp) -> Step {
    let tries = job.reference.upload.as_ref().map_or(0, |upload| upload.tries);
    let due = later(now, next_try(tries).max(wish.unwrap_or_default().min(LONGEST_WISH)));
    if tries + 1 >= LEAST_TRIES && due.duration_since(job.since) > PATIENCE {
        return Step::Failed(format!("{sentence}; it was tried {} times", tries + 1));
    }
    Step::Again { message: sentence.to_owned(), due }
}
