//! The value of a setting, typed in its row.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::Outcome;
use crate::tui::cells::Sheet;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::panes;
use crate::tui::state::{Line, State};
use crate::tui::theme::Part;
use crate::tui::update::set_value;

/// The setting and the line that is typed.
#[derive(Clone, Debug)]
pub struct ValueEntry {
    pub(super) line: Line,
    field: String,
}

impl ValueEntry {
    /// Types over the value of that setting.
    #[must_use]
    pub fn new(state: &State, field: &str) -> Self {
        Self { line: Line::new(state.draft().setting(field).unwrap_or("")), field: field.to_owned() }
    }

    /// The setting's name, and the line of its value.
    pub(super) fn field(&mut self) -> (String, &mut Line) {
        (self.field.clone(), &mut self.line)
    }
}

/// Does what the key stands for: Enter takes the value even when it is wrong, so that nothing typed is
/// lost; what is wrong with it is said beside it.
pub fn press(state: &mut State, entry: &mut ValueEntry, key: Key, now: Timestamp) -> Outcome {
    match state.opening.keymap.action(&[Context::Picker], key) {
        Some(Action::TakeRow) => {
            let value = entry.line.text().trim().to_owned();
            set_value(state, &entry.field, &value, now);
            Outcome::close()
        }
        Some(Action::Leave) => Outcome::close(),
        _ => {
            entry.line.key(key);
            Outcome::stay()
        }
    }
}

/// Draws the value over its row.
pub fn draw(state: &State, entry: &ValueEntry, frame: &mut Frame<'_>) -> Option<Position> {
    let area = panes::model::value_area(state, &entry.field)?;
    let mut sheet = Sheet::new(frame.buffer_mut(), Rect { height: area.height.min(1), ..area });
    sheet.clear();
    let (shown, cursor) = entry.line.shown(sheet.columns());
    sheet.text(0, 0, &shown, state.opening.theme.look(Part::Selection));
    let area = sheet.area();
    (area.area() > 0).then(|| Position::new(area.x + (cursor as u16).min(area.width - 1), area.y))
}
