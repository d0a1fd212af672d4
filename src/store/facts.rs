//! What the worker found out about a service, with its age.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::values::{millis, moment};
use super::{Durability, Store, StoreError};
use crate::domain::service::Service;

/// Something found out about a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub service: Service,
    pub name: FactName,
    /// What `name` says it is.
    pub value: f64,
    /// When the service said so.
    pub at: Timestamp,
}

/// The facts that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FactName {
    /// US dollars left on the account.
    Balance,
}

impl FactName {
    const ALL: [Self; 1] = [Self::Balance];

    /// The name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Balance => "balance",
        }
    }
}

pub(super) const COLUMNS: &str = "service, name, value, at";

/// The fact in a row; nothing for a name that only a newer refrain knows.
pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<Fact>> {
    let name: String = row.get(1)?;
    let Some(name) = FactName::ALL.into_iter().find(|known| known.name() == name) else {
        return Ok(None);
    };
    let service = Service::from(row.get::<_, String>(0)?);
    Ok(Some(Fact { service, name, value: row.get(2)?, at: moment(row.get(3)?) }))
}

impl Store {
    /// Keeps a fact in place of the older one of its name.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_fact(
        &mut self,
        service: &Service,
        name: FactName,
        value: f64,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            tx.execute(
                "INSERT INTO facts (service, name, value, at, rev) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET value = ?3, at = ?4, rev = ?5",
                params![service.to_string(), name.name(), value, millis(now), rev],
            )?;
            Ok(())
        })
    }
}
