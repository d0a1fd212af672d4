//! From a command to what it does, whether it came from a key or from the palette.

use jiff::Timestamp;

use super::{compose, form, outside, queue, references, restarting, songs};
use crate::domain::wording::Role;
use crate::engine::intent::Intent;
use crate::tui::editor::Edit;
use crate::tui::effect::Effect;
use crate::tui::keymap::Action;
use crate::tui::overlays::{self, Ask, Find, Overlay, Picker, Prompt, Strip};
use crate::tui::panes;
use crate::tui::state::{Focus, State, Step, Text};

/// Runs a command.
pub(in crate::tui) fn run(state: &mut State, action: Action, now: Timestamp) -> Vec<Effect> {
    if let Some(step) = step_of(action) {
        go(state, step);
        return Vec::new();
    }
    match action {
        Action::Order => open_strip(state),
        Action::Songs => open(state, Overlay::Songs(Picker::default())),
        Action::Palette => open(state, Overlay::Palette(Picker::default())),
        Action::Find => open_find(state),
        Action::Sections => open(state, Overlay::Sections(Picker::default())),
        Action::Insert => open(state, Overlay::Tags(Picker::default())),
        Action::Rename => songs::ask_title(state),
        Action::NewSong => open(state, Overlay::Line(Prompt::new(Ask::NewSong, ""))),
        Action::Undo => undo(state, now),
        Action::Redo => change_text(state, Edit::Redo, now),
        Action::Filter => open_filter(state),
        Action::KeepVersion => compose::keep_version(state),
        Action::NextPane => turn(state, 1),
        Action::PreviousPane => turn(state, Focus::ORDER.len() - 1),
        Action::Back => back(state),
        Action::Repaint => vec![Effect::Repaint],
        Action::Suspend => suspend(state),
        Action::EditOutside => outside::lend(state, now),
        Action::Quit => overlays::quit::ask(state),
        Action::Restart => restarting::restart(state, now),
        Action::RefreshFacts => refresh_facts(state),
        Action::Change => form::change(state),
        Action::ValueBefore => form::cycle(state, false, now),
        Action::ValueAfter => form::cycle(state, true, now),
        Action::Unset => form::unset(state, now),
        Action::UseReference
        | Action::AddReference
        | Action::EditReference
        | Action::UploadAgain
        | Action::MadeWith
        | Action::Forget => references::run(state, action, now),
        Action::Play if state.focus == Focus::References => references::run(state, action, now),
        action if is_of_an_overlay(action) => {
            let keymap = &state.opening.keymap;
            let (order, songs) = (keymap.how(Action::Order), keymap.how(Action::Songs));
            let text = format!("that works while ordering or choosing: {order} orders, {songs} chooses a song");
            state.say(text, Role::Quiet, now);
            Vec::new()
        }
        action => queue::run(state, action, now),
    }
}

/// The step that a command is, if it is one.
pub(in crate::tui) fn step_of(action: Action) -> Option<Step> {
    Some(match action {
        Action::Up => Step::Up,
        Action::Down => Step::Down,
        Action::PageUp => Step::PageUp,
        Action::PageDown => Step::PageDown,
        Action::First => Step::First,
        Action::Last => Step::Last,
        _ => return None,
    })
}

fn is_of_an_overlay(action: Action) -> bool {
    matches!(
        action,
        Action::TakeRow
            | Action::Leave
            | Action::Complete
            | Action::StripModels
            | Action::StripSent
            | Action::StripHold
            | Action::StripProblem
            | Action::Confirm
            | Action::Tick
            | Action::ProposeFit
            | Action::LeaveOut
    )
}

fn open(state: &mut State, overlay: Overlay) -> Vec<Effect> {
    state.overlays.push(overlay);
    Vec::new()
}

fn open_strip(state: &mut State) -> Vec<Effect> {
    let strip = Strip::of_draft(state);
    open(state, Overlay::Strip(strip))
}

fn open_find(state: &mut State) -> Vec<Effect> {
    let text = state.focus.text().unwrap_or(Text::Lyrics);
    open(state, Overlay::Find(Find::new(text)))
}

/// Edits the text that has the keys, or else the lyrics.
fn change_text(state: &mut State, edit: Edit, now: Timestamp) -> Vec<Effect> {
    let text = state.focus.text().unwrap_or(Text::Lyrics);
    compose::type_in(state, text, edit, now)
}

/// Takes back what was done last: a choice of sections, or else a step in the text that has the keys.
fn undo(state: &mut State, now: Timestamp) -> Vec<Effect> {
    if compose::take_fit_back(state, now) { Vec::new() } else { change_text(state, Edit::Undo, now) }
}

/// Asks the service for fresh facts.
fn refresh_facts(state: &mut State) -> Vec<Effect> {
    let service = state.opening.service.clone();
    vec![state.carry_and_say(Intent::WantFacts { service }, "asking for balance, prices and usual times")]
}

fn open_filter(state: &mut State) -> Vec<Effect> {
    let text = match state.focus {
        Focus::References => state.library.filter_text(),
        _ => state.queue.filter_text(),
    };
    let prompt = Prompt::new(Ask::Filter, text);
    open(state, Overlay::Line(prompt))
}

fn suspend(state: &mut State) -> Vec<Effect> {
    let mut effects = compose::save(state);
    effects.push(Effect::Suspend);
    effects
}

/// Goes so many panes on in the order of Tab.
fn turn(state: &mut State, by: usize) -> Vec<Effect> {
    let here = Focus::ORDER.iter().position(|focus| *focus == state.focus).unwrap_or(0);
    state.focus = Focus::ORDER[(here + by) % Focus::ORDER.len()];
    Vec::new()
}

/// Closes what is open in the pane, or else goes back to the lyrics.
fn back(state: &mut State) -> Vec<Effect> {
    match state.focus {
        Focus::Queue if state.queue.open => state.queue.open = false,
        Focus::Queue if !state.queue.marked.is_empty() => state.queue.marked.clear(),
        Focus::Queue if !state.queue.filter_text().is_empty() => queue::filter(state, ""),
        Focus::Queue if state.queue.made_with.is_some() => state.queue.show_made_with(None, state.compose.song),
        Focus::References if !state.library.filter_text().is_empty() => state.library.filter(""),
        _ => state.focus = Focus::Lyrics,
    }
    Vec::new()
}

fn go(state: &mut State, step: Step) {
    let areas = state.areas();
    match state.focus {
        Focus::Queue if state.queue.open && matches!(step, Step::PageUp | Step::PageDown) => {
            panes::take::scroll(state, step == Step::PageDown);
        }
        Focus::Queue => {
            let height = panes::queue::height(&areas, state.focus);
            state.queue.go(step, height);
        }
        Focus::References => {
            let height = panes::references::height(state, &areas);
            state.library.place.go(step, state.library.len(), height);
        }
        Focus::Model => {
            let rows = panes::model::rows(state);
            state.compose.form.go(step, rows, rows);
        }
        Focus::Style | Focus::Lyrics => {}
    }
}
