//! The service's list of models, with what they cost.

use serde_json::Value;

use super::lenient;

/// The answer to "what do the models cost".
#[derive(Clone, Debug, PartialEq)]
pub enum Prices {
    /// As it was when the etag was given.
    NotModified,
    /// The list, and the etag to ask with next time.
    Fresh { etag: Option<String>, models: Vec<PricedModel> },
}

/// A model as the service lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct PricedModel {
    pub id: String,
    /// Other names that mean the same model.
    pub aliases: Vec<String>,
    /// US dollars a take, where the service states one price for exactly that.
    pub price_usd: Option<f64>,
}

/// What a price may be `per` to be the price of a take. Prices per second, token or step are not.
const PER_TAKE: [&str; 8] = ["generation", "request", "call", "audio", "song", "track", "file", "run"];

pub(in crate::api) fn models(body: &Value) -> Option<Vec<PricedModel>> {
    let rows = body.get("data").unwrap_or(body).as_array()?;
    Some(rows.iter().filter_map(PricedModel::of).collect())
}

impl PricedModel {
    fn of(row: &Value) -> Option<Self> {
        let aliases = row.get("aliases").and_then(Value::as_array);
        Some(Self {
            id: lenient::id(row.get("id")?)?,
            aliases: aliases.into_iter().flatten().filter_map(lenient::id).collect(),
            price_usd: row.get("pricing").and_then(price_of_a_take),
        })
    }
}

/// The one price of a take, if the pricing is `fixed`, in dollars, and names no other unit.
fn price_of_a_take(pricing: &Value) -> Option<f64> {
    let is_dollars = pricing.get("currency").and_then(Value::as_str).is_none_or(|currency| currency == "USD");
    if pricing.get("kind").and_then(Value::as_str) != Some("fixed") || !is_dollars {
        return None;
    }
    match pricing.get("units")?.as_array()?.as_slice() {
        [unit] if is_per_take(unit) => lenient::number(unit.get("price")?).filter(|price| *price >= 0.0),
        _ => None,
    }
}

/// Whether a unit is one take: `"per": "generation"`, or `"per": 1` with the word in `unit`.
fn is_per_take(unit: &Value) -> bool {
    let word = match unit.get("per") {
        Some(Value::String(word)) => Some(word.as_str()),
        Some(per) if lenient::number(per) == Some(1.0) => unit.get("unit").and_then(Value::as_str),
        _ => None,
    };
    word.is_some_and(|word| PER_TAKE.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn price(pricing: &Value) -> Option<f64> {
        models(&json!({"data": [{"id": "m", "aliases": ["n"], "pricing": pricing}]})).unwrap()[0].price_usd
    }

    #[test]
    fn only_a_fixed_price_of_one_take_is_a_price() {
        let fixed = |units: Value| json!({"kind": "fixed", "currency": "USD", "units": units});
        assert_eq!(price(&fixed(json!([{"price": 0.03, "per": "generation"}]))), Some(0.03));
        assert_eq!(price(&fixed(json!([{"price": "0.03", "per": 1, "unit": "request"}]))), Some(0.03));
        assert_eq!(price(&fixed(json!([{"price": 0.01, "per": "second"}]))), None);
        assert_eq!(price(&fixed(json!([{"price": 0.01, "per": 1000, "unit": "request"}]))), None);
        assert_eq!(price(&fixed(json!([{"price": 1, "per": "song"}, {"price": 2, "per": "song"}]))), None);
        assert_eq!(price(&json!({"kind": "variants", "units": [{"price": 1, "per": "song"}]})), None);
        assert_eq!(price(&Value::Null), None);
    }

    #[test]
    fn rows_that_are_no_models_are_passed_over() {
        let models = models(&json!({"data": [{"aliases": null}, {"id": "m"}, "x"]})).unwrap();
        assert_eq!(models, [PricedModel { id: "m".to_owned(), aliases: Vec::new(), price_usd: None }]);
    }
}
