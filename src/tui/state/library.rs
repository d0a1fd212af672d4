//! The references.

use std::collections::BTreeMap;
use std::path::Path;

use super::doubt::{Doubt, Would};
use super::place::Place;
use crate::domain::reference::{Reference, ReferenceId};
use crate::domain::service::Service;
use crate::domain::uploading::is_live;
use crate::tui::keymap::Action;

/// The references that can be used here, in the order of their names.
#[derive(Clone, Debug)]
pub struct Library {
    service: Service,
    all: Vec<Reference>,
    /// Which reference a value of a setting means.
    meant: BTreeMap<String, ReferenceId>,
    pub(in crate::tui) place: Place,
    filter: String,
    shown: Vec<usize>,
    /// References whose files are being read, to be uploaded once more, by the number of the check.
    pub(in crate::tui) checks: BTreeMap<u64, ReferenceId>,
    /// What was asked before it is done.
    pub(in crate::tui) doubt: Option<Doubt>,
    /// To be selected once it is there.
    awaited: Option<ReferenceId>,
}

impl Library {
    /// An empty one; references of other services than this are not shown.
    #[must_use]
    pub fn of(service: &Service) -> Self {
        Self {
            service: service.clone(),
            all: Vec::new(),
            meant: BTreeMap::new(),
            place: Place::default(),
            filter: String::new(),
            shown: Vec::new(),
            checks: BTreeMap::new(),
            doubt: None,
            awaited: None,
        }
    }

    /// Takes in changed references and lets gone ones go; the selection stays on its reference.
    pub fn change(&mut self, changed: Vec<Reference>, gone: &[ReferenceId]) {
        let selected = self.selected().map(|reference| reference.id);
        self.all.retain(|old| !gone.contains(&old.id) && changed.iter().all(|new| new.id != old.id));
        self.all.extend(changed);
        self.all.sort_by_cached_key(|reference| (reference.name.to_lowercase(), reference.id));
        let claims = |reference: &Reference| {
            let claim = |value: String| (reference.claim(&value, Some(&self.service)), value, reference.id);
            reference.values().map(claim).collect::<Vec<_>>()
        };
        let mut claims: Vec<_> = self.all.iter().flat_map(claims).collect();
        // Of two with one value the last counts.
        claims.sort();
        self.meant = claims.into_iter().map(|(_, value, id)| (value, id)).collect();
        let awaited = self.awaited.take_if(|id| self.all.iter().any(|reference| reference.id == *id));
        self.refresh(awaited.or(selected));
    }

    /// Selects a reference, now or as soon as it is there. What is shown is not narrowed any more where that
    /// would hide it.
    pub fn select(&mut self, id: ReferenceId) {
        if self.get(id).is_none() {
            self.awaited = Some(id);
            return;
        }
        if !self.shown().any(|reference| reference.id == id) {
            self.filter.clear();
        }
        self.refresh(Some(id));
    }

    /// The reference that a setting of that value means.
    #[must_use]
    pub fn meant_by(&self, value: &str) -> Option<&Reference> {
        self.get(*self.meant.get(value.trim())?)
    }

    /// The file that was added last.
    #[must_use]
    pub fn last_file(&self) -> Option<&Path> {
        let with_file = self.all.iter().filter(|reference| reference.file.is_some());
        with_file.max_by_key(|reference| (reference.created, reference.id))?.file.as_deref()
    }

    /// What was asked about a reference and is wanted now. It is asked once.
    pub fn is_sure(&mut self, id: ReferenceId) -> Option<Would> {
        let doubt = self.doubt.take()?;
        (doubt.reference == id).then_some(doubt.would)
    }

    /// A command was given: unless it is the answer, what was asked is wanted no more.
    pub fn hear(&mut self, action: Option<Action>) {
        self.doubt.take_if(|doubt| Some(doubt.action()) != action);
    }

    /// Whether its file is being read.
    #[must_use]
    pub fn is_checked(&self, id: ReferenceId) -> bool {
        self.checks.values().any(|other| *other == id)
    }

    /// Those that can be used here, whatever is shown of them.
    pub fn usable(&self) -> impl Iterator<Item = &Reference> {
        self.all.iter().filter(|reference| reference.belongs_to(&self.service))
    }

    /// Uploads that wait or are under way here.
    #[must_use]
    pub fn uploads(&self) -> usize {
        self.usable().filter(|reference| is_live(reference)).count()
    }

    /// Shows only references that have all words of the text in what is known of them.
    pub fn filter(&mut self, text: &str) {
        let selected = self.selected().map(|reference| reference.id);
        self.filter = text.to_lowercase();
        self.refresh(selected);
    }

    fn refresh(&mut self, selected: Option<ReferenceId>) {
        let words: Vec<&str> = self.filter.split_whitespace().collect();
        let fits = |reference: &Reference| reference.belongs_to(&self.service) && reference.mentions(&words);
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
