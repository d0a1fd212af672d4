//! The workers and what they have to do.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use crate::domain::generation::{Take, Why};
use crate::domain::lateness::{Row, awaited};
use crate::domain::service::Service;
use crate::paths::Paths;
use crate::store::examination::Contents;
use crate::store::workers::WorkerRow;
use crate::worker::election::is_held;

/// A row for each service that has a worker or needs one, and one for what waits.
pub fn findings(contents: &Contents, paths: &Paths, now: Timestamp) -> Vec<Finding> {
    let live = contents.live.len();
    let takes = Finding::ok("takes", format!("{live} under way, {} held for you", contents.held));
    let services: BTreeSet<&Service> = contents
        .workers
        .iter()
        .map(|(service, _)| service)
        .chain(contents.live.iter().map(|take| &take.service))
        .collect();
    let of_service = |service: &Service| {
        let row = contents.workers.iter().find(|(other, _)| other == service).map(|(_, row)| row);
        let takes: Vec<_> = contents.live.iter().filter(|take| take.service == *service).collect();
        let row = row.filter(|_| is_held(&paths.worker_lock(service)));
        finding(service, row, &takes, now)
    };
    std::iter::once(takes).chain(services.into_iter().map(of_service)).collect()
}

/// What is to be said of one service: `worker` is the one at work, if one is.
fn finding(service: &Service, worker: Option<&WorkerRow>, live: &[&Take], now: Timestamp) -> Finding {
    const CHECK: &str = "worker";
    let awaited = awaited(live.iter().copied().map(Row::from)).remove(service);
    let due = awaited.map(|awaited| awaited.next);
    // Of one at work, only that which no step explains is held against it.
    let late = awaited.filter(|awaited| if worker.is_some() { awaited.is_stuck(now) } else { awaited.is_late(now) });
    let late = late.map(|awaited| now.duration_since(awaited.next));
    let takes = match live.len() {
        1 => "1 take".to_owned(),
        takes => format!("{takes} takes"),
    };
    let needs_key = live.iter().any(|take| take.why == Some(Why::NeedsKey));
    match (worker, late) {
        (None, _) if live.is_empty() => Finding::ok(CHECK, format!("{service}: none, as nothing is to be done")),
        (None, _) if needs_key => Finding::look(
            CHECK,
            format!("{service}: none, and {takes} wait for the key"),
            "`refrain login` keeps a key; then they go on",
        ),
        (None, Some(late)) => Finding::bad(
            CHECK,
            format!("{service}: none is at work, and {takes} are {} late", seconds(late)),
            "`refrain restart`, or opening the screen, starts one",
        ),
        (None, None) => Finding::look(
            CHECK,
            format!("{service}: none is at work for {takes}"),
            "`refrain restart`, or opening the screen, starts one",
        ),
        (Some(worker), Some(late)) => Finding::bad(
            CHECK,
            format!("{}, but {} late with {takes}", at_work(service, worker), seconds(late)),
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
