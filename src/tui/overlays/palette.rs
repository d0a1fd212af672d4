//! The palette, which is the help: every command with its keys, and what the words for takes mean.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::Outcome;
use super::picker::{self, Picker, Pressed, Row};
use crate::domain::wording::Role;
use crate::tui::cells::{self, Sheet};
use crate::tui::input::Key;
use crate::tui::palette::{Entry, entries};
use crate::tui::state::State;
use crate::tui::theme::Part;
use crate::tui::update::run;

/// Narrower screens leave out where a key works.
const PLACE_FROM: u16 = 110;

/// Narrower screens cut most sentences, so that of the selected entry stands below, in full.
const SENTENCES_FIT_FROM: u16 = 100;
/// Rows for it.
const SENTENCE_ROWS: u16 = 3;

/// Rows that the palette needs below its list: the sentence and the keys.
pub(super) fn rows(columns: u16) -> u16 {
    if columns < SENTENCES_FIT_FROM { SENTENCE_ROWS + 1 } else { 2 }
}

/// Does what the key stands for; Enter runs the command.
pub fn press(state: &mut State, picker: &mut Picker, key: Key, now: Timestamp) -> Outcome {
    let keymap = state.opening.keymap.clone();
    let entries = entries(&keymap, picker.text());
    match picker.press(state, key, entries.len()) {
        Pressed::Taken | Pressed::Command(_) => Outcome::stay(),
        Pressed::Left => Outcome::close(),
        Pressed::Chosen(row) => {
            let entry = &entries[row];
            state.library.hear(entry.action);
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
    let selected = entries.get(picker.selected()).map(|entry| format!("{}: {}", entry.left, entry.words));
    let rows: Vec<Row> = entries.into_iter().map(row).collect();
    let cursor = picker::draw(state, picker, "Every command", "no command is called so", &rows, frame);
    if let Some(sentence) = selected.filter(|_| state.opening.columns < SENTENCES_FIT_FROM) {
        draw_sentence(state, &sentence, frame);
    }
    cursor
}

fn draw_sentence(state: &State, sentence: &str, frame: &mut Frame<'_>) {
    let bottom = state.areas().bottom;
    let area = Rect { height: bottom.height.saturating_sub(1), ..bottom };
    let mut sheet = Sheet::new(frame.buffer_mut(), area);
    sheet.clear();
    for (row, line) in cells::wrap(sentence, sheet.columns().saturating_sub(2)).iter().enumerate() {
        sheet.text(row, 1, line, state.opening.theme.look(Part::Text));
    }
}
