//! An error in the service's own form: `{"message", "path", "requestId", "statusCode", "timestamp"}`.

use serde_json::Value;

use super::lenient;
use crate::domain::untrusted::Untrusted;

/// The longest message that is shown; validation messages list what was expected.
const LONGEST: usize = 400;

/// So many messages of a list are read: one for each field that is wrong.
const MOST: usize = 20;

/// What the service itself said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VendorError {
    /// Clean; empty where it said nothing.
    pub message: String,
    /// The status inside the body, where it is a number or the text of one.
    pub status: Option<u16>,
    /// The service's id of the request.
    pub request: Option<String>,
}

impl VendorError {
    /// The error that `body` holds, if it is one in the service's own form: an object with `message` and
    /// with a `statusCode` that is a number or text.
    pub fn read(body: &[u8]) -> Option<Self> {
        let value = lenient::json(body)?;
        let message = match value.get("message")? {
            Value::Array(parts) => {
                let words = parts.iter().filter_map(|part| lenient::words(part, LONGEST));
                Untrusted::new(words.take(MOST).collect::<Vec<_>>().join("; ")).clean(LONGEST)
            }
            message => lenient::words(message, LONGEST).unwrap_or_default(),
        };
        let status = value.get("statusCode").filter(|status| status.is_number() || status.is_string())?;
        Some(Self {
            message,
            status: lenient::whole(status).and_then(|status| u16::try_from(status).ok()),
            request: value.get("requestId").and_then(lenient::id),
        })
    }

    /// The service's own words, or `otherwise` where it had none.
    pub fn sentence_or(&self, otherwise: &str) -> String {
        if self.message.is_empty() { otherwise.to_owned() } else { self.message.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_may_be_a_number_or_text() {
        for body in [r#"{"message":"no","statusCode":400}"#, r#"{"message":"no","statusCode":"400"}"#] {
            assert_eq!(VendorError::read(body.as_bytes()).unwrap().status, Some(400), "{body}");
        }
    }

    #[test]
    fn other_shapes_are_not_the_services_own() {
        for body in [
            "",
            "<html>",
            "[]",
            "null",
            r#"{"message":"no"}"#,
            r#"{"statusCode":400}"#,
            r#"{"error":{"message":"no"}}"#,
            r#"{"message":"no","statusCode":null}"#,
        ] {
            assert_eq!(VendorError::read(body.as_bytes()), None, "{body}");
        }
    }

    #[test]
    fn a_list_of_messages_is_joined_and_cleaned() {
        let body = br#"{"message":["style \u001b[2Jtoo long","lyrics missing"],"statusCode":"BAD","requestId":"r-1"}"#;
        let error = VendorError::read(body).unwrap();
        assert_eq!(error.message, "style [2Jtoo long; lyrics missing");
        assert_eq!(error.status, None);
        assert_eq!(error.request.as_deref(), Some("r-1"));
        let endless = serde_json::json!({"message": vec!["no"; 100_000], "statusCode": 400}).to_string();
        assert!(VendorError::read(endless.as_bytes()).unwrap().message.len() < 500);
    }
}
