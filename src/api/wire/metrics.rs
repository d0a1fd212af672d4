//! How long the models took in the last minutes.

use serde_json::Value;

use super::lenient;

/// How long a model took, in milliseconds.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelPace {
    /// One of the model's names, clean.
    pub alias: String,
    /// Half of the requests took at most that long.
    pub p50_ms: Option<f64>,
    /// Nine in ten took at most that long.
    pub p90_ms: Option<f64>,
}

pub(in crate::api) fn paces(body: &Value) -> Option<Vec<ModelPace>> {
    let models = body.get("models")?.as_array()?;
    Some(models.iter().filter_map(pace).collect())
}

fn pace(model: &Value) -> Option<ModelPace> {
    let took = |name: &str| model.pointer("/metrics/duration_ms")?.get(name).and_then(lenient::number);
    Some(ModelPace { alias: lenient::text(model.get("alias")?, 100)?, p50_ms: took("p50"), p90_ms: took("p90") })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_model_without_figures_has_none() {
        let body = json!({"models": [
            {"alias": "music-2.0", "metrics": {"duration_ms": {"p50": 61_000, "p90": "90000"}}},
            {"alias": "lyria2", "metrics": null},
            {"metrics": {}},
        ]});
        let paces = paces(&body).unwrap();
        assert_eq!(paces.len(), 2);
        assert_eq!((paces[0].p50_ms, paces[0].p90_ms), (Some(61_000.0), Some(90_000.0)));
        assert_eq!(paces[1], ModelPace { alias: "lyria2".to_owned(), p50_ms: None, p90_ms: None });
    }
}
