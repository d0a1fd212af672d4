//! What happened to each take, step by step.
//!
//! The steps are written by triggers, in the transaction that changes the row: nothing that changes a take,
//! be it another version of refrain, can forget to. They stay when an order is taken back. Where the audio
//! is never stands in them, as that address is signed.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::values::{millis, moment};
use super::{Store, StoreError};
use crate::domain::generation::{Status, TakeId, Why};
use crate::domain::service::Service;
use crate::domain::step::Step;

/// What version 2 adds; of the takes that are there already, the steps are made from the times they bear.
pub(super) const TABLES: &str = "
CREATE TABLE steps (
  id          INTEGER PRIMARY KEY,
  take        INTEGER NOT NULL,        -- the row may be gone
  song        INTEGER NOT NULL,
  number      INTEGER NOT NULL,
  service     TEXT NOT NULL,
  model       TEXT NOT NULL,
  at          INTEGER NOT NULL,
  was         TEXT,                    -- the status before; none where it was ordered
  status      TEXT,                    -- none where it was taken back
  why         TEXT,
  message     TEXT,
  request_tag TEXT NOT NULL,
  remote_id   TEXT,
  file        TEXT
) STRICT;
CREATE INDEX steps_of_take ON steps (take, id);
CREATE INDEX steps_at ON steps (at);

INSERT INTO steps (take, song, number, service, model, at, was, status, why, message, request_tag, remote_id, file)
SELECT id, song, take, service, model, at, was, status, why, message, request_tag, remote_id, file FROM (
  SELECT 1 AS part, created AS at, NULL AS was, 'ordered' AS status, NULL AS why, NULL AS message, NULL AS remote_id,
         NULL AS file, id, song, take, service, model, request_tag
  FROM takes
  UNION ALL
  SELECT 2, sent, 'ordered', 'sending', NULL, NULL, NULL, NULL, id, song, take, service, model, request_tag
  FROM takes WHERE sent IS NOT NULL
  UNION ALL
  SELECT 3, coalesce(finished, sent, created), iif(sent IS NULL, 'ordered', 'sending'), status, why, message, remote_id,
         file, id, song, take, service, model, request_tag
  FROM takes WHERE status NOT IN ('ordered', 'sending')
) ORDER BY at, id, part;

CREATE TRIGGER step_ordered AFTER INSERT ON takes BEGIN
  INSERT INTO steps (take, song, number, service, model, at, was, status, why, message, request_tag, remote_id, file)
  VALUES (NEW.id, NEW.song, NEW.take, NEW.service, NEW.model, CAST(unixepoch('subsec') * 1000 AS INTEGER), NULL, NEW.status,
          NEW.why, NEW.message, NEW.request_tag, NEW.remote_id, NEW.file);
END;
CREATE TRIGGER step_taken AFTER UPDATE OF status, why, message, request_tag, remote_id, file ON takes
WHEN NEW.status IS NOT OLD.status OR NEW.why IS NOT OLD.why OR NEW.message IS NOT OLD.message
  OR NEW.request_tag IS NOT OLD.request_tag OR NEW.remote_id IS NOT OLD.remote_id OR NEW.file IS NOT OLD.file
BEGIN
  INSERT INTO steps (take, song, number, service, model, at, was, status, why, message, request_tag, remote_id, file)
  VALUES (NEW.id, NEW.song, NEW.take, NEW.service, NEW.model, CAST(unixepoch('subsec') * 1000 AS INTEGER), OLD.status, NEW.status,
          NEW.why, NEW.message, NEW.request_tag, NEW.remote_id, NEW.file);
END;
CREATE TRIGGER step_back AFTER DELETE ON takes BEGIN
  INSERT INTO steps (take, song, number, service, model, at, was, status, request_tag)
  VALUES (OLD.id, OLD.song, OLD.take, OLD.service, OLD.model, CAST(unixepoch('subsec') * 1000 AS INTEGER), OLD.status, NULL,
          OLD.request_tag);
END;
";

const STEPS: &str = "SELECT steps.*, coalesce(title, '') AS title FROM steps LEFT JOIN songs ON songs.id = steps.song";

/// Which steps are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Of this take alone.
    pub take: Option<TakeId>,
    /// Not before this moment.
    pub since: Option<Timestamp>,
}

impl Store {
    /// What happened, in the order in which it did.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn steps(&self, wanted: Wanted) -> Result<Vec<Step>, StoreError> {
        let sql = format!("{STEPS} WHERE (?1 IS NULL OR take = ?1) AND (?2 IS NULL OR at >= ?2) ORDER BY steps.id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let values = params![wanted.take.map(|take| take.0), wanted.since.map(millis)];
        let rows = statement.query_map(values, from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// The steps after that one.
pub(super) fn after(connection: &Connection, step: i64) -> Result<Vec<Step>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{STEPS} WHERE steps.id > ?1 ORDER BY steps.id"))?;
    let rows = statement.query_map([step], from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The number of the last step; 0 where there is none.
pub(super) fn last(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT coalesce(max(id), 0) FROM steps", [], |row| row.get(0))
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Step> {
    let status = |name: &str| row.get::<_, Option<String>>(name).map(|it| it.and_then(|name| Status::named(&name)));
    Ok(Step {
        id: row.get("id")?,
        take: TakeId(row.get("take")?),
        song: row.get("title")?,
        number: row.get("number")?,
        service: Service::from(row.get::<_, String>("service")?),
        model: row.get("model")?,
        at: moment(row.get("at")?),
        was: status("was")?,
        status: status("status")?,
        why: row.get::<_, Option<String>>("why")?.and_then(|name| Why::named(&name)),
        message: row.get("message")?,
        request_tag: row.get("request_tag")?,
        remote_id: row.get("remote_id")?,
        file: row.get("file")?,
    })
}
