//! Commands of the references.

mod hearing;
mod uploading;
mod using;

use jiff::Timestamp;

pub(super) use uploading::checked;
pub(in crate::tui) use using::use_reference;

use crate::domain::reference::{Reference, UploadState};
use crate::domain::wording::Role;
use crate::engine::intent::Intent;
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;
use crate::tui::overlays::{Ask, Files, Overlay, Prompt};
use crate::tui::state::{Doubt, Focus, MadeWith, State, Would};

/// Runs a command of the references.
pub(super) fn run(state: &mut State, action: Action, now: Timestamp) -> Vec<Effect> {
    if action == Action::AddReference {
        let files = Files::open(state);
        state.overlays.push(Overlay::Files(files));
        return Vec::new();
    }
    let Some(reference) = state.library.selected().cloned() else {
        state.say("there is no reference yet; a adds one", Role::Quiet, now);
        return Vec::new();
    };
    if is_too_soon(state, &reference, action, now) {
        return Vec::new();
    }
    match action {
        Action::UseReference => using::use_or_stop(state, &reference, now),
        Action::EditReference => {
            let prompt = Prompt::new(Ask::ReferenceName(reference.id), &reference.name);
            state.overlays.push(Overlay::Line(prompt));
        }
        Action::Play => return hearing::play(state, &reference, now),
        Action::UploadAgain => return uploading::again(state, &reference, now),
        Action::MadeWith => show_takes(state, &reference, now),
        _ => return forget(state, &reference, now),
    }
    Vec::new()
}

/// Whether the command would answer a question, but nobody can have read that yet: then it is asked on.
fn is_too_soon(state: &mut State, reference: &Reference, action: Action, now: Timestamp) -> bool {
    let own = |doubt: &&mut Doubt| doubt.reference == reference.id && doubt.action() == action;
    let Some(doubt) = state.library.doubt.as_mut().filter(own) else { return false };
    let (is_too_soon, asked) = (doubt.is_too_soon(now), doubt.asked.clone());
    if is_too_soon {
        state.say(asked, Role::Attention, now);
    }
    is_too_soon
}

/// What is under way for it is stopped; else it goes out of the library, once the key was pressed again: its
/// ids are nowhere else. The person's file is never touched.
fn forget(state: &mut State, reference: &Reference, now: Timestamp) -> Vec<Effect> {
    let name = &reference.name;
    let is_sure = matches!(state.library.is_sure(reference.id), Some(Would::Forget));
    if let Some(effect) = uploading::stop_checking(state, reference.id) {
        state.say(format!("the check of {name} is stopped; nothing was sent"), Role::Quiet, now);
        return vec![effect];
    }
    let file = if reference.file.is_some() { "; your file stays where it is" } else { "" };
    if reference.upload.is_some() {
        return vec![state.carry_and_say(Intent::StopUpload { reference: reference.id }, stopped(reference, file))];
    }
    let kept = if reference.takes > 0 { "; takes made with it keep it" } else { "" };
    if !is_sure {
        let key = state.opening.keymap.how(Action::Forget);
        let text = format!("{key} again takes {name} out of the library{kept}{file}");
        state.doubt(reference.id, Would::Forget, text, now);
        return Vec::new();
    }
    let said = format!("{name} is out of the library{kept}{file}");
    vec![state.carry_and_say(Intent::ForgetReference { reference: reference.id }, said)]
}

/// What is said of an upload that is not wanted: what has no ids goes with it.
fn stopped(reference: &Reference, file: &str) -> String {
    let name = &reference.name;
    let has_failed = reference.upload.as_ref().is_some_and(|upload| upload.state == UploadState::Failed);
    let over = if has_failed { "put aside" } else { "stopped" };
    let has_ids = reference.voice_id.is_some() || reference.instrumental_id.is_some();
    if has_ids {
        format!("the upload of {name} is {over}; it keeps the ids that it had")
    } else {
        format!("the upload of {name} is {over}, and {name} is out of the library{file}")
    }
}

/// The queue shows the takes of every song that were made with it.
fn show_takes(state: &mut State, reference: &Reference, now: Timestamp) {
    let with =
        MadeWith { name: reference.name.clone(), values: reference.values().collect(), before: state.queue.scope };
    state.queue.show_made_with(Some(with), state.compose.song);
    if state.queue.shown().is_empty() {
        state.queue.show_made_with(None, state.compose.song);
        state.say(format!("no take in the queue was made with {}", reference.name), Role::Quiet, now);
        return;
    }
    state.focus = Focus::Queue;
    let back = state.opening.keymap.how(Action::Back);
    let text = format!("takes of all songs that were made with {}; {back} shows the others again", reference.name);
    state.say(text, Role::Quiet, now);
}
