//! The takes: how a row is written, read and moved from one status to the next.
//!
//! A status changes only through [`Store::advance`], which names the statuses it may leave; so a late
//! or repeated step changes nothing. Ordering is in [`super::ordering`].

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params_from_iter};

use super::values::{from_json, millis, moment};
use super::{Durability, Rev, Store, StoreError, trip};
use crate::domain::generation::{Cost, Status, Take, TakeId, Why};
use crate::domain::reference::ReferenceId;
use crate::domain::service::Service;
use crate::domain::song::SongId;
use crate::domain::usual::{Usual, UsualFrom};
use crate::failpoint::Point;

pub(super) const COLUMNS: &str = "id, song, take, service, model, status, why, message, request_tag, remote_id,
    service_request, draft, request, place, origin, folder, key_print, created, sent, made, finished, due, usual,
    late_after, usual_from, price, file,
    duration_ms, received, expected, credits, usd, heard, rating, pick, note, hidden";

/// The statuses for which [`Status::is_live`] holds.
const LIVE: &str = "status IN ('ordered', 'sending', 'queued', 'working', 'ready')";

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Take> {
    let path = |name: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(name)?.map(PathBuf::from));
    let when = |name: &str| Ok::<_, rusqlite::Error>(row.get::<_, Option<i64>>(name)?.map(moment));
    let status: String = row.get("status")?;
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
        draft: from_json(&row.get::<_, String>("draft")?)?,
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
}

fn job_from_row(row: &Row<'_>) -> rusqlite::Result<Job> {
    Ok(Job {
        take: from_row(row)?,
        song_title: row.get("title")?,
        meant: moment(row.get("meant")?),
        sends: row.get("sends")?,
        failures: row.get("failures")?,
        audio_url: row.get("audio_url")?,
    })
}

/// What a step changes in a row, column by column.
#[derive(Clone, Debug, Default)]
pub struct Change {
    columns: Vec<(&'static str, Value)>,
}

/// Names a column and how a value goes into it.
macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident($kind:ty) = $column:literal, $value:expr;)*) => {
        impl Change {
            $($(#[$doc])* #[must_use] pub fn $name(self, value: $kind) -> Self {
                let into: fn($kind) -> Value = $value;
                self.set($column, into(value))
            })*
        }
    };
}

columns! {
    /// The status after the step.
    status(Status) = "status", |status| Value::from(status.name().to_owned());
    /// Why it is in that status.
    why(Option<Why>) = "why", |why| text(why.map(|why| why.name().to_owned()));
    /// One sentence for a person.
    message(Option<String>) = "message", text;
    /// The tag of the next request.
    request_tag(String) = "request_tag", Value::from;
    /// The service's id of the generation.
    remote_id(String) = "remote_id", Value::from;
    /// The service's id of the request.
    service_request(Option<String>) = "service_request", text;
    /// When the worker acts next.
    due(Option<Timestamp>) = "due", time;
    /// When the request left.
    sent(Option<Timestamp>) = "sent", time;
    /// When the service was first known to have made it.
    made(Timestamp) = "made", |at| Value::from(millis(at));
    /// When it ended.
    finished(Option<Timestamp>) = "finished", time;
    /// When a person said that it should be bought.
    meant(Timestamp) = "meant", |at| Value::from(millis(at));
    /// Requests answered with "too many".
    sends(u32) = "sends", Value::from;
    /// Unanswered questions in a row.
    failures(u32) = "failures", Value::from;
    /// Where the audio is.
    audio_url(Option<String>) = "audio_url", text;
    /// The file's final path.
    file(Option<PathBuf>) = "file", |file| text(file.map(|file| file.to_string_lossy().into_owned()));
    /// Length of the audio.
    duration_ms(Option<u64>) = "duration_ms", |ms| ms.map_or(Value::Null, |ms| Value::from(ms as i64));
    /// Bytes fetched so far.
    received(u64) = "received", |bytes| Value::from(bytes as i64);
    /// Bytes to fetch.
    expected(Option<u64>) = "expected", |bytes| bytes.map_or(Value::Null, |bytes| Value::from(bytes as i64));
    /// Whether it was listened to.
    heard(bool) = "heard", Value::from;
    /// 0 to 5.
    rating(u8) = "rating", |rating| Value::from(i64::from(rating));
    /// A person's note.
    note(String) = "note", Value::from;
    /// Out of the queue.
    hidden(bool) = "hidden", Value::from;
}

impl Change {
    /// A step to a status, for no particular reason; over is what is said to be over behind it.
    #[must_use]
    pub fn to(status: Status) -> Self {
        Self::default().status(status).why(None).message(None).finished(None)
    }

    /// As if it had never been sent: the next request has a tag of its own, and what the service called the last
    /// one is not what it will call that.
    #[must_use]
    pub fn unsent(self, tag: String) -> Self {
        self.request_tag(tag).sent(None).set("remote_id", Value::Null)
    }

    /// What it cost, as far as this answer said: an unknown part leaves what is known.
    #[must_use]
    pub fn cost(mut self, cost: Cost) -> Self {
        for (column, value) in [("credits", cost.credits), ("usd", cost.completed().usd)] {
            if let Some(value) = value {
                self = self.set(column, Value::from(value));
            }
        }
        self
    }

    fn set(mut self, column: &'static str, value: Value) -> Self {
        self.columns.retain(|(name, _)| *name != column);
        self.columns.push((column, value));
        self
    }
}

fn text(text: Option<String>) -> Value {
    text.map_or(Value::Null, Value::from)
}

fn time(moment: Option<Timestamp>) -> Value {
    moment.map_or(Value::Null, |moment| Value::from(millis(moment)))
}

/// Changes a row if it is in one of the statuses `from`; says whether it was.
fn step(tx: &Transaction<'_>, rev: Rev, take: TakeId, from: &[Status], change: Change) -> Result<bool, StoreError> {
    let from = from.iter().map(|status| format!("'{}'", status.name())).collect::<Vec<_>>().join(", ");
    let columns = change.columns.iter().map(|(column, _)| *column).chain(["rev"]);
    let sets = columns.map(|column| format!("{column} = ?")).collect::<Vec<_>>().join(", ");
    let sql = format!("UPDATE takes SET {sets} WHERE id = ? AND status IN ({from})");
    let values = change.columns.into_iter().map(|(_, value)| value);
    let values = values.chain([Value::from(rev), Value::from(take.0)]);
    Ok(tx.prepare_cached(&sql)?.execute(params_from_iter(values))? == 1)
}

/// The takes that are not over, the newest first.
pub(super) fn live(connection: &Connection) -> rusqlite::Result<Vec<Take>> {
    let sql = format!("SELECT {COLUMNS} FROM takes WHERE {LIVE} ORDER BY id DESC");
    connection.prepare_cached(&sql)?.query_map([], from_row)?.collect()
}

impl Store {
    /// Claims an order for sending: whoever gets `true` may send it, once.
    ///
    /// The row is on the disk as `sending`, with the tag of the request, before this returns.
    ///
    /// # Errors
    /// When the database cannot be written; then nothing may be sent.
    pub fn claim(&mut self, take: TakeId, tag: &str, now: Timestamp) -> Result<bool, StoreError> {
        let change = Change::to(Status::Sending).request_tag(tag.to_owned()).sent(Some(now)).due(None);
        // Ids and a refusal's number belong to a request that was sent before.
        let change = change.service_request(None).set("remote_id", Value::Null);
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
        self.write(durability, |tx, rev| step(tx, rev, take, from, change))
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
            let changed = step(tx, rev, take, from, change)?;
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
        let columns = COLUMNS.split(',').map(|name| format!("takes.{}", name.trim())).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT {columns}, title, meant, sends, failures, audio_url FROM takes JOIN songs ON songs.id = takes.song
             WHERE takes.id = ?1"
        );
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
        let columns = COLUMNS.split(',').map(|name| format!("takes.{}", name.trim())).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT {columns}, title, meant, sends, failures, audio_url FROM takes JOIN songs ON songs.id = takes.song
             WHERE service = ?1 AND {LIVE}
             ORDER BY place, takes.id"
        );
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

    /// The services that have something to do.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn live_services(&self) -> Result<Vec<Service>, StoreError> {
        let sql = format!(
            "SELECT service FROM takes WHERE {LIVE}
             UNION SELECT service FROM library WHERE upload IN ('waiting', 'sending')"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([], |row| row.get::<_, String>(0).map(Service::from))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}
