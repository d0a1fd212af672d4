//! The words for what a take is doing: one table for the screen, the help and the README.

mod table;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::generation::{Status, Take, Why};
use super::length::to_clock;
pub use table::WORDINGS;

/// What a status feels like; a theme gives each its colour, and none is told by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Nothing to do, time passes.
    Waiting,
    /// Being made or fetched.
    Running,
    /// There is something to hear.
    Arrived,
    /// Over and heard.
    Quiet,
    /// A person should look.
    Attention,
    /// It ended without a song.
    Bad,
}

/// How often the clock of a running take goes on where it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ticks {
    #[default]
    Second,
    Minute,
    /// There is no clock; what is said stays true until something happens.
    Off,
}

/// When a row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum When {
    Always,
    /// It has run longer than such takes usually do.
    Late,
    /// Nobody has listened to it.
    Unheard,
    /// Some of the song has come.
    Coming,
    /// It is looked for in the service's log.
    Sought,
    /// It was ordered elsewhere.
    Adopted,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    pub status: Status,
    /// The reason this row is for; `None` serves every reason that has no row of its own.
    pub why: Option<Why>,
    pub when: When,
    /// The word, with `{elapsed}` `{usual}` `{received}` `{expected}` `{length}` `{until}` `{sought}` `{message}`
    /// filled in.
    pub word: &'static str,
    pub role: Role,
    /// For the help: what it means and what can be done.
    pub meaning: &'static str,
}

/// What the screen says of a take, and how it feels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub text: String,
    pub role: Role,
}

/// The words for a take at a moment; clock times are told in `zone`.
#[must_use]
pub fn words(take: &Take, now: Timestamp, zone: &TimeZone) -> Words {
    words_between(Ticks::Second, take, now, zone)
}

/// The words for a take that are still true when the clock goes on for the next time.
#[must_use]
pub fn words_between(ticks: Ticks, take: &Take, now: Timestamp, zone: &TimeZone) -> Words {
    let wording = wording_of(take, now);
    let word = match ticks {
        Ticks::Second => wording.word.to_owned(),
        Ticks::Minute => lasting(wording.word, &whole_minutes(take, now)),
        Ticks::Off => lasting(wording.word, &format!(", sent {}", hour(take.sent.unwrap_or(take.created), zone))),
    };
    Words { text: filled_in(&word, take, now, zone), role: wording.role }
}

/// A word of the table with `so_far` in place of a clock that would stand still: `working 0:41 of 1:10`
/// becomes `working, sent 14:02, usually 1:10`.
fn lasting(word: &str, so_far: &str) -> String {
    let word = word.replace("{elapsed} of {usual}", "{elapsed}, usually {usual}");
    word.replace(", {elapsed}", so_far).replace(" {elapsed}", so_far)
}

/// `, over 2 min`: the seconds go on unseen, so that much is true until the next look. In the first minute
/// nothing is.
fn whole_minutes(take: &Take, now: Timestamp) -> String {
    match elapsed(take, now) / 60 {
        0 => String::new(),
        minutes => format!(", over {minutes} min"),
    }
}

/// `14:02`.
#[must_use]
pub fn hour(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%H:%M").to_string()
}

/// The row of the table for a take at a moment.
#[must_use]
pub fn wording_of(take: &Take, now: Timestamp) -> &'static Wording {
    let counts = |row: &&Wording| match row.when {
        When::Always => true,
        When::Late => is_late(take, now),
        When::Unheard => !take.heard,
        When::Coming => take.received > 0,
        When::Sought => take.sought_until().is_some(),
        When::Adopted => take.is_adopted(),
    };
    let fits = |row: &&Wording| row.status == take.status && (row.why.is_none() || row.why == take.why);
    WORDINGS.iter().filter(fits).find(counts).unwrap_or(&WORDINGS[WORDINGS.len() - 1])
}

/// Seconds since the request left.
#[must_use]
pub fn elapsed(take: &Take, now: Timestamp) -> u64 {
    let start = take.sent.unwrap_or(take.created);
    now.duration_since(start).as_secs().max(0).unsigned_abs()
}

/// Whether a take has run longer than such takes usually do.
#[must_use]
pub fn is_late(take: &Take, now: Timestamp) -> bool {
    let is_made = matches!(take.status, Status::Queued | Status::Working)
        || (take.status, take.why) == (Status::Sending, Some(Why::Open));
    is_made && take.usual.is_late(elapsed(take, now))
}

fn filled_in(word: &str, take: &Take, now: Timestamp, zone: &TimeZone) -> String {
    if !word.contains('{') {
        return word.to_owned();
    }
    let at = |moment: Option<Timestamp>| moment.map_or_else(|| "soon".to_owned(), |moment| hour(moment, zone));
    let (received, expected) = match take.expected {
        Some(expected) => (megabytes(take.received), format!("{} MB", megabytes(expected))),
        None => (format!("{} MB", megabytes(take.received)), String::new()),
    };
    let word = if expected.is_empty() { word.replace(" of {expected}", "") } else { word.to_owned() };
    let length = take.duration_ms.map_or_else(|| "length unknown".to_owned(), |ms| to_clock((ms + 500) / 1000));
    word.replace("{elapsed}", &to_clock(elapsed(take, now)))
        .replace("{usual}", &to_clock(take.usual.seconds.into()))
        .replace("{until}", &at(take.due))
        .replace("{sought}", &at(take.sought_until()))
        .replace("{length}", &length)
        .replace("{received}", &received)
        .replace("{expected}", &expected)
        .replace("{message}", take.message.as_deref().unwrap_or("no reason given"))
}

/// Bytes as megabytes: `1.9`.
#[must_use]
pub fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1_000_000.0)
}
