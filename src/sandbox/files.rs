//! The file server, which stands for the vendor's CDN: no key may ever come here.

use std::path::Path as FilePath;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::ledger::{Generation, Stage};
use super::models::Model;
use super::passes::Passes;
use super::routes::Service;
use super::synth::Container;
use super::world::World;

/// Bytes read and sent in one go.
const PIECE: usize = 64 * 1024;

/// What is said of an address that is not good any more, as by a store of files.
const EXPIRED: &str = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";

/// What a file is called.
pub fn name(container: Container) -> String {
    format!("output.{}", container.extension())
}

/// Where the file of a generation is.
pub fn address(service: &Service, model: &Model, generation: &Generation) -> String {
    let uuid = generation.inference_id.split(':').next().unwrap_or_default();
    let name = name(model.format(&generation.request).container);
    let pass = Passes::fresh(&service.world.scenario().files, Timestamp::now());
    format!("{}/generations/{uuid}/{name}{pass}", service.files)
}

/// `GET /generations/ID/NAME`.
pub async fn download(
    State(world): State<Arc<World>>,
    Path((id, _)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if headers.contains_key(header::AUTHORIZATION) {
        world.visits.note_key_at_file_server();
        let message = "an Authorization header came to the file server: the key must never leave the API's own host";
        return (StatusCode::BAD_REQUEST, message).into_response();
    }
    if !world.passes.admit(&world.scenario().files, query.as_deref().unwrap_or_default(), Timestamp::now()) {
        return (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "application/xml")], EXPIRED).into_response();
    }
    let found = world.ledger().find(&id).cloned();
    let finished = found.filter(|generation| generation.stage(Timestamp::now()) == Stage::Completed);
    let models = world.models();
    let model = finished.as_ref().and_then(|generation| models.maker_of(generation));
    let (Some(generation), Some(model)) = (finished, model) else {
        return (StatusCode::NOT_FOUND, "no such file").into_response();
    };
    world.recordings.make(model, &generation).await;
    let path = world.recordings.path(model, &generation);
    let content_type = model.format(&generation.request).container.content_type();
    let ranges = world.scenario().files.ranges;
    let tag = tag(&path);
    let wanted = if ranges { Wanted::of(&headers, &tag) } else { Wanted::All };
    let Ok(mut response) = send(&path, content_type, wanted).await else {
        return (StatusCode::NOT_FOUND, "no such file").into_response();
    };
    if ranges {
        note_ranges(response.headers_mut(), &tag);
    }
    response
}

/// What a file is called while it stays as it is: its name is a hash of what it was made from.
fn tag(path: &FilePath) -> String {
    format!("\"{}\"", path.file_stem().unwrap_or_default().to_string_lossy())
}

fn note_ranges(headers: &mut HeaderMap, tag: &str) {
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        headers.insert(header::ETAG, tag);
    }
}

/// What a client asks for of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    All,
    /// From a byte on, up to another where one is named.
    Part(u64, Option<u64>),
}

impl Wanted {
    /// As the headers say. A form that is not served means all of it, and so does a part of another file than the
    /// one that is there.
    fn of(headers: &HeaderMap, tag: &str) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let is_of_another = text(header::IF_RANGE).is_some_and(|meant| meant != tag);
        let range = text(header::RANGE).and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
        let Some((first, last)) = range.filter(|_| !is_of_another) else { return Self::All };
        match (first.parse(), last.parse()) {
            (Ok(first), Ok(last)) if first <= last => Self::Part(first, Some(last)),
            (Ok(first), _) if last.is_empty() => Self::Part(first, None),
            _ => Self::All,
        }
    }
}

async fn send(path: &FilePath, content_type: &'static str, wanted: Wanted) -> std::io::Result<Response> {
    let mut file = tokio::fs::File::open(path).await?;
    let length = file.metadata().await?.len();
    let (status, first, end) = match wanted {
        Wanted::All => (StatusCode::OK, 0, length),
        Wanted::Part(first, _) if first >= length => {
            let whole = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, whole).into_response());
        }
        Wanted::Part(first, last) => {
            let end = last.map_or(length, |last| last.saturating_add(1).min(length));
            (StatusCode::PARTIAL_CONTENT, first, end)
        }
    };
    file.seek(std::io::SeekFrom::Start(first)).await?;
    let pieces = stream::try_unfold(file.take(end - first), async |mut file| {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    let mut response = (status, Body::from_stream(pieces)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(end - first));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(range) = HeaderValue::from_str(&format!("bytes {first}-{}/{length}", end - 1))
    {
        headers.insert(header::CONTENT_RANGE, range);
    }
    Ok(response)
}
