//! What every step of the worker needs at hand.

use std::cell::{RefCell, RefMut};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::pace::next_try;
use crate::api::{Client, Limits};
use crate::clock::SharedClock;
use crate::domain::catalogue::{Catalogue, Delivery};
use crate::domain::enclosure::Enclosure;
use crate::domain::generation::{Status, TakeId};
use crate::domain::service::Service;
use crate::paths;
use crate::store::Store;
use crate::store::generations::{Change, Job};
use crate::store::line::Alike;

/// What a process needs between claiming a row and sending, and between the answer and writing it down.
const AROUND_A_SEND: Duration = Duration::from_secs(60);

/// The numbers a worker goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Takes that the service may be making at once.
    pub at_once: usize,
    /// The age after which asking about a take stops.
    pub give_up: SignedDuration,
    /// How long a lost answer is looked for at least; zero: once.
    pub look_for: SignedDuration,
    /// The least time between two questions of any kind.
    pub between_questions: Duration,
}

/// One service, one store, one client. Used by one thread.
pub struct Site {
    store: RefCell<Store>,
    pub client: Client,
    pub service: Service,
    pub catalogue: Arc<Catalogue>,
    pub clock: SharedClock,
    pub rules: Rules,
}

impl Site {
    /// Puts the parts together.
    pub fn new(
        store: Store,
        client: Client,
        service: Service,
        catalogue: Arc<Catalogue>,
        clock: SharedClock,
        rules: Rules,
    ) -> Self {
        Self { store: RefCell::new(store), client, service, catalogue, clock, rules }
    }

    /// The store, for one call: never held over an `await`.
    pub fn store(&self) -> RefMut<'_, Store> {
        self.store.borrow_mut()
    }

    /// The folder of frozen recordings.
    pub fn recordings(&self) -> PathBuf {
        paths::recordings(self.store().folder())
    }

    /// The folder of answers that hold a song.
    pub fn answers(&self) -> PathBuf {
        paths::answers(self.store().folder())
    }

    /// Writes what became of a paid request, and what that makes of others in line. It is known here and nowhere else, so a store that cannot be
    /// written now (locked, full, gone) is tried until it can.
    pub(super) async fn insist(&self, take: TakeId, from: &[Status], change: &Change, line: Option<(Alike, Change)>) {
        for attempt in 0.. {
            let written = self.store().settle(take, from, change.clone(), line.clone());
            let Err(error) = written else { return };
            tracing::error!(%error, take = take.0, attempt, "what became of a paid request is not written yet");
            tokio::time::sleep(next_try(attempt)).await;
        }
    }

    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// When asking about a take stops: the give-up age after it was sent, or after a person last asked.
    pub fn gives_up_at(&self, job: &Job) -> Timestamp {
        let since = job.take.sent.unwrap_or(job.take.created).max(job.meant);
        since.saturating_add(self.rules.give_up).unwrap_or(since)
    }

    /// Longer than an order may be on its way, but for those whose answer is the song: a row that is `sending` for
    /// longer than that lost the process that sent it. One with a recording in it takes a while to leave.
    pub(super) fn longest_send(&self, job: &Job) -> Duration {
        let fields = self.catalogue.find(&job.take.model).map(|spec| spec.fields.as_slice()).unwrap_or_default();
        let largest = fields.iter().filter_map(|field| field.recording.most_bytes).map(|most| most.value).max();
        let enclosed = Enclosure::all_in(&job.take.request).len() as u64;
        Limits::default().longest_submit(enclosed * largest.unwrap_or_default()) + AROUND_A_SEND
    }

    /// Whether the answer to an order of the model is the song.
    pub fn is_held_open(&self, model: &str) -> bool {
        self.catalogue.find(model).is_some_and(|spec| spec.delivery == Delivery::HeldOpen)
    }

    /// The model's short name, or its id where the catalogue lost it.
    pub fn label<'a>(&'a self, model: &'a str) -> &'a str {
        self.catalogue.find(model).map_or(model, |spec| spec.label.as_str())
    }
}
