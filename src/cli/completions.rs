//! `completions`: a script that teaches a shell the commands and flags.

use anyhow::Result;
use clap::Command;
use clap_complete::Shell;

use super::exit::Exit;
use super::{command, output};

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
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut without_hidden(&command()), "refrain", &mut script);
    output::bytes(script.as_slice())?;
    Ok(Exit::Done)
}

/// The command line without what is no command for people: the generators would offer that too.
fn without_hidden(command: &Command) -> Command {
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set()).cloned();
    Command::new("refrain").args(command.get_arguments().cloned()).subcommands(shown)
}
