//! The service's list of models, with what they cost.

use serde_json::Value;

use super::lenient;
use crate::domain::price::{Per, Quote, Rate};
use crate::domain::terms::Listed;

/// The answer to "what do the models cost".
#[derive(Clone, Debug, PartialEq)]
pub enum Prices {
    /// As it was when the etag was given.
    NotModified,
    /// The list, and the etag to ask with next time.
    Fresh { etag: Option<String>, models: Vec<Listed> },
}

/// What an amount may be for to be the price of something known of a take beforehand, and how many of
/// that one is. Prices per token, character or step are not.
const UNITS: [(&str, Per, f64); 16] = [
    ("generation", Per::Take, 1.0),
    ("request", Per::Take, 1.0),
    ("call", Per::Take, 1.0),
    ("audio", Per::Take, 1.0),
    ("song", Per::Take, 1.0),
    ("track", Per::Take, 1.0),
    ("file", Per::Take, 1.0),
    ("run", Per::Take, 1.0),
    ("second", Per::Second, 1.0),
    ("seconds", Per::Second, 1.0),
    ("sec", Per::Second, 1.0),
    ("s", Per::Second, 1.0),
    ("minute", Per::Second, 60.0),
    ("minutes", Per::Second, 60.0),
    ("min", Per::Second, 60.0),
    ("ms", Per::Second, 0.001),
];

/// So many models are kept of a list, and so many other names of each: it goes into the database.
const MOST_MODELS: usize = 10_000;
const MOST_ALIASES: usize = 50;

/// Words with which a list says that a model is no longer for new work.
const RETIRED: [&str; 4] = ["deprecated", "retired", "sunset", "discontinued"];

pub(in crate::api) fn models(body: &Value) -> Option<Vec<Listed>> {
    let rows = body.get("data").unwrap_or(body).as_array()?;
    Some(rows.iter().filter_map(listed).take(MOST_MODELS).collect())
}

fn listed(row: &Value) -> Option<Listed> {
    let aliases = row.get("aliases").and_then(Value::as_array);
    Some(Listed {
        id: lenient::id(row.get("id")?)?,
        aliases: aliases.into_iter().flatten().filter_map(lenient::id).take(MOST_ALIASES).collect(),
        retired: is_retired(row),
        quote: row.get("pricing").and_then(quote),
    })
}

/// Whether a tag (as `state:deprecated`), the status or a flag of that name says so.
fn is_retired(row: &Value) -> bool {
    let says = |value: &Value| {
        let word = value.as_str().unwrap_or_default().rsplit(':').next().unwrap_or_default();
        RETIRED.iter().any(|retired| word.eq_ignore_ascii_case(retired))
    };
    let tags = row.get("tags").and_then(Value::as_array);
    let flagged = |name: &&str| row.get(*name).is_some_and(|flag| flag.as_bool() == Some(true));
    tags.into_iter().flatten().chain(row.get("status")).any(says) || RETIRED.iter().any(flagged)
}

/// The price as it is said. In dollars, and by what a take has one of, or a length; else without a rate:
/// that the service says something is known then, and what it comes to is not.
fn quote(pricing: &Value) -> Option<Quote> {
    let kind = lenient::text(pricing.get("kind")?, 40)?;
    let is_dollars = |value: &Value| {
        value.get("currency").and_then(Value::as_str).is_none_or(|currency| currency.eq_ignore_ascii_case("usd"))
    };
    let rates = match kind.as_str() {
        _ if !is_dollars(pricing) => None,
        "fixed" => rate(pricing).map(|rate| vec![rate]),
        "variants" => {
            let variants = pricing.get("variants").and_then(Value::as_array);
            variants.and_then(|variants| variants.iter().map(|one| rate(one).filter(|_| is_dollars(one))).collect())
        }
        _ => None,
    };
    Some(Quote { kind, rates: rates.unwrap_or_default() })
}

/// The one rate of a price: in its `units` if it has just one, or else in itself.
fn rate(priced: &Value) -> Option<Rate> {
    match priced.get("units").map(Value::as_array) {
        Some(Some(units)) => match units.as_slice() {
            [unit] => rate_of_unit(unit),
            _ => None,
        },
        Some(None) => None,
        None => rate_of_unit(priced),
    }
}

/// A price always goes with its `per`: the word for what it buys one of, or how many of `unit` it buys.
fn rate_of_unit(unit: &Value) -> Option<Rate> {
    let price = lenient::amount(unit.get("price")?)?;
    let per = unit.get("per")?;
    let (count, word) = match (lenient::number(per), per) {
        (Some(count), _) => (count, unit.get("unit")?.as_str()?),
        (None, Value::String(word)) => (1.0, word.as_str()),
        _ => return None,
    };
    let (_, per, size) = UNITS.into_iter().find(|(known, ..)| word.trim().eq_ignore_ascii_case(known))?;
    let usd = price / count / size;
    (count > 0.0 && usd.is_finite()).then_some(Rate { usd, per })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(pricing: &Value) -> Option<Quote> {
        models(&json!({"data": [{"id": "m", "aliases": ["n"], "pricing": pricing}]})).unwrap().remove(0).quote
    }

    /// What a song of 100 seconds costs.
    fn price(pricing: &Value) -> Option<f64> {
        said(pricing)?.price(Some(100)).map(|price| (price.usd * 1e6).round() / 1e6)
    }

    #[test]
    fn a_price_is_read_with_what_it_is_per() {
        let fixed = |units: Value| json!({"kind": "fixed", "currency": "USD", "units": units});
        let table = [
            (fixed(json!([{"price": 0.03, "per": "generation"}])), Some(0.03)),
            (fixed(json!([{"price": "0.03", "per": 1, "unit": "Request"}])), Some(0.03)),
            (fixed(json!([{"price": 2.0, "per": 100, "unit": "generation"}])), Some(0.02)),
            (fixed(json!([{"price": 2.0, "per": "100", "unit": "generation"}])), Some(0.02)),
            (fixed(json!([{"price": 0.001, "per": "second"}])), Some(0.1)),
            (fixed(json!([{"price": 0.06, "per": 1, "unit": "minute"}])), Some(0.1)),
            (json!({"kind": "fixed", "price": 0.5, "per": "song"}), Some(0.5)),
            (fixed(json!([{"price": 0, "per": "song"}])), Some(0.0)),
            (fixed(json!([{"price": 0.01, "per": "token"}])), None),
            (fixed(json!([{"price": 0.01, "per": 0, "unit": "song"}])), None),
            (fixed(json!([{"price": -1, "per": "song"}])), None),
            (fixed(json!([{"price": 1e308, "per": 1e-308, "unit": "song"}])), None),
            (fixed(json!([{"price": 1e308, "per": "second"}])), None),
            (fixed(json!([{"price": 1, "per": null}])), None),
            (fixed(json!([{"price": 1}])), None),
            (fixed(json!([{"price": 1, "per": "song"}, {"price": 2, "per": "song"}])), None),
            (fixed(json!("free")), None),
            (json!({"kind": "fixed", "currency": "EUR", "units": [{"price": 1, "per": "song"}]}), None),
            (json!({"kind": "variable", "units": [{"price": 1, "per": "song"}]}), None),
        ];
        for (pricing, expected) in table {
            assert_eq!(price(&pricing), expected, "{pricing}");
            assert!(said(&pricing).is_some(), "that something is said is known: {pricing}");
        }
    }

    #[test]
    fn of_several_variants_each_must_be_readable() {
        let variants = |variants: Value| json!({"kind": "variants", "currency": "USD", "variants": variants});
        let short = json!({"when": {"quality": "low"}, "units": [{"price": 0.02, "per": "generation"}]});
        let long = json!({"when": {"quality": "high"}, "price": 0.05, "per": "generation"});
        assert_eq!(price(&variants(json!([short, long]))), Some(0.05));
        assert_eq!(price(&variants(json!([short, {"price": "?"}]))), None);
        assert_eq!(price(&variants(json!([]))), None);
        assert_eq!(price(&variants(Value::Null)), None);
    }

    #[test]
    fn what_is_no_price_says_nothing() {
        for nothing in [Value::Null, json!({}), json!([]), json!("free"), json!({"kind": null}), json!({"kind": ""})] {
            assert_eq!(said(&nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_model_may_be_called_retired_in_several_ways() {
        let retired = |extra: Value| {
            let mut row = json!({"id": "m", "tags": ["music"]});
            row.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
            models(&json!([row])).unwrap()[0].retired
        };
        for yes in [json!({"tags": ["state:deprecated"]}), json!({"status": "Retired"}), json!({"deprecated": true})] {
            assert!(retired(yes.clone()), "{yes}");
        }
        for no in [json!({}), json!({"tags": null}), json!({"status": 7}), json!({"deprecated": false})] {
            assert!(!retired(no.clone()), "{no}");
        }
    }

    #[test]
    fn a_list_without_end_is_cut() {
        let endless = json!({"data": vec![json!({"id": "m", "aliases": vec!["a"; 60]}); MOST_MODELS + 1]});
        let models = models(&endless).unwrap();
        assert_eq!((models.len(), models[0].aliases.len()), (MOST_MODELS, MOST_ALIASES));
    }

    #[test]
    fn rows_that_are_no_models_are_passed_over() {
        let models = models(&json!({"data": [{"aliases": null}, {"id": "m"}, "x"]})).unwrap();
        assert_eq!(models, [Listed { id: "m".to_owned(), ..Listed::default() }]);
    }
}
