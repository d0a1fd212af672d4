//! The songs: titles, folders, and which was opened last.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::values::{millis, moment, to_json};
use super::{Durability, Rev, Store, StoreError};
use crate::domain::draft::Draft;
use crate::domain::filename;
use crate::domain::song::{LOOSE, Song, SongId};
use crate::domain::untrusted::is_dangerous;

pub(super) const COLUMNS: &str = "id, title, created, touched";

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Song> {
    Ok(Song { id: SongId(row.get(0)?), title: row.get(1)?, created: moment(row.get(2)?), touched: moment(row.get(3)?) })
}

impl Store {
    /// Makes a song with its first draft. A title that is taken gets a number behind it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn new_song(&mut self, title: &str, draft: &Draft, writer: &str, now: Timestamp) -> Result<SongId, StoreError> {
        let draft = to_json(draft)?;
        self.write(Durability::Ordinary, |tx, rev| insert(tx, title, &draft, writer, now, Some(now), rev))
    }

    /// The song of that title, whatever the case; made where there is none. Of several who want it at the
    /// same time one makes it.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn song_for(&mut self, title: &str, draft: &Draft, writer: &str, now: Timestamp) -> Result<SongId, StoreError> {
        if let Some(song) = self.song_titled(title)? {
            return Ok(song.id);
        }
        let draft = to_json(draft)?;
        let opened = (plain_title(title).to_lowercase() != LOOSE.to_lowercase()).then_some(now);
        self.write(Durability::Ordinary, |tx, rev| titled(tx, title, &draft, writer, now, opened, rev))
    }

    /// Gives a song another title; its files keep their folder. A title that is taken gets a number.
    ///
    /// # Errors
    /// When there is no such song.
    pub fn rename_song(&mut self, song: SongId, title: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let title = free_title(tx, title, Some(song))?;
            let changed = tx.execute(
                "UPDATE songs SET title = ?2, touched = ?3, rev = ?4 WHERE id = ?1",
                params![song.0, title, millis(now), rev],
            )?;
            found(changed, song)
        })
    }

    /// Remembers a song as the one that was opened last.
    ///
    /// # Errors
    /// When there is no such song.
    pub fn open_song(&mut self, song: SongId, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let changed =
                tx.execute("UPDATE songs SET opened = ?2, rev = ?3 WHERE id = ?1", params![song.0, millis(now), rev])?;
            found(changed, song)
        })
    }

    /// The song that was opened last, if one was ever.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_opened(&self) -> Result<Option<SongId>, StoreError> {
        let sql = "SELECT id FROM songs WHERE opened > 0 ORDER BY opened DESC, id DESC LIMIT 1";
        Ok(self.connection.query_row(sql, [], |row| row.get(0).map(SongId)).optional()?)
    }

    /// The song of that title, whatever the case.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn song_titled(&self, title: &str) -> Result<Option<Song>, StoreError> {
        let wanted = plain_title(title).to_lowercase();
        let songs = self.songs()?;
        Ok(songs.into_iter().find(|song| song.title.to_lowercase() == wanted))
    }

    /// Every song, the last touched first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn songs(&self) -> Result<Vec<Song>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM songs ORDER BY touched DESC");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// The song of that title, whatever the case; made where there is none.
pub(super) fn titled(
    tx: &Transaction<'_>,
    title: &str,
    draft: &str,
    writer: &str,
    now: Timestamp,
    opened: Option<Timestamp>,
    rev: Rev,
) -> Result<SongId, StoreError> {
    let wanted = plain_title(title).to_lowercase();
    let mut statement = tx.prepare_cached("SELECT id, title FROM songs")?;
    let songs = statement.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let songs = songs.collect::<rusqlite::Result<Vec<(i64, String)>>>()?;
    match songs.iter().find(|(_, title)| title.to_lowercase() == wanted) {
        Some((id, _)) => Ok(SongId(*id)),
        None => insert(tx, title, draft, writer, now, opened, rev),
    }
}

/// The folder of a song below the music directory, fixed when the first take is ordered.
pub(super) fn folder_of(tx: &Transaction<'_>, song: SongId, rev: Rev) -> Result<String, StoreError> {
    let (title, folder): (String, Option<String>) = tx
        .query_row("SELECT title, folder FROM songs WHERE id = ?1", [song.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or(StoreError::Missing { kind: "song", id: song.0 })?;
    if let Some(folder) = folder {
        return Ok(folder);
    }
    let mut statement = tx.prepare_cached("SELECT folder FROM songs WHERE folder IS NOT NULL")?;
    let taken = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    let free = unlike(&filename::safe(&title), &taken);
    tx.execute("UPDATE songs SET folder = ?2, rev = ?3 WHERE id = ?1", params![song.0, free, rev])?;
    Ok(free)
}

/// Marks a song as touched now.
pub(super) fn touch(tx: &Transaction<'_>, song: SongId, now: Timestamp, rev: Rev) -> rusqlite::Result<usize> {
    tx.execute("UPDATE songs SET touched = ?2, rev = ?3 WHERE id = ?1", params![song.0, millis(now), rev])
}

fn insert(
    tx: &Transaction<'_>,
    title: &str,
    draft: &str,
    writer: &str,
    now: Timestamp,
    opened: Option<Timestamp>,
    rev: Rev,
) -> Result<SongId, StoreError> {
    let title = free_title(tx, title, None)?;
    tx.execute(
        "INSERT INTO songs (title, created, touched, opened, rev) VALUES (?1, ?2, ?2, ?3, ?4)",
        params![title, millis(now), opened.map_or(0, millis), rev],
    )?;
    let song = tx.last_insert_rowid();
    tx.execute(
        "INSERT INTO drafts (song, revision, draft, saved, writer, rev) VALUES (?1, 1, ?2, ?3, ?4, ?5)",
        params![song, draft, millis(now), writer, rev],
    )?;
    Ok(SongId(song))
}

/// The title in one line of visible characters; `Untitled` where nothing is left of it.
fn plain_title(title: &str) -> String {
    let plain: String = title.chars().filter(|c| c.is_whitespace() || !is_dangerous(*c)).collect();
    match plain.split_whitespace().collect::<Vec<_>>().join(" ") {
        empty if empty.is_empty() => "Untitled".to_owned(),
        title => title,
    }
}

/// The title, or the title with a number where another song has it.
fn free_title(tx: &Transaction<'_>, title: &str, but: Option<SongId>) -> Result<String, StoreError> {
    let wanted = plain_title(title);
    let mut statement = tx.prepare_cached("SELECT title FROM songs WHERE id IS NOT ?1")?;
    let taken = statement.query_map([but.map(|song| song.0)], |row| row.get(0))?;
    Ok(unlike(&wanted, &taken.collect::<rusqlite::Result<Vec<String>>>()?))
}

/// `wanted`, or `wanted` with the first number that makes it unlike all those taken, whatever the case.
fn unlike(wanted: &str, taken: &[String]) -> String {
    let taken: BTreeSet<String> = taken.iter().map(|name| name.to_lowercase()).collect();
    let numbered = (2..).map(|number| format!("{wanted} {number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(&name.to_lowercase())).unwrap_or_else(|| wanted.to_owned())
}

fn found(changed: usize, song: SongId) -> Result<(), StoreError> {
    if changed == 0 { Err(StoreError::Missing { kind: "song", id: song.0 }) } else { Ok(()) }
}
