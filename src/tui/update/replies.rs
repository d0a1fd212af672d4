//! What became of the intents that went out.

use jiff::Timestamp;

use super::songs;
use crate::domain::draft::Problem;
use crate::domain::song::{DraftRow, SongId};
use crate::domain::wording::Role;
use crate::engine::intent::Reply;
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;
use crate::tui::overlays::strip::led_by;
use crate::tui::overlays::{self, Overlay, Strip};
use crate::tui::state::{Asked, Compose, State};

/// Does what the answer to a ticket is for. An answer to a ticket that is not out is none.
pub(super) fn answer(state: &mut State, ticket: u64, reply: Result<Reply, String>, now: Timestamp) -> Vec<Effect> {
    let Some(asked) = state.tickets.answered(ticket) else { return Vec::new() };
    match asked {
        Asked::Save { song } => {
            saved(state, song, reply, now);
            return if state.leaving { overlays::quit::leave(state) } else { Vec::new() };
        }
        Asked::Order { held } => ordered(state, reply, held, now),
        Asked::NewSong => return opened(state, reply, now),
        Asked::Reference => {
            if let Some(said) = overlays::adding::answered(state, reply) {
                state.say(said, Role::Quiet, now);
            }
        }
        Asked::Say(said) => finish(state, reply, &said, now),
    }
    Vec::new()
}

/// The draft of a song, on the screen or on the shelf.
fn compose_of(state: &mut State, song: SongId) -> Option<&mut Compose> {
    if state.compose.song == Some(song) { Some(&mut state.compose) } else { state.shelf.get_mut(&song) }
}

fn saved(state: &mut State, song: SongId, reply: Result<Reply, String>, now: Timestamp) {
    match reply {
        Ok(Reply::Saved { revision, .. }) => {
            let newest = state.drafts.get(&song).cloned();
            if let Some(compose) = compose_of(state, song) {
                let had_failed = compose.is_stuck();
                compose.store_took(revision, now);
                // Another screen may have written after this save, and its row come before this answer.
                if let Some(row) = newest {
                    compose.follow(&row);
                }
                // What was said of the failure stays until something else is said.
                if had_failed {
                    state.say("saved now", Role::Quiet, now);
                }
            }
        }
        Ok(Reply::Lost { current }) => lost(state, &current, now),
        other => {
            if let Some(compose) = compose_of(state, song) {
                compose.store_failed(now);
            }
            let why = why(other).unwrap_or_else(|| "the store answered something else".to_owned());
            state.say(format!("not saved: {why}; trying again"), Role::Bad, now);
        }
    }
}

fn lost(state: &mut State, current: &DraftRow, now: Timestamp) {
    if let Some(compose) = compose_of(state, current.song)
        && compose.store_refused(current)
    {
        state.say("the other screen wrote first; what you typed is kept as a version", Role::Attention, now);
    }
    state.drafts.insert(current.song, current.clone());
}

fn opened(state: &mut State, reply: Result<Reply, String>, now: Timestamp) -> Vec<Effect> {
    match reply {
        Ok(Reply::Song { song }) => songs::open_song(state, song, now),
        other => {
            finish(state, other, "", now);
            Vec::new()
        }
    }
}

/// Says what was to be said, or why it was not done.
fn finish(state: &mut State, reply: Result<Reply, String>, said: &str, now: Timestamp) {
    match why(reply) {
        Some(why) => state.say(why, Role::Attention, now),
        None if said.is_empty() => {}
        None => state.say(said, Role::Quiet, now),
    }
}

/// Why something was not done, where it was not.
fn why(reply: Result<Reply, String>) -> Option<String> {
    match reply {
        Ok(Reply::TooLate(why)) | Err(why) => Some(why),
        Ok(Reply::Released { takes, late }) => late.into_iter().next().map(|(_, why)| match takes.len() {
            0 => why,
            1 => format!("1 order is in line again, and not all: {why}"),
            gone => format!("{gone} orders are in line again, and not all: {why}"),
        }),
        Ok(Reply::OverBudget(over)) => {
            Some(format!("{}; `budget.daily_usd` says how much may be spent", over.sentence()))
        }
        Ok(_) => None,
    }
}

/// The open order strip.
fn strip(state: &mut State) -> Option<&mut Strip> {
    state.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Strip(strip) => Some(strip),
        _ => None,
    })
}

/// What is said of takes that were ordered, or put aside for later.
fn taken(state: &State, takes: usize, held: bool) -> String {
    let (takes, them) = if takes == 1 { ("1 take".to_owned(), "it") } else { (format!("{takes} takes"), "them") };
    let release = state.opening.keymap.how(Action::Hold);
    if held { format!("held {takes}, not sent; {release} lets {them} go") } else { format!("ordered {takes}") }
}

fn ordered(state: &mut State, reply: Result<Reply, String>, held: bool, now: Timestamp) {
    let why = match reply {
        Ok(Reply::Ordered { takes }) => {
            state.overlays.retain(|overlay| !matches!(overlay, Overlay::Strip(_)));
            return state.say(taken(state, takes.len(), held), Role::Quiet, now);
        }
        Ok(Reply::Asks(question)) => match strip(state) {
            Some(strip) => return strip.ask(question),
            None => vec![question.sentence()],
        },
        Ok(Reply::Problems { model, problems }) if problems.is_empty() => vec![model],
        Ok(Reply::Problems { problems, .. }) => problems.iter().map(Problem::sentence).collect(),
        other => vec![why(other).unwrap_or_else(|| "the store answered something else".to_owned())],
    };
    let why = led_by("nothing was ordered: ", why);
    match strip(state) {
        Some(strip) => strip.refuse(why),
        None => state.say(why.join("; "), Role::Attention, now),
    }
}
