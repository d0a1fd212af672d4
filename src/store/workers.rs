//! Who drives a service, and which terminal last looked.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::values::{millis, moment};
use super::{Durability, Store, StoreError};
use crate::domain::service::Service;

/// A worker as it signed in.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkerRow {
    pub pid: u32,
    pub started: Timestamp,
    /// The version of refrain that it runs.
    pub version: String,
}

impl Store {
    /// Signs a worker in; called only while holding the service's lock.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn sign_in(&mut self, service: &Service, worker: &WorkerRow) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, _| {
            tx.execute(
                "INSERT OR REPLACE INTO workers (service, pid, started, version) VALUES (?1, ?2, ?3, ?4)",
                params![service.to_string(), worker.pid, millis(worker.started), worker.version],
            )?;
            Ok(())
        })
    }

    /// The worker that signed in last for a service; it may have left since.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn worker(&self, service: &Service) -> Result<Option<WorkerRow>, StoreError> {
        let sql = "SELECT pid, started, version FROM workers WHERE service = ?1";
        Ok(self.connection.query_row(sql, [service.to_string()], from_row).optional()?)
    }

    /// The workers that signed in last, each with its service; they may have left since.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn workers(&self) -> Result<Vec<(Service, WorkerRow)>, StoreError> {
        all(&self.connection)
    }

    /// Remembers when the screen on a terminal was left.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn screen_left(&mut self, terminal: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, _| {
            tx.execute(
                "INSERT OR REPLACE INTO screens (terminal, left_at) VALUES (?1, ?2)",
                params![terminal, millis(now)],
            )?;
            Ok(())
        })
    }

    /// When any screen was last left.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn last_left(&self) -> Result<Option<Timestamp>, StoreError> {
        let left: Option<i64> = self.connection.query_row("SELECT max(left_at) FROM screens", [], |row| row.get(0))?;
        Ok(left.map(moment))
    }
}

/// The workers that signed in last for each service; a database of any version has them.
pub(super) fn all(connection: &Connection) -> Result<Vec<(Service, WorkerRow)>, StoreError> {
    let mut statement = connection.prepare("SELECT pid, started, version, service FROM workers")?;
    let rows = statement.query_map([], |row| Ok((Service::from(row.get::<_, String>("service")?), from_row(row)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<WorkerRow> {
    Ok(WorkerRow { pid: row.get("pid")?, started: moment(row.get("started")?), version: row.get("version")? })
}
