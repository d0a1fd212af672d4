//! Hearing a reference.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::domain::reference::Reference;
use crate::domain::wording::Role;
use crate::tui::effect::Effect;
use crate::tui::message::Sound;
use crate::tui::state::{Plays, State};

/// Plays what is at hand of it, or stops: what was frozen of it, or else the person's file, or its address.
pub(super) fn play(state: &mut State, reference: &Reference, now: Timestamp) -> Vec<Effect> {
    if state.playing == Some(Sound::Reference(reference.id)) {
        return vec![Effect::StopPlaying];
    }
    match whence(state, reference) {
        Ok(whence) => vec![Effect::Listen { reference: reference.id, whence }],
        Err(why) => {
            state.say(why, Role::Attention, now);
            Vec::new()
        }
    }
}

fn whence(state: &State, reference: &Reference) -> Result<PathBuf, String> {
    let frozen = reference.recording.as_ref().map(|name| state.opening.recordings.join(name));
    let file = frozen.or_else(|| reference.file.clone());
    if !state.opening.player_found {
        let place = file.map_or_else(|| reference.url.clone(), |file| Some(file.display().to_string()));
        let place = place.map_or(String::new(), |place| format!("; it is {place}"));
        return Err(format!("there is no player on this machine{place}"));
    }
    match (file, &reference.url) {
        (Some(file), _) => Ok(file),
        (None, Some(url)) if state.opening.plays == Plays::FilesAndAddresses => Ok(PathBuf::from(url)),
        (None, Some(url)) => Err(format!("the player of this machine takes no addresses; it is {url}")),
        (None, None) => Err(format!("{} was made elsewhere: only the service has its sound", reference.name)),
    }
}
