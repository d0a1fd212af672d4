//! What a person wants of an upload: that it is, that it is tried again, that it is no more.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::set_recording;
use crate::domain::recording::{Frozen, Part};
use crate::domain::reference::{Purpose, ReferenceId};
use crate::domain::service::Service;
use crate::store::references::{self, bury};
use crate::store::values::{millis, to_json};
use crate::store::{Durability, Store, StoreError};

/// What is uploaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file of the person's, frozen.
    File { file: PathBuf, frozen: Frozen },
    /// A recording on the web, which the worker fetches first.
    Url(String),
}

/// An upload to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUpload {
    pub name: String,
    pub purpose: Purpose,
    pub service: Service,
    pub source: Source,
    pub part: Option<Part>,
    /// A person insists, though it breaks a rule that is hearsay.
    pub force: bool,
    /// Fingerprint of the key at hand.
    pub key_print: Option<String>,
    /// Upload it even where the same content is in the library.
    pub anew: bool,
}

/// What became of something that was to be added to the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    New(ReferenceId),
    /// It is there already, or its content for the same purpose; nothing was written.
    Known(ReferenceId),
    /// One of its ids was there; the other is now.
    Completed(ReferenceId),
}

impl Added {
    /// The reference that it is now.
    #[must_use]
    pub fn reference(self) -> ReferenceId {
        let (Self::New(id) | Self::Known(id) | Self::Completed(id)) = self;
        id
    }
}

/// What became of an upload that a person stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It had no ids, so it is gone from the library.
    Removed,
    /// It keeps the ids that it had.
    Kept,
    /// There was nothing to stop.
    Nothing,
}

impl Store {
    /// Writes an upload down, unless the same content was uploaded to the service for the same purpose with
    /// the same key.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn add_upload(&mut self, new: &NewUpload, now: Timestamp) -> Result<Added, StoreError> {
        let part = new.part.as_ref().map(to_json).transpose()?;
        self.write(Durability::Ordinary, |tx, rev| {
            if let Some(known) = uploaded_before(tx, new)?.filter(|_| !new.anew) {
                return Ok(Added::Known(known));
            }
            let (url, file, frozen) = match &new.source {
                Source::Url(url) => (Some(url), None, None),
                Source::File { file, frozen } => (None, Some(file.to_string_lossy()), Some(frozen)),
            };
            tx.execute(
                "INSERT INTO library (name, purpose, service, url, file, part, content, recording, duration_ms,
                                      upload, upload_bytes, upload_due, upload_since, upload_force, created, rev)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'waiting', ?10, ?11, ?11, ?12, ?11, ?13)",
                params![
                    new.name,
                    references::written(new.purpose),
                    new.service.to_string(),
                    url,
                    file,
                    part,
                    frozen.map(|frozen| &frozen.content),
                    frozen.map(|frozen| &frozen.name),
                    frozen.map(|frozen| frozen.duration_ms),
                    frozen.map_or(0, |frozen| frozen.bytes),
                    millis(now),
                    insists(new.force, new.anew),
                    rev
                ],
            )?;
            Ok(Added::New(ReferenceId(tx.last_insert_rowid())))
        })
    }

    /// Has a reference uploaded once more, from a recording frozen anew or from its address; says whether it
    /// was not under way already. Whoever insisted on an upload that failed still does; what was insisted on for
    /// one that has ended well counts for that one alone.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn upload_again(
        &mut self,
        id: ReferenceId,
        frozen: Option<&Frozen>,
        force: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.change_upload(|tx, rev| {
            let sql = "UPDATE library SET upload = 'waiting', upload_sent = 0, upload_message = NULL,
                              upload_tries = 0, upload_due = ?2, upload_since = ?2,
                              upload_force = CASE WHEN upload IS NULL THEN ?5 ELSE upload_force | ?5 END, rev = ?3
                       WHERE id = ?1 AND purpose IN ('voice', 'instrumental', 'song')
                         AND (upload IS NULL OR upload = 'failed')
                         AND (?4 OR recording IS NOT NULL OR url IS NOT NULL)";
            let begun = tx.execute(sql, params![id.0, millis(now), rev, frozen.is_some(), insists(force, false)])?;
            sent_from(tx, id, frozen, begun)
        })
    }

    /// Has an upload that waits tried now, as often and as long as one that was asked for just now, from a recording
    /// frozen anew where there is one; says whether it waits.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn try_upload_now(
        &mut self,
        id: ReferenceId,
        frozen: Option<&Frozen>,
        force: bool,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.change_upload(|tx, rev| {
            let sql = "UPDATE library SET upload_message = NULL, upload_tries = 0, upload_due = ?2, upload_since = ?2,
                              upload_force = upload_force | ?4, rev = ?3
                       WHERE id = ?1 AND upload = 'waiting'";
            let waits = tx.execute(sql, params![id.0, millis(now), rev, insists(force, false)])?;
            sent_from(tx, id, frozen, waits)
        })
    }

    /// Stops an upload: what is under way is broken off, what failed is put aside.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn stop_upload(&mut self, id: ReferenceId) -> Result<Stopped, StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let kept = "UPDATE library SET upload = NULL, upload_message = NULL, recording = NULL, rev = ?2
                        WHERE id = ?1 AND upload IS NOT NULL AND coalesce(voice_id, instrumental_id) IS NOT NULL";
            if tx.execute(kept, params![id.0, rev])? == 1 {
                return Ok(Stopped::Kept);
            }
            if tx.execute("DELETE FROM library WHERE id = ?1 AND upload IS NOT NULL", [id.0])? == 1 {
                bury(tx, "reference", id.0, rev)?;
                return Ok(Stopped::Removed);
            }
            Ok(Stopped::Nothing)
        })
    }
}

/// What a person insists on, as the row holds it: 1 that a rule of hearsay gives way, 2 that it is sent though
/// its content is in the library. What is at an address is known only once it was fetched.
fn insists(force: bool, anew: bool) -> u8 {
    u8::from(force) | (u8::from(anew) << 1)
}

/// Writes down what is sent from now on, where the row was changed and something was frozen for it.
fn sent_from(
    tx: &Transaction<'_>,
    id: ReferenceId,
    frozen: Option<&Frozen>,
    changed: usize,
) -> rusqlite::Result<usize> {
    if let Some(frozen) = frozen.filter(|_| changed == 1) {
        set_recording(tx, id, frozen)?;
    }
    Ok(changed)
}

/// The reference that the same content came to, or is coming to. What is at an address is not known before it
/// is fetched: there the same part of the same address counts.
fn uploaded_before(tx: &Transaction<'_>, new: &NewUpload) -> Result<Option<ReferenceId>, StoreError> {
    let (same, of) = match &new.source {
        Source::File { frozen, .. } => ("content = ?1", &frozen.content),
        Source::Url(url) => ("url = ?1", url),
    };
    let sql = format!(
        "SELECT id FROM library
         WHERE {same} AND part IS ?5 AND purpose = ?2 AND service = ?3 AND refused IS NULL
           AND (upload IS NULL OR upload <> 'failed')
           AND (key_print IS NULL OR ?4 IS NULL OR key_print = ?4)
         ORDER BY id LIMIT 1"
    );
    let part = new.part.as_ref().map(to_json).transpose()?;
    let values = params![of, references::written(new.purpose), new.service.to_string(), new.key_print, part];
    Ok(tx.query_row(&sql, values, |row| row.get(0).map(ReferenceId)).optional()?)
}
