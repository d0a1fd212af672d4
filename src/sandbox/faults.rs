//! Lets requests go wrong as the scenario says. It stands around each endpoint, as a network does: here it is
//! decided which rule a request meets; [`super::instead`] has the answers that are not the true one, and
//! [`super::spoiled`] what becomes of a true one.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use jiff::Timestamp;

use super::answer::client_request_id;
use super::drip::slowly;
use super::instead::{self, is_moved};
use super::rule::{Answer, Endpoint, Rule, When};
use super::visits::Visit;
use super::world::World;

/// Marks an answer that is not to be given: the connection closes instead.
#[derive(Clone, Copy, Debug)]
pub struct Dropped;

impl IntoResponse for Dropped {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

/// Counts a request, notes it, and lets it go wrong if a rule says so.
pub async fn inject(
    State((world, endpoint)): State<(Arc<World>, Endpoint)>,
    mut request: Request,
    next: Next,
) -> Response {
    let visit = world.visits.begin(Visit {
        at: Timestamp::now(),
        endpoint,
        method: request.method().to_string(),
        path: request.uri().to_string(),
        client_request_id: client_request_id(request.headers()),
        status: None,
    });
    // Where a redirect has led, the truth is told.
    let rule = if is_moved(&request) { None } else { world.next_rule(endpoint) };
    let response = match rule {
        None => next.run(request).await,
        Some(rule) => {
            tokio::time::sleep(Duration::from_millis(rule.delay_ms)).await;
            request.extensions_mut().insert(rule.clone());
            if let Some(bytes_per_second) = rule.takes_per_second {
                request = request.map(|body| slowly(body, bytes_per_second));
            }
            let mut response = follow(&rule, request, next).await;
            tokio::time::sleep(Duration::from_millis(rule.hold_ms)).await;
            response.extensions_mut().insert(rule);
            response
        }
    };
    if response.extensions().get::<Dropped>().is_none() {
        world.visits.answered(visit, response.status().as_u16());
    }
    response
}

async fn follow(rule: &Rule, request: Request, next: Next) -> Response {
    let Some(instead) = instead::of(rule, &request) else {
        return next.run(request).await;
    };
    match rule.when {
        When::Before => {}
        When::Midway => take_half(request, rule.answer == Some(Answer::Drop)).await,
        // The request has its effect; its true answer is lost.
        When::After => drop(next.run(request).await),
    }
    if rule.answer == Some(Answer::Silent) {
        // The client hangs up some day, and this with it.
        std::future::pending::<()>().await;
    }
    instead
}

/// Takes in half of what a request sends. The rest is let go by, so that the answer is not lost over it, unless
/// the connection is to close.
async fn take_half(request: Request, closes: bool) {
    let length: usize = axum::body::HttpBody::size_hint(request.body()).exact().unwrap_or_default() as usize;
    let (mut pieces, mut taken) = (request.into_body().into_data_stream(), 0);
    while taken < length / 2
        && let Some(Ok(piece)) = pieces.next().await
    {
        taken += piece.len();
    }
    if !closes {
        tokio::spawn(async move { while let Some(Ok(_)) = pieces.next().await {} });
    }
}
