//! How the table of models looks.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use super::row::COLUMNS;
use super::{Models, Row};
use crate::domain::age;
use crate::domain::draft::Grade;
use crate::domain::money::Spent;
use crate::tui::cells::{self, Sheet};
use crate::tui::layout;
use crate::tui::state::{Place, State};
use crate::tui::theme::{Part, Theme};

/// Heading and names of the columns.
const HEAD_ROWS: usize = 2;
/// Columns before the cells: the selection's sign, and how many takes.
const CELLS_AT: usize = 4;
/// Columns that a heading needs besides its words.
const AROUND_TITLE: usize = 9;
/// Columns left out, in this order, where the screen is too narrow for all.
const FIRST_TO_GO: [usize; 6] = [6, 4, 1, 2, 3, 5];
/// The least room for the last column, which says what is missing.
const LEAST_LAST: usize = 16;

/// Which columns there is room for.
type Shown = [bool; COLUMNS.len()];

fn area(state: &State, models: &Models) -> Rect {
    layout::drawer(&state.areas(), state.opening.columns, state.opening.rows, models.rows.len() + HEAD_ROWS + 1)
}

/// Rows for models.
pub(super) fn height(state: &State, models: &Models) -> usize {
    usize::from(area(state, models).height).saturating_sub(HEAD_ROWS + 1)
}

/// Draws the table.
pub fn draw(state: &State, models: &Models, now: Timestamp, frame: &mut Frame<'_>) -> Option<Position> {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), area(state, models));
    sheet.clear();
    let columns = sheet.columns();
    let shown = shown_columns(columns);
    let title = if models.may_tick() { "Models: where to order from" } else { "Models: where can this song go?" };
    let beside = beside_title(state, models, now, columns.saturating_sub(cells::width(title) + AROUND_TITLE));
    sheet.text(0, 0, &cells::heading(title, &beside, columns), theme.look(Part::HeadFocused));
    let names = COLUMNS.map(|(name, _)| name.to_owned());
    sheet.text(1, CELLS_AT, &line_of(&names, "this song", shown), theme.look(Part::Faint));
    let height = sheet.rows().saturating_sub(HEAD_ROWS + 1);
    let place = models.place.fitted(models.rows.len(), height);
    for (n, row) in models.rows.iter().enumerate().skip(place.top).take(height) {
        let line = HEAD_ROWS + n - place.top;
        sheet.text(line, 1, &tick(models, row), theme.look(Part::Key));
        sheet.text(line, CELLS_AT, &line_of(&row.cells, &row.stands, shown), look(theme, row.grade));
        if n == place.selected {
            sheet.tint(line, theme.look(Part::Selected));
            sheet.text(line, 0, ">", theme.look(Part::Selected));
        }
    }
    draw_selected(state, models, place, &mut sheet);
    let area = sheet.area();
    let y = area.y + (HEAD_ROWS + place.selected - place.top) as u16;
    (y < area.bottom()).then(|| Position::new(area.x, y))
}

/// How old the prices are, where that should be known, what is ticked, and that digits count; where there is
/// no room for all, what is ticked stays.
fn beside_title(state: &State, models: &Models, now: Timestamp, room: usize) -> String {
    let listed = state.terms.listed.as_ref().filter(|_| !state.opening.service.is_sandbox());
    let age = listed.and_then(|(_, at)| age::told(*at, now, &state.opening.zone));
    let prices = age.map(|age| format!("prices told {age}"));
    let digits = models.may_tick().then(|| "1-9 how many".to_owned());
    let total = total(state, models);
    let joined = |parts: [&Option<String>; 3]| parts.into_iter().flatten().cloned().collect::<Vec<_>>().join("   ");
    let all = [[&prices, &total, &digits], [&prices, &total, &None], [&None, &total, &None]].map(joined);
    let [.., least] = &all;
    all.iter().find(|parts| cells::width(parts) <= room).unwrap_or(least).clone()
}

/// `3 takes, $0.09`: what is ticked so far comes to; nothing where nothing is.
fn total(state: &State, models: &Models) -> Option<String> {
    let lines = models.lines();
    let takes = match lines.iter().map(|line| line.takes).sum() {
        0 => return None,
        1 => "1 take".to_owned(),
        takes => format!("{takes} takes"),
    };
    if state.opening.service.is_sandbox() {
        return Some(takes);
    }
    let cost: Option<Spent> = lines.iter().map(|line| state.cost_of(models.draft(state), line)).sum();
    Some(format!("{takes}, {}", cost.map_or_else(|| "price unknown".to_owned(), Spent::words)))
}

/// `x` for one take, `x3` for three; nothing for a model that is not ticked.
fn tick(models: &Models, row: &Row) -> String {
    match models.takes_of(&row.id) {
        None => String::new(),
        Some(1) => "x".to_owned(),
        Some(takes) => format!("x{takes}"),
    }
}

/// The last line says of the selected model what it is, or in full what is missing.
fn draw_selected(state: &State, models: &Models, place: Place, sheet: &mut Sheet<'_>) {
    let Some(row) = models.rows.get(place.selected) else { return };
    let about = state.opening.catalogue.find(&row.id).map_or("", |spec| &spec.about);
    let text = if row.grade.is_some() { &row.stands } else { about };
    let last = sheet.rows().saturating_sub(1);
    if last >= HEAD_ROWS {
        sheet.text(last, CELLS_AT, text, look(&state.opening.theme, row.grade));
    }
}

fn look(theme: &Theme, grade: Option<Grade>) -> Style {
    theme.look(match grade {
        Some(Grade::MustFix) => Part::MustFix,
        _ => Part::Text,
    })
}

fn shown_columns(columns: usize) -> Shown {
    let mut shown = [true; COLUMNS.len()];
    let width = |shown: &Shown| -> usize {
        COLUMNS.iter().zip(shown).filter(|(_, shown)| **shown).map(|((_, width), _)| width + 1).sum()
    };
    for column in FIRST_TO_GO {
        if width(&shown) + LEAST_LAST + CELLS_AT <= columns {
            break;
        }
        shown[column] = false;
    }
    shown
}

fn line_of(cells: &[String; COLUMNS.len()], last: &str, shown: Shown) -> String {
    let kept = COLUMNS.iter().zip(cells).zip(shown).filter(|(_, shown)| *shown);
    let mut line: String = kept.map(|(((_, width), cell), _)| cells::pad(cell, *width) + " ").collect();
    line.push_str(last);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrow_screens_keep_the_model_and_what_is_missing() {
        assert_eq!(shown_columns(200), [true; COLUMNS.len()]);
        assert_eq!(shown_columns(40), [true, false, false, false, false, false, false]);
    }
}
