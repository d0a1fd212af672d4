//! `completions`: a script that teaches a shell the commands and flags.

use anyhow::Result;
use clap::builder::PossibleValuesParser;
use clap::{Arg, Command};
use clap_complete::Shell;

use super::exit::Exit;
use super::{command, output};
use crate::domain::catalogue::Catalogue;

/// For which shell.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The shell
    shell: Shell,
}

/// Writes the script to standard output.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let catalogue = Catalogue::embedded()?;
    let names: Vec<String> = catalogue.models().iter().map(|spec| spec.label.clone()).collect();
    let mut script = Vec::new();
    let mut offered = with_models(without_hidden(&command()), &names);
    clap_complete::generate(arguments.shell, &mut offered, "refrain", &mut script);
    output::bytes(script.as_slice())?;
    Ok(Exit::Done)
}

/// The command line without what is no command for people: the generators would offer that too.
fn without_hidden(command: &Command) -> Command {
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    Command::new("refrain").args(command.get_arguments().cloned()).subcommands(shown)
}

/// The same with the names of the models for every `--model`. Those of the user's own file are left out, as
/// the script is made once; the command takes them all the same.
fn with_models(command: Command, names: &[String]) -> Command {
    let offer = |arg: Arg| match arg.get_long() {
        Some("model") => arg.value_parser(PossibleValuesParser::new(names.to_vec())),
        _ => arg,
    };
    command.mut_args(offer).mut_subcommands(|command| with_models(command, names))
}
