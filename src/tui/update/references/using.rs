//! Using a reference in the draft: in the fields that fit it, of the model that is chosen.

use jiff::Timestamp;

use crate::domain::reference::{Reference, ReferenceId};
use crate::domain::standing::{Case, standing_of};
use crate::domain::using;
use crate::domain::wording::Role;
use crate::tui::state::State;

/// As many models as are named where the chosen one does not take it.
const MODELS_NAMED: usize = 3;

/// Uses a reference, if it is in the library and not used yet.
pub(in crate::tui) fn use_reference(state: &mut State, id: ReferenceId, now: Timestamp) {
    let Some(reference) = state.library.get(id).cloned() else { return };
    match values(state, &reference) {
        Ok(values) => put_in(state, &reference, &values, now),
        Err(why) => state.say(why, Role::Attention, now),
    }
}

/// Enter: uses it in every field that fits, or no longer where it is used in all of them.
pub(super) fn use_or_stop(state: &mut State, reference: &Reference, now: Timestamp) {
    let using = fields_using(state, reference);
    match values(state, reference) {
        Ok(values) if values.iter().any(|(field, _)| !using.contains(field)) => {
            put_in(state, reference, &values, now);
        }
        Err(why) if using.is_empty() => state.say(why, Role::Attention, now),
        _ => {
            for field in &using {
                state.compose.set(field, "", now);
            }
            state.say(format!("{} is not used any more", reference.name), Role::Quiet, now);
        }
    }
}

/// The fields of the chosen model that mean it.
fn fields_using(state: &State, reference: &Reference) -> Vec<String> {
    let used = state.spec().map(|spec| using::used_in(state.draft(), spec, reference)).unwrap_or_default();
    used.into_iter().map(|field| field.name.clone()).collect()
}

/// The fields that fit it and their values, or why it cannot be used.
fn values(state: &State, reference: &Reference) -> Result<Vec<(String, String)>, String> {
    let name = &reference.name;
    let Some(spec) = state.spec().filter(|spec| spec.fields.iter().any(|field| reference.purpose.fits(field))) else {
        return Err(elsewhere(state, reference));
    };
    let checking = state.library.is_checked(reference.id);
    let standing = standing_of(reference, checking, state.opening.key_print.as_deref());
    if standing.case == Case::Refused {
        return Err(format!("the service does not take {name} any more; r uploads it again"));
    }
    let values = using::fields(reference, spec);
    if values.is_empty() {
        let words = standing.words(reference);
        let how = if words.is_empty() {
            "has nothing that could be sent".to_owned()
        } else {
            format!("is not uploaded yet ({words})")
        };
        return Err(format!("{name} {how}"));
    }
    Ok(values.into_iter().map(|(field, value)| (field.name.clone(), value)).collect())
}

/// Why the chosen model does not take it, and which would.
fn elsewhere(state: &State, reference: &Reference) -> String {
    let model = state.label(&state.draft().model);
    let kind = reference.purpose.words();
    let mut models = using::models_with(&state.opening.catalogue, |field| reference.purpose.fits(field));
    models.truncate(MODELS_NAMED);
    let others = match models.as_slice() {
        [] => "no model of the catalogue does".to_owned(),
        [one] => format!("{one} does: Enter on the model chooses it"),
        [most @ .., last] => format!("{} and {last} do: Enter on the model chooses one", most.join(", ")),
    };
    format!("{model} takes no {kind}; {others}")
}

/// Sets the fields, and says what was used there before.
fn put_in(state: &mut State, reference: &Reference, values: &[(String, String)], now: Timestamp) {
    let mut before: Vec<String> = Vec::new();
    for (field, value) in values {
        let earlier = state.draft().setting(field).filter(|earlier| !reference.is_meant_by(earlier));
        let called = earlier.map(|value| state.library.meant_by(value).map_or(value, |other| &other.name).to_owned());
        before.extend(called.filter(|name| !before.contains(name)));
        state.compose.set(field, value, now);
    }
    let fields: Vec<&str> = values.iter().map(|(field, _)| using::short(field)).collect();
    let instead = if before.is_empty() { String::new() } else { format!(" instead of {}", before.join(" and ")) };
    let other_key = state.opening.key_print.as_deref().zip(reference.key_print.as_deref());
    let warning = match other_key.filter(|(at_hand, own)| at_hand != own) {
        Some(_) => "; it was uploaded with another key, r uploads it with this one",
        None => "",
    };
    let text = format!("{} is used as {}{instead}{warning}", reference.name, fields.join(" and "));
    state.say(text, if warning.is_empty() { Role::Quiet } else { Role::Attention }, now);
}
