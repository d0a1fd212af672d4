//! Handing over: a worker of an older version makes room for one of this version, and finishes what only it can.
//!
//! A worker that was told to go gives its seat up as soon as nothing is left to it but songs that come over open
//! connections, and finishes them without it. From then on two processes write rows of one service. Why no order is
//! paid twice by that, and no song lost, whichever of them dies and whenever:
//!
//! - *An order that nobody has claimed* is the next worker's alone: one that was told to go starts nothing, and its
//!   steps that had been started are over, or have claimed, before it gives the seat up. If two claimed at once, the
//!   claim itself, from `ordered` in one transaction, would be given to one of them.
//! - *An order that is claimed* is held by its tag, which no other request has: the older one writes the answer into
//!   the file of that name, and holds its lock from before the claim until the row says what became of it. The next
//!   one leaves a row alone whose file is locked, at its start and whenever it looks. Where locks are not kept, as on
//!   file systems of other machines, nothing is handed over: the seat is given up when all is done.
//! - *An answer that holds no song* loses its file just before its row is written. A next one that starts in between
//!   may call the order lost, until the older one writes what it knows, which it does in `sending` and `unknown` alone.
//! - *Refused with "too many"*, an order is `ordered` again under a fresh tag, and the next worker's.
//! - *A song that is ready* is fetched by the next one: deliveries of the older one are over before it gives the seat
//!   up, and it starts none.
//! - *Uploads and questions*: no upload is under way when the seat is given up. An answer to a question that comes
//!   later is a newer word of the service, whoever writes it.
//! - *If the older one is killed*, the system frees its lock, and the next one takes the row over as it does any other
//!   that a dead worker left, within a minute. *If the next one is killed*, the older one finishes what it holds, and whoever is started
//!   then finds no lock held on any other row.
//! - *How many are under way* at the service is counted by rows, whoever sent them.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::election::Seat;
use super::occupant::Occupant;
use crate::domain::service::Service;
use crate::paths::worker_lock;
use crate::store::workers::WorkerRow;
use crate::store::{Store, StoreError, journal};

/// How long an older worker is waited for: for its word that it is leaving, and for an older database.
const PATIENCE: Duration = Duration::from_secs(15);

/// The version of this program.
pub(super) const OWN: &str = env!("CARGO_PKG_VERSION");

/// The seat of a service; nothing where another keeps it. One of an older version that has it is asked to hand over,
/// and waited for until it says that it does.
pub(super) async fn take_seat(store: &Store, lock: &Path, service: &Service) -> Result<Option<Seat>> {
    let older = store.worker(service)?.filter(|worker| is_older(&worker.version));
    let asked = older.filter(|worker| ask_to_leave(lock, worker));
    let begin = Instant::now();
    loop {
        let seat = Seat::take(lock).await?;
        let waits = seat.is_none() && asked.is_some() && begin.elapsed() < PATIENCE;
        // Another that signed in meanwhile is of this version, or newer.
        if !waits || store.worker(service)? != asked {
            return Ok(seat);
        }
    }
}

/// Gives the seat of a worker up that only holds songs over open connections; where others could not see that it does,
/// it keeps it. Says whether it gave it up: the lock's file is the next one's from then on.
pub(super) fn hand_over(seat: &Seat, data: &Path) -> bool {
    if journal::is_remote(data) {
        return false;
    }
    match seat.release() {
        Ok(()) => tracing::info!("the worker has handed over, and finishes the songs that it holds"),
        Err(error) => {
            tracing::warn!(%error, "the worker keeps its seat until all is done");
            return false;
        }
    }
    true
}

/// An opened store.
#[derive(Debug)]
pub struct Opened {
    pub store: Store,
    /// Whether a worker was asked to leave for it: then another should go on with what it left.
    pub relieved: bool,
}

/// Opens the store. Where it is of an older refrain whose worker is at work on it, that one is asked to hand over and
/// waited for a while, which is said.
///
/// # Errors
/// As [`Store::open`].
pub fn open(data: &Path, say: impl Fn(&str)) -> Result<Opened, StoreError> {
    let begin = Instant::now();
    let mut asked = None;
    loop {
        let opened = Store::open(data);
        let Err(StoreError::Older { worker: Some((service, worker)), .. }) = &opened else {
            return opened.map(|store| Opened { store, relieved: asked.is_some() });
        };
        if asked != Some(worker.pid) && ask_to_leave(&worker_lock(data, service), worker) {
            say(&waiting(worker));
            asked = Some(worker.pid);
        } else if asked.is_none() || begin.elapsed() >= PATIENCE {
            return opened.map(|store| Opened { store, relieved: true });
        }
    }
}

/// What a person is told meanwhile.
fn waiting(worker: &WorkerRow) -> String {
    let WorkerRow { pid, version, .. } = worker;
    let seconds = PATIENCE.as_secs();
    format!(
        "the worker of an older refrain (version {version}, process {pid}) was asked to hand over; waiting up to \
         {seconds} s for what it has on its way"
    )
}

/// Asks a worker that signed in and still has its seat to finish what is on its way and leave; says whether it could be
/// asked. One that works inside this very process is left alone: telling it would end whoever asks.
fn ask_to_leave(lock: &Path, worker: &WorkerRow) -> bool {
    match Occupant::of(lock, Some(worker)) {
        Occupant::Worker(seated) if !seated.is_inside() && seated.identity.pid == worker.pid => {
            seated.dismiss().is_ok()
        }
        _ => false,
    }
}

/// Whether a version is older than this program's. One that is not three numbers is left alone.
fn is_older(version: &str) -> bool {
    numbers(version).is_some_and(|theirs| numbers(OWN).is_some_and(|ours| theirs < ours))
}

/// `1.2.3` as numbers; what stands behind a `-` or `+` does not count.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let numbers = version.split(['-', '+']).next()?.split('.').map(|part| part.parse().ok());
    numbers.collect::<Option<Vec<u64>>>()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_older_by_its_three_numbers() {
        let [major, minor, patch] = numbers(OWN).unwrap();
        let newer = [format!("{}.0.0", major + 1), format!("{major}.{}.0", minor + 10), format!("{major}.{minor}.99")];
        let same = [OWN.to_owned(), format!("{major}.{minor}.{patch}-beta.1"), format!("{OWN}+nightly")];
        let none = ["", "0", "0.0", "0.0.0.9", "x.y.z", "-0.0.1"].map(str::to_owned);
        for version in newer.into_iter().chain(same).chain(none) {
            assert!(!is_older(&version), "{version}");
        }
        for version in ["0.0.9", "0.0.9-beta", "0.0.10"] {
            assert!(is_older(version), "{version}");
        }
        assert!(numbers("0.9.0") < numbers("0.10.0"), "numbers, not letters");
    }
}
