//! Which journal SQLite keeps: the write-ahead log needs shared memory, which network file systems lack.

use std::path::Path;

use rusqlite::Connection;

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

pub(super) fn choose_mode(connection: &Connection, folder: &Path) -> rusqlite::Result<()> {
    let mode = if is_remote(folder) { "DELETE" } else { "WAL" };
    connection.pragma_update_and_check(None, "journal_mode", mode, |_| Ok(()))
}
