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
    /// Milliseconds between the effect and the first byte of the answer.
    #[serde(default)]
    pub hold_ms: u64,
    /// What is answered instead of the truth.
    pub answer: Option<Answer>,
    /// Whether the request has its effect first.
    #[serde(default)]
    pub when: When,
    /// Status of an answer that is not the true one.
    pub status: Option<u16>,
    /// Message of a `vendor` or `base-resp` answer.
    pub message: Option<String>,
    /// Code of a `base-resp` answer.
    pub code: Option<i64>,
    /// Seconds for a `Retry-After` header.
    pub retry_after: Option<u32>,
    /// What a `garbage` or `endless` answer says that it is.
    pub content_type: Option<String>,
    /// Where a `redirect` leads.
    pub to: Option<To>,
    /// The names whose values a `hostile` answer replaces.
    pub members: Option<Vec<String>>,
    /// By how many bytes the length of a `misstated` answer is wrong.
    pub off: Option<i64>,
    /// A status word instead of the true one.
    pub word: Option<String>,
    /// How the accepted generation ends.
    pub ending: Option<Ending>,
    /// The generation is over before the answer is sent.
    #[serde(default)]
    pub at_once: bool,
    /// `data.status` is 1: still at work.
    #[serde(default)]
    pub unfinished: bool,
    /// How a held-open answer holds its song.
    pub audio: Option<Audio>,
    /// What the answer says that the song's length is, in milliseconds.
    pub audio_length: Option<u64>,
    /// What the answer says that the song's size is, in bytes.
    pub audio_size: Option<u64>,
    /// The song again and again, until it has so many bytes.
    pub song_bytes: Option<u64>,
    /// After how many bytes a `truncated` or `stalled` answer ends.
    pub cut_at: Option<u64>,
    /// How quickly the bytes of the request are taken in.
    pub takes_per_second: Option<u32>,
    /// How quickly the bytes of the answer come.
    pub bytes_per_second: Option<u32>,
}

/// What a key of a rule goes with.
struct Key {
    name: &'static str,
    given: fn(&Rule) -> bool,
    /// The endpoints that it is for; none is all.
    endpoints: &'static [Endpoint],
    /// The answers that it is for; none is any, also the true one.
    answers: &'static [Answer],
}

impl Key {
    const fn at(name: &'static str, given: fn(&Rule) -> bool, endpoints: &'static [Endpoint]) -> Self {
        Self { name, given, endpoints, answers: &[] }
    }

    const fn with(name: &'static str, given: fn(&Rule) -> bool, answers: &'static [Answer]) -> Self {
        Self { name, given, endpoints: &[], answers }
    }
}

/// The endpoints that take money.
const PAID: &[Endpoint] = &[Endpoint::Submit, Endpoint::Generate];

/// The endpoints that are sent something.
const SENT: &[Endpoint] = &[Endpoint::Upload, Endpoint::Submit, Endpoint::Generate];

/// Every key that does not go with everything.
const KEYS: [Key; 19] = [
    Key::at("word", |rule| rule.word.is_some(), &[Endpoint::Submit, Endpoint::Poll]),
    Key::at("ending", |rule| rule.ending.is_some(), PAID),
    Key::at("at_once", |rule| rule.at_once, PAID),
    Key::at("unfinished", |rule| rule.unfinished, &[Endpoint::Generate]),
    Key::at("audio", |rule| rule.audio.is_some(), &[Endpoint::Generate]),
    Key::at("audio_length", |rule| rule.audio_length.is_some(), &[Endpoint::Generate]),
    Key::at("audio_size", |rule| rule.audio_size.is_some(), &[Endpoint::Generate]),
    Key::at("song_bytes", |rule| rule.song_bytes.is_some(), &[Endpoint::Generate]),
    Key::at("takes_per_second", |rule| rule.takes_per_second.is_some(), SENT),
    Key::with("cut_at", |rule| rule.cut_at.is_some(), &[Answer::Truncated, Answer::Stalled]),
    Key::with("message", |rule| rule.message.is_some(), &[Answer::Vendor, Answer::BaseResp]),
    Key::with("code", |rule| rule.code.is_some(), &[Answer::BaseResp]),
    Key::with("retry_after", |rule| rule.retry_after.is_some(), &[Answer::Vendor, Answer::Html, Answer::Empty]),
    Key::with("content_type", |rule| rule.content_type.is_some(), &[Answer::Garbage, Answer::Endless]),
    Key::with("to", |rule| rule.to.is_some(), &[Answer::Redirect]),
    Key::with("members", |rule| rule.members.is_some(), &[Answer::Hostile]),
    Key::with("off", |rule| rule.off.is_some(), &[Answer::Misstated]),
    Key::with(
        "status",
        |rule| rule.status.is_some(),
        &[Answer::Vendor, Answer::Html, Answer::Empty, Answer::Garbage, Answer::Endless, Answer::Redirect],
    ),
    Key {
        name: "answer = \"base-resp\"",
        given: |rule| rule.answer == Some(Answer::BaseResp),
        endpoints: &[Endpoint::Upload, Endpoint::Generate],
        answers: &[],
    },
];

/// Whether a rule breaks a limit.
type Wrong = fn(&Rule) -> bool;

/// Sizes that make no sense, and what they break.
const SIZES: [(Wrong, &str); 8] = [
    (|rule| rule.bytes_per_second == Some(0), "`bytes_per_second` must be at least 1"),
    (|rule| rule.takes_per_second == Some(0), "`takes_per_second` must be at least 1"),
    (
        |rule| rule.when == When::Midway && !SENT.contains(&rule.endpoint),
        "`when` = `midway` is for endpoint `upload` or `submit` or `generate` alone",
    ),
    (|rule| rule.nth == Some(0), "`nth` counts from 1"),
    (|rule| rule.nth.is_some() && rule.first.is_some(), "give `nth` or `first`, not both"),
    (|rule| rule.status.is_some_and(|status| !(200..=599).contains(&status)), "`status` must be from 200 to 599"),
    (|rule| rule.when != When::Before && rule.answer.is_none(), "`when` needs `answer`"),
    (|rule| rule.off == Some(0), "`off` must not be 0"),
];

impl Rule {
    /// What makes no sense about it, if anything.
    pub fn contradiction(&self) -> Option<String> {
        let misplaced = KEYS.iter().filter(|key| (key.given)(self)).find_map(|key| self.misplaced(key));
        misplaced.or_else(|| SIZES.iter().find(|(wrong, _)| wrong(self)).map(|(_, what)| (*what).to_owned()))
    }

    /// What a key that is given should go with and does not.
    fn misplaced(&self, key: &Key) -> Option<String> {
        let said = |names: Vec<String>| names.join(" or ");
        if !key.endpoints.is_empty() && !key.endpoints.contains(&self.endpoint) {
            let names = said(key.endpoints.iter().map(|endpoint| format!("`{}`", endpoint.word())).collect());
            return Some(format!("`{}` is for endpoint {names} alone", key.name));
        }
        let goes = |answer| key.answers.contains(&answer);
        if !key.answers.is_empty() && !self.answer.is_some_and(goes) {
            let names = said(key.answers.iter().map(|answer| format!("`{}`", answer.word())).collect());
            return Some(format!("`{}` needs `answer` = {names}", key.name));
        }
        None
    }

    /// Whether it is about this request, the `count`th to its endpoint.
    pub fn fits(&self, endpoint: Endpoint, count: u32) -> bool {
        self.endpoint == endpoint
            && self.nth.is_none_or(|nth| nth == count)
            && self.first.is_none_or(|first| count <= first)
    }
}

/// A table of words: what a value is called in a scenario.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $value,)+ }

        impl $name {
            /// Every value.
            #[cfg(test)]
            pub const ALL: &'static [Self] = &[$(Self::$value,)+];

            /// What it is called in a scenario.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$value => $word,)+ }
            }
        }
    };
}

words! {
    /// Where requests go.
    Endpoint {
        Submit = "submit",
        Poll = "poll",
        File = "file",
        Upload = "upload",
        /// A song while the connection stays open.
        Generate = "generate",
        Logs = "logs",
        Billing = "billing",
        Transactions = "transactions",
        Models = "models",
        Metrics = "metrics",
    }
}

words! {
    /// What is answered instead of the truth.
    Answer {
        /// The connection closes without an answer.
        Drop = "drop",
        /// The connection stays open, and nothing ever comes.
        Silent = "silent",
        /// The true answer, of which half comes before nothing more does; the connection stays open.
        Stalled = "stalled",
        /// The true answer, of which half comes before the connection closes.
        Truncated = "truncated",
        /// The true answer under a length that is not its own.
        Misstated = "misstated",
        /// An error in the vendor's JSON form.
        Vendor = "vendor",
        /// An HTTP 200 whose `base_resp` says no.
        BaseResp = "base-resp",
        /// A page, as from a proxy in front of the service.
        Html = "html",
        /// Nothing but the headers.
        Empty = "empty",
        /// Bytes without a meaning.
        Garbage = "garbage",
        /// A body that never ends.
        Endless = "endless",
        /// Elsewhere.
        Redirect = "redirect",
        /// The true answer with null wherever the contract allows it.
        Nulls = "nulls",
        /// The true answer with texts that would harm a terminal.
        Hostile = "hostile",
    }
}

words! {
    /// Where a redirect leads.
    To {
        /// The same address under the same name; there the truth is told.
        Same = "same",
        /// The same address under another name of this machine; there the truth is told.
        Other = "other",
        /// The same address, where the rule holds again.
        Loop = "loop",
        /// Into a private network, where nobody may be sent.
        Private = "private",
    }
}

words! {
    /// How a held-open answer holds its song.
    Audio {
        Hex = "hex",
        /// The address of the file.
        Url = "url",
        /// One digit too few.
        Odd = "odd-hex",
        /// A letter among the digits that is none.
        Foreign = "foreign-hex",
    }
}

/// Whether a request has its effect before its answer goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    #[default]
    Before,
    /// Nothing happens, and half of what the request sends is taken in.
    Midway,
    After,
}
