//! Lengths of time as people write them: `m:ss`.

/// Seconds as `m:ss`.
#[must_use]
pub fn to_clock(_seconds: u64) -> String {
    todo!()
}

/// Seconds from `m:ss`, `90`, `90s` or `1m30s`.
#[must_use]
pub fn from_clock(_text: &str) -> Option<u64> {
    todo!()
}
