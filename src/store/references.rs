//! The library of references.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::values::{from_json, millis, moment};
use super::{Durability, Rev, Store, StoreError};
use crate::domain::reference::{Purpose, Reference, ReferenceId};

/// The count is of takes that were made with the reference's address.
pub(super) const COLUMNS: &str = "id, name, purpose, url, note, created,
    (SELECT count(*) FROM takes WHERE takes.reference = library.url)";

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Reference> {
    Ok(Reference {
        id: ReferenceId(row.get(0)?),
        name: row.get(1)?,
        purpose: from_json::<Purpose>(&format!("\"{}\"", row.get::<_, String>(2)?))?,
        url: row.get(3)?,
        note: row.get(4)?,
        created: moment(row.get(5)?),
        takes: row.get(6)?,
    })
}

impl Store {
    /// The library, in the order in which it came together.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn references(&self) -> Result<Vec<Reference>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM library ORDER BY id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Adds an address to the library, or finds it there.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_reference(&mut self, name: &str, url: &str, now: Timestamp) -> Result<ReferenceId, StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let known = tx.query_row("SELECT id FROM library WHERE url = ?1", [url], |row| row.get(0));
            if let Ok(id) = known {
                tx.execute("UPDATE library SET name = ?2, rev = ?3 WHERE id = ?1", params![id, name, rev])?;
                return Ok(ReferenceId(id));
            }
            tx.execute(
                "INSERT INTO library (name, purpose, url, created, rev) VALUES (?1, 'url', ?2, ?3, ?4)",
                params![name, url, millis(now), rev],
            )?;
            Ok(ReferenceId(tx.last_insert_rowid()))
        })
    }

    /// Gives a reference another name.
    ///
    /// # Errors
    /// When there is no such reference.
    pub fn rename_reference(&mut self, id: ReferenceId, name: &str) -> Result<(), StoreError> {
        self.change_reference(id, "UPDATE library SET name = ?2, rev = ?3 WHERE id = ?1", name)
    }

    /// Writes a note on a reference.
    ///
    /// # Errors
    /// When there is no such reference.
    pub fn note_reference(&mut self, id: ReferenceId, note: &str) -> Result<(), StoreError> {
        self.change_reference(id, "UPDATE library SET note = ?2, rev = ?3 WHERE id = ?1", note)
    }

    /// Takes a reference out of the library; takes made with it keep it.
    ///
    /// # Errors
    /// When there is no such reference.
    pub fn forget_reference(&mut self, id: ReferenceId) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let changed = tx.execute("DELETE FROM library WHERE id = ?1", [id.0])?;
            bury(tx, "reference", id.0, rev)?;
            found(changed, id)
        })
    }

    fn change_reference(&mut self, id: ReferenceId, sql: &str, text: &str) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| found(tx.execute(sql, params![id.0, text, rev])?, id))
    }
}

/// Leaves a tombstone for a removed row.
pub(super) fn bury(tx: &rusqlite::Transaction<'_>, kind: &str, id: i64, rev: Rev) -> rusqlite::Result<usize> {
    tx.execute("INSERT OR REPLACE INTO tombstones (kind, id, rev) VALUES (?1, ?2, ?3)", params![kind, id, rev])
}

fn found(changed: usize, id: ReferenceId) -> Result<(), StoreError> {
    if changed == 0 { Err(StoreError::Missing { kind: "reference", id: id.0 }) } else { Ok(()) }
}
