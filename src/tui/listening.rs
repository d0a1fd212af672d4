//! The player while it plays: one take or reference at a time, stopped by a key.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::sync::mpsc::UnboundedSender;

use super::message::{Message, Playing, Sound};
use crate::audio::player::{Player, PlayerError};

/// What is being heard.
#[derive(Debug)]
pub struct Listening {
    player: Result<Player, PlayerError>,
    now: Option<Pid>,
    tell: UnboundedSender<Message>,
}

impl Listening {
    /// Nothing yet, with the player that was found.
    pub fn new(player: Result<Player, PlayerError>, tell: UnboundedSender<Message>) -> Self {
        Self { player, now: None, tell }
    }

    /// Plays a file or an address, which is so long, instead of whatever plays.
    pub fn play(&mut self, sound: Sound, file: &Path, length: Option<Duration>) {
        self.stop();
        if let Err(text) = self.try_to_play(sound, file, length) {
            self.say(Playing::Failed { sound, text });
        }
    }

    /// Stops playing.
    pub fn stop(&mut self) {
        if let Some(pid) = self.now.take() {
            // It may have ended by itself a moment ago.
            let _ = kill_process(pid, Signal::TERM);
        }
    }

    fn try_to_play(&mut self, sound: Sound, file: &Path, length: Option<Duration>) -> Result<(), String> {
        let player = self.player.as_ref().map_err(ToString::to_string)?.clone();
        let mut child = player.play(file).map_err(|error| error.to_string())?;
        let began = Instant::now();
        self.now = Pid::from_raw(child.id().cast_signed());
        self.say(Playing::Started { sound });
        let tell = self.tell.clone();
        let wait = move || {
            let ended = match child.wait() {
                Ok(status) => match player.complaint(status, began.elapsed(), length) {
                    Some(text) => Playing::Failed { sound, text },
                    None => Playing::Ended { sound },
                },
                Err(error) => Playing::Failed { sound, text: format!("the player `{}`: {error}", player.name()) },
            };
            let _ = tell.send(Message::Played(ended));
        };
        std::thread::Builder::new().name("player's end".to_owned()).spawn(wait).map_err(|error| error.to_string())?;
        Ok(())
    }

    fn say(&self, playing: Playing) {
        let _ = self.tell.send(Message::Played(playing));
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop();
    }
}
