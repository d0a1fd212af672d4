//! What is on offer, and how quick it is lately. No key is needed for either.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::answer::time;
use super::models::Model;
use super::routes::{Parameters, Service};
use super::world::hex;

/// `GET /v1/models`, with an entity tag.
pub async fn models(State(service): State<Service>, query: Parameters, headers: HeaderMap) -> Response {
    let priced = query.all("include").any(|include| include.split(',').any(|word| word.trim() == "pricing"));
    let wanted = query.get("id");
    let models = service.world.models();
    let shown = models.all().iter().filter(|model| wanted.is_none_or(|id| model.answers_to(id)));
    let data: Vec<Value> = shown.map(|model| described(model, priced)).collect();
    let body = json!({ "object": "list", "data": data }).to_string();
    let tag = format!("\"{}\"", &hex(&Sha256::digest(&body))[..32]);
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let unchanged = known.flat_map(|value| value.split(',')).any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

fn described(model: &Model, priced: bool) -> Value {
    let mut described = json!({
        "id": model.id,
        "aliases": model.aliases,
        "type": "audio",
        "info": { "name": model.name, "developer": model.developer },
        "tags": ["music"],
        "modalities": { "input": ["text"], "output": ["audio"] },
    });
    if priced {
        described["pricing"] = json!({
            "kind": "fixed",
            "currency": "USD",
            "units": [{ "unit": "generation", "price": model.usd() * model.priced_per as f64, "per": model.priced_per }],
        });
    }
    described
}

/// `GET /models/metrics?aliases=A&aliases=B`: the durations at this sandbox's pace.
pub async fn metrics(State(service): State<Service>, query: Parameters) -> Json<Value> {
    let models = service.world.models();
    let named: Vec<(&str, &Model)> =
        query.all("aliases").filter_map(|alias| Some((alias, models.find(alias)?))).collect();
    let measured: Vec<Value> = named
        .into_iter()
        .map(|(alias, model)| {
            let usual = service.world.speed.shortened(model.seconds).as_secs_f64() * 1_000.0;
            let part = |factor: f64| (usual * factor).round();
            json!({
                "alias": alias,
                "endpoint": "/v2/generate/audio",
                "metrics": { "duration_ms": { "p50": part(1.0), "p75": part(1.05), "p90": part(1.08), "p99": part(1.1) } },
            })
        })
        .collect();
    Json(json!({ "window_seconds": 300, "generated_at": time(Timestamp::now()), "models": measured }))
}
