//! The workers and what they have to do.

use std::collections::BTreeSet;
use std::iter;

use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use crate::domain::generation::{Take, Why};
use crate::domain::lateness::{Row, awaited_with_uploads};
use crate::domain::reference::Reference;
use crate::domain::service::Service;
use crate::domain::uploading::needs_key;
use crate::paths::Paths;
use crate::store::examination::Contents;
use crate::store::workers::WorkerRow;
use crate::worker::election::is_held;

/// What one service has to do.
struct Work<'a> {
    takes: Vec<&'a Take>,
    uploads: Vec<&'a Reference>,
}

impl Work<'_> {
    fn is_none(&self) -> bool {
        self.takes.is_empty() && self.uploads.is_empty()
    }

    /// `2 takes and 1 upload`.
    fn words(&self) -> String {
        let counts = [(self.takes.len(), "take"), (self.uploads.len(), "upload")];
        let there = counts.iter().filter(|(count, _)| *count > 0);
        let words = there.map(|(count, what)| format!("{count} {what}{}", if *count == 1 { "" } else { "s" }));
        words.collect::<Vec<_>>().join(" and ")
    }

    fn needs_key(&self) -> bool {
        let takes = self.takes.iter().any(|take| take.why == Some(Why::NeedsKey));
        takes || self.uploads.iter().any(|upload| needs_key(upload))
    }
}

/// A row for each service that has a worker or needs one, and one for what waits.
pub fn findings(contents: &Contents, paths: &Paths, now: Timestamp) -> Vec<Finding> {
    let live = contents.live.len();
    let takes = Finding::ok("takes", format!("{live} under way, {} held for you", contents.held));
    let uploads = contents.uploading.len();
    let uploads = (uploads > 0).then(|| Finding::ok("uploads", format!("{uploads} under way or waiting")));
    let services: BTreeSet<&Service> = contents
        .workers
        .iter()
        .map(|(service, _)| service)
        .chain(contents.live.iter().map(|take| &take.service))
        .chain(contents.uploading.iter().filter_map(|upload| upload.service.as_ref()))
        .collect();
    let of_service = |service: &Service| {
        let row = contents.workers.iter().find(|(other, _)| other == service).map(|(_, row)| row);
        let work = Work {
            takes: contents.live.iter().filter(|take| take.service == *service).collect(),
            uploads: contents.uploading.iter().filter(|upload| upload.service.as_ref() == Some(service)).collect(),
        };
        let row = row.filter(|_| is_held(&paths.worker_lock(service)));
        finding(service, row, &work, now)
    };
    iter::once(takes).chain(uploads).chain(services.into_iter().map(of_service)).collect()
}

/// What is to be said of one service: `worker` is the one at work, if one is.
fn finding(service: &Service, worker: Option<&WorkerRow>, work: &Work<'_>, now: Timestamp) -> Finding {
    const CHECK: &str = "worker";
    let rows = work.takes.iter().copied().map(Row::from);
    let awaited = awaited_with_uploads(rows, work.uploads.iter().copied()).remove(service);
    let due = awaited.map(|awaited| awaited.next);
    // Of one at work, only that which no step explains is held against it.
    let late = awaited.filter(|awaited| if worker.is_some() { awaited.is_stuck(now) } else { awaited.is_late(now) });
    let late = late.map(|awaited| now.duration_since(awaited.next));
    let what = work.words();
    match (worker, late) {
        (None, _) if work.is_none() => Finding::ok(CHECK, format!("{service}: none, as nothing is to be done")),
        (None, _) if work.needs_key() => Finding::look(
            CHECK,
            format!("{service}: none, and {what} wait for the key"),
            "`refrain login` keeps a key; then they go on",
        ),
        (None, Some(late)) => Finding::bad(
            CHECK,
            format!("{service}: none is at work, {} late with {what}", seconds(late)),
            "`refrain restart`, or opening the screen, starts one",
        ),
        (None, None) => Finding::look(
            CHECK,
            format!("{service}: none is at work for {what}"),
            "`refrain restart`, or opening the screen, starts one",
        ),
        (Some(worker), Some(late)) => Finding::bad(
            CHECK,
            format!("{}, but {} late with {what}", at_work(service, worker), seconds(late)),
            "`refrain restart` starts another",
        ),
        (Some(worker), None) if worker.version != env!("CARGO_PKG_VERSION") => Finding::look(
            CHECK,
            format!("{}, another version than this", at_work(service, worker)),
            "it leaves when nothing is left to do; `refrain restart` starts one of this version",
        ),
        (Some(worker), None) => {
            let next = due.map_or_else(
                || "; nothing is to be done".to_owned(),
                |due| format!("; acts next in {}", seconds(due.duration_since(now).max(SignedDuration::ZERO))),
            );
            Finding::ok(CHECK, at_work(service, worker) + &next)
        }
    }
}

fn at_work(service: &Service, worker: &WorkerRow) -> String {
    let since = worker.started.strftime("%H:%M:%S UTC");
    format!("{service}: process {} since {since}, version {}", worker.pid, worker.version)
}

fn seconds(time: SignedDuration) -> String {
    match time.as_secs() {
        seconds @ ..=120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds / 60),
    }
}
