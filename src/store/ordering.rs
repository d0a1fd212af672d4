//! Ordering: how intents become rows, and how rows that were not sent are changed or taken back.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::budget::Allowance;
use super::generations::{Change, FrozenDraft};
use super::values::{millis, moment, to_json};
use super::{Durability, Rev, Store, StoreError, drafts, references, songs, trip};
use crate::domain::budget::{Dear, Over, Verdict};
use crate::domain::draft::Draft;
use crate::domain::generation::{Status, TakeId};
use crate::domain::made_with::MadeWith;
use crate::domain::once::OnceName;
use crate::domain::service::Service;
use crate::domain::song::SongId;
use crate::domain::usual::Usual;
use crate::failpoint::Point;

/// The setting that names the address of a recording, whatever the model.
const REFERENCE: &str = "reference";

/// Takes to be written as rows, all or none.
#[derive(Clone, Debug)]
pub struct NewOrder {
    pub song: SongId,
    pub service: Service,
    pub draft: Draft,
    pub takes: Vec<NewTake>,
    pub from: Option<TakeId>,
    pub held: bool,
    pub destination: Destination,
    pub key_print: Option<String>,
    /// The order is written only if nothing was ordered from the service under this name.
    pub once: Option<OnceName>,
    /// The order is refused where the same request was ordered after this moment.
    pub not_again_since: Option<Timestamp>,
    /// What may be spent, where that has an end.
    pub allowance: Option<Allowance>,
    /// What the person has agreed to.
    pub agreed: Agreed,
}

/// What a person has agreed to, on being asked or beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreed {
    /// To order the very same request again at once.
    pub to_the_same: bool,
    /// To order again what may have been charged already.
    pub to_pay_twice: bool,
    /// To an order that costs more than is ordered unasked.
    pub to_the_price: bool,
}

impl Agreed {
    /// To everything that may be asked.
    pub const TO_ALL: Self = Self { to_the_same: true, to_pay_twice: true, to_the_price: true };
}

/// One take to be written.
#[derive(Clone, Debug)]
pub struct NewTake {
    /// Catalogue id.
    pub model: String,
    /// The draft, frozen, with this model chosen.
    pub draft: Draft,
    /// Exactly the body.
    pub request: serde_json::Value,
    /// A tag that was never used before.
    pub tag: String,
    /// What such takes usually need.
    pub usual: Usual,
    /// US dollars that it is expected to cost, where that is known.
    pub price: Option<f64>,
    /// The references of the draft, as far as this model gets them. What they are called is looked up when the
    /// order is written.
    pub uses: Vec<MadeWith>,
}

/// Where files go.
#[derive(Clone, Debug)]
pub enum Destination {
    /// The song's own folder below this one.
    SongFolderIn(PathBuf),
    /// This very folder.
    Exactly(PathBuf),
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq)]
pub enum Ordering {
    Written(Vec<TakeId>),
    /// The same request was ordered at that moment; nothing was written.
    SameAgain(Timestamp),
    /// The take of that number, which this one is made after, may have been charged; nothing was written.
    MayPayTwice(u32),
    /// It costs more than is ordered unasked; nothing was written.
    Dear(Dear),
    /// It would go past what may be spent today, whatever was agreed to; nothing was written.
    OverBudget(Over),
    /// These were ordered under its name; nothing was written.
    Before {
        takes: Vec<TakeId>,
        /// Whether they are so many of the same requests.
        same: bool,
    },
}

impl Store {
    /// Writes an order: rows, take numbers and the version it was made from, in one transaction.
    ///
    /// # Errors
    /// When there is no such song, or the database cannot be written: then nothing was ordered.
    pub fn order(&mut self, order: &NewOrder, now: Timestamp) -> Result<Ordering, StoreError> {
        let draft = to_json(&order.draft)?;
        let ordering = self.write(Durability::Paid, |tx, rev| {
            if let Some(before) = ordered_before(tx, order)? {
                return Ok(before);
            }
            if let Some(doubt) = in_doubt(tx, order)? {
                return Ok(doubt);
            }
            let folder = match &order.destination {
                Destination::Exactly(folder) => folder.clone(),
                Destination::SongFolderIn(parent) => parent.join(songs::folder_of(tx, order.song, rev)?),
            };
            let mut ids = Vec::new();
            for take in &order.takes {
                ids.push(insert(tx, order, take, &folder.to_string_lossy(), now, rev)?);
            }
            drafts::add_version(tx, order.song, "ordered", &draft, now)?;
            songs::touch(tx, order.song, now, rev)?;
            trip(Point::OrderRow)?;
            Ok(Ordering::Written(ids))
        })?;
        trip(Point::OrderWritten)?;
        Ok(ordering)
    }

    /// The song of what was ordered from a service under a name, if anything was.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn song_ordered_once(&self, service: &Service, name: &OnceName) -> Result<Option<SongId>, StoreError> {
        let sql = "SELECT song FROM takes WHERE service = ?1 AND once = ?2 LIMIT 1";
        let song = self.connection.query_row(sql, [&service.to_string(), name.as_str()], |row| row.get(0).map(SongId));
        Ok(song.optional()?)
    }

    /// Takes back an order that was not sent; says whether it still could.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn withdraw(&mut self, take: TakeId) -> Result<bool, StoreError> {
        self.write(Durability::Paid, |tx, rev| {
            references::recount(tx, take.0, rev)?;
            let sql = "DELETE FROM takes WHERE id = ?1 AND status IN ('ordered', 'held')";
            let gone = tx.execute(sql, [take.0])? == 1;
            if gone {
                references::bury(tx, "take", take.0, rev)?;
            }
            Ok(gone)
        })
    }

    /// Puts an unsent order aside; says whether it still could.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn hold(&mut self, take: TakeId) -> Result<bool, StoreError> {
        let why = Some(crate::domain::generation::Why::Person);
        let change = Change::to(Status::Held).why(why).due(None);
        self.advance(take, &[Status::Ordered], change, Durability::Paid)
    }

    /// Makes the live takes and uploads of a service say that they wait for its key.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn wait_for_key(&mut self, service: &Service) -> Result<(), StoreError> {
        let why = crate::domain::generation::Why::NeedsKey.name();
        self.write(Durability::Ordinary, |tx, rev| {
            let sql = "UPDATE takes SET why = ?2, message = NULL, rev = ?3
                       WHERE service = ?1 AND status IN ('ordered', 'queued', 'working') AND why IS NOT ?2";
            tx.execute(sql, params![service.to_string(), why, rev])?;
            super::sought::wait_for_key(tx, service, rev)?;
            super::uploads::wait_for_key(tx, service, rev)?;
            Ok(())
        })
    }

    /// Moves an unsent take one place among the unsent ones of its service; says whether it could.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn move_unsent(&mut self, take: TakeId, by: i32) -> Result<bool, StoreError> {
        let (sign, order) = if by < 0 { ("<", "DESC") } else { (">", "ASC") };
        let neighbour = format!(
            "SELECT other.id, other.place, mine.place FROM takes AS mine JOIN takes AS other
               ON other.service = mine.service AND other.place {sign} mine.place
             WHERE mine.id = ?1 AND mine.status IN ('ordered', 'held') AND other.status IN ('ordered', 'held')
             ORDER BY other.place {order} LIMIT 1"
        );
        self.write(Durability::Ordinary, |tx, rev| {
            let found: Option<(i64, f64, f64)> =
                tx.query_row(&neighbour, [take.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
            let Some((other, its_place, my_place)) = found else {
                return Ok(false);
            };
            let sql = "UPDATE takes SET place = ?2, rev = ?3 WHERE id = ?1";
            tx.execute(sql, params![take.0, its_place, rev])?;
            tx.execute(sql, params![other, my_place, rev])?;
            Ok(true)
        })
    }

    /// Moves an unsent take before all others; says whether it was unsent and not the first already.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn move_first(&mut self, take: TakeId) -> Result<bool, StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let sql = "UPDATE takes SET rev = ?2, place = (SELECT min(place) - 1 FROM takes)
                       WHERE id = ?1 AND status IN ('ordered', 'held') AND place >
                         (SELECT min(other.place) FROM takes AS other
                          WHERE other.service = takes.service AND other.status IN ('ordered', 'held'))";
            Ok(tx.execute(sql, params![take.0, rev])? == 1)
        })
    }

    /// Makes a take the one pick of its song, or no longer.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn pick(&mut self, take: TakeId, pick: bool) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let others = "UPDATE takes SET pick = 0, rev = ?2
                          WHERE pick = 1 AND song = (SELECT song FROM takes WHERE id = ?1)";
            tx.execute(others, params![take.0, rev])?;
            tx.execute("UPDATE takes SET pick = ?2, rev = ?3 WHERE id = ?1", params![take.0, pick, rev])?;
            Ok(())
        })
    }
}

/// What was ordered under this order's name before it, if it has one.
///
/// Asked in the transaction that writes the order, which no other writer shares: of several orders with
/// one name, one finds nothing.
fn ordered_before(tx: &Transaction<'_>, order: &NewOrder) -> Result<Option<Ordering>, StoreError> {
    let Some(name) = &order.once else { return Ok(None) };
    let sql = "SELECT id, request FROM takes WHERE service = ?1 AND once = ?2 ORDER BY id";
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map([&order.service.to_string(), name.as_str()], |row| {
        Ok((TakeId(row.get(0)?), row.get::<_, String>(1)?))
    })?;
    let (takes, requests): (Vec<TakeId>, Vec<String>) = rows.collect::<rusqlite::Result<_>>()?;
    let wanted: Result<Vec<String>, _> = order.takes.iter().map(|take| to_json(&take.request)).collect();
    let same = requests == wanted?;
    Ok((!takes.is_empty()).then_some(Ordering::Before { takes, same }))
}

/// What stands between this order and the database: the refusal that no answer gets past, then each question that was
/// not answered yet.
fn in_doubt(tx: &Transaction<'_>, order: &NewOrder) -> Result<Option<Ordering>, StoreError> {
    let usd = order.takes.iter().map(|take| take.price).sum();
    // What is put aside is bought, and reckoned with its day, when it is let go; its price is agreed to now.
    let allowance = order.allowance.map(|allowance| if order.held { allowance.of_no_day() } else { allowance });
    let verdict = allowance.map(|allowance| allowance.verdict(tx, &order.service, usd)).transpose()?;
    if let Some(Verdict::Over(over)) = verdict {
        return Ok(Some(Ordering::OverBudget(over)));
    }
    if !order.agreed.to_pay_twice
        && let Some(number) = perhaps_charged(tx, order)?
    {
        return Ok(Some(Ordering::MayPayTwice(number)));
    }
    if let Some(since) = order.not_again_since.filter(|_| !order.agreed.to_the_same)
        && let Some(at) = same_since(tx, order, since)?
    {
        return Ok(Some(Ordering::SameAgain(at)));
    }
    match verdict {
        Some(Verdict::Dear(dear)) if !order.agreed.to_the_price => Ok(Some(Ordering::Dear(dear))),
        _ => Ok(None),
    }
}

/// The number of the take that an order is made after, where nobody knows whether that was charged.
fn perhaps_charged(tx: &Transaction<'_>, order: &NewOrder) -> rusqlite::Result<Option<u32>> {
    let Some(from) = order.from else { return Ok(None) };
    let sql = "SELECT take FROM takes WHERE id = ?1 AND service = ?2 AND status = 'unknown'";
    tx.query_row(sql, params![from.0, order.service.to_string()], |row| row.get(0)).optional()
}

/// When a request of this order was last ordered, if after `since`.
fn same_since(tx: &Transaction<'_>, order: &NewOrder, since: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT max(created) FROM takes WHERE service = ?1 AND request = ?2 AND created > ?3";
    // Eight takes of one model are one request, eight times.
    let requests: Result<BTreeSet<_>, _> = order.takes.iter().map(|take| to_json(&take.request)).collect();
    let (service, since) = (order.service.to_string(), millis(since));
    let mut statement = tx.prepare_cached(sql)?;
    let mut latest: Option<i64> = None;
    for request in requests? {
        latest = latest.max(statement.query_row(params![service, request, since], |row| row.get(0))?);
    }
    Ok(latest.map(moment))
}

fn insert(
    tx: &Transaction<'_>,
    order: &NewOrder,
    take: &NewTake,
    folder: &str,
    now: Timestamp,
    rev: Rev,
) -> Result<TakeId, StoreError> {
    let status = if order.held { Status::Held } else { Status::Ordered };
    let why = order.held.then_some("person");
    let due = (!order.held).then_some(millis(now));
    let made_with = take.uses.iter().map(|used| references::as_known(tx, used, &order.service));
    let made_with = made_with.collect::<rusqlite::Result<Vec<_>>>()?;
    tx.prepare_cached(
        "INSERT INTO takes (song, take, service, model, status, why, request_tag, draft, request, origin, folder,
                            key_print, created, meant, place, due, usual, rev, reference,
                            late_after, usual_from, price, once)
         SELECT ?1, (SELECT coalesce(max(take), 0) + 1 FROM takes WHERE song = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                ?10, ?11, ?12, ?12, (SELECT coalesce(max(place), 0) + 1 FROM takes), ?13, ?14, ?15, ?16,
                ?17, ?18, ?19, ?20",
    )?
    .execute(params![
        order.song.0,
        order.service.to_string(),
        take.model,
        status.name(),
        why,
        take.tag,
        to_json(&FrozenDraft { draft: take.draft.clone(), made_with })?,
        to_json(&take.request)?,
        order.from.map(|take| take.0),
        folder,
        order.key_print,
        millis(now),
        due,
        take.usual.seconds,
        rev,
        take.draft.setting(REFERENCE).filter(|value| take.uses.iter().any(|used| used.value == *value)),
        take.usual.late_after,
        take.usual.from.name(),
        take.price,
        order.once.as_ref().map(OnceName::as_str)
    ])?;
    let id = tx.last_insert_rowid();
    references::uses(tx, id, &take.uses, rev)?;
    Ok(TakeId(id))
}
