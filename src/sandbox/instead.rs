//! Answers that need no true one.

use std::convert::Infallible;
use std::iter;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures_util::stream;
use sha2::{Digest, Sha256};

use super::answer::{NotOurs, Refusal};
use super::base_resp;
use super::faults::Dropped;
use super::rule::{Answer, Endpoint, Rule, To};

/// In the query of an address that a redirect leads to: there the truth is told.
const MOVED: &str = "moved=1";

/// A private network's first address.
const PRIVATE: &str = "https://10.0.0.1";

/// Bytes of an answer that means nothing.
const GARBAGE: usize = 4 * 1024;

/// Bytes of an endless answer that are sent in one go.
const PIECE: usize = 64 * 1024;

const PAGE: &str = "<html><head><title>Bad gateway</title></head><body>Error</body></html>";

/// What is usually said where the rule names no message.
const MESSAGE: &str = "The sandbox follows its scenario.";

/// Whether a redirect has led the request here.
pub fn is_moved(request: &Request) -> bool {
    request.uri().query().is_some_and(|query| query.split('&').any(|pair| pair == MOVED))
}

/// The answer that the rule puts in the place of the true one, if it does.
pub fn of(rule: &Rule, request: &Request) -> Option<Response> {
    let status = |usual| StatusCode::from_u16(rule.status.unwrap_or(usual)).unwrap_or(StatusCode::IM_A_TEAPOT);
    let message = rule.message.as_deref().unwrap_or(MESSAGE);
    let mut response = match rule.answer? {
        Answer::Vendor => {
            return Some(Refusal::new(status(500).as_u16(), message).retry_after(rule.retry_after).into_response());
        }
        Answer::BaseResp => return Some(base_resp::no(rule.code.unwrap_or(base_resp::UNKNOWN), message)),
        Answer::Drop | Answer::Silent => Dropped.into_response(),
        Answer::Html => (status(502), Html(PAGE)).into_response(),
        Answer::Empty => status(200).into_response(),
        Answer::Garbage => typed(rule, "application/octet-stream", (status(200), garbage()).into_response()),
        Answer::Endless => endless(rule, status(200)),
        Answer::Redirect => (status(302), [(header::LOCATION, location(rule, request))]).into_response(),
        Answer::Truncated | Answer::Stalled | Answer::Misstated | Answer::Nulls | Answer::Hostile => return None,
    };
    if let Some(seconds) = rule.retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.extensions_mut().insert(NotOurs);
    Some(response)
}

fn typed(rule: &Rule, usual: &str, mut response: Response) -> Response {
    let content_type = rule.content_type.as_deref().unwrap_or(usual);
    if let Ok(value) = HeaderValue::from_str(content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}

/// Bytes without a meaning, the same each time.
fn garbage() -> Bytes {
    let digests = (0_u32..).flat_map(|number| Sha256::digest(number.to_be_bytes()));
    digests.take(GARBAGE).collect::<Vec<u8>>().into()
}

/// A text in JSON that never closes; from the file server, a file of silence.
fn endless(rule: &Rule, status: StatusCode) -> Response {
    let is_file = rule.endpoint == Endpoint::File;
    let (usual, start, filler) =
        if is_file { ("audio/mpeg", "", 0) } else { ("application/json", "{\"message\":\"", b'a') };
    let more = Bytes::from(vec![filler; PIECE]);
    let pieces = iter::once(Bytes::from_static(start.as_bytes())).chain(iter::repeat(more));
    let body = Body::from_stream(stream::iter(pieces.map(Ok::<_, Infallible>)));
    typed(rule, usual, (status, body).into_response())
}

/// Where the redirect leads.
fn location(rule: &Rule, request: &Request) -> String {
    let path = request.uri().path();
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let port = host.rsplit(':').next().unwrap_or_default();
    let query = request.uri().query().map(|query| format!("{query}&")).unwrap_or_default();
    match rule.to.unwrap_or(To::Same) {
        To::Same => format!("{path}?{query}{MOVED}"),
        To::Other => format!("http://localhost:{port}{path}?{query}{MOVED}"),
        To::Loop => request.uri().to_string(),
        To::Private => format!("{PRIVATE}{path}"),
    }
}
