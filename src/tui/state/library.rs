//! The references.

use super::place::Place;
use crate::domain::reference::{Reference, ReferenceId};

/// The references in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct Library {
    all: Vec<Reference>,
    pub(in crate::tui) place: Place,
    filter: String,
    shown: Vec<usize>,
}

impl Library {
    /// Takes in changed references and lets gone ones go; the selection stays on its reference.
    pub fn change(&mut self, changed: Vec<Reference>, gone: &[ReferenceId]) {
        let selected = self.selected().map(|reference| reference.id);
        self.all.retain(|old| !gone.contains(&old.id) && changed.iter().all(|new| new.id != old.id));
        self.all.extend(changed);
        self.all.sort_by_key(|reference| (reference.name.to_lowercase(), reference.id));
        self.refresh(selected);
    }

    /// Shows only references whose name, address or note contains the text.
    pub fn filter(&mut self, text: &str) {
        let selected = self.selected().map(|reference| reference.id);
        self.filter = text.to_lowercase();
        self.refresh(selected);
    }

    fn refresh(&mut self, selected: Option<ReferenceId>) {
        let fits = |reference: &Reference| {
            let all = format!("{} {} {}", reference.name, reference.url.as_deref().unwrap_or(""), reference.note);
            all.to_lowercase().contains(&self.filter)
        };
        self.shown = (0..self.all.len()).filter(|&n| fits(&self.all[n])).collect();
        let place = self.shown.iter().position(|&n| Some(self.all[n].id) == selected);
        self.place.selected = place.unwrap_or(self.place.selected).min(self.shown.len().saturating_sub(1));
    }

    /// The references that are shown.
    pub fn shown(&self) -> impl ExactSizeIterator<Item = &Reference> {
        self.shown.iter().map(|&n| &self.all[n])
    }

    /// How many are shown.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shown.len()
    }

    /// Whether none is shown.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// What the list is filtered by.
    #[must_use]
    pub fn filter_text(&self) -> &str {
        &self.filter
    }

    /// The reference that commands serve.
    #[must_use]
    pub fn selected(&self) -> Option<&Reference> {
        self.shown.get(self.place.selected).map(|&n| &self.all[n])
    }

    /// Every reference, shown or not.
    #[must_use]
    pub fn all(&self) -> &[Reference] {
        &self.all
    }

    /// The reference of that number.
    #[must_use]
    pub fn get(&self, id: ReferenceId) -> Option<&Reference> {
        self.all.iter().find(|reference| reference.id == id)
    }
}
