//! What would be sent, to the letter.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::Outcome;
use crate::domain::draft::Draft;
use crate::engine::orders;
use crate::tui::cells::{self, Sheet};
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::layout;
use crate::tui::state::{Place, State, known};
use crate::tui::theme::Part;
use crate::tui::update::step_of;

/// The requests as text, and the first row shown.
#[derive(Clone, Debug)]
pub struct Sent {
    text: String,
    place: Place,
}

impl Sent {
    /// What the draft sends to these models.
    #[must_use]
    pub fn new(state: &State, draft: &Draft, models: &[String]) -> Self {
        let mut text = String::new();
        for spec in models.iter().filter_map(|model| state.opening.catalogue.find(model)) {
            let body = orders::request_in_words(draft, spec, known(&state.opening, &state.library));
            let json = serde_json::to_string_pretty(&body).unwrap_or_default();
            text.extend([&spec.id, "\n", &json.replace("\\n", "\\n\n    "), "\n\n"]);
        }
        Self { text, place: Place::default() }
    }

    fn lines(&self, columns: usize) -> Vec<String> {
        cells::wrap(self.text.trim_end(), columns)
    }
}

fn area(state: &State) -> Rect {
    layout::drawer(&state.areas(), state.opening.columns, state.opening.rows, usize::from(state.opening.rows))
}

/// Does what the key stands for: scrolls or closes.
pub fn press(state: &State, sent: &mut Sent, key: Key) -> Outcome {
    let action = state.opening.keymap.action(&[Context::Table], key);
    if matches!(action, Some(Action::Leave | Action::TakeRow)) || key == Key::char('v') {
        return Outcome::close();
    }
    if let Some(step) = action.and_then(step_of) {
        let area = area(state);
        let height = usize::from(area.height).saturating_sub(1);
        let rows = sent.lines(usize::from(area.width).saturating_sub(2)).len();
        // There is no selected row here: the place is the first row shown.
        sent.place.go(step, (rows + 1).saturating_sub(height).max(1), usize::MAX);
    }
    Outcome::stay()
}

/// Draws the requests.
pub fn draw(state: &State, sent: &Sent, frame: &mut Frame<'_>) -> Option<Position> {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), area(state));
    sheet.clear();
    let columns = sheet.columns();
    let lines = sent.lines(columns.saturating_sub(2));
    let height = sheet.rows().saturating_sub(1);
    let first = sent.place.selected.min(lines.len().saturating_sub(height));
    let right = format!("{} of {}", (first + height).min(lines.len()), lines.len());
    sheet.text(0, 0, &cells::heading("What is sent", &right, columns), theme.look(Part::HeadFocused));
    for (row, line) in lines.iter().skip(first).take(height).enumerate() {
        sheet.text(row + 1, 1, line, theme.look(Part::Text));
    }
    let area = sheet.area();
    (area.height > 1).then(|| Position::new(area.x, area.y + 1))
}
