//! What takes cost, and what is left.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::age;
use super::generation::{Status, Take, Why};
use super::price::dollars;

/// An amount that was spent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spent {
    /// US dollars.
    pub usd: f64,
    /// Whether a part of it is only what was expected, as the service did not say what it charged.
    pub about: bool,
}

impl Spent {
    /// `$0.38`, or `about $0.38`.
    #[must_use]
    pub fn words(self) -> String {
        format!("{}{}", if self.about { "about " } else { "" }, dollars(self.usd))
    }
}

impl std::iter::Sum for Spent {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self { usd: sum.usd + one.usd, about: sum.about || one.about })
    }
}

/// What a take was charged with; nothing where it was not, or nobody knows.
///
/// A failed request is not charged, but one whose song was made and then lost is. What the service charged
/// for it says more than what was expected; that stands in only for what was certainly charged.
#[must_use]
pub fn charged(take: &Take) -> Option<Spent> {
    // Made and paid for, whatever became of the song then.
    let lost = take.status == Status::Failed && matches!(take.why, Some(Why::AudioLost | Why::Spoiled));
    match take.status {
        Status::Ordered | Status::Held => return None,
        Status::Failed if !lost => return None,
        _ => {}
    }
    if let Some(usd) = take.cost.completed().usd {
        return Some(Spent { usd, about: false });
    }
    let certain = matches!(take.status, Status::Ready | Status::Saved) || lost;
    take.price.filter(|_| certain).map(|usd| Spent { usd, about: true })
}

/// The day on which a take's money went.
#[must_use]
pub fn day_of(take: &Take, zone: &TimeZone) -> jiff::civil::Date {
    take.sent.unwrap_or(take.created).to_zoned(zone.clone()).date()
}

/// `$4.21 left`, with its age where that is not fresh.
#[must_use]
pub fn left(usd: f64, at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    match age::told(at, now, zone) {
        Some(age) => format!("${usd:.2} left {age}"),
        None => format!("${usd:.2} left"),
    }
}
