//! That something long moves, told in the row of its upload: fetching a recording, and reading it to its end.
//!
//! Whoever looks at a row that has not moved for a while takes its worker for dead, and starts another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::sending::{REPORTS, tell};
use crate::domain::reference::ReferenceId;
use crate::engine::site::Site;

/// Beaten by what moves, perhaps on another thread, and read here.
#[derive(Clone, Debug, Default)]
pub(super) struct Pulse(Arc<AtomicBool>);

impl Pulse {
    /// It has moved.
    pub(super) fn beat(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// What comes of a step of which nothing has been sent yet, told of once a second at most, and only where it
    /// has moved; nothing where nobody wants its upload any more.
    pub(super) async fn told<T>(&self, site: &Site, id: ReferenceId, step: impl Future<Output = T>) -> Option<T> {
        tokio::pin!(step);
        let mut reports = interval_at(Instant::now() + REPORTS, REPORTS);
        reports.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                outcome = &mut step => return Some(outcome),
                _ = reports.tick() => {
                    let has_moved = self.0.swap(false, Ordering::Relaxed);
                    if has_moved && !tell(site, id, 0, site.now()) {
                        return None;
                    }
                }
            }
        }
    }
}
