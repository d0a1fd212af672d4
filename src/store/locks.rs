//! The workers' locks as the store needs them: all of a data directory at once, while its tables change.
//!
//! How a worker comes by its lock is the worker's business.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::workers::WorkerRow;
use super::{StoreError, workers};
use crate::domain::service::Service;
use crate::paths::{worker_lock, worker_locks};

/// Every worker's lock of a data directory, held until dropped.
#[derive(Debug)]
pub(super) struct AllLocks {
    _files: Vec<File>,
}

impl AllLocks {
    /// Takes the lock of each of these services, and any other that lies there; none where one is held.
    ///
    /// # Errors
    /// When a lock's file cannot be made or locked.
    pub(super) fn take(folder: &Path, services: &[String]) -> io::Result<Option<Self>> {
        let mut files = Vec::new();
        for path in all(folder, services)? {
            let file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
            match file.try_lock() {
                Ok(()) => files.push(file),
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        Ok(Some(Self { _files: files }))
    }
}

/// The lock's files, in an order that is the same for everybody.
fn all(folder: &Path, services: &[String]) -> io::Result<Vec<PathBuf>> {
    let locks = worker_locks(folder);
    fs::create_dir_all(&locks)?;
    let mut paths: Vec<PathBuf> =
        services.iter().map(|service| worker_lock(folder, &Service::from(service.as_str()))).collect();
    for entry in fs::read_dir(locks)? {
        paths.push(entry?.path());
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "lock"));
    paths.sort();
    paths.dedup();
    Ok(paths)
}

/// A worker that signed in and still holds its lock.
pub(super) fn worker_at_work(
    connection: &Connection,
    folder: &Path,
) -> Result<Option<(Service, WorkerRow)>, StoreError> {
    let signed_in = workers::all(connection)?;
    let is_at_work = |(service, _): &(Service, WorkerRow)| {
        let lock = File::open(worker_lock(folder, service));
        lock.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    };
    Ok(signed_in.into_iter().find(is_at_work))
}
