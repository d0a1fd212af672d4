//! The file server, which stands for the vendor's CDN: no key may ever come here.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use jiff::Timestamp;
use tokio::io::AsyncReadExt as _;

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
    send(&path, content_type).await.unwrap_or_else(|_| (StatusCode::NOT_FOUND, "no such file").into_response())
}

async fn send(path: &std::path::Path, content_type: &'static str) -> std::io::Result<Response> {
    let file = tokio::fs::File::open(path).await?;
    let length = file.metadata().await?.len();
    let pieces = stream::try_unfold(file, async |mut file| {
        let mut piece = vec![0; PIECE];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), file)))
    });
    let mut response = Body::from_stream(pieces).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    Ok(response)
}
