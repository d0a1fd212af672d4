//! The model and its settings.

use jiff::Timestamp;

use crate::domain::catalogue::{FieldSpec, Kind};
use crate::tui::effect::Effect;
use crate::tui::overlays::{Choosing, Models, Overlay, ValueEntry};
use crate::tui::panes;
use crate::tui::state::State;

/// The choices of a flag, as they are typed.
const YES_NO: [&str; 2] = ["yes", "no"];

/// Enter: the table of models, the references that fit, or the value to type over.
pub(super) fn change(state: &mut State) -> Vec<Effect> {
    let overlay = match panes::model::selected(state) {
        None => Overlay::Models(Models::to_choose(state)),
        Some(field) => match Choosing::of(state, field).filter(|_| field.kind.is_reference()) {
            Some(choosing) => Overlay::Choosing(choosing),
            None => Overlay::Value(ValueEntry::new(state, &field.name)),
        },
    };
    state.overlays.push(overlay);
    Vec::new()
}

/// Left, Right, Space: the next of a few choices; the model where its row is selected.
pub(super) fn cycle(state: &mut State, forward: bool, now: Timestamp) -> Vec<Effect> {
    let Some(field) = panes::model::selected(state).cloned() else {
        return cycle_model(state, forward, now);
    };
    let choices = choices(&field);
    if choices.is_empty() {
        return change(state);
    }
    let value = state.draft().setting(&field.name).unwrap_or("");
    let here = choices.iter().position(|choice| choice == value);
    // "Left to the service" is one of the choices: the place before the first.
    let places = choices.len() + 1;
    let place = (here.map_or(0, |n| n + 1) + if forward { 1 } else { places - 1 }) % places;
    let value = place.checked_sub(1).map_or("", |n| &choices[n]);
    state.compose.set(&field.name, value, now);
    Vec::new()
}

fn choices(field: &FieldSpec) -> Vec<String> {
    if field.kind == Kind::Flag { YES_NO.map(str::to_owned).to_vec() } else { field.choices.clone() }
}

fn cycle_model(state: &mut State, forward: bool, now: Timestamp) -> Vec<Effect> {
    let catalogue = state.opening.catalogue.clone();
    let models = catalogue.models();
    let here = state.spec().and_then(|spec| models.iter().position(|other| other.id == spec.id));
    let by = if forward { 1 } else { models.len().saturating_sub(1) };
    let next = here.map_or(0, |here| here + by).checked_rem(models.len());
    if let Some(spec) = next.and_then(|next| models.get(next)) {
        choose_model(state, &spec.id, now);
    }
    Vec::new()
}

/// Chooses the model; no text changes.
pub(in crate::tui) fn choose_model(state: &mut State, model: &str, now: Timestamp) {
    state.compose.set_model(model, now);
}

/// Sets a setting to what a person typed or chose, and says what is wrong with it.
pub(in crate::tui) fn set_value(state: &mut State, field: &str, value: &str, now: Timestamp) {
    state.compose.set(field, value, now);
    state.settle();
    match state.compose.facts().problem_of(field).cloned() {
        Some(problem) => state.say(problem.sentence(), panes::role_of(problem.grade), now),
        // What was said of the value before is not true any more.
        None => state.notice = None,
    }
}

/// Leaves a setting to the service.
pub(super) fn unset(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if let Some(name) = panes::model::selected(state).map(|field| field.name.clone()) {
        state.compose.set(&name, "", now);
    }
    Vec::new()
}
