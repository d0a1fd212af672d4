//! The questions on the screen.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::{Adding, CHOICES, Place, Whence};
use crate::tui::cells::{self, Sheet};
use crate::tui::layout;
use crate::tui::state::{Line, State};
use crate::tui::theme::Part;

/// Rows of the form besides the choices: the heading, the name, the part.
const BESIDES: usize = 3;

/// Where lines are typed.
const LINE_AT: usize = 8;

/// Columns of the heading that are neither the name's nor what is known of it.
const AROUND_NAME: usize = 20;

/// Columns of a moment.
const MOMENT_COLUMNS: usize = 8;

/// Rows at the bottom: what is said, and the keys.
#[must_use]
pub fn rows(adding: &Adding, columns: u16) -> u16 {
    said(adding, columns.into()).len().max(1) as u16 + 1
}

fn said(adding: &Adding, columns: usize) -> Vec<String> {
    let text = adding.said.as_ref().map_or("", |(text, _)| text);
    cells::wrap(text, columns.saturating_sub(2))
}

/// Draws the questions; the choices that have no room are those that were not chosen.
pub fn draw(state: &State, adding: &Adding, frame: &mut Frame<'_>) -> Option<Position> {
    let (columns, rows) = (state.opening.columns, state.opening.rows);
    let area = layout::drawer(&state.areas(), columns, rows, CHOICES.len() + BESIDES);
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), area);
    sheet.clear();
    sheet.text(0, 0, &heading(adding, sheet.columns()), theme.look(Part::HeadFocused));
    let room = sheet.rows().saturating_sub(BESIDES).max(1);
    let first = adding.choice.unwrap_or(0).saturating_sub(room - 1).min(CHOICES.len().saturating_sub(room));
    for (line, n) in (first..CHOICES.len()).take(room).enumerate() {
        draw_choice(state, adding, n, &mut sheet, line + 1);
    }
    let name_row = room + 1;
    let cursor = draw_lines(state, adding, &mut sheet, name_row);
    let what_row = 1 + adding.choice.unwrap_or(0).saturating_sub(first);
    let cursor = cursor.unwrap_or((1, what_row));
    let whole = sheet.area();
    draw_said(state, adding, frame);
    let (x, y) = (whole.x + cursor.0 as u16, whole.y + cursor.1 as u16);
    (x < whole.right() && y < whole.bottom()).then(|| Position::new(x, y))
}

fn heading(adding: &Adding, columns: usize) -> String {
    let what = match &adding.whence {
        Whence::File(file) => file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        Whence::Address(url) => url.clone(),
    };
    let room = columns.saturating_sub(cells::width(&adding.about) + AROUND_NAME);
    cells::heading(&format!("What is {}?", cells::clip(&what, room)), &adding.about, columns)
}

fn draw_choice(state: &State, adding: &Adding, n: usize, sheet: &mut Sheet<'_>, line: usize) {
    let theme = &state.opening.theme;
    let (purpose, of_file, of_address) = CHOICES[n];
    let about = if matches!(adding.whence, Whence::File(_)) { of_file } else { of_address };
    let word = if purpose.is_uploaded() { format!("   ({})", purpose.name()) } else { String::new() };
    let chosen = adding.choice == Some(n);
    sheet.text(line, 3, &format!("{} {about}{word}", n + 1), theme.look(Part::Text));
    if chosen {
        sheet.tint(line, theme.look(Part::Selected));
    }
    if chosen || (adding.choice.is_none() && n == 0 && adding.place == Place::What) {
        sheet.text(line, 1, if chosen { ">" } else { "?" }, theme.look(Part::HeadFocused));
    }
}

/// Draws name and part; tells where the cursor is in them, from the sheet's corner.
fn draw_lines(state: &State, adding: &Adding, sheet: &mut Sheet<'_>, row: usize) -> Option<(usize, usize)> {
    let to_at = LINE_AT + MOMENT_COLUMNS + 5;
    let columns = sheet.columns();
    let lines = [
        (Place::Name, "Name", &adding.name, row, 1, LINE_AT, columns.saturating_sub(LINE_AT + 1)),
        (Place::From, "From", &adding.from, row + 1, 1, LINE_AT, MOMENT_COLUMNS),
        (Place::To, "to", &adding.to, row + 1, to_at - 4, to_at, MOMENT_COLUMNS),
    ];
    let mut cursor = None;
    for (place, label, line, row, label_at, at, room) in lines {
        let here = adding.place == place;
        let shown = draw_line(state, sheet, (row, label_at, label), (at, room), line, here);
        if here {
            cursor = Some((at + shown, row));
        }
    }
    let hint_at = to_at + MOMENT_COLUMNS + 2;
    if adding.from.text().is_empty() && adding.to.text().is_empty() {
        sheet.text(row + 1, hint_at, "a part of it, as 0:32", state.opening.theme.look(Part::Faint));
    }
    cursor
}

/// Draws a label and its line; tells in which of its columns the cursor stands.
fn draw_line(
    state: &State,
    sheet: &mut Sheet<'_>,
    (row, label_at, label): (usize, usize, &str),
    (at, room): (usize, usize),
    line: &Line,
    here: bool,
) -> usize {
    let theme = &state.opening.theme;
    sheet.text(row, label_at, label, theme.look(if here { Part::HeadFocused } else { Part::Head }));
    let (shown, cursor) = line.shown(room);
    let text = if shown.is_empty() { "_".repeat(room.min(MOMENT_COLUMNS)) } else { shown };
    let look = if here { Part::Text } else { Part::Faint };
    sheet.text(row, at, &text, theme.look(look));
    cursor
}

fn draw_said(state: &State, adding: &Adding, frame: &mut Frame<'_>) {
    let Some((_, role)) = &adding.said else { return };
    let bottom = state.areas().bottom;
    let mut sheet = Sheet::new(frame.buffer_mut(), Rect { height: bottom.height.saturating_sub(1), ..bottom });
    sheet.clear();
    for (row, line) in said(adding, sheet.columns()).iter().enumerate() {
        sheet.text(row, 1, line, state.opening.theme.status(*role));
    }
}
