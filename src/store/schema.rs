//! The tables, and how a database comes to have them.
//!
//! One counter, `rev`, counts every committed change of every table; each row carries the value of its
//! last change, so that "what is new" is `WHERE rev > last`. A removed row leaves a tombstone.
//!
//! A version is a step from the one before (`steps`), so a new database and one that was carried over are the
//! same.

mod steps;

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior};

use steps::STEPS;

use super::StoreError;
use super::locks::{self, AllLocks};

/// The version that this program writes; kept in SQLite's `user_version`.
pub const VERSION: i32 = STEPS.len() as i32;

/// How long a worker that is about to leave, or somebody else who carries the database over, is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// Between two tries for the locks.
const PAUSE: Duration = Duration::from_millis(20);

/// Makes the tables where there are none, carries an older database over, and refuses a newer one.
///
/// # Errors
/// [`StoreError::Newer`], [`StoreError::Older`] where a worker keeps an older database in use, or what
/// SQLite says.
pub(super) fn prepare(connection: &mut Connection, folder: &Path) -> Result<(), StoreError> {
    match version(connection)? {
        VERSION => Ok(()),
        0 => step_up(connection),
        1..VERSION => carry_over(connection, folder),
        found => Err(StoreError::Newer { found, known: VERSION }),
    }
}

/// Takes the missing steps while no worker of this directory is at work, so that none of another version
/// has a row in hand: but for a song that an older one finishes after it has handed over, whose row stays as that one
/// knows it, as a step only ever adds. Others may be carrying it over at the same moment; whoever comes second finds it done.
fn carry_over(connection: &mut Connection, folder: &Path) -> Result<(), StoreError> {
    let begin = Instant::now();
    loop {
        let locks = AllLocks::take(folder, &services(connection)?)
            .map_err(|source| StoreError::Folder { path: folder.to_owned(), source })?;
        if locks.is_some() {
            return step_up(connection);
        }
        if begin.elapsed() >= PATIENCE {
            let found = version(connection)?;
            if found == VERSION {
                return Ok(());
            }
            let worker = locks::worker_at_work(connection, folder)?;
            return Err(StoreError::Older { found, known: VERSION, worker });
        }
        std::thread::sleep(PAUSE);
    }
}

/// The services that a worker may be at work for.
fn services(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT DISTINCT service FROM takes UNION SELECT service FROM workers")?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}

/// Takes the steps from the version that is there to [`VERSION`], all or none.
fn step_up(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = version(&transaction)?;
    let missing = usize::try_from(found).ok().and_then(|taken| STEPS.get(taken..));
    let Some(missing) = missing else { return Err(StoreError::Newer { found, known: VERSION }) };
    for part in missing.iter().copied().flatten() {
        transaction.execute_batch(part)?;
    }
    set_version(&transaction)?;
    Ok(transaction.commit()?)
}

fn set_version(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    transaction.pragma_update(None, "user_version", VERSION)
}

/// The version of the tables in a database; 0 where it has none.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i32> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}
