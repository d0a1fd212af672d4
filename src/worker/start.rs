//! Making sure that a worker runs: a second process of the same binary, away from the terminal.
//!
//! A front never asks whether one runs. It starts one; a worker that finds another at work leaves.

use std::env;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};

use anyhow::Context;
use process_wrap::std::{CommandWrap, ProcessSession};

use super::knell::Knell;
use crate::api::ApiKey;
use crate::config::Config;
use crate::domain::service::Service;
use crate::paths::Paths;
use crate::store::Store;

/// Whom to start a worker for.
#[derive(Clone, Debug)]
pub struct Post {
    pub data: PathBuf,
    /// Where the configuration would be: there may be none, and still a catalogue beside it.
    pub config: PathBuf,
    /// Settings that were given by flags, as `api.at_once=2`. The environment goes along by itself.
    pub overrides: Vec<String>,
    pub service: Service,
    /// The sandbox needs none.
    pub key: Option<ApiKey>,
    /// Told when it was killed.
    pub knell: Knell,
}

/// The hidden command under which the binary is a worker.
pub const COMMAND: &str = "worker";

impl Post {
    /// Starts a worker process and hands it the key through its standard input.
    ///
    /// Returns when the process has been started, not when it works. The key travels by the pipe alone:
    /// the worker's environment has none. A thread waits for the child's end, so that no zombie stays.
    ///
    /// # Errors
    /// When no process can be started; then the engine can run inside this one.
    pub fn start(&self) -> io::Result<()> {
        let mut command = CommandWrap::from(self.command()?);
        // In a session of its own before its first instruction: whoever hangs up, presses Ctrl-C or leads the
        // terminal's session and ends right after an order would otherwise end a worker that is still starting.
        let mut child = command.wrap(ProcessSession).spawn()?;
        let handed = self.hand_key(child.stdin().take());
        let knell = self.knell.clone();
        let mourn = move || child.wait().map(|status| knell.toll(status));
        std::thread::Builder::new().name("worker's end".to_owned()).spawn(mourn)?;
        handed
    }

    fn command(&self) -> io::Result<Command> {
        let mut command = Command::new(own_program()?);
        for name in super::key::VARIABLES {
            command.env_remove(name);
        }
        command
            .arg(COMMAND)
            .arg("--service")
            .arg(self.service.to_string())
            .arg("--data-dir")
            .arg(&self.data)
            .arg("--config")
            .arg(&self.config)
            .args(self.overrides.iter().flat_map(|setting| ["--setting", setting]))
            .current_dir(&self.data)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(self.standard_error());
        Ok(command)
    }

    fn hand_key(&self, pipe: Option<ChildStdin>) -> io::Result<()> {
        let Some(mut pipe) = pipe else { return Ok(()) };
        let Some(key) = &self.key else { return Ok(()) };
        match key.hand_over(&mut pipe).and_then(|()| pipe.flush()) {
            // It found another worker and left before reading: that one has a key.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            outcome => outcome,
        }
    }

    /// What a worker says before its log is open, as a panic while starting.
    fn standard_error(&self) -> Stdio {
        let log = self.data.join("log");
        std::fs::create_dir_all(&log)
            .and_then(|()| File::options().create(true).append(true).open(log.join("worker.stderr")))
            .map_or_else(|_| Stdio::null(), Stdio::from)
    }
}

/// This program. On Linux by the link that stays right when the file is replaced by a newer version.
fn own_program() -> io::Result<PathBuf> {
    let link = Path::new("/proc/self/exe");
    if link.exists() { Ok(link.to_owned()) } else { env::current_exe() }
}

/// Where the work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Working {
    /// In a process of its own, which outlives this one.
    Apart,
    /// In this process, for want of another.
    Inside,
}

/// Where workers may be started for, and with which key.
///
/// A key goes only to the service that the person named together with it: rows of any other paid
/// service wait.
#[derive(Clone, Debug)]
pub struct Posts {
    pub paths: Paths,
    pub config: Config,
    /// Settings that were given by flags, as `api.at_once=2`.
    pub overrides: Vec<String>,
    /// The paid service of this run.
    pub paid: Service,
    pub key: Option<ApiKey>,
    /// Why paid services are left alone, if so: nobody knows how they are meant to be used, as which one, and
    /// how much at once, stands in a configuration that cannot be read.
    pub sandbox_only: Option<String>,
    /// Told when a worker that was started from here was killed.
    pub knell: Knell,
}

impl Posts {
    /// Makes sure that a worker runs for a service: as a process, or inside this one where no process can
    /// be started.
    ///
    /// # Errors
    /// When there is no key for the service, or neither a process nor a thread can be started.
    pub fn start(&self, service: &Service) -> anyhow::Result<Working> {
        let post = self.post_with_key(service)?;
        let Err(error) = post.start() else { return Ok(Working::Apart) };
        tracing::warn!(%error, "no worker process; working inside this one");
        self.start_inside(post)?;
        Ok(Working::Inside)
    }

    /// Makes sure that a worker runs for a service as a process: for those who leave before the work is done.
    ///
    /// # Errors
    /// When there is no key for the service, or no process can be started.
    pub fn start_apart(&self, service: &Service) -> anyhow::Result<()> {
        Ok(self.post_with_key(service)?.start()?)
    }

    /// Whether a worker may be started for a service: the key at hand is for this one, or it needs none.
    #[must_use]
    pub fn serves(&self, service: &Service) -> bool {
        self.post(service).is_some()
    }

    /// Whether a worker is at work for a service, with a key of its own.
    ///
    /// Not to be asked before starting one: that is done in any case. Asked where none can be started.
    #[must_use]
    pub fn is_at_work(&self, service: &Service) -> bool {
        super::election::is_held(&self.paths.worker_lock(service))
    }

    /// Makes sure that workers run for all services with something to do; takes whose key is not at hand
    /// say so.
    ///
    /// # Errors
    /// When the store cannot be used or nothing can be started.
    pub fn start_live(&self, store: &mut Store) -> anyhow::Result<Working> {
        let mut working = Working::Apart;
        for service in store.live_services()? {
            if self.serves(&service) {
                working = working.max(self.start(&service)?);
            } else if self.sandbox_only.is_none() && !self.is_at_work(&service) {
                store.wait_for_key(&service)?;
            }
        }
        Ok(working)
    }

    fn post_with_key(&self, service: &Service) -> anyhow::Result<Post> {
        let no_key = || format!("no key for {service}; set {} or run `refrain login`", super::key::VARIABLES[0]);
        // A key may well be there and not be used.
        self.post(service).with_context(|| self.sandbox_only.clone().unwrap_or_else(no_key))
    }

    fn post(&self, service: &Service) -> Option<Post> {
        let key = match service {
            Service::Sandbox => None,
            Service::Paid(_) if self.sandbox_only.is_some() => return None,
            paid if *paid == self.paid => Some(self.key.clone()?),
            Service::Paid(_) => return None,
        };
        let Paths { data, config, .. } = self.paths.clone();
        let (overrides, knell) = (self.overrides.clone(), self.knell.clone());
        Some(Post { data, config, overrides, service: service.clone(), key, knell })
    }

    fn start_inside(&self, post: Post) -> io::Result<()> {
        let (paths, config) = (self.paths.clone(), self.config.clone());
        let work = move || {
            if let Err(error) = super::run_here(&paths, &config, post.service, post.key) {
                tracing::error!("the worker inside this process: {error:#}");
            }
        };
        std::thread::Builder::new().name("worker".to_owned()).spawn(work).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posts(key: Option<&str>, sandbox_only: Option<&str>) -> Posts {
        Posts {
            paths: Paths::new(Some(Path::new("/nonexistent")), None).unwrap(),
            config: Config::default(),
            overrides: Vec::new(),
            paid: Service::from("http://127.0.0.1:1"),
            key: key.map(|key| ApiKey::new(key).unwrap()),
            sandbox_only: sandbox_only.map(str::to_owned),
            knell: Knell::default(),
        }
    }

    #[test]
    fn that_nothing_can_be_started_is_said_with_its_cause() {
        let why = "the configuration has problems";
        let paid = Service::from("http://127.0.0.1:1");
        let told = |posts: Posts| posts.start(&paid).unwrap_err().to_string();
        assert_eq!(told(posts(Some("a-key-that-is-there"), Some(why))), why);
        assert_eq!(told(posts(None, Some(why))), why);
        let missing = told(posts(None, None));
        assert!(missing.starts_with("no key for http://127.0.0.1:1; set AIMLAPI_API_KEY"), "{missing}");
    }
}
