//! `path`: where a take's file is, and the lines that bring it to another machine.

use anyhow::Result;
use serde_json::json;

use super::exit::Exit;
use super::setting::{host, user};
use super::{Setting, hear, output};
use crate::domain::way::{Host, Ways};

/// Which take, and which way to it.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The take, by the id that `list` prints
    #[arg(value_name = "TAKE")]
    take: i64,
    /// The line that fetches it to another machine
    #[arg(long)]
    scp: bool,
    /// The line that plays it on another machine
    #[arg(long, conflicts_with = "scp")]
    ssh: bool,
    /// Print all three as one JSON object
    #[arg(long, conflicts_with_all = ["scp", "ssh"])]
    json: bool,
}

/// Prints a way to a take's file.
///
/// # Errors
/// When the take has no file.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let (take, file) = hear::file_of(setting, arguments.take)?;
    let (user, name, command) = (user(), host(), setting.own_command());
    let Ways { path, scp, ssh } = Host { user: &user, name: &name, command: &command }.ways(take.id, &file);
    match arguments {
        Arguments { json: true, .. } => output::json(&json!({ "path": path, "scp": scp, "ssh": ssh }))?,
        Arguments { scp: true, .. } => output::data(&scp)?,
        Arguments { ssh: true, .. } => output::data(&ssh)?,
        _ => output::data(&path)?,
    }
    Ok(Exit::Done)
}
