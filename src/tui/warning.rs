//! What is wrong with the configuration: it stands above the message line until a person has read it, and
//! takes no key from whoever writes on.

use super::cells::{self, Sheet};
use super::keymap::{Action, Context};
use super::state::State;
use super::theme::Part;

/// The rows below it: the message and the keys.
const BELOW: usize = 2;

/// Rows that the bottom of the screen has with it.
pub(super) fn rows(state: &State) -> u16 {
    (lines(state).len() + BELOW) as u16
}

/// What it says, in as many rows as half of the screen has.
fn lines(state: &State) -> Vec<String> {
    let Some(warning) = &state.opening.warning else { return Vec::new() };
    let columns = usize::from(state.opening.columns).saturating_sub(2);
    let key = state.opening.keymap.shown_key(Action::Back, &[Context::Anywhere]).unwrap_or_default();
    let away = format!("{key} takes this away");
    let mut lines = cells::wrap(&format!("{warning}; {away}"), columns);
    let room = usize::from(state.opening.rows / 2).saturating_sub(BELOW).max(1);
    if lines.len() > room {
        lines.truncate(room);
        if let Some(last) = lines.last_mut() {
            *last = format!("... {away}");
        }
    }
    lines
}

/// Draws it at the top of the bottom rows.
pub(super) fn draw(state: &State, sheet: &mut Sheet<'_>) {
    for (row, line) in lines(state).iter().enumerate() {
        sheet.text(row, 1, line, state.opening.theme.look(Part::MustFix));
    }
}
