//! Where a frozen request says that a recording goes: it names the file, which is read when the request is sent.

use serde::Deserialize;
use serde_json::{Value, json};

use super::recording::{Encoding, is_name};

/// The key that names the recording. No wire path of a catalogue may have it, and what people type is text: so
/// nothing but a recording that was chosen becomes an object with this key.
pub const RECORDING: &str = "$recording";

/// A frozen recording in the place of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enclosure {
    /// The file's name in the folder of recordings.
    pub name: String,
    /// How it travels.
    pub encoding: Encoding,
}

/// An enclosure as a request holds it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(rename = "$recording")]
    name: String,
    encoding: Encoding,
}

impl Enclosure {
    /// The enclosure that stands in this very place, if one does.
    #[must_use]
    pub fn in_place_of(value: &Value) -> Option<Self> {
        let object = value.as_object()?;
        if !object.contains_key(RECORDING) {
            return None;
        }
        let Written { name, encoding } = Written::deserialize(value).ok()?;
        is_name(&name).then_some(Self { name, encoding })
    }

    /// Every enclosure of a request.
    #[must_use]
    pub fn all_in(request: &Value) -> Vec<Self> {
        match (Self::in_place_of(request), request) {
            (Some(enclosure), _) => vec![enclosure],
            (None, Value::Array(items)) => items.iter().flat_map(Self::all_in).collect(),
            (None, Value::Object(members)) => members.values().flat_map(Self::all_in).collect(),
            (None, _) => Vec::new(),
        }
    }

    /// The request with what `words` says of each recording in its place: for people.
    #[must_use]
    pub fn told(request: &Value, words: &dyn Fn(&Self) -> String) -> Value {
        match (Self::in_place_of(request), request) {
            (Some(enclosure), _) => words(&enclosure).into(),
            (None, Value::Array(items)) => items.iter().map(|item| Self::told(item, words)).collect(),
            (None, Value::Object(members)) => {
                members.iter().map(|(key, value)| (key.clone(), Self::told(value, words))).collect()
            }
            (None, plain) => plain.clone(),
        }
    }
}

impl From<Enclosure> for Value {
    fn from(Enclosure { name, encoding }: Enclosure) -> Self {
        json!({ RECORDING: name, "encoding": encoding })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn enclosure() -> Enclosure {
        Enclosure { name: "ab12.mp3".to_owned(), encoding: Encoding::DataUri }
    }

    #[test]
    fn an_enclosure_reads_back_and_is_found_wherever_it_stands() {
        let written = Value::from(enclosure());
        assert_eq!(written, json!({"$recording": "ab12.mp3", "encoding": "data-uri"}));
        assert_eq!(Enclosure::in_place_of(&written), Some(enclosure()));
        let request = json!({"model": "m", "deep": {"list": [1, written.clone()]}, "also": written});
        assert_eq!(Enclosure::all_in(&request), [enclosure(), enclosure()]);
        let told = Enclosure::told(&request, &|enclosure| format!("<{}>", enclosure.name));
        assert_eq!(told, json!({"model": "m", "deep": {"list": [1, "<ab12.mp3>"]}, "also": "<ab12.mp3>"}));
    }

    #[test]
    fn what_only_looks_like_an_enclosure_is_none() {
        for value in [
            json!("{\"$recording\": \"ab12.mp3\", \"encoding\": \"base64\"}"),
            json!({"$recording": "ab12.mp3"}),
            json!({"$recording": "../key.mp3", "encoding": "base64"}),
            json!({"$recording": "ab12.mp3", "encoding": "hex"}),
            json!({"$recording": "ab12.mp3", "encoding": "base64", "more": 1}),
        ] {
            assert_eq!(Enclosure::all_in(&value), [], "{value}");
        }
    }
}
