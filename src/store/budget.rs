//! What is spent or under way, asked in the transaction that would spend more: of two orders for the last cents of a
//! day, one is written.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::generations::Change;
use super::values::millis;
use super::{Durability, Store, StoreError};
use crate::domain::budget::{Budget, Committed, Over, Verdict};
use crate::domain::generation::{Status, TakeId};
use crate::domain::service::Service;

/// A budget with the moment from which on its day counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Allowance {
    pub budget: Budget,
    /// The last midnight.
    pub since: Timestamp,
}

/// What became of the wish to let held orders go.
#[derive(Clone, Debug, PartialEq)]
pub enum LetGo {
    /// These went; the others were held no more.
    Gone(Vec<TakeId>),
    /// The budget has no room for all of them: none went.
    OverBudget(Over),
}

impl Allowance {
    /// What is left of it for an order that is put aside: it is bought on another day, or never.
    pub(super) fn of_no_day(self) -> Self {
        Self { budget: Budget { daily_usd: None, ..self.budget }, ..self }
    }

    /// What is to be said of an order of that price, as the day stands in this transaction.
    pub(super) fn verdict(
        &self,
        tx: &Transaction<'_>,
        service: &Service,
        usd: Option<f64>,
    ) -> rusqlite::Result<Verdict> {
        let committed = match self.budget.daily_usd {
            Some(_) => committed_since(tx, service, self.since)?,
            None => Committed::default(),
        };
        Ok(self.budget.verdict(committed, usd))
    }
}

/// What the takes of a service have cost since a moment, or will have. What may have been charged counts as if it was;
/// what waits in line counts whenever it was ordered, as it is bought now.
fn committed_since(tx: &Transaction<'_>, service: &Service, since: Timestamp) -> rusqlite::Result<Committed> {
    let sql = "SELECT coalesce(sum(coalesce(usd, price)), 0.0), count(*) - count(coalesce(usd, price)) FROM takes
               WHERE service = ?1 AND (status IN ('ordered', 'sending') OR coalesce(sent, created) >= ?2)
                 AND (status NOT IN ('held', 'failed') OR (status = 'failed' AND why IN ('audio-lost', 'spoiled')))";
    tx.prepare_cached(sql)?.query_row(params![service.to_string(), millis(since)], |row| {
        Ok(Committed { usd: row.get(0)?, unpriced: row.get::<_, i64>(1)?.unsigned_abs() as usize })
    })
}

impl Store {
    /// Lets held orders of one service go, all or none of them: those that are held no more are passed over.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn let_go(
        &mut self,
        takes: &[TakeId],
        allowance: Option<Allowance>,
        now: Timestamp,
    ) -> Result<LetGo, StoreError> {
        let change = Change::to(Status::Ordered).due(Some(now)).meant(now).sends(0).failures(0);
        self.write(Durability::Paid, |tx, rev| {
            let held = held(tx, takes)?;
            let usd = held.iter().map(|held| held.usd).sum();
            if let (Some(allowance), Some(first)) = (allowance, held.first())
                && let Verdict::Over(over) = allowance.verdict(tx, &first.service, usd)?
            {
                return Ok(LetGo::OverBudget(over));
            }
            for held in &held {
                change.clone().write(tx, held.take, &[Status::Held], rev)?;
            }
            Ok(LetGo::Gone(held.into_iter().map(|held| held.take).collect()))
        })
    }
}

/// An order that is held.
struct Held {
    take: TakeId,
    service: Service,
    /// What it is expected to cost, where that was known when it was ordered.
    usd: Option<f64>,
}

fn held(tx: &Transaction<'_>, takes: &[TakeId]) -> rusqlite::Result<Vec<Held>> {
    let mut statement = tx.prepare_cached("SELECT service, price FROM takes WHERE id = ?1 AND status = 'held'")?;
    let mut held: Vec<Held> = Vec::new();
    for &take in takes {
        // One that is named twice goes once, and costs once.
        if held.iter().any(|held| held.take == take) {
            continue;
        }
        let mut rows = statement.query([take.0])?;
        if let Some(row) = rows.next()? {
            held.push(Held { take, service: Service::from(row.get::<_, String>(0)?), usd: row.get(1)? });
        }
    }
    Ok(held)
}
