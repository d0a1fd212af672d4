//! What becomes of an answer on its way: cut, stalled, under a wrong length, emptied, poisoned, slow.
//!
//! It stands around everything, also around the form of errors, so that any answer can be spoiled.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header, response::Parts};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{StreamExt, future, stream};
use serde_json::Value;

use super::drip::{first, slowly};
use super::rule::{Answer, Rule};

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

/// Names whose values a hostile answer leaves as they are unless it is told otherwise: by them things are found.
const SPARED: [&str; 11] = [
    "id",
    "url",
    "audio",
    "inference_id",
    "client_request_id",
    "request_id",
    "reference_id",
    "next_cursor",
    "voice_id",
    "instrumental_id",
    "created",
];

/// What may lie in wait in a text: a title and a clipboard set, a screen cleared, letters that run backwards or
/// are not seen, a line of its own, a path that leads out.
const POISON: &str = "\u{1b}]0;owned\u{7}\u{1b}]52;c;cm0gLXJm\u{7}\u{1b}[2J\u{1b}[31m\u{202e}gnp.exe\u{2066}\u{200b}\u{feff}\
    \u{0}\u{9b}1m\r\n../../../etc/passwd\t";

/// And it goes on for so long.
const LONG: usize = 20_000;

/// By how many bytes a length is wrong where the rule does not say.
const OFF: i64 = -10;

/// Spoils an answer as the rule says that its request met.
pub async fn spoil(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(rule) = response.extensions().get::<Rule>().cloned() else {
        return response;
    };
    let response = match rule.answer {
        Some(Answer::Truncated) => part(response, rule.cut_at, Rest::Broken).await,
        Some(Answer::Stalled) => part(response, rule.cut_at, Rest::Awaited).await,
        Some(Answer::Misstated) => misstated(response, rule.off.unwrap_or(OFF)).await,
        Some(Answer::Nulls) => changed(response, empty).await,
        Some(Answer::Hostile) => changed(response, |value| poison(value, rule.members.as_deref(), false)).await,
        _ => response,
    };
    match rule.bytes_per_second {
        Some(bytes_per_second) => slow(response, bytes_per_second),
        None => response,
    }
}

/// What follows the part of an answer that comes.
#[derive(Clone, Copy)]
enum Rest {
    Broken,
    Awaited,
}

/// The head of an answer and its whole body.
async fn whole(response: Response) -> (Parts, Bytes) {
    let (mut parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    (parts, bytes)
}

/// An answer that ends after so many bytes, or after half of them, whose length says that there is more.
async fn part(response: Response, bytes: Option<u64>, rest: Rest) -> Response {
    let (parts, body) = measured(response).await;
    let length = length(&parts).unwrap_or_default();
    let bytes = bytes.unwrap_or(length / 2).min(length);
    let rest = stream::once(async move {
        match rest {
            // What came gets time to leave: an error right behind it would swallow it.
            Rest::Broken => tokio::task::yield_now().await,
            Rest::Awaited => future::pending().await,
        }
        Err(axum::Error::new(io::Error::other("the scenario cuts the answer here")))
    });
    Response::from_parts(parts, Body::from_stream(first(body, bytes as usize).chain(rest)))
}

/// The length that an answer states.
fn length(parts: &Parts) -> Option<u64> {
    parts.headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// An answer that states its length: held whole where it did not.
async fn measured(response: Response) -> (Parts, Body) {
    let (parts, body) = response.into_parts();
    if length(&parts).is_some() {
        return (parts, body);
    }
    let (parts, bytes) = whole(Response::from_parts(parts, body)).await;
    (parts, Body::from(bytes))
}

/// A whole answer under a length that is so many bytes more or less.
async fn misstated(response: Response, off: i64) -> Response {
    let (mut parts, bytes) = whole(response).await;
    let length = (bytes.len() as u64).saturating_add_signed(off);
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    // Where more is promised, the end breaks the connection: what there is gets time to leave before.
    let end = stream::once(async {
        tokio::task::yield_now().await;
        Ok::<_, io::Error>(Bytes::new())
    });
    Response::from_parts(parts, Body::from_stream(stream::iter([Ok(bytes)]).chain(end)))
}

/// An answer in JSON with something done to it; any other as it is.
async fn changed(response: Response, change: impl FnOnce(&mut Value)) -> Response {
    let (mut parts, bytes) = whole(response).await;
    let Ok(mut value) = serde_json::from_slice::<Value>(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    change(&mut value);
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

/// Puts poison into texts: those of the members that are named, else all by which nothing is found.
fn poison(value: &mut Value, members: Option<&[String]>, within: bool) {
    match value {
        Value::Object(object) => {
            for (name, member) in object.iter_mut() {
                let meant = match members {
                    Some(members) => within || members.iter().any(|member| member == name),
                    None => !SPARED.contains(&name.as_str()),
                };
                poison(member, members, meant);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| poison(item, members, within)),
        Value::String(text) if within => {
            text.push_str(POISON);
            text.extend(std::iter::repeat_n('x', LONG));
        }
        _ => {}
    }
}

/// An answer that comes at so many bytes a second.
fn slow(response: Response, bytes_per_second: u32) -> Response {
    let (mut parts, body) = response.into_parts();
    if let Some(length) = axum::body::HttpBody::size_hint(&body).exact() {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    Response::from_parts(parts, slowly(body, bytes_per_second))
}
