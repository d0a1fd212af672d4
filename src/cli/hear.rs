//! `play` and `cat`: hearing a take, here or on the other end of an SSH connection.

use std::env;
use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::exit::{Exit, Failure};
use super::{Setting, WRITER, named, output};
use crate::audio::player::Player;
use crate::domain::generation::{Status, Take};
use crate::engine::intent::Intent;

/// Which take to play.
#[derive(Debug, clap::Args)]
pub struct PlayArguments {
    /// The id that `list` prints
    #[arg(value_name = "TAKE")]
    id: i64,
}

/// Which take to write out.
#[derive(Debug, clap::Args)]
pub struct CatArguments {
    /// The id that `list` prints
    #[arg(value_name = "TAKE")]
    id: i64,
}

/// Plays a take with the player found and returns when it ends.
///
/// # Errors
/// When the take has no file, or no player is found.
pub fn play(setting: &Setting, arguments: &PlayArguments) -> Result<Exit> {
    let (take, file) = file_of(setting, arguments.id)?;
    let player = Player::find(setting.config.player.command.as_deref(), env::var_os("PATH").as_ref())
        .map_err(|error| Failure::failed(format!("{error}\nhint: `ssh HOST refrain cat {} | mpv -`", arguments.id)))?;
    let mut child = player.play(&file)?;
    let began = Instant::now();
    // At once, as a Ctrl-C ends this process together with the player.
    note(setting, &take, true)?;
    let ended = child.wait().context("the player")?;
    let length = take.duration_ms.map(Duration::from_millis);
    let Some(complaint) = player.complaint(ended, began.elapsed(), length) else { return Ok(Exit::Done) };
    note(setting, &take, take.heard)?;
    Err(Failure::failed(format!("{complaint}\nhint: `ssh HOST refrain cat {} | mpv -`", arguments.id)))
}

/// Writes a take's file to standard output.
///
/// # Errors
/// When the take has no file, or standard output is a terminal.
pub fn cat(setting: &Setting, arguments: &CatArguments) -> Result<Exit> {
    let (take, file) = file_of(setting, arguments.id)?;
    if output::is_terminal() {
        let id = arguments.id;
        return Err(Failure::usage(format!(
            "a terminal cannot play a file; pipe it: `refrain cat {id} | mpv -`, or from elsewhere `ssh HOST refrain cat {id} | mpv -`"
        )));
    }
    let opened = File::open(&file).with_context(|| format!("`{}`", file.display()))?;
    output::bytes(opened)?;
    note(setting, &take, true)?;
    Ok(Exit::Done)
}

/// A take with its file.
///
/// # Errors
/// When there is no such take, or it has no file.
pub(super) fn file_of(setting: &Setting, id: i64) -> Result<(Take, PathBuf)> {
    let store = setting.store()?;
    let take = named::take(&store, id)?;
    let file = playable(&take)?;
    Ok((take, file))
}

/// The file of a take.
///
/// # Errors
/// When it has none, or it is gone.
pub fn playable(take: &Take) -> Result<PathBuf> {
    let id = take.id.0;
    match (take.status, &take.file) {
        (Status::Saved, Some(file)) if file.is_file() => Ok(file.clone()),
        (Status::Saved, Some(file)) => {
            Err(Failure::failed(format!("the file of take {id} is gone from `{}`", file.display())))
        }
        (status, _) => Err(Failure::failed(format!("take {id} has no file yet, it is {}", status.name()))),
    }
}

fn note(setting: &Setting, take: &Take, heard: bool) -> Result<()> {
    let desk = setting.desk(WRITER.to_owned(), None);
    desk.carry_out(&mut setting.store()?, Intent::Heard { take: take.id, heard }, jiff::Timestamp::now())?;
    Ok(())
}
