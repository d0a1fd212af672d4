//! What a step changes in the row of a take.

use std::path::PathBuf;

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Transaction, params_from_iter};

use super::Rev;
use super::values::millis;
use crate::domain::generation::{Cost, Status, TakeId, Why};

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
    /// When it was last looked for in the service's log.
    looked(Timestamp) = "looked", |at| Value::from(millis(at));
    /// Until when it is looked for.
    sought(Option<Timestamp>) = "sought", time;
    /// How often it was looked for without a trace.
    looks(u32) = "looks", Value::from;
    /// Fetches whose bytes could not be read as a song.
    unread(u32) = "unread", Value::from;
    /// Fetches from the one address there is, which was no longer good.
    expired(u32) = "expired", Value::from;
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

    /// Changes a row if it is in one of the statuses `from`; says whether it was.
    pub(super) fn write(self, tx: &Transaction<'_>, take: TakeId, from: &[Status], rev: Rev) -> rusqlite::Result<bool> {
        let from = from.iter().map(|status| format!("'{}'", status.name())).collect::<Vec<_>>().join(", ");
        let columns = self.columns.iter().map(|(column, _)| *column).chain(["rev"]);
        let sets = columns.map(|column| format!("{column} = ?")).collect::<Vec<_>>().join(", ");
        let sql = format!("UPDATE takes SET {sets} WHERE id = ? AND status IN ({from})");
        let values = self.columns.into_iter().map(|(_, value)| value);
        let values = values.chain([Value::from(rev), Value::from(take.0)]);
        Ok(tx.prepare_cached(&sql)?.execute(params_from_iter(values))? == 1)
    }

    pub(super) fn set(mut self, column: &'static str, value: Value) -> Self {
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
