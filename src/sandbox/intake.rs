//! Taking an order on, whichever way it is delivered: who sends it, what it says, whether it can be paid.

use axum::RequestExt;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::answer::{InferenceId, Refusal, client_request_id};
use super::base_resp;
use super::body::{self, Body};
use super::ledger::{Ending, Generation};
use super::models::{Delivery, Model};
use super::referred::{self, Trouble};
use super::routes::{Key, Service};
use super::rule::Rule;
use super::validate;
use super::world::Order;

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
        manner: None,
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
    let models = world.models();
    let mut body = read(service, request).await?;
    body.value["model"].as_str().unwrap_or_default().clone_into(named_model);
    let unknown_keys = world.scenario().requests.unknown_keys;
    let model = validate::check(&models, delivery, unknown_keys, &body).map_err(|faults| Refusal::new(400, &faults))?;
    let no = |fault: String| Rejected::Customer(base_resp::no(base_resp::INVALID, &fault));
    match referred::manner(service, model, &mut body).await {
        Ok(manner) => order.manner = manner,
        Err(Trouble::Unknown(fault)) => return Err(no(fault)),
        Err(Trouble::Useless) => order.ending = Some(Ending::Error),
    }
    if let Some(fault) = impossible(model, &body) {
        return Err(no(fault));
    }
    let at_once = order.at_once;
    let generation = world.accept(model, body.value, order)?;
    Ok(Taken { model: model.clone(), generation, at_once })
}

/// Takes the body in, and finds the recording that it may hold.
async fn read(service: &Service, request: Request) -> Result<Body, Refusal> {
    let (head, body) = request.into_parts();
    let (models, folder) = (service.world.models(), service.world.folder.clone());
    let bytes = body::receive(&head.headers, body).await?;
    let read = tokio::task::spawn_blocking(move || Body::read(&bytes, &models, &folder)).await;
    read.unwrap_or_else(|_| Err(Refusal::new(500, "The body could not be read.")))
}

/// What the maker of a held-open song says no to besides references that nobody uploaded. A queued model learns of
/// such things later, and breaks.
fn impossible(model: &Model, body: &Body) -> Option<String> {
    let at_once = model.delivery == Delivery::HeldOpen;
    (at_once && model.breaks(&body.value)).then(|| "invalid params, the lyrics are too long".to_owned())
}
