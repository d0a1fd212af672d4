//! A sandbox in a process of its own, in which one trial after the other is made.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::thread;

use refrain::domain::service::Service;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::process::PREFIX;
use crate::support::service::{follow_at, world_of};
use crate::support::studio::at_home_in;

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
    /// Where those who ask it something go.
    pub url: String,
    /// Where it listens itself.
    own: String,
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
        let said = world.path().join("said");
        let mut command = at_home_in(world.path());
        command.arg("--data-dir").arg(world.path()).args(["sandbox", "--port", "0", "--speed", speed, "--scenario"]);
        command.arg(scenario).stdout(Stdio::piped()).stderr(File::create(&said).unwrap());
        let mut process = command.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        assert!(url.starts_with("http://"), "no sandbox: {url:?} {}", fs::read_to_string(said).unwrap());
        let own = url.trim_end().to_owned();
        Self { _world: world, process, url: own.clone(), own }
    }

    /// The same, for people who go another way to it.
    pub fn behind(self, door: String) -> Self {
        let mut lane = self;
        lane.url = door;
        lane
    }

    pub fn service(&self) -> Service {
        Service::from(self.url.as_str())
    }

    /// From here on it does this besides what every trial needs.
    pub fn follow(&self, rules: &str) {
        follow_at(&self.own, &format!("{SCENARIO}{rules}"));
    }

    /// What came and what was charged so far.
    pub fn books(&self) -> Books {
        let world = world_of(&self.own);
        let rows = |name: &str| world[name].as_array().unwrap().clone();
        let files = world["files"]["url"].as_str().unwrap().to_owned();
        Books { requests: rows("requests"), ledger: rows("ledger"), references: rows("references"), files }
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
    /// Where it serves the songs that it made.
    files: String,
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

    /// Whether the rest of a file was asked for, and given.
    pub fn was_gone_on_with(&self) -> bool {
        self.requests.iter().any(|visit| visit["endpoint"] == "file" && visit["status"] == 206)
    }

    /// What was charged for one of these tags.
    pub fn charges(&self, tags: &[String]) -> Vec<&Value> {
        let is_ours = |charge: &&Value| tags.iter().any(|tag| charge["client_request_id"] == *tag);
        self.ledger.iter().filter(is_ours).collect()
    }

    /// The song that a charge is for, fetched once more from where the service has it.
    pub fn song(&self, charge: &Value) -> Vec<u8> {
        let id = charge["inference_id"].as_str().unwrap();
        let path = format!("/generations/{}/output", id.split(':').next().unwrap());
        let host = self.files.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer[..answer.len().min(300)]));
        let end = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
        answer.split_off(end + 4)
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
