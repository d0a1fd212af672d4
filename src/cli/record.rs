//! A take as `--json` prints it.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::generation::{Cost, Status, Take};

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
        }
    }
}
