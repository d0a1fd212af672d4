//! Who looks: one look at a time, when one is due, and none where nothing is looked for.

use std::rc::Rc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::look;
use crate::engine::site::Site;
use crate::engine::submit::later;
use crate::store::StoreError;

/// Before a look that came to nothing, as the store failed it or it ended badly, is begun once more.
const REST: Duration = Duration::from_secs(2);

/// No look is put off for longer than this; a later `due` is that of a clock that was set back.
const LONGEST_GAP: SignedDuration = SignedDuration::from_mins(6);

/// The looks of one worker.
pub(in crate::engine) struct Seeker {
    under_way: JoinSet<Result<(), StoreError>>,
    /// Before this moment none is begun.
    rests_until: Instant,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Sought {
    pub takes: usize,
    /// When the next look is due; none while one is under way, or where nothing is looked for.
    pub next: Option<Timestamp>,
}

impl Seeker {
    pub(in crate::engine) fn new() -> Self {
        Self { under_way: JoinSet::new(), rests_until: Instant::now() }
    }

    /// Begins a look for all that is looked for, if one of them is due.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(in crate::engine) fn look_if_due(&mut self, site: &Rc<Site>) -> Result<Sought, StoreError> {
        let jobs = site.store().sought_jobs(&site.service)?;
        let (takes, now) = (jobs.len(), site.now());
        let dues = jobs.iter().filter_map(|job| job.take.due);
        let first = dues.map(|due| if due.duration_since(now) > LONGEST_GAP { now } else { due }).min();
        let (Some(first), true) = (first, self.under_way.is_empty()) else {
            return Ok(Sought { takes, next: None });
        };
        let first = first.max(later(now, self.rests_until.saturating_duration_since(Instant::now())));
        if first > now {
            return Ok(Sought { takes, next: Some(first) });
        }
        let site = Rc::clone(site);
        self.under_way.spawn_local(async move { look(&site, &jobs).await });
        Ok(Sought { takes, next: None })
    }

    /// Looks under way.
    pub(in crate::engine) fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Waits until a look ends; forever if none is under way. What it did not write down is looked for once more.
    pub(in crate::engine) async fn ended(&mut self) {
        match self.under_way.join_next().await {
            None => std::future::pending().await,
            Some(Ok(Ok(()))) => return,
            Some(Ok(Err(error))) => tracing::error!(%error, "what was found of a lost answer is not written yet"),
            Some(Err(error)) => tracing::error!(%error, "a look ended badly"),
        }
        self.rests_until = Instant::now() + REST;
    }
}
