//! `play` and `cat`: hearing a take, here or on the other end of an SSH connection.

use std::env;
use std::fs::File;
use std::path::{Path, PathBuf};
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
    let elsewhere = format!("ssh HOST refrain cat {} | mpv -", arguments.id);
    // At once, as a Ctrl-C ends this process together with the player.
    let heard = listen(setting, &file, take.duration_ms, &elsewhere, || note(setting, &take, true));
    if heard.is_err() {
        note(setting, &take, take.heard)?;
    }
    heard.map(|()| Exit::Done)
}

/// Plays a sound of that length with the player found, until it ends. `begun` is done as soon as it plays,
/// `elsewhere` is the line that plays it on another machine.
///
/// # Errors
/// When no player is found, or it cannot have been heard.
pub(super) fn listen(
    setting: &Setting,
    file: &Path,
    length_ms: Option<u64>,
    elsewhere: &str,
    begun: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let unheard = |why: String| Failure::failed(format!("{why}\nhint: `{elsewhere}`"));
    let player = Player::find(setting.config.player.command.as_deref(), env::var_os("PATH").as_ref())
        .map_err(|error| unheard(error.to_string()))?;
    let mut child = player.play(file)?;
    let started = Instant::now();
    begun()?;
    let ended = child.wait().context("the player")?;
    let complaint = player.complaint(ended, started.elapsed(), length_ms.map(Duration::from_millis));
    complaint.map_or(Ok(()), |complaint| Err(unheard(complaint)))
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
