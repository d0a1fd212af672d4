//! The library of references. Their uploads are in [`super::uploads`].

use std::collections::HashSet;
use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{Connection, Row, Transaction, params};

use super::uploads::Added;
use super::values::{from_json, millis, moment, to_json};
use super::{Durability, Rev, Store, StoreError};
use crate::domain::made_with::MadeWith;
use crate::domain::recording::{self, Frozen, Part};
use crate::domain::reference::{self, Purpose, Reference, ReferenceId, Upload, UploadState};
use crate::domain::service::Service;

/// The count is of takes that were made with any value that means the reference, or meant it once.
pub(super) const COLUMNS: &str = "id, name, purpose, url, note, created, service, voice_id, instrumental_id,
    duration_ms, key_print, content, file, part, recording, refused,
    upload, upload_sent, upload_bytes, upload_message, upload_tries, upload_due, upload_force & 1 AS upload_force,
    (SELECT json_group_array(value) FROM meanings WHERE meanings.reference = library.id) AS meant_by,
    (SELECT count(DISTINCT take) FROM uses JOIN meanings USING (value) WHERE meanings.reference = library.id) AS takes";

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Reference> {
    let written: Purpose = from_json(&format!("\"{}\"", row.get::<_, String>("purpose")?))?;
    let url: Option<String> = row.get("url")?;
    let reference = Reference {
        id: ReferenceId(row.get("id")?),
        name: row.get("name")?,
        purpose: if written == Purpose::Url && url.is_none() { Purpose::File } else { written },
        service: row.get::<_, Option<String>>("service")?.map(Service::from),
        url,
        voice_id: row.get("voice_id")?,
        instrumental_id: row.get("instrumental_id")?,
        former: Vec::new(),
        duration_ms: row.get("duration_ms")?,
        bytes: row.get::<_, Option<u64>>("upload_bytes")?.filter(|bytes| *bytes > 0),
        key_print: row.get("key_print")?,
        content: row.get("content")?,
        file: row.get::<_, Option<String>>("file")?.map(PathBuf::from),
        part: row.get::<_, Option<String>>("part")?.map(|part| from_json::<Part>(&part)).transpose()?,
        recording: row.get("recording")?,
        refused: row.get("refused")?,
        upload: upload(row)?,
        note: row.get("note")?,
        created: moment(row.get("created")?),
        takes: row.get("takes")?,
    };
    let meant_by: Vec<String> = from_json(&row.get::<_, String>("meant_by")?)?;
    let former = meant_by.into_iter().filter(|value| !reference.is_meant_by(value)).collect();
    Ok(Reference { former, ..reference })
}

fn upload(row: &Row<'_>) -> rusqlite::Result<Option<Upload>> {
    let state = row.get::<_, Option<String>>("upload")?.and_then(|state| UploadState::named(&state));
    let Some(state) = state else { return Ok(None) };
    Ok(Some(Upload {
        state,
        sent: row.get("upload_sent")?,
        bytes: row.get("upload_bytes")?,
        message: row.get("upload_message")?,
        tries: row.get("upload_tries")?,
        due: row.get::<_, Option<i64>>("upload_due")?.map(moment),
        force: row.get("upload_force")?,
    }))
}

/// The references whose upload waits or is under way, of all services.
pub(super) fn uploading(connection: &Connection) -> Result<Vec<Reference>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM library WHERE upload IN ('waiting', 'sending') ORDER BY id");
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How a purpose stands in the database: older screens know no files.
pub(super) fn written(purpose: Purpose) -> &'static str {
    if purpose == Purpose::File { Purpose::Url.name() } else { purpose.name() }
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

    /// One reference.
    ///
    /// # Errors
    /// When there is no such reference.
    pub fn reference(&self, id: ReferenceId) -> Result<Reference, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM library WHERE id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query_map([id.0], from_row)?;
        rows.next().ok_or(StoreError::Missing { kind: "reference", id: id.0 })?.map_err(StoreError::from)
    }

    /// Adds an address to the library, or finds it there.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_reference(&mut self, name: &str, url: &str, now: Timestamp) -> Result<ReferenceId, StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let known =
                tx.query_row("SELECT id FROM library WHERE purpose = 'url' AND url = ?1", [url], |row| row.get(0));
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

    /// Keeps a frozen recording that is sent along with orders, or finds it in the library.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_recording(
        &mut self,
        name: &str,
        file: &std::path::Path,
        part: Option<Part>,
        frozen: &Frozen,
        now: Timestamp,
    ) -> Result<Added, StoreError> {
        let part = part.as_ref().map(to_json).transpose()?;
        self.write(Durability::Ordinary, |tx, rev| {
            let sql = "SELECT id FROM library WHERE purpose = 'url' AND recording = ?1";
            if let Ok(id) = tx.query_row(sql, [&frozen.name], |row| row.get(0)) {
                return Ok(Added::Known(ReferenceId(id)));
            }
            tx.execute(
                "INSERT INTO library (name, purpose, file, part, content, recording, duration_ms, upload_bytes,
                                      created, rev)
                 VALUES (?1, 'url', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    name,
                    file.to_string_lossy(),
                    part,
                    frozen.content,
                    frozen.name,
                    frozen.duration_ms,
                    frozen.bytes,
                    millis(now),
                    rev
                ],
            )?;
            let id = ReferenceId(tx.last_insert_rowid());
            means(tx, id, &recording::setting(&frozen.name))?;
            Ok(Added::New(id))
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

    /// Takes a reference out of the library, with its upload if one is under way; takes made with it keep it.
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

    /// Marks the reference that a service did not take under that id; says whether it is in the library.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn refuse_reference(&mut self, service: &Service, value: &str, sentence: &str) -> Result<bool, StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let sql = "UPDATE library SET refused = ?3, rev = ?4
                       WHERE service = ?1 AND (voice_id = ?2 OR instrumental_id = ?2)";
            Ok(tx.execute(sql, params![service.to_string(), value, sentence, rev])? > 0)
        })
    }

    /// Takes back that a service did not take the reference under that id: it did.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn welcome_reference(&mut self, service: &Service, value: &str) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let sql = "UPDATE library SET refused = NULL, rev = ?3
                       WHERE service = ?1 AND (voice_id = ?2 OR instrumental_id = ?2) AND refused IS NOT NULL";
            Ok(tx.execute(sql, params![service.to_string(), value, rev]).map(drop)?)
        })
    }

    /// The frozen recordings that a reference, a take, a draft or an earlier version of one still has.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn recordings_in_use(&self) -> Result<HashSet<String>, StoreError> {
        let sql = "SELECT recording FROM library WHERE recording IS NOT NULL
                   UNION SELECT substr(value, 11) FROM uses WHERE value LIKE 'recording:%'
                   UNION SELECT substr(setting.value, 11)
                         FROM (SELECT draft FROM drafts UNION ALL SELECT draft FROM versions) AS texts,
                              json_each(texts.draft, '$.settings') AS setting
                         WHERE setting.value LIKE 'recording:%'";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn change_reference(&mut self, id: ReferenceId, sql: &str, text: &str) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| found(tx.execute(sql, params![id.0, text, rev])?, id))
    }
}

/// Remembers that a setting of that value means the reference, from now on and whatever it is changed to.
pub(super) fn means(tx: &Transaction<'_>, id: ReferenceId, value: &str) -> rusqlite::Result<usize> {
    tx.execute("INSERT OR IGNORE INTO meanings (value, reference) VALUES (?1, ?2)", params![value, id.0])
}

/// What a take is ordered with, with what the library knows of it at this moment: of several references that its
/// value means, that which belongs to the service.
pub(super) fn as_known(tx: &Transaction<'_>, used: &MadeWith, service: &Service) -> rusqlite::Result<MadeWith> {
    let sql = format!(
        "SELECT {COLUMNS} FROM library WHERE id IN (SELECT reference FROM meanings WHERE value = ?1) ORDER BY id"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let known = statement.query_map([&used.value], from_row)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let meant = reference::meant_by(&used.value, &known, Some(service));
    Ok(meant.map_or_else(|| used.clone(), |reference| used.clone().known_as(reference)))
}

/// Writes down which values of settings a take was made with, and that their references have one take more.
pub(super) fn uses(tx: &Transaction<'_>, take: i64, uses: &[MadeWith], rev: Rev) -> rusqlite::Result<()> {
    for MadeWith { value, .. } in uses {
        tx.prepare_cached("INSERT OR IGNORE INTO uses (value, take) VALUES (?1, ?2)")?.execute(params![value, take])?;
    }
    recount(tx, take, rev)
}

/// Has the references that a take was made with told anew, as their count changes.
pub(super) fn recount(tx: &Transaction<'_>, take: i64, rev: Rev) -> rusqlite::Result<()> {
    let sql = "UPDATE library SET rev = ?2
               WHERE id IN (SELECT reference FROM meanings JOIN uses USING (value) WHERE uses.take = ?1)";
    tx.prepare_cached(sql)?.execute(params![take, rev]).map(drop)
}

/// Leaves a tombstone for a removed row.
pub(super) fn bury(tx: &Transaction<'_>, kind: &str, id: i64, rev: Rev) -> rusqlite::Result<usize> {
    tx.execute("INSERT OR REPLACE INTO tombstones (kind, id, rev) VALUES (?1, ?2, ?3)", params![kind, id, rev])
}

pub(super) fn found(changed: usize, id: ReferenceId) -> Result<(), StoreError> {
    if changed == 0 { Err(StoreError::Missing { kind: "reference", id: id.0 }) } else { Ok(()) }
}
