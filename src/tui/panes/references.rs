//! The references.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::head;
use crate::domain::reference::{Purpose, Reference};
use crate::tui::cells::{self, Sheet};
use crate::tui::layout::Areas;
use crate::tui::state::{Focus, State};
use crate::tui::theme::Part;

/// Columns of the words behind the name.
const RIGHT_COLUMNS: usize = 24;

/// Rows for references in the pane as it stands.
pub(in crate::tui) fn height(areas: &Areas) -> usize {
    usize::from(areas.references.height).saturating_sub(1)
}

/// Draws the references.
pub(super) fn draw(state: &State, _: Timestamp, area: Rect, frame: &mut Frame<'_>) -> Option<Position> {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), area);
    let columns = sheet.columns();
    let filter = state.library.filter_text();
    let right = if filter.is_empty() { String::new() } else { format!("only `{filter}`") };
    sheet.text(0, 0, &cells::heading("References", &right, columns), head(state, Focus::References));
    let focused = state.focus == Focus::References;
    if state.library.is_empty() {
        sheet.text(1, 3, "none; a adds the address of a recording", theme.look(Part::Faint));
        return (focused && sheet.rows() > 1).then(|| Position::new(area.x, area.y + 1));
    }
    let place = state.library.place;
    for (n, reference) in state.library.shown().enumerate().skip(place.top) {
        let line = 1 + n - place.top;
        if line >= sheet.rows() {
            break;
        }
        draw_reference(state, reference, &mut sheet, line);
        if n == place.selected && focused {
            sheet.tint(line, theme.look(Part::Selected));
            sheet.text(line, 1, ">", theme.look(Part::HeadFocused));
        }
    }
    let line = 1 + place.selected.saturating_sub(place.top);
    (focused && line < sheet.rows()).then(|| Position::new(area.x, area.y + line as u16))
}

fn draw_reference(state: &State, reference: &Reference, sheet: &mut Sheet<'_>, line: usize) {
    let theme = &state.opening.theme;
    let columns = sheet.columns();
    let used = state.draft().settings.values().any(|value| reference.is_meant_by(value));
    let takes = if reference.takes == 1 { "1 take".to_owned() } else { format!("{} takes", reference.takes) };
    let right = format!("{}  {takes}{}", purpose(reference.purpose), if used { "  used" } else { "" });
    let room = columns.saturating_sub(3 + RIGHT_COLUMNS);
    let name = if reference.note.is_empty() {
        reference.name.clone()
    } else {
        format!("{}: {}", reference.name, reference.note)
    };
    sheet.text(line, 3, &cells::clip(&name, room), theme.look(Part::Text));
    sheet.text(line, 3 + room + 1, &right, theme.look(if used { Part::Arrived } else { Part::Faint }));
}

fn purpose(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Url => "address",
        Purpose::File => "file",
        Purpose::Voice => "voice",
        Purpose::Instrumental => "backing",
        Purpose::Song => "song",
    }
}
