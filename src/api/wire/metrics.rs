//! How long the models took in the last minutes.

use serde_json::Value;

use super::lenient;
use crate::domain::terms::Pace;

/// A day: whatever is said to need longer is no song that is being made.
const LONGEST_MS: f64 = 24.0 * 60.0 * 60.0 * 1000.0;

/// So many models are kept of a list: more than were asked about.
const MOST: usize = 1_000;

/// Every model that has a figure.
pub(in crate::api) fn paces(body: &Value) -> Option<Vec<Pace>> {
    let models = body.get("models")?.as_array()?;
    Some(models.iter().filter_map(pace).take(MOST).collect())
}

fn pace(model: &Value) -> Option<Pace> {
    let took = model.pointer("/metrics/duration_ms")?;
    let figure = |name: &str| took.get(name).and_then(lenient::amount).filter(|ms| *ms <= LONGEST_MS);
    Some(Pace { alias: lenient::text(model.get("alias")?, 100)?, p50_ms: figure("p50")?, p90_ms: figure("p90") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_model_without_figures_says_nothing() {
        let body = json!({"models": [
            {"alias": "music-2.0", "metrics": {"duration_ms": {"p50": 61_000, "p90": "90000"}}},
            {"alias": "music-1.5", "metrics": {"duration_ms": {"p50": 61_000, "p90": -1}}},
            {"alias": "lyria2", "metrics": null},
            {"alias": "music-9", "metrics": {"duration_ms": {"p50": 9e14}}},
            {"alias": "music-01", "metrics": {"duration_ms": {"p50": null}}},
            {"metrics": {}},
            "x",
        ]});
        let pace = |alias: &str, p90_ms| Pace { alias: alias.to_owned(), p50_ms: 61_000.0, p90_ms };
        assert_eq!(paces(&body).unwrap(), [pace("music-2.0", Some(90_000.0)), pace("music-1.5", None)]);
        assert_eq!(paces(&json!({"models": {}})), None);
    }
}
