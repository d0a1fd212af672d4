//! Questions to the service: free, and asked as often as needed.

use jiff::Timestamp;
use reqwest::RequestBuilder;
use reqwest::header::IF_NONE_MATCH;

use super::answer::Answer;
use super::asked::{balance_of, generation_of, log_page_of, paces_of, prices_of, transactions_of};
use super::client::Client;
use super::error::{AskError, AskKind};
use super::wire::billing::Balance;
use super::wire::generation::Generation;
use super::wire::log::{LogPage, LogWindow, PAGE};
use super::wire::prices::Prices;
use super::wire::transactions::{self, TransactionPage};
use crate::domain::terms::Pace;

impl Client {
    /// How a generation stands.
    ///
    /// # Errors
    /// Any [`AskError`]; none of them is the end of the generation.
    pub async fn poll(&self, remote_id: &str) -> Result<Generation, AskError> {
        let answer = self.ask(self.get("/v2/generate/audio", &[("generation_id", remote_id)])).await;
        generation_of(answer, remote_id)
    }

    /// What is left on the account.
    ///
    /// # Errors
    /// Any [`AskError`].
    pub async fn balance(&self) -> Result<Balance, AskError> {
        match balance_of(self.ask(self.get("/v2/billing", &[])).await) {
            // The older call, for a service that does not have the newer one.
            Err(error) if error.kind == AskKind::NotFound => {
                balance_of(self.ask(self.get("/v1/billing/balance", &[])).await)
            }
            said => said,
        }
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
        prices_of(Answer::to(request, None, self.limits.most_json).await)
    }

    /// A page of the account's requests within a window, newest first; `page` counts from 0.
    ///
    /// # Errors
    /// Any [`AskError`].
    pub async fn logs(&self, window: LogWindow, page: u32) -> Result<LogPage, AskError> {
        let offset = (u64::from(page) * u64::from(PAGE)).to_string();
        let mut query = match window {
            LogWindow::Between { start, end } => vec![("start", start.to_string()), ("end", end.to_string())],
            LogWindow::Last { hours } => vec![("period", format!("{hours}h"))],
        };
        query.extend([("limit", PAGE.to_string()), ("offset", offset)]);
        let query: Vec<(&str, &str)> = query.iter().map(|(name, value)| (*name, value.as_str())).collect();
        log_page_of(self.ask(self.get("/v2/logs", &query)).await)
    }

    /// A page of the account's ledger between two moments, newest first; `cursor` is what the page before it ended with.
    ///
    /// # Errors
    /// Any [`AskError`].
    pub async fn transactions(
        &self,
        from: Timestamp,
        to: Timestamp,
        cursor: Option<&str>,
    ) -> Result<TransactionPage, AskError> {
        let (from, to, limit) = (from.to_string(), to.to_string(), transactions::PAGE.to_string());
        let mut query = vec![("from", &*from), ("to", &*to), ("limit", &*limit)];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        transactions_of(self.ask(self.get("/v2/billing/transactions", &query)).await)
    }

    /// How long the models took in the last minutes, by any of their names.
    ///
    /// # Errors
    /// Any [`AskError`].
    pub async fn metrics(&self, aliases: &[&str]) -> Result<Vec<Pace>, AskError> {
        let query: Vec<_> = aliases.iter().map(|alias| ("aliases", *alias)).collect();
        paces_of(Answer::to(self.get_openly("/models/metrics", &query), None, self.limits.most_json).await)
    }

    async fn ask(&self, request: RequestBuilder) -> Answer {
        Answer::to(request, self.key.as_ref(), self.limits.most_json).await
    }
}
