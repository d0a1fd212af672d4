//! What goes wrong, as data: a table of rules that a test or a person writes.
//!
//! ```toml
//! [account]
//! start_usd = 0.10            # the balance before the first charge
//! at_once = 4                 # more running generations than this are refused with 429
//!
//! [log]
//! lag_ms = 3000               # how late rows appear in /v2/logs
//! rows = "ended"              # "accepted": at once; "ended": when the generation is over; "never"
//! id = "bare"                 # "full": UUID:model; "bare": the UUID alone
//!
//! [[rule]]
//! endpoint = "submit"         # submit, poll, file, logs, billing, transactions, models, metrics
//! nth = 2                     # only the second request there since the scenario began; absent: every one
//! answer = "drop"             # drop, vendor, html, empty, truncated, nulls
//! when = "after"              # "after" the request had its effect (charged), or "before" (nothing happened)
//! ```
//!
//! Of several rules that fit a request the first is followed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::ledger::Ending;

/// What the pretend service will do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scenario {
    pub account: Account,
    pub log: Log,
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
}

impl Default for Account {
    fn default() -> Self {
        Self { start_usd: 5.0, at_once: None }
    }
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

/// When an accepted generation gets its row.
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

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub endpoint: Endpoint,
    /// Only this request, counted from 1.
    pub nth: Option<u32>,
    /// Only so many requests from the first.
    pub first: Option<u32>,
    /// Milliseconds before anything happens.
    #[serde(default)]
    pub delay_ms: u64,
    /// What is answered instead of the truth.
    pub answer: Option<Answer>,
    /// Whether the request has its effect first.
    #[serde(default)]
    pub when: When,
    /// Status of a `vendor`, `html` or `empty` answer.
    pub status: Option<u16>,
    /// Message of a `vendor` answer.
    pub message: Option<String>,
    /// Seconds for a `Retry-After` header.
    pub retry_after: Option<u32>,
    /// `poll`: a status word instead of the true one.
    pub word: Option<String>,
    /// `submit`: how the accepted generation ends.
    pub ending: Option<Ending>,
    /// `submit`: the generation is over before the answer is sent.
    #[serde(default)]
    pub at_once: bool,
    /// `file`: how quickly the bytes come.
    pub bytes_per_second: Option<u32>,
}

/// Where requests go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Endpoint {
    Submit,
    Poll,
    File,
    Logs,
    Billing,
    Transactions,
    Models,
    Metrics,
}

/// What is answered instead of the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// The connection closes without an answer.
    Drop,
    /// An error in the vendor's JSON form.
    Vendor,
    /// A page, as from a proxy in front of the service.
    Html,
    /// Nothing but the headers.
    Empty,
    /// The true answer, of which half comes before the connection closes.
    Truncated,
    /// The true answer with null wherever the contract allows it.
    Nulls,
}

/// Whether a request has its effect before its answer goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    #[default]
    Before,
    After,
}

/// A scenario that cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    #[error("the scenario is not as expected: {0}")]
    Form(#[from] toml::de::Error),
    #[error("rule {number} of the scenario: {what}")]
    Rule { number: usize, what: &'static str },
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
        Ok(scenario)
    }
}

impl Rule {
    fn contradiction(&self) -> Option<&'static str> {
        let has_status = matches!(self.answer, Some(Answer::Vendor | Answer::Html | Answer::Empty));
        let status = self.status.unwrap_or(200);
        let checks = [
            (self.word.is_some() && self.endpoint != Endpoint::Poll, "`word` is for endpoint `poll` alone"),
            (self.ending.is_some() && self.endpoint != Endpoint::Submit, "`ending` is for endpoint `submit` alone"),
            (self.at_once && self.endpoint != Endpoint::Submit, "`at_once` is for endpoint `submit` alone"),
            (self.bytes_per_second == Some(0), "`bytes_per_second` must be at least 1"),
            (
                self.bytes_per_second.is_some() && self.endpoint != Endpoint::File,
                "`bytes_per_second` is for endpoint `file` alone",
            ),
            (self.status.is_some() && !has_status, "`status` needs `answer` = `vendor`, `html` or `empty`"),
            (self.message.is_some() && self.answer != Some(Answer::Vendor), "`message` needs `answer` = `vendor`"),
            (self.retry_after.is_some() && !has_status, "`retry_after` needs `answer` = `vendor`, `html` or `empty`"),
            (self.when == When::After && self.answer.is_none(), "`when` needs `answer`"),
            (self.nth == Some(0), "`nth` counts from 1"),
            (self.nth.is_some() && self.first.is_some(), "give `nth` or `first`, not both"),
            (!(200..=599).contains(&status), "`status` must be from 200 to 599"),
        ];
        checks.into_iter().find(|(wrong, _)| *wrong).map(|(_, what)| what)
    }

    fn fits(&self, endpoint: Endpoint, count: u32) -> bool {
        self.endpoint == endpoint
            && self.nth.is_none_or(|nth| nth == count)
            && self.first.is_none_or(|first| count <= first)
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
