//! What a person is told when a take moves on: the same words on the screen and at the prompt.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::generation::{Status, Take, Why};
use super::length::to_clock;
use super::wording::{Role, Words, elapsed, words};

/// What is to be said of a take that was in the status `before`, or not known before; nothing where
/// nobody waits for it to be said.
#[must_use]
pub fn of(take: &Take, before: Option<Status>, now: Timestamp, zone: &TimeZone) -> Option<Words> {
    if before == Some(take.status) {
        return None;
    }
    match take.status {
        Status::Saved => Some(Words { text: arrival(take), role: Role::Arrived }),
        // Whoever orders something held knows that it is.
        Status::Held if before.is_none() => None,
        // One notice tells of all that are: `domain::credits`.
        Status::Held if take.why == Some(Why::NoCredits) => None,
        Status::Failed | Status::Unknown | Status::Unwatched | Status::Held => {
            let Words { text, role } = words(take, now, zone);
            Some(Words { text: format!("take {}: {text}", take.number), role })
        }
        _ => None,
    }
}

/// `take 6 arrived after 1:08, 2:51 long, $0.03`.
fn arrival(take: &Take) -> String {
    let after = take.finished.map(|finished| format!(" after {}", to_clock(elapsed(take, finished))));
    let long = take.duration_ms.map(|ms| format!(", {} long", to_clock((ms + 500) / 1000)));
    let cost = take.cost.completed().usd.filter(|_| !take.service.is_sandbox()).map(|usd| format!(", ${usd:.2}"));
    let parts: String = [after, long, cost].into_iter().flatten().collect();
    format!("take {} arrived{parts}", take.number)
}

/// `since you left: 2 takes arrived, 1 failed`; nothing where nothing ended since.
#[must_use]
pub fn since<'a>(left: Timestamp, takes: impl Iterator<Item = &'a Take>) -> Option<String> {
    let ended = takes.filter(|take| take.finished.is_some_and(|finished| finished > left));
    let (arrived, failed) = ended.fold((0, 0), |(arrived, failed), take| match take.status {
        Status::Saved => (arrived + 1, failed),
        Status::Failed => (arrived, failed + 1),
        _ => (arrived, failed),
    });
    let parts: Vec<String> = [(arrived, "arrived"), (failed, "failed")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .enumerate()
        .map(|(n, (count, what))| match (n, count) {
            (0, 1) => format!("1 take {what}"),
            (0, _) => format!("{count} takes {what}"),
            _ => format!("{count} {what}"),
        })
        .collect();
    (!parts.is_empty()).then(|| format!("since you left: {}", parts.join(", ")))
}
