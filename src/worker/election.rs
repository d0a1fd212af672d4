//! One worker for each data directory and service: who holds the lock drives.
//!
//! The lock saves work; it does not guard money. What prevents a second payment is the claim in the row. Its file
//! tells who holds it, also where the database cannot be asked.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use tokio::signal::unix::{SignalKind, signal};

use crate::api::Limits;
use crate::process::{Identity, LEAVING};

/// How long a worker that was started in vain tries before it leaves: long enough for one that is about
/// to leave to be gone.
const PATIENCE: Duration = Duration::from_millis(300);

/// What a worker needs for leaving once the last answer has come.
const FAREWELL: Duration = Duration::from_secs(60);

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);
/// Between two tries of one that waits for another to finish.
const LONG_PAUSE: Duration = Duration::from_millis(250);

/// The lock, held until dropped or released.
#[derive(Debug)]
pub struct Seat {
    file: File,
}

impl Seat {
    /// Tries for the lock for a moment; nothing if another process keeps it. For one that is leaving, a single worker
    /// waits: as long as that one finishes something, others are started again and again.
    ///
    /// # Errors
    /// When the lock's file cannot be made.
    pub async fn take(lock: &Path) -> io::Result<Option<Self>> {
        let seat = Self { file: open(lock)? };
        let mut waited = Duration::ZERO;
        let mut place = None;
        loop {
            match seat.file.try_lock() {
                Ok(()) => {
                    seat.write("")?;
                    return Ok(Some(seat));
                }
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(error),
            }
            let is_leaving = is_leaving(lock);
            if place.is_none() && is_leaving {
                place = place_behind(lock)?;
            }
            let patience = if place.is_some() && is_leaving { long_patience() } else { PATIENCE };
            if waited >= patience {
                return Ok(None);
            }
            let pause = if waited < PATIENCE { PAUSE } else { LONG_PAUSE };
            tokio::time::sleep(pause).await;
            waited += pause;
        }
    }

    /// Says in the lock's file that this worker finishes what is on its way and leaves, so that the next
    /// one waits for it instead of leaving as well.
    pub fn announce_leaving(&self) {
        if let Err(error) = self.write(LEAVING) {
            tracing::warn!(%error, "the next worker does not know that this one is leaving");
        }
    }

    /// Waits for what is to be finished before leaving. Told to leave once more, it says so once more: whoever asks
    /// sees that it has not come to a halt.
    ///
    /// # Errors
    /// When the system cannot tell of signals.
    pub async fn leave_after<T>(&self, finished: impl Future<Output = T>) -> io::Result<T> {
        let mut terminate = signal(SignalKind::terminate())?;
        self.announce_leaving();
        tokio::pin!(finished);
        loop {
            tokio::select! {
                finished = &mut finished => return Ok(finished),
                _ = terminate.recv() => self.announce_leaving(),
            }
        }
    }

    /// Says whose seat it is. At no moment does the file's first line say nothing.
    fn write(&self, state: &str) -> io::Result<()> {
        let line = format!("{state}{}\n", Identity::own());
        self.file.write_all_at(line.as_bytes(), 0)?;
        self.file.set_len(line.len() as u64)
    }

    /// Gives the lock up, so that one can look again before leaving: work that came in between is seen
    /// either by this look or by the worker that was started for it.
    ///
    /// # Errors
    /// What the system says.
    pub fn release(&self) -> io::Result<()> {
        self.file.unlock()
    }

    /// Takes the lock again after [`Self::release`]; says whether nobody else had taken it. Tries for a
    /// moment, as somebody may merely have looked whether it is held.
    pub async fn retake(&self) -> bool {
        let mut left = PATIENCE / 3;
        while self.file.try_lock().is_err() {
            if left.is_zero() {
                return false;
            }
            tokio::time::sleep(PAUSE).await;
            left = left.saturating_sub(PAUSE);
        }
        // Whoever had it for a moment wrote its own name.
        if let Err(error) = self.write("") {
            tracing::warn!(%error, "the lock's file does not say whose it is");
        }
        true
    }
}

/// Whether some process holds the lock now: for telling a worker to leave, and for saying of rows without
/// a key that nobody asks about them. A front that wants a worker never asks, it starts one.
pub fn is_held(lock: &Path) -> bool {
    File::open(lock).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// How long a worker waits for one that has said it is leaving: that one may have a request open until its song
/// has come.
fn long_patience() -> Duration {
    Limits::default().longest_answer() + FAREWELL
}

/// The place of the one that waits for a seat, held until dropped; nothing where somebody has it.
fn place_behind(lock: &Path) -> io::Result<Option<File>> {
    let place = open(&lock.with_extension("next"))?;
    match place.try_lock() {
        Ok(()) => Ok(Some(place)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn is_leaving(lock: &Path) -> bool {
    last_word(lock).is_some_and(|word| word.is_farewell)
}

/// What the worker that holds a lock said last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Whether it finishes what is on its way and leaves.
    pub is_farewell: bool,
    /// When it said so.
    at: Option<SystemTime>,
}

pub(super) fn last_word(lock: &Path) -> Option<Word> {
    let at = fs::metadata(lock).and_then(|metadata| metadata.modified()).ok();
    let text = fs::read_to_string(lock).ok()?;
    Some(Word { is_farewell: text.starts_with(LEAVING), at })
}

/// The process that took the lock last, as it wrote itself down; one of an older version did not.
pub(super) fn holder(lock: &Path) -> Option<Identity> {
    Identity::parse_holder(&fs::read_to_string(lock).ok()?)
}

fn open(lock: &Path) -> io::Result<File> {
    if let Some(folder) = lock.parent()
        && !folder.exists()
    {
        // Not with its parents: a data directory that was removed stays removed.
        fs::create_dir(folder).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(error),
        })?;
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
        assert!(block_on(Seat::take(&folder.path().join("gone/worker/sandbox.lock"))).is_err());
        let first = block_on(Seat::take(&lock)).unwrap();
        assert!(first.is_some());
        assert!(is_held(&lock));
        assert_eq!(holder(&lock), Some(Identity::own()));
        assert!(block_on(Seat::take(&lock)).unwrap().is_none());
        drop(first);
        assert!(block_on(Seat::take(&lock)).unwrap().is_some());
    }

    #[test]
    fn a_worker_that_is_leaving_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("lock");
        let old = block_on(Seat::take(&lock)).unwrap().unwrap();
        old.announce_leaving();
        assert!(is_leaving(&lock));
        assert_eq!(holder(&lock), Some(Identity::own()));
        let next = std::thread::spawn({
            let lock = lock.clone();
            move || block_on(Seat::take(&lock)).unwrap().is_some()
        });
        // Longer than a worker waits for one that stays.
        std::thread::park_timeout(PATIENCE * 2);
        assert!(!next.is_finished(), "it left instead of waiting");
        drop(old);
        assert!(next.join().unwrap());
        assert!(!is_leaving(&lock));
    }

    #[test]
    fn one_waits_for_a_worker_that_is_leaving_and_whoever_comes_after_leaves() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("worker.lock");
        let old = block_on(Seat::take(&lock)).unwrap().unwrap();
        old.announce_leaving();
        let (tell, told) = std::sync::mpsc::channel();
        let waiting: Vec<_> = (0..5)
            .map(|_| {
                let (tell, lock) = (tell.clone(), lock.clone());
                std::thread::spawn(move || tell.send(block_on(Seat::take(&lock)).unwrap()).unwrap())
            })
            .collect();
        for _ in 1..waiting.len() {
            assert!(told.recv().unwrap().is_none(), "somebody waits already");
        }
        drop(old);
        assert!(told.recv().unwrap().is_some(), "who waited has it");
        assert!(waiting.into_iter().all(|thread| thread.join().is_ok()));
    }

    #[test]
    fn a_worker_that_is_leaving_is_waited_for_until_its_longest_answer_has_come() {
        let Limits { held_open, held_answer, .. } = Limits::default();
        assert!(long_patience() > held_open + held_answer);
    }

    #[test]
    fn a_released_seat_can_be_retaken_unless_another_was_quicker() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("lock");
        let seat = block_on(Seat::take(&lock)).unwrap().unwrap();
        seat.release().unwrap();
        assert!(block_on(seat.retake()));
        seat.release().unwrap();
        let other = block_on(Seat::take(&lock)).unwrap().unwrap();
        assert!(!block_on(seat.retake()));
        drop(other);
    }
}
