//! Questions to the service: free, and asked as often as needed.

use reqwest::RequestBuilder;
use reqwest::header::{ETAG, IF_NONE_MATCH};
use serde_json::Value;

use super::answer::{Answer, Head};
use super::client::Client;
use super::error::{AskError, AskKind};
use super::wire::billing::Balance;
use super::wire::generation::Generation;
use super::wire::lenient;
use super::wire::log::{LogPage, LogWindow, PAGE};
use super::wire::metrics;
use super::wire::prices::{self, Prices};
use crate::domain::terms::Pace;

/// Not modified: what was known is still true.
const NOT_MODIFIED: u16 = 304;

impl Client {
    /// How a generation stands.
    ///
    /// # Errors
    /// Any [`AskError`]; none of them is the end of the generation.
    pub async fn poll(&self, remote_id: &str) -> Result<Generation, AskError> {
        let (head, body) = self.ask(self.get("/v2/generate/audio", &[("generation_id", remote_id)])).await?;
        Generation::of(&head, &body, Some(remote_id)).ok_or_else(|| AskError::unreadable(&head))
    }

    /// What is left on the account.
    ///
    /// # Errors
    /// Any [`AskError`].
    pub async fn balance(&self) -> Result<Balance, AskError> {
        let asked = match self.ask(self.get("/v2/billing", &[])).await {
            // The older call, for a service that does not have the newer one.
            Err(error) if error.kind == AskKind::NotFound => self.ask(self.get("/v1/billing/balance", &[])).await,
            asked => asked,
        };
        let (head, body) = asked?;
        Balance::of(&body).ok_or_else(|| AskError::unreadable(&head))
    }

    /// Every model with its price, or nothing new since `etag`.
    ///
    /// # Errors
    /// Any [`AskError`].
    pub async fn prices(&self, etag: Option<&str>) -> Result<Prices, AskError> {
        let mut request = self.get_openly("/v1/models", &[("include", "pricing")]);
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        let (head, body) = match Answer::to(request, None, self.limits.most_json).await {
            Answer::Whole { head, .. } if head.status() == NOT_MODIFIED => return Ok(Prices::NotModified),
            answer => json_of(answer)?,
        };
        let etag = head.text(ETAG.as_str());
        let models = prices::models(&body).ok_or_else(|| AskError::unreadable(&head))?;
        Ok(Prices::Fresh { etag, models })
    }

    /// A page of the account's requests within a window, newest first; `page` counts from 0.
    ///
    /// # Errors
    /// Any [`AskError`].
    pub async fn logs(&self, window: LogWindow, page: u32) -> Result<LogPage, AskError> {
        let (start, end) = (window.start.to_string(), window.end.to_string());
        let offset = (u64::from(page) * u64::from(PAGE)).to_string();
        let limit = PAGE.to_string();
        let query = [("start", &*start), ("end", &*end), ("limit", &*limit), ("offset", &*offset)];
        let (head, body) = self.ask(self.get("/v2/logs", &query)).await?;
        LogPage::of(&body).ok_or_else(|| AskError::unreadable(&head))
    }

    /// How long the models took in the last minutes, by any of their names.
    ///
    /// # Errors
    /// Any [`AskError`].
    pub async fn metrics(&self, aliases: &[&str]) -> Result<Vec<Pace>, AskError> {
        let query: Vec<_> = aliases.iter().map(|alias| ("aliases", *alias)).collect();
        let request = self.get_openly("/models/metrics", &query);
        let (head, body) = json_of(Answer::to(request, None, self.limits.most_json).await)?;
        metrics::paces(&body).ok_or_else(|| AskError::unreadable(&head))
    }

    async fn ask(&self, request: RequestBuilder) -> Result<(Head, Value), AskError> {
        json_of(Answer::to(request, self.key.as_ref(), self.limits.most_json).await)
    }
}

/// The JSON of a whole 2xx answer.
fn json_of(answer: Answer) -> Result<(Head, Value), AskError> {
    match answer {
        Answer::Whole { head, body } if head.is_success() => match lenient::json(&body) {
            Some(value) => Ok((head, value)),
            None => Err(AskError::unreadable(&head)),
        },
        answer => Err(AskError::of(answer)),
    }
}
