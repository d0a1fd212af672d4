//! Strays: what the account's log has and no take of this store is. They are no takes until a person says so.

mod adopted;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

pub use self::adopted::{Adoption, Foundling};
use super::values::{millis, moment};
use super::{Durability, Rev, Store, StoreError};
use crate::domain::generation::{Cost, TakeId};
use crate::domain::service::Service;
use crate::domain::stray::{Own, Stray};

/// The name under which the wish stands among the topics of a service. To those who ask about topics it is none.
const TOPIC: &str = "strays";

/// A person's wish to know what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// When it was last uttered.
    pub uttered: Timestamp,
    /// From when on.
    pub since: Timestamp,
}

/// How looking through a service's log stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// Nothing once the log was looked through.
    pub wish: Option<Wish>,
    /// Why it could not be, the last time.
    pub failed: Option<String>,
}

const COLUMNS: &str = "inference_id, tag, model, created, usd, credits, status";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Stray> {
    Ok(Stray {
        inference_id: row.get("inference_id")?,
        tag: row.get("tag")?,
        model: row.get("model")?,
        created: row.get::<_, Option<i64>>("created")?.map(moment),
        cost: Cost { credits: row.get("credits")?, usd: row.get("usd")? },
        status: row.get("status")?,
    })
}

impl Store {
    /// A person wants to know what was ordered elsewhere since a moment: the worker looks. Of two who want to know,
    /// both are served by one look from the earlier moment on.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn seek_strays(&mut self, service: &Service, since: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            tx.execute(
                "INSERT INTO topics (service, topic, wanted, since, rev) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET since = iif(wanted IS NULL, ?4, min(since, ?4)), wanted = ?3, rev = ?5",
                params![service.to_string(), TOPIC, millis(now), millis(since), rev],
            )?;
            Ok(())
        })
    }

    /// How looking for strays stands.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn search(&self, service: &Service) -> Result<Search, StoreError> {
        let sql = "SELECT wanted, since, failed FROM topics WHERE service = ?1 AND topic = ?2";
        let found = self.connection.query_row(sql, params![service.to_string(), TOPIC], |row| {
            let [uttered, since] = [row.get::<_, Option<i64>>(0)?, row.get(1)?].map(|at| at.map(moment));
            let wish = uttered.zip(since).map(|(uttered, since)| Wish { uttered, since });
            Ok(Search { wish, failed: row.get(2)? })
        });
        Ok(found.optional()?.unwrap_or_default())
    }

    /// Keeps what the log had that is no take of this store. A wish that was uttered meanwhile stays.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn keep_strays(
        &mut self,
        service: &Service,
        wish: Wish,
        logged: &[Stray],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| {
            let own = own(tx)?;
            for stray in logged.iter().filter(|stray| !own.has(stray)) {
                keep(tx, service, stray, now, rev)?;
            }
            grant(tx, service, wish, None, now, rev)
        })
    }

    /// The log could not be looked through, in one sentence.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn miss_strays(&mut self, service: &Service, wish: Wish, why: &str, now: Timestamp) -> Result<(), StoreError> {
        self.write(Durability::Ordinary, |tx, rev| grant(tx, service, wish, Some(why), now, rev))
    }

    /// What the log had when it was last looked through, ordered since a moment and adopted by nobody; the oldest
    /// first. Looks that ended before `seen` do not count.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn strays(&self, service: &Service, since: Timestamp, seen: Timestamp) -> Result<Vec<Stray>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM strays
             WHERE service = ?1 AND take IS NULL AND seen >= ?3 AND coalesce(created, ?2) >= ?2
             ORDER BY created, inference_id"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let values = params![service.to_string(), millis(since), millis(seen)];
        let strays = statement.query_map(values, from_row)?.collect::<rusqlite::Result<Vec<_>>>()?;
        // Of one that was sent from here the answer may have come since; and a log may have one in two forms.
        let mut own = own(&self.connection)?;
        let mut is_stray = |stray: &Stray| {
            let is_stray = !own.has(stray);
            own.add_id(&stray.inference_id);
            is_stray
        };
        Ok(strays.into_iter().filter(|stray| is_stray(stray)).collect())
    }

    /// What was adopted of a service's log, and the take that was made of each.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn adopted_strays(&self, service: &Service) -> Result<Vec<(Stray, TakeId)>, StoreError> {
        let sql = format!("SELECT {COLUMNS}, take FROM strays WHERE service = ?1 AND take IS NOT NULL ORDER BY take");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let strays =
            statement.query_map([service.to_string()], |row| Ok((from_row(row)?, TakeId(row.get("take")?))))?;
        Ok(strays.collect::<rusqlite::Result<_>>()?)
    }

    /// What the log said under an id, and the take that was made of it.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn stray(&self, service: &Service, id: &str) -> Result<Option<(Stray, Option<TakeId>)>, StoreError> {
        Ok(find(&self.connection, service, id)?)
    }
}

fn find(connection: &Connection, service: &Service, id: &str) -> rusqlite::Result<Option<(Stray, Option<TakeId>)>> {
    let sql = format!("SELECT {COLUMNS}, take FROM strays WHERE service = ?1 AND inference_id = ?2");
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_row(params![service.to_string(), id], |row| {
        Ok((from_row(row)?, row.get::<_, Option<i64>>("take")?.map(TakeId)))
    });
    found.optional()
}

fn keep(tx: &Transaction<'_>, service: &Service, stray: &Stray, now: Timestamp, rev: Rev) -> rusqlite::Result<usize> {
    let Stray { inference_id, tag, model, created, cost, status } = stray;
    tx.prepare_cached(
        "INSERT INTO strays (service, inference_id, tag, model, created, usd, credits, status, seen, rev)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT DO UPDATE SET tag = ?3, model = ?4, created = ?5, usd = ?6, credits = ?7, status = ?8, seen = ?9,
                                   rev = ?10",
    )?
    .execute(params![
        service.to_string(),
        inference_id,
        tag,
        model,
        created.map(millis),
        cost.usd,
        cost.credits,
        status,
        millis(now),
        rev
    ])
}

/// The wish was granted, or could not be: nobody wants to know any more, unless somebody said so again meanwhile.
fn grant(
    tx: &Transaction<'_>,
    service: &Service,
    wish: Wish,
    failed: Option<&str>,
    now: Timestamp,
    rev: Rev,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE topics SET asked = ?3, failed = ?4, rev = ?5,
                at = iif(?4 IS NULL, ?3, at),
                wanted = iif(wanted = ?6 AND since = ?7, NULL, wanted)
         WHERE service = ?1 AND topic = ?2",
        params![service.to_string(), TOPIC, millis(now), failed, rev, millis(wish.uttered), millis(wish.since)],
    )?;
    Ok(())
}

/// By what the takes of this store are known, at whatever service: the same account may be behind two addresses. The
/// tag of one that was adopted is another program's, which may use it again.
fn own(connection: &Connection) -> rusqlite::Result<Own> {
    let mut own = Own::default();
    let sql = "SELECT remote_id, request_tag, adopted FROM takes
               UNION SELECT remote_id, request_tag, take IN (SELECT id FROM takes WHERE adopted = 1) FROM steps";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        if let Some(id) = row.get::<_, Option<String>>(0)? {
            own.add_id(&id);
        }
        if !row.get::<_, bool>(2)? {
            own.add_tag(row.get(1)?);
        }
    }
    Ok(own)
}
