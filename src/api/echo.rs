//! The key, should a service repeat it: taken out of whatever it says before anybody reads that.

use bytes::Bytes;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::key::ApiKey;
use super::wire::lenient;

/// A body without the key, also where it is written with escapes. What holds no key stays as it came, byte by byte.
pub(super) fn out_of_body(body: Bytes, key: Option<&ApiKey>) -> Bytes {
    let Some(key) = key else { return body };
    let body = key.scrubbed(&String::from_utf8_lossy(&body)).map_or(body, Bytes::from);
    if !body.windows(2).any(|bytes| bytes == b"\\u") {
        return body;
    }
    let Some(mut said) = lenient::json(&body) else { return body };
    if out_of_value(&mut said, key) { Bytes::from(said.to_string()) } else { body }
}

/// Takes the key out of every text of a value; says whether it was in one.
fn out_of_value(value: &mut Value, key: &ApiKey) -> bool {
    match value {
        Value::String(text) => key.scrubbed(text).map(|clean| *text = clean).is_some(),
        Value::Array(items) => out_of_each(items, key),
        Value::Object(members) => {
            let named = members.len();
            members.retain(|name, _| key.scrubbed(name).is_none());
            let is_less = members.len() < named;
            out_of_each(members.values_mut(), key) || is_less
        }
        _ => false,
    }
}

/// All of them are looked at, also behind the first that held it.
fn out_of_each<'a>(values: impl IntoIterator<Item = &'a mut Value>, key: &ApiKey) -> bool {
    values.into_iter().filter_map(|value| out_of_value(value, key).then_some(())).count() > 0
}

/// Headers without those that hold the key.
pub(super) fn out_of_headers(headers: &HeaderMap, key: Option<&ApiKey>) -> HeaderMap {
    let holds_key = |value: &[u8]| key.is_some_and(|key| key.scrubbed(&String::from_utf8_lossy(value)).is_some());
    let kept = headers.iter().filter(|(_, value)| !holds_key(value.as_bytes()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "k-0123456789abcdef";

    fn key() -> ApiKey {
        ApiKey::new(KEY).unwrap()
    }

    #[test]
    fn a_key_is_taken_out_of_a_body_however_it_is_written() {
        let escaped = KEY.replace('-', "\\u002d");
        let table = [
            (format!("<p>{KEY}</p>"), "<p>(your key)</p>".to_owned()),
            (format!("{{\"message\":\"{KEY} is wrong\"}}"), "{\"message\":\"(your key) is wrong\"}".to_owned()),
            (format!("{{\"message\":[\"{escaped}\"]}}"), "{\"message\":[\"(your key)\"]}".to_owned()),
            (format!("{{\"a\":1,\"{escaped}\":2}}"), "{\"a\":1}".to_owned()),
        ];
        for (body, clean) in table {
            assert_eq!(out_of_body(Bytes::from(body.clone()), Some(&key())), clean.as_bytes(), "{body}");
        }
        let broken = [b"\xff ", KEY.as_bytes()].concat();
        let clean = out_of_body(Bytes::from(broken), Some(&key()));
        assert!(!String::from_utf8_lossy(&clean).contains(KEY));
    }

    #[test]
    fn what_holds_no_key_stays_byte_by_byte() {
        for body in [&b"{ \"a\" : \"\\u00e9\" }"[..], b"\xff\\u", b""] {
            assert_eq!(out_of_body(Bytes::from_static(body), Some(&key())), body);
            assert_eq!(out_of_body(Bytes::from_static(body), None), body);
        }
    }

    #[test]
    fn a_header_that_holds_the_key_is_not_there() {
        let headers: HeaderMap = [("x-request-id", KEY), ("x-inference-id", "1:music")]
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .into_iter()
            .collect();
        let kept = out_of_headers(&headers, Some(&key()));
        assert_eq!(kept.keys().map(reqwest::header::HeaderName::as_str).collect::<Vec<_>>(), ["x-inference-id"]);
        assert_eq!(out_of_headers(&headers, None).len(), 2);
    }
}
