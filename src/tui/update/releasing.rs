//! Letting go, with one key, of all that trouble has held: no credits, a folder, a service that stayed busy.

use jiff::Timestamp;

use crate::domain::generation::{Status, Take, TakeId, Why};
use crate::domain::price::dollars;
use crate::domain::wording::Role;
use crate::engine::intent::Intent;
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;
use crate::tui::state::{Release, State};

/// Lets them go once the key was pressed again, as they are bought then: what they cost was on the screen in between.
/// What a person put aside stays where it is.
pub(super) fn release_all(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if let Some(why) = state.opening.no_orders.clone().filter(|_| !state.opening.service.is_sandbox()) {
        state.say(format!("nothing is let go: {why}"), Role::Attention, now);
        return Vec::new();
    }
    let held: Vec<&Take> = state.queue.all().filter(|take| is_meant(state, take)).collect();
    let takes: Vec<TakeId> = held.iter().map(|take| take.id).collect();
    if takes.is_empty() {
        let key = state.opening.keymap.how(Action::Hold);
        let text = format!("no order is held but what you put aside; {key} on one lets that go");
        state.say(text, Role::Quiet, now);
        return Vec::new();
    }
    let price = price(state, &held);
    let what = if takes.len() == 1 { "1 held order".to_owned() } else { format!("{} held orders", takes.len()) };
    let before = state.queue.release.take().filter(|before| before.takes == takes);
    let seen = before.as_ref().is_some_and(|before| before.seen);
    if before.is_some_and(|mut before| before.is_answered(&takes, state.notice(), now)) {
        let said = format!("{what} {} in line again", if takes.len() == 1 { "is" } else { "are" });
        return vec![state.carry_and_say(Intent::ReleaseAll { takes }, said)];
    }
    let key = state.opening.keymap.how(Action::ReleaseAll);
    let asked = format!("{key} again lets {what} go, {price}");
    // What was on the screen already still is, for the key that came too soon.
    let seen = seen && state.notice() == Some(&asked);
    state.queue.release = Some(Release { takes, asked: asked.clone(), at: now, seen });
    state.say(asked, Role::Attention, now);
    Vec::new()
}

/// Whether trouble has held it, and this screen's service has it.
fn is_meant(state: &State, take: &Take) -> bool {
    take.status == Status::Held && take.why != Some(Why::Person) && take.service == state.opening.service
}

/// What they were expected to cost when they were ordered.
fn price(state: &State, held: &[&Take]) -> String {
    if state.opening.service.is_sandbox() {
        return "where nothing is charged".to_owned();
    }
    match held.iter().map(|take| take.price).sum::<Option<f64>>() {
        Some(usd) => format!("about {}", dollars(usd)),
        None => "at a price that is not known".to_owned(),
    }
}
