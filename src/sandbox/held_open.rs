//! `POST /v2/generate/audio/minimax/generate`: the connection stays open until the song is done, and the answer
//! holds it.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;

use super::answer::{Refusal, with_cost};
use super::base_resp::{self, UNKNOWN};
use super::intake::{named, take_on};
use super::ledger::Ending;
use super::models::Delivery;
use super::routes::Service;
use super::rule::Rule;
use super::{files, sung};

/// Makes a song while the client waits. Whoever hangs up has paid all the same.
pub async fn generate(State(service): State<Service>, request: Request) -> Response {
    let rule = request.extensions().get::<Rule>().cloned();
    let taken = match take_on(&service, request, Delivery::HeldOpen).await {
        Ok(taken) => taken,
        Err(response) => return response,
    };
    let generation = &taken.generation;
    let left = generation.ends.duration_since(Timestamp::now());
    tokio::time::sleep(Duration::try_from(left).unwrap_or_default()).await;
    if generation.ending != Ending::Completed {
        return named(base_resp::no(UNKNOWN, "Downstream service error."), generation.inference_id.clone());
    }
    service.world.recordings.make(&taken.model, generation).await;
    let path = service.world.recordings.path(&taken.model, generation);
    let format = taken.model.format(&generation.request);
    let address = files::address(&service, &taken.model, generation);
    match sung::answer(&path, format, address, rule.as_ref()).await {
        Ok(answer) => named(with_cost(answer, generation.credits, generation.usd), generation.inference_id.clone()),
        Err(error) => Refusal::new(500, &format!("the song cannot be read: {error}")).into_response(),
    }
}
