//! A take as `--json` prints it: the same record in every command.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::reference;
use crate::domain::catalogue::ModelSpec;
use crate::domain::draft::Draft;
use crate::domain::generation::{Cost, Status, Take};
use crate::domain::made_with;

/// The status of a take that is no more; no row has it.
pub const WITHDRAWN: &str = "withdrawn";

/// The object that every command prints for a take.
#[derive(Debug, Serialize)]
pub struct Record<'a> {
    pub id: i64,
    pub song: &'a str,
    pub take: u32,
    pub model: &'a str,
    pub service: String,
    pub status: &'static str,
    pub remote_id: Option<&'a str>,
    pub request_tag: &'a str,
    pub created: Timestamp,
    pub finished: Option<Timestamp>,
    pub file: Option<&'a Path>,
    pub cost: Cost,
    pub error: Option<Trouble<'a>>,
    /// Whether it was ordered elsewhere and found in the service's log; said only where it was.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub adopted: bool,
    /// What a person made of it; not in the answer to an order, where there is nothing yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marks: Option<Marks<'a>>,
    /// What it was ordered with, where one take alone is shown.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub ordered: Option<Ordered<'a>>,
    /// Whether an order by name found the take or made it: `existing` or `new`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub once: Option<&'static str>,
}

/// What a person made of a take.
#[derive(Debug, Serialize)]
pub struct Marks<'a> {
    pub heard: bool,
    /// 1 to 5, or 0 for none.
    pub rating: u8,
    /// The one chosen take of its song.
    pub pick: bool,
    pub note: &'a str,
    /// Out of the queue; its file stays.
    pub hidden: bool,
}

/// What a take was ordered with, as it stood at that moment.
#[derive(Debug, Serialize)]
pub struct Ordered<'a> {
    /// The texts as they stood in the draft; the model may have been sent less of them.
    pub style: &'a str,
    pub lyrics: &'a str,
    /// What the service was sent besides, by the names and in the words of `--set`.
    pub settings: BTreeMap<String, String>,
    /// The references by their names of then, whatever they are called now: `field`, `value`, `id`, `name`, `purpose`,
    /// `duration`, `file` and `part`; but for the first two, nothing where the library did not know the value.
    pub references: Vec<Value>,
}

/// What stands in the way of a take.
#[derive(Debug, Serialize)]
pub struct Trouble<'a> {
    /// The reason as a word, for scripts.
    pub kind: Option<&'static str>,
    /// The reason as a sentence, for people.
    pub message: Option<&'a str>,
    /// The service's id of the request, for the vendor's support.
    pub service_request: Option<&'a str>,
}

impl<'a> Record<'a> {
    /// The record of a take of the song with that title.
    pub fn of(take: &'a Take, song: &'a str) -> Self {
        let troubled = take.why.is_some() || take.message.is_some();
        Self {
            id: take.id.0,
            song,
            take: take.number,
            model: &take.model,
            service: take.service.to_string(),
            status: take.status.name(),
            remote_id: take.remote_id.as_deref(),
            request_tag: &take.request_tag,
            created: take.created,
            finished: take.finished,
            // A name is planned before the file has it; only what is there is told.
            file: take.file.as_deref().filter(|_| take.status == Status::Saved),
            cost: take.cost,
            error: troubled.then(|| Trouble {
                kind: take.why.map(crate::domain::generation::Why::name),
                message: take.message.as_deref(),
                service_request: take.service_request.as_deref(),
            }),
            adopted: take.is_adopted(),
            marks: None,
            ordered: None,
            once: None,
        }
    }

    /// The same, with what a person made of the take.
    pub fn marked(take: &'a Take, song: &'a str) -> Self {
        let Take { heard, rating, pick, hidden, .. } = *take;
        Self { marks: Some(Marks { heard, rating, pick, note: &take.note, hidden }), ..Self::of(take, song) }
    }

    /// The same, with what the take was ordered with; the model's fields give the settings their names.
    pub fn whole(take: &'a Take, song: &'a str, spec: Option<&ModelSpec>) -> Self {
        let Draft { style, lyrics, .. } = &take.draft;
        let settings = made_with::settings(take, spec).into_iter().collect();
        let references = take.made_with.iter().map(reference::as_ordered).collect();
        Self { ordered: Some(Ordered { style, lyrics, settings, references }), ..Self::marked(take, song) }
    }

    /// The last record of a take whose order was taken back.
    pub fn withdrawn(take: &'a Take, song: &'a str) -> Self {
        Self { status: WITHDRAWN, ..Self::marked(take, song) }
    }
}
