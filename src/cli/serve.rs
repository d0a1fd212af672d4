//! `sandbox`: the pretend service by itself, for scripts and tests.

use anyhow::Result;

use super::exit::Exit;
use super::{Setting, output};
use crate::sandbox::{self, Options, Speed};

/// How to serve it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The port on 127.0.0.1; any free one where it is 0
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// How many times faster than the real service; 1 is its pace
    #[arg(long, default_value_t = Speed::default())]
    speed: Speed,
    /// A file of faults to serve, for tests
    #[arg(long, value_name = "FILE")]
    scenario: Option<std::path::PathBuf>,
}

/// Serves the sandbox until it is interrupted.
///
/// # Errors
/// When the port is taken or the world cannot be kept.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let scenario = sandbox::Scenario::from_file(arguments.scenario.as_deref())?;
    let world = setting.paths.sandbox();
    let options = Options { port: arguments.port, speed: arguments.speed, world, scenario };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let sandbox = sandbox::start(options).await?;
        output::line(&sandbox.url())?;
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
