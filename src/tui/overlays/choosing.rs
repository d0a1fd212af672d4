//! Which reference a field of the model means: those that fit it, or an id or address that is typed.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::Position;

use super::Outcome;
use super::picker::{self, Picker, Pressed, Row, fits};
use crate::domain::catalogue::FieldSpec;
use crate::domain::length::to_clock;
use crate::domain::reference::Reference;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::state::State;
use crate::tui::update::set_value;

/// The field, and what was typed.
#[derive(Clone, Debug)]
pub struct Choosing {
    field: String,
    pub(super) picker: Picker,
}

impl Choosing {
    /// The references that fit a field; nothing where there is none, so that its value is typed.
    #[must_use]
    pub fn of(state: &State, field: &FieldSpec) -> Option<Self> {
        let choosing = Self { field: field.name.clone(), picker: Picker::default() };
        (!choosing.rows(state).is_empty()).then_some(choosing)
    }

    /// The references that fit the field and what was typed, with the values that mean them.
    fn rows<'a>(&self, state: &'a State) -> Vec<(&'a Reference, String)> {
        let Some(field) = state.spec().and_then(|spec| spec.field(&self.field)) else { return Vec::new() };
        let needle = self.picker.needle();
        let shown = state.library.usable().filter(|reference| fits(&reference.name, &needle));
        shown.filter_map(|reference| Some((reference, reference.value_for(field)?))).collect()
    }
}

/// Does what the key stands for.
pub fn press(state: &mut State, choosing: &mut Choosing, key: Key, now: Timestamp) -> Outcome {
    let rows = choosing.rows(state);
    let action = state.opening.keymap.action(&[Context::Picker], key);
    let typed = choosing.picker.text().trim().to_owned();
    if action == Some(Action::TakeRow) && rows.is_empty() && !typed.is_empty() {
        set_value(state, &choosing.field, &typed, now);
        return Outcome::close();
    }
    let values: Vec<String> = rows.into_iter().map(|(_, value)| value).collect();
    match choosing.picker.press(state, key, values.len()) {
        Pressed::Left => Outcome::close(),
        Pressed::Chosen(row) => {
            set_value(state, &choosing.field, &values[row], now);
            Outcome::close()
        }
        Pressed::Taken | Pressed::Command(_) => Outcome::stay(),
    }
}

/// Draws the references that fit.
pub fn draw(state: &State, choosing: &Choosing, frame: &mut Frame<'_>) -> Option<Position> {
    let now = state.draft().setting(&choosing.field);
    let row = |(reference, value): (&Reference, String)| {
        let used = if now == Some(value.as_str()) { "used   " } else { "" };
        let length = reference.duration_ms.map_or(String::new(), |ms| to_clock((ms + 500) / 1000));
        let right = format!("{used}{}   {length}", reference.purpose.name());
        Row { text: reference.name.clone(), right: right.trim_end().to_owned(), ..Row::default() }
    };
    let rows: Vec<Row> = choosing.rows(state).into_iter().map(row).collect();
    let nothing = "Enter takes what is typed as the service's id or an address";
    picker::draw(state, &choosing.picker, &format!("Use as {}", choosing.field), nothing, &rows, frame)
}
