//! A song: a title, what is being written for it, and its takes.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::draft::Draft;

/// The song that takes go to for which none was named. It is not opened by that: people open it themselves.
pub const LOOSE: &str = "Loose takes";

/// The song that takes go to which were ordered elsewhere.
pub const ADOPTED: &str = "Adopted";

/// The number of a song in this store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SongId(pub i64);

/// A song as the list of songs shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Song {
    pub id: SongId,
    /// What the person calls it; never empty.
    pub title: String,
    pub created: Timestamp,
    /// When its draft or its takes last changed.
    pub touched: Timestamp,
}

/// Which state of a draft this is: 1 for the first, one more with each committed change.
///
/// A write names the revision it was typed on and loses if another came first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Revision(pub i64);

/// A song's draft as the store holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct DraftRow {
    pub song: SongId,
    pub revision: Revision,
    pub draft: Draft,
    pub saved: Timestamp,
    /// Who wrote this revision, as people would say it: `the screen on pts/3`.
    pub writer: String,
}
