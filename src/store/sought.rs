//! Takes whose answer was lost: which of them are looked for in the account's log, and when.
//!
//! Such a take is over for whoever counts what is under way. It is looked for while it has a `due`.

use jiff::Timestamp;
use rusqlite::{ToSql, Transaction, named_params, params};

use super::generations::{COLUMNS, Job, from_row, job_from_row, jobs};
use super::values::millis;
use super::{Durability, Rev, Store, StoreError};
use crate::domain::generation::{Take, TakeId};
use crate::domain::service::Service;

/// What is looked for.
pub(super) const SOUGHT: &str = "status = 'unknown' AND due IS NOT NULL";

/// What is looked for once more at each start: for a day after it was sent, and not where that was just done. Whoever
/// starts has no other moment than the present, so it is the database's.
pub(super) const WORTH_A_LOOK: &str = "status = 'unknown' AND due IS NULL
    AND coalesce(sent, created) > (unixepoch() - 86400) * 1000
    AND (looked IS NULL OR looked < (unixepoch() - 60) * 1000)";

/// The reasons that a key which is there does away with.
const OF_THE_KEY: &str = "('needs-key', 'key-refused')";

/// Makes those that are looked for say that looking waits for the key. What is said of a song of which a part came
/// says more.
pub(super) fn wait_for_key(tx: &Transaction<'_>, service: &Service, rev: Rev) -> rusqlite::Result<usize> {
    let sql = format!(
        "UPDATE takes SET why = 'needs-key', rev = ?2
         WHERE service = ?1 AND {SOUGHT} AND why IN ('looking', 'no-trace', 'key-refused')"
    );
    tx.prepare_cached(&sql)?.execute(params![service.to_string(), rev])
}

impl Store {
    /// The takes of a service that are looked for.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn sought_jobs(&self, service: &Service) -> Result<Vec<Job>, StoreError> {
        let sql = format!("{} WHERE service = ?1 AND {SOUGHT} ORDER BY takes.id", jobs());
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([service.to_string()], job_from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The takes of which something is still to be heard, the newest first: those that are not over, and those that
    /// are looked for.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn awaited_takes(&self) -> Result<Vec<Take>, StoreError> {
        let mut takes = self.live_takes()?;
        let sql = format!("SELECT {COLUMNS} FROM takes WHERE {SOUGHT}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        for take in statement.query_map([], from_row)? {
            takes.push(take?);
        }
        takes.sort_by_key(|take| std::cmp::Reverse(take.id.0));
        Ok(takes)
    }

    /// Has a take looked for at once, however long ago its answer was lost; says whether it was.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn seek(&mut self, take: TakeId, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.seek_where("id = :of AND status = 'unknown'", &take.0, now)? == 1)
    }

    /// The same for every such take of a service; brings how many there are.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn seek_all(&mut self, service: &Service, now: Timestamp) -> Result<usize, StoreError> {
        self.seek_where("service = :of AND status = 'unknown'", &service.to_string(), now)
    }

    /// Has everything looked for once more whose answer was lost within a day, as a worker has just started.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn seek_again(&mut self, service: &Service, now: Timestamp) -> Result<usize, StoreError> {
        let keyless = format!("{SOUGHT} AND why IN {OF_THE_KEY}");
        self.seek_where(&format!("service = :of AND (({WORTH_A_LOOK}) OR ({keyless}))"), &service.to_string(), now)
    }

    fn seek_where(&mut self, which: &str, of: &dyn ToSql, now: Timestamp) -> Result<usize, StoreError> {
        let any = format!("SELECT count(*) FROM takes WHERE {which}");
        let found: i64 =
            self.connection.prepare_cached(&any)?.query_row(named_params! {":of": of}, |row| row.get(0))?;
        if found == 0 {
            // Nobody is woken for nothing.
            return Ok(0);
        }
        let sql = format!(
            "UPDATE takes SET due = :now, failures = 0, rev = :rev,
                 why = CASE WHEN why IN {OF_THE_KEY} THEN 'looking' ELSE why END
             WHERE {which}"
        );
        self.write(Durability::Ordinary, |tx, rev| {
            let values = named_params! {":of": of, ":now": millis(now), ":rev": rev};
            Ok(tx.prepare_cached(&sql)?.execute(values)?)
        })
    }
}
