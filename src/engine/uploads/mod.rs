//! Uploads: driven beside the takes, and never in their way.
//!
//! What is to do stands in the rows of the library, so nothing is lost where the worker is: an upload that it
//! had begun is begun anew by the next one, as an upload costs nothing that is known of. A person who stops one
//! changes its row; that is looked at whenever anything changes, and what is under way is dropped at once.

mod leftovers;
mod outcome;
mod pulse;
mod sending;
mod source;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use tokio::task::{AbortHandle, Id, JoinError, JoinSet};

use super::site::Site;
use crate::domain::reference::{ReferenceId, Upload, UploadState};
use crate::store::StoreError;
use crate::store::uploads::UploadJob;
use leftovers::Leftovers;
pub(super) use leftovers::sweep;
pub use outcome::{Step, after_upload};

/// Uploads that are under way at most: where more share a line, each of them is late.
const AT_ONCE: usize = 2;

/// No upload is put off for longer than this; a later `due` is that of a clock that was set back.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_mins(6);

/// The uploads of one worker.
pub(super) struct Uploads {
    tasks: JoinSet<Result<(), StoreError>>,
    under_way: HashMap<Id, UnderWay>,
    leftovers: Leftovers,
}

/// An upload under way.
struct UnderWay {
    reference: ReferenceId,
    task: AbortHandle,
    trace: Rc<Trace>,
}

/// What is to be known of an upload also where it is dropped.
#[derive(Default)]
struct Trace {
    /// Whether every byte has left and only the answer is missing.
    has_left: Cell<bool>,
    /// The frozen copy that it sends, and until when that one may have been frozen for it.
    recording: RefCell<Option<(String, SystemTime)>>,
}

/// What there is to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Uploads that still need the worker.
    pub live: usize,
    /// When the next one is due, if any.
    pub next: Option<Timestamp>,
}

impl Uploads {
    /// The uploads of a worker that has just started: what an earlier one had begun waits again.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub(super) fn new(site: &Site) -> Result<Self, StoreError> {
        let jobs = site.store().live_uploads(&site.service)?;
        if jobs.iter().any(is_begun) {
            site.store().resume_uploads(&site.service, site.now())?;
        }
        Ok(Self { tasks: JoinSet::new(), under_way: HashMap::new(), leftovers: Leftovers::default() })
    }

    /// Uploads under way.
    pub(super) fn count(&self) -> usize {
        self.tasks.len()
    }

    /// Begins every upload that is due and has a place, and drops those that nobody wants any more.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub(super) fn start_due(&mut self, site: &Rc<Site>) -> Result<Waiting, StoreError> {
        let jobs = site.store().live_uploads(&site.service)?;
        self.drop_unwanted(&jobs);
        let mut waiting = Waiting { live: jobs.len(), next: None };
        let now = site.now();
        for job in jobs {
            if self.tasks.len() >= AT_ONCE || self.is_under_way(job.reference.id) {
                continue;
            }
            match job.reference.upload.as_ref().and_then(|upload| not_before(upload, now)) {
                Some(due) => waiting.next = Some(waiting.next.map_or(due, |next| next.min(due))),
                None => self.start(site, job)?,
            }
        }
        Ok(waiting)
    }

    fn start(&mut self, site: &Rc<Site>, job: UploadJob) -> Result<(), StoreError> {
        let reference = job.reference.id;
        // Before the task has its first turn: from here on a row that waits was stopped and asked for anew.
        if !site.store().begin_upload(reference, site.now())? {
            return Ok(());
        }
        let (site, trace) = (Rc::clone(site), Rc::new(Trace::default()));
        let kept = Rc::clone(&trace);
        let task = self.tasks.spawn_local(async move { sending::upload(&site, &job, &trace).await });
        self.under_way.insert(task.id(), UnderWay { reference, task, trace: kept });
        Ok(())
    }

    /// Drops what was stopped: that closes its connection.
    fn drop_unwanted(&self, jobs: &[UploadJob]) {
        let is_wanted = |id| jobs.iter().any(|job| job.reference.id == id && is_begun(job));
        self.under_way.values().filter(|it| !is_wanted(it.reference)).for_each(|it| it.task.abort());
    }

    fn is_under_way(&self, id: ReferenceId) -> bool {
        self.under_way.values().any(|it| it.reference == id)
    }

    /// Waits until an upload ends; forever if none is under way.
    ///
    /// # Errors
    /// When it could not use the store: its row is as it was, and it is begun anew.
    pub(super) async fn ended(&mut self, site: &Site) -> Result<(), StoreError> {
        let Some(ended) = self.tasks.join_next_with_id().await else { return std::future::pending().await };
        let id = ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let Some(UnderWay { reference, trace, .. }) = self.under_way.remove(&id) else { return Ok(()) };
        if let Some((recording, asked)) = trace.recording.take() {
            self.leftovers.let_go(site, recording, asked);
        }
        match ended {
            Ok((_, outcome)) => outcome,
            // Whoever stopped it has changed its row; where the worker was told to leave, nobody has.
            Err(error) if error.is_cancelled() => site.store().put_upload_off(reference, site.now()).map(drop),
            Err(error) => {
                tracing::error!(%error, "an upload ended badly");
                site.store()
                    .fail_upload(reference, "refrain stumbled over it; `refrain doctor` names the log")
                    .map(drop)
            }
        }
    }

    /// Drops what has not left whole, as the worker was told to leave; it waits for the next one, which begins it
    /// anew. What has left whole goes on for a while: its answer may come soon, and without it all of it would have
    /// to go again.
    pub(super) fn break_off_unsent(&self) {
        self.under_way.values().filter(|it| !it.trace.has_left.get()).for_each(|it| it.task.abort());
    }

    /// Drops whatever is under way: whoever was started in this worker's place waits for it.
    pub(super) fn break_off(&self) {
        self.under_way.values().for_each(|it| it.task.abort());
    }
}

/// Whether an upload still needs a worker.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn is_live(site: &Site) -> Result<bool, StoreError> {
    Ok(!site.store().live_uploads(&site.service)?.is_empty())
}

/// Whether its row says that it is under way.
fn is_begun(job: &UploadJob) -> bool {
    job.reference.upload.as_ref().is_some_and(|upload| upload.state == UploadState::Sending)
}

/// When an upload that waits is due, where that is still to come. One that was begun and is not under way is
/// begun anew: its moment is that until which it might have stood still.
fn not_before(upload: &Upload, now: Timestamp) -> Option<Timestamp> {
    let due = upload.due.filter(|_| upload.state == UploadState::Waiting);
    due.filter(|due| *due > now && due.duration_since(now) <= LONGEST_WAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_waits_is_put_off_and_never_for_long() {
        use UploadState::{Sending, Waiting};
        let now = Timestamp::UNIX_EPOCH;
        let after = |minutes| now + SignedDuration::from_mins(minutes);
        let table = [(Waiting, 5, Some(after(5))), (Waiting, 0, None), (Waiting, 60, None), (Sending, 5, None)];
        for (state, minutes, expected) in table {
            let due = Some(after(minutes));
            let upload = Upload { state, sent: 0, bytes: 9, message: None, tries: 1, due, force: false };
            assert_eq!(not_before(&upload, now), expected, "{state:?}, {minutes} minutes");
        }
    }
}
