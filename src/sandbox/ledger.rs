//! The money and the work of the pretend service, on disk.
//!
//! `ledger.jsonl` has one line for each accepted generation. That line is both the charge and the
//! generation, so the two cannot disagree, and accepting is one write. What a generation is doing now
//! follows from the clock alone: nothing runs that a restart could lose.

use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::lines::Lines;
use super::manner::Manner;
use super::models::Delivery;

/// An accepted generation: a line of `ledger.jsonl`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Generation {
    /// The id that submit returns and that polling takes.
    pub inference_id: String,
    /// The client's own id for the request.
    pub client_request_id: Option<String>,
    /// The model's full id.
    pub model: String,
    /// The model of the table that a newcomer is made as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    #[serde(default)]
    pub delivery: Delivery,
    /// The longest that its song may be, in seconds, where the scenario says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f32>,
    /// What was charged.
    pub usd: f64,
    pub credits: u64,
    /// When it was accepted and charged.
    pub when: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    pub ending: Ending,
    /// The request, encoded recordings shortened to their hash.
    pub request: Value,
    /// How the song is to sound, where the request refers to something that was heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manner: Option<Manner>,
}

/// How a generation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// With audio.
    Completed,
    /// With an error in the documented form: `{name, message}`.
    Error,
    /// With an error that is a text.
    ErrorText,
    /// With an error that is an object of another form.
    ErrorOther,
}

/// Where a generation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Queued,
    Waiting,
    Generating,
    Completed,
    Broken,
}

impl Stage {
    /// The service's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Waiting => "waiting",
            Self::Generating => "generating",
            Self::Completed => "completed",
            Self::Broken => "error",
        }
    }
}

impl Generation {
    /// Where it is at that time: a tenth of its time in the queue, a tenth waiting for a machine.
    pub fn stage(&self, now: Timestamp) -> Stage {
        if now >= self.ends {
            return if self.ending == Ending::Completed { Stage::Completed } else { Stage::Broken };
        }
        let whole = self.ends.duration_since(self.when).as_secs_f64();
        match now.duration_since(self.when).as_secs_f64() / whole {
            part if part < 0.1 => Stage::Queued,
            part if part < 0.2 => Stage::Waiting,
            _ => Stage::Generating,
        }
    }
}

/// A request to generate that was answered with an error: a line of `refusals.jsonl`. Nothing is charged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refused {
    pub inference_id: String,
    pub client_request_id: Option<String>,
    pub model: String,
    pub when: Timestamp,
}

/// Both books.
#[derive(Debug)]
pub struct Ledger {
    generations: Lines<Generation>,
    refusals: Lines<Refused>,
}

impl Ledger {
    /// Opens the books in a folder, or begins them.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn open(folder: &Path) -> io::Result<Self> {
        Ok(Self {
            generations: Lines::open(&folder.join("ledger.jsonl"))?,
            refusals: Lines::open(&folder.join("refusals.jsonl"))?,
        })
    }

    /// Accepts and charges.
    ///
    /// # Errors
    /// When the line cannot be written; then nothing was accepted.
    pub fn accept(&mut self, generation: Generation) -> io::Result<&Generation> {
        self.generations.push(generation)
    }

    /// Notes a refusal.
    ///
    /// # Errors
    /// When the line cannot be written.
    pub fn refuse(&mut self, refused: Refused) -> io::Result<()> {
        self.refusals.push(refused).map(|_| ())
    }

    /// Every accepted generation, the oldest first.
    pub fn generations(&self) -> &[Generation] {
        self.generations.all()
    }

    /// Every refused request, the oldest first.
    pub fn refusals(&self) -> &[Refused] {
        self.refusals.all()
    }

    /// The generation of that id, with or without what stands behind its colon.
    pub fn find(&self, id: &str) -> Option<&Generation> {
        let bare = |id: &str| id.split(':').next().map(str::to_owned);
        self.generations().iter().find(|generation| {
            generation.inference_id == id
                || (!id.contains(':') && bare(&generation.inference_id).as_deref() == Some(id))
        })
    }

    /// Credits spent: what has ended in an error is given back.
    pub fn spent_credits(&self, now: Timestamp) -> u64 {
        let kept = self.generations().iter().filter(|generation| generation.stage(now) != Stage::Broken);
        kept.map(|generation| generation.credits).sum()
    }

    /// Generations that are not over.
    pub fn running(&self, now: Timestamp) -> usize {
        self.generations().iter().filter(|generation| now < generation.ends).count()
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn lasting_ten_seconds(ending: Ending) -> Generation {
        Generation {
            inference_id: "00000000-0000-4000-8000-000000000000:x".to_owned(),
            client_request_id: None,
            model: "x".to_owned(),
            like: None,
            delivery: Delivery::Queued,
            at_most: None,
            usd: 0.5,
            credits: 1_000_000,
            when: Timestamp::UNIX_EPOCH,
            ends: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(10),
            ending,
            request: Value::Null,
            manner: None,
        }
    }

    #[test]
    fn the_clock_alone_says_where_a_generation_is() {
        let at = |ending, millis| lasting_ten_seconds(ending).stage(Timestamp::from_millisecond(millis).unwrap());
        for (millis, stage) in [
            (0, Stage::Queued),
            (999, Stage::Queued),
            (1_000, Stage::Waiting),
            (2_000, Stage::Generating),
            (9_999, Stage::Generating),
            (10_000, Stage::Completed),
        ] {
            assert_eq!(at(Ending::Completed, millis), stage, "{millis}");
        }
        assert_eq!(at(Ending::ErrorText, 9_999), Stage::Generating);
        assert_eq!(at(Ending::ErrorText, 10_000), Stage::Broken);
    }

    #[test]
    fn money_is_spent_at_once_and_given_back_when_a_generation_breaks() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::open(folder.path()).unwrap();
        ledger.accept(lasting_ten_seconds(Ending::Completed)).unwrap();
        ledger.accept(lasting_ten_seconds(Ending::Error)).unwrap();
        let spent = |ledger: &Ledger, second| ledger.spent_credits(Timestamp::from_second(second).unwrap());
        assert_eq!((spent(&ledger, 9), spent(&ledger, 10)), (2_000_000, 1_000_000));
        drop(ledger);
        let again = Ledger::open(folder.path()).unwrap();
        assert_eq!((spent(&again, 10), again.running(Timestamp::from_second(9).unwrap())), (1_000_000, 2));
    }
}
