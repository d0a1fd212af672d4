//! Orders that no store knows of: from another program of the same account.

use refrain::api::{Body, Client, Limits, Outcome};
use serde_json::{Value, json};

use super::service::Pretend;

/// A second of music from the short model.
pub fn short() -> Value {
    json!({ "model": "stable-audio", "prompt": "slow fado, one guitar", "seconds_total": 1 })
}

/// Orders this from a service, with these tags, one after the other; brings the ids that it gave.
pub fn ordered(service: &Pretend, request: &Value, tags: &[&str]) -> Vec<String> {
    let client = Client::new(&service.url, Some(Pretend::key()), Limits::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let order = |tag: &&str| match runtime.block_on(client.submit(Body::from(request), tag)) {
        Outcome::Accepted(accepted) => accepted.generation.remote_id,
        outcome => panic!("{outcome:?}"),
    };
    tags.iter().map(order).collect()
}
