//! The palette, which is the help: every command with its keys, and what the words for takes mean.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Position;

use super::Outcome;
use super::picker::{self, Picker, Pressed, Row};
use crate::domain::wording::Role;
use crate::tui::input::Key;
use crate::tui::palette::{Entry, entries};
use crate::tui::state::State;
use crate::tui::update::run;

/// Narrower screens leave out where a key works.
const PLACE_FROM: u16 = 110;

/// Does what the key stands for; Enter runs the command.
pub fn press(state: &mut State, picker: &mut Picker, key: Key, now: Timestamp) -> Outcome {
    let keymap = state.opening.keymap.clone();
    let entries = entries(&keymap, picker.text());
    match picker.press(state, key, entries.len()) {
        Pressed::Taken | Pressed::Command(_) => Outcome::stay(),
        Pressed::Left => Outcome::close(),
        Pressed::Chosen(row) => {
            let entry = &entries[row];
            if let Some(action) = entry.action {
                return Outcome::close().with(run(state, action, now));
            }
            state.say(format!("{}: {}", entry.left, entry.words), Role::Quiet, now);
            Outcome::close()
        }
    }
}

/// Draws the palette.
pub fn draw(state: &State, picker: &Picker, frame: &mut Frame<'_>) -> Option<Position> {
    let entries = entries(&state.opening.keymap, picker.text());
    let with_place = state.opening.columns >= PLACE_FROM;
    let row = |entry: Entry| Row {
        left: entry.left,
        text: entry.words,
        right: if with_place { entry.place } else { String::new() },
    };
    let rows: Vec<Row> = entries.into_iter().map(row).collect();
    picker::draw(state, picker, "Every command", "no command is called so", &rows, frame)
}
