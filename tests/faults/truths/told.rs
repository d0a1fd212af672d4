//! (d): what is said of a take is so, in the status, in the words of the table, and where a person reads them.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::{Status, Take};
use refrain::domain::wording::words;

use super::Told;
use crate::trial::Scene;

/// All that may be said of a take of which nobody knows whether it was charged; behind `until` stands an hour.
const UNSURE: [&str; 6] = [
    "part came, looking until",
    "part came, perhaps charged",
    "unsure, perhaps charged, looking until",
    "unsure, perhaps charged",
    "no trace so far, looking until",
    "no trace so far, perhaps charged",
];

/// What is not so of all that is said of a take.
pub(super) fn broken(scene: &Scene<'_>, told: &Told<'_>) -> Vec<String> {
    let begin = Timestamp::now();
    let listed = scene.studio.run(["list"]);
    let text = words(told.take, begin, &TimeZone::system()).text;
    let rows = [
        ("(d) its status is not true", !is_true(told)),
        ("(d) its words are not true", !says_what_is(told, &text)),
        ("(d) its cost is not what was charged", !costs_what_was_charged(told)),
        ("(d) it is not told as it is", !is_shown(told.take, &listed.out, begin)),
    ];
    let broken = rows.into_iter().filter(|(_, is_broken)| *is_broken);
    broken.map(|(promise, _)| format!("{promise}: {} ({text:?}, {:?})", told.state(), listed.out)).collect()
}

/// Whether its status agrees with what the service wrote down.
fn is_true(told: &Told<'_>) -> bool {
    let (sent, charged) = (told.sent, told.charges.len());
    match told.take.status {
        Status::Ordered | Status::Held => (sent, charged) == (0, 0),
        Status::Sending | Status::Unknown => true,
        Status::Queued | Status::Working | Status::Ready | Status::Unwatched | Status::Saved => {
            (sent, charged) == (1, 1)
        }
        Status::Failed => charged == usize::from(told.is_lost()),
    }
}

/// Whether what is said of the money is so.
fn says_what_is(told: &Told<'_>, text: &str) -> bool {
    let charged = told.charges.len();
    let says_paid = text.starts_with("charged");
    let is_free = !text.contains("not charged") || charged == 0;
    let is_paid = says_paid == told.is_lost() && (!says_paid || charged == 1);
    let doubts = UNSURE.iter().any(|row| match text.strip_prefix(row) {
        Some(rest) if row.ends_with("until") => is_an_hour(rest),
        rest => rest == Some(""),
    });
    is_free && is_paid && (told.take.status != Status::Unknown || doubts)
}

/// ` 14:02`.
fn is_an_hour(text: &str) -> bool {
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix(' ')
        .and_then(|text| text.split_once(':'))
        .is_some_and(|(hours, minutes)| digits(hours) && digits(minutes))
}

/// Whether what is over costs what the service took for it.
fn costs_what_was_charged(told: &Told<'_>) -> bool {
    let charged: f64 = told.charges.iter().map(|charge| charge["usd"].as_f64().unwrap()).sum();
    let usd = told.take.cost.completed().usd;
    let is_near = |usd: f64| (usd - charged).abs() < 1e-6;
    match told.take.status {
        Status::Saved => usd.is_some_and(is_near),
        _ => usd.is_none_or(is_near),
    }
}

/// Whether the list has its words, as they were at some second since.
fn is_shown(take: &Take, listed: &str, since: Timestamp) -> bool {
    let row = listed.lines().find(|row| row.trim_start().starts_with(&format!("{} ", take.id.0)));
    let seconds = 0..=Timestamp::now().duration_since(since).as_secs() + 1;
    let mut said = seconds.map(|second| words(take, since + SignedDuration::from_secs(second), &TimeZone::system()));
    row.is_some_and(|row| said.any(|said| row.contains(&format!("  {}", said.text))))
}
