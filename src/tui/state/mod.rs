//! Everything the screen knows, as one value without sender, file, clock or client.

mod ahead;
mod astray;
mod compose;
mod doubt;
mod facts;
mod focus;
mod library;
mod line;
mod opening;
mod place;
mod queue;
mod tickets;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::Date;

pub(in crate::tui) use ahead::{Ahead, Held};
pub use compose::{Compose, Text};
pub use doubt::{Doubt, End, Release, Would};
pub use facts::Facts;
pub use focus::Focus;
pub use library::Library;
pub use line::Line;
pub use opening::{Opening, Plays};
pub use place::{Place, Step};
pub use queue::{Counts, MadeWith, Queue, Scope};
pub use tickets::{Asked, Tickets};

pub(in crate::tui) use astray::Letters;

use super::effect::Effect;
use super::input::Keyboard;
use super::layout::{self, Areas, Wanted};
use super::message::Sound;
use super::overlays::Overlay;
use super::panes;
use super::warning;
use crate::domain::age;
use crate::domain::catalogue::ModelSpec;
use crate::domain::credits::OutOfCredits;
use crate::domain::draft::{Draft, Known, Problem};
use crate::domain::generation::{Take, TakeId};
use crate::domain::lateness::{Awaited, Row, awaited_with_uploads};
use crate::domain::money::Spent;
use crate::domain::price::Price;
use crate::domain::reference::ReferenceId;
use crate::domain::service::Service;
use crate::domain::song::{DraftRow, Song, SongId};
use crate::domain::terms::Terms;
use crate::domain::wording::{Role, Ticks};
use crate::engine::feed::Topic;
use crate::engine::intent::Intent;
use crate::engine::intent::OrderLine;
use crate::engine::orders;

/// What the message line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub text: String,
    pub role: Role,
    /// Since when.
    pub at: Timestamp,
}

/// What is left and what was spent.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Money {
    /// US dollars on the account, and when the service said so.
    pub balance: Option<(f64, Timestamp)>,
    /// What takes of this day cost.
    pub spent: Spent,
    pub day: Option<Date>,
}

/// Everything the screen knows.
#[derive(Clone, Debug)]
pub struct State {
    pub(in crate::tui) opening: Opening,
    pub(in crate::tui) filled: bool,
    /// What was pressed before that and waits for it.
    pub(in crate::tui) ahead: Ahead,
    pub(in crate::tui) songs: BTreeMap<SongId, Song>,
    pub(in crate::tui) drafts: BTreeMap<SongId, DraftRow>,
    pub(in crate::tui) compose: Compose,
    /// Other songs that were open, with their undo.
    pub(in crate::tui) shelf: BTreeMap<SongId, Compose>,
    pub(in crate::tui) queue: Queue,
    pub(in crate::tui) library: Library,
    pub(in crate::tui) money: Money,
    /// What the service asks and how it performs.
    pub(in crate::tui) terms: Terms,
    /// What a person wants to know and the worker has not asked yet.
    pub(in crate::tui) awaiting: BTreeSet<Topic>,
    pub(in crate::tui) focus: Focus,
    /// What lies over the panes; the last one has the keys.
    pub(in crate::tui) overlays: Vec<Overlay>,
    pub(in crate::tui) notice: Option<Notice>,
    /// What would be ended, and how that was asked.
    pub(in crate::tui) end: Option<End>,
    /// Orders that stand still as no credits are left.
    pub(in crate::tui) out_of_credits: OutOfCredits,
    /// What is being heard.
    pub(in crate::tui) playing: Option<Sound>,
    /// The take that was new when it began to play.
    pub(in crate::tui) first_heard: Option<TakeId>,
    /// Whether a take could not be played: from then on takes show how they are heard elsewhere.
    pub(in crate::tui) player_failed: bool,
    pub(in crate::tui) tickets: Tickets,
    pub(in crate::tui) letters: Letters,
    pub(in crate::tui) keyboard: Keyboard,
    /// Whether the screen only waits for a save to be answered before it goes.
    pub(in crate::tui) leaving: bool,
}

impl State {
    /// A screen that knows nothing yet; the first [`Message::Feed`](super::message::Message::Feed) fills it.
    #[must_use]
    pub fn new(opening: Opening) -> Self {
        let notice = opening.notice.clone().map(|text| Notice { text, role: Role::Attention, at: Timestamp::MIN });
        let mut state = Self {
            compose: Compose::new(opening.song),
            terms: Terms::of(&opening.service),
            library: Library::of(&opening.service),
            awaiting: BTreeSet::new(),
            opening,
            filled: false,
            ahead: Ahead::default(),
            songs: BTreeMap::new(),
            drafts: BTreeMap::new(),
            shelf: BTreeMap::new(),
            queue: Queue::default(),
            money: Money::default(),
            focus: Focus::Lyrics,
            overlays: Vec::new(),
            notice,
            end: None,
            out_of_credits: OutOfCredits::default(),
            playing: None,
            first_heard: None,
            player_failed: false,
            tickets: Tickets::default(),
            letters: Letters::default(),
            keyboard: Keyboard::default(),
            leaving: false,
        };
        state.settle();
        state
    }

    /// How long until the screen wants to be woken to show time passing: the rest of a running take's
    /// second, or of the minute, while one is on the screen; else twice in the life of a balance, when its
    /// age is to be told. Where the clock is off, never: what is shown is brought up to date by what happens.
    #[must_use]
    pub fn wants_tick(&self, now: Timestamp) -> Option<Duration> {
        if self.opening.ticks == Ticks::Off {
            return None;
        }
        [self.clock_tick(now), self.age_tick(now)].into_iter().flatten().min()
    }

    fn age_tick(&self, now: Timestamp) -> Option<Duration> {
        let (_, at) = self.money.balance.filter(|_| !self.opening.service.is_sandbox())?;
        age::turns(at, now)?.duration_since(now).try_into().ok()
    }

    fn clock_tick(&self, now: Timestamp) -> Option<Duration> {
        let shown = panes::queue::visible(self);
        let mut running = shown.iter().filter_map(|id| self.queue.get(*id)).filter(|take| take.status.is_running());
        let into_second = |take: &Take| now.duration_since(take.sent.unwrap_or(take.created)).subsec_millis();
        let rest = |take: &Take| Duration::from_millis(1_000 - u64::from(into_second(take).unsigned_abs()));
        match self.opening.ticks {
            Ticks::Second => running.map(rest).min(),
            // One minute for all, so that many takes bring no more redraws than one.
            Ticks::Minute => {
                let into_minute = now.as_millisecond().rem_euclid(60_000).unsigned_abs();
                running.next().map(|_| Duration::from_millis(60_000 - into_minute))
            }
            Ticks::Off => None,
        }
    }

    /// When the draft should be saved: then the runtime sends
    /// [`Message::Pause`](super::message::Message::Pause).
    #[must_use]
    pub fn save_due(&self) -> Option<Timestamp> {
        self.shelf.values().chain([&self.compose]).filter_map(Compose::save_due).min()
    }

    /// What keeps the words typed since the last save, for a screen that goes without asking.
    #[must_use]
    pub fn unsaved(&self) -> Vec<Intent> {
        self.shelf.values().chain([&self.compose]).filter_map(Compose::unsaved).collect()
    }

    /// When workers are awaited, as far as one may be started for them.
    #[must_use]
    pub fn awaited(&self) -> BTreeMap<Service, Awaited> {
        let sandbox_only = self.opening.no_orders.is_some();
        let minded = |service: &Service| !sandbox_only || service.is_sandbox();
        let takes = self.queue.all().filter(|take| take.is_awaited() && minded(&take.service));
        let uploads = self.library.all().iter().filter(|reference| reference.service.as_ref().is_some_and(minded));
        awaited_with_uploads(takes.map(Row::from), uploads)
    }

    /// The take of that number, for playing it.
    #[must_use]
    pub fn take(&self, id: TakeId) -> Option<&Take> {
        self.queue.get(id)
    }

    /// The open song.
    #[must_use]
    pub fn song(&self) -> Option<&Song> {
        self.songs.get(&self.compose.song?)
    }

    /// The draft as it is on the screen.
    #[must_use]
    pub fn draft(&self) -> &Draft {
        self.compose.draft()
    }

    /// What has the keys, below any overlay.
    #[must_use]
    pub fn focus(&self) -> Focus {
        self.focus
    }

    /// The names of the overlays, the last one having the keys.
    #[must_use]
    pub fn overlays(&self) -> Vec<&'static str> {
        self.overlays.iter().map(Overlay::name).collect()
    }

    /// What the message line says.
    #[must_use]
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_ref().map(|notice| notice.text.as_str())
    }

    /// The selected take.
    #[must_use]
    pub fn selected_take(&self) -> Option<&Take> {
        self.queue.selected()
    }

    /// The chosen model, if the catalogue has it.
    #[must_use]
    pub fn spec(&self) -> Option<&ModelSpec> {
        self.compose.spec(&self.opening.catalogue)
    }

    /// What a take of a draft costs from a model here; nothing is charged in the sandbox.
    pub(in crate::tui) fn price(&self, spec: &ModelSpec, draft: &Draft) -> Option<Price> {
        self.terms.price(spec, draft).filter(|_| !self.opening.service.is_sandbox())
    }

    /// What a line of an order costs, where the price is known.
    pub(in crate::tui) fn cost_of(&self, draft: &Draft, line: &OrderLine) -> Option<Spent> {
        let price = self.price(self.opening.catalogue.find(&line.model)?, draft)?;
        Some(Spent { usd: price.usd * f64::from(line.takes), about: price.about })
    }

    /// The label of a model, or its id where the catalogue has it no longer.
    pub(in crate::tui) fn label<'a>(&'a self, model: &'a str) -> &'a str {
        self.opening.catalogue.find(model).map_or(model, |spec| &spec.label)
    }

    /// The places of all parts at the present size.
    pub(in crate::tui) fn areas(&self) -> Areas {
        layout::areas(&Wanted {
            columns: self.opening.columns,
            rows: self.opening.rows,
            focus: self.focus,
            form_rows: panes::model::rows(self) as u16,
            bottom_rows: self
                .overlays
                .iter()
                .map(|overlay| overlay.bottom_rows(self))
                .max()
                .unwrap_or(2)
                .max(warning::rows(self)),
            take_open: self.queue.open,
        })
    }

    /// Says something in the message line.
    pub(in crate::tui) fn say(&mut self, text: impl Into<String>, role: Role, now: Timestamp) {
        self.notice = Some(Notice { text: text.into(), role, at: now });
    }

    /// Asks before something is done that cannot be undone.
    pub(in crate::tui) fn doubt(&mut self, reference: ReferenceId, would: Would, asked: String, now: Timestamp) {
        self.say(asked.clone(), Role::Attention, now);
        self.library.doubt = Some(Doubt { reference, would, asked, at: now });
    }

    /// Sends an intent out.
    pub(in crate::tui) fn carry(&mut self, intent: Intent, asked: Asked) -> Effect {
        self.tickets.carry(intent, asked)
    }

    /// Sends an intent out and says so once it is done.
    pub(in crate::tui) fn carry_and_say(&mut self, intent: Intent, said: impl Into<String>) -> Effect {
        self.tickets.carry(intent, Asked::Say(said.into()))
    }

    /// Brings what follows from other parts up to date: counts, the editors' size, the windows of lists.
    pub(in crate::tui) fn settle(&mut self) {
        self.compose.recount(&self.opening.catalogue, known(&self.opening, &self.library));
        let areas = self.areas();
        panes::compose::fit(&mut self.compose, &areas);
        let height = panes::queue::height(&areas, self.focus);
        self.queue.place = self.queue.place.fitted(self.queue.shown().len(), height);
        let height = panes::references::height(self, &areas);
        self.library.place = self.library.place.fitted(self.library.len(), height);
    }

    /// What is known around a draft.
    pub(in crate::tui) fn known(&self) -> Known<'_> {
        known(&self.opening, &self.library)
    }

    /// What is wrong with a draft for a model, and what should be known of it.
    pub(in crate::tui) fn problems(&self, draft: &Draft, spec: &ModelSpec) -> Vec<Problem> {
        orders::problems(draft, spec, self.known())
    }

    /// The present day where the person is.
    pub(in crate::tui) fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.opening.zone.clone()).date()
    }

    /// `14:02`.
    pub(in crate::tui) fn clock(&self, at: Timestamp) -> String {
        at.to_zoned(self.opening.zone.clone()).strftime("%H:%M").to_string()
    }
}

/// What is known around a draft.
pub(in crate::tui) fn known<'a>(opening: &'a Opening, library: &'a Library) -> Known<'a> {
    Known { library: Some(library.all()), service: Some(&opening.service), key_print: opening.key_print.as_deref() }
}
