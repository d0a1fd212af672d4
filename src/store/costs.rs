//! Takes of which nobody has said yet what they cost.

use jiff::Timestamp;
use rusqlite::params;

use super::generations::{COLUMNS, from_row};
use super::values::millis;
use super::{Store, StoreError};
use crate::domain::generation::Take;
use crate::domain::service::Service;

impl Store {
    /// The takes of a service that were charged and ended between two moments, and of which no answer told the cost.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn without_cost(&self, service: &Service, from: Timestamp, to: Timestamp) -> Result<Vec<Take>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM takes
             WHERE service = ?1 AND finished BETWEEN ?2 AND ?3 AND usd IS NULL AND credits IS NULL
               AND (status = 'saved' OR (status = 'failed' AND why IN ('audio-lost', 'spoiled')))"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(params![service.to_string(), millis(from), millis(to)], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
