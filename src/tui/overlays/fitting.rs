//! Fitting the lyric to one model: which sections it gets, proposed first and changed at will.

use jiff::Timestamp;
use ratatui::Frame;
use ratatui::layout::{Position, Rect};

use super::Outcome;
use super::models::{longest, measure};
use crate::domain::catalogue::{Dialect, LYRICS, ModelSpec, STYLE};
use crate::domain::draft::Draft;
use crate::domain::fit::{self, Proposal};
use crate::domain::length::to_clock;
use crate::domain::lyrics::sections;
use crate::tui::cells::{self, Sheet};
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::layout;
use crate::tui::state::{Place, State};
use crate::tui::theme::Part;
use crate::tui::update::{choose_fit, step_of};

/// Columns of a section's name, and of whether it stays.
const NAME: usize = 22;
const STAYS: usize = 10;

/// A section as it is listed.
#[derive(Clone, Debug)]
struct Row {
    /// `[Verse 1]`, or how it begins where it has no tag.
    name: String,
    /// Its first line that is no tag.
    begins: String,
    left_out: bool,
}

/// The sections of a lyric for one model.
#[derive(Clone, Debug)]
pub struct Fitting {
    model: String,
    rows: Vec<Row>,
    place: Place,
    /// The counts of what would be sent, or what still does not fit.
    counts: String,
    advice: String,
}

impl Fitting {
    /// What is proposed for a model, or why there is nothing to choose.
    ///
    /// # Errors
    /// A sentence for a person.
    pub fn of(draft: &Draft, spec: &ModelSpec) -> Result<Self, String> {
        let label = &spec.label;
        if spec.dialect == Dialect::NotSent || draft.silencer(spec, LYRICS).is_some() {
            return Err(own_style(draft, spec).unwrap_or_else(|| format!("{label} gets no words: nothing to fit")));
        }
        let Proposal { left_out, .. } = fit::propose(draft, spec);
        let lines: Vec<&str> = draft.lyrics.lines().collect();
        let row = |(place, section): (usize, &crate::domain::lyrics::Section)| {
            let body = section.lines.start + usize::from(section.tag.is_some())..section.lines.end;
            let begins = lines[body].iter().find(|line| !line.trim().is_empty());
            Row {
                name: section.tag.as_ref().map_or_else(|| "(no tag)".to_owned(), |tag| format!("[{tag}]")),
                begins: begins.map_or(String::new(), |line| line.trim().to_owned()),
                left_out: left_out.contains(&place),
            }
        };
        let rows: Vec<Row> = sections(&draft.lyrics).iter().enumerate().map(row).collect();
        if rows.len() < 2 {
            let why = own_style(draft, spec);
            return Err(why.unwrap_or_else(|| {
                format!("one section cannot be left out: tags such as [Verse] make more, {label} then gets some")
            }));
        }
        let first = left_out.first().copied().unwrap_or(0);
        let place = Place { selected: first, top: 0 };
        let mut fitting = Self { model: spec.id.clone(), rows, place, counts: String::new(), advice: String::new() };
        fitting.count(draft, spec);
        Ok(fitting)
    }

    fn left_out(&self) -> Vec<usize> {
        (0..self.rows.len()).filter(|place| self.rows[*place].left_out).collect()
    }

    /// Counts what would be sent as it is chosen now.
    fn count(&mut self, draft: &Draft, spec: &ModelSpec) {
        let fitted = fit::without(draft, spec, &self.left_out());
        let field = if spec.dialect == Dialect::Folded { STYLE } else { LYRICS };
        let used = fitted.measure(spec, field).map(|used| format!("{field} {}", measure(used)));
        let sings = fit::sung(&fitted, spec)
            .map(|time| format!("sings {} to {}", to_clock(time.least.into()), to_clock(time.most.into())));
        let parts: Vec<String> = used.into_iter().chain(sings).chain([longest(spec.longest)]).collect();
        self.counts = parts.join("   ");
        self.advice = if fit::words_fit(&fitted, spec) {
            own_style(&fitted, spec).unwrap_or_else(|| format!("this fits {}", spec.label))
        } else {
            format!("this does not fit {} yet", spec.label)
        };
    }
}

/// What to do about a style that is too long: nobody but its writer knows which words matter.
fn own_style(draft: &Draft, spec: &ModelSpec) -> Option<String> {
    if spec.dialect == Dialect::Folded {
        return None;
    }
    let style = draft.measure(spec, STYLE)?;
    let most = style.most.filter(|most| style.used > *most)?;
    Some(format!("style has {} characters, {} takes {most}: a shorter one is yours to write", style.used, spec.label))
}

fn area(state: &State, fitting: &Fitting) -> Rect {
    layout::drawer(&state.areas(), state.opening.columns, state.opening.rows, fitting.rows.len() + 2)
}

/// Does what the key stands for.
pub fn press(state: &mut State, fitting: &mut Fitting, key: Key, now: Timestamp) -> Outcome {
    let height = usize::from(area(state, fitting).height).saturating_sub(2);
    match state.opening.keymap.action(&[Context::Fit, Context::Table], key) {
        Some(Action::Leave) => Outcome::close(),
        Some(Action::TakeRow) => {
            choose_fit(state, &fitting.model, fitting.left_out(), now);
            // The table below shows what is sent now.
            super::see_terms(state);
            Outcome::close()
        }
        Some(Action::LeaveOut) => {
            if let Some(row) = fitting.rows.get_mut(fitting.place.selected) {
                row.left_out = !row.left_out;
            }
            let catalogue = state.opening.catalogue.clone();
            if let Some(spec) = catalogue.find(&fitting.model) {
                fitting.count(state.draft(), spec);
            }
            Outcome::stay()
        }
        Some(action) => {
            if let Some(step) = step_of(action) {
                fitting.place.go(step, fitting.rows.len(), height);
            }
            Outcome::stay()
        }
        None => Outcome::stay(),
    }
}

/// Draws the sections.
pub fn draw(state: &State, fitting: &Fitting, frame: &mut Frame<'_>) -> Option<Position> {
    let theme = &state.opening.theme;
    let mut sheet = Sheet::new(frame.buffer_mut(), area(state, fitting));
    sheet.clear();
    let columns = sheet.columns();
    let title = format!("Fit {}", state.label(&fitting.model));
    sheet.text(0, 0, &cells::heading(&title, &fitting.counts, columns), theme.look(Part::HeadFocused));
    let height = sheet.rows().saturating_sub(2);
    let place = fitting.place.fitted(fitting.rows.len(), height);
    for (n, row) in fitting.rows.iter().enumerate().skip(place.top).take(height) {
        let line = 1 + n - place.top;
        let (stays, part) = if row.left_out { ("left out", Part::Faint) } else { ("stays", Part::Text) };
        let text = format!("{} {} {}", cells::pad(&row.name, NAME), cells::pad(stays, STAYS), row.begins);
        sheet.text(line, 2, &text, theme.look(part));
        if n == place.selected {
            sheet.tint(line, theme.look(Part::Selected));
            sheet.text(line, 0, ">", theme.look(Part::Selected));
        }
    }
    let last = sheet.rows().saturating_sub(1);
    if last > 0 {
        sheet.text(last, 2, &fitting.advice, theme.look(Part::Key));
    }
    let area = sheet.area();
    let y = area.y + (1 + place.selected - place.top) as u16;
    (y < area.bottom()).then(|| Position::new(area.x, y))
}
