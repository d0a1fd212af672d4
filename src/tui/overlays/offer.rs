//! Text that was pasted where letters are commands: it is offered to the lyrics.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::Outcome;
use crate::tui::cells::Sheet;
use crate::tui::editor::Edit;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::state::{Focus, State, Text};
use crate::tui::theme::Part;
use crate::tui::update::type_in;

/// Does what the key stands for: Enter takes the text, anything that leaves drops it.
pub fn press(state: &mut State, text: &str, key: Key, now: Timestamp) -> Outcome {
    match state.opening.keymap.action(&[Context::Picker], key) {
        Some(Action::TakeRow) => {
            state.focus = Focus::Lyrics;
            Outcome::close().with(type_in(state, Text::Lyrics, Edit::Paste(text.to_owned()), now))
        }
        Some(Action::Leave) => Outcome::close(),
        _ => Outcome::stay(),
    }
}

/// Draws the offer.
pub fn draw(state: &State, text: &str, frame: &mut Frame<'_>) -> Option<Position> {
    let bottom = state.areas().bottom;
    let mut sheet = Sheet::new(frame.buffer_mut(), Rect { height: bottom.height.min(1), ..bottom });
    sheet.clear();
    let letters = text.chars().count();
    let offer = format!(" pasted text of {letters} characters: Enter puts it into the lyrics, Esc drops it");
    sheet.text(0, 0, &offer, state.opening.theme.look(Part::Look));
    let area = sheet.area();
    (area.area() > 0).then(|| Position::new(area.x, area.y))
}
