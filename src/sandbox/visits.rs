//! Who asked for what: for tests that look on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

use super::scenario::Endpoint;

/// Every request since the start.
#[derive(Debug, Default)]
pub struct Visits {
    seen: Mutex<Vec<Visit>>,
    key_at_file_server: AtomicBool,
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

/// The place of a visit in the book.
#[derive(Clone, Copy, Debug)]
pub struct VisitId(usize);

impl Visits {
    fn seen(&self) -> MutexGuard<'_, Vec<Visit>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request when it comes.
    pub fn begin(&self, visit: Visit) -> VisitId {
        let mut seen = self.seen();
        seen.push(visit);
        VisitId(seen.len() - 1)
    }

    /// Notes the answer.
    pub fn answered(&self, id: VisitId, status: u16) {
        if let Some(visit) = self.seen().get_mut(id.0) {
            visit.status = Some(status);
        }
    }

    /// Every request, the oldest first.
    pub fn all(&self) -> Vec<Visit> {
        self.seen().clone()
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
