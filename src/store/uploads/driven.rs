//! What the worker says of an upload while it is under way.

use jiff::Timestamp;
use rusqlite::{Row, Transaction, params};

use super::set_recording;
use crate::domain::recording::Frozen;
use crate::domain::reference::{Reference, ReferenceId};
use crate::domain::service::Service;
use crate::domain::uploading::NEEDS_KEY;
use crate::store::references::{COLUMNS, from_row};
use crate::store::values::{millis, moment};
use crate::store::{Durability, Rev, Store, StoreError};

/// An upload with what only the worker needs to know of it.
#[derive(Clone, Debug, PartialEq)]
pub struct UploadJob {
    /// Its `upload` is always there.
    pub reference: Reference,
    /// When a person last asked for it.
    pub since: Timestamp,
}

impl Store {
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
    pub fn resume_uploads(&mut self, service: &Service, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let sql = "UPDATE library SET upload = 'waiting', upload_sent = 0, upload_due = ?3, rev = ?2
                       WHERE service = ?1 AND upload = 'sending'";
            tx.execute(sql, params![service.to_string(), rev, millis(now)])?;
            Ok(())
        })
    }

    /// Has an upload that was broken off wait again; says whether it was under way.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn put_upload_off(&mut self, id: ReferenceId, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE library SET upload = 'waiting', upload_sent = 0, upload_due = ?3, rev = ?2
                   WHERE id = ?1 AND upload = 'sending'";
        self.change_upload(|tx, rev| tx.execute(sql, params![id.0, rev, millis(now)]))
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
        self.change_upload(|tx, rev| tx.execute(sql, params![id.0, millis(now), rev]))
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

    /// How far an upload is, in bytes, and when it last moved: a later moment where it may stand still until
    /// then. Says whether it is still wanted.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn report_upload(&mut self, id: ReferenceId, sent: u64, moved: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE library SET upload_sent = ?2, upload_due = ?3, rev = ?4 WHERE id = ?1 AND upload = 'sending'";
        self.change_upload(|tx, rev| tx.execute(sql, params![id.0, sent, millis(moved), rev]))
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
}

/// Makes the waiting uploads of a service say that they wait for its key.
pub(in crate::store) fn wait_for_key(tx: &Transaction<'_>, service: &Service, rev: Rev) -> rusqlite::Result<usize> {
    let sql = "UPDATE library SET upload_message = ?2, rev = ?3
               WHERE service = ?1 AND upload = 'waiting' AND upload_message IS NOT ?2";
    tx.execute(sql, params![service.to_string(), NEEDS_KEY, rev])
}
