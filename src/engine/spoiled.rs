//! Songs that came damaged or not whole: what is said of them. Their bytes are kept.

use crate::api::Came;
use crate::domain::generation::TakeId;

/// Bytes of a kB and of an MB.
const KILO: u64 = 1000;
const MEGA: u64 = 1000 * KILO;

/// What happened, how much came, and what recovers it.
#[must_use]
pub fn sentence(what: &str, came: Came, take: TakeId) -> String {
    format!("{what}; {} of the song came; `refrain salvage {}` recovers what plays", amount(came), take.0)
}

/// `1.9 of 3.0 MB`, or `12 kB` where nobody said how much there is.
#[must_use]
pub fn amount(came: Came) -> String {
    let of = came.of.filter(|of| *of >= came.bytes);
    let in_mega = of.unwrap_or(came.bytes) >= MEGA;
    let shown = |bytes: u64| {
        if in_mega { format!("{:.1}", bytes as f64 / MEGA as f64) } else { format!("{}", bytes.div_ceil(KILO)) }
    };
    let unit = if in_mega { "MB" } else { "kB" };
    match of {
        Some(of) => format!("{} of {} {unit}", shown(came.bytes), shown(of)),
        None => format!("{} {unit}", shown(came.bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_is_told_in_one_unit() {
        let table = [
            (1_900_000, Some(3_000_000), "1.9 of 3.0 MB"),
            (190_000, Some(3_000_000), "0.2 of 3.0 MB"),
            (12_000, Some(30_000), "12 of 30 kB"),
            (1, None, "1 kB"),
            (3_100_000, Some(3_000_000), "3.1 MB"),
        ];
        for (bytes, of, expected) in table {
            assert_eq!(amount(Came { bytes, of }), expected);
        }
    }
}
