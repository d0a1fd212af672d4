//! The program that took this one's place on the disk, as a newer refrain does while a screen of this one is open.
//!
//! Such a screen goes on, and starts workers of its own version, whose file is kept for as long as one runs it. Once
//! the newer one has carried the database over, a worker of this version cannot use it: then it becomes the newer one.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::store::examination;

/// What Linux says behind the name of a file that was removed or replaced (proc(5)).
const REPLACED: &[u8] = b" (deleted)";

/// Becomes the program that took this one's place, with the same arguments and whatever stands in its pipe, where the
/// database is newer than this one knows. Otherwise nothing happens.
pub(super) fn give_way(data: &Path) {
    let Some(successor) = successor() else { return };
    if !examination::is_newer(data).unwrap_or(false) {
        return;
    }
    tracing::info!(successor = %successor.display(), "the database is of a newer refrain, which goes on");
    let error = Command::new(&successor).args(env::args_os().skip(1)).exec();
    tracing::error!(%error, successor = %successor.display(), "a newer refrain could not go on");
}

/// The file that has this program's name now, if that is another.
fn successor() -> Option<PathBuf> {
    let link = fs::read_link("/proc/self/exe").ok()?;
    let name = link.as_os_str().as_bytes().strip_suffix(REPLACED)?;
    Some(PathBuf::from(OsStr::from_bytes(name))).filter(|file| file.is_file())
}
