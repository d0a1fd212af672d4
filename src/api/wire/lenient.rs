//! Reading values that may be absent, null, or of a neighbouring type.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::untrusted::Untrusted;

/// A number, also where it came as text.
pub fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

/// A number that is not negative, also where it came as text: a cost below zero would be counted as money back.
pub fn amount(value: &Value) -> Option<f64> {
    number(value).filter(|amount| *amount >= 0.0)
}

/// A whole number that is not negative, also where it came as text.
pub fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_u64(),
    }
}

/// Clean text of at most `most` characters, also where it came as a number; nothing where it is empty.
pub fn text(value: &Value, most: usize) -> Option<String> {
    let text = match value {
        Value::String(text) => Untrusted::new(text.as_str()).clean(most),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// An id that can be sent back as it came: visible ASCII, at most 512 characters.
pub fn id(value: &Value) -> Option<String> {
    const LONGEST: usize = 512;
    let id = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    ((1..=LONGEST).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())).then_some(id)
}

/// A moment in RFC 3339.
pub fn moment(value: &Value) -> Option<Timestamp> {
    value.as_str()?.trim().parse().ok()
}

/// Any value in words: text as it is, everything else as JSON. Clean, at most `most` characters.
pub fn words(value: &Value, most: usize) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(_) => text(value, most),
        other => Some(Untrusted::new(other.to_string()).clean(most)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_may_come_as_text() {
        assert_eq!(number(&json!("0.25")), Some(0.25));
        assert_eq!(number(&json!(3)), Some(3.0));
        assert_eq!(number(&json!("NaN")), None);
        assert_eq!(whole(&json!(" 12 ")), Some(12));
        assert_eq!(whole(&json!(-1)), None);
        assert_eq!(number(&Value::Null), None);
        assert_eq!((amount(&json!("0.25")), amount(&json!(-1))), (Some(0.25), None));
    }

    #[test]
    fn an_id_that_could_not_be_sent_back_is_no_id() {
        assert_eq!(id(&json!("60ac7c34:minimax/music-2.0")), Some("60ac7c34:minimax/music-2.0".to_owned()));
        assert_eq!(id(&json!(7)), Some("7".to_owned()));
        for wrong in [json!(""), json!("a b"), json!("a\u{1b}[2J"), json!(null), json!("x".repeat(513))] {
            assert_eq!(id(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn any_json_can_be_put_into_words() {
        assert_eq!(words(&json!({"code": 7}), 50), Some(r#"{"code":7}"#.to_owned()));
        assert_eq!(words(&json!("a\nb"), 50), Some("a b".to_owned()));
        assert_eq!(words(&Value::Null, 50), None);
    }
}
