//! Looking at a database without changing anything, also at one that [`Store::open`](super::Store::open)
//! would refuse or bring up to date.

use std::fs;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};

use super::values::moment;
use super::workers::{self, WorkerRow};
use super::{StoreError, generations, references, schema};
use crate::domain::generation::Take;
use crate::domain::reference::Reference;
use crate::domain::service::Service;

/// How long to wait for whoever holds the database.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a database is like.
#[derive(Clone, Debug, PartialEq)]
pub struct Examination {
    /// The version of its tables.
    pub format: i32,
    /// How SQLite keeps its journal: `wal`, or `delete` on network file systems.
    pub journal: String,
    /// What SQLite's own check complains about; nothing where the database is sound.
    pub damage: Vec<String>,
    /// Bytes of the database and of its write-ahead log.
    pub bytes: u64,
    pub log_bytes: u64,
    /// What stands in it, where this program knows the tables.
    pub contents: Option<Contents>,
}

/// What stands in a database.
#[derive(Clone, Debug, PartialEq)]
pub struct Contents {
    /// The worker that signed in last for each service.
    pub workers: Vec<(Service, WorkerRow)>,
    /// The takes that are not over.
    pub live: Vec<Take>,
    /// The references whose upload is not over.
    pub uploading: Vec<Reference>,
    /// How many takes wait for a person.
    pub held: u64,
    /// The latest moment that anything was written.
    pub newest: Option<Timestamp>,
}

impl Examination {
    /// The version of tables that this program writes.
    pub const KNOWN_FORMAT: i32 = schema::VERSION;

    /// Looks at the database in a data directory; nothing where there is none.
    ///
    /// # Errors
    /// When it cannot be opened or is no database.
    pub fn of(folder: &Path) -> Result<Option<Self>, StoreError> {
        let file = folder.join("refrain.db");
        let Ok(meta) = fs::metadata(&file) else { return Ok(None) };
        let log_bytes = fs::metadata(folder.join("refrain.db-wal")).map_or(0, |meta| meta.len());
        let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.busy_timeout(PATIENCE)?;
        let format = schema::version(&connection)?;
        let damage = damage(&connection);
        let is_readable = format == schema::VERSION && damage.is_empty();
        Ok(Some(Self {
            format,
            journal: connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?,
            damage,
            bytes: meta.len(),
            log_bytes,
            contents: if is_readable { Some(contents(&connection)?) } else { None },
        }))
    }
}

/// Whether the database in a data directory is of a newer version than this program knows.
///
/// # Errors
/// When it cannot be opened or is no database.
pub fn is_newer(folder: &Path) -> Result<bool, StoreError> {
    let connection = Connection::open_with_flags(folder.join("refrain.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(PATIENCE)?;
    Ok(schema::version(&connection)? > schema::VERSION)
}

/// What SQLite's own check complains about, and if it cannot even end, why.
fn damage(connection: &Connection) -> Vec<String> {
    /// What it says of a database without damage.
    const SOUND: &str = "ok";
    complaints(connection)
        .map_or_else(|error| vec![error.to_string()], |lines| lines.into_iter().filter(|line| line != SOUND).collect())
}

fn complaints(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    // The first few are enough to know.
    let mut statement = connection.prepare("PRAGMA quick_check(5)")?;
    statement.query_map([], |row| row.get(0))?.collect()
}

fn contents(connection: &Connection) -> Result<Contents, StoreError> {
    let newest = "SELECT max(at) FROM (SELECT max(created) AS at FROM takes UNION ALL SELECT max(touched) FROM songs
                  UNION ALL SELECT max(saved) FROM drafts UNION ALL SELECT max(started) FROM workers)";
    Ok(Contents {
        workers: workers::all(connection)?,
        live: generations::live(connection)?,
        uploading: references::uploading(connection)?,
        held: connection.query_row("SELECT count(*) FROM takes WHERE status = 'held'", [], |row| row.get(0))?,
        newest: connection.query_row(newest, [], |row| row.get::<_, Option<i64>>(0))?.map(moment),
    })
}
