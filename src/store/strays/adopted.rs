//! Adopting: a stray becomes a take, once, however many say so at the same time.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

use super::{find, own};
use crate::domain::draft::Draft;
use crate::domain::generation::{Status, TakeId, Why};
use crate::domain::service::Service;
use crate::domain::song::{ADOPTED, SongId};
use crate::domain::stray::{Own, Stray};
use crate::domain::usual::Usual;
use crate::failpoint::Point;
use crate::store::generations::FrozenDraft;
use crate::store::values::{millis, to_json};
use crate::store::{Durability, Rev, Store, StoreError, songs, trip};

/// Strays that are to become takes, all or none.
#[derive(Clone, Debug)]
pub struct Adoption {
    pub service: Service,
    pub foundlings: Vec<Foundling>,
    /// The folder that holds a folder for each song.
    pub music: PathBuf,
    pub key_print: Option<String>,
    /// Who writes, as people would say it.
    pub writer: String,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Foundling {
    /// The id that the log gave it.
    pub inference_id: String,
    /// Catalogue id.
    pub model: String,
    /// What such takes usually need.
    pub usual: Usual,
}

impl Store {
    /// Makes takes of strays, in their order; of one that somebody has adopted it is the take that there is. What is
    /// no stray, or none any more, is passed over.
    ///
    /// # Errors
    /// When the database cannot be written: then nothing was adopted.
    pub fn adopt(&mut self, adoption: &Adoption, now: Timestamp) -> Result<Vec<TakeId>, StoreError> {
        let takes = self.write(Durability::Paid, |tx, rev| {
            let (mut own, mut takes) = (own(tx)?, Vec::new());
            for foundling in &adoption.foundlings {
                takes.extend(take_in(tx, adoption, foundling, &own, now, rev)?);
                own.add_id(&foundling.inference_id);
            }
            trip(Point::AdoptRow)?;
            Ok(takes)
        })?;
        trip(Point::AdoptWritten)?;
        Ok(takes)
    }
}

fn take_in(
    tx: &Transaction<'_>,
    adoption: &Adoption,
    foundling: &Foundling,
    own: &Own,
    now: Timestamp,
    rev: Rev,
) -> Result<Option<TakeId>, StoreError> {
    let id = &foundling.inference_id;
    let stray = match find(tx, &adoption.service, id)? {
        Some((stray, None)) if !own.has(&stray) => stray,
        found => return Ok(found.and_then(|(_, take)| take)),
    };
    let draft = Draft { model: foundling.model.clone(), ..Draft::default() };
    let song = songs::titled(tx, ADOPTED, &to_json(&draft)?, &adoption.writer, now, None, rev)?;
    let take = insert(tx, adoption, foundling, &stray, (song, draft), now, rev)?;
    tx.execute(
        "UPDATE strays SET take = ?3, rev = ?4 WHERE service = ?1 AND inference_id = ?2",
        params![adoption.service.to_string(), id, take.0, rev],
    )?;
    songs::touch(tx, song, now, rev)?;
    Ok(Some(take))
}

/// Writes the row: what was sent is known to nobody here, so the request is empty and the draft names the model alone.
fn insert(
    tx: &Transaction<'_>,
    adoption: &Adoption,
    foundling: &Foundling,
    stray: &Stray,
    (song, draft): (SongId, Draft),
    now: Timestamp,
    rev: Rev,
) -> Result<TakeId, StoreError> {
    let folder = adoption.music.join(songs::folder_of(tx, song, rev)?);
    // A clock that is wrong somewhere orders nothing tomorrow.
    let ordered = stray.created.map(|at| at.min(now));
    let cost = stray.cost.completed();
    tx.prepare_cached(
        "INSERT INTO takes (song, take, service, model, status, why, request_tag, remote_id, draft, request, folder,
                            key_print, created, sent, meant, place, due, usual, late_after, usual_from, credits, usd,
                            adopted, rev)
         SELECT ?1, (SELECT coalesce(max(take), 0) + 1 FROM takes WHERE song = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, '{}',
                ?9, ?10, ?11, ?12, ?13, (SELECT coalesce(max(place), 0) + 1 FROM takes), ?13, ?14, ?15, ?16, ?17, ?18,
                1, ?19",
    )?
    .execute(params![
        song.0,
        adoption.service.to_string(),
        foundling.model,
        Status::Working.name(),
        Why::Found.name(),
        free_tag(tx, stray)?,
        stray.inference_id,
        to_json(&FrozenDraft { draft, made_with: Vec::new() })?,
        folder.to_string_lossy(),
        adoption.key_print,
        millis(ordered.unwrap_or(now)),
        ordered.map(millis),
        millis(now),
        foundling.usual.seconds,
        foundling.usual.late_after,
        foundling.usual.from.name(),
        cost.credits,
        cost.usd,
        rev
    ])?;
    Ok(TakeId(tx.last_insert_rowid()))
}

/// The tag under which it is filed: its own, unless a take has that.
fn free_tag(tx: &Transaction<'_>, stray: &Stray) -> Result<String, StoreError> {
    let mut statement = tx.prepare_cached("SELECT 1 FROM takes WHERE request_tag = ?1")?;
    for tag in stray.tags() {
        if statement.query_row([&tag], |_| Ok(())).optional()?.is_none() {
            return Ok(tag);
        }
    }
    Err(StoreError::Unreadable("every tag is taken".to_owned()))
}
