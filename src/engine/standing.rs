//! Writes that end with an error though they stand: a disk may fail behind the last byte, or before the error of
//! an earlier one is over. Whoever hears of the error alone does it once more, and pays twice; so it is held against
//! what the store has.

use jiff::Timestamp;

use crate::domain::draft::Draft;
use crate::domain::generation::TakeId;
use crate::domain::song::{Revision, SongId};
use crate::store::drafts::Saving;
use crate::store::ordering::{NewOrder, Ordering};
use crate::store::strays::Adoption;
use crate::store::{Store, StoreError};

/// Writes an order; one that is there afterwards was written, whatever was heard of it.
///
/// # Errors
/// When it could not be written and is not there, or nobody can tell.
pub(super) fn order(store: &mut Store, order: &NewOrder, now: Timestamp) -> Result<Ordering, StoreError> {
    store.order(order, now).or_else(|error| {
        // All of an order is there or nothing, and no other has these tags.
        let takes = order.takes.iter().map(|take| Some(store.take_tagged(&take.tag).ok()??.id));
        let takes: Option<Vec<_>> = takes.collect();
        standing(store, error, takes.map(Ordering::Written))
    })
}

/// Writes a draft; one that is there afterwards was written.
///
/// # Errors
/// When there is no such song, or it could not be written and is not there, or nobody can tell.
pub(super) fn save_draft(
    store: &mut Store,
    song: SongId,
    based_on: Revision,
    draft: &Draft,
    writer: &str,
    now: Timestamp,
) -> Result<Saving, StoreError> {
    store.save_draft(song, based_on, draft, writer, now).or_else(|error| {
        let row = store.draft(song).ok().filter(|row| row.draft == *draft);
        standing(store, error, row.map(|row| Saving::Won(row.revision)))
    })
}

/// Makes takes of strays; those that are takes afterwards were adopted.
///
/// # Errors
/// When they could not be written and are not there, or nobody can tell.
pub(super) fn adopt(store: &mut Store, adoption: &Adoption, now: Timestamp) -> Result<Vec<TakeId>, StoreError> {
    store.adopt(adoption, now).or_else(|error| {
        let take = |id: &str| store.stray(&adoption.service, id).ok()??.1;
        let takes: Option<Vec<_>> = adoption.foundlings.iter().map(|one| take(&one.inference_id)).collect();
        standing(store, error, takes)
    })
}

/// What stands, told to everybody as nobody was told of it; else the error.
fn standing<T>(store: &Store, error: StoreError, found: Option<T>) -> Result<T, StoreError> {
    let Some(found) = found else { return Err(error) };
    tracing::warn!(%error, "what was written stands all the same");
    store.bell().ring();
    Ok(found)
}
