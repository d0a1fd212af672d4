//! Uploads: how a reference comes to its ids. An upload is a row of the library that has none yet, or whose
//! ids the service no longer takes. What a person wants done with one, what the worker says of it, and how it
//! ends: each in a file of its own.

mod asked;
mod driven;
mod ended;

use rusqlite::{Transaction, params};

use super::{Durability, Rev, Store, StoreError};
use crate::domain::recording::Frozen;
use crate::domain::reference::ReferenceId;

pub use asked::{Added, NewUpload, Source, Stopped};
pub use driven::UploadJob;
pub(super) use driven::wait_for_key;

impl Store {
    fn change_upload(
        &mut self,
        change: impl FnOnce(&Transaction<'_>, Rev) -> rusqlite::Result<usize>,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Ordinary, |tx, rev| Ok(change(tx, rev)? == 1))
    }
}

fn set_recording(tx: &Transaction<'_>, id: ReferenceId, frozen: &Frozen) -> rusqlite::Result<usize> {
    let sql = "UPDATE library SET content = ?2, recording = ?3, duration_ms = ?4, upload_bytes = ?5 WHERE id = ?1";
    tx.execute(sql, params![id.0, frozen.content, frozen.name, frozen.duration_ms, frozen.bytes])
}
