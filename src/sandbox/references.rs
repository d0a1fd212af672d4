//! The recordings that were sent to be referred to: voices, and what they sing to.

use std::io;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::lines::Lines;
use super::listen::Heard;

/// An uploaded recording: a line of `references.jsonl`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reference {
    /// The id of its voice, if it has one.
    pub voice_id: Option<String>,
    /// The id of its accompaniment, if it has one.
    pub instrumental_id: Option<String>,
    pub client_request_id: Option<String>,
    pub when: Timestamp,
    /// What the sandbox heard of it.
    pub heard: Heard,
}

/// What an id stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Voice,
    Instrumental,
}

impl Sort {
    pub fn word(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Instrumental => "instrumental",
        }
    }
}

/// What an uploaded recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Sung, with accompaniment: it gives both.
    Song,
    Voice,
    Instrumental,
}

impl Purpose {
    pub const WORDS: [(&'static str, Self); 3] =
        [("song", Self::Song), ("voice", Self::Voice), ("instrumental", Self::Instrumental)];
}

impl Reference {
    /// A new one, with ids as the service gives them: a word, the moment, and eight letters.
    pub fn new(purpose: Purpose, heard: Heard, client_request_id: Option<String>) -> Self {
        let when = Timestamp::now();
        let moment = when.to_zoned(TimeZone::UTC).strftime("%Y%m%d%H%M%S%2f").to_string();
        let id = |word: &str| format!("{word}-{moment}-{}", &Uuid::new_v4().simple().to_string()[..8]);
        Self {
            voice_id: (purpose != Purpose::Instrumental).then(|| id("vocal")),
            instrumental_id: (purpose != Purpose::Voice).then(|| id("instrumental")),
            client_request_id,
            when,
            heard,
        }
    }

    /// Its id of that sort, if it has one.
    pub fn id(&self, sort: Sort) -> Option<&str> {
        match sort {
            Sort::Voice => self.voice_id.as_deref(),
            Sort::Instrumental => self.instrumental_id.as_deref(),
        }
    }
}

/// The book of uploads.
#[derive(Debug)]
pub struct References(Lines<Reference>);

impl References {
    /// Opens the book in a folder, or begins it.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn open(folder: &Path) -> io::Result<Self> {
        Lines::open(&folder.join("references.jsonl")).map(Self)
    }

    /// Keeps an upload.
    ///
    /// # Errors
    /// When the line cannot be written; then nothing was kept.
    pub fn keep(&mut self, reference: Reference) -> io::Result<&Reference> {
        self.0.push(reference)
    }

    pub fn all(&self) -> &[Reference] {
        self.0.all()
    }

    /// The upload that gave an id of that sort.
    pub fn find(&self, sort: Sort, id: &str) -> Option<&Reference> {
        self.all().iter().find(|reference| reference.id(sort) == Some(id))
    }
}
