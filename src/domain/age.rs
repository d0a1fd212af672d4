//! How old a fact is, as people want to hear it: not at all while it is fresh.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// Younger facts are told without their age.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// Younger facts are told with the time of day, older ones with the date.
const OF_TODAY: SignedDuration = SignedDuration::from_hours(24);

/// `at 13:02` for a fact older than ten minutes, `on 13 Mar` for one older than a day.
#[must_use]
pub fn told(at: Timestamp, now: Timestamp, zone: &TimeZone) -> Option<String> {
    let age = now.duration_since(at);
    let form = match age {
        _ if age < FRESH => return None,
        _ if age < OF_TODAY => "at %H:%M",
        _ => "on %-d %b",
    };
    Some(at.to_zoned(zone.clone()).strftime(form).to_string())
}

/// `today 14:02`, `yesterday 14:02`, `13 Mar 14:02`; with the year where it is another.
#[must_use]
pub fn day_and_time(at: Timestamp, now: Timestamp, zone: &TimeZone) -> String {
    let (at, now) = (at.to_zoned(zone.clone()), now.to_zoned(zone.clone()));
    let form = if at.date() == now.date() {
        "today %H:%M"
    } else if now.date().yesterday().is_ok_and(|yesterday| at.date() == yesterday) {
        "yesterday %H:%M"
    } else if at.year() == now.year() {
        "%-d %b %H:%M"
    } else {
        "%-d %b %Y %H:%M"
    };
    at.strftime(form).to_string()
}

/// When [`told`] will say something else of a fact; nothing for what stays as it is.
#[must_use]
pub fn turns(at: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let moments = [FRESH, OF_TODAY].into_iter().filter_map(|age| at.checked_add(age).ok());
    moments.filter(|moment| *moment > now).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_is_told_with_its_age_once_it_is_not_fresh() {
        let at: Timestamp = "2026-03-13T13:02:00Z".parse().unwrap();
        let table = [
            (-60, None),
            (0, None),
            (9, None),
            (10, Some("at 13:02")),
            (60 * 23, Some("at 13:02")),
            (60 * 24, Some("on 13 Mar")),
        ];
        for (minutes, expected) in table {
            let now = at + SignedDuration::from_mins(minutes);
            assert_eq!(told(at, now, &TimeZone::UTC).as_deref(), expected, "{minutes} minutes");
        }
    }

    #[test]
    fn a_moment_is_told_by_its_day_and_the_time() {
        let now: Timestamp = "2026-03-14T00:30:00Z".parse().unwrap();
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let table = [
            ("2026-03-14T00:29:00Z", "today 01:29"),
            ("2026-03-13T23:10:00Z", "today 00:10"),
            ("2026-03-13T22:50:00Z", "yesterday 23:50"),
            ("2026-03-12T22:50:00Z", "12 Mar 23:50"),
            ("2025-12-31T08:00:00Z", "31 Dec 2025 09:00"),
        ];
        for (at, expected) in table {
            assert_eq!(day_and_time(at.parse().unwrap(), now, &zone), expected, "{at}");
        }
    }

    #[test]
    fn what_is_told_turns_at_the_moment_that_is_named_and_not_before() {
        let at: Timestamp = "2026-03-13T13:02:00Z".parse().unwrap();
        let mut now = at;
        let mut seen = vec![told(at, now, &TimeZone::UTC)];
        while let Some(turn) = turns(at, now) {
            let before = told(at, turn - SignedDuration::from_secs(1), &TimeZone::UTC);
            assert_eq!(Some(&before), seen.last());
            now = turn;
            seen.push(told(at, now, &TimeZone::UTC));
        }
        assert_eq!(seen.len(), 3);
    }
}
