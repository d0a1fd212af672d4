//! The service over HTTP: requests out, values of the domain back.
//!
//! The one place that knows reqwest, TLS and the shapes on the wire. What matters here is money:
//!
//! - [`Client::submit`] and [`Client::hold_open`] are the only calls that can cost something. They send once,
//!   on a connection of its own, and [`outcome_of`] and [`outcome_of_song`] decide what the answer means. That
//!   decision is a pure table.
//! - Everything else asks, as often as it likes. An [`AskError`] is never the end of a take.
//! - [`Client::upload`] costs nothing as far as is known, so it may be repeated.
//! - [`Client::download`] talks to hosts that the service names. They never see the key.
//!
//! ```text
//!   client ── submit ──► answer ──► outcome      a paid request (`body`) and what became of it
//!      │ ─ hold_open ──► keep, then song         an answer that is the song, kept while it comes
//!      │ ──── asks ────► asked, wire             status, balance, prices, the log, the ledger
//!      │ ──── upload ──► answer ──► uploaded     a recording and the ids it got
//!      └──── transfer ─► sink                    the finished file, from another host
//! ```

mod address;
mod answer;
mod answered;
mod asked;
mod asks;
mod body;
mod client;
#[cfg(feature = "failpoints")]
mod connector;
mod echo;
mod error;
mod failure;
mod held_open;
mod key;
mod outcome;
mod submit;
mod tls;
mod transfer;
mod upload;
mod uploaded;
mod wire;

pub use address::{ServiceUrl, SignedUrl};
pub use answer::{Answer, Break, Head};
pub use answered::{Answered, Came, Song, outcome_of_song};
pub use asked::{balance_of, generation_of, log_page_of, paces_of, prices_of, transactions_of};
pub use body::{Body, Flaw, Unsound};
pub use client::{Client, ClientError, Limits};
pub use error::{AskError, AskKind};
pub use failure::{NotSent, NotSentKind};
pub use held_open::{Held, Keep};
pub use key::{ApiKey, KeyError};
pub use outcome::{Accepted, Outcome, Refusal, RefusalKind, Unknown, outcome_of};
pub use transfer::{Coming, FetchError, FetchKind, Fetched, Progress, Resume};
pub use upload::{Recording, RecordingKind};
pub use uploaded::{Rebuff, Uploaded, uploaded_of};
pub use wire::billing::Balance;
pub use wire::generation::{AudioFile, Generation, RemoteState, cost_of_headers as cost_of};
pub use wire::log::{LogPage, LogRow, LogStatus, LogWindow};
pub use wire::prices::Prices;
pub use wire::song::{About, Audio, Letters, SongAnswer, Unheard};
pub use wire::transactions::{Movement, Transaction, TransactionPage};
pub use wire::upload::Ids;
