//! Lengths of time as people write them: `m:ss`, and `h:mm:ss` from an hour on.

/// Seconds in a minute.
const MINUTE: u64 = 60;
/// Seconds in an hour.
const HOUR: u64 = 60 * MINUTE;

/// Seconds as `m:ss`, or as `h:mm:ss` from an hour on.
#[must_use]
pub fn to_clock(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE);
    if hours == 0 { format!("{minutes}:{rest:02}") } else { format!("{hours}:{minutes:02}:{rest:02}") }
}

/// Seconds from `2:50`, `1:02:03`, `170`, `170s`, `2m50s`, `2m` or `1h2m`; nothing where the text is none
/// of these, as `2:75`.
#[must_use]
pub fn from_clock(text: &str) -> Option<u64> {
    let text = text.trim();
    if text.contains(':') { from_colons(text) } else { from_units(&text.to_ascii_lowercase()) }
}

/// `2:50` or `1:02:03`: every part but the first has two digits and is below 60.
fn from_colons(text: &str) -> Option<u64> {
    let mut parts = text.split(':');
    let mut seconds = number(parts.next()?)?;
    let mut count = 1;
    for part in parts {
        count += 1;
        let value = number(part).filter(|value| part.len() == 2 && *value < MINUTE)?;
        seconds = seconds.checked_mul(MINUTE)?.checked_add(value)?;
    }
    (count <= 3).then_some(seconds)
}

/// `170`, or numbers each with its unit, the greater units first.
fn from_units(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut seconds = 0_u64;
    let mut greater: Option<u64> = None;
    for (unit, size) in [('h', HOUR), ('m', MINUTE), ('s', 1)] {
        let Some((digits, after)) = rest.split_once(unit) else { continue };
        // Below a greater unit only what does not fill it: `2m75s` is a slip of the finger.
        let value = number(digits).filter(|value| greater.is_none_or(|greater| value * size < greater))?;
        seconds = seconds.checked_add(value.checked_mul(size)?)?;
        greater = Some(size);
        rest = after;
    }
    match (rest, greater) {
        ("", Some(_)) => Some(seconds),
        (_, Some(_)) => None,
        (digits, None) => number(digits),
    }
}

/// Digits alone: no sign, no space.
fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seconds_read_as_a_clock() {
        let table = [(0, "0:00"), (9, "0:09"), (60, "1:00"), (170, "2:50"), (3599, "59:59"), (3723, "1:02:03")];
        for (seconds, clock) in table {
            assert_eq!(to_clock(seconds), clock);
            assert_eq!(from_clock(clock), Some(seconds), "{clock}");
        }
    }

    #[test]
    fn people_may_write_a_length_in_several_ways() {
        let ways = ["2:50", "02:50", " 170 ", "170s", "2m50s", "2M50S", "0:02:50", "0h2m50s"];
        for text in ways {
            assert_eq!(from_clock(text), Some(170), "{text}");
        }
        assert_eq!(from_clock("2m"), Some(120));
        assert_eq!(from_clock("1h2m"), Some(3720));
        assert_eq!(from_clock("90:00"), Some(5400));
    }

    #[test]
    fn a_slip_of_the_finger_is_not_a_length() {
        let slips = [
            "",
            ":",
            "2:",
            ":50",
            "2:5",
            "2:75",
            "2:050",
            "-1",
            "+1",
            "1.5",
            "2:50:99",
            "1:1:1",
            "1:02:03:04",
            "2m75s",
            "50s2m",
            "2m50",
            "s",
            "m",
            "2 m",
            "abc",
            "2:5O",
            "999999999999999999999",
            "999999999999999999999m",
            "9999999999999999h",
        ];
        for text in slips {
            assert_eq!(from_clock(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(seconds in any::<u64>()) {
            prop_assert_eq!(from_clock(&to_clock(seconds)), Some(seconds));
            prop_assert_eq!(from_clock(&format!("{seconds}s")), Some(seconds));
        }

        #[test]
        fn any_text_is_a_length_or_none(text in "[0-9hms: ]{0,12}|.{0,20}") {
            if let Some(seconds) = from_clock(&text) {
                prop_assert_eq!(from_clock(&to_clock(seconds)), Some(seconds));
            }
        }
    }
}
