//! `/v2/logs`: one row for each request that could have cost money.

use axum::Json;
use axum::extract::State;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::answer::{Refusal, time};
use super::ledger::{Generation, Refused, Stage};
use super::routes::{Key, Parameters, Service};
use super::scenario::{Log, LogId, LogRows};

/// A row.
struct Row {
    created: Timestamp,
    succeeded: bool,
    model: String,
    credits: u64,
    usd: f64,
    inference_id: String,
    client_request_id: Option<String>,
}

/// `GET /v2/logs`, the newest first.
pub async fn list(_: Key, State(service): State<Service>, query: Parameters) -> Result<Json<Value>, Refusal> {
    let now = Timestamp::now();
    let limit = query.number("limit", 1, 100, 50)?;
    let offset = query.number("offset", 0, usize::MAX, 0)?;
    let status = query.word("status", &["succeeded", "failed"])?;
    let (start, end) = window(&query, now)?;
    let mut rows = rows(&service, now);
    rows.retain(|row| {
        (start..=end).contains(&row.created)
            && query.get("model").is_none_or(|model| model == row.model)
            && status.is_none_or(|status| status == row.status())
    });
    rows.sort_by_key(|row| std::cmp::Reverse(row.created));
    let total = rows.len();
    let data: Vec<Value> = rows.iter().skip(offset).take(limit).map(Row::written).collect();
    let has_more = offset.saturating_add(data.len()) < total;
    Ok(Json(json!({
        "data": data,
        "pagination": { "limit": limit, "offset": offset, "total": total, "has_more": has_more },
    })))
}

/// The window that is asked for: `start` and `end`, or a `period` such as `24h` or `7d` until now.
fn window(query: &Parameters, now: Timestamp) -> Result<(Timestamp, Timestamp), Refusal> {
    if let Some(start) = query.time("start")? {
        return Ok((start, query.time("end")?.unwrap_or(now)));
    }
    let period = query.get("period").unwrap_or("24h");
    let hours = match period.split_at_checked(period.len().saturating_sub(1)) {
        Some((number, "h")) => number.parse::<u32>().ok(),
        Some((number, "d")) => number.parse::<u32>().ok().and_then(|days| days.checked_mul(24)),
        _ => None,
    };
    let start = hours.and_then(|hours| now.checked_sub(SignedDuration::from_hours(hours.into())).ok());
    let start = start.ok_or_else(|| Refusal::new(400, &format!("period: Invalid period, received '{period}'")))?;
    Ok((start, query.time("end")?.unwrap_or(now)))
}

/// The rows that have appeared by now.
fn rows(service: &Service, now: Timestamp) -> Vec<Row> {
    let log = service.world.scenario().log;
    let lag = SignedDuration::from_millis(log.lag_ms.try_into().unwrap_or(i64::MAX));
    let ledger = service.world.ledger();
    let accepted = ledger.generations().iter().filter(|generation| {
        let since = match log.rows {
            LogRows::Accepted => generation.when,
            LogRows::Ended => generation.ends,
            LogRows::Never => return false,
        };
        now.duration_since(since) >= lag
    });
    let refused = ledger.refusals().iter().filter(|_| log.rows != LogRows::Never);
    let refused = refused.filter(|refused| now.duration_since(refused.when) >= lag);
    accepted.map(|generation| Row::of_generation(generation, &log, now)).chain(refused.map(Row::of_refused)).collect()
}

impl Row {
    fn of_generation(generation: &Generation, log: &Log, now: Timestamp) -> Self {
        let succeeded = generation.stage(now) != Stage::Broken;
        let id = &generation.inference_id;
        Self {
            created: generation.when,
            succeeded,
            model: generation.model.clone(),
            credits: if succeeded { generation.credits } else { 0 },
            usd: if succeeded { generation.usd } else { 0.0 },
            inference_id: match log.id {
                LogId::Full => id.clone(),
                LogId::Bare => id.split(':').next().unwrap_or(id).to_owned(),
            },
            client_request_id: generation.client_request_id.clone(),
        }
    }

    fn of_refused(refused: &Refused) -> Self {
        Self {
            created: refused.when,
            succeeded: false,
            model: refused.model.clone(),
            credits: 0,
            usd: 0.0,
            inference_id: refused.inference_id.clone(),
            client_request_id: refused.client_request_id.clone(),
        }
    }

    fn status(&self) -> &'static str {
        if self.succeeded { "succeeded" } else { "failed" }
    }

    fn written(&self) -> Value {
        json!({
            "created": time(self.created),
            "status": self.status(),
            "origin": "api",
            "model": self.model,
            "cost": { "usd": self.usd, "credits": self.credits },
            "tokens": { "input": 0, "output": 0, "total": 0 },
            "request_id": null,
            "inference_id": self.inference_id,
            "client_request_id": self.client_request_id,
        })
    }
}
