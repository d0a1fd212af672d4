//! How an upload ends: with its ids, with those of the same recording, or with none.

use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::domain::reference::ReferenceId;
use crate::store::references::means;
use crate::store::{Rev, Store, StoreError};

impl Store {
    /// Ends an upload without ids; says whether it was still wanted.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn fail_upload(&mut self, id: ReferenceId, message: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE library SET upload = 'failed', upload_message = ?2, upload_due = NULL, rev = ?3
                   WHERE id = ?1 AND upload IN ('waiting', 'sending')";
        self.change_upload(|tx, rev| tx.execute(sql, params![id.0, message, rev]))
    }

    /// Gives a reference the ids that its upload came to. Those that it had before go on meaning it. The frozen
    /// copy is not needed any more. Says whether it was still wanted.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn finish_upload(
        &mut self,
        id: ReferenceId,
        voice_id: Option<&str>,
        instrumental_id: Option<&str>,
        key_print: Option<&str>,
    ) -> Result<bool, StoreError> {
        self.change_upload(|tx, rev| finish(tx, id, [voice_id, instrumental_id], key_print, rev))
    }

    /// Gives an upload that was fetched from an address the ids of a reference that holds the same recording: it
    /// was uploaded to the service for the same purpose with the same key. Says so in its note, and whether there
    /// is such a one. Where it was to be uploaded anew, its address was uploaded before, or it has ids, a person
    /// wants it sent once more.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn finish_as_known(&mut self, id: ReferenceId, key_print: Option<&str>) -> Result<bool, StoreError> {
        self.change_upload(|tx, rev| {
            let sql = "SELECT known.name, known.voice_id, known.instrumental_id
                       FROM library AS known JOIN library AS own ON own.id = ?1
                       WHERE known.id <> own.id AND known.content = own.content AND known.part IS own.part
                         AND known.purpose = own.purpose AND known.service = own.service
                         AND known.key_print IS ?2 AND known.refused IS NULL AND known.upload IS NULL
                         AND coalesce(known.voice_id, known.instrumental_id) IS NOT NULL
                         AND own.upload_force & 2 = 0
                         AND own.upload = 'sending' AND coalesce(own.voice_id, own.instrumental_id) IS NULL
                         AND NOT EXISTS (
                           SELECT 1 FROM library AS same
                           WHERE same.id <> own.id AND same.url = own.url AND same.part IS own.part
                             AND same.purpose = own.purpose AND same.service = own.service
                             AND coalesce(same.voice_id, same.instrumental_id) IS NOT NULL)
                       ORDER BY known.id LIMIT 1";
            let text = |row: &Row<'_>, column| row.get::<_, Option<String>>(column);
            let known = tx.query_row(sql, params![id.0, key_print], |row| {
                Ok((row.get::<_, String>(0)?, text(row, 1)?, text(row, 2)?))
            });
            let Some((name, voice, instrumental)) = known.optional()? else { return Ok(0) };
            let note = format!("the same recording as {name}, with its ids; it was not sent again");
            tx.execute("UPDATE library SET note = ?2 WHERE id = ?1 AND note = ''", params![id.0, note])?;
            finish(tx, id, [voice.as_deref(), instrumental.as_deref()], key_print, rev)
        })
    }
}

/// Ends an upload with the ids of its voice and of its music.
fn finish(
    tx: &Transaction<'_>,
    id: ReferenceId,
    ids: [Option<&str>; 2],
    key_print: Option<&str>,
    rev: Rev,
) -> rusqlite::Result<usize> {
    let sql = "UPDATE library SET voice_id = ?2, instrumental_id = ?3, key_print = ?4, upload = NULL,
                      upload_message = NULL, upload_due = NULL, recording = NULL, refused = NULL, rev = ?5
               WHERE id = ?1 AND upload = 'sending'";
    let changed = tx.execute(sql, params![id.0, ids[0], ids[1], key_print, rev])?;
    for value in ids.into_iter().flatten().filter(|_| changed == 1) {
        means(tx, id, value)?;
    }
    Ok(changed)
}
