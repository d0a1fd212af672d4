//! What goes wrong, as data: a table of rules that a test or a person writes.
//!
//! ```toml
//! [account]
//! start_usd = 0.10            # the balance before the first charge; what does not cover an order is 403
//! at_once = 4                 # more running generations than this are refused with 429
//! key = "the-only-key"        # the one key that is taken; absent: any of eight characters
//!
//! [log]
//! lag_ms = 3000               # how late rows appear in /v2/logs
//! rows = "ended"              # "accepted": at once; "ended": when the generation is over; "never"
//! id = "bare"                 # "full": UUID:model; "bare": the UUID alone
//!
//! [files]
//! lives_ms = 60000            # how long the address of a file is good; asking again gives a fresh one
//! fetches = 1                 # how often a file may be fetched from one address
//! ranges = false              # whether the rest of a file can be asked for
//!
//! [requests]
//! unknown_keys = "ignore"     # keys that a model has not: "refuse" or "ignore"
//!
//! [references]
//! voices = ["vocal-1"]        # ids that are taken without an upload
//! instrumentals = ["instrumental-1"]
//! forgotten = ["vocal-2"]     # ids that are not taken any more
//! lives_ms = 60000            # how long uploads are known; 0: every one so far is forgotten
//!
//! [songs]
//! at_most = 2.0               # no song is longer, in seconds: for tests that only want some sound
//!
//! [[model]]                   # a model that is sold besides the sandbox's own
//! id = "me/music-9"
//! like = "minimax/music-2.0"  # what it sounds, costs and takes as long as; absent: the sandbox's choice
//! delivery = "queued"         # queued, held-open; absent: as the one it is like
//! rules = "none"              # "like": what the other model refuses is refused; "none": nothing is
//!
//! [[rule]]
//! endpoint = "submit"         # submit, poll, file, upload, generate, logs, billing, transactions, models, metrics
//! nth = 2                     # only the second request there since the scenario began
//! first = 3                   # or only the first three; absent: every one
//! delay_ms = 300              # before anything happens
//! hold_ms = 300               # between the effect and the first byte of the answer, its headers included
//! bytes_per_second = 400      # how slowly the body of the answer drips
//! answer = "drop"             # instead of the truth; the table below
//! when = "after"              # "after" the request had its effect (charged), or "before" (nothing happened);
//!                             # "midway": nothing happened, and half of what was sent has been read
//! cut_at = 5000               # after how many bytes a truncated or stalled answer ends; absent: half of it
//! takes_per_second = 100000   # upload, submit, generate: how slowly what is sent is read
//! word = "tuning_up"          # submit, poll: a status that nobody knows
//! ending = "error"            # submit, generate: how it ends: completed, error, error-text, error-other
//! at_once = true              # submit, generate: it is over before the answer is sent
//! unfinished = true           # generate: `data.status` is 1
//! audio = "url"               # generate: the song as "hex", as the "url" of a file, or as what is no hexadecimal:
//!                             # "odd-hex", "foreign-hex"
//! audio_length = 90000        # generate: the length that the answer states, in ms
//! audio_size = 5              # generate: the size that the answer states
//! song_bytes = 40000000       # generate: the song is repeated until its file has so many bytes
//! ```
//!
//! | `answer` | what comes | goes with |
//! |---|---|---|
//! | `drop` | nothing; the connection closes | |
//! | `silent` | nothing; the connection stays open | |
//! | `stalled` | half of the true answer; the connection stays open | `cut_at` |
//! | `truncated` | half of the true answer; the connection closes | `cut_at` |
//! | `misstated` | the true answer under a wrong length | `off`: by how many bytes |
//! | `vendor` | an error in the service's form | `status`, `message`, `retry_after` |
//! | `base-resp` | an HTTP 200 that says no: upload, generate | `code`, `message` |
//! | `html` | a page, as from a proxy | `status`, `retry_after` |
//! | `empty` | headers alone | `status`, `retry_after` |
//! | `garbage` | bytes without a meaning | `status`, `content_type` |
//! | `endless` | a body that never ends | `status`, `content_type` |
//! | `redirect` | elsewhere | `status`; `to`: same, other, loop, private |
//! | `nulls` | the true answer with null wherever the contract allows it | |
//! | `hostile` | the true answer with texts that would harm a terminal | `members`: which; absent: all but ids |
//!
//! Of several rules that fit a request the first is followed. An example of each, which a test runs, is in
//! `tests/sandbox/scenarios`.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::models::{Delivery, Models};
use super::newcomer::Newcomer;
use super::references::Sort;
use super::rule::{Endpoint, Rule};

/// What the pretend service will do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    pub account: Account,
    pub log: Log,
    pub requests: Requests,
    pub files: Files,
    pub references: Known,
    pub songs: Songs,
    /// Models that are sold besides the sandbox's own.
    pub model: Vec<Newcomer>,
    pub rule: Vec<Rule>,
}

/// The pretend money.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Account {
    /// US dollars before the first charge.
    pub start_usd: f64,
    /// How many generations may run; more are refused with 429.
    pub at_once: Option<usize>,
    /// The one key that is taken.
    pub key: Option<String>,
}

impl Default for Account {
    fn default() -> Self {
        Self { start_usd: 5.0, at_once: None, key: None }
    }
}

/// How files are served. Asking how a generation stands gives a fresh address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Files {
    /// Milliseconds for which an address is good.
    pub lives_ms: Option<u64>,
    /// How often a file may be fetched from one address.
    pub fetches: Option<u32>,
    /// Whether the rest of a file can be asked for.
    pub ranges: bool,
}

impl Files {
    /// Whether no address ever runs out.
    pub fn are_good_for_ever(&self) -> bool {
        self.lives_ms.is_none() && self.fetches.is_none()
    }
}

impl Default for Files {
    fn default() -> Self {
        Self { lives_ms: None, fetches: None, ranges: true }
    }
}

/// Ids that the service takes without an upload, as of recordings that were sent long ago, and those that it
/// does not take any more.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Known {
    pub voices: Vec<String>,
    pub instrumentals: Vec<String>,
    /// Ids that are not taken any more.
    pub forgotten: Vec<String>,
    /// Milliseconds after which every upload is forgotten.
    pub lives_ms: Option<u64>,
}

impl Known {
    /// Whether an id is taken without an upload.
    pub fn has(&self, sort: Sort, id: &str) -> bool {
        let listed = match sort {
            Sort::Voice => &self.voices,
            Sort::Instrumental => &self.instrumentals,
        };
        listed.iter().any(|known| known == id) && !self.forgotten.iter().any(|forgotten| forgotten == id)
    }

    /// Whether an upload of that time is not taken any more under that id.
    pub fn forgets(&self, id: &str, uploaded: Timestamp) -> bool {
        let age = Timestamp::now().duration_since(uploaded).as_millis();
        self.forgotten.iter().any(|forgotten| forgotten == id)
            || self.lives_ms.is_some_and(|lives| age >= i128::from(lives))
    }
}

/// What is spared in making music, for tests that only want some.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Songs {
    /// No song is longer, in seconds.
    pub at_most: Option<f32>,
}

/// How strictly requests are read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Requests {
    pub unknown_keys: UnknownKeys,
}

/// What is done with keys of a request that the model has not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UnknownKeys {
    #[default]
    Refuse,
    Ignore,
}

/// How `/v2/logs` behaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    /// Milliseconds until a row appears.
    pub lag_ms: u64,
    pub rows: LogRows,
    pub id: LogId,
}

impl Default for Log {
    fn default() -> Self {
        Self { lag_ms: 500, rows: LogRows::Accepted, id: LogId::Full }
    }
}

/// When an accepted generation gets its row. One that is refused gets it at once, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogRows {
    Accepted,
    Ended,
    Never,
}

/// What a row calls a generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogId {
    Full,
    Bare,
}

/// A scenario that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("the scenario is not as expected: {0}")]
    Form(#[from] toml::de::Error),
    #[error("rule {number} of the scenario: {what}")]
    Rule { number: usize, what: String },
    #[error("model {number} of the scenario: {what}")]
    Model { number: usize, what: String },
}

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    /// When a key is unknown or a rule says what its endpoint cannot do.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let scenario: Self = toml::from_str(text)?;
        for (place, rule) in scenario.rule.iter().enumerate() {
            if let Some(what) = rule.contradiction() {
                return Err(ScenarioError::Rule { number: place + 1, what });
            }
        }
        let table = Models::embedded()?;
        for (place, newcomer) in scenario.model.iter().enumerate() {
            if let Some(what) = newcomer.contradiction(&table) {
                return Err(ScenarioError::Model { number: place + 1, what });
            }
        }
        Ok(scenario)
    }

    /// This scenario, in which models of these names are sold too and take whatever is ordered of them.
    /// Those that the sandbox sells anyway stay as they are: a whole catalogue may be given.
    #[must_use]
    pub fn selling(mut self, names: impl IntoIterator<Item = (String, Delivery)>) -> Self {
        self.model.extend(names.into_iter().map(|(id, delivery)| Newcomer::unknown(id, delivery)));
        self
    }
}

/// A scenario being followed.
#[derive(Debug, Default)]
pub struct Script {
    scenario: Scenario,
    counts: HashMap<Endpoint, u32>,
}

impl Script {
    /// Begins a scenario; requests are counted anew.
    pub fn new(scenario: Scenario) -> Self {
        Self { scenario, counts: HashMap::new() }
    }

    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Counts a request, and finds what is to go wrong with it.
    pub fn next(&mut self, endpoint: Endpoint) -> Option<Rule> {
        let count = self.counts.entry(endpoint).or_default();
        *count += 1;
        self.scenario.rule.iter().find(|rule| rule.fits(endpoint, *count)).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::super::rule::Answer;
    use super::*;

    #[test]
    fn rules_are_counted_by_endpoint() {
        let text = "[[rule]]\nendpoint = \"submit\"\nnth = 2\nanswer = \"drop\"\n[[rule]]\nendpoint = \"poll\"\nfirst = 1\ndelay_ms = 5";
        let mut script = Script::new(Scenario::parse(text).unwrap());
        assert!(script.next(Endpoint::Submit).is_none());
        assert_eq!(script.next(Endpoint::Poll).unwrap().delay_ms, 5);
        assert!(script.next(Endpoint::Poll).is_none());
        assert_eq!(script.next(Endpoint::Submit).unwrap().answer, Some(Answer::Drop));
        assert!(script.next(Endpoint::Submit).is_none());
    }

    #[test]
    fn what_cannot_be_followed_is_refused_with_its_place() {
        for (text, expected) in [
            ("[[rule]]\nendpoint = \"submit\"\nanser = \"drop\"", "unknown field `anser`"),
            ("[[rule]]\nendpoint = \"oops\"", "unknown variant `oops`"),
            (
                "[[rule]]\nendpoint = \"poll\"\n[[rule]]\nendpoint = \"file\"\nword = \"x\"",
                "rule 2 of the scenario: `word`",
            ),
            ("[[rule]]\nendpoint = \"poll\"\nstatus = 500", "`status` needs `answer`"),
            ("[log]\nrows = \"sometimes\"", "unknown variant `sometimes`"),
        ] {
            let message = Scenario::parse(text).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
    }
}
