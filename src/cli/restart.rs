//! `restart`: another worker in place of one that is late.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::exit::Exit;
use super::{Setting, output, staff};
use crate::domain::service::Service;
use crate::store::Store;
use crate::worker::start::{self, Posts};

/// How long another worker is waited for; one that finishes what is on its way may need longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two starts: one that is started while the old one has not said yet that it is leaving leaves
/// itself after a third of a second.
const AGAIN: Duration = Duration::from_millis(500);

/// Nothing is to be said of it.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Tells the workers of everything unfinished to leave, and starts others.
///
/// # Errors
/// When the store cannot be read or a process cannot be told or started.
pub fn run(setting: &Setting, _: &Arguments) -> Result<Exit> {
    let store = setting.store()?;
    let takes = store.live_takes()?;
    let posts = staff::posts(setting, &takes)?;
    let mut exit = Exit::Done;
    for service in store.live_services()? {
        if !posts.serves(&service) {
            output::say(&staff::without_key(&posts, &service));
            exit = Exit::Key;
        } else if replace(&store, &posts, &service)? {
            output::say(&format!("another worker took over for {service}"));
        } else {
            output::say(&format!("the worker for {service} finishes what is on its way; another waits for it"));
        }
    }
    if takes.is_empty() {
        output::say("no take is unfinished, so no worker is needed");
    }
    Ok(exit)
}

/// Puts another worker in place of the one at work, if one is; says whether it has signed in.
fn replace(store: &Store, posts: &Posts, service: &Service) -> Result<bool> {
    let (tell, rung) = mpsc::channel();
    // Where the bell cannot be heard, each look is a wait long.
    let _listener = store.bell().listen(move || {
        // Nobody waits any more: nothing to tell.
        let _ = tell.send(());
    });
    let before = store.worker(service)?;
    start::dismiss(store, &posts.paths.worker_lock(service), service)?;
    let begin = Instant::now();
    let mut started: Option<Instant> = None;
    while begin.elapsed() < PATIENCE {
        if started.is_none_or(|at| at.elapsed() >= AGAIN) {
            posts.start_apart(service)?;
            started = Some(Instant::now());
        }
        // Whatever woke it, or nothing: it looks.
        let _ = rung.recv_timeout(AGAIN);
        if store.worker(service)? != before {
            return Ok(true);
        }
    }
    Ok(false)
}
