//! Ids that were made elsewhere, on their way into the library.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::references::{means, written};
use super::uploads::Added;
use super::values::millis;
use super::{Durability, Rev, Store, StoreError};
use crate::domain::reference::{Purpose, ReferenceId};
use crate::domain::service::Service;

/// Ids that were made elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewIds {
    pub name: String,
    pub service: Service,
    pub voice_id: Option<String>,
    pub instrumental_id: Option<String>,
    pub key_print: Option<String>,
}

impl NewIds {
    /// What has both ids is a song.
    fn purpose(&self) -> Purpose {
        match (&self.voice_id, &self.instrumental_id) {
            (Some(_), Some(_)) => Purpose::Song,
            (None, Some(_)) => Purpose::Instrumental,
            (_, None) => Purpose::Voice,
        }
    }

    fn values(&self) -> impl Iterator<Item = &String> {
        [&self.voice_id, &self.instrumental_id].into_iter().flatten()
    }
}

impl Store {
    /// Adds ids that were made elsewhere, or finds the reference that has them. Where one of two is known, the
    /// other is written beside it; a reference that came from a recording, or has another one there, keeps what
    /// it has, and the new id is a reference of its own.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_ids(&mut self, new: &NewIds, now: Timestamp) -> Result<Added, StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let of = |value: &Option<String>| holder(tx, &new.service, value.as_deref());
            let (of_voice, of_instrumental) = (of(&new.voice_id)?, of(&new.instrumental_id)?);
            let Some(known) = of_voice.or(of_instrumental) else {
                return insert(tx, new, now, rev).map(Added::New);
            };
            let rest = NewIds {
                voice_id: new.voice_id.clone().filter(|_| of_voice.is_none()),
                instrumental_id: new.instrumental_id.clone().filter(|_| of_instrumental.is_none()),
                ..new.clone()
            };
            if rest.values().next().is_none() {
                return Ok(Added::Known(known));
            }
            if complete(tx, known, &rest, rev)? {
                Ok(Added::Completed(known))
            } else {
                insert(tx, &rest, now, rev).map(Added::New)
            }
        })
    }
}

/// The reference that an id of a service means.
fn holder(tx: &Transaction<'_>, service: &Service, value: Option<&str>) -> Result<Option<ReferenceId>, StoreError> {
    let sql = "SELECT library.id FROM library JOIN meanings ON meanings.reference = library.id
               WHERE value = ?1 AND service = ?2 ORDER BY library.id LIMIT 1";
    let found = tx.query_row(sql, params![value, service.to_string()], |row| row.get(0).map(ReferenceId));
    Ok(found.optional()?)
}

/// Writes a second id beside the first, if there is room for it and both are of one account, as far as is known;
/// says whether there was.
fn complete(tx: &Transaction<'_>, id: ReferenceId, rest: &NewIds, rev: Rev) -> Result<bool, StoreError> {
    let sql = "UPDATE library SET voice_id = coalesce(voice_id, ?2), instrumental_id = coalesce(instrumental_id, ?3),
                      purpose = ?4, rev = ?5
               WHERE id = ?1 AND content IS NULL AND url IS NULL AND upload IS NULL
                 AND (?2 IS NULL OR voice_id IS NULL) AND (?3 IS NULL OR instrumental_id IS NULL)
                 AND (?6 IS NULL OR coalesce(key_print, ?6) = ?6)";
    let (song, key) = (written(Purpose::Song), &rest.key_print);
    let there_was_room = tx.execute(sql, params![id.0, rest.voice_id, rest.instrumental_id, song, rev, key])? == 1;
    for value in rest.values().filter(|_| there_was_room) {
        means(tx, id, value)?;
    }
    Ok(there_was_room)
}

fn insert(tx: &Transaction<'_>, new: &NewIds, now: Timestamp, rev: Rev) -> Result<ReferenceId, StoreError> {
    tx.execute(
        "INSERT INTO library (name, purpose, service, voice_id, instrumental_id, key_print, created, rev)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            new.name,
            written(new.purpose()),
            new.service.to_string(),
            new.voice_id,
            new.instrumental_id,
            new.key_print,
            millis(now),
            rev
        ],
    )?;
    let id = ReferenceId(tx.last_insert_rowid());
    for value in new.values() {
        means(tx, id, value)?;
    }
    Ok(id)
}
