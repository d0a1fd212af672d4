//! `play` and `stop`: a player in the background, one take at a time.

use std::env;
use std::process::Child;

use anyhow::Result;
use jiff::Timestamp;

use super::references;
use super::session::Session;
use crate::audio::player::Player;
use crate::cli::{self, output};
use crate::domain::generation::{Status, Take, TakeId};
use crate::engine::intent::Intent;

/// The player while it plays. It stops when refrain is left.
#[derive(Debug, Default)]
pub struct Listening(Option<Child>);

impl Listening {
    /// Stops what plays; says whether something did.
    fn stop(&mut self) -> bool {
        let Some(mut child) = self.0.take() else { return false };
        if matches!(child.try_wait(), Ok(Some(_))) {
            return false;
        }
        // It may end by itself just now.
        let _ = child.kill();
        let _ = child.wait();
        true
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Plays a take and returns at once.
pub fn play(session: &mut Session, id: &str) -> Result<()> {
    let take = if id.is_empty() { newest_unheard(session)? } else { named(session, id)? };
    let id = take.id.0;
    let file = cli::playable(&take)?;
    let player = Player::find(session.player_command.as_deref(), env::var_os("PATH").as_ref()).map_err(|error| {
        cli::failed(format!("{error}\nhint: elsewhere `ssh HOST refrain cat {id} | mpv -` plays it"))
    })?;
    session.listening.stop();
    session.listening.0 = Some(player.play(&file)?);
    session.carry_out(Intent::Heard { take: take.id, heard: true }, Timestamp::now())?;
    let long = take.duration_ms.map(|ms| crate::domain::length::to_clock((ms + 500) / 1000));
    let long = long.map(|long| format!(", {long} long")).unwrap_or_default();
    Ok(output::line(&format!("playing take {}, id {id}{long}; stop ends it", take.number))?)
}

/// Stops playing, or stops using a reference.
pub fn stop(session: &mut Session, what: &str) -> Result<()> {
    match what.split_once(char::is_whitespace).unwrap_or((what, "")) {
        ("", _) => {}
        ("using", name) => return references::stop_using(session, name.trim()),
        _ => return Err(cli::usage(format!("`stop {what}` stops nothing\nhint: `stop`, or `stop using NAME`"))),
    }
    let said = if session.listening.stop() { "stopped" } else { "nothing is playing" };
    Ok(output::line(said)?)
}

fn named(session: &Session, id: &str) -> Result<Take> {
    let number = id.parse().map_err(|_| cli::usage(format!("`{id}` is no id of a take\nhint: `takes` lists them")))?;
    session.store.take(TakeId(number)).map_err(|error| cli::usage(format!("{error}\nhint: `takes` lists them")))
}

fn newest_unheard(session: &Session) -> Result<Take> {
    let takes = session.store.takes(Some(session.song.id))?;
    let new = takes.into_iter().find(|take| take.status == Status::Saved && !take.heard && !take.hidden);
    new.ok_or_else(|| cli::failed("no take of this song waits to be heard\nhint: `play ID` plays any take"))
}
