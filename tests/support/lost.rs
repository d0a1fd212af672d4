//! Answers that were lost, and rows as they are when some time has passed.

use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::{Status, TakeId};
use refrain::store::Durability;
use refrain::store::generations::Change;

use super::studio::Studio;

/// As if the answer to a take had been lost so long ago, and nobody had looked since. Where it was to be looked for a
/// quarter of an hour, that is over.
pub fn aged(studio: &Studio, take: TakeId, age: SignedDuration) {
    let at = Timestamp::now() - age;
    let until = at + SignedDuration::from_mins(15);
    let old = Change::default().sent(Some(at)).finished(Some(at)).sought(Some(until)).looked(at);
    assert!(studio.store().advance(take, &[Status::Unknown], old, Durability::Ordinary).unwrap());
}
