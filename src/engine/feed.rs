//! What changed in the store since one last looked.

use jiff::Timestamp;

use crate::domain::generation::{Take, TakeId};
use crate::domain::reference::{Reference, ReferenceId};
use crate::domain::service::Service;
use crate::domain::song::{DraftRow, Song, SongId};

/// Everything that was committed since the last look, of every kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub songs: Vec<Song>,
    pub drafts: Vec<DraftRow>,
    pub takes: Vec<Take>,
    pub references: Vec<Reference>,
    pub facts: Vec<Fact>,
    pub gone_songs: Vec<SongId>,
    pub gone_takes: Vec<TakeId>,
    pub gone_references: Vec<ReferenceId>,
}

impl Changes {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Something the worker found out about a service, with its age.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub service: Service,
    pub name: FactName,
    /// What `name` says it is.
    pub value: f64,
    /// When the service said so.
    pub at: Timestamp,
}

/// The facts that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactName {
    /// US dollars left on the account.
    Balance,
}
