//! A take that another machine ordered, found in the account's log and fetched here: nothing is ordered by it.

use std::fs;

use refrain::api::{Body, Client, Limits, Outcome};
use refrain::domain::generation::Status;
use refrain::failpoint::Point;
use serde_json::json;

use super::Journey;
use crate::aftermath::settle;
use crate::lane::Lane;
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};
use crate::trial::Scene;
use crate::truths::fault_of;

/// Where its id is noted; the lane has those of other trials in its log.
const NOTE: &str = "stray";

/// Every step of it that no other journey has, and the first behind them.
pub const POINTS: [Point; 3] = [Point::AdoptRow, Point::AdoptWritten, Point::TakeAsked];

/// Orders it elsewhere.
pub fn place(studio: &Studio, lane: &Lane) {
    let client = Client::new(&lane.url, Some(Pretend::key()), Limits::default()).unwrap();
    let request = json!({ "model": "stable-audio", "prompt": "slow fado, one guitar", "seconds_total": 1 });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    match runtime.block_on(client.submit(Body::from(&request), "another-machine")) {
        Outcome::Accepted(accepted) => fs::write(studio.path().join(NOTE), accepted.generation.remote_id).unwrap(),
        outcome => panic!("{outcome:?}"),
    }
}

/// Adopts it, and does not wait until it is fetched.
pub fn arguments(studio: &Studio) -> Vec<String> {
    let id = fs::read_to_string(studio.path().join(NOTE)).unwrap();
    ["adopt", "--since", "10m", "--no-wait", &id].map(str::to_owned).to_vec()
}

/// Goes on: the person says it once more.
pub fn go_on(studio: &Studio, lane: &Lane) -> Vec<String> {
    let again = Ended::of(Journey::Adopt.command(studio, lane).output().unwrap());
    let mut violations = settle(studio, lane);
    if again.code != 0 {
        violations.push(format!("(b) it cannot be adopted afterwards: {again:?}"));
    }
    violations
}

/// What is not as it was promised once it is done.
pub fn broken(scene: &Scene<'_>) -> Vec<String> {
    let takes = scene.studio.store().takes(None).unwrap();
    let mut broken = Vec::new();
    if !scene.books.ledger.is_empty() || !scene.books.perhaps_accepted_any().is_empty() {
        broken.push("(a) adopting ordered something".to_owned());
    }
    let [take] = takes.as_slice() else {
        broken.push(format!("(a) one generation was adopted, and there are {} takes", takes.len()));
        return broken;
    };
    let fault = take.file.as_deref().map(fault_of);
    if !take.is_adopted() || take.status != Status::Saved || fault != Some(None) {
        broken.push(format!("(b) it is {:?} {:?} {:?} ({fault:?})", take.status, take.why, take.message));
    }
    broken
}
