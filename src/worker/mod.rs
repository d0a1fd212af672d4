//! The process in the background: it submits, asks, fetches, and leaves when nothing is left to do.
//!
//! One for each data directory and service. It has no port and no socket: it reads what is to do from
//! the store and writes there what became of it. Whatever happens to the screen or the connection
//! changes nothing for it; whatever happens to it leaves rows from which the next one goes on.

pub mod election;
pub mod handing;
pub mod key;
pub mod knell;
pub mod occupant;
pub mod replace;
pub mod session;
pub mod start;
mod successor;

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until};

use crate::api::{ApiKey, Client, Limits};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::domain::catalogue::{Catalogue, Delivery, ModelSpec};
use crate::domain::service::Service;
use crate::engine::driver::{Driver, Outlook};
use crate::engine::site::{Rules, Site};
use crate::models::Models;
use crate::paths::Paths;
use crate::sandbox::{self, Sandbox, SandboxError};
use crate::store::Store;
use crate::store::bell::Listener;
use crate::store::workers::WorkerRow;

/// At most four questions a second to a service, however many takes run.
const BETWEEN_QUESTIONS: Duration = Duration::from_millis(250);

/// Where the bell cannot be heard, how often to look while something is live, and while nothing is.
const LOOK_LIVE: Duration = Duration::from_millis(250);
const LOOK_IDLE: Duration = Duration::from_secs(2);

/// A timer must not wait longer: the machine may have been suspended meanwhile, and its clock has not.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// How long a worker waits for the world of the sandbox, which one that is about to leave still holds.
const WORLD_PATIENCE: Duration = Duration::from_secs(5);
const WORLD_PAUSE: Duration = Duration::from_millis(10);

/// The key that the embedded sandbox is spoken to with.
const SANDBOX_KEY: &str = "sandbox-needs-no-key";

/// Runs the worker of a service until nothing is left to do, away from any terminal.
///
/// # Errors
/// When the store, the service's address or the sandbox cannot be used.
pub fn run(paths: &Paths, config: &Config, service: Service) -> Result<()> {
    // Before the key is read: it is in the pipe for whoever needs it.
    successor::give_way(&paths.data);
    // For one that was started by hand. It fails where this process leads a session already, as whoever is started
    // by a front does from its beginning: no harm.
    let _ = rustix::process::setsid();
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let key = read_key(io::stdin().lock())?;
    run_here(paths, config, service, key)
}

/// Runs the worker in this thread, for where no process can be started.
///
/// # Errors
/// When the store, the service's address or the sandbox cannot be used.
pub fn run_here(paths: &Paths, config: &Config, service: Service, key: Option<ApiKey>) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    let outcome = local.block_on(&runtime, work(paths, config, service, key));
    drop(local);
    runtime.shutdown_background();
    outcome
}

fn read_key(mut input: impl Read) -> Result<Option<ApiKey>> {
    /// No key is longer; whatever is piped in beyond is no key.
    const LONGEST: u64 = 4096;
    let mut text = String::new();
    input.by_ref().take(LONGEST).read_to_string(&mut text).context("the key could not be read from the pipe")?;
    if text.is_empty() { Ok(None) } else { Ok(Some(ApiKey::new(&text)?)) }
}

async fn work(paths: &Paths, config: &Config, service: Service, key: Option<ApiKey>) -> Result<()> {
    // Whoever starts a worker has written a row before: where no database is, somebody removed it all, and
    // a worker must not make it anew.
    if !paths.database().exists() {
        return Ok(());
    }
    // Before the seat: an older database is carried over only while no seat is taken.
    let mut store = Store::open(&paths.data)?;
    let seat = handing::take_seat(&store, &paths.worker_lock(&service), &service).await?;
    let Some(seat) = seat.filter(|_| paths.database().exists()) else {
        return Ok(());
    };
    sign_in(&mut store, &service)?;
    if key.is_none() && !service.is_sandbox() {
        // Without its key nothing can be asked of it: the rows wait and say so.
        return Ok(store.wait_for_key(&service)?);
    }
    let catalogue = Models::read(paths, config)?.catalogue;
    let sandbox = if service.is_sandbox() { Some(open_sandbox(paths, &catalogue).await?) } else { None };
    let client = client(&service, sandbox.as_ref(), key, limits(config))?;
    let ring = Ring::of(&store);
    let site = Site::new(store, client, service, Arc::new(catalogue), Arc::new(SystemClock), rules(config));
    let mut driver = Driver::new(site)?;
    let idle = Duration::from_secs(config.worker.idle_seconds.into());
    let mut signals = Signals::heard()?;
    tracing::info!("the worker is at work");
    loop {
        if until_idle(&mut driver, &ring, &mut signals, &paths.data, idle).await == Ended::Told {
            // Whoever was started in its place waits for what is on its way here.
            seat.leave_after(driver.finish_short()).await?;
            // The sandbox goes with this process, and nobody can be at work in it as long as it is here.
            if sandbox.is_none() && !driver.is_resting() && handing::hand_over(&seat, &paths.data) {
                driver.finish().await;
            } else {
                seat.leave_after(driver.finish()).await?;
            }
            break;
        }
        // Unlock, then look again: an order written between the last look and the unlock belongs to
        // this worker; one written after it has started a worker of its own.
        seat.release()?;
        // Where that cannot be read, nobody knows that nothing is left.
        let is_needed = driver.is_needed().unwrap_or_else(|error| {
            tracing::error!(%error, "what is left to do could not be read; the worker stays");
            true
        });
        if !is_needed || !seat.retake().await {
            break;
        }
    }
    driver.sweep();
    tracing::info!("the worker leaves");
    if let Some(sandbox) = sandbox {
        sandbox.stop().await;
    }
    Ok(())
}

/// Why the worker stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// Nothing was left to do.
    Idle,
    /// It was told to, or its data directory has gone.
    Told,
}

/// The signals that tell a worker to leave: one that comes while nobody waits for it is heard by whoever waits next.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn heard() -> io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn told(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

async fn until_idle(driver: &mut Driver, ring: &Ring, signals: &mut Signals, data: &Path, idle: Duration) -> Ended {
    let mut idle_since = Instant::now();
    loop {
        let outlook = driver.start_due();
        let is_idle = outlook.live == 0 && outlook.running == 0;
        if !is_idle {
            idle_since = Instant::now();
        }
        let leave_at = is_idle.then(|| idle_since + idle);
        let wake_at = leave_at.into_iter().chain(next_step(&outlook)).min();
        let wake_at = ring.next_look(&outlook, wake_at.unwrap_or_else(|| Instant::now() + LONGEST_SLEEP));
        tokio::select! {
            () = ring.rung() => {}
            () = driver.step_ended() => {}
            () = sleep_until(wake_at) => {}
            () = signals.told() => return Ended::Told,
        }
        if has_gone(data) {
            tracing::warn!("the data directory has gone");
            return Ended::Told;
        }
        if leave_at.is_some_and(|leave_at| Instant::now() >= leave_at) && driver.is_resting() {
            return Ended::Idle;
        }
    }
}

/// Whether somebody removed the data directory, or is about to: the bell may go before the database.
fn has_gone(data: &Path) -> bool {
    ["refrain.db", "bell/ring"].iter().any(|file| !data.join(file).exists())
}

/// The moment of the next step on the clock of the timer.
fn next_step(outlook: &Outlook) -> Option<Instant> {
    let wait = outlook.next?.duration_since(Timestamp::now());
    Some(Instant::now() + wait.max(SignedDuration::ZERO).unsigned_abs().min(LONGEST_SLEEP))
}

/// The bell of the store as something to wait for.
struct Ring {
    heard: Arc<Notify>,
    /// Absent where the folder cannot be watched; then one looks at intervals.
    listener: Option<Listener>,
}

impl Ring {
    fn of(store: &Store) -> Self {
        let heard = Arc::new(Notify::new());
        let bell = Arc::clone(&heard);
        let listener = store.bell().listen(move || bell.notify_one());
        if let Err(error) = &listener {
            tracing::warn!(%error, "the bell cannot be heard; looking at intervals");
        }
        Self { heard, listener: listener.ok() }
    }

    async fn rung(&self) {
        self.heard.notified().await;
    }

    fn next_look(&self, outlook: &Outlook, wake_at: Instant) -> Instant {
        if self.listener.is_some() {
            return wake_at;
        }
        wake_at.min(Instant::now() + if outlook.live > 0 { LOOK_LIVE } else { LOOK_IDLE })
    }
}

fn sign_in(store: &mut Store, service: &Service) -> Result<()> {
    let worker = WorkerRow { pid: std::process::id(), started: Timestamp::now(), version: handing::OWN.to_owned() };
    Ok(store.sign_in(service, &worker)?)
}

/// Opens the sandbox, which also sells what the user's own file adds to the catalogue.
async fn open_sandbox(paths: &Paths, catalogue: &Catalogue) -> Result<Sandbox> {
    let delivery = |spec: &ModelSpec| match spec.delivery {
        Delivery::Queued => sandbox::Delivery::Queued,
        Delivery::HeldOpen => sandbox::Delivery::HeldOpen,
    };
    let sold = catalogue.models().iter().map(|spec| (spec.id.clone(), delivery(spec)));
    let options = sandbox::Options {
        port: 0,
        world: paths.sandbox(),
        speed: sandbox::Speed::default(),
        scenario: sandbox::Scenario::default().selling(sold),
    };
    let give_up = Instant::now() + WORLD_PATIENCE;
    loop {
        match sandbox::start(options.clone()).await {
            // The worker before this one has given up its seat and is closing its sandbox.
            Err(SandboxError::Taken(_)) if Instant::now() < give_up => sleep(WORLD_PAUSE).await,
            opened => return Ok(opened?),
        }
    }
}

fn client(service: &Service, sandbox: Option<&Sandbox>, key: Option<ApiKey>, limits: Limits) -> Result<Client> {
    Ok(match (service, sandbox) {
        (_, Some(sandbox)) => Client::new(&sandbox.url(), Some(ApiKey::new(SANDBOX_KEY)?), limits)?,
        (Service::Paid(url), None) => Client::new(url, Some(key.context("no key was handed over")?), limits)?,
        (Service::Sandbox, None) => anyhow::bail!("the sandbox is not open"),
    })
}

/// How long the bodies are that a configuration takes; everything else is refrain's own.
fn limits(config: &Config) -> Limits {
    let bytes = |megabytes: u32| u64::from(megabytes) * 1_000_000;
    Limits {
        most_bytes: bytes(config.files.largest_mb),
        most_answer: bytes(config.api.largest_answer_mb),
        most_json: bytes(config.api.largest_json_mb),
        ..Limits::default()
    }
}

fn rules(config: &Config) -> Rules {
    Rules {
        at_once: config.api.at_once as usize,
        give_up: SignedDuration::from_mins(i64::from(config.api.give_up_minutes)),
        look_for: SignedDuration::from_mins(i64::from(config.api.look_minutes)),
        between_questions: BETWEEN_QUESTIONS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::usual::SANDBOX_HURRY;

    #[test]
    fn where_nothing_is_set_the_bodies_that_are_taken_are_as_long_as_the_client_thinks_right() {
        assert_eq!(limits(&Config::default()), Limits::default());
        let mut config = Config::default();
        (config.files.largest_mb, config.api.largest_answer_mb, config.api.largest_json_mb) = (1, 20, 3);
        let limits = limits(&config);
        assert_eq!((limits.most_bytes, limits.most_answer, limits.most_json), (1_000_000, 20_000_000, 3_000_000));
    }

    #[test]
    fn takes_of_the_embedded_sandbox_are_expected_at_its_own_speed() {
        let a_while = sandbox::Speed::default().shortened(f64::from(SANDBOX_HURRY));
        assert_eq!(a_while, Duration::from_secs(1));
    }
}
