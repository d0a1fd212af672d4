//! Generating: accepting an order, and saying how it stands.

use std::error::Error;
use std::io;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Json, RequestExt};
use http_body_util::LengthLimitError;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{InferenceId, Refusal, client_request_id, with_cost};
use super::ledger::{Ending, Generation, Stage};
use super::models::{Delivery, Model};
use super::routes::{Key, Parameters, Service};
use super::rule::Rule;
use super::validate;
use super::world::Order;

/// A cover's recording may be 50 MB, and a third more as text.
const LARGEST_BODY: usize = 80 * 1024 * 1024;

/// `POST /v2/generate/audio`.
pub async fn submit(State(service): State<Service>, request: Request) -> Response {
    let order = order(&service, request.headers(), request.extensions().get::<Rule>());
    let mut model = String::new();
    match accept(&service, &order, request, &mut model).await {
        Ok(response) => response,
        Err(Rejected::Stranger(refusal)) => refusal.into_response(),
        Err(Rejected::Customer(refusal)) => {
            service.world.refuse(&order, &model);
            named(refusal.into_response(), order.id.to_string())
        }
    }
}

/// A refusal, by whether the service knows whom it refuses: only a customer's stands in the log.
enum Rejected {
    Stranger(Refusal),
    Customer(Refusal),
}

fn order(service: &Service, headers: &HeaderMap, rule: Option<&Rule>) -> Order {
    Order {
        id: Uuid::new_v4(),
        client_request_id: client_request_id(headers),
        ending: rule.and_then(|rule| rule.ending),
        at_once: rule.is_some_and(|rule| rule.at_once),
        at_most: service.world.scenario().account.at_once,
    }
}

async fn accept(
    service: &Service,
    order: &Order,
    mut request: Request,
    named_model: &mut String,
) -> Result<Response, Rejected> {
    let world = &service.world;
    request.extract_parts::<Key>().await.map_err(Rejected::Stranger)?;
    let body = body(request.into_body()).await.map_err(Rejected::Customer)?;
    body["model"].as_str().unwrap_or_default().clone_into(named_model);
    let models = world.models();
    let checked = validate::check(&models, Delivery::Queued, &body)
        .map_err(|faults| Rejected::Customer(Refusal::new(400, &faults)))?;
    let generation = world.accept(checked, body, order.clone()).map_err(Rejected::Customer)?;
    match generation.ending {
        Ending::Completed if order.at_once => world.recordings.make(checked, &generation).await,
        Ending::Completed => world.recordings.begin(checked, &generation),
        Ending::Error | Ending::ErrorText | Ending::ErrorOther => {}
    }
    let answer = Json(report(service, &generation, None));
    let answer = with_cost(answer.into_response(), generation.credits, generation.usd);
    Ok(named(answer, generation.inference_id))
}

fn named(mut response: Response, id: String) -> Response {
    response.extensions_mut().insert(InferenceId(id));
    response
}

async fn body(body: Body) -> Result<Value, Refusal> {
    let bytes: Bytes = to_bytes(body, LARGEST_BODY).await.map_err(|error| {
        let broken = Refusal::new(400, &format!("The body did not come whole: {error}"));
        let too_large = error.source().is_some_and(<dyn Error>::is::<LengthLimitError>);
        if too_large { Refusal::new(413, "The body is larger than 80 MB.") } else { broken }
    })?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Refusal::new(400, &format!("The body is not JSON: {}", io::Error::from(error))))
}

/// `GET /v2/generate/audio?generation_id=ID`.
pub async fn poll(
    _: Key,
    State(service): State<Service>,
    parameters: Parameters,
    rule: Option<Extension<Rule>>,
) -> Result<Response, Refusal> {
    let id = parameters.get("generation_id").ok_or_else(|| Refusal::new(400, "generation_id: Required"))?;
    let found = service.world.ledger().find(id).cloned();
    let generation = found.ok_or_else(|| Refusal::new(404, &format!("There is no generation with the id '{id}'.")))?;
    let word = rule.and_then(|rule| rule.0.word);
    let answer = Json(report(&service, &generation, word)).into_response();
    Ok(named(answer, generation.inference_id))
}

/// How a generation stands, in the service's form. `word` replaces the true status.
fn report(service: &Service, generation: &Generation, word: Option<String>) -> Value {
    let stage = generation.stage(Timestamp::now());
    let models = service.world.models();
    let finished = models.maker_of(generation).filter(|_| stage == Stage::Completed);
    let file = finished.and_then(|model| audio_file(service, model, generation));
    if let (Some(model), None) = (finished, &file) {
        // The clock was quicker than the band.
        service.world.recordings.begin(model, generation);
    }
    let stage = if finished.is_some() && file.is_none() { Stage::Generating } else { stage };
    let over = matches!(stage, Stage::Completed | Stage::Broken);
    json!({
        "id": generation.inference_id,
        "status": word.unwrap_or_else(|| stage.word().to_owned()),
        "audio_file": file,
        "error": if stage == Stage::Broken { error(generation.ending) } else { Value::Null },
        "meta": over.then(|| usage(generation, stage)),
    })
}

fn usage(generation: &Generation, stage: Stage) -> Value {
    let charged = stage == Stage::Completed;
    let credits = if charged { generation.credits } else { 0 };
    let usd = if charged { generation.usd } else { 0.0 };
    json!({ "usage": { "credits_used": credits, "usd_spent": usd } })
}

fn audio_file(service: &Service, model: &Model, generation: &Generation) -> Option<Value> {
    let size = service.world.recordings.size(model, generation)?;
    let container = model.format(&generation.request).container;
    let name = format!("output.{}", container.extension());
    let uuid = generation.inference_id.split(':').next().unwrap_or_default();
    Some(json!({
        "url": format!("{}/generations/{uuid}/{name}", service.files),
        "content_type": container.content_type(),
        "file_name": name,
        "file_size": size,
    }))
}

/// The forms in which errors have been seen.
fn error(ending: Ending) -> Value {
    let message = "Downstream service error.";
    match ending {
        Ending::Completed => Value::Null,
        Ending::Error => json!({ "name": "Error", "message": message }),
        Ending::ErrorText => json!(message),
        Ending::ErrorOther => json!({ "code": 1000, "detail": { "reason": message } }),
    }
}
