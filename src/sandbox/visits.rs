//! Who asked for what: for tests that look on.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use super::rule::Endpoint;

/// How many requests are remembered: more than a test makes, and little memory for a sandbox that runs for days.
const REMEMBERED: usize = 10_000;

/// The latest requests.
#[derive(Debug, Default)]
pub struct Visits {
    seen: Mutex<Seen>,
    key_at_file_server: AtomicBool,
}

#[derive(Debug, Default)]
struct Seen {
    visits: VecDeque<Visit>,
    /// How many were forgotten.
    forgotten: usize,
}

/// A request.
#[derive(Clone, Debug, Serialize)]
pub struct Visit {
    pub at: Timestamp,
    pub endpoint: Endpoint,
    pub method: String,
    pub path: String,
    pub client_request_id: Option<String>,
    /// Status of the answer; nothing while it is awaited, and when none was given.
    pub status: Option<u16>,
}

/// The number of a visit since the start.
#[derive(Clone, Copy, Debug)]
pub struct VisitId(usize);

impl Visits {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request when it comes.
    pub fn begin(&self, visit: Visit) -> VisitId {
        let mut seen = self.seen();
        if seen.visits.len() == REMEMBERED {
            seen.visits.pop_front();
            seen.forgotten += 1;
        }
        seen.visits.push_back(visit);
        VisitId(seen.forgotten + seen.visits.len() - 1)
    }

    /// Notes the answer.
    pub fn answered(&self, id: VisitId, status: u16) {
        let mut seen = self.seen();
        let place = id.0.checked_sub(seen.forgotten);
        if let Some(visit) = place.and_then(|place| seen.visits.get_mut(place)) {
            visit.status = Some(status);
        }
    }

    /// The requests that are remembered, the oldest first.
    pub fn all(&self) -> Vec<Visit> {
        self.seen().visits.iter().cloned().collect()
    }

    /// Notes that a key came to the file server, where none may come.
    pub fn note_key_at_file_server(&self) {
        self.key_at_file_server.store(true, Ordering::Relaxed);
    }

    /// Whether a key ever came to the file server.
    pub fn key_at_file_server(&self) -> bool {
        self.key_at_file_server.load(Ordering::Relaxed)
    }
}
