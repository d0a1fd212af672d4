//! The form in which the pair of calls for uploads and held-open songs says yes and no: an HTTP 200 either
//! way, with a code in `base_resp`.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

/// The request says something that cannot be.
pub const INVALID: i64 = 2013;
/// It failed on the way, for no reason that is told.
pub const UNKNOWN: i64 = 1000;

/// A yes, with what it brings.
pub fn yes(mut answer: Value) -> Value {
    answer["trace_id"] = Uuid::new_v4().simple().to_string().into();
    answer["base_resp"] = json!({ "status_code": 0, "status_msg": "success" });
    answer
}

/// A no.
pub fn no(code: i64, message: &str) -> Response {
    let trace = Uuid::new_v4().simple().to_string();
    let said = json!({ "status_code": code, "status_msg": message });
    Json(json!({ "trace_id": trace, "base_resp": said })).into_response()
}
