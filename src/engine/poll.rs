//! Asking the service about a take, and what each answer makes of the row.

use std::time::Duration;

use jiff::Timestamp;

use super::pace::{next_poll, with_jitter};
use super::reconcile::{self, other_forms};
use super::site::Site;
use super::submit::{after_answer, later};
use super::{deliver, reason, strays};
use crate::api::{AskError, AskKind, Generation};
use crate::domain::generation::{Status, Why};
use crate::failpoint::Point;
use crate::store::generations::{Change, Job};
use crate::store::{Durability, StoreError, trip};

/// The statuses in which the service is asked.
const ASKED: [Status; 2] = [Status::Queued, Status::Working];

/// Asks once about one take.
pub(super) async fn poll(site: &Site, job: &Job) -> Result<(), StoreError> {
    let take = &job.take;
    let now = site.now();
    let Some(remote_id) = &take.remote_id else {
        let sentence = "it has no id of the service to ask with".to_owned();
        let lost = reconcile::lost(job, site.rules.look_for, now).message(Some(sentence));
        site.store().advance(take.id, &ASKED, lost, Durability::Paid)?;
        return Ok(());
    };
    if now > site.gives_up_at(job) {
        let stopped = Change::to(Status::Unwatched).due(None).finished(Some(now));
        site.store().advance(take.id, &ASKED, stopped, Durability::Ordinary)?;
        return Ok(());
    }
    let answer = ask_by_any_form(site, remote_id, &take.model).await;
    let change = match answer {
        Ok((form, mut generation)) => {
            reason::explain(&mut generation, job, site);
            after_answer(&generation, job, site.now()).remote_id(form)
        }
        Err(error) => {
            strays::unknown_there(site, job, &error).unwrap_or_else(|| after_silence(&error, job, site.now()))
        }
    };
    trip(Point::TakeAsked)?;
    site.store().advance(take.id, &ASKED, change, Durability::Ordinary)?;
    if take.received > 0 && site.store().take(take.id)?.status == Status::Failed {
        deliver::forget_parts(job);
    }
    Ok(())
}

/// Whether its id comes from the account's log, which may call it otherwise than it is asked for.
fn is_heard_of(job: &Job) -> bool {
    job.take.why == Some(Why::Found)
}

/// Asks about a generation under every form of its id, until one is known; brings that one, too.
///
/// # Errors
/// Any [`AskError`]: that of the id as it is, where no form is known.
pub(super) async fn ask_by_any_form(site: &Site, id: &str, model: &str) -> Result<(String, Generation), AskError> {
    let unknown = match site.client.poll(id).await {
        Err(error) if error.kind == AskKind::NotFound => error,
        answer => return answer.map(|generation| (id.to_owned(), generation)),
    };
    for form in other_forms(id, model) {
        match site.client.poll(&form).await {
            Err(error) if error.kind == AskKind::NotFound => {}
            answer => return answer.map(|generation| (form, generation)),
        }
    }
    Err(unknown)
}

/// What an unanswered question makes of the row. Nothing of it is final: the question is asked again.
#[must_use]
pub fn after_silence(error: &AskError, job: &Job, now: Timestamp) -> Change {
    let failures = job.failures.saturating_add(1);
    let pace = Duration::from_secs(u64::from(job.take.usual.seconds));
    let age = now.duration_since(job.take.sent.unwrap_or(now)).unsigned_abs();
    let gap = next_poll(pace, age, failures, error.retry_after);
    let why = match error.kind {
        AskKind::Key | AskKind::Forbidden => Why::KeyRefused,
        _ if is_heard_of(job) => Why::Found,
        _ => Why::Retrying,
    };
    let seed = job.take.id.0.unsigned_abs() ^ now.as_millisecond().unsigned_abs();
    Change::default()
        .why(Some(why))
        .message(Some(error.sentence.clone()))
        .service_request(error.service_request.clone())
        .failures(failures)
        .due(Some(later(now, with_jitter(gap, seed))))
}
