//! The form of the service's answers: errors, and the headers on everything.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

const CLIENT_REQUEST_ID: HeaderName = HeaderName::from_static("x-client-request-id");
const INFERENCE_ID: HeaderName = HeaderName::from_static("x-inference-id");
const CREDITS_USED: HeaderName = HeaderName::from_static("x-aimlapi-credits-used");
const USD_SPENT: HeaderName = HeaderName::from_static("x-aimlapi-usd-spent");

/// An error that the service itself answers with.
#[derive(Clone, Debug)]
pub struct Refusal {
    status: StatusCode,
    message: String,
    retry_after: Option<u32>,
}

/// The id that an answer bears in `x-inference-id`.
#[derive(Clone, Debug)]
pub struct InferenceId(pub String);

/// Marks an answer that comes from something in front of the service, which adds no headers.
#[derive(Clone, Copy, Debug)]
pub struct NotOurs;

impl Refusal {
    pub fn new(status: u16, message: &str) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, message: message.to_owned(), retry_after: None }
    }

    #[must_use]
    pub fn retry_after(self, seconds: impl Into<Option<u32>>) -> Self {
        Self { retry_after: seconds.into(), ..self }
    }
}

impl IntoResponse for Refusal {
    /// The status with the message; [`stamp`] gives it the service's form, because only there is the path known.
    fn into_response(self) -> Response {
        let mut response = (self.status, self.message.clone()).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The client's own id for its request, if it is one: 1 to 128 of `A-Za-z0-9._:-`. Anything else is dropped silently.
pub fn client_request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(CLIENT_REQUEST_ID)?.to_str().ok()?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    ((1..=128).contains(&id.len()) && id.bytes().all(allowed)).then(|| id.to_owned())
}

/// A time as the service writes it: UTC with milliseconds.
pub fn time(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Says in the headers what the answer cost.
pub fn with_cost(mut response: Response, credits: u64, usd: f64) -> Response {
    response.headers_mut().insert(CREDITS_USED, HeaderValue::from(credits));
    if let Ok(usd) = HeaderValue::from_str(&usd.to_string()) {
        response.headers_mut().insert(USD_SPENT, usd);
    }
    response
}

/// Gives every answer of the service its headers, and every error its form.
pub async fn stamp(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let client_id = client_request_id(request.headers());
    let mut response = next.run(request).await;
    if response.extensions().get::<NotOurs>().is_some() {
        return response;
    }
    let refusal = response.extensions().get::<Refusal>().cloned().or_else(|| unrouted(response.status(), &path));
    if let Some(refusal) = refusal {
        response = formed(response, &refusal, &path);
    }
    let inference_id =
        response.extensions().get::<InferenceId>().map_or_else(|| Uuid::new_v4().to_string(), |id| id.0.clone());
    let headers = response.headers_mut();
    for (name, value) in [(INFERENCE_ID, Some(inference_id)), (CLIENT_REQUEST_ID, client_id)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
    response
}

/// What is said where the framework itself refuses, as with a method that an address has not.
fn unrouted(status: StatusCode, path: &str) -> Option<Refusal> {
    let reason = status.canonical_reason().filter(|_| status.is_client_error())?;
    Some(Refusal::new(status.as_u16(), &format!("Cannot serve {path}: {reason}")))
}

fn formed(response: Response, refusal: &Refusal, path: &str) -> Response {
    let body = json!({
        "message": refusal.message,
        "path": path,
        "requestId": Uuid::new_v4().to_string(),
        "statusCode": refusal.status.as_u16(),
        "timestamp": time(Timestamp::now()),
    });
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Response::from_parts(parts, Body::from(body.to_string()))
}
