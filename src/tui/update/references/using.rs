//! Using a reference in the draft: in the fields that fit it, of the model that is chosen.

use jiff::Timestamp;

use crate::domain::catalogue::{FieldSpec, ModelSpec};
use crate::domain::reference::{Reference, ReferenceId};
use crate::domain::standing::{Case, standing_of};
use crate::domain::wording::Role;
use crate::tui::panes::references::short;
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
    let fields = state.spec().map(|spec| spec.fields.as_slice()).unwrap_or_default();
    let uses = |field: &&FieldSpec| {
        let value = state.draft().setting(&field.name).filter(|_| field.kind.is_reference());
        value.is_some_and(|value| reference.is_meant_by(value))
    };
    fields.iter().filter(uses).map(|field| field.name.clone()).collect()
}

/// The fields that fit it and their values, or why it cannot be used.
fn values(state: &State, reference: &Reference) -> Result<Vec<(String, String)>, String> {
    let name = &reference.name;
    let fields: Vec<&FieldSpec> = state.spec().map(|spec| fitting(spec, reference).collect()).unwrap_or_default();
    if fields.is_empty() {
        return Err(elsewhere(state, reference));
    }
    let checking = state.library.is_checked(reference.id);
    let standing = standing_of(reference, checking, state.opening.key_print.as_deref());
    if standing.case == Case::Refused {
        return Err(format!("the service does not take {name} any more; r uploads it again"));
    }
    let values: Vec<(String, String)> =
        fields.into_iter().filter_map(|field| Some((field.name.clone(), reference.value_for(field)?))).collect();
    if values.is_empty() {
        let words = standing.words(reference);
        let how = if words.is_empty() {
            "has nothing that could be sent".to_owned()
        } else {
            format!("is not uploaded yet ({words})")
        };
        return Err(format!("{name} {how}"));
    }
    Ok(values)
}

fn fitting<'a>(spec: &'a ModelSpec, reference: &Reference) -> impl Iterator<Item = &'a FieldSpec> {
    let purpose = reference.purpose;
    spec.fields.iter().filter(move |field| purpose.fits(field))
}

/// Why the chosen model does not take it, and which would.
fn elsewhere(state: &State, reference: &Reference) -> String {
    let model = state.label(&state.draft().model);
    let kind = reference.purpose.words();
    let takes = |spec: &&ModelSpec| fitting(spec, reference).next().is_some();
    let all = state.opening.catalogue.models().iter();
    let models: Vec<&str> = all.filter(takes).map(|spec| spec.label.as_str()).take(MODELS_NAMED).collect();
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
    let fields: Vec<&str> = values.iter().map(|(field, _)| short(field)).collect();
    let instead = if before.is_empty() { String::new() } else { format!(" instead of {}", before.join(" and ")) };
    let other_key = state.opening.key_print.as_deref().zip(reference.key_print.as_deref());
    let warning = match other_key.filter(|(at_hand, own)| at_hand != own) {
        Some(_) => "; it was uploaded with another key, r uploads it with this one",
        None => "",
    };
    let text = format!("{} is used as {}{instead}{warning}", reference.name, fields.join(" and "));
    state.say(text, if warning.is_empty() { Role::Quiet } else { Role::Attention }, now);
}
