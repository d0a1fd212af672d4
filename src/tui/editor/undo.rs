//! Undo in steps that a person would call one: a line typed, a paste, a kill.

use std::collections::VecDeque;

use super::Spot;

/// Steps kept at most; far more than anybody takes back one by one.
const MOST_STEPS: usize = 1_000;

/// Bytes of text kept for undo at most; the oldest steps go first.
const MOST_BYTES: usize = 4 << 20;

/// What kind of edit a change came from: neighbours of the same kind are one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    Typing,
    Erasing,
    /// Always a step of its own.
    Single,
}

/// The one part in which two texts differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The byte at which both parts begin.
    pub at: usize,
    pub removed: String,
    pub inserted: String,
}

impl Change {
    /// What makes `old` into `new`, as small as possible, beginning no later than byte `latest`: where an
    /// edit repeats its surroundings, only the cursor tells which of the repeated letters is the new one.
    pub fn between(old: &str, new: &str, latest: usize) -> Option<Self> {
        if old == new {
            return None;
        }
        let most = old.len().min(new.len());
        let same = |pair: &(u8, u8)| pair.0 == pair.1;
        let mut at = old.bytes().zip(new.bytes()).take(most.min(latest)).take_while(same).count();
        while !(old.is_char_boundary(at) && new.is_char_boundary(at)) {
            at -= 1;
        }
        let mut tail = old.bytes().rev().zip(new.bytes().rev()).take(most - at).take_while(same).count();
        while !(old.is_char_boundary(old.len() - tail) && new.is_char_boundary(new.len() - tail)) {
            tail -= 1;
        }
        let part = |text: &str| text[at..text.len() - tail].to_owned();
        Some(Self { at, removed: part(old), inserted: part(new) })
    }

    /// Where a byte of the old text is in the new one. What was replaced is followed by its distance from
    /// the start of the change.
    pub fn carry(&self, byte: usize) -> usize {
        if byte >= self.at + self.removed.len() {
            byte - self.removed.len() + self.inserted.len()
        } else {
            byte.min(self.at + self.inserted.len())
        }
    }

    fn bytes(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }

    /// Takes in a change that was made after this one, if the two touch as a run of typing or erasing does.
    fn absorb(&mut self, next: &Self) -> bool {
        if next.removed.is_empty() && next.at == self.at + self.inserted.len() {
            self.inserted.push_str(&next.inserted);
        } else if next.inserted.is_empty() && self.inserted.is_empty() && next.at == self.at {
            self.removed.push_str(&next.removed);
        } else if next.inserted.is_empty() && self.inserted.is_empty() && next.at + next.removed.len() == self.at {
            self.removed.insert_str(0, &next.removed);
            self.at = next.at;
        } else {
            return false;
        }
        true
    }
}

/// A change, and where the cursor was around it.
#[derive(Clone, Debug)]
struct Step {
    change: Change,
    before: Spot,
    after: Spot,
}

/// The steps that led to a text, and those taken back since.
#[derive(Clone, Debug, Default)]
pub struct History {
    done: VecDeque<Step>,
    undone: Vec<Step>,
    bytes: usize,
}

impl History {
    /// Notes a change; `joins` says that it may continue the last step.
    pub fn record(&mut self, change: Change, before: Spot, after: Spot, joins: bool) {
        self.undone.clear();
        self.bytes += change.bytes();
        let joined = joins && self.done.back_mut().is_some_and(|last| last.change.absorb(&change));
        match self.done.back_mut() {
            Some(last) if joined => last.after = after,
            _ => self.done.push_back(Step { change, before, after }),
        }
        while self.done.len() > MOST_STEPS || (self.bytes > MOST_BYTES && self.done.len() > 1) {
            if let Some(oldest) = self.done.pop_front() {
                self.bytes -= oldest.change.bytes();
            }
        }
    }

    /// How many steps can be taken back.
    pub fn steps(&self) -> usize {
        self.done.len()
    }

    /// Takes the last step back in `text`; where the cursor was before it.
    pub fn undo(&mut self, text: &mut String) -> Option<Spot> {
        let step = self.done.pop_back()?;
        let Change { at, removed, inserted } = &step.change;
        text.replace_range(*at..at + inserted.len(), removed);
        self.bytes -= step.change.bytes();
        let spot = step.before;
        self.undone.push(step);
        Some(spot)
    }

    /// Takes the last undone step again; where the cursor was after it.
    pub fn redo(&mut self, text: &mut String) -> Option<Spot> {
        let step = self.undone.pop()?;
        let Change { at, removed, inserted } = &step.change;
        text.replace_range(*at..at + removed.len(), inserted);
        self.bytes += step.change.bytes();
        let spot = step.after;
        self.done.push_back(step);
        Some(spot)
    }
}
