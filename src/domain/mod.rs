//! The nouns of refrain and what is true of them: no clock, no randomness, no I/O, no async.
//!
//! Everything here is a value or a function of values, so each rule can be tested as a table.

pub mod address;
pub mod age;
pub mod budget;
pub mod catalogue;
pub mod credits;
pub mod draft;
pub mod enclosure;
pub mod filename;
pub mod fit;
pub mod generation;
pub mod ids;
pub mod lateness;
pub mod length;
pub mod lines;
pub mod lyrics;
pub mod made_with;
pub mod money;
pub mod news;
pub mod once;
pub mod price;
pub mod recording;
pub mod reference;
pub mod service;
pub mod setting;
pub mod song;
pub mod standing;
pub mod step;
pub mod stray;
pub mod terms;
pub mod untrusted;
pub mod uploading;
pub mod using;
pub mod usual;
pub mod way;
pub mod why;
pub mod wording;
pub mod written;
