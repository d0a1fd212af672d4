//! Looking through the service's log for what the account ordered elsewhere, and asking for what was adopted of it.
//!
//! The log is hearsay, and its rows come late: what it has is listed, and only asking for a generation tells how that
//! stands.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use super::pace::{LONGEST_WISH, next_try};
use super::site::Site;
use super::submit::later;
use crate::api::{AskError, AskKind, LogPage, LogRow, LogStatus, LogWindow};
use crate::domain::catalogue::Catalogue;
use crate::domain::generation::Status;
use crate::domain::stray::{FAILED, SUCCEEDED, Stray};
use crate::store::StoreError;
use crate::store::generations::{Change, Job};
use crate::store::strays::Wish;

/// The log takes two hundred questions a minute.
const BETWEEN_PAGES: Duration = Duration::from_millis(300);

/// So many pages are read, of a hundred rows each, before a person is asked to look less far back.
const MOST_PAGES: u32 = 500;

/// How often a page is asked for that does not come, and a store written that does not take it.
const TRIES: u32 = 4;

/// The clock here and the service's may differ: rows of tomorrow count.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// How often the service may say that it does not know an adopted take: its log does.
const MISSES: u32 = 3;

/// What is said then.
const GONE: &str = "the service's log has it, and the service itself does not know it any more: songs are kept there for \
                    a while only";

/// The wish that this worker should look for now; `granted` is the last one that it looked for.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn wanted(site: &Site, granted: Option<Wish>) -> Result<Option<Wish>, StoreError> {
    let wish = site.store().search(&site.service)?.wish;
    Ok(wish.filter(|wish| Some(*wish) != granted))
}

/// Looks through the log and writes down what there is, or why nobody knows.
pub(super) async fn seek(site: &Site, wish: Wish) {
    let found = logged_since(site, wish.since).await;
    if let Err(why) = &found {
        tracing::info!(why, "the log was not looked through");
    }
    for attempt in 0..TRIES {
        let now = site.now();
        let kept = match &found {
            Ok(strays) => site.store().keep_strays(&site.service, wish, strays, now),
            Err(why) => site.store().miss_strays(&site.service, wish, why, now),
        };
        let Err(error) = kept else { return };
        tracing::warn!(%error, attempt, "what the log has was not kept");
        sleep(next_try(attempt)).await;
    }
}

/// Every row of a known model since a moment.
async fn logged_since(site: &Site, since: Timestamp) -> Result<Vec<Stray>, String> {
    let now = site.now();
    let window = LogWindow::Between { start: since, end: now.saturating_add(AHEAD).unwrap_or(now) };
    let mut strays = Vec::new();
    for number in 0..MOST_PAGES {
        let page = page(site, window, number).await.map_err(|error| error.sentence)?;
        strays.extend(page.rows.iter().filter_map(|row| stray(row, &site.catalogue)));
        if !page.has_more || page.rows.is_empty() {
            return Ok(strays);
        }
        sleep(BETWEEN_PAGES.max(site.rules.between_questions)).await;
    }
    let rows = strays.len();
    Err(format!("the log has no end after {MOST_PAGES} pages, {rows} rows of them of music; look less far back"))
}

/// A page, asked for again after a while where it does not come.
async fn page(site: &Site, window: LogWindow, number: u32) -> Result<LogPage, AskError> {
    let mut failures = 0;
    loop {
        let error = match site.client.logs(window, number).await {
            Ok(page) => return Ok(page),
            Err(error) => error,
        };
        failures += 1;
        let may_come = match error.kind {
            AskKind::TooMany => true,
            // Where the first page does not come a person can say it again; behind it much would be lost.
            AskKind::Server | AskKind::Network => number > 0,
            _ => false,
        };
        if failures == TRIES || !may_come {
            return Err(error);
        }
        sleep(error.retry_after.map_or_else(|| pause(failures), |wish| wish.min(LONGEST_WISH))).await;
    }
}

/// The pause before a page is asked for again where nobody says how long it should be.
fn pause(failures: u32) -> Duration {
    Duration::from_millis(500) * failures
}

/// What a row says of a generation of a model that refrain knows; nothing of anything else. A row without an id
/// leads nowhere.
fn stray(row: &LogRow, catalogue: &Catalogue) -> Option<Stray> {
    let inference_id = row.inference_id.clone()?;
    // Where the row does not name the model, the end of the id does.
    let behind = || inference_id.split_once(':').map(|(_, model)| model.to_owned());
    let model = row.model.clone().or_else(behind).filter(|name| catalogue.find(name).is_some())?;
    let status = match &row.status {
        LogStatus::Succeeded => SUCCEEDED,
        LogStatus::Failed => FAILED,
        LogStatus::Strange(word) => word,
    };
    let status = Some(status).filter(|word| !word.is_empty()).map(str::to_owned);
    Some(Stray { inference_id, tag: row.tag.clone(), model, created: row.created, cost: row.cost, status })
}

/// What becomes of a take that the service says it does not know under any form of its id: where it was adopted, it is
/// not waited for after some misses. A person can have it asked for again.
pub(super) fn unknown_there(site: &Site, job: &Job, error: &AskError) -> Option<Change> {
    let take = &job.take;
    if !take.is_adopted() || error.kind != AskKind::NotFound {
        return None;
    }
    let (now, failures) = (site.now(), job.failures + 1);
    Some(if failures < MISSES {
        let again = Change::default().message(Some(error.sentence.clone())).failures(failures);
        again.due(Some(later(now, next_try(job.failures))))
    } else {
        Change::to(Status::Unwatched).message(Some(GONE.to_owned())).due(None).finished(Some(now))
    })
}
