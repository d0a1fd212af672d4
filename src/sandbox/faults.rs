//! Lets requests go wrong as the scenario says. It stands around each endpoint, as a network does.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use serde_json::Value;

use super::answer::{NotOurs, Refusal, client_request_id};
use super::rule::{Answer, Endpoint, Rule, When};
use super::visits::Visit;
use super::world::World;

/// Marks an answer that is not to be given: the connection closes instead.
#[derive(Clone, Copy, Debug)]
pub struct Dropped;

/// Names in answers that may be null by the contract.
const MAY_BE_NULL: [&str; 9] = [
    "content_type",
    "file_name",
    "file_size",
    "error",
    "usage",
    "request_id",
    "client_request_id",
    "reference_id",
    "next_cursor",
];

/// The size of the pieces in which a slow file comes: ten a second.
const PIECES_PER_SECOND: u32 = 10;

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
    let response = match world.next_rule(endpoint) {
        None => next.run(request).await,
        Some(rule) => {
            tokio::time::sleep(Duration::from_millis(rule.delay_ms)).await;
            request.extensions_mut().insert(rule.clone());
            follow(&rule, request, next).await
        }
    };
    if response.extensions().get::<Dropped>().is_none() {
        world.visits.answered(visit, response.status().as_u16());
    }
    response
}

async fn follow(rule: &Rule, request: Request, next: Next) -> Response {
    let instead = rule.answer.and_then(|answer| replaced(rule, answer));
    if let Some(instead) = instead {
        if rule.when == When::After {
            // The request has its effect; its true answer is lost.
            drop(next.run(request).await);
        }
        return instead;
    }
    let response = next.run(request).await;
    match (rule.answer, rule.bytes_per_second) {
        (Some(Answer::Truncated), _) => truncated(response).await,
        (Some(Answer::Nulls), _) => nulled(response).await,
        (_, Some(bytes)) => slow(response, bytes).await,
        _ => response,
    }
}

/// The answers that need no true one.
fn replaced(rule: &Rule, answer: Answer) -> Option<Response> {
    let status =
        |usual| StatusCode::from_u16(rule.status.unwrap_or(usual)).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = match answer {
        Answer::Vendor => {
            let message = rule.message.as_deref().unwrap_or("The sandbox follows its scenario.");
            return Some(Refusal::new(status(500).as_u16(), message).retry_after(rule.retry_after).into_response());
        }
        Answer::Drop => Dropped.into_response(),
        Answer::Html => (status(502), Html("<html><head><title>Bad gateway</title></head><body>Error</body></html>"))
            .into_response(),
        Answer::Empty => status(200).into_response(),
        Answer::Truncated | Answer::Nulls => return None,
    };
    if let Some(seconds) = rule.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.extensions_mut().insert(NotOurs);
    Some(response)
}

impl IntoResponse for Dropped {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        response.extensions_mut().insert(self);
        response
    }
}

/// The head of an answer and its whole body.
async fn whole(response: Response) -> (axum::http::response::Parts, Bytes) {
    let (mut parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    (parts, bytes)
}

/// Half of an answer whose length says that there is more; then the connection closes.
async fn truncated(response: Response) -> Response {
    let (parts, bytes) = whole(response).await;
    let half = bytes.slice(..bytes.len() / 2);
    let pieces = stream::iter([Ok(half), Err(io::Error::other("the scenario cuts the answer here"))]);
    // Between the two the first half gets time to leave: an error right behind it would swallow it.
    let pieces = pieces.then(async |piece| {
        tokio::task::yield_now().await;
        piece
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

/// An answer with null wherever the contract allows it.
async fn nulled(response: Response) -> Response {
    let (mut parts, bytes) = whole(response).await;
    let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    empty(&mut value);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(value.to_string()))
}

fn empty(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if MAY_BE_NULL.contains(&name.as_str()) { *member = Value::Null } else { empty(member) }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(empty),
        _ => {}
    }
}

/// An answer that comes at so many bytes a second.
async fn slow(response: Response, bytes_per_second: u32) -> Response {
    let (parts, bytes) = whole(response).await;
    let piece = bytes_per_second.div_ceil(PIECES_PER_SECOND) as usize;
    let pause = Duration::from_secs_f64(piece as f64 / f64::from(bytes_per_second));
    let pieces = stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let now = rest.split_to(piece.min(rest.len()));
        Some((Ok::<_, Infallible>(now), rest))
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}
