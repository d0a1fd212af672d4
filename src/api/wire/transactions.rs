//! The account's ledger: what was taken for which request, where neither an answer nor the log said so.

use jiff::Timestamp;
use serde_json::Value;

use super::lenient;
use crate::domain::generation::Cost;

/// Lines of a page: the most that the service gives.
pub(in crate::api) const PAGE: usize = 100;

/// A page of the ledger, newest line first.
#[derive(Clone, Debug, PartialEq)]
pub struct TransactionPage {
    pub lines: Vec<Transaction>,
    /// What brings the page after it, if one follows.
    pub next: Option<String>,
}

/// One movement of money.
#[derive(Clone, Debug, PartialEq)]
pub struct Transaction {
    pub created: Option<Timestamp>,
    pub movement: Movement,
    pub amount: Cost,
    /// The inference id of what was used, or whatever else the line is about.
    pub reference: Option<String>,
}

/// Which way money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// Taken, for the use of a model.
    Usage,
    /// Given back.
    Refund,
    /// Anything else: a payment, a bonus, what expired, a word that refrain does not know.
    Other,
}

impl TransactionPage {
    pub(in crate::api) fn of(body: &Value) -> Option<Self> {
        let lines = body.get("data")?.as_array()?.iter().take(PAGE).map(Transaction::of).collect();
        let more = body.pointer("/pagination/has_more").and_then(Value::as_bool).unwrap_or(true);
        let next = body.pointer("/pagination/next_cursor").and_then(lenient::id);
        Some(Self { lines, next: next.filter(|_| more) })
    }
}

impl Transaction {
    fn of(line: &Value) -> Self {
        let amount = |name: &str| line.get("amount")?.get(name).and_then(lenient::amount);
        Self {
            created: line.get("created_at").and_then(lenient::moment),
            movement: Movement::of(line),
            amount: Cost { credits: amount("credits"), usd: amount("usd") },
            reference: line.get("reference_id").and_then(lenient::id),
        }
    }
}

impl Movement {
    fn of(line: &Value) -> Self {
        let word = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
        match (word("direction"), word("type")) {
            ("CHARGE", "MODEL_USAGE") => Self::Usage,
            ("TOPUP", "REFUND") => Self::Refund,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_with_everything_is_read() {
        let page = TransactionPage::of(&json!({
            "data": [{"created_at": "2026-08-17T10:00:00.000Z", "direction": "CHARGE", "type": "MODEL_USAGE",
                "amount": {"usd": 0.03, "credits": 60000}, "model": "minimax/music-2.0", "reference_id": "60ac:m"}],
            "pagination": {"next_cursor": "eyJ2IjoxfQ==", "has_more": true},
        }));
        let line = Transaction {
            created: "2026-08-17T10:00:00Z".parse().ok(),
            movement: Movement::Usage,
            amount: Cost { credits: Some(60_000.0), usd: Some(0.03) },
            reference: Some("60ac:m".to_owned()),
        };
        assert_eq!(page, Some(TransactionPage { lines: vec![line], next: Some("eyJ2IjoxfQ==".to_owned()) }));
    }

    #[test]
    fn what_is_absent_absurd_or_unknown_is_still_a_line() {
        let page = TransactionPage::of(&json!({
            "data": [7, {"direction": "CHARGE", "type": "GIFT", "amount": {"usd": -1, "credits": "1e308"}},
                {"direction": "TOPUP", "type": "REFUND", "amount": null, "reference_id": "a b"}],
            "pagination": {"next_cursor": "of a page that is not there", "has_more": false},
        }));
        let page = page.unwrap();
        assert_eq!(page.next, None);
        let nothing = |movement| Transaction { created: None, movement, amount: Cost::default(), reference: None };
        assert_eq!(page.lines, [Movement::Other, Movement::Other, Movement::Refund].map(nothing));
        assert_eq!(TransactionPage::of(&json!({"data": {}})), None);
        let endless = TransactionPage::of(&json!({"data": vec![7; 1_000], "pagination": {"next_cursor": "same"}}));
        assert_eq!(endless.map(|page| (page.lines.len(), page.next)), Some((PAGE, Some("same".to_owned()))));
    }
}
