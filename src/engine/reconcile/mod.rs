//! Looking for takes whose answer was lost, in the log of the account: by the tag that was sent along.
//!
//! What is found there decides, by the table of [`verdict`]. What is not found is never called "not charged", and
//! nothing of this makes an order again. One reading of the log serves every take that is looked for; where none is,
//! nobody asks.

mod forms;
mod log;
mod missing;
mod schedule;
mod seeker;
mod verdict;
pub(super) mod window;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::held_open::{self, LeftBehind};
use super::poll::ask_by_any_form;
use super::site::Site;
use super::submit::{after_answer, after_song, later};
use crate::domain::generation::{Status, Why};
use crate::failpoint::Point;
use crate::store::generations::{Change, Job};
use crate::store::{Durability, StoreError, trip};
pub(super) use forms::other_forms;
use log::Log;
use missing::{Kept, Missing};
pub(super) use seeker::Seeker;

/// After a look at another process that may still have the answer.
const AT_IT: Duration = Duration::from_secs(30);

/// Between two looks for what was lost in the future.
const UNDER_ANOTHER_CLOCK: Duration = Duration::from_secs(60);

/// What becomes of a take whose answer was lost: it is looked for from now on.
pub(super) fn lost(job: &Job, look_for: SignedDuration, now: Timestamp) -> Change {
    let until = now.saturating_add(longest(job, look_for)).unwrap_or(now);
    let due = now.saturating_add(schedule::first_look()).unwrap_or(now);
    let change = Change::to(Status::Unknown).why(Some(Why::Looking)).finished(Some(now));
    change.due(Some(due)).sought(Some(until)).looks(0).failures(0)
}

fn longest(job: &Job, look_for: SignedDuration) -> SignedDuration {
    schedule::longest(look_for, SignedDuration::from_secs(job.take.usual.seconds.into()))
}

/// When a take is looked for again after a look now; none where that was the last.
fn next_look(job: &Job, now: Timestamp) -> Option<Timestamp> {
    let lost = job.take.finished.or(job.take.sent).unwrap_or(job.take.created);
    let until = job.take.sought.unwrap_or(lost);
    // The clock was set back: how old it is cannot be said before that moment comes once more.
    if lost > now {
        return Some(later(now, UNDER_ANOTHER_CLOCK));
    }
    let next = schedule::next_look(now.duration_since(lost), until.duration_since(lost))?;
    lost.checked_add(next).ok()
}

/// Looks once for all of these.
async fn look(site: &Site, jobs: &[Job]) -> Result<(), StoreError> {
    let mut missing = Vec::new();
    for job in jobs {
        if job.take.remote_id.is_some() {
            tokio::time::sleep(site.rules.between_questions).await;
        }
        match close_by(site, job).await {
            CloseBy::Found(change) => settle(site, job, change)?,
            CloseBy::Elsewhere => wait_for_its_sender(site, job)?,
            CloseBy::Nothing { kept } => missing.push(Missing { job, kept }),
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let log = Log::read(site, &missing).await;
    trip(Point::LookAsked)?;
    match log {
        Ok(log) => missing.iter().try_for_each(|missing| missing.decide(site, &log)),
        Err(error) => missing.iter().try_for_each(|missing| missing.put_off(site, &error)),
    }
}

/// What is known of a take before the log is asked.
enum CloseBy {
    Found(Change),
    /// Another process may still have its answer.
    Elsewhere,
    Nothing {
        kept: Kept,
    },
}

/// Looks for the answer on this machine, and asks for a generation whose id came before its answer was lost.
async fn close_by(site: &Site, job: &Job) -> CloseBy {
    let take = &job.take;
    let now = site.now();
    if site.is_held_open(&take.model) {
        return match held_open::left_behind_by(site, job) {
            LeftBehind::Whole(answered) => CloseBy::Found(after_song(&answered, now)),
            LeftBehind::AtIt => CloseBy::Elsewhere,
            LeftBehind::Nothing => CloseBy::Nothing { kept: Kept::Nothing },
            LeftBehind::Part => CloseBy::Nothing { kept: Kept::Part },
            LeftBehind::Unread => CloseBy::Nothing { kept: Kept::Unread },
        };
    }
    // That it does not know the id proves nothing.
    if let Some(id) = &take.remote_id
        && let Ok((form, generation)) = ask_by_any_form(site, id, &take.model).await
    {
        let change = after_answer(&generation, job, site.now()).remote_id(form);
        return CloseBy::Found(change.meant(now));
    }
    CloseBy::Nothing { kept: Kept::Nothing }
}

fn wait_for_its_sender(site: &Site, job: &Job) -> Result<(), StoreError> {
    let wait = Change::default().due(Some(later(site.now(), AT_IT)));
    site.store().advance(job.take.id, &[Status::Unknown], wait, Durability::Ordinary).map(drop)
}

/// Writes what became of a take.
fn settle(site: &Site, job: &Job, change: Change) -> Result<(), StoreError> {
    let points = [Point::LookFound, Point::LookStored];
    let is_news = site.store().advance_past(points, job.take.id, &[Status::Unknown], change)?;
    if is_news {
        tracing::info!(take = job.take.id.0, tag = %job.take.request_tag, "what became of a lost answer is known");
    }
    Ok(())
}
