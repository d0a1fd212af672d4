//! The takes: which are shown, which is selected, which are marked.

use std::collections::{BTreeMap, BTreeSet};

use super::doubt::Release;
use super::place::{Place, Step};

use crate::domain::generation::{Take, TakeId};
use crate::domain::recording;
use crate::domain::song::SongId;

/// Whose takes are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Those of the open song.
    #[default]
    Song,
    /// Those of every song.
    All,
}

/// What all takes of the list were made with, where that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeWith {
    /// The reference's name.
    pub name: String,
    /// Every value that means it, or meant it once.
    pub values: BTreeSet<String>,
    /// Whose takes were shown before.
    pub before: Scope,
}

impl MadeWith {
    /// Whether the request that was frozen for a take holds one of the values.
    fn fits(&self, take: &Take) -> bool {
        self.is_within(&take.request)
    }

    fn is_within(&self, value: &serde_json::Value) -> bool {
        match value {
            serde_json::Value::String(text) => {
                self.values.contains(text) || self.values.contains(&recording::setting(text))
            }
            serde_json::Value::Object(fields) => fields.values().any(|value| self.is_within(value)),
            serde_json::Value::Array(values) => values.iter().any(|value| self.is_within(value)),
            _ => false,
        }
    }
}

/// How many takes there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub song: usize,
    pub all: usize,
    /// Live ones of every song.
    pub working: usize,
    /// The same with those that are looked for.
    pub awaited: usize,
    /// Arrived and not heard yet, of every song.
    pub new: usize,
}

/// The takes of every song, and the list of them that is shown, newest first.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    takes: BTreeMap<TakeId, Take>,
    shown: Vec<TakeId>,
    pub(in crate::tui) place: Place,
    pub(in crate::tui) scope: Scope,
    filter: String,
    pub(in crate::tui) made_with: Option<MadeWith>,
    pub(in crate::tui) marked: BTreeSet<TakeId>,
    /// Whether the selected take is open.
    pub(in crate::tui) open: bool,
    /// Rows of the opened take above the pane.
    pub(in crate::tui) scrolled: usize,
    /// What was copied last, to copy the next form of it.
    pub(in crate::tui) copied: Option<(TakeId, usize)>,
    /// What is about to be let go, where that was asked about.
    pub(in crate::tui) release: Option<Release>,
    counts: Counts,
}

impl Queue {
    /// Takes in a changed take; tells what it was before.
    pub fn put(&mut self, take: Take) -> Option<Take> {
        self.takes.insert(take.id, take)
    }

    /// Lets a take go.
    pub fn remove(&mut self, id: TakeId) {
        self.takes.remove(&id);
        self.marked.remove(&id);
    }

    /// Makes the list anew after takes, song, scope or filter changed. The selection stays on its take;
    /// with `hold` the window does too, so rows that arrive do not move what a person looks at.
    pub fn refresh(&mut self, song: Option<SongId>, hold: bool) {
        let selected = self.shown.get(self.place.selected).copied();
        let top = self.shown.get(self.place.top).copied();
        self.count(song);
        let fits = |take: &&Take| {
            !take.hidden
                && (self.scope == Scope::All || Some(take.song) == song)
                && take.mentions(&self.filter)
                && self.made_with.as_ref().is_none_or(|with| with.fits(take))
        };
        self.shown = self.takes.values().rev().filter(fits).map(|take| take.id).collect();
        self.sort_unsent();
        let find = |id: Option<TakeId>| self.shown.iter().position(|&other| Some(other) == id);
        let place = Place {
            selected: find(selected).unwrap_or(self.place.selected).min(self.shown.len().saturating_sub(1)),
            top: if hold || self.place.top > 0 { find(top).unwrap_or(self.place.top) } else { 0 },
        };
        self.place = place;
    }

    /// Sorts the unsent takes of the list among the rows that they have: the one to be sent next is the
    /// lowest of them. The others keep their rows.
    fn sort_unsent(&mut self) {
        let rows = (0..self.shown.len()).filter(|row| self.unsent_place(self.shown[*row]).is_some());
        let rows: Vec<usize> = rows.collect();
        let mut unsent: Vec<TakeId> = rows.iter().map(|row| self.shown[*row]).collect();
        unsent.sort_by(|a, b| {
            let (a, b) = (self.unsent_place(*a), self.unsent_place(*b));
            b.partial_cmp(&a).unwrap_or(std::cmp::Ordering::Equal)
        });
        for (row, take) in rows.into_iter().zip(unsent) {
            self.shown[row] = take;
        }
    }

    fn unsent_place(&self, take: TakeId) -> Option<f64> {
        self.takes.get(&take).filter(|take| take.status.is_unsent()).map(|take| take.place)
    }

    fn count(&mut self, song: Option<SongId>) {
        let mut counts = Counts::default();
        for take in self.takes.values().filter(|take| !take.hidden) {
            counts.all += 1;
            counts.song += usize::from(Some(take.song) == song);
            counts.working += usize::from(take.status.is_live());
            counts.awaited += usize::from(take.is_awaited());
            counts.new += usize::from(take.is_new());
        }
        self.counts = counts;
    }

    /// How many takes there are.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Every take, oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Take> {
        self.takes.values()
    }

    /// The take of that number.
    #[must_use]
    pub fn get(&self, id: TakeId) -> Option<&Take> {
        self.takes.get(&id)
    }

    /// The takes in the list.
    #[must_use]
    pub fn shown(&self) -> &[TakeId] {
        &self.shown
    }

    /// The selected take.
    #[must_use]
    pub fn selected(&self) -> Option<&Take> {
        self.shown.get(self.place.selected).and_then(|id| self.takes.get(id))
    }

    /// The takes that a command serves: the marked ones, or else the selected one.
    #[must_use]
    pub fn served(&self) -> Vec<TakeId> {
        if self.marked.is_empty() {
            return self.selected().map(|take| take.id).into_iter().collect();
        }
        self.shown.iter().copied().filter(|id| self.marked.contains(id)).collect()
    }

    /// Goes a step in the list, of which `height` rows are shown.
    pub fn go(&mut self, step: Step, height: usize) {
        self.scrolled = 0;
        self.place.go(step, self.shown.len(), height);
    }

    /// Selects a take that is shown.
    pub fn select(&mut self, id: TakeId, height: usize) {
        if let Some(selected) = self.shown.iter().position(|&other| other == id) {
            self.place = Place { selected, ..self.place }.fitted(self.shown.len(), height);
        }
    }

    /// The next take below the selection that was not heard yet, or the first one of all.
    #[must_use]
    pub fn next_new(&self) -> Option<TakeId> {
        let (above, below) = self.shown.split_at((self.place.selected + 1).min(self.shown.len()));
        below.iter().chain(above).copied().find(|id| self.takes.get(id).is_some_and(Take::is_new))
    }

    /// Shows the takes of every song that were made with a reference, or those of before again.
    pub fn show_made_with(&mut self, with: Option<MadeWith>, song: Option<SongId>) {
        let (scope, with) = match (with, self.made_with.take()) {
            (Some(with), Some(earlier)) => (Scope::All, Some(MadeWith { before: earlier.before, ..with })),
            (Some(with), None) => (Scope::All, Some(with)),
            (None, Some(earlier)) => (earlier.before, None),
            (None, None) => (self.scope, None),
        };
        (self.scope, self.made_with) = (scope, with);
        self.refresh(song, false);
    }

    /// What the list is filtered by.
    #[must_use]
    pub fn filter_text(&self) -> &str {
        &self.filter
    }

    /// Sets the filter; [`Queue::refresh`] follows.
    pub fn set_filter(&mut self, text: &str) {
        self.filter = text.to_lowercase();
    }
}
