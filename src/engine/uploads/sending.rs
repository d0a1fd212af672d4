//! One upload, from its row to its ids.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::Trace;
use super::outcome::{Step, after_upload};
use super::source::{self, Halt};
use crate::api::{Ids, Recording, Uploaded};
use crate::domain::reference::ReferenceId;
use crate::engine::orders::new_tag;
use crate::engine::site::Site;
use crate::engine::submit::later;
use crate::store::StoreError;
use crate::store::uploads::UploadJob;

/// The least time between two reports of progress, but for the last.
pub(super) const REPORTS: Duration = Duration::from_secs(1);

/// Uploads a recording that was begun, and writes down what became of it.
pub(super) async fn upload(site: &Site, job: &UploadJob, trace: &Trace) -> Result<(), StoreError> {
    let recording = match source::open(site, job, trace).await {
        Ok(recording) => recording,
        Err(Halt::Step(step)) => return write(site, job.reference.id, &step),
        Err(Halt::Unwanted | Halt::Known) => return Ok(()),
        Err(Halt::Store(error)) => return Err(error),
    };
    match send(site, job, recording, trace).await {
        Some(uploaded) => write(site, job.reference.id, &after_upload(&uploaded, job, site.now())),
        None => Ok(()),
    }
}

/// Sends it; nothing where nobody wants it any more.
async fn send(site: &Site, job: &UploadJob, recording: Recording, trace: &Trace) -> Option<Uploaded> {
    let (id, bytes, tag) = (job.reference.id, recording.length, new_tag());
    let unwanted = Notify::new();
    let mut report = Report { reported: 0, at: Instant::now(), bytes };
    let mut progress = |sent| {
        let has_left = sent == bytes;
        trace.has_left.set(has_left);
        // From then on nothing moves until the answer comes.
        let rest = if has_left { site.client.limits().upload_answer(bytes) } else { Duration::ZERO };
        if report.is_due(sent) && !tell(site, id, sent, later(site.now(), rest)) {
            unwanted.notify_one();
        }
    };
    let uploaded = tokio::select! {
        uploaded = site.client.upload(recording, &tag, &mut progress) => uploaded,
        () = unwanted.notified() => return None,
    };
    let outcome = match &uploaded {
        Uploaded::Taken(_) => "taken",
        Uploaded::Again { .. } => "to be tried again",
        Uploaded::Refused { .. } => "refused",
    };
    tracing::info!(reference = id.0, tag, outcome, "uploaded");
    Some(uploaded)
}

/// When progress is to be written down.
struct Report {
    reported: u64,
    at: Instant,
    bytes: u64,
}

impl Report {
    fn is_due(&mut self, sent: u64) -> bool {
        let is_due = sent > self.reported && (sent == self.bytes || self.at.elapsed() >= REPORTS);
        if is_due {
            (self.reported, self.at) = (sent, Instant::now());
        }
        is_due
    }
}

/// Says how far an upload is and when it moved, and whether it is still wanted. That it cannot be said is no
/// reason to break it off.
pub(super) fn tell(site: &Site, id: ReferenceId, sent: u64, moved: Timestamp) -> bool {
    site.store().report_upload(id, sent, moved).unwrap_or_else(|error| {
        tracing::warn!(%error, "how far the upload is was not written down");
        true
    })
}

/// The key that ids belong to. The sandbox knows everybody: its ids belong to none.
pub(super) fn key_print(site: &Site) -> Option<String> {
    site.client.key_print().filter(|_| !site.service.is_sandbox())
}

/// Writes down what became of an upload; of one that was stopped meanwhile nothing is kept.
fn write(site: &Site, id: ReferenceId, step: &Step) -> Result<(), StoreError> {
    let mut store = site.store();
    let is_wanted = match step {
        Step::Finished(Ids { voice, instrumental }) => {
            let key_print = key_print(site);
            store.finish_upload(id, voice.as_deref(), instrumental.as_deref(), key_print.as_deref())?
        }
        Step::Again { message, due } => store.delay_upload(id, message, *due)?,
        Step::Failed(message) => store.fail_upload(id, message)?,
    };
    if !is_wanted {
        tracing::info!(reference = id.0, "nobody wants it any more");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_once_a_second_at_most_where_it_moved_and_when_all_has_left() {
        let mut report = Report { reported: 0, at: Instant::now(), bytes: 100 };
        assert!(!report.is_due(10), "a second has not passed");
        let a_second_later = |report: &mut Report| report.at = report.at.checked_sub(REPORTS).unwrap_or(report.at);
        a_second_later(&mut report);
        assert!(report.is_due(20) && !report.is_due(30));
        a_second_later(&mut report);
        assert!(!report.is_due(20), "it did not move");
        assert!(report.is_due(40));
        assert!(report.is_due(100), "all has left");
        assert!(!report.is_due(100));
    }
}
