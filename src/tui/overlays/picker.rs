//! A list that is narrowed by typing: songs, commands, sections, tags.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use crate::tui::cells::{self, Sheet};
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::layout;
use crate::tui::state::{Line, Place, State, Step};
use crate::tui::theme::Part;
use crate::tui::update::step_of;

/// Rows above the list: its heading, and the line that is typed.
const HEAD_ROWS: usize = 2;

/// What was typed, and where one is.
#[derive(Clone, Debug, Default)]
pub struct Picker {
    line: Line,
    place: Place,
    /// Whether the person goes through the rows, and does not type: the cursor is on the row then.
    in_rows: bool,
}

/// What a key did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// It was for the line or the list.
    Taken,
    /// The row of that number was chosen.
    Chosen(usize),
    /// The list was left.
    Left,
    /// A command of the list's own.
    Command(Action),
}

/// A row of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// In a column of its own, as wide as the widest.
    pub left: String,
    pub text: String,
    /// At the right end.
    pub right: String,
}

impl Row {
    /// A row of one text.
    pub fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

impl Picker {
    /// What was typed, in lower case.
    #[must_use]
    pub fn needle(&self) -> String {
        self.line.text().to_lowercase()
    }

    /// What was typed.
    #[must_use]
    pub fn text(&self) -> &str {
        self.line.text()
    }

    /// The selected row.
    #[must_use]
    pub fn selected(&self) -> usize {
        self.place.selected
    }

    /// Puts another text in place of the line.
    pub fn set_text(&mut self, text: &str) {
        self.line = Line::new(text);
        // Spaces at the end are dropped from a line that is begun with; here somebody goes on behind them.
        for _ in text.trim_end().len()..text.len() {
            self.line.key(Key::char(' '));
        }
        (self.place, self.in_rows) = (Place::default(), false);
    }

    /// Selects a row; the next look at the list brings it into sight.
    pub fn select(&mut self, row: usize) {
        self.place.selected = row;
    }

    /// Goes a step in a list of `length` rows.
    pub fn go(&mut self, state: &State, step: Step, length: usize) {
        let height = usize::from(area(state, length).height).saturating_sub(HEAD_ROWS);
        self.place.go(step, length, height);
        self.in_rows = true;
    }

    /// The rows of a list of `length` that are on the screen.
    #[must_use]
    pub fn visible(&self, state: &State, length: usize) -> std::ops::Range<usize> {
        let height = usize::from(area(state, length).height).saturating_sub(HEAD_ROWS);
        let top = self.place.fitted(length, height).top;
        top..length.min(top + height)
    }

    /// Puts pasted text into the line.
    pub fn paste(&mut self, text: &str) {
        self.line.paste(text);
        (self.place, self.in_rows) = (Place::default(), false);
    }

    /// Does what the key stands for in a list of `length` rows.
    pub fn press(&mut self, state: &State, key: Key, length: usize) -> Pressed {
        match state.opening.keymap.action(&[Context::Picker], key) {
            Some(Action::TakeRow) if length > 0 => return Pressed::Chosen(self.place.selected.min(length - 1)),
            Some(Action::TakeRow) => return Pressed::Taken,
            Some(Action::Leave) => return Pressed::Left,
            Some(action) => {
                let Some(step) = step_of(action) else { return Pressed::Command(action) };
                self.go(state, step, length);
                return Pressed::Taken;
            }
            None => {}
        }
        if self.line.key(key) {
            (self.place, self.in_rows) = (Place::default(), false);
        }
        Pressed::Taken
    }
}

fn area(state: &State, length: usize) -> Rect {
    let (columns, rows) = (state.opening.columns, state.opening.rows);
    layout::drawer(&state.areas(), columns, rows, length.max(1) + HEAD_ROWS)
}

/// Whether a text contains what was typed, whatever the case.
#[must_use]
pub fn fits(text: &str, needle: &str) -> bool {
    needle.is_empty() || text.to_lowercase().contains(needle)
}

/// A list as it is drawn.
pub struct Listed<'a> {
    pub title: &'a str,
    /// Said where no row is left.
    pub nothing: &'a str,
    pub length: usize,
    /// Columns of the widest text at the left.
    pub left: usize,
    /// What stands in a row.
    pub row: &'a dyn Fn(usize) -> Row,
}

/// Draws the list; tells where the cursor belongs. `nothing` is said where no row is left.
pub fn draw(
    state: &State,
    picker: &Picker,
    title: &str,
    nothing: &str,
    rows: &[Row],
    frame: &mut Frame<'_>,
) -> Option<Position> {
    let left = rows.iter().map(|row| cells::width(&row.left)).max().unwrap_or(0);
    let row = |n: usize| rows[n].clone();
    draw_list(state, picker, &Listed { title, nothing, length: rows.len(), left, row: &row }, frame)
}

/// Draws a list of which only the rows on the screen are asked for.
pub fn draw_list(state: &State, picker: &Picker, list: &Listed<'_>, frame: &mut Frame<'_>) -> Option<Position> {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), area(state, list.length));
    sheet.clear();
    let columns = sheet.columns();
    let heading = cells::heading(list.title, &list.length.to_string(), columns);
    sheet.text(0, 0, &heading, theme.look(Part::HeadFocused));
    let (shown, at) = picker.line.shown(columns.saturating_sub(4));
    sheet.text(1, 0, " > ", theme.look(Part::Key));
    sheet.text(1, 3, &shown, theme.look(Part::Text));
    let cursor = sheet.area();
    let height = sheet.rows().saturating_sub(HEAD_ROWS);
    let place = picker.place.fitted(list.length, height);
    if list.length == 0 {
        sheet.text(HEAD_ROWS, 3, list.nothing, theme.look(Part::Faint));
    }
    let left = list.left.min(columns / 3);
    for n in (0..list.length).skip(place.top).take(height) {
        let line = HEAD_ROWS + n - place.top;
        draw_row(&mut sheet, line, &(list.row)(n), left, theme);
        if n == place.selected {
            sheet.tint(line, theme.look(Part::Selected));
            sheet.text(line, 1, ">", theme.look(Part::Selected));
        }
    }
    let row = HEAD_ROWS + place.selected.saturating_sub(place.top);
    if picker.in_rows && row < usize::from(cursor.height) {
        return Some(Position::new(cursor.x + 1, cursor.y + row as u16));
    }
    (cursor.height > 1).then(|| Position::new(cursor.x + 3 + at as u16, cursor.y + 1))
}

fn draw_row(sheet: &mut Sheet<'_>, line: usize, row: &Row, left: usize, theme: &crate::tui::theme::Theme) {
    let columns = sheet.columns();
    let mut at = 3;
    if left > 0 {
        sheet.text(line, at, &cells::clip(&row.left, left), theme.look(Part::Key));
        at += left + 2;
    }
    let right = cells::width(&row.right);
    let room = columns.saturating_sub(at + right + if right > 0 { 3 } else { 1 });
    sheet.text(line, at, &cells::clip(&row.text, room), theme.look(Part::Text));
    if right > 0 && at + room + right < columns {
        sheet.text(line, columns - right - 1, &row.right, theme.look(Part::Faint));
    }
}
