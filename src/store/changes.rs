//! What was committed since one last looked, of every kind, in one consistent look.

use std::path::Path;

use rusqlite::{Connection, Row, TransactionBehavior};

use super::bell::Bell;
use super::facts::Fact;
use super::{Rev, Store, StoreError, drafts, facts, generations, history, references, songs};
use crate::domain::generation::{Take, TakeId};
use crate::domain::reference::{Reference, ReferenceId};
use crate::domain::song::{DraftRow, Song, SongId};
use crate::domain::step::Step;

/// Everything that changed since the last look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub songs: Vec<Song>,
    pub drafts: Vec<DraftRow>,
    pub takes: Vec<Take>,
    pub references: Vec<Reference>,
    pub facts: Vec<Fact>,
    pub gone_songs: Vec<SongId>,
    pub gone_takes: Vec<TakeId>,
    pub gone_references: Vec<ReferenceId>,
}

impl Changes {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A viewer's place in the stream of changes.
#[derive(Debug)]
pub struct Feed {
    store: Store,
    seen: Rev,
    /// The last step of a take that was told; none before the first look at steps.
    step: Option<i64>,
    data_version: i64,
}

impl Feed {
    /// A feed that has seen nothing yet: its first look brings everything.
    ///
    /// # Errors
    /// When the store cannot be opened.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self { store: Store::open(folder)?, seen: 0, step: None, data_version: -1 })
    }

    /// A feed that has seen all there is, with these takes as they are at that moment: its first look
    /// brings what is committed after it. Of other takes nothing is read.
    ///
    /// # Errors
    /// When the store cannot be opened or read.
    pub fn from_now(folder: &Path, takes: &[TakeId]) -> Result<(Self, Vec<Take>), StoreError> {
        let mut feed = Self::open(folder)?;
        let found = feed.read(|transaction, _| {
            let takes = takes.iter().filter_map(|id| generations::find(transaction, *id).transpose());
            Ok((takes.collect::<Result<_, _>>()?, history::last(transaction)?))
        })?;
        let (takes, last) = found.unwrap_or_default();
        feed.step = Some(last);
        Ok((feed, takes))
    }

    /// The store it looks into.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The bell to wait for between looks.
    pub fn bell(&self) -> &Bell {
        self.store.bell()
    }

    /// What was committed since the last look. Asking when nothing was is one cheap pragma.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn look(&mut self) -> Result<Changes, StoreError> {
        let changes = self.read(since)?;
        Ok(changes.unwrap_or_default())
    }

    /// The same, with every step that takes went through since the last look, in the order in which they
    /// did: a row says only where it is now. The first look brings no steps.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn look_at_steps(&mut self) -> Result<(Changes, Vec<Step>), StoreError> {
        let before = self.step;
        let found = self.read(|transaction, seen| {
            let changes = since(transaction, seen)?;
            let steps = before.map(|step| history::after(transaction, step)).transpose()?.unwrap_or_default();
            Ok((changes, steps, history::last(transaction)?))
        })?;
        let Some((changes, steps, last)) = found else { return Ok((Changes::default(), Vec::new())) };
        self.step = Some(last);
        Ok((changes, steps))
    }

    /// Reads in one consistent look what is newer than what was seen; nothing where nothing can be.
    fn read<T>(
        &mut self,
        read: impl FnOnce(&Connection, Rev) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let connection = &mut self.store.connection;
        let version: i64 = connection.pragma_query_value(None, "data_version", |row| row.get(0))?;
        if version == self.data_version {
            return Ok(None);
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        let now: Rev = transaction.query_row("SELECT rev FROM counter", [], |row| row.get(0))?;
        let found = read(&transaction, self.seen)?;
        transaction.finish()?;
        self.data_version = version;
        self.seen = now;
        Ok(Some(found))
    }
}

fn since(connection: &Connection, seen: Rev) -> Result<Changes, StoreError> {
    Ok(Changes {
        songs: rows(connection, songs::COLUMNS, "songs", seen, songs::from_row)?,
        drafts: rows(connection, drafts::COLUMNS, "drafts", seen, drafts::from_row)?,
        takes: rows(connection, generations::COLUMNS, "takes", seen, generations::from_row)?,
        references: rows(connection, references::COLUMNS, "library", seen, references::from_row)?,
        facts: rows(connection, facts::COLUMNS, "topics", seen, facts::from_row)?.into_iter().flatten().collect(),
        gone_songs: gone(connection, "song", seen, SongId)?,
        gone_takes: gone(connection, "take", seen, TakeId)?,
        gone_references: gone(connection, "reference", seen, ReferenceId)?,
    })
}

fn rows<T>(
    connection: &Connection,
    columns: &str,
    table: &str,
    seen: Rev,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement =
        connection.prepare_cached(&format!("SELECT {columns} FROM {table} WHERE rev > ?1 ORDER BY rev"))?;
    let found = statement.query_map([seen], |row| read(row))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn gone<T>(connection: &Connection, kind: &str, seen: Rev, id: impl Fn(i64) -> T) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT id FROM tombstones WHERE kind = ?1 AND rev > ?2")?;
    let found = statement.query_map(rusqlite::params![kind, seen], |row| row.get(0))?;
    Ok(found.map(|row| row.map(&id)).collect::<rusqlite::Result<_>>()?)
}
