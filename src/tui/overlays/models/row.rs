//! One model in the table: what the song would be there.

use crate::domain::catalogue::{LYRICS, Limit, ModelSpec, STYLE, Voice};
use crate::domain::draft::{Draft, Grade, Measure, Problem};
use crate::domain::fit::{self, Rendering};
use crate::domain::length::to_clock;
use crate::engine::orders;
use crate::tui::state::State;

/// Names and widths of the columns before the last.
pub const COLUMNS: [(&str, usize); 7] =
    [("model", 15), ("voice", 11), ("style", 10), ("lyrics", 10), ("length", 8), ("price", 11), ("time", 10)];

/// One model as the table shows it.
#[derive(Clone, Debug)]
pub struct Row {
    /// Catalogue id.
    pub id: String,
    pub cells: [String; COLUMNS.len()],
    /// What is missing, or that nothing is.
    pub stands: String,
    /// How bad the worst of it is.
    pub grade: Option<Grade>,
}

impl Row {
    /// The row of a model for a draft.
    pub fn of(state: &State, draft: &Draft, spec: &ModelSpec) -> Self {
        let rendering = fit::render(draft, spec);
        let problems = state.problems(draft, spec);
        let counter = |field: &str, none: &str| draft.measure(spec, field).map_or_else(|| none.to_owned(), measure);
        let lyrics = if rendering.lyrics.is_none() && rendering.notes.iter().any(|note| note.contains("within")) {
            "in style".to_owned()
        } else {
            counter(LYRICS, "not sent")
        };
        Self {
            id: spec.id.clone(),
            cells: [
                spec.label.clone(),
                if spec.voice == Voice::YourWords { "your words" } else { "no singing" }.to_owned(),
                counter(STYLE, "not used"),
                lyrics,
                longest(spec.longest),
                price(state, draft, spec),
                state.terms.usual(spec).words(),
            ],
            stands: stands(state, draft, spec, &rendering, &problems),
            grade: problems.first().map(|problem| problem.grade),
        }
    }
}

/// What is missing; else that it is ready, and what should be known.
fn stands(state: &State, draft: &Draft, spec: &ModelSpec, rendering: &Rendering, problems: &[Problem]) -> String {
    let too_long = !fit::words_fit(draft, spec);
    let ready = problems.iter().all(|problem| problem.grade != Grade::MustFix);
    let barred = problems.iter().any(|problem| problem.field == orders::MODEL);
    // What is said in short is not said again: that it cannot be ordered yet, that the words are too long.
    let worst =
        problems.iter().find(|problem| problem.field != orders::MODEL && !(too_long && problem.field == LYRICS));
    let known = worst.map_or_else(|| rendering.notes.join(", "), Problem::sentence);
    let parts = [
        ready.then(|| "ready".to_owned()),
        too_long.then(|| "too long: f chooses sections".to_owned()),
        barred.then(|| "not orderable yet".to_owned()),
        state.terms.standing(spec).note().map(str::to_owned),
        Some(known).filter(|known| !known.is_empty()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// `$0.03`, `about $0.12`, or that it is unknown; nothing is charged in the sandbox.
fn price(state: &State, draft: &Draft, spec: &ModelSpec) -> String {
    if state.opening.service.is_sandbox() {
        return "free".to_owned();
    }
    state.price(spec, draft).map_or_else(|| "unknown".to_owned(), |price| price.words())
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
