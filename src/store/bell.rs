//! The bell: how a commit in one process is heard in the others.
//!
//! Whoever commits rewrites one byte of a file; whoever waits watches the file's folder. The bell
//! carries no meaning: a listener looks into the database for what is new. It hangs in a folder of its
//! own, so that the database's own writes wake nobody.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::journal::is_remote;

/// The folder below the data directory in which the bell hangs.
const FOLDER: &str = "bell";

/// A bell that can be rung and listened to.
#[derive(Debug)]
pub struct Bell {
    folder: PathBuf,
    file: File,
}

/// Listens until dropped.
#[must_use]
pub struct Listener {
    _watcher: RecommendedWatcher,
}

impl Bell {
    /// Hangs the bell in a data directory.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn hang(data: &Path) -> io::Result<Self> {
        let folder = data.join(FOLDER);
        std::fs::create_dir_all(&folder)?;
        let file = File::options().create(true).truncate(false).write(true).open(folder.join("ring"))?;
        Ok(Self { folder, file })
    }

    /// Rings: everybody who listens looks again. A bell that cannot be rung delays others until their
    /// next look; the commit stands, so this is logged and no error.
    pub fn ring(&self) {
        if let Err(error) = self.file.write_all_at(b"!", 0) {
            tracing::warn!(%error, "the bell could not be rung");
        }
    }

    /// Calls `heard` in a thread of the watcher's own at each ring, until the listener is dropped.
    ///
    /// # Errors
    /// When the folder cannot be watched, as on another machine's file system or with too many watches; the caller
    /// then looks at intervals.
    pub fn listen(&self, heard: impl Fn() + Send + 'static) -> notify::Result<Listener> {
        if is_remote(&self.folder) {
            // The folder can be watched, but rings from another machine would not be heard.
            return Err(notify::Error::generic("rings of other machines are not heard on this file system"));
        }
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| {
                matches!(event.kind, EventKind::Modify(_) | EventKind::Create(_) | EventKind::Remove(_))
            }) {
                heard();
            }
        })?;
        watcher.watch(&self.folder, RecursiveMode::NonRecursive)?;
        Ok(Listener { _watcher: watcher })
    }
}
