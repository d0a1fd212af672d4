//! The service's log of requests: where a lost answer is looked up.

use jiff::Timestamp;
use serde_json::Value;

use super::lenient;
use crate::domain::generation::Cost;

/// Rows of a page: the most that the service gives.
pub(in crate::api) const PAGE: u32 = 100;

/// The part of the log that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogWindow {
    /// Between two moments.
    Between { start: Timestamp, end: Timestamp },
    /// So many hours until now, by the clock of the service.
    Last { hours: u32 },
}

/// A page of the log, newest row first.
#[derive(Clone, Debug, PartialEq)]
pub struct LogPage {
    pub rows: Vec<LogRow>,
    /// Whether another page follows.
    pub has_more: bool,
}

/// One request as the service remembers it. Rows may come late.
#[derive(Clone, Debug, PartialEq)]
pub struct LogRow {
    pub created: Option<Timestamp>,
    pub status: LogStatus,
    /// The model, clean.
    pub model: Option<String>,
    pub cost: Cost,
    /// The remote id, with or without `:model`.
    pub inference_id: Option<String>,
    /// The tag that was sent along.
    pub tag: Option<String>,
    /// The service's id of the request, for the vendor's support.
    pub service_request: Option<String>,
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogStatus {
    Succeeded,
    Failed,
    /// A word that refrain does not know, clean; empty where there is none.
    Strange(String),
}

impl LogPage {
    pub(in crate::api) fn of(body: &Value) -> Option<Self> {
        let rows: Vec<_> = body.get("data")?.as_array()?.iter().take(PAGE as usize).map(LogRow::of).collect();
        let more = body.pointer("/pagination/has_more").and_then(Value::as_bool);
        // Where the service does not say, a full page suggests another.
        let has_more = more.unwrap_or(rows.len() >= PAGE as usize);
        Some(Self { rows, has_more })
    }
}

impl LogRow {
    fn of(row: &Value) -> Self {
        let id = |name: &str| row.get(name).and_then(lenient::id);
        let cost = |name: &str| row.get("cost")?.get(name).and_then(lenient::amount);
        Self {
            created: row.get("created").and_then(lenient::moment),
            status: LogStatus::of(row.get("status")),
            model: row.get("model").and_then(|value| lenient::text(value, 100)),
            cost: Cost { credits: cost("credits"), usd: cost("usd") },
            inference_id: id("inference_id"),
            tag: id("client_request_id"),
            service_request: id("request_id"),
        }
    }
}

impl LogStatus {
    fn of(value: Option<&Value>) -> Self {
        let word = value.and_then(|value| lenient::text(value, 40)).unwrap_or_default();
        match word.as_str() {
            "succeeded" => Self::Succeeded,
            "failed" => Self::Failed,
            _ => Self::Strange(word),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_with_everything_is_read() {
        let page = LogPage::of(&json!({
            "data": [{"created": "2026-07-02T03:04:05.000Z", "status": "succeeded", "origin": "api",
                "model": "minimax/music-2.0", "cost": {"usd": 0.03, "credits": 60000}, "request_id": "req-1",
                "inference_id": "inf-1", "client_request_id": "tag-1"}],
            "pagination": {"limit": 100, "offset": 0, "total": 1, "has_more": true},
        }))
        .unwrap();
        assert!(page.has_more);
        let row = &page.rows[0];
        assert_eq!(row.created, "2026-07-02T03:04:05Z".parse().ok());
        assert_eq!(row.status, LogStatus::Succeeded);
        assert_eq!(row.cost, Cost { credits: Some(60_000.0), usd: Some(0.03) });
        assert_eq!((row.inference_id.as_deref(), row.tag.as_deref()), (Some("inf-1"), Some("tag-1")));
    }

    #[test]
    fn a_row_with_nothing_is_still_a_row() {
        let page = LogPage::of(&json!({"data": [{"client_request_id": null, "cost": null}, 7]})).unwrap();
        assert_eq!(page.rows.len(), 2);
        assert_eq!(page.rows[0].status, LogStatus::Strange(String::new()));
        assert!(!page.has_more);
        assert_eq!(LogPage::of(&json!({"rows": []})), None);
    }
}
