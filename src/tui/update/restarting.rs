//! Another worker in place of one that does nothing any more: asked for with a key, and ended with the same key once it
//! was said that it does not answer.

use jiff::Timestamp;

use crate::domain::service::Service;
use crate::domain::wording::Role;
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;
use crate::tui::state::{End, State};
use crate::worker::replace::{Insistence, Replaced};

/// Says that a worker should have acted, unless there is a question about it.
pub(super) fn late(state: &mut State, due: Timestamp, now: Timestamp) {
    if state.end.as_ref().is_some_and(|end| end.stands(now)) {
        return;
    }
    let how = state.opening.keymap.how_from_anywhere(Action::Restart);
    let text = format!("the worker should have acted at {}; {how} starts another", state.clock(due));
    state.say(text, Role::Attention, now);
}

/// Asks the worker to leave; one that did not answer is ended, as its end may lose a song that was paid for.
pub(super) fn restart(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let Some(mut end) = state.end.take().filter(|end| end.stands(now)) else {
        state.say("starting another worker", Role::Quiet, now);
        return vec![Effect::RestartWorker(Insistence::Ask)];
    };
    if end.is_answered(now) {
        state.say("ending the worker that does not answer", Role::Attention, now);
        return vec![Effect::RestartWorker(Insistence::End)];
    }
    // It came too soon to be an answer, or before anybody could read the question.
    state.say(end.asked.clone(), Role::Attention, now);
    state.end = Some(end);
    Vec::new()
}

/// Says what became of it, and asks where a worker does not answer.
pub(super) fn replaced(state: &mut State, became: &[(Service, Replaced)], now: Timestamp) {
    if became.is_empty() {
        return state.say("no take and no upload is unfinished, so no worker is needed", Role::Attention, now);
    }
    let how = state.opening.keymap.how_from_anywhere(Action::Restart);
    let way = format!("{how} ({} s)", End::STANDS);
    let told: Vec<String> = became.iter().map(|(service, became)| became.told(service, &way)).collect();
    let told = told.join("; ");
    let is_deaf = became.iter().any(|(_, became)| matches!(became, Replaced::Deaf { .. }));
    state.end = is_deaf.then(|| End::asked(told.clone(), now));
    state.say(told, Role::Attention, now);
}
