//! Typing, saving, and going to what is wrong.

use jiff::Timestamp;

use crate::domain::catalogue::{LYRICS, STYLE};
use crate::domain::song::SongId;
use crate::domain::wording::Role;
use crate::engine::intent::Intent;
use crate::tui::editor::Edit;
use crate::tui::effect::Effect;
use crate::tui::panes;
use crate::tui::state::{Asked, Compose, Focus, State, Text};

/// Edits a text.
pub(in crate::tui) fn type_in(state: &mut State, text: Text, edit: Edit, now: Timestamp) -> Vec<Effect> {
    let applied = state.compose.edit(text, edit, now);
    if let Some(note) = applied.note {
        state.say(note, Role::Quiet, now);
    }
    let Some(copied) = applied.copied else { return Vec::new() };
    state.compose.style.set_clipboard(&copied);
    state.compose.lyrics.set_clipboard(&copied);
    vec![Effect::Copy(copied)]
}

/// Chooses the sections that a model does not get, as a step that can be undone.
pub(in crate::tui) fn choose_fit(state: &mut State, model: &str, left_out: Vec<usize>, now: Timestamp) {
    let said = match left_out.len() {
        0 => "gets every section".to_owned(),
        1 => "gets all but 1 section".to_owned(),
        some => format!("gets all but {some} sections"),
    };
    let text = format!("{} {said}; C-/ takes that back", state.label(model));
    state.compose.leave_out(model, left_out, now);
    state.say(text, Role::Quiet, now);
}

/// Takes the last choice of sections back; tells whether there was one to be taken back next.
pub(in crate::tui) fn take_fit_back(state: &mut State, now: Timestamp) -> bool {
    let Some(model) = state.compose.take_fit_back(now) else { return false };
    let text = format!("{} gets the sections as before", state.label(&model));
    state.say(text, Role::Quiet, now);
    true
}

/// Puts another text in place of the lyrics, as one step that can be undone.
pub(in crate::tui) fn replace_lyrics(state: &mut State, text: String, now: Timestamp) {
    state.compose.edit(Text::Lyrics, Edit::Replace(text), now);
}

/// Saves what is unsaved, if the time for it has come.
pub(super) fn save_if_due(state: &mut State, now: Timestamp) -> Vec<Effect> {
    let is_due = |compose: &Compose| compose.save_due().is_some_and(|due| due <= now);
    let mut effects = if is_due(&state.compose) { save(state) } else { Vec::new() };
    let late: Vec<SongId> = state.shelf.iter().filter(|(_, compose)| is_due(compose)).map(|(song, _)| *song).collect();
    for song in late {
        if let Some(intent) = state.shelf.get_mut(&song).and_then(Compose::save) {
            effects.push(state.carry(intent, Asked::Save { song }));
        }
    }
    effects
}

/// Saves what is unsaved.
pub(in crate::tui) fn save(state: &mut State) -> Vec<Effect> {
    let song = state.compose.song;
    match (state.compose.save(), song) {
        (Some(intent), Some(song)) => vec![state.carry(intent, Asked::Save { song })],
        _ => Vec::new(),
    }
}

/// Saves and keeps the draft as a version.
pub(super) fn keep_version(state: &mut State) -> Vec<Effect> {
    let Some(song) = state.compose.song else { return Vec::new() };
    let mut effects = save(state);
    effects.push(state.carry_and_say(Intent::KeepVersion { song }, "kept as a version"));
    effects
}

/// Goes to the field of the gravest problem.
pub(in crate::tui) fn go_to_problem(state: &mut State, now: Timestamp) {
    let Some(problem) = state.compose.facts().problems.first().cloned() else {
        state.say("there is no problem", Role::Quiet, now);
        return;
    };
    state.focus = match problem.field.as_str() {
        STYLE => Focus::Style,
        LYRICS => Focus::Lyrics,
        field => {
            state.compose.form.selected = panes::model::row_of(state, field);
            Focus::Model
        }
    };
    state.say(problem.sentence(), panes::role_of(problem.grade), now);
}
