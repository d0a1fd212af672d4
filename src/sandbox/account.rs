//! The money: balance, the older balance, the list of transactions.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::answer::{Refusal, time};
use super::ledger::Stage;
use super::models::CREDITS_PER_USD;
use super::routes::{Key, Parameters, Service};
use super::world::World;

/// Below this many credits the older balance calls itself low.
const LOW: i64 = 10_000;

/// `GET /v2/billing`.
pub async fn balance(_: Key, State(service): State<Service>) -> Json<Value> {
    let usd = service.world.credits(Timestamp::now()) as f64 / CREDITS_PER_USD;
    Json(json!({ "current_balance": usd, "currency": "USD" }))
}

/// `GET /v1/billing/balance`: the older call, in credits.
pub async fn older_balance(_: Key, State(service): State<Service>) -> Json<Value> {
    let now = Timestamp::now();
    let credits = service.world.credits(now);
    Json(json!({
        "balance": credits,
        "lowBalance": credits < LOW,
        "lowBalanceThreshold": LOW,
        "lastUpdated": time(now),
        "autoDebitStatus": "disabled",
        "status": "current",
        "statusExplanation": "The balance is up to date.",
    }))
}

/// A line of the list. `place` orders lines of one moment and is what a cursor points at.
struct Transaction {
    place: (Timestamp, usize),
    direction: &'static str,
    kind: &'static str,
    credits: u64,
    model: Option<String>,
    reference: Option<String>,
}

const DIRECTIONS: [&str; 2] = ["TOPUP", "CHARGE"];
const KINDS: [&str; 7] = ["PAYMENT", "BONUS", "REFUND", "ADJUSTMENT", "MODEL_USAGE", "CREDITS_EXPIRED", "INIT"];

/// `GET /v2/billing/transactions`, the newest first.
pub async fn transactions(_: Key, State(service): State<Service>, query: Parameters) -> Result<Json<Value>, Refusal> {
    let limit = query.number("limit", 1, 100, 50)?;
    let direction = query.word("direction", &DIRECTIONS)?;
    let kind = query.word("type", &KINDS)?;
    let (from, to) = (query.time("from")?, query.time("to")?);
    let cursor = query.get("cursor").map(place_of).transpose()?;
    let mut found = all(&service.world, Timestamp::now());
    found.retain(|line| {
        direction.is_none_or(|wanted| wanted == line.direction)
            && kind.is_none_or(|wanted| wanted == line.kind)
            && from.is_none_or(|from| line.place.0 >= from)
            && to.is_none_or(|to| line.place.0 <= to)
            && cursor.is_none_or(|cursor| line.place < cursor)
    });
    found.sort_by_key(|line| std::cmp::Reverse(line.place));
    let has_more = found.len() > limit;
    found.truncate(limit);
    let next =
        found.last().filter(|_| has_more).map(|last| format!("{}.{}", last.place.0.as_nanosecond(), last.place.1));
    let data: Vec<Value> = found.iter().map(Transaction::written).collect();
    Ok(Json(json!({ "data": data, "pagination": { "next_cursor": next, "has_more": has_more } })))
}

fn place_of(cursor: &str) -> Result<(Timestamp, usize), Refusal> {
    let read = |text: &str| {
        let (time, number) = text.split_once('.')?;
        Some((Timestamp::from_nanosecond(time.parse().ok()?).ok()?, number.parse().ok()?))
    };
    read(cursor).ok_or_else(|| Refusal::new(400, "cursor: Invalid cursor"))
}

/// Every transaction until now: the first deposit, a charge for each generation, a refund for each that broke.
fn all(world: &World, now: Timestamp) -> Vec<Transaction> {
    let start = world.deposit() as u64;
    let deposit = Transaction {
        place: (world.born, 0),
        direction: "TOPUP",
        kind: "INIT",
        credits: start,
        model: None,
        reference: None,
    };
    let mut lines = vec![deposit];
    for (number, generation) in world.ledger().generations().iter().enumerate() {
        let line = |time, direction, kind| Transaction {
            place: (time, number + 1),
            direction,
            kind,
            credits: generation.credits,
            model: Some(generation.model.clone()),
            reference: Some(generation.inference_id.clone()),
        };
        lines.push(line(generation.when, "CHARGE", "MODEL_USAGE"));
        if generation.stage(now) == Stage::Broken {
            lines.push(line(generation.ends, "TOPUP", "REFUND"));
        }
    }
    lines
}

impl Transaction {
    fn written(&self) -> Value {
        json!({
            "created_at": time(self.place.0),
            "direction": self.direction,
            "type": self.kind,
            "amount": { "usd": self.credits as f64 / CREDITS_PER_USD, "credits": self.credits },
            "model": self.model,
            "reference_id": self.reference,
        })
    }
}
