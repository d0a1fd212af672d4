//! Which journal SQLite keeps: the write-ahead log needs shared memory, which network file systems lack.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode};

use super::PATIENCE;

/// Between two tries to change the journal.
const PAUSE: Duration = Duration::from_millis(10);

/// `f_type` of file systems that live on another machine, from Linux's `linux/magic.h`:
/// NFS, SMB, CIFS, SMB2, 9p, Ceph, AFS, and FUSE (sshfs and the like).
const NETWORK_FILE_SYSTEMS: [u64; 8] =
    [0x6969, 0x517B, 0xFF53_4D42, 0xFE53_4D42, 0x0102_1997, 0x00C3_6400, 0x5346_414F, 0x6573_5546];

/// Whether `folder` is on a file system of another machine.
#[must_use]
pub fn is_remote(folder: &Path) -> bool {
    #[cfg(target_os = "linux")]
    #[allow(clippy::useless_conversion, reason = "the field is narrower on machines of 32 bits")]
    {
        // The field's type differs between machines.
        rustix::fs::statfs(folder).is_ok_and(|fs| NETWORK_FILE_SYSTEMS.contains(&(fs.f_type as u64)))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        false
    }
}

/// Chooses the journal for a database. Changing to another wants the database for itself, and where
/// several processes open a new one at once SQLite refuses at once instead of waiting: so it is tried
/// again until one of them has done it.
pub(super) fn choose_mode(connection: &Connection, folder: &Path) -> rusqlite::Result<()> {
    let mode = if is_remote(folder) { "delete" } else { "wal" };
    let begin = Instant::now();
    loop {
        let now: String = connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        if now.eq_ignore_ascii_case(mode) {
            return Ok(());
        }
        match connection.pragma_update_and_check(None, "journal_mode", mode, |_| Ok(())) {
            Err(error) if is_busy(&error) && begin.elapsed() < PATIENCE => std::thread::sleep(PAUSE),
            Err(error) => return Err(error),
            Ok(()) => return Ok(()),
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
