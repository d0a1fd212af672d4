//! The drafts: compare-and-set on a revision, and the versions that losing or keeping makes.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::values::{from_json, millis, moment, to_json};
use super::{Durability, Store, StoreError, songs, trip};
use crate::domain::draft::Draft;
use crate::domain::song::{DraftRow, Revision, SongId};
use crate::failpoint::Point;

pub(super) const COLUMNS: &str = "song, revision, draft, saved, writer";

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<DraftRow> {
    Ok(DraftRow {
        song: SongId(row.get(0)?),
        revision: Revision(row.get(1)?),
        draft: from_json(&row.get::<_, String>(2)?)?,
        saved: moment(row.get(3)?),
        writer: row.get(4)?,
    })
}

/// What became of a write of a draft.
#[derive(Clone, Debug, PartialEq)]
pub enum Saving {
    /// It is the draft now.
    Won(Revision),
    /// Another write came first: the text became a version, and this is the draft.
    Lost(Box<DraftRow>),
}

impl Store {
    /// The draft of a song.
    ///
    /// # Errors
    /// When there is no such song.
    pub fn draft(&self, song: SongId) -> Result<DraftRow, StoreError> {
        self.connection
            .query_row(&format!("SELECT {COLUMNS} FROM drafts WHERE song = ?1"), [song.0], from_row)
            .optional()?
            .ok_or(StoreError::Missing { kind: "song", id: song.0 })
    }

    /// Writes a draft if nobody wrote since `based_on`; else keeps it as a version.
    ///
    /// A draft that says what the store says already counts as saved, whoever wrote it.
    ///
    /// # Errors
    /// When there is no such song, or the database cannot be written.
    pub fn save_draft(
        &mut self,
        song: SongId,
        based_on: Revision,
        draft: &Draft,
        writer: &str,
        now: Timestamp,
    ) -> Result<Saving, StoreError> {
        let text = to_json(draft)?;
        let saving = self.commit(Durability::Ordinary, |tx, rev| {
            let changed = tx
                .prepare_cached(
                    "UPDATE drafts SET revision = revision + 1, draft = ?3, saved = ?4, writer = ?5, rev = ?6
                     WHERE song = ?1 AND revision = ?2",
                )?
                .execute(params![song.0, based_on.0, text, millis(now), writer, rev])?;
            if changed == 1 {
                songs::touch(tx, song, now, rev)?;
                trip(Point::DraftWrite)?;
                return Ok(Saving::Won(Revision(based_on.0 + 1)));
            }
            let current = tx
                .query_row(&format!("SELECT {COLUMNS} FROM drafts WHERE song = ?1"), [song.0], from_row)
                .optional()?
                .ok_or(StoreError::Missing { kind: "song", id: song.0 })?;
            if current.draft == *draft {
                return Ok(Saving::Won(current.revision));
            }
            add_version(tx, song, &format!("from {writer}"), &text, now)?;
            trip(Point::VersionLost)?;
            Ok(Saving::Lost(Box::new(current)))
        })?;
        trip(Point::DraftWritten)?;
        self.bell.ring();
        trip(Point::DraftRung)?;
        Ok(saving)
    }

    /// Keeps the draft as it is now as a version.
    ///
    /// # Errors
    /// When there is no such song.
    pub fn keep_version(&mut self, song: SongId, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, _| {
            let text: String = tx
                .query_row("SELECT draft FROM drafts WHERE song = ?1", [song.0], |row| row.get(0))
                .optional()?
                .ok_or(StoreError::Missing { kind: "song", id: song.0 })?;
            add_version(tx, song, "kept", &text, now)?;
            trip(Point::VersionWrite)
        })
    }

    /// When and whence the versions of a song came, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn versions(&self, song: SongId) -> Result<Vec<Version>, StoreError> {
        let sql = "SELECT at, origin, draft FROM versions WHERE song = ?1 ORDER BY at DESC, id DESC";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([song.0], |row| {
            Ok(Version { at: moment(row.get(0)?), origin: row.get(1)?, draft: from_json(&row.get::<_, String>(2)?)? })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// A draft as it once was.
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    pub at: Timestamp,
    /// Why it was kept: `kept`, `ordered`, `from the screen on pts/3`.
    pub origin: String,
    pub draft: Draft,
}

/// Adds a version, unless the song's newest says the same.
pub(super) fn add_version(
    tx: &Transaction<'_>,
    song: SongId,
    origin: &str,
    draft: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO versions (song, at, origin, draft)
         SELECT ?1, ?2, ?3, ?4 WHERE ?4 IS NOT
           (SELECT draft FROM versions WHERE song = ?1 ORDER BY at DESC, id DESC LIMIT 1)",
        params![song.0, millis(now), origin, draft],
    )?;
    Ok(())
}
