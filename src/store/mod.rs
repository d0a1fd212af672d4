//! The store: one SQLite database, and the bell that tells others of a commit.
//!
//! The only module with SQL. Every write is one `BEGIN IMMEDIATE` transaction that bumps the counter
//! `rev` and, once committed, rings the [`bell`]; so nobody can change something and forget to tell.
//! No read transaction outlives a query.

pub mod bell;
pub mod budget;
pub mod busy;
mod change;
pub mod changes;
mod costs;
pub mod drafts;
pub mod examination;
pub mod facts;
pub mod generations;
pub mod history;
pub mod ids;
pub mod journal;
pub mod line;
mod locks;
pub mod ordering;
pub mod references;
pub mod schema;
pub mod songs;
pub mod sought;
pub mod strays;
pub mod uploads;
mod values;
pub mod workers;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::domain::service::Service;
use crate::failpoint::{self, Point};
use bell::Bell;
use busy::Busy;
use workers::WorkerRow;

/// How long a write waits for another process's write to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// What can go wrong with the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder or the bell cannot be made.
    #[error("cannot use the data directory `{path}`: {source}")]
    Folder { path: PathBuf, source: std::io::Error },
    /// A newer refrain has been here.
    #[error(
        "this database was written by a newer refrain (format {found}, this one knows {known}); start the newer one"
    )]
    Newer { found: i32, known: i32 },
    /// An older refrain's worker is at work here, so the tables cannot be changed.
    #[error(
        "this database is of an older refrain (format {found}, this one needs {known}) and {} is at work on it; \
         nothing was changed\nhint: it leaves by itself once its takes have arrived; {}, then start again",
        at_work(worker.as_ref()), way_out(worker.as_ref())
    )]
    Older { found: i32, known: i32, worker: Option<(Service, WorkerRow)> },
    /// A row that a person named does not exist.
    #[error("there is no {kind} {id}")]
    Missing { kind: &'static str, id: i64 },
    /// Somebody else has been writing for as long as one waits.
    #[error("{0}")]
    Busy(Busy),
    /// SQLite refused.
    #[error("the database could not be read or written: {0}")]
    Database(#[from] rusqlite::Error),
    /// A column holds what refrain did not write.
    #[error("the database holds something unreadable: {0}")]
    Unreadable(String),
}

fn at_work(worker: Option<&(Service, WorkerRow)>) -> String {
    worker.map_or_else(|| "its worker".to_owned(), |(_, worker)| format!("its worker (version {})", worker.version))
}

fn way_out(worker: Option<&(Service, WorkerRow)>) -> String {
    worker.map_or_else(
        || "wait for that".to_owned(),
        |(_, worker)| {
            format!("wait for that, or let it finish what is on its way and leave with `kill {}`", worker.pid)
        },
    )
}

/// How safe a commit must be before the next step is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// On the disk itself: for every step around a payment (`synchronous=FULL`).
    Paid,
    /// Survives the process, not necessarily a power cut: drafts and progress (`synchronous=NORMAL`).
    Ordinary,
}

/// An open database.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    connection: Connection,
    bell: Bell,
    durability: Durability,
}

/// The revision that a write got: the value of the counter in its transaction.
pub(crate) type Rev = i64;

impl Store {
    /// Opens the database in `folder`, making both where they do not exist.
    ///
    /// # Errors
    /// When the folder cannot be made or read, or the database belongs to a newer refrain.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let fail = |source| StoreError::Folder { path: folder.to_owned(), source };
        make_private(folder).map_err(fail)?;
        let bell = Bell::hang(folder).map_err(fail)?;
        let mut connection = Connection::open(folder.join("refrain.db"))?;
        connection.busy_timeout(PATIENCE)?;
        journal::choose_mode(&connection, folder)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        schema::prepare(&mut connection, folder)?;
        Ok(Self { folder: folder.to_owned(), connection, bell, durability: Durability::Ordinary })
    }

    /// The data directory that it lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The bell of this store.
    pub fn bell(&self) -> &Bell {
        &self.bell
    }

    /// One write: all of `change` or nothing, then the bell.
    fn write<T>(
        &mut self,
        durability: Durability,
        change: impl FnOnce(&Transaction<'_>, Rev) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let outcome = self.commit(durability, change)?;
        self.bell.ring();
        Ok(outcome)
    }

    /// A write of which nobody is told yet.
    fn commit<T>(
        &mut self,
        durability: Durability,
        change: impl FnOnce(&Transaction<'_>, Rev) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.transact(durability, change).map_err(|error| busy::explained(error, &self.folder))
    }

    fn transact<T>(
        &mut self,
        durability: Durability,
        change: impl FnOnce(&Transaction<'_>, Rev) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.set_durability(durability)?;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let rev = transaction
            .prepare_cached("UPDATE counter SET rev = rev + 1 RETURNING rev")?
            .query_row([], |row| row.get(0))?;
        let outcome = change(&transaction, rev)?;
        transaction.commit()?;
        Ok(outcome)
    }

    fn set_durability(&mut self, durability: Durability) -> Result<(), StoreError> {
        if self.durability != durability {
            let mode = if durability == Durability::Paid { "FULL" } else { "NORMAL" };
            self.connection.pragma_update(None, "synchronous", mode)?;
            self.durability = durability;
        }
        Ok(())
    }
}

/// Passes a point, at which a write fails as SQLite would say it.
pub(crate) fn trip(point: Point) -> Result<(), StoreError> {
    failpoint::pass(point).map_err(|error| {
        let is_full = error.kind() == std::io::ErrorKind::StorageFull;
        let code = if is_full { rusqlite::ffi::SQLITE_FULL } else { rusqlite::ffi::SQLITE_IOERR_WRITE };
        rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), Some(error.to_string())).into()
    })
}

/// Makes a folder that only its owner can enter, with its parents.
fn make_private(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
