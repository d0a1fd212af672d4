//! The takes: how a row is written, read and moved from one status to the next.
//!
//! A status changes only through [`Store::advance`], which names the statuses it may leave; so a late
//! or repeated step changes nothing. Ordering is in [`super::ordering`].

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};

pub use super::change::Change;
use super::sought::{SOUGHT, WORTH_A_LOOK};
use super::values::{from_json, millis, moment};
use super::{Durability, Store, StoreError, trip};
use crate::domain::draft::Draft;
use crate::domain::generation::{Cost, Ordered, Status, Take, TakeId, Why};
use crate::domain::lateness::heard_until;
use crate::domain::made_with::MadeWith;
use crate::domain::reference::ReferenceId;
use crate::domain::service::Service;
use crate::domain::song::SongId;
use crate::domain::usual::{Usual, UsualFrom};
use crate::failpoint::Point;

pub(super) const COLUMNS: &str = "id, song, take, service, model, status, why, message, request_tag, remote_id,
    service_request, draft, request, place, origin, folder, key_print, created, sent, made, finished, due, usual,
    late_after, usual_from, price, file,
    duration_ms, received, expected, credits, usd, heard, rating, pick, note, hidden, looked, looks, sought, adopted";

/// The statuses for which [`Status::is_live`] holds.
const LIVE: &str = "status IN ('ordered', 'sending', 'queued', 'working', 'ready')";

/// The draft of a take as its row holds it: with what its references were called when it was ordered. Rows of older
/// screens have no such word.
#[derive(Serialize, Deserialize)]
pub(super) struct FrozenDraft {
    #[serde(flatten)]
    pub draft: Draft,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made_with: Vec<MadeWith>,
}

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Take> {
    let path = |name: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(name)?.map(PathBuf::from));
    let when = |name: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(name)?.map(moment));
    let status: String = row.get("status")?;
    let FrozenDraft { draft, made_with } = from_json(&row.get::<_, String>("draft")?)?;
    Ok(Take {
        id: TakeId(row.get("id")?),
        song: SongId(row.get("song")?),
        number: row.get("take")?,
        service: Service::from(row.get::<_, String>("service")?),
        model: row.get("model")?,
        status: from_json(&format!("\"{status}\""))?,
        why: row.get::<_, Option<String>>("why")?.and_then(|why| Why::named(&why)),
        message: row.get("message")?,
        request_tag: row.get("request_tag")?,
        remote_id: row.get("remote_id")?,
        service_request: row.get("service_request")?,
        draft,
        made_with,
        request: from_json(&row.get::<_, String>("request")?)?,
        place: row.get("place")?,
        from: row.get::<_, Option<i64>>("origin")?.map(TakeId),
        folder: PathBuf::from(row.get::<_, String>("folder")?),
        key_print: row.get("key_print")?,
        created: moment(row.get("created")?),
        sent: when("sent")?,
        made: when("made")?,
        finished: when("finished")?,
        due: when("due")?,
        usual: usual(row)?,
        price: row.get("price")?,
        file: path("file")?,
        duration_ms: row.get("duration_ms")?,
        received: row.get("received")?,
        expected: row.get("expected")?,
        cost: Cost { credits: row.get("credits")?, usd: row.get("usd")? },
        heard: row.get("heard")?,
        rating: row.get("rating")?,
        pick: row.get("pick")?,
        note: row.get("note")?,
        hidden: row.get("hidden")?,
        looked: when("looked")?,
        looks: row.get("looks")?,
        sought: when("sought")?,
        ordered: if row.get("adopted")? { Ordered::Elsewhere } else { Ordered::Here },
    })
}

/// The take of that number, if it is there.
pub(super) fn find(connection: &Connection, id: TakeId) -> Result<Option<Take>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM takes WHERE id = ?1"))?;
    Ok(statement.query_row([id.0], from_row).optional()?)
}

/// What was usual when it was ordered; of takes of the first version only the catalogue's pace is known.
fn usual(row: &Row<'_>) -> rusqlite::Result<Usual> {
    let of_catalogue = Usual::of_catalogue(row.get("usual")?);
    let from = row.get::<_, Option<String>>("usual_from")?.and_then(|from| UsualFrom::named(&from));
    Ok(Usual {
        late_after: row.get::<_, Option<u32>>("late_after")?.unwrap_or(of_catalogue.late_after),
        from: from.unwrap_or(of_catalogue.from),
        ..of_catalogue
    })
}

/// A take with what only the worker needs to know of it.
#[derive(Clone, PartialEq)]
pub struct Job {
    pub take: Take,
    /// The song's title now.
    pub song_title: String,
    /// When a person last said that it should be bought.
    pub meant: Timestamp,
    /// Requests that the service answered with "too many".
    pub sends: u32,
    /// Questions in a row that went unanswered.
    pub failures: u32,
    /// Where the audio is: signed, so never shown or logged.
    pub audio_url: Option<String>,
    /// Fetches whose bytes could not be read as a song.
    pub unread: u32,
    /// Fetches from the one address there is, which was no longer good.
    pub expired: u32,
}

/// What [`job_from_row`] reads.
pub(super) fn jobs() -> String {
    let columns = COLUMNS.split(',').map(|name| format!("takes.{}", name.trim())).collect::<Vec<_>>().join(", ");
    format!(
        "SELECT {columns}, title, meant, sends, failures, audio_url, unread, expired
         FROM takes JOIN songs ON songs.id = takes.song"
    )
}

pub(super) fn job_from_row(row: &Row<'_>) -> rusqlite::Result<Job> {
    Ok(Job {
        take: from_row(row)?,
        song_title: row.get("title")?,
        meant: moment(row.get("meant")?),
        sends: row.get("sends")?,
        failures: row.get("failures")?,
        audio_url: row.get("audio_url")?,
        unread: row.get("unread")?,
        expired: row.get("expired")?,
    })
}

/// The takes that are not over, the newest first.
pub(super) fn live(connection: &Connection) -> rusqlite::Result<Vec<Take>> {
    let sql = format!("SELECT {COLUMNS} FROM takes WHERE {LIVE} ORDER BY id DESC");
    connection.prepare_cached(&sql)?.query_map([], from_row)?.collect()
}

impl Store {
    /// Claims an order for sending: whoever gets `true` may send it, once.
    ///
    /// The row is on the disk as `sending`, with the tag of the request, before this returns. It is due when whoever
    /// sends it should have said once more that it does.
    ///
    /// # Errors
    /// When the database cannot be written; then nothing may be sent.
    pub fn claim(&mut self, take: TakeId, tag: &str, now: Timestamp) -> Result<bool, StoreError> {
        let change = Change::to(Status::Sending).request_tag(tag.to_owned()).sent(Some(now)).failures(0);
        // Ids and a refusal's number belong to a request that was sent before.
        let change = change.service_request(None).set("remote_id", Value::Null).due(Some(heard_until(now)));
        self.advance_past([Point::TakeClaim, Point::TakeClaimed], take, &[Status::Ordered], change)
    }

    /// Changes a row if it is in one of the statuses `from`; says whether it was.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn advance(
        &mut self,
        take: TakeId,
        from: &[Status],
        change: Change,
        durability: Durability,
    ) -> Result<bool, StoreError> {
        self.write(durability, |tx, rev| Ok(change.write(tx, take, from, rev)?))
    }

    /// As [`Store::advance`], on the disk itself, for a step that a test breaks at two points: where it is not
    /// committed yet, and where it is.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn advance_past(
        &mut self,
        [uncommitted, committed]: [Point; 2],
        take: TakeId,
        from: &[Status],
        change: Change,
    ) -> Result<bool, StoreError> {
        let changed = self.write(Durability::Paid, |tx, rev| {
            let changed = change.write(tx, take, from, rev)?;
            trip(uncommitted)?;
            Ok(changed)
        })?;
        trip(committed)?;
        Ok(changed)
    }

    /// One take.
    ///
    /// # Errors
    /// When there is no such take.
    pub fn take(&self, id: TakeId) -> Result<Take, StoreError> {
        find(&self.connection, id)?.ok_or(StoreError::Missing { kind: "take", id: id.0 })
    }

    /// The take whose last request had that tag.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn take_tagged(&self, tag: &str) -> Result<Option<Take>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM takes WHERE request_tag = ?1");
        Ok(self.connection.prepare_cached(&sql)?.query_row([tag], from_row).optional()?)
    }

    /// A take with what only the worker needs to know of it.
    ///
    /// # Errors
    /// When there is no such take.
    pub fn job(&self, id: TakeId) -> Result<Job, StoreError> {
        let sql = format!("{} WHERE takes.id = ?1", jobs());
        let job = self.connection.prepare_cached(&sql)?.query_row([id.0], job_from_row).optional()?;
        job.ok_or(StoreError::Missing { kind: "take", id: id.0 })
    }

    /// Every take, the newest first; of one song if named.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn takes(&self, song: Option<SongId>) -> Result<Vec<Take>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM takes WHERE ?1 IS NULL OR song = ?1 ORDER BY id DESC");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([song.map(|song| song.0)], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Every take that was made with a reference, by whatever id it had then; the newest first. They are as many
    /// as the reference counts.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn takes_made_with(&self, reference: ReferenceId) -> Result<Vec<Take>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM takes WHERE id IN
                 (SELECT take FROM uses JOIN meanings USING (value) WHERE meanings.reference = ?1)
             ORDER BY id DESC"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([reference.0], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The takes of a service that were sent, or else ordered, since a moment.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn takes_sent_since(&self, service: &Service, since: Timestamp) -> Result<Vec<Take>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM takes WHERE service = ?1 AND coalesce(sent, created) >= ?2");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map((service.to_string(), millis(since)), from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What the worker of a service has to do, in the order in which it should be sent.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn live_jobs(&self, service: &Service) -> Result<Vec<Job>, StoreError> {
        let sql = format!("{} WHERE service = ?1 AND {LIVE} ORDER BY place, takes.id", jobs());
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([service.to_string()], job_from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The takes that are not over, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn live_takes(&self) -> Result<Vec<Take>, StoreError> {
        Ok(live(&self.connection)?)
    }

    /// The services that have something to do, be it to look what became of an answer that was lost.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn live_services(&self) -> Result<Vec<Service>, StoreError> {
        let sql = format!(
            "SELECT service FROM takes WHERE {LIVE} OR ({SOUGHT}) OR ({WORTH_A_LOOK})
             UNION SELECT service FROM library WHERE upload IN ('waiting', 'sending')"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0).map(Service::from))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
