//! Files in the making, and what a crash leaves of them.

use std::collections::HashSet;
use std::fs::{self, DirEntry, File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;

use super::Recordings;

/// How the names of files in the making begin and end.
const PREFIX: &str = ".making-";
const SUFFIX: &str = ".part";

/// What is younger may just have been made and not yet be locked or written down.
const YOUNG: Duration = Duration::from_secs(600);

/// A temporary file is given up after this where nobody can tell whether it is locked.
const OLD: Duration = Duration::from_secs(86_400);

/// A file in the making, locked as long as it is open.
pub(in super::super) fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let file = tempfile::Builder::new().prefix(PREFIX).suffix(SUFFIX).tempfile_in(folder)?;
    // Where the file system has no locks, its age has to do.
    drop(file.as_file().try_lock());
    Ok(file)
}

impl Recordings {
    /// Removes what nobody refers to: recordings that are not in `kept`, and files in the making whose maker is
    /// gone. What was made only just now stays, as its row may not be written yet. Returns how many went.
    ///
    /// # Errors
    /// When the folder cannot be read; one that is not there holds nothing.
    pub fn sweep(&self, kept: &HashSet<String>) -> io::Result<usize> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            entries => entries?,
        };
        let mut removed = 0;
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(age) = age(&entry).filter(|age| *age > YOUNG) else { continue };
            let is_left = if is_in_the_making(&name) {
                is_given_up(&entry, age)
            } else {
                is_recording(&name) && !kept.contains(&name)
            };
            removed += usize::from(is_left && fs::remove_file(entry.path()).is_ok());
        }
        Ok(removed)
    }
}

fn is_in_the_making(name: &str) -> bool {
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// Whether a name is one that was given here: what others put there is left alone.
fn is_recording(name: &str) -> bool {
    let digest = name.split_once('.').map(|(digest, _)| digest);
    digest.is_some_and(|digest| digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_given_up(entry: &DirEntry, age: Duration) -> bool {
    match File::open(entry.path()).map(|file| file.try_lock()) {
        Ok(Ok(())) => true,
        Ok(Err(TryLockError::WouldBlock)) | Err(_) => false,
        Ok(Err(TryLockError::Error(_))) => age > OLD,
    }
}

/// How long ago a file was written; nothing for what is no file, or of the future.
fn age(entry: &DirEntry) -> Option<Duration> {
    let meta = entry.metadata().ok().filter(fs::Metadata::is_file)?;
    SystemTime::now().duration_since(meta.modified().ok()?).ok()
}
