//! `sandbox`: the pretend service by itself, for scripts and tests.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::exit::{Exit, Failure};
use super::{Setting, output};
use crate::sandbox::{self, Options, Scenario, Speed};

/// How to serve it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The port on 127.0.0.1; any free one where it is 0
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How many times faster than the real service; 1 is its pace, 10 where none is named
    #[arg(long, value_name = "X")]
    speed: Option<Speed>,
    /// A file of faults to serve, for tests
    #[arg(long, value_name = "FILE")]
    scenario: Option<PathBuf>,
}

/// Serves the sandbox until it is interrupted.
///
/// # Errors
/// When the port is taken or the world cannot be kept.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let scenario = match &arguments.scenario {
        None => Scenario::default(),
        Some(file) => read(file)?,
    };
    let world = setting.paths.sandbox();
    let options = Options { port: arguments.port, speed: arguments.speed.unwrap_or_default(), world, scenario };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let sandbox = sandbox::start(options).await?;
        output::data(&sandbox.url())?;
        output::say("the sandbox is open; any key of eight characters works; Ctrl-C closes it");
        let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        sandbox.stop().await;
        Ok(Exit::Done)
    })
}

fn read(file: &Path) -> Result<Scenario> {
    let text = fs::read_to_string(file)
        .map_err(|error| Failure::usage(format!("cannot read the scenario `{}`: {error}", file.display())))?;
    Scenario::parse(&text).map_err(|error| Failure::usage(format!("the scenario `{}`: {error}", file.display())))
}
