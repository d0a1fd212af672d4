//! Taking an order on, whichever way it is delivered: who sends it, what it says, whether it can be paid.

use std::error::Error;
use std::io;

use axum::RequestExt;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::LengthLimitError;
use serde_json::Value;
use uuid::Uuid;

use super::answer::{InferenceId, Refusal, client_request_id};
use super::base_resp;
use super::ledger::{Ending, Generation};
use super::listen::listen;
use super::models::{Delivery, Kind, Model};
use super::routes::{Key, Service};
use super::rule::Rule;
use super::validate;
use super::world::Order;

/// A cover's recording may be 50 MB, and a third more as text.
pub const LARGEST_BODY: usize = 80 * 1024 * 1024;
const LARGEST_RECORDING: usize = 50 * 1024 * 1024;

/// An order that was taken on and charged.
pub struct Taken {
    pub model: Model,
    pub generation: Generation,
    /// Whether the scenario wants it over before it is answered.
    pub at_once: bool,
}

/// A refusal, by whether the service knows whom it refuses: only a customer's stands in the log.
enum Rejected {
    Stranger(Refusal),
    Customer(Response),
}

impl From<Refusal> for Rejected {
    fn from(refusal: Refusal) -> Self {
        Self::Customer(refusal.into_response())
    }
}

/// Takes an order on, or says no: then the answer is the error.
pub async fn take_on(service: &Service, request: Request, delivery: Delivery) -> Result<Taken, Response> {
    let order = order(service, request.headers(), request.extensions().get::<Rule>());
    let mut model = String::new();
    match accept(service, order.clone(), request, delivery, &mut model).await {
        Ok(taken) => Ok(taken),
        Err(Rejected::Stranger(refusal)) => Err(refusal.into_response()),
        Err(Rejected::Customer(response)) => {
            service.world.refuse(&order, &model);
            Err(named(response, order.id.to_string()))
        }
    }
}

/// The answer under the id of what it is about.
pub fn named(mut response: Response, id: String) -> Response {
    response.extensions_mut().insert(InferenceId(id));
    response
}

fn order(service: &Service, headers: &HeaderMap, rule: Option<&Rule>) -> Order {
    let scenario = service.world.scenario();
    Order {
        id: Uuid::new_v4(),
        client_request_id: client_request_id(headers),
        ending: rule.and_then(|rule| rule.ending),
        at_once: rule.is_some_and(|rule| rule.at_once),
        at_most: scenario.account.at_once,
        songs_at_most: scenario.songs.at_most,
    }
}

async fn accept(
    service: &Service,
    mut order: Order,
    mut request: Request,
    delivery: Delivery,
    named_model: &mut String,
) -> Result<Taken, Rejected> {
    let world = &service.world;
    request.extract_parts_with_state::<Key, _>(service).await.map_err(Rejected::Stranger)?;
    let body = body(request.into_body()).await?;
    body["model"].as_str().unwrap_or_default().clone_into(named_model);
    let models = world.models();
    let unknown_keys = world.scenario().requests.unknown_keys;
    let model = validate::check(&models, delivery, unknown_keys, &body).map_err(|faults| Refusal::new(400, &faults))?;
    if let Some(fault) = impossible(service, model, &body) {
        return Err(Rejected::Customer(base_resp::no(base_resp::INVALID, &fault)));
    }
    if !is_usable(model, &body).await {
        order.ending = Some(Ending::Error);
    }
    let at_once = order.at_once;
    let generation = world.accept(model, body, order)?;
    Ok(Taken { model: model.clone(), generation, at_once })
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

/// What the maker of a held-open song says no to: references that nobody uploaded, and too many words. A queued
/// model learns of such things later, and breaks.
fn impossible(service: &Service, model: &Model, body: &Value) -> Option<String> {
    if model.delivery == Delivery::Queued {
        return None;
    }
    let (references, known) = (service.world.references(), service.world.scenario().references);
    let given = |key: &Option<String>| key.as_deref().and_then(|key| body[key].as_str());
    let listed = |ids: &[String], id: &str| ids.iter().any(|known| known == id);
    let voice = given(&model.song.voice);
    let voice = voice.filter(|id| !listed(&known.voices, id) && !references.has_voice(id));
    let backing = given(&model.song.backing);
    let backing = backing.filter(|id| !listed(&known.instrumentals, id) && !references.has_instrumental(id));
    match (voice, backing) {
        (Some(id), _) => Some(format!("invalid params, there is no voice '{id}'")),
        (None, Some(id)) => Some(format!("invalid params, there is no instrumental '{id}'")),
        (None, None) => model.breaks(body).then(|| "invalid params, the lyrics are too long".to_owned()),
    }
}

/// Whether every recording that the request itself holds is one that the model can use.
async fn is_usable(model: &Model, body: &Value) -> bool {
    for field in model.fields.iter().filter(|field| field.kind == Kind::UrlOrBase64) {
        let Some(letters) = body[&field.key].as_str().and_then(validate::encoded) else { continue };
        let letters = letters.to_owned();
        let heard = tokio::task::spawn_blocking(move || {
            let bytes = STANDARD.decode(letters).ok().filter(|bytes| bytes.len() <= LARGEST_RECORDING)?;
            listen(bytes)
        });
        let seconds = heard.await.unwrap_or_default().map_or(0.0, |heard| heard.seconds);
        let least = field.min.unwrap_or(0) as f64;
        if seconds < least || field.max.is_some_and(|most| seconds > most as f64) {
            return false;
        }
    }
    true
}
