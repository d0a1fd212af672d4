//! What makes the address of a file good for a while only: a pass in its query.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use uuid::Uuid;

use super::scenario::Files;

/// How often each pass was used.
#[derive(Debug, Default)]
pub struct Passes(Mutex<HashMap<String, u32>>);

impl Passes {
    /// The query of a fresh address; nothing where addresses are good for ever.
    pub fn fresh(files: &Files, now: Timestamp) -> String {
        if files.are_good_for_ever() {
            return String::new();
        }
        let lives = files.lives_ms.and_then(|lives| i64::try_from(lives).ok()).unwrap_or(i64::MAX);
        let until = now.as_millisecond().saturating_add(lives);
        format!("?expires={until}&pass={}", Uuid::new_v4())
    }

    /// Whether an address is still good, and counts that it was used.
    pub fn admit(&self, files: &Files, query: &str, now: Timestamp) -> bool {
        if files.are_good_for_ever() {
            return true;
        }
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let (Some(until), Some(pass)) = (value("expires").and_then(|until| until.parse::<i64>().ok()), value("pass"))
        else {
            return false;
        };
        let mut used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = used.entry(pass.to_owned()).or_default();
        *used += 1;
        now.as_millisecond() < until && files.fetches.is_none_or(|most| *used <= most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    #[test]
    fn a_pass_is_good_until_its_time_and_for_so_many_fetches() {
        let files = Files { lives_ms: Some(100), fetches: Some(2), ..Files::default() };
        let (passes, query) = (Passes::default(), Passes::fresh(&files, at(1_000)));
        let query = query.strip_prefix('?').unwrap();
        assert!(!passes.admit(&files, query, at(1_100)), "its time has come");
        assert!(passes.admit(&files, query, at(1_099)));
        assert!(!passes.admit(&files, query, at(1_000)), "it was used twice");
        assert!(!passes.admit(&files, "", at(1_000)), "there is no pass");
    }

    #[test]
    fn where_nothing_is_said_addresses_have_no_pass_and_need_none() {
        assert_eq!(Passes::fresh(&Files::default(), at(0)), "");
        assert!(Passes::default().admit(&Files::default(), "", at(0)));
    }
}
