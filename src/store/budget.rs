//! What is spent or under way, asked in the transaction that would spend more: of two orders for the last cents of a
//! day, one is written.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::generations::Change;
use super::values::millis;
use super::{Durability, Store, StoreError};
use crate::domain::budget::{Budget, Over, Sum, Verdict};
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

    /// What is to be said of an order that costs so much, as the day stands in this transaction.
    pub(super) fn verdict(&self, tx: &Transaction<'_>, service: &Service, order: Sum) -> rusqlite::Result<Verdict> {
        let committed = match self.budget.daily_usd {
            Some(_) => committed_since(tx, service, self.since)?,
            None => Sum::default(),
        };
        Ok(self.budget.verdict(committed, order))
    }
}

/// What the takes of a service have cost since a moment, or will have. What may have been charged counts as if it was;
/// what waits in line counts whenever it was ordered, as it is bought now. What a service says that a take under way has
/// cost so far is no end of it.
fn committed_since(tx: &Transaction<'_>, service: &Service, since: Timestamp) -> rusqlite::Result<Sum> {
    let sql = "SELECT coalesce(sum(cost), 0.0), count(*) - count(cost) FROM
                 (SELECT CASE WHEN status IN ('saved', 'failed') THEN coalesce(usd, price)
                              ELSE coalesce(max(usd, price), usd, price) END AS cost
                  FROM takes
                  WHERE service = ?1 AND (status IN ('ordered', 'sending') OR coalesce(sent, created) >= ?2)
                    AND (status NOT IN ('held', 'failed') OR (status = 'failed' AND why IN ('audio-lost', 'spoiled'))))";
    tx.prepare_cached(sql)?.query_row(params![service.to_string(), millis(since)], |row| {
        Ok(Sum { usd: row.get(0)?, unpriced: row.get::<_, i64>(1)?.unsigned_abs() as usize })
    })
}

impl Store {
    /// Lets held orders go, all or none of them, each as its service allows: those that are held no more are passed
    /// over.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn let_go(
        &mut self,
        takes: &[TakeId],
        allowance: impl Fn(&Service) -> Option<Allowance>,
        now: Timestamp,
    ) -> Result<LetGo, StoreError> {
        let change = Change::to(Status::Ordered).due(Some(now)).meant(now).sends(0).failures(0);
        self.write(Durability::Paid, |tx, rev| {
            let held = held(tx, takes)?;
            let services: BTreeSet<&Service> = held.iter().map(|held| &held.service).collect();
            for service in services {
                let order = held.iter().filter(|held| held.service == *service).map(|held| held.usd).collect();
                if let Some(allowance) = allowance(service)
                    && let Verdict::Over(over) = allowance.verdict(tx, service, order)?
                {
                    return Ok(LetGo::OverBudget(over));
                }
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
