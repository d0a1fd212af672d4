//! Who holds a worker's lock, as something that can be told to leave, or ended.

use std::io;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use rustix::process::Signal;

use super::election::{holder, is_held};
use crate::process::{Identity, Process, began};
use crate::store::workers::WorkerRow;

/// Who holds the lock of a service.
#[derive(Debug)]
pub enum Occupant {
    /// Nobody.
    Nobody,
    /// A worker, in this process or in another one of this machine.
    Worker(Worker),
    /// Somebody, and no process of this machine is it: one on another machine or in another container, or one that
    /// is taking the seat or giving it up in this moment.
    Unseen,
}

/// A worker that holds its lock.
#[derive(Debug)]
pub struct Worker {
    pub identity: Identity,
    process: Process,
}

impl Occupant {
    /// Looks at a lock. `row` is the worker that signed in last: one of an older version wrote itself down there
    /// alone.
    #[must_use]
    pub fn of(lock: &Path, row: Option<&WorkerRow>) -> Self {
        if !is_held(lock) {
            return Self::Nobody;
        }
        let known = holder(lock).or_else(|| row.filter(|row| is_it(row)).map(|row| Identity::of(row.pid)));
        let worker = known.and_then(|identity| Some(Worker { identity, process: Process::find(identity)? }));
        // Whoever held it when it was looked at may have gone, and its number be another's.
        worker.filter(|_| is_held(lock)).map_or(Self::Unseen, Self::Worker)
    }
}

impl Worker {
    /// Whether it works inside this very process: told to leave, this would end whoever asks.
    #[must_use]
    pub fn is_inside(&self) -> bool {
        self.identity == Identity::own()
    }

    /// Asks it to finish what is on its way and leave. One that is suspended is woken, so that it can.
    ///
    /// # Errors
    /// Where the system does not allow it.
    pub fn dismiss(&self) -> io::Result<()> {
        // What it is to do reaches it before it goes on.
        self.process.send(Signal::TERM)?;
        self.process.send(Signal::CONT)
    }

    /// Ends it, whatever it is doing.
    ///
    /// # Errors
    /// Where the system does not allow it.
    pub fn end(&self) -> io::Result<()> {
        self.process.send(Signal::KILL)
    }
}

/// Whether the process of that number is still the one that signed in: not one that began after it, to
/// which the system gave the number of a worker that has died. Where that cannot be seen, the lock that
/// somebody holds must do.
fn is_it(worker: &WorkerRow) -> bool {
    /// Clocks of the system and of the process table are rounded to seconds.
    const ROUNDING: SignedDuration = SignedDuration::from_secs(2);
    began_at(worker.pid).is_none_or(|began| began <= worker.started + ROUNDING)
}

/// When a process began, on the clock of the system.
fn began_at(pid: u32) -> Option<Timestamp> {
    let system = std::fs::read_to_string("/proc/stat").ok()?;
    let booted: i64 = system.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    let since = began(pid)? / rustix::param::clock_ticks_per_second();
    Timestamp::from_second(booted + i64::try_from(since).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(pid: u32, started: Timestamp) -> WorkerRow {
        WorkerRow { pid, started, version: String::new() }
    }

    #[test]
    fn a_process_that_began_after_the_worker_had_signed_in_is_another() {
        let (own, now) = (std::process::id(), Timestamp::now());
        assert!(is_it(&row(own, now)));
        if Path::new("/proc/self/stat").exists() {
            let began = began_at(own).unwrap();
            assert!((now - SignedDuration::from_hours(1)..=now + SignedDuration::from_secs(2)).contains(&began));
            assert!(!is_it(&row(own, began - SignedDuration::from_secs(60))));
        }
    }

    #[test]
    fn who_holds_a_lock_is_told_by_its_file_or_else_by_the_row_and_nobody_else_is_it() {
        let folder = tempfile::tempdir().unwrap();
        let lock = folder.path().join("lock");
        let worker = row(std::process::id(), Timestamp::now());
        assert!(matches!(Occupant::of(&lock, Some(&worker)), Occupant::Nobody));
        let file = std::fs::File::create(&lock).unwrap();
        file.lock().unwrap();
        let own = |occupant| matches!(occupant, Occupant::Worker(worker) if worker.is_inside());
        assert!(matches!(Occupant::of(&lock, None), Occupant::Unseen), "an older version wrote nothing");
        assert!(own(Occupant::of(&lock, Some(&worker))));
        std::fs::write(&lock, format!("{}\n", Identity::own())).unwrap();
        assert!(own(Occupant::of(&lock, None)));
        if Path::new("/proc/self/stat").exists() {
            std::fs::write(&lock, format!("{} 1\n", std::process::id())).unwrap();
            assert!(matches!(Occupant::of(&lock, Some(&worker)), Occupant::Unseen), "the file knows better");
        }
    }
}
