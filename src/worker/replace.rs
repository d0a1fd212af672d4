//! Another worker in place of the one at work.

use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Result;
use jiff::{SignedDuration, Timestamp};
use rustix::process::{Pid, Signal, kill_process};

use super::election::is_held;
use super::start::Posts;
use crate::domain::service::Service;
use crate::store::Store;
use crate::store::workers::WorkerRow;

/// How long another worker is waited for; one that finishes what is on its way may need longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two starts: one that is started while the old one has not said yet that it is leaving leaves
/// itself after a third of a second.
const AGAIN: Duration = Duration::from_millis(500);

/// What has become of a wish for another worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// Another has signed in.
    Done,
    /// The old one finishes what is on its way; another waits for it.
    Awaited,
}

impl Posts {
    /// Puts another worker in place of the one at work for a service, if one is, and waits a moment for it.
    ///
    /// # Errors
    /// When the store cannot be read, the process cannot be told, or none can be started.
    pub fn replace(&self, store: &Store, service: &Service) -> Result<Replaced> {
        let (tell, rung) = mpsc::channel();
        // Where the bell cannot be heard, each look is a wait long.
        let _listener = store.bell().listen(move || {
            // Nobody waits any more: nothing to tell.
            let _ = tell.send(());
        });
        let before = store.worker(service)?;
        dismiss(store, &self.paths.worker_lock(service), service)?;
        let begin = Instant::now();
        let mut started: Option<Instant> = None;
        while begin.elapsed() < PATIENCE {
            if started.is_none_or(|at| at.elapsed() >= AGAIN) {
                self.start_apart(service)?;
                started = Some(Instant::now());
            }
            // Whatever woke it, or nothing: it looks.
            let _ = rung.recv_timeout(AGAIN);
            if store.worker(service)? != before {
                return Ok(Replaced::Done);
            }
        }
        Ok(Replaced::Awaited)
    }

    /// The same for every service that has something to do and may be served.
    ///
    /// # Errors
    /// As [`Self::replace`].
    pub fn replace_live(&self, store: &Store) -> Result<Vec<(Service, Replaced)>> {
        let served = store.live_services()?.into_iter().filter(|service| self.serves(service));
        served.map(|service| Ok((service.clone(), self.replace(store, &service)?))).collect()
    }
}

impl Replaced {
    /// What a person is told of it.
    #[must_use]
    pub fn told(self, service: &Service) -> String {
        match self {
            Self::Done => format!("another worker took over for {service}"),
            Self::Awaited => format!("the worker for {service} finishes what is on its way; another waits for it"),
        }
    }
}

/// Asks the worker of a service, if one is at work, to finish what is on its way and leave, so that the
/// next one starts with another key or another version. One that works inside this very process is left
/// alone: telling it to leave would end whoever asks.
///
/// # Errors
/// When the store cannot be read or the process cannot be told.
pub fn dismiss(store: &Store, lock: &Path, service: &Service) -> Result<()> {
    if !is_held(lock) {
        return Ok(());
    }
    let Some(worker) = store.worker(service)?.filter(|worker| worker.pid != std::process::id()) else {
        return Ok(());
    };
    match Pid::from_raw(worker.pid.cast_signed()).filter(|_| is_it(&worker)) {
        Some(pid) => Ok(kill_process(pid, Signal::TERM)?),
        None => Ok(()),
    }
}

/// Whether the process of that number is still the one that signed in: not one that began after it, to
/// which the system gave the number of a worker that has died. Where that cannot be seen, the lock that
/// somebody holds must do.
pub(super) fn is_it(worker: &WorkerRow) -> bool {
    /// Clocks of the system and of the process table are rounded to seconds.
    const ROUNDING: SignedDuration = SignedDuration::from_secs(2);
    began(worker.pid).is_none_or(|began| began <= worker.started + ROUNDING)
}

/// When a process began, where the system says it in files (proc(5)).
fn began(pid: u32) -> Option<Timestamp> {
    let process = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let system = std::fs::read_to_string("/proc/stat").ok()?;
    let booted: i64 = system.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    // The name of the program may hold anything; behind it the third field stands first, the 22nd is wanted.
    let ticks: u64 = process.rsplit_once(") ")?.1.split(' ').nth(19)?.parse().ok()?;
    let since = ticks / rustix::param::clock_ticks_per_second();
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
            let began = began(own).unwrap();
            assert!((now - SignedDuration::from_hours(1)..=now + SignedDuration::from_secs(2)).contains(&began));
            assert!(!is_it(&row(own, began - SignedDuration::from_secs(60))));
        }
    }
}
