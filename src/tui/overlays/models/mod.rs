//! The table of models: where can this song go?

mod draw;
mod row;

use std::collections::BTreeMap;

use jiff::Timestamp;

pub use draw::draw;
pub use row::{Row, longest, measure};

use super::{Fitting, Outcome, Overlay, Sent};
use crate::domain::draft::Draft;
use crate::domain::wording::Role;
use crate::engine::intent::OrderLine;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Context};
use crate::tui::state::{Place, State, Step};
use crate::tui::update::{choose_model, step_of, take_fit_back};

/// The table.
#[derive(Clone, Debug)]
pub struct Models {
    rows: Vec<Row>,
    place: Place,
    /// How many takes of each ticked model; nothing where one is chosen for the draft.
    ticked: Option<BTreeMap<String, u32>>,
    /// How many takes of a model that is ticked without saying how many.
    takes: u32,
    /// The model that Space has ticked just now, above the selected row: a digit right behind it is meant for it.
    ticked_last: Option<String>,
    /// The draft of a take that is ordered again; without it the draft on the screen counts.
    again: Option<Box<Draft>>,
}

impl Models {
    /// To choose the draft's model.
    #[must_use]
    pub fn to_choose(state: &State) -> Self {
        Self::new(state, &state.draft().model, None, None)
    }

    /// To tick the models of an order; opens on the first one to add, below those ticked already. `again`
    /// is the draft of a take that is ordered again.
    #[must_use]
    pub fn to_tick(state: &State, again: Option<&Draft>, lines: &[OrderLine]) -> Self {
        let first = lines.first().map_or("", |line| &line.model);
        let ticked = lines.iter().map(|line| (line.model.clone(), line.takes)).collect();
        let mut models = Self::new(state, first, again.cloned().map(Box::new), Some(ticked));
        models.takes = lines.first().map_or(1, |line| line.takes);
        let free = |row: &usize| models.takes_of(&models.rows[*row].id).is_none();
        let below = (models.place.selected..models.rows.len()).find(free);
        models.place.selected = below.or_else(|| (0..models.rows.len()).find(free)).unwrap_or(models.place.selected);
        models
    }

    /// The same, on one of them.
    #[must_use]
    pub fn on(mut self, model: &str) -> Self {
        self.place.selected = self.rows.iter().position(|row| row.id == model).unwrap_or(self.place.selected);
        self
    }

    fn new(state: &State, selected: &str, again: Option<Box<Draft>>, ticked: Option<BTreeMap<String, u32>>) -> Self {
        let mut models = Self { rows: Vec::new(), place: Place::default(), ticked, takes: 1, ticked_last: None, again };
        models.see(state);
        models.place.selected = models.rows.iter().position(|row| row.id == selected).unwrap_or(0);
        models
    }

    /// Makes the rows anew, after the draft or what is known of the models changed.
    pub(in crate::tui) fn see(&mut self, state: &State) {
        let draft = self.draft(state);
        let rows = state.opening.catalogue.models().iter().map(|spec| Row::of(state, draft, spec));
        self.rows = rows.collect();
    }

    fn draft<'a>(&'a self, state: &'a State) -> &'a Draft {
        self.again.as_deref().unwrap_or_else(|| state.draft())
    }

    /// Whether several may be ticked.
    #[must_use]
    pub fn may_tick(&self) -> bool {
        self.ticked.is_some()
    }

    /// How many takes of a model, if it is ticked.
    fn takes_of(&self, model: &str) -> Option<u32> {
        self.ticked.as_ref()?.get(model).copied()
    }

    fn selected(&self) -> Option<&Row> {
        self.rows.get(self.place.selected)
    }

    /// Ticks a model for so many takes.
    fn tick(&mut self, model: String, takes: u32) {
        if let Some(ticked) = &mut self.ticked {
            ticked.insert(model, takes);
        }
    }

    /// Ticks the selected model, or no longer; says which it ticked.
    fn turn(&mut self) -> Option<String> {
        let model = self.selected().map(|row| row.id.clone())?;
        let ticked = self.ticked.as_mut()?;
        if ticked.remove(&model).is_some() {
            return None;
        }
        ticked.insert(model.clone(), self.takes);
        Some(model)
    }

    /// A digit is for the model that was ticked just now, else for the selected one, and goes on to the next.
    fn count(&mut self, state: &State, ticked_last: Option<String>, takes: u32) {
        if let Some(model) = ticked_last {
            self.tick(model, takes);
        } else if let Some(model) = self.selected().map(|row| row.id.clone()) {
            self.tick(model, takes);
            self.step(state, Step::Down);
        }
    }

    fn step(&mut self, state: &State, step: Step) {
        let height = draw::height(state, self);
        self.place.go(step, self.rows.len(), height);
    }

    /// What is ticked, in the order of the table.
    fn lines(&self) -> Vec<OrderLine> {
        let line = |row: &Row| Some(OrderLine { model: row.id.clone(), takes: self.takes_of(&row.id)? });
        self.rows.iter().filter_map(line).collect()
    }
}

/// Does what the key stands for. A digit ticks the selected model for so many takes; as Space, it goes on to
/// the next, so that several in a row are one key each. Right behind Space it says how many of what that ticked.
pub fn press(state: &mut State, models: &mut Models, key: Key, now: Timestamp) -> Outcome {
    let ticked_last = models.ticked_last.take();
    if let Some(takes @ 1..=9) = key.typed().and_then(|c| c.to_digit(10)).filter(|_| models.may_tick()) {
        models.count(state, ticked_last, takes);
        return Outcome::stay();
    }
    match state.opening.keymap.action(&[Context::Table], key) {
        Some(Action::Leave) => return Outcome::close(),
        Some(Action::Tick) => {
            models.ticked_last = models.turn();
            models.step(state, Step::Down);
        }
        Some(Action::TakeRow) => {
            take(state, models, now);
            return Outcome::close();
        }
        Some(Action::ProposeFit) => propose_fit(state, models, now),
        Some(Action::StripSent) => {
            if let Some(row) = models.selected() {
                let sent = Sent::new(state, models.draft(state), std::slice::from_ref(&row.id));
                state.overlays.push(Overlay::Sent(sent));
            }
        }
        Some(Action::Undo) => {
            take_fit_back(state, now);
            models.see(state);
            super::see_terms(state);
        }
        Some(action) => {
            if let Some(step) = step_of(action) {
                models.step(state, step);
            }
        }
        None => {}
    }
    Outcome::stay()
}

fn propose_fit(state: &mut State, models: &Models, now: Timestamp) {
    let Some(spec) = models.selected().and_then(|row| state.opening.catalogue.find(&row.id)).cloned() else { return };
    if models.again.is_some() {
        return state.say("a take that is ordered again is sent as it was", Role::Quiet, now);
    }
    match Fitting::of(state.draft(), &spec) {
        Ok(fitting) => state.overlays.push(Overlay::Fitting(fitting)),
        Err(why) => state.say(why, Role::Quiet, now),
    }
}

/// Enter: the selected row where one is chosen or none is ticked, else the ticked ones.
fn take(state: &mut State, models: &mut Models, now: Timestamp) {
    if models.ticked.as_ref().is_some_and(BTreeMap::is_empty) {
        models.turn();
    }
    if !models.may_tick() {
        if let Some(row) = models.selected() {
            choose_model(state, &row.id.clone(), now);
        }
        return;
    }
    let mut overlays = std::mem::take(&mut state.overlays);
    if let Some(Overlay::Strip(strip)) = overlays.last_mut() {
        strip.set_lines(state, models.lines());
    }
    overlays.append(&mut state.overlays);
    state.overlays = overlays;
}
