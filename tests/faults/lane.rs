//! A sandbox in a process of its own, in which one trial after the other is made.

use std::fs;
use std::io::{BufRead, BufReader};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;

use refrain::domain::service::Service;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::process::PREFIX;
use crate::support::service::{follow_at, world_of};

/// So quick that a take is done when it is asked about for the first time, and not so quick that it is when it was
/// just ordered.
const SPEED: &str = "200";

/// Known references, and songs of which there is just enough to break off in.
const SCENARIO: &str = "[references]\nvoices = [\"vocal-1\"]\n[songs]\nat_most = 1.0\n[log]\nlag_ms = 0\n";

/// Sandboxes, each with one trial at a time. Most of a trial is waiting.
const LANES: usize = 6;

/// A running sandbox. Gone when dropped.
pub struct Lane {
    _world: TempDir,
    process: Child,
    pub url: String,
}

impl Lane {
    pub fn open() -> Self {
        Self::at_pace(SPEED, SCENARIO)
    }

    /// One that works at that many times the real pace, and follows a scenario.
    pub fn at_pace(speed: &str, scenario_text: &str) -> Self {
        let world = tempfile::Builder::new().prefix(PREFIX).tempdir().unwrap();
        let scenario = world.path().join("scenario.toml");
        fs::write(&scenario, scenario_text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_refrain"));
        command.arg("--data-dir").arg(world.path()).args(["sandbox", "--port", "0", "--speed", speed, "--scenario"]);
        command.arg(scenario).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self { _world: world, process, url: url.trim_end().to_owned() }
    }

    pub fn service(&self) -> Service {
        Service::from(self.url.as_str())
    }

    /// From here on it does this besides what every trial needs.
    pub fn follow(&self, rules: &str) {
        follow_at(&self.url, &format!("{SCENARIO}{rules}"));
    }

    /// What came and what was charged so far.
    pub fn books(&self) -> Books {
        let world = world_of(&self.url);
        let rows = |name: &str| world[name].as_array().unwrap().clone();
        Books { requests: rows("requests"), ledger: rows("ledger"), references: rows("references") }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

/// What a sandbox saw.
pub struct Books {
    pub requests: Vec<Value>,
    pub ledger: Vec<Value>,
    pub references: Vec<Value>,
}

impl Books {
    /// What has been added to these.
    pub fn since(mut self, before: &Self) -> Self {
        self.requests.drain(..before.requests.len());
        self.ledger.drain(..before.ledger.len());
        self.references.drain(..before.references.len());
        self
    }

    /// The paid requests that were, or may have been, accepted.
    pub fn perhaps_accepted_any(&self) -> Vec<&Value> {
        let is_paid = |visit: &&Value| {
            visit["method"] == "POST" && ["submit", "generate"].map(Value::from).contains(&visit["endpoint"])
        };
        let paid = self.requests.iter().filter(is_paid);
        paid.filter(|visit| !visit["status"].as_u64().is_some_and(is_no)).collect()
    }

    /// Those of them that had one of these tags.
    pub fn perhaps_accepted(&self, tags: &[String]) -> Vec<&Value> {
        let mut accepted = self.perhaps_accepted_any();
        accepted.retain(|visit| tags.iter().any(|tag| visit["client_request_id"] == *tag));
        accepted
    }

    /// What was charged for one of these tags.
    pub fn charges(&self, tags: &[String]) -> Vec<&Value> {
        let is_ours = |charge: &&Value| tags.iter().any(|tag| charge["client_request_id"] == *tag);
        self.ledger.iter().filter(is_ours).collect()
    }
}

/// Whether a status, which this service says in its own form, means that nothing was done.
fn is_no(status: u64) -> bool {
    (400..=499).contains(&status) && status != 408 || [500, 503].contains(&status)
}

/// Works through all of these, several at once; brings each with what it broke. One that stumbles itself proves
/// nothing.
pub fn in_lanes<T: Copy + Send>(
    work: impl Iterator<Item = T> + Send,
    violations: impl Fn(T, &Lane) -> Vec<String> + Sync,
) -> Vec<(T, Vec<String>)> {
    let (waiting, outcomes) = (Mutex::new(work), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..LANES {
            scope.spawn(|| {
                let lane = Lane::open();
                loop {
                    let Some(next) = waiting.lock().unwrap().next() else { break };
                    let outcome = catch_unwind(AssertUnwindSafe(|| violations(next, &lane)));
                    let outcome = outcome.unwrap_or_else(|_| vec!["the trial itself stumbled".to_owned()]);
                    outcomes.lock().unwrap().push((next, outcome));
                }
            });
        }
    });
    outcomes.into_inner().unwrap()
}
