//! The life of a take, from the intent to the file.
//!
//! ```text
//!                 h / too old / no credits
//!            held <------------+            429 in the vendor's form, or never sent:
//!              | release       |            back to ordered, with a fresh tag
//!              v               |                +-----------+
//!   order --> ordered ---------+--- claim ---> sending -----+--> failed (refused, not charged)
//!              | withdraw                       |    |
//!              v                                |    +--> unknown (perhaps charged; never sent again)
//!           (removed)                           v              | found in the log of the account
//!                                            queued <----------+
//!                                               |
//!                                               v
//!                    asked too long <------- working ------> failed (not charged)
//!                    unwatched  -- r -->        |
//!                                               v
//!                                             ready --- fetched ---> saved
//! ```
//!
//! Where the answer to an order is the song itself, `sending` lasts until it has come, and leads to `ready`; what
//! came damaged ends as `failed` or `unknown`, from where `refrain salvage` may still lead to `saved`. A take that
//! was made before it went `unwatched` goes on as `ready`.
//!
//! An `unknown` take is not live, and nothing counts it as such; while it has a `due` it is looked for in the log of
//! the account, where its tag tells what became of it. Nothing there makes it an order again: only a person does.
//!
//! Only `ordered -> sending` is a step that can cost money, and one process alone can take it: the
//! claim changes exactly one row from `ordered` to `sending` before a byte leaves.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::draft::Draft;
use super::made_with::MadeWith;
use super::service::Service;
use super::song::SongId;
use super::usual::Usual;
pub use super::why::Why;

/// The number of a take in this store; what commands call its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TakeId(pub i64);

/// Where a take is in its life. The names are those of the database and of `--json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// An intent, free to withdraw.
    Ordered,
    /// Waits for a person.
    Held,
    /// Claimed by the worker: the request is leaving or has left.
    Sending,
    /// May have been charged: the answer was lost.
    Unknown,
    /// Accepted by the service.
    Queued,
    /// Being made.
    Working,
    /// Made; the file is being fetched.
    Ready,
    /// The file is on disk.
    Saved,
    /// Over, without a file.
    Failed,
    /// Asking stopped after the give-up age; a key asks again.
    Unwatched,
}

impl Status {
    /// Every status, in the order of a take's life.
    pub const ALL: [Self; 10] = [
        Self::Ordered,
        Self::Held,
        Self::Sending,
        Self::Unknown,
        Self::Queued,
        Self::Working,
        Self::Ready,
        Self::Saved,
        Self::Failed,
        Self::Unwatched,
    ];

    /// The name used in the database and in `--json`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Held => "held",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Queued => "queued",
            Self::Working => "working",
            Self::Ready => "ready",
            Self::Saved => "saved",
            Self::Failed => "failed",
            Self::Unwatched => "unwatched",
        }
    }

    /// The status of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether the worker has something to do for it, now or later.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Ordered | Self::Sending | Self::Queued | Self::Working | Self::Ready)
    }

    /// Whether the service has it and time is running.
    #[must_use]
    pub fn is_running(self) -> bool {
        matches!(self, Self::Sending | Self::Queued | Self::Working)
    }

    /// Whether it can still be taken back without asking the service.
    #[must_use]
    pub fn is_unsent(self) -> bool {
        matches!(self, Self::Ordered | Self::Held)
    }
}

/// Credits of one US dollar, from the vendor's price page.
pub const CREDITS_PER_USD: f64 = 2_000_000.0;

/// What a take cost, as far as the service said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    /// Credits; [`CREDITS_PER_USD`] of them are one US dollar.
    pub credits: Option<f64>,
    /// US dollars.
    pub usd: Option<f64>,
}

impl Cost {
    /// Whether it is more than nothing.
    #[must_use]
    pub fn is_some(self) -> bool {
        [self.credits, self.usd].into_iter().flatten().any(|part| part > 0.0)
    }

    /// The cost with the dollars filled in from the credits where only those are known.
    #[must_use]
    pub fn completed(self) -> Self {
        Self { credits: self.credits, usd: self.usd.or(self.credits.map(|credits| credits / CREDITS_PER_USD)) }
    }
}

/// A take: one order, from the row to the audio file, with a frozen copy of its request.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    pub id: TakeId,
    pub song: SongId,
    /// 1, 2, 3 ... within the song.
    pub number: u32,
    pub service: Service,
    /// Catalogue id of the model.
    pub model: String,
    pub status: Status,
    pub why: Option<Why>,
    /// One sentence for a person: what happened and what to do next. Clean text.
    pub message: Option<String>,
    /// The `X-Client-Request-Id` of the last request sent for it.
    pub request_tag: String,
    /// The service's id of the generation.
    pub remote_id: Option<String>,
    /// The service's id of the request that failed, for the vendor's support.
    pub service_request: Option<String>,
    /// The draft as it was when the take was ordered.
    pub draft: Draft,
    /// Its references, as they were called when it was ordered.
    pub made_with: Vec<MadeWith>,
    /// Exactly the JSON that is sent.
    pub request: serde_json::Value,
    /// Its order among the unsent ones: the lowest is sent first. Numbers are not always whole.
    pub place: f64,
    /// The take it came from.
    pub from: Option<TakeId>,
    /// The folder its file goes to.
    pub folder: PathBuf,
    /// Fingerprint of the key it was ordered with; kept for telling accounts apart, nothing reads it yet.
    pub key_print: Option<String>,
    pub created: Timestamp,
    /// When the request left.
    pub sent: Option<Timestamp>,
    /// When the service was first known to have made it.
    pub made: Option<Timestamp>,
    /// When it ended, well or not.
    pub finished: Option<Timestamp>,
    /// When the worker acts next on it.
    pub due: Option<Timestamp>,
    /// What a take of this model usually needs, as known when it was ordered.
    pub usual: Usual,
    /// US dollars that it was expected to cost when it was ordered, where that was known.
    pub price: Option<f64>,
    pub file: Option<PathBuf>,
    /// Length of the audio in milliseconds, measured on the file.
    pub duration_ms: Option<u64>,
    /// Bytes of the file fetched so far: the length of the temporary file.
    pub received: u64,
    /// Bytes the file will have, where the service said.
    pub expected: Option<u64>,
    pub cost: Cost,
    /// Whether a person has listened to it.
    pub heard: bool,
    /// 1 to 5, or 0 for none.
    pub rating: u8,
    /// The one take of the song that was chosen.
    pub pick: bool,
    pub note: String,
    /// Out of the queue, by a person's wish; the file stays.
    pub hidden: bool,
    /// When it was last looked for in the service's log, and how often without a trace.
    pub looked: Option<Timestamp>,
    pub looks: u32,
    /// Until when it is looked for there at least, once its answer was lost.
    pub sought: Option<Timestamp>,
    pub ordered: Ordered,
}

/// Where a take was ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Ordered {
    /// From this store.
    #[default]
    Here,
    /// Elsewhere by the same account; it was found in the service's log, and adopted.
    Elsewhere,
}

impl Take {
    /// Whether it has arrived and nobody has listened to it.
    #[must_use]
    pub fn is_new(&self) -> bool {
        self.status == Status::Saved && !self.heard
    }

    /// Whether it was ordered elsewhere, and found in the service's log.
    #[must_use]
    pub fn is_adopted(&self) -> bool {
        self.ordered == Ordered::Elsewhere
    }

    /// Whether a worker has something to do for it, now or later: be it only to look what became of it.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.status.is_live() || self.sought_until().is_some()
    }

    /// Until when it is looked for in the service's log; nothing where it is not.
    ///
    /// A look that is due after its time was asked for by a person, or by a worker that has just started: it is the
    /// last one.
    #[must_use]
    pub fn sought_until(&self) -> Option<Timestamp> {
        let due = self.due.filter(|_| self.status == Status::Unknown)?;
        Some(self.sought.map_or(due, |until| until.max(due)))
    }

    /// Whether it has the text, which is in small letters, in what a person sees of it.
    #[must_use]
    pub fn mentions(&self, text: &str) -> bool {
        let number = self.number.to_string();
        let seen = [&self.model, &self.note, &self.draft.style, &number].map(String::as_str);
        let mut seen = seen.into_iter().chain(self.made_with.iter().map(MadeWith::called));
        seen.any(|seen| seen.to_lowercase().contains(text)) || self.status.name().contains(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_statuses_and_reasons_read_back() {
        for status in Status::ALL {
            assert_eq!(Status::named(status.name()), Some(status));
        }
        for why in Why::ALL {
            assert_eq!(Why::named(why.name()), Some(why));
        }
        assert_eq!(Status::named("done"), None);
    }

    #[test]
    fn credits_become_dollars_where_the_service_gave_no_dollars() {
        let cost = Cost { credits: Some(63_000.0), usd: None }.completed();
        assert_eq!(cost.usd, Some(0.0315));
    }
}
