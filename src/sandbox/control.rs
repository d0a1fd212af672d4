//! Routes that the real service has not: a test looks at the world and changes what goes wrong.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::models::CREDITS_PER_USD;
use super::routes::Service;
use super::scenario::Scenario;

/// `GET /sandbox/scenario`: what goes wrong at present.
pub async fn scenario(State(service): State<Service>) -> Json<Scenario> {
    Json(service.world.scenario())
}

/// `PUT /sandbox/scenario`: another scenario, as TOML. Requests are counted anew.
pub async fn follow(State(service): State<Service>, text: String) -> Response {
    match Scenario::parse(&text) {
        Ok(scenario) => {
            service.world.follow(scenario);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

/// `GET /sandbox/world`: what was asked, and what was charged.
pub async fn world(State(service): State<Service>) -> Json<Value> {
    let world = &service.world;
    let now = Timestamp::now();
    let usd = world.credits(now) as f64 / CREDITS_PER_USD;
    let ledger = world.ledger();
    Json(json!({
        "requests": world.visits.all(),
        "ledger": ledger.generations(),
        "refusals": ledger.refusals(),
        "references": world.references().all(),
        "running": ledger.running(now),
        "balance_usd": usd,
        "files": { "url": service.files, "authorization_seen": world.visits.key_at_file_server() },
    }))
}
