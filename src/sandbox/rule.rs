//! One thing that goes wrong: where, when, and how.

use serde::{Deserialize, Serialize};

use super::ledger::Ending;

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

impl Rule {
    /// What makes no sense about it, if anything.
    pub fn contradiction(&self) -> Option<&'static str> {
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

    /// Whether it is about this request, the `count`th to its endpoint.
    pub fn fits(&self, endpoint: Endpoint, count: u32) -> bool {
        self.endpoint == endpoint
            && self.nth.is_none_or(|nth| nth == count)
            && self.first.is_none_or(|first| count <= first)
    }
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
