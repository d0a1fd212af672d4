//! The table of models: where can this song go?

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::{Outcome, Overlay};
use crate::domain::catalogue::{LYRICS, Limit, ModelSpec, STYLE, Voice};
use crate::domain::draft::{Draft, Grade, Measure};
use crate::domain::fit;
use crate::domain::length::to_clock;
use crate::tui::cells::{self, Sheet};
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::layout;
use crate::tui::state::{Place, State, Step};
use crate::tui::theme::{Part, Theme};
use crate::tui::update::{choose_model, step_of};

/// Heading and names of the columns.
const HEAD_ROWS: usize = 2;
/// Names and widths of the columns before the last.
const COLUMNS: [(&str, usize); 7] =
    [("model", 15), ("voice", 11), ("style", 10), ("lyrics", 10), ("length", 10), ("price", 9), ("time", 5)];
/// Columns left out, in this order, where the screen is too narrow for all.
const FIRST_TO_GO: [usize; 6] = [6, 4, 1, 2, 3, 5];
/// The least room for the last column, which says what is missing.
const LEAST_LAST: usize = 16;

/// One model as the table shows it; made when the table opens, as the draft does not change under it.
#[derive(Clone, Debug)]
struct Row {
    id: String,
    cells: [String; 7],
    stands: String,
    grade: Option<Grade>,
}

/// The table.
#[derive(Clone, Debug)]
pub struct Models {
    rows: Vec<Row>,
    place: Place,
    /// Ids of the ticked models; nothing where one is chosen for the draft.
    ticked: Option<Vec<String>>,
}

impl Models {
    /// To choose the draft's model.
    #[must_use]
    pub fn to_choose(state: &State) -> Self {
        Self::new(state, state.draft(), &state.draft().model, None)
    }

    /// To tick the models of an order; opens on the first one to add, below those ticked already.
    #[must_use]
    pub fn to_tick(state: &State, draft: &Draft, ticked: &[String]) -> Self {
        let first = ticked.first().cloned().unwrap_or_default();
        let mut models = Self::new(state, draft, &first, Some(ticked.to_vec()));
        let free = |row: &usize| !ticked.contains(&models.rows[*row].id);
        let below = (models.place.selected..models.rows.len()).find(free);
        models.place.selected = below.or_else(|| (0..models.rows.len()).find(free)).unwrap_or(models.place.selected);
        models
    }

    fn new(state: &State, draft: &Draft, selected: &str, ticked: Option<Vec<String>>) -> Self {
        let rows: Vec<Row> = state.opening.catalogue.models().iter().map(|spec| row(draft, spec)).collect();
        let selected = rows.iter().position(|row| row.id == selected).unwrap_or(0);
        Self { rows, place: Place { selected, top: 0 }, ticked }
    }

    /// Whether several may be ticked.
    #[must_use]
    pub fn may_tick(&self) -> bool {
        self.ticked.is_some()
    }

    fn tick(&mut self) {
        let (Some(ticked), Some(row)) = (&mut self.ticked, self.rows.get(self.place.selected)) else { return };
        match ticked.iter().position(|id| *id == row.id) {
            Some(place) => drop(ticked.remove(place)),
            None => ticked.push(row.id.clone()),
        }
    }
}

fn row(draft: &Draft, spec: &ModelSpec) -> Row {
    let rendering = fit::render(draft, spec);
    let problems = draft.check(spec);
    let counter = |field: &str, none: &str| draft.measure(spec, field).map_or_else(|| none.to_owned(), measure);
    let lyrics = if rendering.lyrics.is_none() && rendering.notes.iter().any(|note| note.contains("within")) {
        "in style".to_owned()
    } else {
        counter(LYRICS, "not sent")
    };
    let first = problems.first();
    let stands = first.map_or_else(
        || {
            if rendering.notes.is_empty() {
                "ready".to_owned()
            } else {
                format!("ready; {}", rendering.notes.join(", "))
            }
        },
        |problem| {
            if problem.grade == Grade::MustFix { problem.sentence() } else { format!("ready; {}", problem.sentence()) }
        },
    );
    Row {
        id: spec.id.clone(),
        cells: [
            spec.label.clone(),
            if spec.voice == Voice::YourWords { "your words" } else { "no singing" }.to_owned(),
            counter(STYLE, "not used"),
            lyrics,
            longest(spec.longest),
            price(spec.price),
            to_clock(spec.pace.into()),
        ],
        stands,
        grade: first.map(|problem| problem.grade),
    }
}

/// `187/2000`, or `187` without a limit.
#[must_use]
pub fn measure(measure: Measure) -> String {
    measure.most.map_or_else(|| measure.used.to_string(), |most| format!("{}/{most}", measure.used))
}

/// `to 4:00`.
#[must_use]
pub fn longest(limit: Limit) -> String {
    format!("to {}", to_clock(limit.value))
}

/// `$0.03`, or `unknown`; fractions of a cent are shown where there are some.
#[must_use]
pub fn price(usd: Option<f64>) -> String {
    let Some(usd) = usd else { return "unknown".to_owned() };
    let cents = usd * 100.0;
    if (cents - cents.round()).abs() < 0.005 { format!("${usd:.2}") } else { format!("${usd:.4}") }
}

fn area(state: &State, models: &Models) -> Rect {
    layout::drawer(&state.areas(), state.opening.columns, state.opening.rows, models.rows.len() + HEAD_ROWS + 1)
}

/// Rows for models.
fn height(state: &State, models: &Models) -> usize {
    usize::from(area(state, models).height).saturating_sub(HEAD_ROWS + 1)
}

/// Does what the key stands for.
pub fn press(state: &mut State, models: &mut Models, key: Key, now: Timestamp) -> Outcome {
    if let (Some(takes @ 1..=9), Some(Overlay::Strip(strip))) =
        (key.typed().and_then(|c| c.to_digit(10)), state.overlays.last_mut())
    {
        strip.set_takes(takes);
        return Outcome::stay();
    }
    match state.opening.keymap.action(&[Context::Table], key) {
        Some(Action::Leave) => Outcome::close(),
        Some(Action::Tick) => {
            models.tick();
            // Several in a row are one key each.
            let height = height(state, models);
            models.place.go(Step::Down, models.rows.len(), height);
            Outcome::stay()
        }
        Some(Action::TakeRow) => {
            take(state, models, now);
            Outcome::close()
        }
        Some(action) => {
            if let Some(step) = step_of(action) {
                let height = height(state, models);
                models.place.go(step, models.rows.len(), height);
            }
            Outcome::stay()
        }
        None => Outcome::stay(),
    }
}

/// Enter: the selected row where one is chosen or none is ticked, else the ticked ones.
fn take(state: &mut State, models: &mut Models, now: Timestamp) {
    if models.ticked.as_ref().is_some_and(Vec::is_empty) {
        models.tick();
    }
    let Some(ticked) = &models.ticked else {
        if let Some(row) = models.rows.get(models.place.selected) {
            choose_model(state, &row.id.clone(), now);
        }
        return;
    };
    let in_order: Vec<String> = models.rows.iter().map(|row| row.id.clone()).filter(|id| ticked.contains(id)).collect();
    let mut overlays = std::mem::take(&mut state.overlays);
    if let Some(Overlay::Strip(strip)) = overlays.last_mut() {
        strip.set_models(state, in_order);
    }
    overlays.append(&mut state.overlays);
    state.overlays = overlays;
}

/// Draws the table.
pub fn draw(state: &State, models: &Models, frame: &mut Frame<'_>) -> Option<Position> {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), area(state, models));
    sheet.clear();
    let columns = sheet.columns();
    let shown = shown_columns(columns);
    let title = if models.may_tick() { "Models: tick those to order from" } else { "Models: where can this song go?" };
    sheet.text(0, 0, &cells::heading(title, "", columns), theme.look(Part::HeadFocused));
    let names = COLUMNS.map(|(name, _)| name.to_owned());
    sheet.text(1, 3, &line_of(&names, "this song", shown), theme.look(Part::Faint));
    let height = sheet.rows().saturating_sub(HEAD_ROWS + 1);
    let place = models.place.fitted(models.rows.len(), height);
    for (n, row) in models.rows.iter().enumerate().skip(place.top).take(height) {
        let line = HEAD_ROWS + n - place.top;
        let tick = if models.ticked.as_ref().is_some_and(|ticked| ticked.contains(&row.id)) { "x" } else { " " };
        sheet.text(line, 1, tick, theme.look(Part::Key));
        sheet.text(line, 3, &line_of(&row.cells, &row.stands, shown), look(theme, row.grade));
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

/// The last line says of the selected model what it is, or in full what is missing.
fn draw_selected(state: &State, models: &Models, place: Place, sheet: &mut Sheet<'_>) {
    let Some(row) = models.rows.get(place.selected) else { return };
    let about = state.opening.catalogue.find(&row.id).map_or("", |spec| &spec.about);
    let text = if row.grade.is_some() { &row.stands } else { about };
    let last = sheet.rows().saturating_sub(1);
    if last >= HEAD_ROWS {
        sheet.text(last, 3, text, look(&state.opening.theme, row.grade));
    }
}

fn look(theme: &Theme, grade: Option<Grade>) -> ratatui::style::Style {
    theme.look(match grade {
        Some(Grade::MustFix) => Part::MustFix,
        _ => Part::Text,
    })
}

/// Which columns there is room for.
fn shown_columns(columns: usize) -> [bool; 7] {
    let mut shown = [true; 7];
    let width = |shown: &[bool; 7]| -> usize {
        COLUMNS.iter().zip(shown).filter(|(_, shown)| **shown).map(|((_, width), _)| width + 1).sum()
    };
    for column in FIRST_TO_GO {
        if width(&shown) + LEAST_LAST + 3 <= columns {
            break;
        }
        shown[column] = false;
    }
    shown
}

fn line_of(cells: &[String; 7], last: &str, shown: [bool; 7]) -> String {
    let kept = COLUMNS.iter().zip(cells).zip(shown).filter(|(_, shown)| *shown);
    let mut line: String = kept.map(|(((_, width), cell), _)| cells::pad(cell, *width) + " ").collect();
    line.push_str(last);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_show_fractions_of_a_cent_only_where_there_are_some() {
        assert_eq!(price(Some(0.03)), "$0.03");
        assert_eq!(price(Some(0.0315)), "$0.0315");
        assert_eq!(price(None), "unknown");
    }

    #[test]
    fn narrow_screens_keep_the_model_and_what_is_missing() {
        assert_eq!(shown_columns(200), [true; 7]);
        assert_eq!(shown_columns(40), [true, false, false, false, false, false, false]);
    }
}
