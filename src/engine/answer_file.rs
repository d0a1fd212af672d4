//! An answer that holds a song, as a file of the data directory: written while it comes, kept until the song
//! is on disk as a file of its own.
//!
//! It is named after the request's tag, which no other request has. Whoever writes it holds its lock, so that
//! nobody else takes for whole, or for lost, what is still coming.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{self, BufReader, Seek};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use crate::api::{Letters, SongAnswer, Unheard};
use crate::failpoint::{self, Point};
use crate::paths;

/// Room that is set aside before anything is paid, so that a disk which is nearly full says so in time: that of
/// a song of a minute, uncompressed, in hexadecimal.
const ROOM: u64 = 24 * 1000 * 1000;

/// Bytes that are read at once.
const BLOCK: usize = 64 * 1024;

/// An answer that is being written.
#[derive(Debug)]
pub struct AnswerFile {
    file: Arc<File>,
    path: PathBuf,
    length: u64,
}

/// The lock of an answer's file, held until dropped: also where the answer itself is done with.
#[derive(Debug)]
pub struct Held {
    _file: Arc<File>,
}

/// Where the answer to the request with that tag is kept.
#[must_use]
pub fn path(folder: &Path, tag: &str) -> PathBuf {
    folder.join(format!("{tag}.json"))
}

impl AnswerFile {
    /// Opens the answer to a request that is about to be sent; nothing where another process writes it or it is
    /// there already. Nothing of it is lost.
    ///
    /// # Errors
    /// When the folder cannot be written or has no room for an answer.
    pub fn open(folder: &Path, tag: &str) -> io::Result<Option<Self>> {
        paths::make_private(folder)?;
        let path = path(folder, tag);
        let file = File::options().create(true).truncate(false).read(true).write(true).mode(0o600).open(&path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            // A file system without locks: the claim in the row is what prevents a second payment.
            Err(TryLockError::Error(error)) => tracing::warn!(%error, "an answer's file cannot be locked"),
        }
        if file.metadata()?.len() > 0 {
            return Ok(None);
        }
        // It may have been opened before, and removed as nobody's just now.
        file.set_modified(SystemTime::now())?;
        if path.metadata().map(|found| found.ino()).ok() != Some(file.metadata()?.ino()) {
            return Self::open(folder, tag);
        }
        let opened = Self { file: Arc::new(file), path, length: 0 };
        if let Err(error) = opened.set_room_aside().and_then(|()| failpoint::pass(Point::AnswerOpened)) {
            opened.discard();
            return Err(error);
        }
        Ok(Some(opened))
    }

    fn set_room_aside(&self) -> io::Result<()> {
        #[cfg(target_os = "linux")]
        {
            use rustix::fs::{FallocateFlags, fallocate};
            match fallocate(&*self.file, FallocateFlags::KEEP_SIZE, 0, ROOM) {
                // A file system that cannot: then nobody knows before.
                Ok(()) | Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Writes some more of it. May be asked to write the same again after an error.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn write(&mut self, piece: &Bytes) -> io::Result<()> {
        let (file, at, piece_on_its_way) = (Arc::clone(&self.file), self.length, piece.clone());
        let written = tokio::task::spawn_blocking(move || {
            failpoint::pass(Point::AnswerPiece)?;
            file.write_all_at(&piece_on_its_way, at)
        });
        written.await.map_err(io::Error::other)??;
        self.length += piece.len() as u64;
        Ok(())
    }

    /// Bytes that were written.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Brings all of it to the disk, and gives back the room that it did not need.
    ///
    /// # Errors
    /// When that cannot be done; what was written is there all the same.
    pub async fn finish(&self) -> io::Result<()> {
        let (file, folder, length) = (Arc::clone(&self.file), self.path.parent().map(Path::to_owned), self.length);
        let finished = tokio::task::spawn_blocking(move || {
            file.set_len(length)?;
            failpoint::pass(Point::AnswerKept)?;
            file.sync_all()?;
            folder.map_or(Ok(()), |folder| File::open(folder)?.sync_all())?;
            failpoint::pass(Point::AnswerFlushed)
        });
        finished.await.map_err(io::Error::other)?
    }

    /// Reads it from its beginning, through the handle that wrote it: what others do to its name is no matter.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn understand(&self) -> io::Result<SongAnswer> {
        let file = Arc::clone(&self.file);
        let understood = tokio::task::spawn_blocking(move || {
            let mut file = &*file;
            failpoint::pass(Point::AnswerRead)?;
            file.rewind()?;
            SongAnswer::read(BufReader::with_capacity(BLOCK, file), &mut Unheard)
        });
        understood.await.map_err(io::Error::other)?
    }

    /// Holds its lock for longer than this itself is there.
    #[must_use]
    pub fn hold(&self) -> Held {
        Held { _file: Arc::clone(&self.file) }
    }

    /// Removes it: nothing of it is a song.
    pub fn discard(self) {
        remove(&self.path);
    }
}

/// Removes an answer whose song is on disk, or that holds none.
pub fn remove(path: &Path) {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, path = %path.display(), "an answer that is not needed any more stays"),
    }
}

/// Whether a process is still writing it.
#[must_use]
pub fn is_being_written(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Whether whoever opened it is gone and has left it behind, be there anything in it or not.
#[must_use]
pub fn is_abandoned(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| file.try_lock_shared().is_ok())
}

/// Whether there is anything of an answer.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.len() > 0)
}

/// Removes a file to which nobody writes and nobody wrote, as of an order that was withdrawn just before it would
/// have been sent: the room that was set aside for it is taken all the same. On a file system without locks a writer
/// is not seen: `longest` after it was opened there is none, whatever the locks say. Nobody else opens it meanwhile.
pub fn remove_if_left(path: &Path, longest: Duration) {
    let is_old = |meta: &Metadata| meta.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age > longest));
    let Ok(file) = File::open(path) else { return };
    let is_locked = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
    if !is_locked && file.metadata().is_ok_and(|meta| meta.is_file() && meta.len() == 0 && is_old(&meta)) {
        remove(path);
    }
}

/// Reads an answer; the letters of its song go to `letters`.
///
/// # Errors
/// When the file cannot be read, or the letters cannot be kept.
pub fn read(path: &Path, letters: &mut dyn Letters) -> io::Result<SongAnswer> {
    failpoint::pass(Point::AnswerRead)?;
    SongAnswer::read(BufReader::with_capacity(BLOCK, File::open(path)?), letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_opened_once_more_is_not_taken_for_one_that_was_left() {
        const LONGEST: Duration = Duration::from_secs(3600);
        let folder = tempfile::tempdir().unwrap();
        let path = path(folder.path(), "tag");
        let long_ago = SystemTime::now() - 2 * LONGEST;
        File::create(&path).unwrap().set_modified(long_ago).unwrap();
        // Its lock goes with it, as on a file system that has none.
        drop(AnswerFile::open(folder.path(), "tag").unwrap().unwrap());
        remove_if_left(&path, LONGEST);
        assert!(path.exists(), "somebody was about to write it");
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(long_ago).unwrap();
        file.lock().unwrap();
        remove_if_left(&path, LONGEST);
        assert!(path.exists(), "somebody holds it");
        drop(file);
        remove_if_left(&path, LONGEST);
        assert!(!path.exists());
    }
}
