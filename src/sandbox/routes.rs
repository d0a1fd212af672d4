//! Which address leads where.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::http::{header, request::Parts};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};

use super::answer::{Refusal, stamp};
use super::faults::inject;
use super::rule::Endpoint;
use super::spoiled::spoil;
use super::upload::LARGEST_BODY;
use super::world::World;
use super::{account, audio, control, files, held_open, logs, shelf, upload};

/// The state of the service's routes: the world, and where its files are served.
#[derive(Clone, Debug)]
pub struct Service {
    pub world: Arc<World>,
    /// The file server's address.
    pub files: String,
}

/// The service.
pub fn service(service: &Service) -> Router {
    let faulty = |endpoint, route: MethodRouter<Service>| {
        route.layer(from_fn_with_state((Arc::clone(&service.world), endpoint), inject))
    };
    let submit = faulty(Endpoint::Submit, post(audio::submit));
    let poll = faulty(Endpoint::Poll, get(audio::poll));
    let upload = faulty(Endpoint::Upload, post(upload::take).layer(DefaultBodyLimit::max(LARGEST_BODY)));
    let billing = |handler| faulty(Endpoint::Billing, handler);
    Router::new()
        .route("/v2/generate/audio", submit.merge(poll))
        .route("/v2/generate/audio/minimax/upload", upload)
        .route("/v2/generate/audio/minimax/generate", faulty(Endpoint::Generate, post(held_open::generate)))
        .route("/v2/logs", faulty(Endpoint::Logs, get(logs::list)))
        .route("/v2/billing", billing(get(account::balance)))
        .route("/v1/billing/balance", billing(get(account::older_balance)))
        .route("/v2/billing/transactions", faulty(Endpoint::Transactions, get(account::transactions)))
        .route("/v1/models", faulty(Endpoint::Models, get(shelf::models)))
        .route("/models/metrics", faulty(Endpoint::Metrics, get(shelf::metrics)))
        .layer(from_fn(stamp))
        .layer(from_fn(spoil))
        .fallback_service(Router::new().fallback(nowhere).layer(from_fn(stamp)))
        .route("/sandbox/scenario", get(control::scenario).put(control::follow))
        .route("/sandbox/world", get(control::world))
        .with_state(service.clone())
}

/// The file server: another host as far as a client can see.
pub fn file_server(world: &Arc<World>) -> Router {
    let route = get(files::download).layer(from_fn_with_state((Arc::clone(world), Endpoint::File), inject));
    Router::new().route("/generations/{id}/{name}", route).layer(from_fn(spoil)).with_state(Arc::clone(world))
}

async fn nowhere() -> Refusal {
    Refusal::new(404, "There is nothing at this address.")
}

/// A key that the service takes: the scenario's, else any of at least 8 characters that does not begin with `bad`.
#[derive(Clone, Copy, Debug)]
pub struct Key;

impl FromRequestParts<Service> for Key {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Refusal> {
        let sent = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(key) = sent.and_then(|sent| sent.strip_prefix("Bearer ")).map(str::trim) else {
            return Err(Refusal::new(401, "No API key was sent. Use the header `Authorization: Bearer KEY`."));
        };
        let is_known = match service.world.scenario().account.key {
            Some(only) => key == only,
            None => key.len() >= 8 && !key.starts_with("bad"),
        };
        if !is_known {
            return Err(Refusal::new(401, "The API key is not valid."));
        }
        Ok(Self)
    }
}

/// The parameters of a query, decoded, in their order.
pub struct Parameters(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let query = axum::extract::Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|_| Refusal::new(400, "The query cannot be read."))
    }
}

impl Parameters {
    /// The parameter of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// Every parameter of that name.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A whole number within bounds, or what stands for its absence.
    ///
    /// # Errors
    /// 400 when it is none, or out of bounds.
    pub fn number(&self, name: &str, least: usize, most: usize, usual: usize) -> Result<usize, Refusal> {
        let Some(text) = self.get(name) else { return Ok(usual) };
        let number = text.parse::<usize>().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| {
            Refusal::new(400, &format!("{name}: Expected an integer from {least} to {most}, received '{text}'"))
        })
    }

    /// A time, if it is given.
    ///
    /// # Errors
    /// 400 when it is none.
    pub fn time(&self, name: &str) -> Result<Option<jiff::Timestamp>, Refusal> {
        let parse = |text: &str| {
            text.parse().map_err(|_| Refusal::new(400, &format!("{name}: Invalid datetime, received '{text}'")))
        };
        self.get(name).map(parse).transpose()
    }

    /// One of a few words, if it is given.
    ///
    /// # Errors
    /// 400 when it is another.
    pub fn word(&self, name: &str, known: &[&'static str]) -> Result<Option<&'static str>, Refusal> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let found = known.iter().find(|word| **word == text).copied();
        let expected = || known.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" | ");
        let wrong =
            || Refusal::new(400, &format!("{name}: Invalid enum value. Expected {}, received '{text}'", expected()));
        found.map(Some).ok_or_else(wrong)
    }
}
