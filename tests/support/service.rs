//! The sandbox as a service of its own, in a thread, with a world that tests can look at.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;

use refrain::api::ApiKey;
use refrain::domain::service::Service;
use refrain::sandbox::{self, Options, Scenario, Speed};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

use super::process::PREFIX;

/// A key that the sandbox takes, and that is found where it should not be.
pub const KEY: &str = "canary-5d1f0c7e9b3a4286";

/// A running sandbox. Gone when dropped.
pub struct Pretend {
    pub url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// The world, where it goes with the sandbox.
    own_world: Option<TempDir>,
}

impl Pretend {
    /// A sandbox at that many times the real pace, with a scenario.
    pub fn start(speed: f64, scenario: &str) -> Self {
        let world = tempfile::Builder::new().prefix(PREFIX).tempdir().unwrap();
        let mut pretend = Self::of_world(world.path(), speed, scenario);
        pretend.own_world = Some(world);
        pretend
    }

    /// The sandbox of a world that stays.
    pub fn of_world(world: &Path, speed: f64, scenario: &str) -> Self {
        let options = Options {
            port: 0,
            world: world.to_owned(),
            speed: Speed::times(speed).unwrap(),
            scenario: Scenario::parse(scenario).unwrap(),
        };
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let sandbox = sandbox::start(options).await.unwrap();
                tell.send(sandbox.url()).unwrap();
                // An error is the other end dropped: the same wish.
                let _ = stopped.await;
                sandbox.stop().await;
            });
        });
        Self { url: told.recv().unwrap(), stop: Some(stop), thread: Some(thread), own_world: None }
    }

    /// A sandbox so quick that takes are done when asked for the first time.
    pub fn quick(scenario: &str) -> Self {
        Self::start(5000.0, scenario)
    }

    pub fn service(&self) -> Service {
        Service::from(self.url.as_str())
    }

    pub fn key() -> ApiKey {
        ApiKey::new(KEY).unwrap()
    }

    /// What was asked and charged.
    pub fn world(&self) -> Value {
        world_of(&self.url)
    }

    /// Begins another scenario.
    pub fn follow(&self, scenario: &str) {
        follow_at(&self.url, scenario);
    }

    /// Every accepted order.
    pub fn ledger(&self) -> Vec<Value> {
        self.world()["ledger"].as_array().unwrap().clone()
    }

    /// Requests that came to an endpoint with a method.
    pub fn visits(&self, endpoint: &str, method: &str) -> Vec<Value> {
        let world = self.world();
        let all = world["requests"].as_array().unwrap();
        all.iter().filter(|visit| visit["endpoint"] == endpoint && visit["method"] == method).cloned().collect()
    }

    /// The tags of the paid requests, in order.
    pub fn tags(&self) -> Vec<String> {
        let visits = self.visits("submit", "POST");
        visits.iter().map(|visit| visit["client_request_id"].as_str().unwrap().to_owned()).collect()
    }
}

/// What was asked of a sandbox, and what it charged, wherever it runs.
pub fn world_of(url: &str) -> Value {
    serde_json::from_str(&exchange(url, "GET", "/sandbox/world", "")).unwrap()
}

/// Begins another scenario in a sandbox, wherever it runs.
pub fn follow_at(url: &str, scenario: &str) {
    Scenario::parse(scenario).unwrap();
    exchange(url, "PUT", "/sandbox/scenario", scenario);
}

fn exchange(url: &str, method: &str, path: &str, body: &str) -> String {
    let host = url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 2"), "{answer}");
    body.to_owned()
}

impl Drop for Pretend {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was printed; a second one here would end the program.
            let _ = thread.join();
        }
    }
}
