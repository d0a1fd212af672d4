//! `man`: the manual pages, made from the same words as `--help`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::exit::Exit;
use super::output;

/// Which pages.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Write the page of every command into this folder, instead of the main page to standard output
    #[arg(long, value_name = "DIR")]
    all: Option<PathBuf>,
}

/// Writes the main page to standard output, or all pages into a folder.
///
/// # Errors
/// When standard output or the folder cannot be written.
pub fn run(arguments: &Arguments) -> Result<Exit> {
    let mut command = super::command().disable_help_subcommand(true);
    command.build();
    match &arguments.all {
        None => output::bytes(page(&command)?.as_slice())?,
        Some(folder) => {
            fs::create_dir_all(folder).with_context(|| format!("`{}`", folder.display()))?;
            write_all(&command, folder)?;
        }
    }
    Ok(Exit::Done)
}

/// Writes the page of a command and those of its commands, and tells their names.
fn write_all(command: &Command, folder: &Path) -> Result<()> {
    let path = folder.join(Man::new(command.clone()).get_filename());
    fs::write(&path, page(command)?).with_context(|| format!("`{}`", path.display()))?;
    output::data(&path.display().to_string())?;
    command.get_subcommands().filter(|command| !command.is_hide_set()).try_for_each(|it| write_all(it, folder))
}

/// One page. What stands below the options of `--help` becomes sections of its own.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(command.clone()).manual("refrain");
    let mut out = Vec::new();
    man.render_title(&mut out)?;
    man.render_name_section(&mut out)?;
    man.render_synopsis_section(&mut out)?;
    man.render_description_section(&mut out)?;
    man.render_options_section(&mut out)?;
    if command.get_subcommands().any(|command| !command.is_hide_set()) {
        man.render_subcommands_section(&mut out)?;
    }
    let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    after.split("\n\n").filter(|block| !block.is_empty()).try_for_each(|block| section(block).to_writer(&mut out))?;
    Ok(out)
}

/// A block of the text behind the options: a first line that ends with a colon is its heading, and what
/// is below it stays line by line, as an example or a table.
fn section(block: &str) -> Roff {
    let mut roff = Roff::default();
    if let Some((heading, lines)) = block.split_once(":\n").filter(|(heading, _)| !heading.contains('\n')) {
        roff.control("SH", [heading.to_uppercase().as_str()]);
        roff.control("nf", []);
        for line in lines.lines() {
            roff.text([roman(line.strip_prefix("  ").unwrap_or(line))]);
        }
        roff.control("fi", []);
    } else {
        roff.control("SH", ["NOTES"]);
        roff.text([roman(block)]);
    }
    roff
}
