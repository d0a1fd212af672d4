//! What went out and was not answered yet.

use std::collections::BTreeMap;

use crate::domain::song::SongId;
use crate::engine::intent::Intent;
use crate::tui::effect::Effect;

/// What to do with the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A draft is being saved.
    Save { song: SongId },
    /// Takes are being ordered, or put aside.
    Order { held: bool },
    /// A song is being started: it is opened when it is there.
    NewSong,
    /// A reference is being added, or uploaded once more.
    Reference,
    /// Something that is said when it is done; nothing is said where this is empty.
    Say(String),
}

/// The numbers under which intents go out.
#[derive(Clone, Debug, Default)]
pub struct Tickets {
    last: u64,
    open: BTreeMap<u64, Asked>,
}

impl Tickets {
    /// Sends an intent out.
    pub fn carry(&mut self, intent: Intent, asked: Asked) -> Effect {
        let ticket = self.number();
        self.open.insert(ticket, asked);
        Effect::Carry { ticket, intent }
    }

    /// A number that nothing else went out under.
    pub fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// What the answer to that ticket is for. Each is answered once.
    pub fn answered(&mut self, ticket: u64) -> Option<Asked> {
        self.open.remove(&ticket)
    }

    /// Whether such a question is out.
    pub fn is_out(&self, asked: &Asked) -> bool {
        self.open.values().any(|other| other == asked)
    }
}
