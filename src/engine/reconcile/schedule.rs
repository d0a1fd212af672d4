//! When a lost answer is looked for: pure, so that every rule is a table.

use jiff::SignedDuration;

/// How old a lost answer is at the first looks, in seconds: the service writes most rows at once, some late. After
/// them it is looked for each minute.
const FIRST: [i64; 5] = [2, 5, 10, 20, 30];
const THEN: i64 = 60;

/// The service may write a row only when a take is made: it is looked for as many times as long as such takes need.
const USUAL_TIMES: i32 = 3;

/// How old it is at the first look.
#[must_use]
pub(super) fn first_look() -> SignedDuration {
    SignedDuration::from_secs(FIRST[0])
}

/// How old it becomes while it is looked for: so old at least; where that is nothing, it is looked for once.
#[must_use]
pub(super) fn longest(at_least: SignedDuration, usual: SignedDuration) -> SignedDuration {
    if at_least.is_zero() { at_least } else { at_least.max(usual * USUAL_TIMES) }
}

/// How old it is at the look after one at `age`; none where that was the last. The last one is when it is as old as it
/// becomes.
#[must_use]
pub(super) fn next_look(age: SignedDuration, longest: SignedDuration) -> Option<SignedDuration> {
    if age >= longest {
        return None;
    }
    let seconds = age.as_secs().max(0);
    let next = FIRST.into_iter().find(|first| *first > seconds).unwrap_or(THEN * (seconds / THEN + 1));
    Some(SignedDuration::from_secs(next).min(longest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(longest: i64) -> Vec<i64> {
        let longest = SignedDuration::from_secs(longest);
        let next = |age: &SignedDuration| next_look(*age, longest);
        std::iter::successors(Some(first_look()), next).map(|age| age.as_secs()).collect()
    }

    #[test]
    fn it_is_looked_for_densely_at_first_then_each_minute_and_at_the_very_end() {
        assert_eq!(looks(15 * 60)[..8], [2, 5, 10, 20, 30, 60, 120, 180]);
        assert_eq!(looks(15 * 60).len(), 20);
        assert_eq!(looks(15 * 60).last(), Some(&900));
        assert_eq!(looks(90), [2, 5, 10, 20, 30, 60, 90]);
        assert_eq!(looks(0), [2], "once");
    }

    #[test]
    fn a_look_that_came_late_or_under_a_clock_that_was_set_back_goes_on_from_there() {
        let seconds = SignedDuration::from_secs;
        assert_eq!(next_look(seconds(7), seconds(900)), Some(seconds(10)));
        assert_eq!(next_look(seconds(400), seconds(900)), Some(seconds(420)));
        assert_eq!(next_look(seconds(-4_000), seconds(900)), Some(seconds(2)));
        assert_eq!(next_look(seconds(9_000), seconds(900)), None);
    }

    #[test]
    fn it_is_looked_for_a_quarter_of_an_hour_or_three_times_as_long_as_such_takes_need() {
        let minutes = SignedDuration::from_mins;
        let table = [((15, 1), 15), ((15, 5), 15), ((15, 10), 30), ((0, 10), 0)];
        for ((at_least, usual), expected) in table {
            assert_eq!(longest(minutes(at_least), minutes(usual)), minutes(expected), "{at_least} {usual}");
        }
    }
}
