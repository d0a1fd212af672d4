//! Uploads: how a reference comes to its ids. An upload is a row of the library that has none yet, or whose
//! ids the service no longer takes.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::references::{self, COLUMNS, bury, from_row};
use super::values::{millis, moment, to_json};
use super::{Durability, Rev, Store, StoreError, trip};
use crate::domain::recording::{Frozen, Part};
use crate::domain::reference::{Purpose, Reference, ReferenceId};
use crate::domain::service::Service;
use crate::domain::uploading::NEEDS_KEY;
use crate::failpoint::Point;

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

/// An upload with what only the worker needs to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct UploadJob {
    /// Its `upload` is always there.
    pub reference: Reference,
    /// When a person last asked for it.
    pub since: Timestamp,
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
            trip(Point::UploadRow)?;
            Ok(Added::New(ReferenceId(tx.last_insert_rowid())))
        })
    }

    /// Has a reference uploaded once more, from a recording frozen anew or from its address; says whether it
    /// was not under way already. Whoever insisted once still does.
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
                              upload_force = upload_force | ?5, rev = ?3
                       WHERE id = ?1 AND purpose IN ('voice', 'instrumental', 'song')
                         AND (upload IS NULL OR upload = 'failed')
                         AND (?4 OR recording IS NOT NULL OR url IS NOT NULL)";
            let begun = tx.execute(sql, params![id.0, millis(now), rev, frozen.is_some(), insists(force, false)])?;
            if let Some(frozen) = frozen.filter(|_| begun == 1) {
                set_recording(tx, id, frozen)?;
            }
            Ok(begun)
        })
    }

    /// Has an upload that waits tried now, as often and as long as one that was asked for just now; says whether
    /// it waits.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn try_upload_now(&mut self, id: ReferenceId, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE library SET upload_message = NULL, upload_tries = 0, upload_due = ?2, upload_since = ?2,
                          rev = ?3
                   WHERE id = ?1 AND upload = 'waiting'";
        self.change_upload(|tx, rev| tx.execute(sql, params![id.0, millis(now), rev]))
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

    /// The uploads of a service that wait or are under way, the oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn live_uploads(&self, service: &Service) -> Result<Vec<UploadJob>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS}, upload_since FROM library WHERE service = ?1 AND upload IN ('waiting', 'sending')
             ORDER BY upload_since, id"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let job = |row: &Row<'_>| {
            let since = row.get::<_, Option<i64>>("upload_since")?;
            let reference = from_row(row)?;
            Ok(UploadJob { since: since.map_or(reference.created, moment), reference })
        };
        let rows = statement.query_map([service.to_string()], job)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Uploads that were begun, and are not under way any more, wait again.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn resume_uploads(&mut self, service: &Service) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let sql = "UPDATE library SET upload = 'waiting', upload_sent = 0, rev = ?2
                       WHERE service = ?1 AND upload = 'sending'";
            tx.execute(sql, params![service.to_string(), rev])?;
            Ok(())
        })
    }

    /// Has an upload that was broken off wait again; says whether it was under way.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_upload_off(&mut self, id: ReferenceId) -> Result<bool, StoreError> {
        let sql = "UPDATE library SET upload = 'waiting', upload_sent = 0, rev = ?2
                   WHERE id = ?1 AND upload = 'sending'";
        self.change_upload(|tx, rev| tx.execute(sql, params![id.0, rev]))
    }

    /// Begins an upload, unless it was stopped; says whether it may go. The worker that holds the seat alone
    /// begins uploads: one that stands as begun and is not under way there was lost.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn begin_upload(&mut self, id: ReferenceId, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE library SET upload = 'sending', upload_sent = 0, upload_message = NULL, upload_due = ?2,
                          rev = ?3
                   WHERE id = ?1 AND upload IN ('waiting', 'sending')";
        let begun = self.change_upload(|tx, rev| tx.execute(sql, params![id.0, millis(now), rev]))?;
        trip(Point::UploadBegun)?;
        Ok(begun)
    }

    /// What an upload from an address turned out to be; says whether it is still wanted.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn fetched_for_upload(&mut self, id: ReferenceId, frozen: &Frozen) -> Result<bool, StoreError> {
        self.change_upload(|tx, rev| {
            let sql = "UPDATE library SET rev = ?2 WHERE id = ?1 AND upload = 'sending'";
            let wanted = tx.execute(sql, params![id.0, rev])?;
            if wanted == 1 {
                set_recording(tx, id, frozen)?;
            }
            Ok(wanted)
        })
    }

    /// Says that the frozen copy of an upload is gone; its length stays, as what was heard of it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn lose_recording(&mut self, id: ReferenceId) -> Result<bool, StoreError> {
        let sql = "UPDATE library SET recording = NULL, rev = ?2 WHERE id = ?1 AND upload = 'sending'";
        self.change_upload(|tx, rev| tx.execute(sql, params![id.0, rev]))
    }

    /// How far an upload is, in bytes; says whether it is still wanted.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn report_upload(&mut self, id: ReferenceId, sent: u64, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE library SET upload_sent = ?2, upload_due = ?3, rev = ?4 WHERE id = ?1 AND upload = 'sending'";
        self.change_upload(|tx, rev| tx.execute(sql, params![id.0, sent, millis(now), rev]))
    }

    /// Tries an upload again later; says whether it is still wanted.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn delay_upload(&mut self, id: ReferenceId, message: &str, due: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE library SET upload = 'waiting', upload_sent = 0, upload_message = ?2, upload_due = ?3,
                          upload_tries = upload_tries + 1, rev = ?4
                   WHERE id = ?1 AND upload IN ('waiting', 'sending')";
        self.change_upload(|tx, rev| tx.execute(sql, params![id.0, message, millis(due), rev]))
    }

    /// Ends an upload without ids; says whether it was still wanted.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn fail_upload(&mut self, id: ReferenceId, message: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE library SET upload = 'failed', upload_message = ?2, upload_due = NULL, rev = ?3
                   WHERE id = ?1 AND upload IN ('waiting', 'sending')";
        self.change_upload(|tx, rev| tx.execute(sql, params![id.0, message, rev]))
    }

    pub(super) fn change_upload(
        &mut self,
        change: impl FnOnce(&Transaction<'_>, Rev) -> rusqlite::Result<usize>,
    ) -> Result<bool, StoreError> {
        self.write(Durability::Ordinary, |tx, rev| Ok(change(tx, rev)? == 1))
    }
}

/// What a person insists on, as the row holds it: 1 that a rule of hearsay gives way, 2 that it is sent though
/// its content is in the library. What is at an address is known only once it was fetched.
fn insists(force: bool, anew: bool) -> u8 {
    u8::from(force) | (u8::from(anew) << 1)
}

fn set_recording(tx: &Transaction<'_>, id: ReferenceId, frozen: &Frozen) -> rusqlite::Result<usize> {
    let sql = "UPDATE library SET content = ?2, recording = ?3, duration_ms = ?4, upload_bytes = ?5 WHERE id = ?1";
    tx.execute(sql, params![id.0, frozen.content, frozen.name, frozen.duration_ms, frozen.bytes])
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

/// Makes the waiting uploads of a service say that they wait for its key.
pub(super) fn wait_for_key(tx: &Transaction<'_>, service: &Service, rev: Rev) -> rusqlite::Result<usize> {
    let sql = "UPDATE library SET upload_message = ?2, rev = ?3
               WHERE service = ?1 AND upload = 'waiting' AND upload_message IS NOT ?2";
    tx.execute(sql, params![service.to_string(), NEEDS_KEY, rev])
}
