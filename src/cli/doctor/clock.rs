//! The clock, held against what this machine itself knows: no one on the network is asked.

use std::env;
use std::time::SystemTime;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;

/// How far a clock may be behind before it is said: two machines may share a data directory.
const SLACK: SignedDuration = SignedDuration::from_mins(2);

const MEND: &str = "set the clock (`timedatectl set-ntp true`): a wrong one makes TLS fail and times of takes nonsense";

/// Whether the clock can be right, and which zone times are told in.
pub fn findings(now: Timestamp, newest_row: Option<Timestamp>, zone: &TimeZone) -> Vec<Finding> {
    vec![clock(now, newest_row, program_made()), time_zone(now, zone)]
}

fn clock(now: Timestamp, newest_row: Option<Timestamp>, program: Option<Timestamp>) -> Finding {
    const CHECK: &str = "clock";
    let is_before = |earlier: &Timestamp| now.duration_since(*earlier) < -SLACK;
    if let Some(row) = newest_row.filter(is_before) {
        let row = row.strftime("%Y-%m-%d %H:%M");
        let told = format!("{}, but refrain wrote at {row} UTC already", now.strftime("%Y-%m-%d %H:%M UTC"));
        return Finding::bad(CHECK, told, MEND);
    }
    if let Some(made) = program.filter(is_before) {
        let told =
            format!("{}, before this program was made ({})", now.strftime("%Y-%m-%d"), made.strftime("%Y-%m-%d"));
        return Finding::bad(CHECK, told, MEND);
    }
    Finding::ok(CHECK, now.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

fn time_zone(now: Timestamp, zone: &TimeZone) -> Finding {
    const CHECK: &str = "time zone";
    let offset = now.to_zoned(zone.clone()).strftime("%:z").to_string();
    if zone.is_unknown() {
        let told = format!("unknown, so times are told at {offset}");
        return Finding::look(CHECK, told, "set TZ, as `TZ=Europe/Lisbon`, or link `/etc/localtime`");
    }
    let name = zone.iana_name().map_or_else(|| "without a name".to_owned(), |name| format!("`{name}`"));
    Finding::ok(CHECK, format!("{name}, {offset}"))
}

/// When this program's file was written.
fn program_made() -> Option<Timestamp> {
    let made: SystemTime = env::current_exe().ok()?.metadata().ok()?.modified().ok()?;
    Timestamp::try_from(made).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_behind_what_was_already_written_is_bad() {
        let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        let now = at("2026-03-14T14:00:00Z").unwrap();
        let table = [
            (None, None, false),
            (at("2026-03-14T13:59:00Z"), at("2026-03-01T00:00:00Z"), false),
            (at("2026-03-14T14:01:00Z"), None, false),
            (at("2026-03-14T14:05:00Z"), None, true),
            (None, at("2026-05-01T00:00:00Z"), true),
        ];
        for (row, program, is_bad) in table {
            assert_eq!(clock(now, row, program).is_bad(), is_bad, "{row:?} {program:?}");
        }
    }

    #[test]
    fn the_zone_is_named_with_its_offset() {
        let now = "2026-07-01T00:00:00Z".parse().unwrap();
        let lisbon = TimeZone::get("Europe/Lisbon").unwrap();
        assert_eq!(time_zone(now, &lisbon), Finding::ok("time zone", "`Europe/Lisbon`, +01:00"));
        let unknown = time_zone(now, &TimeZone::unknown()).rows().join(" ");
        assert!(unknown.starts_with("look") && unknown.contains("+00:00"), "{unknown}");
    }
}
