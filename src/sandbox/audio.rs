//! The queued way to a song: an order is accepted, and one asks how it stands.

use axum::Json;
use axum::extract::{Extension, Request, State};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer::{Refusal, with_cost};
use super::files;
use super::intake::{named, take_on};
use super::ledger::{Ending, Generation, Stage};
use super::models::{Delivery, Model};
use super::routes::{Key, Parameters, Service};
use super::rule::Rule;

/// `POST /v2/generate/audio`.
pub async fn submit(State(service): State<Service>, request: Request) -> Response {
    let word = request.extensions().get::<Rule>().and_then(|rule| rule.word.clone());
    let taken = match take_on(&service, request, Delivery::Queued).await {
        Ok(taken) => taken,
        Err(response) => return response,
    };
    let (recordings, generation) = (&service.world.recordings, &taken.generation);
    match generation.ending {
        Ending::Completed if taken.at_once => recordings.make(&taken.model, generation).await,
        Ending::Completed => recordings.begin(&taken.model, generation),
        Ending::Error | Ending::ErrorText | Ending::ErrorOther => {}
    }
    let answer = Json(report(&service, generation, word));
    let answer = with_cost(answer.into_response(), generation.credits, generation.usd);
    named(answer, generation.inference_id.clone())
}

/// `GET /v2/generate/audio?generation_id=ID`.
pub async fn poll(
    _: Key,
    State(service): State<Service>,
    parameters: Parameters,
    rule: Option<Extension<Rule>>,
) -> Result<Response, Refusal> {
    let id = parameters.get("generation_id").ok_or_else(|| Refusal::new(400, "generation_id: Required"))?;
    let found = service.world.ledger().find(id).filter(|found| found.delivery == Delivery::Queued).cloned();
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
    Some(json!({
        "url": files::address(service, model, generation),
        "content_type": container.content_type(),
        "file_name": files::name(container),
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
