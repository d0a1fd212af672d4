//! Reading values that may be absent, null, or of a neighbouring type.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::untrusted::Untrusted;

/// So many values are read of an answer: each needs many times the memory of the two letters that it may have. The
/// longest list that is known, of all models with their prices, has a tenth of that.
const MOST_VALUES: usize = 300_000;

/// The JSON of an answer, if it is any, and of no more values than an answer can need.
pub fn json(body: &[u8]) -> Option<Value> {
    (values(body) <= MOST_VALUES).then(|| serde_json::from_slice(body).ok())?
}

/// How many values there may be in JSON at most: as many as begin a list or an object, or follow a comma.
fn values(body: &[u8]) -> usize {
    let (mut values, mut within_text, mut escaped) = (1, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = within_text,
            b'"' => within_text = !within_text,
            b',' | b'[' | b'{' if !within_text => values += 1,
            _ => {}
        }
    }
    values
}

/// Larger than any amount, size or time that is meant. Beyond it sums and dates overflow, and words run off the screen.
const LARGEST: f64 = 1e15;

/// A number, also where it came as text; nothing where it is too large to be meant.
pub fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.abs() <= LARGEST)
}

/// A number that is not negative, also where it came as text: a cost below zero would be counted as money back.
pub fn amount(value: &Value) -> Option<f64> {
    number(value).filter(|amount| *amount >= 0.0)
}

/// A whole number that is not negative, also where it came as text; nothing where it is too large to be meant.
pub fn whole(value: &Value) -> Option<u64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        value => value.as_u64(),
    };
    number.filter(|number| *number <= LARGEST as u64)
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
    fn an_answer_of_too_many_values_is_none_however_few_letters_it_has() {
        assert_eq!(values(br#"{"a":[1,"b,[\",{"],"c":{}}"#), 6);
        let list = |length: usize| format!("[{}0]", "0,".repeat(length));
        assert!(json(list(MOST_VALUES - 2).as_bytes()).is_some());
        assert_eq!(json(list(MOST_VALUES).as_bytes()), None);
        let text = format!("[\"{}\"]", ",[{".repeat(MOST_VALUES));
        assert!(json(text.as_bytes()).is_some(), "a text is one value");
        assert_eq!(json(b"<html>"), None);
    }

    #[test]
    fn numbers_may_come_as_text() {
        assert_eq!(number(&json!("0.25")), Some(0.25));
        assert_eq!(number(&json!(3)), Some(3.0));
        for absurd in [json!("NaN"), json!("inf"), json!(1e308), json!("-1e308"), json!(1e16)] {
            assert_eq!(number(&absurd), None, "{absurd}");
        }
        assert_eq!(number(&json!(-1)), Some(-1.0));
        assert_eq!(whole(&json!(" 12 ")), Some(12));
        assert_eq!(whole(&json!(-1)), None);
        assert_eq!(whole(&json!(u64::MAX)), None);
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
