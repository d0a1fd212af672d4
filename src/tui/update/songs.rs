//! Starting, opening and naming songs.

use jiff::Timestamp;

use super::compose;
use crate::domain::song::SongId;
use crate::domain::wording::Role;
use crate::engine::intent::Intent;
use crate::tui::effect::Effect;
use crate::tui::overlays::{Ask, Overlay, Prompt};
use crate::tui::state::{Asked, Compose, Focus, Place, State};

/// Starts a song; it is opened once it is there.
pub(in crate::tui) fn new_song(state: &mut State, title: &str) -> Vec<Effect> {
    vec![state.carry(Intent::NewSong { title: title.to_owned() }, Asked::NewSong)]
}

/// Puts a song on the screen; the one that was there keeps its undo.
pub(in crate::tui) fn open_song(state: &mut State, song: SongId, now: Timestamp) -> Vec<Effect> {
    if state.compose.song == Some(song) {
        return Vec::new();
    }
    let mut effects = compose::save(state);
    let opened = state.shelf.remove(&song).unwrap_or_else(|| Compose::new(Some(song)));
    let left = std::mem::replace(&mut state.compose, opened);
    if let Some(id) = left.song {
        state.shelf.insert(id, left);
    } else if state.compose.saved().is_none() {
        // What was typed before there was any song belongs to the first one.
        state.compose = left;
        state.compose.song = Some(song);
    }
    if let Some(row) = state.drafts.get(&song) {
        state.compose.follow(row);
    }
    state.queue.marked.clear();
    state.queue.place = Place::default();
    state.queue.refresh(Some(song), false);
    state.focus = Focus::Lyrics;
    if let Some(title) = state.songs.get(&song).map(|song| song.title.clone()) {
        state.say(format!("opened {title}"), Role::Quiet, now);
    }
    effects.push(state.carry(Intent::OpenSong { song }, Asked::Say(String::new())));
    effects
}

/// Asks for another title of the open song.
pub(super) fn ask_title(state: &mut State) -> Vec<Effect> {
    if let Some(song) = state.song() {
        let prompt = Prompt::new(Ask::RenameSong(song.id), &song.title);
        state.overlays.push(Overlay::Line(prompt));
    }
    Vec::new()
}
