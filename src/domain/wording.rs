//! The words for what a take is doing: one table for the screen, the help and the README.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::generation::{Status, Take, Why};
use super::length::to_clock;

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
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    pub status: Status,
    /// The reason this row is for; `None` serves every reason that has no row of its own.
    pub why: Option<Why>,
    pub when: When,
    /// The word, with `{elapsed}` `{usual}` `{received}` `{expected}` `{length}` `{until}` `{message}` filled in.
    pub word: &'static str,
    pub role: Role,
    /// For the help: what it means and what can be done.
    pub meaning: &'static str,
}

const fn row(status: Status, why: Option<Why>, word: &'static str, role: Role, meaning: &'static str) -> Wording {
    Wording { status, why, when: When::Always, word, role, meaning }
}

/// The row for a take that is late, whatever else is to be said of its status.
const fn late(status: Status) -> Wording {
    let meaning = "it takes longer than such takes usually do; it is asked about all the same";
    Wording { when: When::Late, ..row(status, None, "late {elapsed}, usually {usual}", Role::Attention, meaning) }
}

/// Every status with its words. The first row that fits counts.
pub const WORDINGS: &[Wording] = &[
    row(
        Status::Ordered,
        Some(Why::NoNetwork),
        "held, no network",
        Role::Attention,
        "the service cannot be reached; nothing was sent, it is tried again for 15 minutes",
    ),
    row(
        Status::Ordered,
        Some(Why::Busy),
        "held, service busy, again {until}",
        Role::Waiting,
        "the service asked to wait; nothing was charged, it goes by itself",
    ),
    row(
        Status::Ordered,
        Some(Why::NeedsKey),
        "held, needs the key",
        Role::Attention,
        "no key for the service is at hand: `refrain login`",
    ),
    row(Status::Ordered, None, "in line", Role::Waiting, "written down, not sent yet; d takes it back for free"),
    row(
        Status::Held,
        Some(Why::NoCredits),
        "held, no credits",
        Role::Attention,
        "the account has no credits left; add some, then h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::TooOld),
        "held, too old",
        Role::Attention,
        "it waited over ten minutes, so nothing was bought; h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::NoNetwork),
        "held, no network",
        Role::Attention,
        "the service could not be reached for 15 minutes; nothing was sent, h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::Busy),
        "held, service busy",
        Role::Attention,
        "the service refused it five times as too busy; nothing was charged, h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::KeyRefused),
        "held, key refused",
        Role::Attention,
        "the service does not take the key; `refrain login`, then h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::Folder),
        "held, no folder",
        Role::Attention,
        "its folder cannot be written, so nothing was bought; mend that, then h lets it go",
    ),
    row(
        Status::Held,
        Some(Why::Recording),
        "held, no recording",
        Role::Attention,
        "the recording that goes along is gone or was changed, so nothing was bought; add it again, then h lets it go",
    ),
    row(Status::Held, None, "held", Role::Attention, "put aside by you; h lets it go, d takes it back"),
    row(
        Status::Sending,
        None,
        "sending",
        Role::Running,
        "the request is on its way; from here on it cannot be stopped",
    ),
    row(
        Status::Unknown,
        None,
        "unsure, perhaps charged",
        Role::Bad,
        "the answer was lost after the request had left; it is not sent again by itself",
    ),
    row(
        Status::Queued,
        Some(Why::NeedsKey),
        "waits for the key",
        Role::Attention,
        "the service has it, but asking needs the key: `refrain login`",
    ),
    row(
        Status::Queued,
        Some(Why::KeyRefused),
        "key refused, {elapsed}",
        Role::Attention,
        "the service has it, but does not take the key now; it is asked again",
    ),
    row(
        Status::Queued,
        Some(Why::Retrying),
        "queued {elapsed}, no answer",
        Role::Attention,
        "the service has it; the last question went unanswered and is asked again",
    ),
    late(Status::Queued),
    row(Status::Queued, None, "queued {elapsed} of {usual}", Role::Running, "the service has it in its own line"),
    row(
        Status::Working,
        Some(Why::NeedsKey),
        "waits for the key",
        Role::Attention,
        "the service makes it, but asking needs the key: `refrain login`",
    ),
    row(
        Status::Working,
        Some(Why::KeyRefused),
        "key refused, {elapsed}",
        Role::Attention,
        "the service makes it, but does not take the key now; it is asked again",
    ),
    row(
        Status::Working,
        Some(Why::Retrying),
        "working {elapsed}, no answer",
        Role::Attention,
        "the service makes it; the last question went unanswered and is asked again",
    ),
    row(
        Status::Working,
        Some(Why::Strange),
        "working {elapsed}, {message}",
        Role::Running,
        "the service says something refrain does not know; it is asked again",
    ),
    late(Status::Working),
    row(Status::Working, None, "working {elapsed} of {usual}", Role::Running, "being made"),
    row(
        Status::Ready,
        Some(Why::DiskFull),
        "made, disk full",
        Role::Attention,
        "it is made and safe at the service; make room, it is fetched again",
    ),
    row(
        Status::Ready,
        Some(Why::Folder),
        "made, no folder",
        Role::Attention,
        "it is made and safe at the service; its folder cannot be written",
    ),
    row(
        Status::Ready,
        Some(Why::Retrying),
        "made, fetching again",
        Role::Running,
        "it is made; fetching broke off and is tried again",
    ),
    row(Status::Ready, None, "fetching {received} of {expected}", Role::Running, "it is made and being fetched"),
    Wording {
        when: When::Unheard,
        ..row(Status::Saved, None, "new, {length}", Role::Arrived, "on disk, and not heard yet")
    },
    row(Status::Saved, None, "{length}", Role::Quiet, "on disk, and heard"),
    row(
        Status::Failed,
        Some(Why::Refused),
        "refused, not charged: {message}",
        Role::Bad,
        "the service refused the request; nothing was charged",
    ),
    row(
        Status::Failed,
        Some(Why::AudioLost),
        "charged, audio lost",
        Role::Bad,
        "the service made it, and the audio cannot be had again",
    ),
    row(
        Status::Failed,
        None,
        "failed, not charged",
        Role::Bad,
        "the service tried and gave up; failed requests are not charged",
    ),
    row(
        Status::Unwatched,
        None,
        "stopped asking, r asks again",
        Role::Attention,
        "no result after the give-up age; the service may still have it",
    ),
];

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
    matches!(take.status, Status::Queued | Status::Working) && take.usual.is_late(elapsed(take, now))
}

fn filled_in(word: &str, take: &Take, now: Timestamp, zone: &TimeZone) -> String {
    if !word.contains('{') {
        return word.to_owned();
    }
    let until = take.due.map_or_else(|| "soon".to_owned(), |due| hour(due, zone));
    let (received, expected) = match take.expected {
        Some(expected) => (megabytes(take.received), format!("{} MB", megabytes(expected))),
        None => (format!("{} MB", megabytes(take.received)), String::new()),
    };
    let word = if expected.is_empty() { word.replace(" of {expected}", "") } else { word.to_owned() };
    let length = take.duration_ms.map_or_else(|| "length unknown".to_owned(), |ms| to_clock((ms + 500) / 1000));
    word.replace("{elapsed}", &to_clock(elapsed(take, now)))
        .replace("{usual}", &to_clock(take.usual.seconds.into()))
        .replace("{until}", &until)
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
