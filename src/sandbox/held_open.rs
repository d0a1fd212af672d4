//! `POST /v2/generate/audio/minimax/generate`: the connection stays open until the song is done, and the answer
//! holds it.

use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer::{Refusal, with_cost};
use super::base_resp::{self, UNKNOWN};
use super::intake::{Taken, named, take_on};
use super::ledger::Ending;
use super::models::Delivery;
use super::routes::Service;
use super::rule::{Audio, Rule};
use super::synth::Container;
use super::world::hex;

/// Bytes of all channels' samples at one moment, where a file has no header that says it.
const PCM_BLOCK: f64 = 4.0;

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
    match song(&service, &taken, rule.as_ref()).await {
        Ok(answer) => {
            let response = with_cost(Json(answer).into_response(), generation.credits, generation.usd);
            named(response, generation.inference_id.clone())
        }
        Err(error) => Refusal::new(500, &format!("the song cannot be read: {error}")).into_response(),
    }
}

/// The answer with the song, as the scenario wants it.
async fn song(service: &Service, taken: &Taken, rule: Option<&Rule>) -> std::io::Result<Value> {
    let path = service.world.recordings.path(&taken.model, &taken.generation);
    let bytes = tokio::fs::read(&path).await?;
    let about = about(taken, bytes.len() as u64, &path).await;
    let audio = match rule.and_then(|rule| rule.audio) {
        Some(Audio::Url) => super::files::address(service, &taken.model, &taken.generation),
        Some(Audio::Hex) | None => hex(&bytes),
    };
    let unfinished = rule.is_some_and(|rule| rule.unfinished);
    let data = if unfinished { json!({ "status": 1, "audio": "" }) } else { json!({ "status": 2, "audio": audio }) };
    Ok(base_resp::yes(json!({ "data": data, "extra_info": about, "analysis_info": null })))
}

/// What the answer says about the file.
async fn about(taken: &Taken, size: u64, path: &std::path::Path) -> Value {
    let format = taken.model.format(&taken.generation.request);
    let samples = f64::from(format.sample_rate) * PCM_BLOCK;
    let seconds = match format.container {
        Container::Pcm => size as f64 / samples,
        Container::Mp3 | Container::Wav => service_hears(path).await,
    };
    let bit_rate = if format.container == Container::Mp3 { format.bit_rate } else { (samples * 8.0) as u32 };
    json!({
        "audio_length": (seconds * 1_000.0).round() as u64,
        "audio_size": size,
        "audio_bitrate": bit_rate,
        "audio_sample_rate": format.sample_rate,
        "music_channel": 2,
    })
}

async fn service_hears(path: &std::path::Path) -> f64 {
    let path = path.to_owned();
    let heard = tokio::task::spawn_blocking(move || super::listen::listen(std::fs::read(path).ok()?));
    heard.await.unwrap_or_default().map_or(0.0, |heard| heard.seconds)
}
