//! The commands: the other face of refrain, for scripts and for people who know what they want.
//!
//! A command never talks to the network, `login` excepted: it writes an intent, makes sure that a worker
//! runs, and, if asked, waits for rows to change.

mod act;
pub mod actions;
mod adopt;
mod balance;
pub mod bill;
mod check;
mod completions;
mod config;
mod doctor;
mod examples;
mod exit;
mod facts;
mod findings;
mod generate;
mod given;
mod hear;
mod line;
mod log;
mod login;
mod man;
mod models;
pub mod named;
mod opinion;
mod order;
pub mod output;
mod path;
mod reconcile;
mod record;
pub mod recording;
pub mod reference;
mod referring;
mod restart;
mod salvage;
mod sending;
mod serve;
pub mod setting;
mod song;
mod staff;
pub mod takes;
pub mod upload;
mod wait;
mod watch;
pub mod words;

use std::process::ExitCode;

use anyhow::Result;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{FromArgMatches, Parser, Subcommand};

use crate::domain::budget::Over;
use crate::domain::service::Service;
use crate::worker;
pub use examples::command;
use exit::{Exit, Failure};
pub use findings::Trouble;
pub use hear::playable;
pub use named::model;
pub use setting::{Flags, Setting};

/// Who writes, where a command does.
const WRITER: &str = "the command line";

/// A keyboard-driven terminal studio for AI songs
///
/// Without a command it opens the screen: on the real service where it finds a key, else on the sandbox,
/// where nothing is charged.
#[derive(Debug, Parser)]
#[command(name = "refrain", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten, next_help_heading = "Everywhere")]
    pub flags: Flags,
    /// Open a prompt that takes the commands a line at a time, for screen readers, braille and plain
    /// terminals; ACCESSIBLE=1 does the same
    #[arg(long)]
    pub plain: bool,
    #[command(subcommand)]
    pub command: Option<Call>,
}

/// Everything that can be called.
#[derive(Debug, Subcommand)]
pub enum Call {
    #[command(flatten)]
    Command(Box<Command>),
    #[command(flatten)]
    About(About),
}

/// Commands about refrain itself: they do their work also where the configuration has a mistake.
#[derive(Debug, Subcommand)]
pub enum About {
    /// Say what refrain stands on here, what is amiss and what mends it
    ///
    /// A row each for the configuration, the key and where it came from, the terminal, the folders and their
    /// file system, the database, the workers, the clock, the proxy, and what becomes of running takes when
    /// you leave. `ok` is well, `look` works, `bad` does not; the exit code is 1 where something is bad.
    /// Nothing is changed, and nobody on the network is asked.
    Doctor(doctor::Arguments),
    /// Say what can be set, where it is read from, what is in force and what is wrong with it
    Config(config::Arguments),
    /// Tell what happened to takes, step by step, the oldest first
    Log(log::Arguments),
    /// Write a script that completes commands and flags in a shell
    Completions(completions::Arguments),
    /// Write the manual page, or all of them
    Man(man::Arguments),
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Order takes
    Generate(generate::Arguments),
    /// List takes, the newest first
    List(takes::ListArguments),
    /// Show one take
    Show(takes::ShowArguments),
    /// Order a take again as it was
    Again(generate::AgainArguments),
    /// Tell the problems of a song or a text, for one model, several or all
    Check(check::Arguments),
    /// Wait until takes are saved or have failed
    Wait(wait::WaitArguments),
    /// Print a line for each change of a take, as it is committed
    Watch(wait::WatchArguments),
    /// Rate takes
    Rate(opinion::RateArguments),
    /// Make a take the one pick of its song
    Pick(opinion::PickArguments),
    /// Write a note on a take
    Note(opinion::NoteArguments),
    /// Put finished takes out of the queue; their files stay
    Hide(opinion::HideArguments),
    /// Put orders that were not sent aside
    Hold(line::HoldArguments),
    /// Let held orders go
    Release(line::ReleaseArguments),
    /// Move an order that was not sent in line
    Move(line::MoveArguments),
    /// Take back orders that were not sent
    Withdraw(line::WithdrawArguments),
    /// Ask the service about takes now, also where asking had stopped
    Ask(line::AskArguments),
    /// Look through the account's log for takes whose answer was lost
    ///
    /// Says of each what is known: accepted and being fetched, charged with its audio lost, failed and not
    /// charged, or no trace so far. Rows come late to that log, so that nothing there is no proof that nothing
    /// was charged: the exit code is 3 then. Nothing is ordered again.
    Reconcile(reconcile::Arguments),
    /// Fetch what the account ordered elsewhere: on a lost laptop, or on the service's own pages
    ///
    /// What the account's log has and no take here is, is listed; what the service still keeps is fetched, as
    /// takes of the song `Adopted`. Nothing is ordered and nothing is paid.
    Adopt(adopt::Arguments),
    /// Make a file of what plays of a song that came damaged or not whole
    ///
    /// Such a take says so, and every byte that came is kept. Works without a network.
    Salvage(salvage::Arguments),
    /// Print where a take's file is, or a line that fetches or plays it from elsewhere
    Path(path::Arguments),
    /// Songs and their drafts
    #[command(subcommand)]
    Song(song::Command),
    /// Upload a recording, so that songs are sung with its voice or its music
    Upload(upload::Arguments),
    /// The library of recordings to go by
    #[command(subcommand)]
    Reference(reference::Command),
    /// List the models with what they take
    Models(models::Arguments),
    /// Show what is left on the account, and what was spent today and this month
    Balance(balance::Arguments),
    /// Play a take here
    Play(hear::PlayArguments),
    /// Write a take's file to standard output: `ssh HOST refrain cat 17 | mpv -`
    Cat(hear::CatArguments),
    /// Serve the sandbox, the pretend service, by itself: for scripts and tests
    Sandbox(serve::Arguments),
    /// Keep a key: reads it without echo, tries it, stores it for you alone
    Login(login::Arguments),
    /// End the worker that is late and start another
    Restart(restart::Arguments),
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

/// Reads the command line; says what is wrong with it, or the help that was asked for, and ends there.
pub fn read() -> Cli {
    let matches = examples::command().try_get_matches().unwrap_or_else(|error| where_choices_are(error).exit());
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

/// What helps where one of these is not given.
const TIPS: [(&str, &str); 2] = [
    ("--model ", "`refrain models` lists the models"),
    (
        "--purpose ",
        "a singer with music is a song, a singer alone a voice, music only an instrumental: `--purpose song`",
    ),
];

/// The same error; one about a flag that is not given says what may be given.
fn where_choices_are(mut error: clap::Error) -> clap::Error {
    let missing = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(names)) if error.kind() == ErrorKind::MissingRequiredArgument => names.as_slice(),
        _ => &[],
    };
    let is_missing = |flag: &str| missing.iter().any(|name| name.starts_with(flag));
    let tips: Vec<_> = TIPS.iter().filter(|(flag, _)| is_missing(flag)).map(|(_, tip)| (*tip).into()).collect();
    if !tips.is_empty() {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(tips));
    }
    error
}

/// Runs one command and says how it ended.
pub fn run(flags: Flags, call: Call) -> ExitCode {
    let ended = match call {
        Call::Command(command) => dispatch(flags, *command),
        Call::About(command) => tell_about(&flags, command),
    };
    match ended {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(error) => ExitCode::from(tell(&error) as u8),
    }
}

/// Says an error to the person and finds its exit code.
pub fn tell(error: &anyhow::Error) -> Exit {
    tell_as(error, str::to_owned)
}

/// The same in the words of a face that names commands in another way.
pub fn tell_as(error: &anyhow::Error, words: impl Fn(&str) -> String) -> Exit {
    if error.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe) {
        // `refrain list | head` is no failure of anybody.
        return Exit::Done;
    }
    output::say(&words(&format!("error: {error:#}")));
    error.downcast_ref::<Failure>().map_or(Exit::Failed, |failure| failure.exit)
}

/// An error that says that something was asked for in a wrong way.
pub fn usage(sentence: impl Into<String>) -> anyhow::Error {
    Failure::usage(sentence)
}

/// An error that says that today's budget has no room for an order.
pub fn over_budget(over: &Over) -> anyhow::Error {
    Failure::key(format!("nothing was ordered: {}", bill::refused(over)))
}

/// An error that says that something was tried and did not work.
pub fn failed(sentence: impl Into<String>) -> anyhow::Error {
    Failure::failed(sentence)
}

fn tell_about(flags: &Flags, command: About) -> Result<Exit> {
    match command {
        About::Doctor(arguments) => doctor::run(flags, &arguments),
        About::Config(arguments) => config::run(flags, &arguments),
        About::Log(arguments) => log::run(flags, &arguments),
        About::Completions(arguments) => completions::run(&arguments),
        About::Man(arguments) => man::run(&arguments),
    }
}

fn dispatch(flags: Flags, command: Command) -> Result<Exit> {
    if let Command::Worker(arguments) = command {
        return work(flags, arguments);
    }
    let setting = Setting::new(flags)?;
    match command {
        Command::Generate(arguments) => generate::run(&setting, &arguments),
        Command::List(arguments) => takes::list(&setting, &arguments),
        Command::Show(arguments) => takes::show(&setting, &arguments),
        Command::Again(arguments) => generate::again(&setting, &arguments),
        Command::Check(arguments) => check::run(&setting, &arguments),
        Command::Wait(arguments) => wait::wait(&setting, &arguments),
        Command::Watch(arguments) => wait::watch(&setting, &arguments),
        Command::Rate(arguments) => opinion::rate(&setting, &arguments),
        Command::Pick(arguments) => opinion::pick(&setting, &arguments),
        Command::Note(arguments) => opinion::note(&setting, &arguments),
        Command::Hide(arguments) => opinion::hide(&setting, &arguments),
        Command::Hold(arguments) => line::hold(&setting, &arguments),
        Command::Release(arguments) => line::release(&setting, &arguments),
        Command::Move(arguments) => line::shift(&setting, &arguments),
        Command::Withdraw(arguments) => line::withdraw(&setting, &arguments),
        Command::Ask(arguments) => line::ask(&setting, &arguments),
        Command::Reconcile(arguments) => reconcile::run(&setting, &arguments),
        Command::Adopt(arguments) => adopt::run(&setting, &arguments),
        Command::Salvage(arguments) => salvage::run(&setting, &arguments),
        Command::Path(arguments) => path::run(&setting, &arguments),
        Command::Song(command) => song::run(&setting, &command),
        Command::Upload(arguments) => upload::run(&setting, &arguments),
        Command::Reference(command) => reference::run(&setting, &command),
        Command::Restart(arguments) => restart::run(&setting, &arguments),
        Command::Models(arguments) => models::run(&setting, &arguments),
        Command::Balance(arguments) => balance::run(&setting, &arguments),
        Command::Play(arguments) => hear::play(&setting, &arguments),
        Command::Cat(arguments) => hear::cat(&setting, &arguments),
        Command::Sandbox(arguments) => serve::run(&setting, &arguments),
        Command::Login(arguments) => login::run(&setting, &arguments),
        // Carried out above: it needs no configuration without fault.
        Command::Worker(_) => Ok(Exit::Done),
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
