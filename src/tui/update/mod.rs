//! What follows from each message: the state moves, and effects say what the runtime has to do.

mod ahead;
mod compose;
mod feed;
mod form;
mod keys;
mod outside;
mod paste;
mod queue;
mod references;
mod releasing;
mod replies;
mod restarting;
mod run;
mod songs;

use jiff::Timestamp;

use super::effect::Effect;
use super::input::Input;
use super::message::{Message, Playing, Sound};
use super::overlays;
use super::state::{Asked, State};
use crate::domain::generation::TakeId;
use crate::domain::wording::Role;
use crate::engine::feed::Changes;
use crate::engine::intent::Intent;

pub(in crate::tui) use compose::{choose_fit, go_to_problem, replace_lyrics, save, take_fit_back, type_in};
pub(in crate::tui) use form::{choose_model, set_value};
pub(in crate::tui) use references::use_reference;
pub(in crate::tui) use run::{run, step_of};
pub(in crate::tui) use songs::{new_song, open_song};

/// Moves the state by one message.
pub fn update(state: &mut State, message: Message, now: Timestamp) -> Vec<Effect> {
    feed::turn_day(state, now);
    let effects = match message {
        Message::Input(input) => take_input(state, input, now),
        Message::Resized { columns, rows } => {
            (state.opening.columns, state.opening.rows) = (columns, rows);
            Vec::new()
        }
        Message::Feed(changes) => take_feed(state, changes, now),
        Message::Unread(error) => {
            ahead::note_trouble(state, &error, now);
            Vec::new()
        }
        Message::Replied { ticket, reply } => {
            let effects = replies::answer(state, ticket, reply, now);
            effects.into_iter().chain(ahead::catch_up(state, now)).collect()
        }
        Message::Played(playing) => follow_player(state, playing, now),
        Message::Pause => compose::save_if_due(state, now),
        Message::Tick => Vec::new(),
        Message::Drawn => {
            overlays::drawn(state);
            Vec::new()
        }
        Message::WorkerLate { due } => {
            restarting::late(state, due, now);
            Vec::new()
        }
        Message::Replaced(became) => {
            restarting::replaced(state, &became, now);
            Vec::new()
        }
        Message::WorksInside => {
            state.opening.in_process = true;
            state.say("no process could be started in the background: takes need this screen", Role::Attention, now);
            Vec::new()
        }
        Message::Note(text) => {
            state.say(text, Role::Attention, now);
            Vec::new()
        }
        Message::Edited { errand, result } => outside::take_in(state, &errand, result, now),
        Message::Looked { folder, listed } => {
            overlays::files::see_folder(state, &folder, listed);
            Vec::new()
        }
        Message::Glimpsed { file, glimpse } => {
            overlays::files::see_glimpse(state, &file, glimpse);
            Vec::new()
        }
        Message::Checked { check, result } => references::checked(state, check, result, now),
        Message::Terminated => overlays::quit::leave(state),
    };
    state.settle();
    effects.into_iter().chain(overlays::files::wants(state)).collect()
}

fn take_feed(state: &mut State, changes: Changes, now: Timestamp) -> Vec<Effect> {
    ahead::unsay(state);
    let mut effects = feed::take_in(state, changes, now);
    effects.extend(ahead::catch_up(state, now));
    effects.extend(overlays::quit::leave_if_done(state));
    effects
}

fn take_input(state: &mut State, input: Input, now: Timestamp) -> Vec<Effect> {
    let Some(input) = ahead::hold(state, input, now) else { return Vec::new() };
    match input {
        Input::Key(key) => keys::press(state, key, now),
        Input::Paste(text) => paste::paste(state, text, now),
        Input::FocusGained | Input::FocusLost => Vec::new(),
        Input::Closed => overlays::quit::leave(state),
    }
}

fn follow_player(state: &mut State, playing: Playing, now: Timestamp) -> Vec<Effect> {
    match playing {
        Playing::Started { sound } => {
            state.playing = Some(sound);
            let Sound::Take(take) = sound else { return Vec::new() };
            state.first_heard = state.queue.get(take).filter(|take| !take.heard).map(|take| take.id);
            note_heard(state, take, true)
        }
        Playing::Ended { sound } => {
            state.playing = state.playing.filter(|other| *other != sound);
            Vec::new()
        }
        Playing::Failed { sound, text } => {
            state.playing = state.playing.filter(|other| *other != sound);
            let Sound::Take(take) = sound else {
                state.say(text, Role::Bad, now);
                return Vec::new();
            };
            state.player_failed = true;
            state.say(format!("{text}; the take says how it is heard elsewhere"), Role::Bad, now);
            note_heard(state, take, false)
        }
    }
}

/// A take that was new when it began to play is new no longer; or it is after all.
fn note_heard(state: &mut State, take: TakeId, heard: bool) -> Vec<Effect> {
    if state.first_heard != Some(take) {
        return Vec::new();
    }
    vec![state.carry(Intent::Heard { take, heard }, Asked::Say(String::new()))]
}
