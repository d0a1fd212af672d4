//! Uploading a reference once more.

use std::path::Path;

use jiff::Timestamp;

use crate::domain::recording::{Frozen, Rules, Unfit};
use crate::domain::reference::{Reference, ReferenceId, UploadState};
use crate::domain::uploading::{is_another, may_insist};
use crate::domain::wording::Role;
use crate::engine::intent::Intent;
use crate::tui::effect::{Check, Effect};
use crate::tui::keymap::Action;
use crate::tui::overlays::adding;
use crate::tui::state::{Asked, State, Would};

/// Uploads it again: from what is still frozen of it, or else from its file, which is read again, or from its
/// address.
pub(super) fn again(state: &mut State, reference: &Reference, now: Timestamp) -> Vec<Effect> {
    let (id, name) = (reference.id, &reference.name);
    if let Some(Would::Upload(frozen)) = state.library.is_sure(id) {
        return vec![send(state, id, Some(frozen), true)];
    }
    let stands = reference.upload.as_ref().map(|upload| upload.state).filter(|_| !state.library.is_checked(id));
    if stands == Some(UploadState::Waiting) {
        return vec![ask(state, id, None, false, "trying it now")];
    }
    if !reference.purpose.is_uploaded() {
        state.say(format!("{name} is not uploaded: it goes along with each order"), Role::Quiet, now);
    } else if stands == Some(UploadState::Sending) || state.library.is_checked(id) {
        state.say(format!("{name} is being uploaded already"), Role::Quiet, now);
    } else if let (None, Some(file)) = (&reference.recording, reference.file.clone()) {
        let check = state.tickets.number();
        state.library.checks.insert(check, id);
        state.say(format!("reading {} again; d stops it", file.display()), Role::Quiet, now);
        // What is hearsay did not stop it the first time.
        return vec![Effect::Check(Check { check, file, part: reference.part, rules: Rules::UPLOAD, force: true })];
    } else if reference.recording.is_some() || reference.url.is_some() {
        return vec![send(state, id, None, false)];
    } else {
        let text = format!("{name} was not uploaded from here, so there is nothing to upload again; a adds its file");
        state.say(text, Role::Attention, now);
    }
    Vec::new()
}

fn send(state: &mut State, reference: ReferenceId, frozen: Option<Frozen>, is_sure: bool) -> Effect {
    let converted = frozen.as_ref().and_then(|frozen| frozen.converted.as_ref());
    let said =
        converted.map_or("uploading it again".to_owned(), |converted| format!("uploading it again, {converted}"));
    ask(state, reference, frozen, is_sure, &said)
}

/// Insists for whoever was asked and is sure of it, and where the failure that they look at says that one may.
fn ask(state: &mut State, reference: ReferenceId, frozen: Option<Frozen>, is_sure: bool, said: &str) -> Effect {
    let force = is_sure || state.library.get(reference).is_some_and(may_insist);
    state.carry(Intent::UploadAgain { reference, frozen, force }, Asked::Say(said.to_owned()))
}

/// A file was read to its end, for whoever asked for it; nobody any more, perhaps.
pub(in crate::tui::update) fn checked(
    state: &mut State,
    check: u64,
    result: Result<Frozen, Unfit>,
    now: Timestamp,
) -> Vec<Effect> {
    let Some(id) = state.library.checks.remove(&check) else {
        return adding::checked(state, check, result).unwrap_or_default();
    };
    match result {
        Ok(frozen) => match state.library.get(id).filter(|reference| is_another(&frozen, reference)) {
            Some(reference) => {
                let file = reference.file.as_deref().unwrap_or(Path::new("")).display();
                let (key, name) = (state.opening.keymap.how(Action::UploadAgain), &reference.name);
                let text = format!("{key} uploads {file} all the same; it is not what was uploaded as {name}");
                state.doubt(id, Would::Upload(frozen), text, now);
                Vec::new()
            }
            None => vec![send(state, id, Some(frozen), false)],
        },
        Err(unfit) => {
            let name = state.library.get(id).map_or("it", |reference| &reference.name);
            state.say(format!("{name} cannot be uploaded again: {unfit}"), Role::Attention, now);
            Vec::new()
        }
    }
}

/// Stops reading the file of a reference, if it is being read.
pub(super) fn stop_checking(state: &mut State, id: ReferenceId) -> Option<Effect> {
    let check = state.library.checks.iter().find(|(_, other)| **other == id).map(|(check, _)| *check)?;
    state.library.checks.remove(&check);
    Some(Effect::StopChecking { check })
}
