//! What the account's log holds of the takes that are looked for.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::missing::Missing;
use super::window::{self, Extent};
use crate::api::{AskError, LogRow, LogStatus, LogWindow};
use crate::engine::site::Site;
use crate::engine::submit::later;
use crate::store::generations::Job;

/// How far the clocks of this machine and of the service may be apart.
const CLOCKS: SignedDuration = SignedDuration::from_mins(10);

/// Where nothing is found at the end, or it was sent at a time that is yet to come, a clock is wrong by more: then the log is read by the service's own clock,
/// for as many hours back at least.
const HOURS: i64 = 24;

/// The longest period that the service takes is of four digits.
const MOST_HOURS: i64 = 9_999;

/// What the log holds of the takes that are looked for.
pub(super) struct Log {
    /// The rows by their tags.
    rows: HashMap<String, Vec<LogRow>>,
    /// Whether it holds more than was read.
    pub is_cut: bool,
}

impl Log {
    /// Reads what there is of these.
    ///
    /// # Errors
    /// Any [`AskError`].
    pub(super) async fn read(site: &Site, missing: &[Missing<'_>]) -> Result<Self, AskError> {
        let now = site.now();
        let mut log = Self { rows: HashMap::new(), is_cut: false };
        log.add(site, around(site, missing, now), missing).await?;
        let is_in_the_future = |missing: &&Missing<'_>| missing.job.take.sent.is_some_and(|sent| sent > now);
        let by_its_clock = |missing: &&Missing<'_>| missing.is_last(now) || is_in_the_future(missing);
        let last: Vec<Missing<'_>> = missing.iter().filter(by_its_clock).copied().collect();
        let unseen = |missing: &Missing<'_>| !log.rows.contains_key(&missing.job.take.request_tag);
        if last.iter().any(unseen) {
            let hours = hours_since(&last, now);
            log.add(site, LogWindow::Last { hours }, missing).await?;
        }
        Ok(log)
    }

    /// The rows with a tag.
    pub(super) fn rows(&self, tag: &str) -> &[LogRow] {
        self.rows.get(tag).map(Vec::as_slice).unwrap_or_default()
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
    let hours = missing.iter().map(age).max().unwrap_or(HOURS).clamp(HOURS, MOST_HOURS);
    u32::try_from(hours).unwrap_or_default()
}
