//! What the answers to questions mean, each as a pure function of what came back.

use reqwest::header::ETAG;
use serde_json::Value;

use super::answer::{Answer, Head};
use super::error::AskError;
use super::wire::billing::Balance;
use super::wire::generation::Generation;
use super::wire::log::LogPage;
use super::wire::prices::{self, Prices};
use super::wire::transactions::TransactionPage;
use super::wire::{lenient, metrics};
use crate::domain::terms::Pace;

/// Not modified: what was known is still true.
const NOT_MODIFIED: u16 = 304;

/// How the generation stands that was asked for under that id.
///
/// # Errors
/// Any [`AskError`]; none of them is the end of the generation.
pub fn generation_of(answer: Answer, asked: &str) -> Result<Generation, AskError> {
    read(answer, |head, body| Generation::of(head, body, Some(asked)))
}

/// What is left on the account.
///
/// # Errors
/// Any [`AskError`].
pub fn balance_of(answer: Answer) -> Result<Balance, AskError> {
    read(answer, |_, body| Balance::of(body))
}

/// Every model with its price, or that nothing changed.
///
/// # Errors
/// Any [`AskError`].
pub fn prices_of(answer: Answer) -> Result<Prices, AskError> {
    match answer {
        Answer::Whole { head, .. } if head.status() == NOT_MODIFIED => Ok(Prices::NotModified),
        answer => read(answer, |head, body| {
            Some(Prices::Fresh { etag: head.text(ETAG.as_str()), models: prices::models(body)? })
        }),
    }
}

/// A page of the account's requests.
///
/// # Errors
/// Any [`AskError`].
pub fn log_page_of(answer: Answer) -> Result<LogPage, AskError> {
    read(answer, |_, body| LogPage::of(body))
}

/// A page of the account's ledger.
///
/// # Errors
/// Any [`AskError`].
pub fn transactions_of(answer: Answer) -> Result<TransactionPage, AskError> {
    read(answer, |_, body| TransactionPage::of(body))
}

/// How long the models took in the last minutes.
///
/// # Errors
/// Any [`AskError`].
pub fn paces_of(answer: Answer) -> Result<Vec<Pace>, AskError> {
    read(answer, |_, body| metrics::paces(body))
}

/// What `meaning` finds in the JSON of a whole 2xx answer.
fn read<T>(answer: Answer, meaning: impl FnOnce(&Head, &Value) -> Option<T>) -> Result<T, AskError> {
    let (head, body) = match answer {
        Answer::Whole { head, body } if head.is_success() => (head, body),
        answer => return Err(AskError::of(answer)),
    };
    let meant = lenient::json(&body).and_then(|body| meaning(&head, &body));
    meant.ok_or_else(|| AskError::unreadable(&head))
}
