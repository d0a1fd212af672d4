//! When to ask again: pure, so that every rule is a table.

use std::time::Duration;

/// The vendor's own loop asks every ten seconds; for the first three minutes refrain is never slower.
const VENDOR_GAP: Duration = Duration::from_secs(10);
const FIRST_MINUTES: Duration = Duration::from_secs(180);
/// After those minutes, and after failures, the gap grows to this at most.
const LONGEST_GAP: Duration = Duration::from_secs(60);
const SHORTEST_GAP: Duration = Duration::from_secs(1);
const DENSEST_GAP: Duration = Duration::from_secs(4);
const SPARSEST_GAP: Duration = Duration::from_secs(8);
/// A service that asks for more patience than this is asked all the same: a person is waiting.
pub(super) const LONGEST_WISH: Duration = Duration::from_secs(300);

/// How long to wait before asking about a take again.
///
/// `pace` is how long such takes usually need, `age` how long this one has been running, `failures` how
/// many questions in a row went unanswered, `retry_after` what the service asked for. Sparse until the
/// pace has nearly passed, then dense, then backing off.
#[must_use]
pub fn next_poll(pace: Duration, age: Duration, failures: u32, retry_after: Option<Duration>) -> Duration {
    let dense = (pace / 20).clamp(SHORTEST_GAP, DENSEST_GAP);
    let sparse = (pace / 6).clamp(SHORTEST_GAP, SPARSEST_GAP);
    let gap = if age < pace * 4 / 5 {
        sparse
    } else if age < pace * 2 {
        dense
    } else {
        dense + age.saturating_sub(pace * 2) / 8
    };
    let gap = gap.saturating_mul(1 << failures.min(6));
    let longest = if age < FIRST_MINUTES { VENDOR_GAP } else { LONGEST_GAP };
    gap.min(longest).max(retry_after.unwrap_or_default().min(LONGEST_WISH))
}

/// `gap` shortened by up to a tenth, so that takes ordered together are not asked about together.
///
/// `seed` is anything that differs between takes and questions.
#[must_use]
pub fn with_jitter(gap: Duration, seed: u64) -> Duration {
    // Knuth's multiplicative hash: neighbouring seeds land far apart.
    let spread = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54;
    gap.mul_f64(1.0 - spread as f64 / 1024.0 / 10.0)
}

/// How long to wait before trying again to send or fetch something that failed `failures` times.
#[must_use]
pub fn next_try(failures: u32) -> Duration {
    Duration::from_secs(2).saturating_mul(1 << failures.min(5)).min(Duration::from_secs(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn questions_are_sparse_before_the_usual_time_dense_around_it_and_back_off_after() {
        let pace = seconds(70);
        let table = [(0, 8_000), (30, 8_000), (60, 3_500), (100, 3_500), (139, 3_500), (180, 8_500), (600, 60_000)];
        for (age, expected) in table {
            assert_eq!(next_poll(pace, seconds(age), 0, None).as_millis(), expected, "age {age}");
        }
    }

    #[test]
    fn in_the_first_three_minutes_no_gap_is_longer_than_the_vendors_own_ten_seconds() {
        for pace in [1, 4, 9, 25, 35, 70, 300] {
            for age in 0..180 {
                for failures in 0..10 {
                    let gap = next_poll(seconds(pace), seconds(age), failures, None);
                    assert!(gap <= VENDOR_GAP, "pace {pace}, age {age}, failures {failures}: {gap:?}");
                    assert!(gap >= SHORTEST_GAP);
                }
            }
        }
    }

    #[test]
    fn what_the_service_asks_for_is_granted_within_reason() {
        assert_eq!(next_poll(seconds(70), seconds(5), 0, Some(seconds(42))), seconds(42));
        assert_eq!(next_poll(seconds(70), seconds(5), 0, Some(seconds(1))), seconds(8));
        assert_eq!(next_poll(seconds(70), seconds(5), 0, Some(seconds(100_000))), LONGEST_WISH);
    }

    #[test]
    fn failures_stretch_the_gap_up_to_a_minute() {
        let gap = |failures| next_poll(seconds(70), seconds(200), failures, None);
        assert!(gap(1) > gap(0) && gap(2) > gap(1));
        assert_eq!(gap(30), LONGEST_GAP);
    }

    #[test]
    fn jitter_only_ever_shortens_and_by_a_tenth_at_most() {
        let gaps: Vec<_> = (0..100).map(|seed| with_jitter(seconds(10), seed)).collect();
        assert!(gaps.iter().all(|gap| *gap <= seconds(10) && *gap >= seconds(9)));
        let distinct: std::collections::BTreeSet<_> = gaps.iter().collect();
        assert!(distinct.len() > 50, "{} distinct gaps", distinct.len());
    }

    #[test]
    fn sending_and_fetching_are_tried_again_ever_later_up_to_half_a_minute() {
        let waits: Vec<_> = (0..8).map(|failures| next_try(failures).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 30, 30, 30, 30]);
    }
}
