//! One worker for each data directory and service: who holds the lock drives.
//!
//! The lock saves work; it does not guard money. What prevents a second payment is the claim in the row.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::time::Duration;

/// How long a worker that was started in vain tries before it leaves: long enough for one that is about
/// to leave to be gone.
const PATIENCE: Duration = Duration::from_millis(300);

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// The lock, held until dropped or released.
#[derive(Debug)]
pub struct Seat {
    file: File,
}

impl Seat {
    /// Tries for the lock for a moment; nothing if another process keeps it.
    ///
    /// # Errors
    /// When the lock's file cannot be made.
    pub async fn take(lock: &Path) -> io::Result<Option<Self>> {
        let file = open(lock)?;
        let mut left = PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(Self { file })),
                Err(TryLockError::WouldBlock) if left.is_zero() => return Ok(None),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
            tokio::time::sleep(PAUSE).await;
            left = left.saturating_sub(PAUSE);
        }
    }

    /// Gives the lock up, so that one can look again before leaving: work that came in between is seen
    /// either by this look or by the worker that was started for it.
    ///
    /// # Errors
    /// What the system says.
    pub fn release(&self) -> io::Result<()> {
        self.file.unlock()
    }

    /// Takes the lock again after [`Self::release`]; says whether nobody else had taken it.
    pub fn retake(&self) -> bool {
        self.file.try_lock().is_ok()
    }
}

/// Whether some process holds the lock now. For `doctor` and tests; a front never asks.
pub fn is_held(lock: &Path) -> bool {
    File::open(lock).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

fn open(lock: &Path) -> io::Result<File> {
    if let Some(folder) = lock.parent() {
        fs::create_dir_all(folder)?;
    }
    File::options().create(true).truncate(false).write(true).read(true).open(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(future)
    }

    #[test]
    fn of_two_workers_one_drives_and_the_other_leaves() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("worker/sandbox.lock");
        let first = block_on(Seat::take(&lock)).unwrap();
        assert!(first.is_some());
        assert!(is_held(&lock));
        assert!(block_on(Seat::take(&lock)).unwrap().is_none());
        drop(first);
        assert!(block_on(Seat::take(&lock)).unwrap().is_some());
    }

    #[test]
    fn a_released_seat_can_be_retaken_unless_another_was_quicker() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("lock");
        let seat = block_on(Seat::take(&lock)).unwrap().unwrap();
        seat.release().unwrap();
        assert!(seat.retake());
        seat.release().unwrap();
        let other = block_on(Seat::take(&lock)).unwrap().unwrap();
        assert!(!seat.retake());
        drop(other);
    }
}
