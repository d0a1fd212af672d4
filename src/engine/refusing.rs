//! What becomes of an order that the service refused.

use std::time::Duration;

use jiff::Timestamp;

use super::orders::new_tag;
use super::submit::later;
use crate::api::{Outcome, Refusal, RefusalKind};
use crate::domain::generation::{Status, Why};
use crate::store::generations::{Change, Job};
use crate::store::line::Alike;

/// How often a service may say "too many" before a person is asked.
const MOST_SENDS: u32 = 5;

/// The shortest wait after "too many", whatever the service says, times the number of such answers.
const SHORTEST_BUSY_WAIT: Duration = Duration::from_millis(500);

/// The wait after "too many" where the service names none, times the number of such answers.
const BUSY_WAIT: Duration = Duration::from_secs(15);

/// What a refusal makes of the row: nothing was charged.
pub(super) fn after_refusal(refusal: &Refusal, job: &Job, now: Timestamp) -> Change {
    let change = match refusal.kind {
        RefusalKind::TooMany => return after_too_many(refusal, job, now),
        RefusalKind::Credits => Change::to(Status::Held).why(Some(Why::NoCredits)).unsent(new_tag()),
        RefusalKind::Key => Change::to(Status::Held).why(Some(Why::KeyRefused)).unsent(new_tag()),
        RefusalKind::Forbidden => Change::to(Status::Held).why(Some(Why::Forbidden)).unsent(new_tag()),
        RefusalKind::Throttled => Change::to(Status::Held).why(Some(Why::Busy)).unsent(new_tag()),
        RefusalKind::Invalid | RefusalKind::NotFound => {
            Change::to(Status::Failed).why(Some(Why::Refused)).finished(Some(now))
        }
        RefusalKind::Busy | RefusalKind::Broken => Change::to(Status::Failed).why(Some(Why::Broke)).finished(Some(now)),
    };
    change.message(Some(refusal.message.clone())).service_request(refusal.service_request.clone()).due(None)
}

/// What a refusal says of others in line: without credits nobody is served, and what this key may not order it may not
/// order twice. Of any other request of the model that is not known, and asking costs nothing.
pub(super) fn line_after(outcome: &Outcome) -> Option<(Alike, Change)> {
    let Outcome::Refused(refusal) = outcome else { return None };
    let (alike, why) = match refusal.kind {
        RefusalKind::Credits => (Alike::Service, Why::NoCredits),
        RefusalKind::Forbidden => (Alike::Request, Why::Forbidden),
        _ => return None,
    };
    Some((alike, Change::to(Status::Held).why(Some(why)).message(Some(refusal.message.clone())).due(None)))
}

/// The only refusal after which an order goes again by itself, under a fresh tag.
fn after_too_many(refusal: &Refusal, job: &Job, now: Timestamp) -> Change {
    let sends = job.sends + 1;
    let again = Change::default().unsent(new_tag()).finished(None).sends(sends);
    let again = again.message(Some(refusal.message.clone())).service_request(refusal.service_request.clone());
    if sends >= MOST_SENDS {
        return again.status(Status::Held).why(Some(Why::Busy)).due(None);
    }
    let wait = refusal.retry_after.unwrap_or(BUSY_WAIT * sends).max(SHORTEST_BUSY_WAIT * sends);
    again.status(Status::Ordered).why(Some(Why::Busy)).due(Some(later(now, wait)))
}
