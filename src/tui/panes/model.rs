//! The model and its settings: a row each, with what may be typed and what is wrong beside it.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::{head, look_of};
use crate::domain::catalogue::{FieldSpec, ModelSpec, Voice};
use crate::domain::draft::Grade;
use crate::domain::setting;
use crate::tui::cells::{self, Sheet};
use crate::tui::overlays::models::longest;
use crate::tui::state::{Focus, Place, State};
use crate::tui::theme::Part;

/// Columns before the values.
const VALUE_AT: usize = 18;
/// Columns of the values.
const VALUE_COLUMNS: usize = 16;
/// Columns of the values on narrow screens.
const NARROW_VALUE_COLUMNS: usize = 10;
/// From so many columns on, values have their full width.
const FULL_FROM: u16 = 60;

/// Rows with the model and every setting.
pub(in crate::tui) fn rows(state: &State) -> usize {
    1 + state.spec().map_or(0, |spec| spec.settings().count())
}

/// The setting whose row is selected; nothing where it is the model's.
pub(in crate::tui) fn selected(state: &State) -> Option<&FieldSpec> {
    let row = state.compose.form.selected.checked_sub(1)?;
    state.spec()?.settings().nth(row)
}

/// The row of a setting; that of the model where the model has no such setting.
pub(in crate::tui) fn row_of(state: &State, field: &str) -> usize {
    let place = state.spec().and_then(|spec| spec.settings().position(|other| other.name == field));
    place.map_or(0, |place| place + 1)
}

fn value_columns(area: Rect) -> usize {
    if area.width >= FULL_FROM { VALUE_COLUMNS } else { NARROW_VALUE_COLUMNS }
}

fn place(state: &State, area: Rect) -> Place {
    state.compose.form.fitted(rows(state), usize::from(area.height))
}

/// Where the value of a setting is typed, if its row is on the screen.
pub(in crate::tui) fn value_area(state: &State, field: &str) -> Option<Rect> {
    let area = state.areas().model;
    let row = row_of(state, field).checked_sub(place(state, area).top)? as u16;
    let x = area.x + VALUE_AT as u16;
    let fits = row < area.height && x < area.right();
    fits.then(|| Rect { x, y: area.y + row, width: area.right() - x, height: 1 })
}

/// Draws the rows, or the model alone where it has not the keys.
pub(super) fn draw(state: &State, _: Timestamp, area: Rect, frame: &mut Frame<'_>) -> Option<Position> {
    let mut sheet = Sheet::new(frame.buffer_mut(), area);
    let focused = state.focus == Focus::Model;
    let place = if focused { place(state, area) } else { Place::default() };
    for line in 0..sheet.rows() {
        match (place.top + line).checked_sub(1) {
            None => draw_model(state, &mut sheet, line, !focused),
            Some(row) => {
                if let Some(field) = state.spec().and_then(|spec| spec.settings().nth(row)) {
                    draw_setting(state, field, &mut sheet, line);
                }
            }
        }
    }
    if !focused {
        return None;
    }
    let line = place.selected - place.top;
    sheet.tint(line, state.opening.theme.look(Part::Selected));
    sheet.text(line, 0, ">", state.opening.theme.look(Part::Selected));
    Some(Position::new(area.x, area.y + line as u16))
}

fn draw_model(state: &State, sheet: &mut Sheet<'_>, line: usize, with_settings: bool) {
    let theme = &state.opening.theme;
    let Some(spec) = state.spec() else {
        let text = format!(" Model   {} is not in the catalogue; Enter chooses another", state.draft().model);
        return sheet.text(line, 0, &text, theme.look(Part::MustFix));
    };
    let label = spec.label.as_str();
    let spans = [(" Model   ", head(state, Focus::Model)), (label, theme.look(Part::Text))];
    sheet.spans(line, 0, &spans);
    let at = 9 + cells::width(label);
    let room = sheet.columns().saturating_sub(at);
    sheet.text(line, at, &about(state, spec, with_settings, room), theme.look(Part::Faint));
}

/// What is said of the model behind its name, in the longest form that fits.
fn about(state: &State, spec: &ModelSpec, with_settings: bool, room: usize) -> String {
    let voice = if spec.voice == Voice::YourWords { "sings your words" } else { "no singing" };
    // An unknown price is said where it is decided: in the table and in the strip.
    let price = state.price(spec, state.draft()).map(|price| price.words());
    let length = Some(longest(spec.longest));
    let (voice, pace) = (Some(voice.to_owned()), Some(state.terms.usual(spec).words()));
    let set = if with_settings { settings_in_short(state, spec) } else { Settings::default() };
    let Settings { values, count, wrong } = set;
    let forms = [
        vec![voice.clone(), length.clone(), price.clone(), pace.clone(), values.clone(), wrong.clone()],
        vec![voice.clone(), length.clone(), price.clone(), values.clone(), wrong.clone()],
        vec![voice.clone(), length.clone(), price.clone(), pace, count.clone(), wrong.clone()],
        vec![voice, length.clone(), price.clone(), count.clone(), wrong.clone()],
        vec![length, price, count.clone(), wrong.clone()],
        vec![count, wrong],
    ];
    let joined = |form: &Vec<Option<String>>| {
        let parts: Vec<&str> = form.iter().flatten().map(String::as_str).collect();
        format!("   {}", parts.join("   "))
    };
    let mut texts = forms.iter().map(joined);
    let fits = |text: &String| cells::width(text) <= room;
    texts.clone().find(fits).or_else(|| texts.next_back()).unwrap_or_default()
}

/// The settings that are set, and how many want a look, for the row of the model alone.
#[derive(Default)]
struct Settings {
    /// `length 2:50   format wav`.
    values: Option<String>,
    /// `2 set`.
    count: Option<String>,
    /// `1 to fix`.
    wrong: Option<String>,
}

fn settings_in_short(state: &State, spec: &ModelSpec) -> Settings {
    let set = spec.settings().filter_map(|field| Some((field, state.draft().setting(&field.name)?)));
    let values: Vec<String> =
        set.map(|(field, value)| format!("{} {}", field.name, shown(state, field, value))).collect();
    let problems = state.compose.facts().problems.iter().filter(|problem| problem.grade == Grade::MustFix);
    let wrong = problems.filter(|problem| spec.settings().any(|field| field.name == problem.field)).count();
    Settings {
        count: (!values.is_empty()).then(|| format!("{} set", values.len())),
        values: (!values.is_empty()).then(|| values.join("   ")),
        wrong: (wrong > 0).then(|| format!("{wrong} to fix")),
    }
}

/// A value as a person knows it: what is only for machines by the name of the reference that it means.
fn shown<'a>(state: &'a State, field: &FieldSpec, value: &'a str) -> &'a str {
    if field.kind.is_reference() {
        state.library.meant_by(value).map_or(value, |reference| &reference.name)
    } else {
        value
    }
}

fn draw_setting(state: &State, field: &FieldSpec, sheet: &mut Sheet<'_>, line: usize) {
    let theme = &state.opening.theme;
    let columns = value_columns(sheet.area());
    sheet.text(line, 2, &cells::clip(&field.name, VALUE_AT - 3), theme.look(Part::Text));
    let (value, look) = match (state.draft().setting(&field.name), &field.default) {
        (Some(value), _) => (shown(state, field, value).to_owned(), theme.look(Part::Key)),
        (None, Some(default)) => (format!("({default})"), theme.look(Part::Faint)),
        (None, None) => ("(not set)".to_owned(), theme.look(Part::Faint)),
    };
    sheet.text(line, VALUE_AT, &cells::clip(&value, columns), look);
    let (beside, look) = match state.compose.facts().problem_of(&field.name) {
        Some(problem) => {
            let model = state.spec().map_or("", |spec| &spec.label);
            (format!("! {}", problem.beside(model)), look_of(theme, problem.grade))
        }
        None => (format!("{}   {}", setting::takes(field), field.help), theme.look(Part::Faint)),
    };
    sheet.text(line, VALUE_AT + columns + 1, &beside, look);
}
