//! The commands: the other face of refrain, for scripts and for people who know what they want.
//!
//! A command never talks to the network, `login` excepted: it writes an intent, makes sure that a worker
//! runs, and, if asked, waits for rows to change.

mod config;
mod exit;
mod findings;
mod generate;
mod hear;
mod login;
mod models;
mod output;
mod record;
mod serve;
pub mod setting;
mod takes;
mod watch;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::domain::service::Service;
use crate::worker;
use exit::{Exit, Failure};
pub use findings::Trouble;
pub use setting::{Flags, Setting};

/// A keyboard-driven terminal studio for AI songs
///
/// Without a command it opens the screen: on the real service where it finds a key, else on the sandbox,
/// where nothing is charged.
#[derive(Debug, Parser)]
#[command(name = "refrain", version, max_term_width = 100, after_help = WHERE)]
pub struct Cli {
    #[command(flatten)]
    pub flags: Flags,
    #[command(subcommand)]
    pub command: Option<Command>,
}

const WHERE: &str = "\
The key comes from AIMLAPI_API_KEY, AIMLAPI_KEY or AIML_API_KEY, from `api.key_command`, or from `refrain login`.
The configuration is read from `--config FILE`, else with `--data-dir DIR` from DIR/config.toml, else from
refrain/config.toml in the user's configuration folder.

Exit codes: 0 done, 1 failed, 2 usage, configuration or a draft with problems, 3 outcome unknown,
4 key or credits, 5 still running, 130 interrupted.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Order takes
    Generate(generate::Arguments),
    /// List takes, the newest first
    List(takes::ListArguments),
    /// Show one take
    Show(takes::ShowArguments),
    /// Wait until takes are saved or have failed
    Wait(takes::WaitArguments),
    /// List the models with what they take
    Models(models::Arguments),
    /// Play a take here
    Play(hear::PlayArguments),
    /// Write a take's file to standard output: `ssh HOST refrain cat 17 | mpv -`
    Cat(hear::CatArguments),
    /// Serve the sandbox by itself
    Sandbox(serve::Arguments),
    /// Say what can be set, where it is read from, what is in force and what is wrong with it
    Config(config::Arguments),
    /// Keep a key: reads it without echo, tries it, stores it for you alone
    Login(login::Arguments),
    /// (what works in the background)
    #[command(hide = true)]
    Worker(WorkerArguments),
}

/// Arguments of the hidden worker.
#[derive(Debug, clap::Args)]
pub struct WorkerArguments {
    /// Base URL of the service, or `sandbox`
    #[arg(long)]
    service: String,
}

/// Runs one command and says how it ended.
pub fn run(flags: Flags, command: Command) -> ExitCode {
    match dispatch(flags, command) {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) => ExitCode::from(tell(&error) as u8),
    }
}

/// Says an error to the person and finds its exit code.
pub fn tell(error: &anyhow::Error) -> Exit {
    if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) {
        // `refrain list | head` is no failure of anybody.
        return Exit::Done;
    }
    output::say(&format!("error: {error:#}"));
    error.downcast_ref::<Failure>().map_or(Exit::Failed, |failure| failure.exit)
}

fn dispatch(flags: Flags, command: Command) -> Result<Exit> {
    let command = match command {
        Command::Config(arguments) => return config::run(&flags, &arguments),
        Command::Worker(arguments) => return work(flags, arguments),
        command => command,
    };
    let setting = Setting::new(flags)?;
    match command {
        Command::Generate(arguments) => generate::run(&setting, &arguments),
        Command::List(arguments) => takes::list(&setting, &arguments),
        Command::Show(arguments) => takes::show(&setting, &arguments),
        Command::Wait(arguments) => takes::wait(&setting, &arguments),
        Command::Models(arguments) => models::run(&setting, &arguments),
        Command::Play(arguments) => hear::play(&setting, &arguments),
        Command::Cat(arguments) => hear::cat(&setting, &arguments),
        Command::Sandbox(arguments) => serve::run(&setting, &arguments),
        Command::Login(arguments) => login::run(&setting, &arguments),
        // These were carried out above: they need no configuration without fault.
        Command::Config(_) | Command::Worker(_) => Ok(Exit::Done),
    }
}

fn work(flags: Flags, arguments: WorkerArguments) -> Result<Exit> {
    let service = Service::from(arguments.service);
    let setting = Setting::for_worker(flags, &service)?;
    crate::log::to_file(&setting.paths.logs());
    let outcome = worker::run(&setting.paths, &setting.config, service);
    if let Err(error) = &outcome {
        tracing::error!("{error:#}");
    }
    outcome.map(|()| Exit::Done)
}
