//! Workers: in a thread of the test, or as a process that can be killed.

use std::io::Write;
use std::process::{Child, Stdio};
use std::thread::JoinHandle;

use refrain::config::Config;
use refrain::domain::service::Service;
use refrain::worker;

use super::service::{KEY, Pretend};
use super::studio::Studio;

/// A worker in a thread of this process.
pub struct Working(JoinHandle<()>);

impl Working {
    /// Starts one that leaves as soon as nothing is live, and looks once for what was lost.
    pub fn start(studio: &Studio, service: &Service) -> Self {
        Self::with(studio, service, hasty())
    }

    pub fn with(studio: &Studio, service: &Service, config: Config) -> Self {
        let (paths, service) = (studio.paths(), service.clone());
        let key = Some(Pretend::key());
        Self(std::thread::spawn(move || worker::run_here(&paths, &config, service, key).unwrap()))
    }

    /// Waits until it has left.
    pub fn done(self) {
        self.0.join().unwrap();
    }
}

/// The configuration of a worker that waits for nothing.
pub fn hasty() -> Config {
    let mut config = Config::default();
    (config.worker.idle_seconds, config.api.look_minutes) = (0, 0);
    config
}

/// Works until nothing is live.
pub fn work(studio: &Studio, service: &Service) {
    Working::start(studio, service).done();
}

/// A worker as a process, as a front starts it.
pub fn process(studio: &Studio, service: &Service) -> Child {
    let mut command = studio.refrain();
    command.args(["worker", "--service", &service.to_string()]).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(KEY.as_bytes()).unwrap();
    child
}
