//! Commands of the references.

use jiff::Timestamp;

use crate::domain::reference::Reference;
use crate::domain::wording::Role;
use crate::engine::intent::Intent;
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;
use crate::tui::overlays::{Ask, Overlay, Prompt};
use crate::tui::state::State;

/// Runs a command of the references.
pub(super) fn run(state: &mut State, action: Action, now: Timestamp) -> Vec<Effect> {
    if action == Action::AddReference {
        state.overlays.push(Overlay::Line(Prompt::new(Ask::ReferenceUrl, "")));
        return Vec::new();
    }
    let Some(reference) = state.library.selected().cloned() else {
        state.say("there is no reference yet; a adds one", Role::Quiet, now);
        return Vec::new();
    };
    match action {
        Action::UseReference => use_or_stop(state, &reference, now),
        Action::EditReference => {
            let prompt = Prompt::new(Ask::ReferenceName(reference.id), &reference.name);
            state.overlays.push(Overlay::Line(prompt));
        }
        _ => {
            let said = format!("{} is out of the library; takes made with it keep it", reference.name);
            return vec![state.carry_and_say(Intent::ForgetReference { reference: reference.id }, said)];
        }
    }
    Vec::new()
}

fn use_or_stop(state: &mut State, reference: &Reference, now: Timestamp) {
    let fields = state.spec().map(|spec| spec.fields.as_slice()).unwrap_or_default();
    let fitting = fields.iter().find_map(|field| Some((field.name.clone(), reference.value_for(field)?)));
    let Some((field, value)) = fitting else {
        let model = state.label(&state.draft().model).to_owned();
        let text = format!("{model} takes no reference of this kind; Enter on the model chooses another");
        state.say(text, Role::Attention, now);
        return;
    };
    if state.draft().setting(&field) == Some(&value) {
        state.compose.set(&field, "", now);
        state.say(format!("{} is not used any more", reference.name), Role::Quiet, now);
    } else {
        state.compose.set(&field, &value, now);
        state.say(format!("{} is used as `{field}`", reference.name), Role::Quiet, now);
    }
}
