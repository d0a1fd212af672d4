//! How long a take usually takes, who says so, and from when on it is late.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::generation::{Status, Take};
use super::length::to_clock;

/// From so many of one's own takes on they say what is usual: with fewer, one slow night would.
pub const ENOUGH: usize = 3;

/// The newest so many count; what was usual a year ago says little.
pub const RECENT: usize = 30;

/// A take that seems to have needed longer was found finished by a worker that came back late.
const LONGEST_SPAN_MS: i64 = 60 * 60 * 1000;

/// How many times faster than the real service the embedded sandbox is: with it, the slowest model's
/// take arrives within ten seconds. A test holds it against the sandbox's own default.
pub const SANDBOX_HURRY: u32 = 10;

/// How long takes of a model usually need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usual {
    /// Half of them needed at most that many seconds.
    pub seconds: u32,
    /// Seconds after which a take is late.
    pub late_after: u32,
    pub from: UsualFrom,
}

/// Who says what is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UsualFrom {
    /// One's own takes of the model.
    Yours,
    /// The service, of everybody's takes in the last minutes.
    Service,
    /// The catalogue.
    Catalogue,
}

impl UsualFrom {
    /// Every source, the best first.
    pub const ALL: [Self; 3] = [Self::Yours, Self::Service, Self::Catalogue];

    /// The name used in the database and in `--json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Yours => "yours",
            Self::Service => "service",
            Self::Catalogue => "catalogue",
        }
    }

    /// Who that is, after `usually 1:10, `.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Yours => "by your own takes",
            Self::Service => "as the service measured",
            Self::Catalogue => "as the catalogue says",
        }
    }

    /// The source of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|from| from.name() == name)
    }
}

impl Usual {
    /// From how long one's own takes needed, in milliseconds, in any order: their median, and late after
    /// what nine in ten needed at most. Nothing where they are too few.
    #[must_use]
    pub fn yours(spans_ms: &[u64]) -> Option<Self> {
        if spans_ms.len() < ENOUGH {
            return None;
        }
        let mut sorted = spans_ms.to_vec();
        sorted.sort_unstable();
        let middle = sorted.len() / 2;
        let median = if sorted.len() % 2 == 1 { sorted[middle] } else { sorted[middle - 1].midpoint(sorted[middle]) };
        let ninetieth = sorted[(sorted.len() * 9).div_ceil(10) - 1];
        Some(Self { seconds: seconds(median), late_after: seconds(ninetieth), from: UsualFrom::Yours })
    }

    /// From what the service measured, in milliseconds: late after what nine in ten needed at most.
    #[must_use]
    pub fn of_service(p50_ms: f64, p90_ms: Option<f64>) -> Self {
        let usual = seconds(p50_ms.max(0.0) as u64);
        let late_after = p90_ms.map_or_else(|| half_as_much_again(usual), |p90| seconds(p90.max(p50_ms) as u64));
        Self { seconds: usual, late_after, from: UsualFrom::Service }
    }

    /// From the catalogue's pace, which says nothing of how much takes differ: late after half as much again.
    #[must_use]
    pub fn of_catalogue(pace: u32) -> Self {
        Self { seconds: pace, late_after: half_as_much_again(pace), from: UsualFrom::Catalogue }
    }

    /// `1:10 yours`, or `about 1:10` where somebody else says so.
    #[must_use]
    pub fn words(self) -> String {
        let time = to_clock(self.seconds.into());
        if self.from == UsualFrom::Yours { format!("{time} yours") } else { format!("about {time}") }
    }

    /// Whether a take that has run so many seconds is late.
    #[must_use]
    pub fn is_late(self, elapsed: u64) -> bool {
        elapsed > u64::from(self.late_after)
    }
}

/// Whole seconds, upwards: what needed 600 ms needed a second.
fn seconds(ms: u64) -> u32 {
    u32::try_from(ms.div_ceil(1000).max(1)).unwrap_or(u32::MAX)
}

/// What counts as late where only one figure is known.
#[must_use]
pub fn half_as_much_again(seconds: u32) -> u32 {
    seconds.saturating_add(seconds.div_ceil(2))
}

/// How long a take needed from when it was sent until it was made, in milliseconds; nothing where it was not made, or
/// nobody was there to see it made, as of those that were ordered elsewhere. Of takes of the first version it is only
/// known when their file was there.
#[must_use]
pub fn span_ms(take: &Take) -> Option<u64> {
    if take.status != Status::Saved || take.is_adopted() {
        return None;
    }
    span_between(take.sent?, take.made.or(take.finished)?)
}

/// How long the newest takes of each model needed, by catalogue id; `takes` are of one service, the newest
/// first.
#[must_use]
pub fn spans<'a>(takes: impl Iterator<Item = &'a Take>) -> BTreeMap<String, Vec<u64>> {
    let mut spans: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (take, span) in takes.filter_map(|take| Some((take, span_ms(take)?))) {
        match spans.get_mut(&take.model) {
            Some(known) if known.len() >= RECENT => {}
            Some(known) => known.push(span),
            None => drop(spans.insert(take.model.clone(), vec![span])),
        }
    }
    spans
}

/// The milliseconds between two moments, where they are a plausible time to make a song.
#[must_use]
pub fn span_between(sent: Timestamp, made: Timestamp) -> Option<u64> {
    let span = made.as_millisecond() - sent.as_millisecond();
    (0..=LONGEST_SPAN_MS).contains(&span).then(|| span.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usual(seconds: u32, late_after: u32, from: UsualFrom) -> Usual {
        Usual { seconds, late_after, from }
    }

    #[test]
    fn ones_own_takes_say_the_median_and_are_late_after_nine_in_ten_from_three_on() {
        let table: [(&[u64], _); 8] = [
            (&[], None),
            (&[60_000, 70_000], None),
            (&[70_000, 60_000, 90_000], Some((70, 90))),
            (&[60_000, 70_000, 80_000, 90_000], Some((75, 90))),
            (&[61_001, 61_001, 61_001], Some((62, 62))),
            (&[0, 1, 2], Some((1, 1))),
            // One that hung among ten moves neither.
            (&[60_000, 61_000, 62_000, 63_000, 64_000, 65_000, 66_000, 67_000, 68_000, 900_000], Some((65, 68))),
            (&[10_000, 20_000, 30_000, 40_000, 50_000, 60_000, 70_000, 80_000, 90_000, 99_000, 99_000], Some((60, 99))),
        ];
        for (spans, expected) in table {
            let expected = expected.map(|(seconds, late)| usual(seconds, late, UsualFrom::Yours));
            assert_eq!(Usual::yours(spans), expected, "{spans:?}");
        }
    }

    #[test]
    fn the_service_says_when_it_is_late_and_the_catalogue_is_given_half_as_much_again() {
        assert_eq!(Usual::of_service(61_000.0, Some(90_000.0)), usual(61, 90, UsualFrom::Service));
        assert_eq!(Usual::of_service(61_000.0, None), usual(61, 92, UsualFrom::Service));
        assert_eq!(Usual::of_service(61_000.0, Some(1.0)), usual(61, 61, UsualFrom::Service));
        assert_eq!(Usual::of_service(-3.0, None), usual(1, 2, UsualFrom::Service));
        assert_eq!(Usual::of_catalogue(70), usual(70, 105, UsualFrom::Catalogue));
        let catalogue = Usual::of_catalogue(70);
        assert!(!catalogue.is_late(105) && catalogue.is_late(106));
    }

    #[test]
    fn what_nobody_saw_made_is_no_measure() {
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        assert_eq!(span_between(at(1000), at(71_000)), Some(70_000));
        assert_eq!(span_between(at(1000), at(500)), None, "a clock that was set back");
        assert_eq!(span_between(at(0), at(LONGEST_SPAN_MS + 1)), None, "the laptop was closed");
    }

    #[test]
    fn names_of_sources_read_back() {
        for from in UsualFrom::ALL {
            assert_eq!(UsualFrom::named(from.name()), Some(from));
        }
        assert_eq!(UsualFrom::named("hearsay"), None);
    }
}
