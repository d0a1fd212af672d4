//! What is left on the account.

use serde_json::Value;

use super::lenient;
use crate::domain::generation::CREDITS_PER_USD;

/// What is left on the account.
#[derive(Clone, Debug, PartialEq)]
pub struct Balance {
    pub amount: f64,
    /// As `USD`, clean.
    pub currency: String,
}

impl Balance {
    /// `{"current_balance", "currency"}`, or of the older call `{"balance"}`, which counts credits.
    pub(in crate::api) fn of(body: &Value) -> Option<Self> {
        if let Some(amount) = body.get("current_balance").and_then(lenient::number) {
            let currency = body.get("currency").and_then(|value| lenient::text(value, 8));
            return Some(Self { amount, currency: currency.unwrap_or_else(|| "USD".to_owned()) });
        }
        let credits = body.get("balance").and_then(lenient::number)?;
        Some(Self { amount: credits / CREDITS_PER_USD, currency: "USD".to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_calls_for_the_balance_give_dollars() {
        let dollars = |body: Value| Balance::of(&body).map(|balance| (balance.amount, balance.currency));
        let usd = |amount: f64| Some((amount, "USD".to_owned()));
        assert_eq!(dollars(json!({"current_balance": "4.21", "currency": "USD"})), usd(4.21));
        assert_eq!(dollars(json!({"current_balance": 1, "currency": null})), usd(1.0));
        assert_eq!(dollars(json!({"balance": 3_000_000, "lowBalance": false})), usd(1.5));
        assert_eq!(dollars(json!({"status": "current"})), None);
    }
}
