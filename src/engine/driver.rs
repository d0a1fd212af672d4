//! The driver: starts, for each live take, the one step that is due, and knows when to look again.
//!
//! It keeps no state of its own that matters: what is to do stands in the rows, so it can be killed and
//! started again at any moment.

mod finishing;

use std::collections::HashMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::facts::Asking;
use super::reconcile::Seeker;
use super::site::Site;
use super::submit::later;
use super::uploads::{self, Uploads};
use super::{deliver, held_open, poll, submit};
use crate::domain::generation::{Status, TakeId};
use crate::store::StoreError;
use crate::store::generations::Job;

/// Runs the steps of one service. Must be used within a `tokio::task::LocalSet`.
pub struct Driver {
    site: Rc<Site>,
    steps: JoinSet<Result<(), StoreError>>,
    /// Which take each step under way is for.
    busy: HashMap<tokio::task::Id, Busy>,
    /// Before this moment no further question is asked.
    questions_from: Instant,
    /// Before this moment nothing is started, as the store could not be used.
    rests_until: Instant,
    /// What the service is asked about itself.
    asking: Asking,
    /// Who looks for takes whose answer was lost.
    seeker: Seeker,
    uploads: Uploads,
}

/// A step under way.
struct Busy {
    take: TakeId,
    /// The tag of its request.
    tag: String,
    /// Whether the balance may differ afterwards.
    moves_money: bool,
}

/// After a store that could not be read or written: how long nothing is started.
const REST: Duration = Duration::from_secs(2);

/// Files that are fetched at once: on a thin line many at once would each be too slow to be believed.
const MOST_FETCHES: usize = 4;

/// How often it is looked whether another process still holds a connection open.
const BETWEEN_LOOKS: Duration = Duration::from_secs(60);

/// No question is put off for longer than this; a later `due` is that of a clock that was set back.
const LONGEST_GAP: SignedDuration = SignedDuration::from_mins(6);

/// What there is to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Takes and uploads that still need the worker, be it only to look what became of them.
    pub live: usize,
    /// Steps, uploads, looks and questions under way.
    pub running: usize,
    /// When the next step is due, if any.
    pub next: Option<Timestamp>,
}

impl Driver {
    /// A driver for a site. Rows that a dead worker left as `sending` may have been charged: they become
    /// `unknown`, or go on with what came of the song.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn new(site: Site) -> Result<Self, StoreError> {
        let jobs = site.store().live_jobs(&site.service)?;
        for job in jobs.iter().filter(|job| job.take.status == Status::Sending) {
            held_open::take_over(&site, job)?;
        }
        jobs.iter().try_for_each(|job| deliver::try_at_once(&site, job))?;
        deliver::sweep(&site)?;
        site.store().seek_again(&site.service, site.now())?;
        let uploads = Uploads::new(&site)?;
        Ok(Self {
            site: Rc::new(site),
            steps: JoinSet::new(),
            busy: HashMap::new(),
            questions_from: Instant::now(),
            rests_until: Instant::now(),
            asking: Asking::new(),
            seeker: Seeker::new(),
            uploads,
        })
    }

    /// Starts every step that is due. Where the store cannot be used, nothing is started for a moment.
    pub fn start_due(&mut self) -> Outlook {
        let now = self.site.now();
        let rest = self.rests_until.saturating_duration_since(Instant::now());
        if !rest.is_zero() {
            return Outlook { live: 1, running: self.running(), next: Some(later(now, rest)) };
        }
        let jobs = self.site.store().live_jobs(&self.site.service);
        match jobs.and_then(|jobs| self.start_of(jobs, now)) {
            Ok(outlook) => outlook,
            Err(error) => {
                self.rest(&error);
                Outlook { live: 1, running: self.running(), next: Some(later(now, REST)) }
            }
        }
    }

    fn start_of(&mut self, jobs: Vec<Job>, now: Timestamp) -> Result<Outlook, StoreError> {
        // A step that was started for an order may not have claimed it yet: it counts all the same.
        let is_there = |job: &&Job| job.take.status.is_running() || self.is_busy(job.take.id);
        // What was ordered elsewhere holds no place of those that are ordered here.
        let holds_a_place = |job: &&Job| job.take.status != Status::Ready && !job.take.is_adopted();
        let mut at_service = jobs.iter().filter(is_there).filter(holds_a_place).count();
        let is_fetched = |job: &&Job| job.take.status == Status::Ready && self.is_busy(job.take.id);
        let mut fetched = jobs.iter().filter(is_fetched).count();
        let uploads = self.uploads.start_due(&self.site)?;
        let sought = self.seeker.look_if_due(&self.site)?;
        let live = jobs.len() + uploads.live + sought.takes;
        let mut next = uploads.next.into_iter().chain(sought.next).min();
        for job in jobs {
            if self.is_busy(job.take.id) {
                continue;
            }
            let due = self.due(&job, at_service, now);
            if due > now {
                next = Some(earliest(next, due));
                continue;
            }
            if job.take.status == Status::Sending {
                held_open::take_over(&self.site, &job)?;
                continue;
            }
            // The end of one begins the next.
            if job.take.status == Status::Ready && fetched == MOST_FETCHES {
                continue;
            }
            fetched += usize::from(job.take.status == Status::Ready);
            if is_question(&job) {
                self.questions_from = Instant::now() + self.site.rules.between_questions;
            }
            at_service += usize::from(job.take.status == Status::Ordered);
            self.start(job);
        }
        // Whatever is due for a take has been started: only where there was nothing, one may be curious.
        if self.steps.is_empty() {
            self.asking.ask_next(&self.site)?;
        }
        Ok(Outlook { live, running: self.running(), next })
    }

    /// When the next step of a take that is not busy may be started.
    fn due(&self, job: &Job, at_service: usize, now: Timestamp) -> Timestamp {
        let due = job.take.due.unwrap_or(now);
        match job.take.status {
            // Another process may be sending it; when that cannot be any more, its answer is lost.
            Status::Sending if held_open::is_at_it(&self.site, job) => later(now, BETWEEN_LOOKS),
            // What came of one whose sender is gone is read at once.
            Status::Sending if job.failures == 0 && held_open::is_abandoned(&self.site, job) => now,
            // Nobody else says any more that it is being sent; or what came of it could not be read, and is read then.
            Status::Sending if job.take.due.is_some() => due,
            // An older version does not say so.
            Status::Sending => later(job.take.sent.unwrap_or(now), self.site.longest_send(job)),
            // It goes when another ends, or is held when it has waited too long.
            Status::Ordered if at_service >= self.site.rules.at_once => submit::meant_until(job).max(due),
            Status::Queued | Status::Working => {
                let due = if due.duration_since(now) > LONGEST_GAP { now } else { due };
                due.max(later(now, self.questions_from.saturating_duration_since(Instant::now())))
            }
            _ => due,
        }
    }

    /// Waits until a step, an upload, a look or a question ends; forever if none is under way. A step that could not use
    /// the store left its row as it was: it is started again, after a moment.
    pub async fn step_ended(&mut self) {
        let ended = tokio::select! {
            Some(ended) = self.steps.join_next_with_id() => ended,
            () = self.asking.ended() => return,
            () = self.seeker.ended() => return,
            outcome = self.uploads.ended(&self.site) => {
                outcome.unwrap_or_else(|error| self.rest(&error));
                return;
            }
        };
        let id = ended.as_ref().map_or_else(tokio::task::JoinError::id, |(id, _)| *id);
        let busy = self.busy.remove(&id);
        if busy.as_ref().is_some_and(|busy| busy.moves_money) {
            self.asking.money_moved();
        }
        let outcome = match ended {
            Ok((_, outcome)) => outcome,
            Err(error) => {
                tracing::error!(%error, "a step ended badly");
                busy.map_or(Ok(()), |busy| go_on(&self.site, busy.take))
            }
        };
        if let Err(error) = outcome {
            self.rest(&error);
        }
    }

    fn rest(&mut self, error: &StoreError) {
        tracing::error!(%error, "the store cannot be used; trying again in a moment");
        self.rests_until = Instant::now() + REST;
    }

    /// Whether no step and no upload is under way. What the service is asked about itself may be, and so may a look:
    /// nobody waits for these.
    pub fn is_resting(&self) -> bool {
        self.steps.is_empty() && self.uploads.count() == 0
    }

    /// Removes what is left over in the folder of recordings.
    pub fn sweep(&self) {
        uploads::sweep(&self.site);
    }

    /// Whether a take or an upload still needs a worker, or a person waits for what only one can ask; starts nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_needed(&self) -> Result<bool, StoreError> {
        let (store, service) = (self.site.store(), &self.site.service);
        let has_takes = !store.live_jobs(service)?.is_empty() || !store.sought_jobs(service)?.is_empty();
        drop(store);
        Ok(has_takes || uploads::is_live(&self.site)? || self.asking.is_awaited(&self.site)?)
    }

    fn running(&self) -> usize {
        self.steps.len() + self.uploads.count() + self.asking.under_way() + self.seeker.under_way()
    }

    fn is_busy(&self, take: TakeId) -> bool {
        self.busy.values().any(|busy| busy.take == take)
    }

    fn start(&mut self, job: Job) {
        // Sending may charge, and by the time a file is fetched its cost is known to the ledger.
        let moves_money = matches!(job.take.status, Status::Ordered | Status::Ready);
        let busy = Busy { take: job.take.id, tag: job.take.request_tag.clone(), moves_money };
        let site = Rc::clone(&self.site);
        let step = self.steps.spawn_local(async move {
            match job.take.status {
                Status::Ordered => submit::submit(&site, &job).await,
                Status::Queued | Status::Working => poll::poll(&site, &job).await,
                Status::Ready => deliver::deliver(&site, &job).await,
                _ => Ok(()),
            }
        });
        self.busy.insert(step.id(), busy);
    }
}

/// The step that sent this is gone: what came of its answer lies on the disk, or the take may have been charged.
fn go_on(site: &Site, take: TakeId) -> Result<(), StoreError> {
    let job = site.store().job(take)?;
    if job.take.status == Status::Sending { held_open::take_over(site, &job) } else { Ok(()) }
}

/// Whether a step is a question to the service, of which there should not be too many a second.
fn is_question(job: &Job) -> bool {
    matches!(job.take.status, Status::Queued | Status::Working)
}

fn earliest(one: Option<Timestamp>, other: Timestamp) -> Timestamp {
    one.map_or(other, |one| one.min(other))
}
