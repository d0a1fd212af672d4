//! What takes cost of which no answer said it: read from the account's log by their tags, and from its ledger by the
//! ids that the service gave them.
//!
//! As curious as `super::facts`, and as little in the way: it is read when the worker is awake anyhow, at most once a
//! start and once each five minutes, and only while there is such a take.

use std::ops::ControlFlow;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use super::reconcile::window;
use super::site::Site;
use crate::api::{AskError, LogRow, LogStatus, LogWindow, Movement, Transaction};
use crate::domain::generation::{Cost, Status, Take};
use crate::store::generations::Change;
use crate::store::{Durability, StoreError};

/// Rows come late to the books: a take is looked up in them once it has been over for so long, and given up after a
/// day.
const SETTLED: SignedDuration = SignedDuration::from_secs(30);
const GIVEN_UP: SignedDuration = SignedDuration::from_hours(24);

/// Between two readings of the books.
const BETWEEN_READINGS: SignedDuration = SignedDuration::from_mins(5);

/// What the clocks of this machine and of the service may differ by.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);

/// Pages of the ledger that are read at most: what is not on them is read when less was asked for.
const MOST_PAGES: u32 = 50;

/// When the books are read next.
#[derive(Debug, Default)]
pub(super) struct Costs {
    /// Nothing is looked for before this moment.
    from: Option<Timestamp>,
}

impl Costs {
    /// The takes to read the books for now, if any.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn due(&mut self, site: &Site) -> Result<Vec<Take>, StoreError> {
        let now = site.now();
        if self.from.is_some_and(|from| now < from) {
            return Ok(Vec::new());
        }
        let takes = site.store().without_cost(&site.service, now - GIVEN_UP, now - SETTLED)?;
        self.from = Some(now + if takes.is_empty() { SETTLED } else { BETWEEN_READINGS });
        Ok(takes)
    }
}

/// Reads what these takes cost, and writes it down.
pub(super) async fn read(site: &Site, takes: Vec<Take>) {
    let Some(earliest) = takes.iter().map(|take| take.sent.unwrap_or(take.created)).min() else { return };
    let mut books = Books { site, from: earliest - MARGIN, to: site.now() + MARGIN, unknown: takes };
    let read = match books.read_log().await {
        Ok(()) => books.read_ledger().await,
        Err(error) => books.read_ledger().await.and(Err(error)),
    };
    if let Err(error) = read {
        tracing::info!(%error, "what some takes cost is not known yet");
    }
}

/// Both books of the account, and what is looked for in them.
struct Books<'a> {
    site: &'a Site,
    from: Timestamp,
    to: Timestamp,
    unknown: Vec<Take>,
}

impl Books<'_> {
    async fn read_log(&mut self) -> Result<(), AskError> {
        let window = LogWindow::Between { start: self.from, end: self.to };
        let site = self.site;
        window::read(site, window, |row| {
            self.settle(|take| in_log(take, &row));
            if self.unknown.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .await
        .map(drop)
    }

    /// The ledger names what it is about by the service's own id alone. What was given back comes on a line of its own,
    /// so nothing is believed before the last one is read.
    async fn read_ledger(&mut self) -> Result<(), AskError> {
        self.unknown.retain(|take| take.remote_id.is_some());
        if self.unknown.is_empty() {
            return Ok(());
        }
        let (mut lines, mut cursor) = (Vec::new(), None);
        for _ in 0..MOST_PAGES {
            let page = self.site.client.transactions(self.from, self.to, cursor.as_deref()).await?;
            let is_ours = |line: &Transaction| self.unknown.iter().any(|take| is_about(line, take));
            lines.extend(page.lines.into_iter().filter(is_ours));
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
            sleep(self.pause()).await;
        }
        if cursor.is_none() {
            self.settle(|take| in_ledger(take, &lines));
        }
        Ok(())
    }

    /// Writes down what is known now, and looks no more for that.
    fn settle(&mut self, cost: impl Fn(&Take) -> Option<Cost>) {
        let site = self.site;
        self.unknown.retain(|take| {
            let Some(cost) = cost(take) else { return true };
            let change = Change::default().cost(cost);
            let over = [Status::Saved, Status::Failed];
            if let Err(error) = site.store().advance(take.id, &over, change, Durability::Ordinary) {
                tracing::warn!(%error, take = take.id.0, "what it cost was not kept");
            }
            false
        });
    }

    fn pause(&self) -> Duration {
        self.site.rules.between_questions
    }
}

/// What a row of the log says that a take cost. That it cost nothing is believed of a request that failed: of one that
/// did not, nobody may have reckoned yet.
fn in_log(take: &Take, row: &LogRow) -> Option<Cost> {
    let cost = row.cost.completed();
    let is_told = row.tag.as_deref() == Some(&take.request_tag)
        && match row.status {
            LogStatus::Failed => cost.usd.is_some(),
            LogStatus::Succeeded => cost.usd.is_some_and(|usd| usd > 0.0),
            LogStatus::Strange(_) => false,
        };
    is_told.then_some(cost)
}

/// What the ledger says that a take cost, less what was given back.
fn in_ledger(take: &Take, lines: &[Transaction]) -> Option<Cost> {
    let sum = |movement| {
        let own = lines.iter().filter(|line| line.movement == movement && is_about(line, take));
        own.map(|line| line.amount.completed().usd).collect::<Option<Vec<f64>>>()
    };
    let (taken, given_back) = (sum(Movement::Usage)?, sum(Movement::Refund)?);
    let usd = taken.iter().sum::<f64>() - given_back.iter().sum::<f64>();
    (!taken.is_empty()).then_some(Cost { credits: None, usd: Some(usd.max(0.0)) })
}

fn is_about(line: &Transaction, take: &Take) -> bool {
    let (Some(reference), Some(id)) = (&line.reference, &take.remote_id) else { return false };
    is_same(reference, id)
}

/// Whether two ids are of one generation: the model behind the colon may be left out.
fn is_same(one: &str, other: &str) -> bool {
    match (one.split_once(':'), other.split_once(':')) {
        (Some((bare, _)), None) => bare == other,
        (None, Some((bare, _))) => bare == one,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_the_same_with_and_without_the_model_behind_it() {
        let table = [
            ("60ac", "60ac", true),
            ("60ac:music-2.0", "60ac", true),
            ("60ac", "60ac:music-2.0", true),
            ("60ac:music-2.0", "60ac:music-2.0", true),
            ("60ac:music-2.0", "60ac:lyria2", false),
            ("60ac", "60ad:lyria2", false),
            ("60ac:music-2.0", "music-2.0", false),
        ];
        for (one, other, expected) in table {
            assert_eq!(is_same(one, other), expected, "{one} {other}");
        }
    }
}
