//! A take of which nothing was found on this machine, and what the account's log makes of it.

use jiff::{SignedDuration, Timestamp};

use super::log::Log;
use super::verdict::{Verdict, judge};
use super::{next_look, settle};
use crate::api::{AskError, AskKind};
use crate::domain::catalogue::Delivery;
use crate::domain::generation::{Cost, Status, Why};
use crate::engine::pace::{LONGEST_WISH, next_try};
use crate::engine::site::Site;
use crate::engine::submit::later;
use crate::store::generations::{Change, Job};
use crate::store::{Durability, StoreError};

/// How often a log that cannot be read at the end is tried again soon; then each five minutes.
const MOST_FAILURES: u32 = 5;

/// A line that is away for longer than that is looked through at the next start.
const LONGEST_OUTAGE: SignedDuration = SignedDuration::from_hours(24);

/// What lies on this machine of an answer that held the song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    Nothing,
    /// It was looked at, and is not whole.
    Part,
    /// It cannot be read just now.
    Unread,
}

/// The take.
#[derive(Clone, Copy)]
pub(super) struct Missing<'a> {
    pub job: &'a Job,
    pub kept: Kept,
}

impl Missing<'_> {
    /// Whether this is the last look for it.
    pub(super) fn is_last(&self, now: Timestamp) -> bool {
        next_look(self.job, now).is_none()
    }

    /// Writes what the log says of it.
    pub(super) fn decide(&self, site: &Site, log: &Log) -> Result<(), StoreError> {
        let (take, now) = (&self.job.take, site.now());
        let rows = log.rows(&take.request_tag);
        let is_held_open = site.is_held_open(&take.model);
        let delivery = if is_held_open { Delivery::HeldOpen } else { Delivery::Queued };
        match judge(rows, delivery, take.remote_id.as_deref()) {
            Verdict::Accepted { id, cost } => settle(site, self.job, accepted(id, cost, now)),
            Verdict::Failed => settle(site, self.job, failed(now)),
            // Its song may be on this disk, and be read yet.
            Verdict::Charged { cost, .. } if self.kept == Kept::Unread && !self.is_last(now) => {
                self.go_on(site, take.why, cost)
            }
            Verdict::Charged { id, cost } => settle(site, self.job, self.charged(id, cost, now)),
            Verdict::Unclear => self.go_on(site, take.why, Cost::default()),
            Verdict::NoTrace if log.is_cut => self.go_on(site, take.why, Cost::default()),
            Verdict::NoTrace => self.go_on(site, Some(self.without_trace()), Cost::default()),
        }
    }

    /// Of a song of which a part is kept, that says more.
    fn without_trace(&self) -> Why {
        if self.job.take.why == Some(Why::Spoiled) { Why::Spoiled } else { Why::NoTrace }
    }

    /// It is looked for again, or not any more.
    fn go_on(&self, site: &Site, why: Option<Why>, cost: Cost) -> Result<(), StoreError> {
        let (job, now) = (self.job, site.now());
        let change = Change::default().why(why).cost(cost).looked(now).looks(job.take.looks.saturating_add(1));
        let change = change.due(next_look(job, now)).failures(0);
        site.store().advance(job.take.id, &[Status::Unknown], change, Durability::Ordinary).map(drop)
    }

    /// A log that cannot be read says nothing: it is read again, also behind the end, and for a day where the line or the
    /// service is at fault.
    pub(super) fn put_off(&self, site: &Site, error: &AskError) -> Result<(), StoreError> {
        let (job, now) = (self.job, site.now());
        tracing::info!(take = job.take.id.0, error = %error.sentence, "the log cannot be read");
        // This worker has no other key, and the service will not have a log.
        let may_pass = !matches!(error.kind, AskKind::Key | AskKind::Forbidden | AskKind::NotFound);
        let is_young = now.duration_since(job.take.sent.unwrap_or(job.take.created)) < LONGEST_OUTAGE;
        let is_tried = may_pass && is_young && !site.rules.look_for.is_zero();
        let pause = if job.failures < MOST_FAILURES { next_try(job.failures) } else { LONGEST_WISH };
        let again = || is_tried.then(|| later(now, pause));
        let due = next_look(job, now).or_else(again);
        let wished = error.retry_after.map(|wish| later(now, wish.min(LONGEST_WISH)));
        let due = due.map(|due| wished.map_or(due, |wished| due.max(wished)));
        let change = Change::default().why(self.kept_from(error)).due(due).failures(job.failures.saturating_add(1));
        site.store().advance(job.take.id, &[Status::Unknown], change, Durability::Ordinary).map(drop)
    }

    /// Why it is where it is, now that the log is not to be read.
    fn kept_from(&self, error: &AskError) -> Option<Why> {
        match (self.job.take.why, error.kind) {
            (Some(Why::Spoiled), _) => Some(Why::Spoiled),
            (_, AskKind::Key | AskKind::Forbidden) => Some(Why::KeyRefused),
            (Some(Why::KeyRefused | Why::NeedsKey), _) => Some(Why::Looking),
            (why, _) => why,
        }
    }

    /// Paid for, and its song went with the answer: but for what is kept of it.
    fn charged(&self, id: Option<String>, cost: Cost, now: Timestamp) -> Change {
        let take = &self.job.take;
        let change = match self.kept {
            Kept::Nothing => {
                let sentence = "the service made it and charged it; its song was lost with the answer, and cannot be \
                                asked for again";
                Change::to(Status::Failed).why(Some(Why::AudioLost)).message(Some(sentence.to_owned()))
            }
            // What came is said already.
            Kept::Part => Change::default().status(Status::Failed).why(Some(Why::Spoiled)),
            Kept::Unread => {
                let sentence = format!(
                    "its answer is kept and could not be read; `refrain salvage {}` recovers what plays of it",
                    take.id.0
                );
                Change::to(Status::Failed).why(Some(Why::Spoiled)).message(Some(sentence))
            }
        };
        let change = change.cost(cost).due(None).finished(Some(now));
        match id {
            Some(id) => change.remote_id(id),
            None => change,
        }
    }
}

/// The service has it: asking for it decides the rest, however long ago it was sent.
fn accepted(id: String, cost: Cost, now: Timestamp) -> Change {
    let found = Change::to(Status::Working).why(Some(Why::Found)).remote_id(id).cost(cost);
    found.due(Some(now)).meant(now).failures(0)
}

fn failed(now: Timestamp) -> Change {
    let sentence = "the service's log says that it failed; it was not charged".to_owned();
    Change::to(Status::Failed).why(Some(Why::Broke)).message(Some(sentence)).due(None).finished(Some(now))
}
