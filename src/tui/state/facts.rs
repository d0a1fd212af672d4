//! What is known of a draft: counts, problems, how long it lasts.

use crate::domain::catalogue::{LYRICS, ModelSpec, STYLE};
use crate::domain::draft::{Draft, Grade, Holds, Known, Measure, Problem};
use crate::domain::fit;
use crate::domain::lyrics::{LineKind, SingingTime, line_kind, singing_time, syllables};
use crate::engine::orders;

/// What is known of the draft with its model; made anew when the draft changes, so drawing computes nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts {
    pub style: Option<Measure>,
    pub lyrics: Option<Measure>,
    pub problems: Vec<Problem>,
    /// How long what is sent of the lyric is likely to be sung.
    pub sings: Option<SingingTime>,
    /// Syllables of each line that is sung.
    pub syllables: Vec<Option<u32>>,
}

impl Facts {
    /// What is known of the draft with that model, or without one that the catalogue has.
    #[must_use]
    pub fn of(draft: &Draft, spec: Option<&ModelSpec>, known: Known<'_>) -> Self {
        let count = |line: &str| (line_kind(line) == LineKind::Words).then(|| syllables(line));
        let syllables = draft.lyrics.lines().map(count).collect();
        let Some(spec) = spec else {
            return Self { sings: singing_time(&draft.lyrics), syllables, ..Self::default() };
        };
        Self {
            style: draft.measure(spec, STYLE),
            lyrics: draft.measure(spec, LYRICS),
            problems: orders::problems(draft, spec, known),
            sings: fit::sung(draft, spec),
            syllables,
        }
    }

    /// The gravest problem of a field.
    #[must_use]
    pub fn problem_of(&self, field: &str) -> Option<&Problem> {
        self.problems.iter().find(|problem| problem.field == field)
    }

    /// How many problems of a grade a field has, besides that nothing was written yet.
    #[must_use]
    pub fn count(&self, field: &str, grade: Grade) -> usize {
        let counts = |problem: &&Problem| problem.field == field && problem.grade == grade;
        self.problems.iter().filter(counts).filter(|problem| problem.holds != Holds::Nothing).count()
    }
}
