//! Looking for takes whose answer was lost, in the log of the account: by the tag that was sent along.
//!
//! What is found there decides, by the table of [`verdict`]. What is not found is never called "not charged", and
//! nothing of this makes an order again. One reading of the log serves every take that is looked for; where none is,
//! nobody asks.

mod forms;
mod schedule;
mod seeker;
mod verdict;
pub(super) mod window;

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::held_open::{self, LeftBehind};
use super::pace::next_try;
use super::poll::ask_by_any_form;
use super::site::Site;
use super::submit::{after_answer, after_song, later};
use crate::api::{AskError, AskKind, LogRow, LogStatus, LogWindow};
use crate::domain::catalogue::Delivery;
use crate::domain::generation::{Cost, Status, Why};
use crate::failpoint::Point;
use crate::store::generations::{Change, Job};
use crate::store::{Durability, StoreError, trip};
pub(super) use forms::other_forms;
pub(super) use seeker::Seeker;
use verdict::{Verdict, judge};
use window::Extent;

/// How far the clocks of this machine and of the service may be apart.
const CLOCKS: SignedDuration = SignedDuration::from_mins(10);

/// Where nothing is found at the end, a clock may be wrong by more: then the log is read by the service's own clock,
/// for as many hours back at least.
const HOURS: i64 = 24;

/// How often a log that cannot be read at the end is tried again.
const MOST_FAILURES: u32 = 5;

/// After a look at another process that may still have the answer.
const AT_IT: Duration = Duration::from_secs(30);

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
    let next = schedule::next_look(now.duration_since(lost), until.duration_since(lost))?;
    lost.checked_add(next).ok()
}

/// Looks once for all of these.
async fn look(site: &Site, jobs: &[Job]) -> Result<(), StoreError> {
    let mut missing = Vec::new();
    for job in jobs {
        match close_by(site, job).await? {
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

/// What lies on this machine of an answer that held the song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    Nothing,
    /// It was looked at, and is not whole.
    Part,
    /// It cannot be read just now.
    Unread,
}

/// Looks for the answer on this machine, and asks for a generation whose id came before its answer was lost.
async fn close_by(site: &Site, job: &Job) -> Result<CloseBy, StoreError> {
    let take = &job.take;
    let now = site.now();
    if site.is_held_open(&take.model) {
        return Ok(match held_open::left_behind_by(site, job) {
            LeftBehind::Whole(answered) => CloseBy::Found(after_song(&answered, now)),
            LeftBehind::AtIt => CloseBy::Elsewhere,
            LeftBehind::Nothing => CloseBy::Nothing { kept: Kept::Nothing },
            LeftBehind::Part => CloseBy::Nothing { kept: Kept::Part },
            LeftBehind::Unread => CloseBy::Nothing { kept: Kept::Unread },
        });
    }
    // That it does not know the id proves nothing.
    if let Some(id) = &take.remote_id
        && let Ok((form, generation)) = ask_by_any_form(site, id, &take.model).await
    {
        let change = after_answer(&generation, job, site.now()).remote_id(form);
        return Ok(CloseBy::Found(change.meant(now)));
    }
    Ok(CloseBy::Nothing { kept: Kept::Nothing })
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

/// What the log holds of the takes that are looked for.
struct Log {
    /// The rows by their tags.
    rows: HashMap<String, Vec<LogRow>>,
    /// Whether it holds more than was read.
    is_cut: bool,
}

impl Log {
    async fn read(site: &Site, missing: &[Missing<'_>]) -> Result<Self, AskError> {
        let now = site.now();
        let mut log = Self { rows: HashMap::new(), is_cut: false };
        log.add(site, around(site, missing, now), missing).await?;
        let last: Vec<Missing<'_>> = missing.iter().filter(|missing| missing.is_last(now)).copied().collect();
        let unseen = |missing: &Missing<'_>| !log.rows.contains_key(&missing.job.take.request_tag);
        if last.iter().any(unseen) {
            let hours = hours_since(&last, now);
            log.add(site, LogWindow::Last { hours }, missing).await?;
        }
        Ok(log)
    }

    /// Reads a window until every take was seen to have succeeded: no other row says more.
    async fn add(&mut self, site: &Site, window: LogWindow, missing: &[Missing<'_>]) -> Result<(), AskError> {
        let mut wanted: HashMap<&str, bool> =
            missing.iter().map(|missing| (missing.job.take.request_tag.as_str(), false)).collect();
        let rows = &mut self.rows;
        let extent = window::read(site, window, |row| {
            let Some(tag) = row.tag.clone() else { return ControlFlow::Continue(()) };
            if let Some(is_done) = wanted.get_mut(tag.as_str()) {
                *is_done |= row.status == LogStatus::Succeeded;
                rows.entry(tag).or_default().push(row);
            }
            if wanted.values().all(|is_done| *is_done) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        self.is_cut |= extent.await? == Extent::Cut;
        Ok(())
    }
}

/// The window in which these were sent.
fn around(site: &Site, missing: &[Missing<'_>], now: Timestamp) -> LogWindow {
    let sent = |missing: &Missing<'_>| missing.job.take.sent.unwrap_or(missing.job.take.created);
    let end = |missing: &Missing<'_>| later(sent(missing), longest_answer(site, missing.job)).min(now);
    let start = missing.iter().map(sent).min().unwrap_or(now);
    let end = missing.iter().map(end).max().unwrap_or(now).max(start);
    LogWindow::Between {
        start: start.saturating_sub(CLOCKS).unwrap_or(start),
        end: end.saturating_add(CLOCKS).unwrap_or(end),
    }
}

/// How long after it was sent the service may have written it down.
fn longest_answer(site: &Site, job: &Job) -> Duration {
    if site.is_held_open(&job.take.model) { site.client.limits().longest_answer() } else { site.longest_send(job) }
}

/// As many hours as the oldest of these is old.
fn hours_since(missing: &[Missing<'_>], now: Timestamp) -> u32 {
    let age = |missing: &Missing<'_>| now.duration_since(missing.job.take.sent.unwrap_or(now)).as_hours() + 1;
    let hours = missing.iter().map(age).max().unwrap_or(HOURS).max(HOURS);
    u32::try_from(hours).unwrap_or(u32::MAX)
}

/// A take of which nothing was found on this machine.
#[derive(Clone, Copy)]
struct Missing<'a> {
    job: &'a Job,
    kept: Kept,
}

impl Missing<'_> {
    fn is_last(&self, now: Timestamp) -> bool {
        next_look(self.job, now).is_none()
    }

    /// Writes what the log says of it.
    fn decide(&self, site: &Site, log: &Log) -> Result<(), StoreError> {
        let (take, now) = (&self.job.take, site.now());
        let rows = log.rows.get(&take.request_tag).map(Vec::as_slice).unwrap_or_default();
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
            Verdict::NoTrace => self.go_on(site, self.without_trace(), Cost::default()),
        }
    }

    /// Of a song of which a part is kept, that says more.
    fn without_trace(&self) -> Option<Why> {
        if self.job.take.why == Some(Why::Spoiled) { Some(Why::Spoiled) } else { Some(Why::NoTrace) }
    }

    /// It is looked for again, or not any more.
    fn go_on(&self, site: &Site, why: Option<Why>, cost: Cost) -> Result<(), StoreError> {
        let (job, now) = (self.job, site.now());
        let change = Change::default().why(why).cost(cost).looked(now).looks(job.take.looks.saturating_add(1));
        let change = change.due(next_look(job, now)).failures(0);
        site.store().advance(job.take.id, &[Status::Unknown], change, Durability::Ordinary).map(drop)
    }

    /// A log that cannot be read says nothing: it is read again, also a few times behind the end.
    fn put_off(&self, site: &Site, error: &AskError) -> Result<(), StoreError> {
        let (job, now) = (self.job, site.now());
        tracing::info!(take = job.take.id.0, error = %error.sentence, "the log cannot be read");
        // This worker has no other key, and the service will not have a log.
        let may_pass = !matches!(error.kind, AskKind::Key | AskKind::Forbidden | AskKind::NotFound);
        let is_tried = may_pass && job.failures < MOST_FAILURES && !site.rules.look_for.is_zero();
        let again = || is_tried.then(|| later(now, next_try(job.failures)));
        let due = next_look(job, now).or_else(again);
        let wished = error.retry_after.map(|wish| later(now, wish.min(super::pace::LONGEST_WISH)));
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
