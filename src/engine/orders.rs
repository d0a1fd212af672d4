//! Carrying out what a person wants: one intent, one transaction, one reply. No network.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::intent::{Intent, Order, Question, Reply};
use super::{adoption, library, standing};
use crate::domain::budget::{self, Budget};
use crate::domain::catalogue::{Catalogue, ModelSpec};
use crate::domain::draft::{Draft, Grade, Known, Problem};
use crate::domain::enclosure::Enclosure;
use crate::domain::generation::{Status, TakeId};
use crate::domain::once::OnceName;
use crate::domain::reference;
use crate::domain::service::Service;
use crate::domain::terms::Terms;
use crate::store::budget::{Allowance, LetGo};
use crate::store::drafts::Saving;
use crate::store::generations::Change;
use crate::store::ordering::{Destination, NewOrder, NewTake, Ordering};
use crate::store::{Durability, Store, StoreError};

/// The very same request within this time asks first.
const SAME_AGAIN: SignedDuration = SignedDuration::from_secs(30);

/// What is said where nothing is to be looked for.
const NOTHING_LOST: &str = "no take is there whose answer was lost";

/// What carrying out an intent needs to know besides the store.
#[derive(Clone, Debug)]
pub struct Desk {
    pub catalogue: Arc<Catalogue>,
    /// The folder that holds a folder for each song.
    pub music: PathBuf,
    /// Who writes, as people would say it: `the screen on pts/3`.
    pub writer: String,
    /// Fingerprint of the key at hand.
    pub key_print: Option<String>,
    /// What may be spent where it costs money.
    pub budget: Budget,
    /// Where the person's day begins.
    pub zone: TimeZone,
}

impl Desk {
    /// Carries out one intent.
    ///
    /// # Errors
    /// When the store cannot be read or written; then nothing was changed.
    pub fn carry_out(&self, store: &mut Store, intent: Intent, now: Timestamp) -> Result<Reply, StoreError> {
        match intent {
            Intent::NewSong { title } => {
                let model = self.catalogue.preferred().map(|spec| spec.id.clone()).unwrap_or_default();
                let draft = Draft { model, ..Draft::default() };
                store.new_song(&title, &draft, &self.writer, now).map(|song| Reply::Song { song })
            }
            Intent::RenameSong { song, title } => store.rename_song(song, &title, now).map(|()| Reply::Song { song }),
            Intent::OpenSong { song } => store.open_song(song, now).map(|()| Reply::Song { song }),
            Intent::SaveDraft { song, based_on, draft } => {
                match standing::save_draft(store, song, based_on, &draft, &self.writer, now)? {
                    Saving::Won(revision) => Ok(Reply::Saved { song, revision }),
                    Saving::Lost(current) => Ok(Reply::Lost { current }),
                }
            }
            Intent::KeepVersion { song } => store.keep_version(song, now).map(|()| Reply::Done),
            Intent::Order(order) => self.order(store, &order, None, now),
            Intent::OrderOnce { order, name } => self.order(store, &order, Some(name), now),
            Intent::WantFacts { service } => store.want_facts(&service, now).map(|()| Reply::Done),
            Intent::Release { take } => Ok(match self.release(store, &[take], now)? {
                Reply::Released { late, .. } => {
                    late.into_iter().next().map_or(Reply::Done, |(_, why)| Reply::TooLate(why))
                }
                reply => reply,
            }),
            Intent::ReleaseAll { takes } => self.release(store, &takes, now),
            Intent::LookUpAll { service } => Ok(match store.seek_all(&service, now)? {
                0 => Reply::TooLate(NOTHING_LOST.to_owned()),
                _ => Reply::Done,
            }),
            Intent::SeekStrays { service, since } => store.seek_strays(&service, since, now).map(|()| Reply::Done),
            Intent::Adopt { service, ids } => adoption::adopt(self, store, &service, &ids, now),
            Intent::AddReference { .. }
            | Intent::KeepRecording { .. }
            | Intent::AddIds { .. }
            | Intent::Upload(_)
            | Intent::UploadAgain { .. }
            | Intent::StopUpload { .. }
            | Intent::RenameReference { .. }
            | Intent::NoteReference { .. }
            | Intent::ForgetReference { .. } => library::carry_out(self, store, intent, now),
            of_a_take => change_take(store, &of_a_take, now),
        }
    }

    fn order(
        &self,
        store: &mut Store,
        order: &Order,
        once: Option<OnceName>,
        now: Timestamp,
    ) -> Result<Reply, StoreError> {
        let terms = store.terms(&order.service)?;
        let library = store.references()?;
        let known =
            Known { library: Some(&library), service: Some(&order.service), key_print: self.key_print.as_deref() };
        let mut takes = Vec::new();
        for line in &order.lines {
            let Some(spec) = self.catalogue.find(&line.model) else {
                return Ok(Reply::TooLate(format!("there is no model `{}`; `refrain models` lists them", line.model)));
            };
            let draft = as_ordered(&order.draft, spec, known);
            let problems = must_fix(&draft, spec, known);
            if !problems.is_empty() {
                return Ok(Reply::Problems { model: spec.id.clone(), problems });
            }
            takes.extend((0..line.takes).map(|_| new_take(&draft, spec, &terms)));
        }
        let new = NewOrder { once, ..self.new_order(order, takes, now) };
        let written = standing::order(store, &new, now)?;
        Ok(match written {
            Ordering::Written(takes) => Reply::Ordered { takes },
            Ordering::Before { takes, same } => Reply::OrderedBefore { takes, same },
            Ordering::SameAgain(at) => {
                let seconds = now.duration_since(at).as_secs().max(0).unsigned_abs();
                Reply::Asks(Question::SameAgain { seconds })
            }
            Ordering::MayPayTwice(number) => Reply::Asks(Question::MayPayTwice { number }),
            Ordering::Dear(dear) => Reply::Asks(Question::Above(dear)),
            Ordering::OverBudget(over) => Reply::OverBudget(over),
        })
    }

    /// Lets held orders of one service go: what they cost is spent on the day on which they go.
    fn release(&self, store: &mut Store, takes: &[TakeId], now: Timestamp) -> Result<Reply, StoreError> {
        let Some(first) = takes.first() else { return Ok(Reply::TooLate("no order is held".to_owned())) };
        let service = store.take(*first)?.service;
        let gone = match store.let_go(takes, self.allowance(&service, now), now)? {
            LetGo::OverBudget(over) => return Ok(Reply::OverBudget(over)),
            LetGo::Gone(gone) => gone,
        };
        let late = takes.iter().filter(|take| !gone.contains(take));
        let late = late.map(|&take| Ok((take, refusal(store, take, &Intent::Release { take })?)));
        Ok(Reply::Released { late: late.collect::<Result<_, StoreError>>()?, takes: gone })
    }

    /// The folder that holds a folder for each song, for takes of a service.
    pub(super) fn music_of(&self, service: &Service) -> PathBuf {
        if service.is_sandbox() { self.music.join("sandbox") } else { self.music.clone() }
    }

    /// What may be spent at a service; nothing has an end where nothing is charged.
    fn allowance(&self, service: &Service, now: Timestamp) -> Option<Allowance> {
        let since = budget::midnight(now, &self.zone);
        (!service.is_sandbox()).then_some(Allowance { budget: self.budget, since })
    }

    fn new_order(&self, order: &Order, takes: Vec<NewTake>, now: Timestamp) -> NewOrder {
        let destination = match &order.folder {
            Some(folder) => Destination::Exactly(folder.clone()),
            None => Destination::SongFolderIn(self.music_of(&order.service)),
        };
        NewOrder {
            song: order.song,
            service: order.service.clone(),
            draft: order.draft.clone(),
            takes,
            from: order.from,
            held: order.held,
            destination,
            key_print: self.key_print.clone(),
            once: None,
            not_again_since: Some(now - SAME_AGAIN),
            allowance: self.allowance(&order.service, now),
            agreed: order.agreed,
        }
    }
}

/// The problems that stop an order of this model.
#[must_use]
pub fn must_fix(draft: &Draft, spec: &ModelSpec, known: Known<'_>) -> Vec<Problem> {
    let mut problems = problems(draft, spec, known);
    problems.retain(|problem| problem.grade == Grade::MustFix);
    problems
}

/// Every problem of an order of this model, the gravest first: those of the draft as it would be sent.
#[must_use]
pub fn problems(draft: &Draft, spec: &ModelSpec, known: Known<'_>) -> Vec<Problem> {
    as_ordered(draft, spec, known).check_knowing(spec, known)
}

/// The draft as it is ordered of a model: with it chosen, and with what the references are called now.
fn as_ordered(draft: &Draft, spec: &ModelSpec, known: Known<'_>) -> Draft {
    let library = known.library.unwrap_or_default();
    Draft { model: spec.id.clone(), ..reference::brought_up_to_date(draft, spec, library, known.service) }
}

/// Exactly the request that an order of this model sends.
#[must_use]
pub fn request(draft: &Draft, spec: &ModelSpec, known: Known<'_>) -> serde_json::Value {
    as_ordered(draft, spec, known).body(spec).into()
}

/// The same for people: what recordings are called, how long and large they are, and how they travel.
#[must_use]
pub fn request_in_words(draft: &Draft, spec: &ModelSpec, known: Known<'_>) -> serde_json::Value {
    let library = known.library.unwrap_or_default();
    Enclosure::told(&request(draft, spec, known), &|enclosure| reference::in_words(enclosure, library))
}

/// A tag that was never used before, in the alphabet that the service keeps.
#[must_use]
pub fn new_tag() -> String {
    format!("refrain-{}", Uuid::now_v7())
}

fn new_take(draft: &Draft, spec: &ModelSpec, terms: &Terms) -> NewTake {
    NewTake {
        model: spec.id.clone(),
        draft: draft.clone(),
        request: draft.body(spec).into(),
        tag: new_tag(),
        usual: terms.usual(spec),
        price: terms.price(spec, draft).map(|price| price.usd),
        uses: draft.references_sent(spec),
    }
}

/// The statuses in which a take is over for the worker.
const ENDED: [Status; 4] = [Status::Saved, Status::Failed, Status::Unknown, Status::Unwatched];

fn change_take(store: &mut Store, intent: &Intent, now: Timestamp) -> Result<Reply, StoreError> {
    let (take, changed) = match intent {
        Intent::Withdraw { take } => (*take, store.withdraw(*take)?),
        Intent::Hold { take } => (*take, store.hold(*take)?),
        Intent::Move { take, by } => (*take, store.move_unsent(*take, *by)?),
        Intent::MoveFirst { take } => (*take, store.move_first(*take)?),
        Intent::LookUp { take } => (*take, store.seek(*take, now)?),
        Intent::AskNow { take } => (*take, ask_now(store, *take, now)?),
        Intent::Pick { take, pick } => (*take, store.pick(*take, *pick).map(|()| true)?),
        Intent::Hide { take, hidden } => (*take, note(store, *take, &ENDED, Change::default().hidden(*hidden))?),
        Intent::Rate { take, rating } => {
            (*take, note(store, *take, &Status::ALL, Change::default().rating((*rating).min(5)))?)
        }
        Intent::NoteTake { take, note: text } => {
            (*take, note(store, *take, &Status::ALL, Change::default().note(text.clone()))?)
        }
        Intent::Heard { take, heard } => {
            (*take, note(store, *take, &[Status::Saved], Change::default().heard(*heard))?)
        }
        _ => return Ok(Reply::Done),
    };
    if changed { Ok(Reply::Done) } else { refusal(store, take, intent).map(Reply::TooLate) }
}

fn note(store: &mut Store, take: TakeId, from: &[Status], change: Change) -> Result<bool, StoreError> {
    store.advance(take, from, change, Durability::Ordinary)
}

/// Makes the worker ask at once, also where it had stopped asking. What is known to be made is fetched again: an
/// answer that lies on this disk cannot be asked for, and whoever can be asked is, where the file is not found.
fn ask_now(store: &mut Store, take: TakeId, now: Timestamp) -> Result<bool, StoreError> {
    let running = [Status::Queued, Status::Working, Status::Ready];
    let again = Change::default().due(Some(now)).failures(0);
    if note(store, take, &running, again)? {
        return Ok(true);
    }
    let status = if store.take(take)?.made.is_some() { Status::Ready } else { Status::Working };
    let resumed = Change::to(status).due(Some(now)).failures(0).meant(now).finished(None);
    note(store, take, &[Status::Unwatched], resumed)
}

/// Why an intent changed nothing: what the take is, and what can be done instead.
fn refusal(store: &Store, take: TakeId, intent: &Intent) -> Result<String, StoreError> {
    let take = store.take(take)?;
    let number = take.number;
    let status = take.status.name();
    Ok(match (intent, take.status) {
        (Intent::Withdraw { .. }, Status::Saved | Status::Failed | Status::Unwatched) => {
            format!("take {number} is finished; `refrain hide {}` takes it out of the queue", take.id.0)
        }
        (Intent::Withdraw { .. } | Intent::Hold { .. } | Intent::Move { .. } | Intent::MoveFirst { .. }, status)
            if !status.is_unsent() =>
        {
            format!("take {number} has been sent; the service cannot cancel it")
        }
        (Intent::Move { .. } | Intent::MoveFirst { .. }, _) => {
            format!("take {number} is at that end of the line already")
        }
        (Intent::Hide { .. }, _) => format!("take {number} is still {status}; it can be hidden when it has ended"),
        (Intent::Heard { .. }, _) => format!("take {number} has no file yet; it is {status}"),
        (Intent::AskNow { .. }, Status::Unknown) => {
            format!("the answer to take {number} was lost; `refrain reconcile {}` looks for it", take.id.0)
        }
        (Intent::LookUp { .. }, _) => format!("take {number} is {status}; there is nothing to look for"),
        (Intent::AskNow { .. }, _) => format!("take {number} is {status}; there is nothing to ask"),
        _ => format!("take {number} is {status}"),
    })
}
