//! Looking for words in a text, whatever their case.

use std::ops::Range;

use super::{Editor, Spot, graphemes};

/// Which match to go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindStep {
    /// The one at the cursor or the next one: while the needle is being typed.
    Here,
    Next,
    Previous,
}

/// Where a search stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which match the cursor is on, from 1.
    pub nth: usize,
    pub count: usize,
}

/// What is looked for, without its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needle(Vec<char>);

impl Needle {
    /// Nothing for an empty needle: it would be everywhere.
    pub(super) fn new(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.chars().flat_map(char::to_lowercase).collect()))
    }

    /// Where it stands in a line, in columns, whole graphemes, from left to right and not overlapping.
    pub(super) fn matches(&self, line: &str) -> Vec<Range<usize>> {
        let folded: Vec<(char, usize)> = line
            .chars()
            .enumerate()
            .flat_map(|(column, c)| c.to_lowercase().map(move |folded| (folded, column)))
            .collect();
        let places: Vec<usize> = graphemes::boundaries(line).collect();
        let length = self.0.len();
        let mut found: Vec<Range<usize>> = Vec::new();
        let mut at = 0;
        while at + length <= folded.len() {
            let window = &folded[at..at + length];
            if !window.iter().map(|(c, _)| c).eq(&self.0) {
                at += 1;
                continue;
            }
            let from = places[places.partition_point(|place| *place <= window[0].1) - 1];
            let to = places[places.partition_point(|place| *place <= window[length - 1].1)];
            if found.last().is_none_or(|last| last.end <= from) {
                found.push(from..to);
            }
            at += length;
        }
        found
    }
}

impl Editor {
    /// Looks for `needle` whatever its case, goes to a match, and marks all until [`Editor::stop_find`].
    /// Nothing when there is no match: the cursor stays.
    pub fn find(&mut self, needle: &str, step: FindStep) -> Option<Found> {
        self.needle = Needle::new(needle);
        let spots = self.matches();
        let cursor = self.cursor();
        let beyond = match step {
            FindStep::Here | FindStep::Previous => spots.partition_point(|spot| *spot < cursor),
            FindStep::Next => spots.partition_point(|spot| *spot <= cursor),
        };
        let index = match step {
            FindStep::Previous => beyond.checked_sub(1).or(spots.len().checked_sub(1))?,
            _ if beyond < spots.len() => beyond,
            _ => 0,
        };
        let spot = *spots.get(index)?;
        self.set_cursor(spot);
        Some(Found { nth: index + 1, count: spots.len() })
    }

    /// Ends the search: nothing is marked any more.
    pub fn stop_find(&mut self) {
        self.needle = None;
    }

    /// Where every match begins.
    fn matches(&self) -> Vec<Spot> {
        let Some(needle) = &self.needle else { return Vec::new() };
        let in_line = |(line, text): (usize, &String)| {
            needle.matches(text).into_iter().map(move |range| Spot { line, column: range.start })
        };
        self.lines().iter().enumerate().flat_map(in_line).collect()
    }
}
