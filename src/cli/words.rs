//! The commands, given as words by another face instead of by a shell.

use std::process::ExitCode;

use anyhow::Result;
use clap::parser::ValueSource;
use clap::{ArgMatches, Args, Command, CommandFactory, FromArgMatches};

use super::bill::Bill;
use super::exit::Exit;
use super::{Call, Cli, Flags, output, run, upload, usage};

/// A command with what it does, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    pub name: String,
    pub about: String,
}

/// Every command that is meant for people.
#[must_use]
pub fn all() -> Vec<About> {
    let command = Cli::command();
    let known = command.get_subcommands().filter(|command| !command.is_hide_set());
    let about = |command: &Command| About {
        name: command.get_name().to_owned(),
        about: command.get_about().map(ToString::to_string).unwrap_or_default(),
    };
    known.map(about).collect()
}

/// Runs the command that these words would be behind `refrain`, with the flags of this run.
#[must_use]
pub fn run_words(flags: &Flags, words: &[String]) -> ExitCode {
    let matches = match grammar().try_get_matches_from(words) {
        Ok(matches) => matches,
        Err(error) => return tell(&error),
    };
    if let Some(flag) = flag_of_the_run(&matches) {
        return wrong(&not_here(&flag));
    }
    match Cli::from_arg_matches(&matches) {
        Ok(Cli { command: Some(command), .. }) => run(flags.clone(), command),
        Ok(_) => wrong("no command was named"),
        Err(error) => tell(&error),
    }
}

/// What the command that these words would be pays for. Words that are no command pay for nothing: what is
/// wrong with them is said when they are run.
///
/// # Errors
/// When it names what is not there, or the store cannot be read.
pub fn bill(flags: &Flags, words: &[String]) -> Result<Option<Bill>> {
    let call = grammar().try_get_matches_from(words).ok().filter(|matches| flag_of_the_run(matches).is_none());
    let call = call.and_then(|matches| Cli::from_arg_matches(&matches).ok()?.command);
    call.map_or(Ok(None), |call| Bill::of(flags, &call))
}

/// The upload that these words name; nothing is asked and nothing is done yet.
///
/// # Errors
/// When they name none.
pub fn upload(words: &[String]) -> Result<upload::Arguments> {
    let wrong = |error: clap::Error| usage(said(&error).trim_start_matches("error: "));
    let matches = grammar().try_get_matches_from(words).map_err(wrong)?;
    if let Some(flag) = flag_of_the_run(&matches) {
        return Err(usage(not_here(&flag)));
    }
    let Some(Call::Command(command)) = Cli::from_arg_matches(&matches).map_err(wrong)?.command else {
        return Err(usage("that is no upload"));
    };
    match *command {
        super::Command::Upload(arguments) => Ok(arguments),
        _ => Err(usage("that is no upload")),
    }
}

/// The same commands without the program's name, and without lines broken for a screen's width.
fn grammar() -> Command {
    let whole = Cli::command().no_binary_name(true).term_width(0).disable_version_flag(true);
    flags_of_the_run().get_arguments().fold(whole, |whole, flag| whole.mut_arg(flag.get_id(), |flag| flag.hide(true)))
}

/// The flags that say where the whole run works.
fn flags_of_the_run() -> Command {
    Flags::augment_args(Command::new("flags"))
}

/// The flag, if any, that says where the whole run works.
fn flag_of_the_run(matches: &ArgMatches) -> Option<String> {
    let known = flags_of_the_run();
    let named = |id: &str| {
        let given = |matches: &ArgMatches| matches.value_source(id) == Some(ValueSource::CommandLine);
        given(matches) || matches.subcommand().is_some_and(|(_, matches)| given(matches))
    };
    let flag = known.get_arguments().find(|flag| named(flag.get_id().as_str()))?;
    flag.get_long().map(str::to_owned)
}

fn not_here(flag: &str) -> String {
    format!("`--{flag}` is said when refrain is started, not at the prompt")
}

fn wrong(sentence: &str) -> ExitCode {
    output::say(&format!("error: {sentence}"));
    ExitCode::from(Exit::Usage as u8)
}

/// What the parser says, without colours and empty lines; help is no error.
fn tell(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        output::say(&said(error));
        return ExitCode::from(Exit::Usage as u8);
    }
    let text = error.render().to_string();
    let mut lines = text.lines().map(in_one_piece).filter(|line| !line.is_empty());
    match lines.try_for_each(|line| output::line(&line)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(Exit::Failed as u8),
    }
}

/// What is wrong with words, line by line.
fn said(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let lines = text.lines().map(in_one_piece).filter(|line| !line.is_empty());
    // The last line names a flag that is longer than `help` and the command.
    lines.filter(|line| !line.starts_with("For more information")).collect::<Vec<_>>().join("\n")
}

/// A row of a table as a sentence: `--json: Print one JSON object`.
fn in_one_piece(row: &str) -> String {
    let cells = row.trim().split("  ").map(str::trim).filter(|cell| !cell.is_empty());
    cells.collect::<Vec<_>>().join(": ")
}
