//! What the pretend service refuses, in the manner of a JavaScript validation library.

use serde_json::Value;
use url::Url;

use super::body::Body;
use super::models::{Delivery, Field, Kind, Model, Models};
use super::scenario::UnknownKeys;

/// Keys of `audio_setting` with the numbers they take. The sample rate has two names; which of them a model
/// takes stands in the table.
pub const SETTING_NUMBERS: [(&str, &[u64]); 3] = [
    ("sample_rate", &[16_000, 24_000, 32_000, 44_100]),
    ("audio_sample_rate", &[16_000, 24_000, 32_000, 44_100]),
    ("bitrate", &[32_000, 64_000, 128_000, 256_000]),
];

/// No recording is encoded in fewer letters.
pub const SHORTEST_ENCODED: usize = 100;

/// Containers that `audio_setting.format` takes.
const SETTING_FORMATS: [&str; 3] = ["mp3", "wav", "pcm"];

/// Checks a request's body and finds its model among those that deliver so.
///
/// # Errors
/// Every fault of the body in one message.
pub fn check<'a>(
    models: &'a Models,
    delivery: Delivery,
    unknown_keys: UnknownKeys,
    body: &Body,
) -> Result<&'a Model, String> {
    let (recording, body) = (body.recording.as_ref(), &body.value);
    if !body.is_object() {
        return Err(format!("Expected object, received {}", kind_of(body)));
    }
    let name = body.get("model").ok_or("model: Required")?;
    let name = name.as_str().ok_or_else(|| format!("model: {}", instead_of("string", name)))?;
    let sold = |model: &&Model| model.delivery == delivery;
    let model = models.find(name).filter(sold).ok_or_else(|| {
        let known: Vec<String> = models.all().iter().filter(sold).map(|model| format!("'{}'", model.id)).collect();
        format!("model: Invalid enum value. Expected {}, received '{name}'", known.join(" | "))
    })?;
    // What could be decoded needs no further look.
    let decoded = |field: &&Field| recording.is_some_and(|recording| recording.key == field.key);
    let told = model.fields.iter().filter(|field| !decoded(field));
    let mut faults: Vec<String> = told.flat_map(|field| faults(field, body.get(&field.key))).collect();
    faults.extend(no_reference(model, body));
    if unknown_keys == UnknownKeys::Refuse && !model.open {
        faults.extend(strangers(model, body));
    }
    if faults.is_empty() { Ok(model) } else { Err(faults.join("; ")) }
}

/// Without a voice and without a backing there is nothing to sing with.
fn no_reference(model: &Model, body: &Value) -> Option<String> {
    let (voice, backing) = (model.song.voice.as_deref()?, model.song.backing.as_deref()?);
    let neither = !model.open && [voice, backing].iter().all(|key| body.get(key).is_none());
    neither.then(|| format!("{voice}: Required, unless {backing} is given"))
}

/// Keys that the model has not, also within its settings.
fn strangers(model: &Model, body: &Value) -> Vec<String> {
    let unknown = |object: &Value, known: &dyn Fn(&str) -> bool, place: &str| {
        let keys = object.as_object().into_iter().flat_map(|object| object.keys());
        let strange: Vec<String> = keys.filter(|key| !known(key)).map(|key| format!("'{key}'")).collect();
        (!strange.is_empty()).then(|| format!("{place}Unrecognized key(s) in object: {}", strange.join(", ")))
    };
    let is_field = |key: &str| key == "model" || model.fields.iter().any(|field| field.key == key);
    let mut found: Vec<String> = unknown(body, &is_field, "").into_iter().collect();
    for field in model.fields.iter().filter(|field| field.kind == Kind::AudioSetting) {
        let in_setting = |key: &str| ["bitrate", "format"].contains(&key) || field.rates.iter().any(|rate| rate == key);
        found.extend(unknown(&body[&field.key], &in_setting, &format!("{}: ", field.key)));
    }
    found
}

/// What is wrong with a field, each fault with its path.
fn faults(field: &Field, value: Option<&Value>) -> Vec<String> {
    let key = &field.key;
    let Some(value) = value else {
        return if field.required { vec![format!("{key}: Required")] } else { Vec::new() };
    };
    let fault = match field.kind {
        Kind::Text => text(field, value),
        Kind::Integer => integer(field, value),
        Kind::Boolean => (!value.is_boolean()).then(|| instead_of("boolean", value)),
        Kind::Url => address(value, false),
        Kind::UrlOrBase64 => address(value, true),
        Kind::AudioSetting => return setting(field, value),
    };
    fault.map(|fault| format!("{key}: {fault}")).into_iter().collect()
}

fn text(field: &Field, value: &Value) -> Option<String> {
    let Some(text) = value.as_str() else {
        return Some(instead_of("string", value));
    };
    // JavaScript's length: an emoji counts twice.
    let units = text.encode_utf16().count() as u64;
    bounds(field, units)
        .map(|(bound, word)| format!("String must contain {word} {bound} character(s), received {units}"))
}

fn integer(field: &Field, value: &Value) -> Option<String> {
    let Some(number) = value.as_f64() else {
        return Some(instead_of("number", value));
    };
    if number.fract() != 0.0 {
        return Some("Expected integer, received float".to_owned());
    }
    if number < 0.0 {
        let least = field.min.unwrap_or(0);
        return Some(format!("Number must be greater than or equal to {least}, received {number}"));
    }
    bounds(field, number as u64).map(|(bound, word)| {
        let relation = if word == "at least" { "greater" } else { "less" };
        format!("Number must be {relation} than or equal to {bound}, received {number}")
    })
}

/// The bound that a size breaks, and which of the two it is.
fn bounds(field: &Field, size: u64) -> Option<(u64, &'static str)> {
    let too_small = field.min.filter(|min| size < *min).map(|min| (min, "at least"));
    too_small.or_else(|| field.max.filter(|max| size > *max).map(|max| (max, "at most")))
}

fn address(value: &Value, base64: bool) -> Option<String> {
    let Some(text) = value.as_str() else {
        return Some(instead_of("string", value));
    };
    let is_url = text.is_ascii()
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        && Url::parse(text).is_ok_and(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    (!(is_url || base64 && encoded(text).is_some())).then(|| "Invalid url".to_owned())
}

/// The letters of an encoded recording, bare or as a `data:` address; nothing if it is none.
fn encoded(text: &str) -> Option<&str> {
    let letters = match text.strip_prefix("data:") {
        Some(data) => data.split_once(";base64,")?.1,
        None => text,
    };
    let bare = letters.trim_end_matches('=');
    let is_base64 = bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    (is_base64 && bare.len() >= SHORTEST_ENCODED && letters.len() - bare.len() <= 2).then_some(letters)
}

fn setting(field: &Field, value: &Value) -> Vec<String> {
    let key = &field.key;
    let Some(setting) = value.as_object() else {
        return vec![format!("{key}: {}", instead_of("object", value))];
    };
    let mut faults = Vec::new();
    if field.format_required && setting.get("format").is_none() {
        faults.push(format!("{key}.format: Required"));
    }
    for (name, allowed) in SETTING_NUMBERS {
        if let Some(value) = setting.get(name).filter(|value| !value.as_u64().is_some_and(|n| allowed.contains(&n))) {
            let known: Vec<String> = allowed.iter().map(u64::to_string).collect();
            faults.push(format!("{key}.{name}: {}", not_among(&known, value)));
        }
    }
    if let Some(value) =
        setting.get("format").filter(|value| !value.as_str().is_some_and(|f| SETTING_FORMATS.contains(&f)))
    {
        let known: Vec<String> = SETTING_FORMATS.iter().map(|format| format!("'{format}'")).collect();
        faults.push(format!("{key}.format: {}", not_among(&known, value)));
    }
    faults
}

fn not_among(known: &[String], value: &Value) -> String {
    let received = value.as_str().map_or_else(|| value.to_string(), |text| format!("'{text}'"));
    format!("Invalid enum value. Expected {}, received {received}", known.join(" | "))
}

fn instead_of(expected: &str, value: &Value) -> String {
    format!("Expected {expected}, received {}", kind_of(value))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
