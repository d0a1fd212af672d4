//! The line behind an order that was refused: what would be refused for the same reason is held with it, in the
//! transaction that says so.

use rusqlite::{Transaction, params};

use super::generations::Change;
use super::{Durability, Store, StoreError, trip};
use crate::domain::generation::{Status, TakeId};
use crate::failpoint::Point;

/// Which orders in line a refusal is true of as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alike {
    /// All of the service: there is one account behind them.
    Service,
    /// Those that ask for the very same thing.
    Request,
}

impl Alike {
    /// The orders that the worker has not claimed, and that a person meant before the refused one left. Whoever orders,
    /// or lets go, after that may have mended meanwhile what was amiss: such an order is tried.
    fn in_line(self) -> &'static str {
        match self {
            Self::Service => {
                "SELECT other.id FROM takes AS other JOIN takes AS refused ON refused.id = ?1
                 WHERE other.status = 'ordered' AND other.service = refused.service AND other.meant <= refused.sent"
            }
            Self::Request => {
                "SELECT other.id FROM takes AS other JOIN takes AS refused ON refused.id = ?1
                 WHERE other.status = 'ordered' AND other.service = refused.service AND other.meant <= refused.sent
                   AND other.request = refused.request"
            }
        }
    }
}

impl Store {
    /// Writes what became of a request, if its take is in one of the statuses `from`; says whether it was. Where it was
    /// refused and `line` names others, those are held for the same reason at the same moment.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn settle(
        &mut self,
        take: TakeId,
        from: &[Status],
        change: Change,
        line: Option<(Alike, Change)>,
    ) -> Result<bool, StoreError> {
        let settled = self.write(Durability::Paid, |tx, rev| {
            // Read first: the change takes back when it was sent.
            let others = line.as_ref().map(|(alike, _)| in_line(tx, take, *alike)).transpose()?.unwrap_or_default();
            let settled = change.write(tx, take, from, rev)?;
            if let Some((_, held)) = line.filter(|_| settled) {
                for other in others {
                    held.clone().write(tx, other, &[Status::Ordered], rev)?;
                }
            }
            trip(Point::TakeRemoteId)?;
            Ok(settled)
        })?;
        trip(Point::TakeRemoteIdStored)?;
        Ok(settled)
    }
}

fn in_line(tx: &Transaction<'_>, refused: TakeId, alike: Alike) -> rusqlite::Result<Vec<TakeId>> {
    let mut statement = tx.prepare_cached(alike.in_line())?;
    statement.query_map(params![refused.0], |row| row.get(0).map(TakeId))?.collect()
}
