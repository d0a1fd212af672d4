//! Who keeps the database from everybody else: a process that was suspended, or hangs, in the middle of a write.

use std::fmt;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rusqlite::ErrorCode;

use super::{PATIENCE, StoreError};
use crate::paths::worker_locks;
use crate::process::Identity;

/// Why a write could not begin, for as long as one waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// Who writes, where the system says it.
    keeper: Option<Keeper>,
}

/// A process in the middle of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Keeper {
    pid: u32,
    is_worker: bool,
    is_suspended: bool,
}

/// An error of a write, with who is in its way, where somebody is.
pub(super) fn explained(error: StoreError, folder: &Path) -> StoreError {
    match error {
        StoreError::Database(database) if database.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
            StoreError::Busy(Busy { keeper: Keeper::of(folder) })
        }
        other => other,
    }
}

impl Keeper {
    fn of(folder: &Path) -> Option<Self> {
        let pid = writer(folder, &fs::read_to_string("/proc/locks").ok()?)?;
        let is_worker = workers(folder).iter().any(|worker| worker.pid == pid && worker.is_there());
        Some(Self { pid, is_worker, is_suspended: Identity::of(pid).is_suspended() })
    }
}

/// Who writes to the database in a folder, by the list of all locks of this machine (proc(5)): with a write-ahead log,
/// a writer has locked the byte 120 of the file beside it, as SQLite's documents of the format say. The file is not
/// opened for it: whoever closes it gives up every lock that his process has there.
fn writer(folder: &Path, locks: &str) -> Option<u32> {
    const WRITES: &str = "120";
    let file = fs::metadata(folder.join("refrain.db-shm")).ok()?.ino().to_string();
    locks.lines().find_map(|line| {
        // A line that begins with an arrow is of somebody who waits.
        let [_, "POSIX", _, "WRITE", pid, place, WRITES, WRITES] = line.split_whitespace().collect::<Vec<_>>()[..]
        else {
            return None;
        };
        (place.rsplit(':').next()? == file).then(|| pid.parse().ok())?
    })
}

/// The workers that wrote themselves down in the files of their locks.
fn workers(folder: &Path) -> Vec<Identity> {
    let files = fs::read_dir(worker_locks(folder)).into_iter().flatten().flatten();
    files.filter_map(|file| Identity::parse_holder(&fs::read_to_string(file.path()).ok()?)).collect()
}

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Keeper { pid, is_worker, is_suspended }) = self.keeper else {
            return write!(f, "somebody keeps the database for {} s and more; try again", PATIENCE.as_secs());
        };
        // Short: it is said in one line, behind what was not done.
        match (is_worker, is_suspended) {
            (true, true) => write!(f, "process {pid}, a suspended worker, keeps the database: `restart` it"),
            (true, false) => write!(f, "process {pid}, a worker, keeps the database; if that lasts, `restart` it"),
            (false, true) => write!(f, "process {pid}, suspended, keeps the database; `kill -CONT {pid}` wakes it"),
            (false, false) => write!(f, "process {pid} keeps the database; try again once it is done"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_writes_is_found_in_the_list_of_locks() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(writer(folder.path(), ""), None, "no log, no writer");
        let file = folder.path().join("refrain.db-shm");
        fs::write(&file, "").unwrap();
        let inode = fs::metadata(&file).unwrap().ino();
        let table = [
            (format!("1: POSIX  ADVISORY  WRITE 4242 fe:00:{inode} 120 120"), Some(4242)),
            (format!("1: FLOCK  ADVISORY  WRITE 4242 fe:00:{inode} 0 EOF"), None),
            (format!("1: POSIX  ADVISORY  READ 4242 fe:00:{inode} 120 120"), None),
            (format!("1: POSIX  ADVISORY  WRITE 4242 fe:00:{inode} 121 121"), None),
            (format!("1: POSIX  ADVISORY  WRITE 4242 fe:00:{inode}7 120 120"), None),
            (format!("1: -> POSIX  ADVISORY  WRITE 4242 fe:00:{inode} 120 120"), None),
            (format!("1: POSIX ADVISORY READ 1 fe:00:7 1 1\n2: POSIX ADVISORY WRITE 7 08:01:{inode} 120 120"), Some(7)),
        ];
        for (locks, found) in table {
            assert_eq!(writer(folder.path(), &locks), found, "{locks}");
        }
    }

    #[test]
    fn whoever_keeps_the_database_is_named_with_what_can_be_done() {
        let told =
            |is_worker, is_suspended| Busy { keeper: Some(Keeper { pid: 4242, is_worker, is_suspended }) }.to_string();
        let table = [
            (true, true, "process 4242, a suspended worker, keeps the database: `restart` it"),
            (true, false, "process 4242, a worker, keeps the database; if that lasts, `restart` it"),
            (false, true, "process 4242, suspended, keeps the database; `kill -CONT 4242` wakes it"),
            (false, false, "process 4242 keeps the database; try again once it is done"),
        ];
        for (is_worker, is_suspended, sentence) in table {
            assert_eq!(told(is_worker, is_suspended), sentence);
        }
        assert!(Busy { keeper: None }.to_string().contains("for 5 s and more"));
    }
}
