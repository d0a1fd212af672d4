//! From a draft to the request: every value that is sent, and where it comes from.

use serde_json::{Map, Value as Json};

use super::Draft;
use crate::domain::catalogue::{FieldSpec, LENGTH, LYRICS, ModelSpec, STYLE};
use crate::domain::fit::{self, Rendering};
use crate::domain::setting::{self, Value};

/// A field that is sent.
pub(super) struct Sent<'a> {
    pub field: &'a FieldSpec,
    pub value: Value,
    pub origin: Origin<'a>,
}

/// Where the value of a field that is sent comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin<'a> {
    /// A person wrote it.
    Person,
    /// The length was set to fit the lyric.
    Lyrics,
    /// The named field needs it.
    Companion(&'a str),
}

/// Exactly the JSON that the service takes.
pub(super) fn json(draft: &Draft, spec: &ModelSpec) -> Map<String, Json> {
    let mut body = Map::new();
    body.insert("model".to_owned(), spec.id.clone().into());
    for sent in sent(draft, spec, &fit::render(draft, spec)) {
        put(&mut body, &sent.field.wire, sent.value.into());
    }
    body
}

/// Seconds of the song, as sent or as the service takes them where nothing is.
pub(super) fn length(draft: &Draft, spec: &ModelSpec) -> Option<u64> {
    let field = spec.field(LENGTH).filter(|field| field.kind.is_length())?;
    let sent = sent(draft, spec, &fit::render(draft, spec)).into_iter().find(|sent| sent.field.name == LENGTH);
    let default = || setting::read(field, field.default.as_deref()?);
    match sent.map(|sent| sent.value).or_else(default)? {
        Value::Whole(number) => Some(setting::wire_to_seconds(field.kind, number)),
        Value::Text(_) | Value::Flag(_) | Value::Recording(_) => None,
    }
}

/// Every field that is sent, in the order of the form; companions after it.
pub(super) fn sent<'a>(draft: &Draft, spec: &'a ModelSpec, rendering: &Rendering) -> Vec<Sent<'a>> {
    let mut all: Vec<Sent<'a>> = spec.fields.iter().filter_map(|field| own(draft, spec, rendering, field)).collect();
    let brought: Vec<_> = all.iter().flat_map(|sent| sent.field.brings.iter().map(|it| (sent.field, it))).collect();
    for (by, companion) in brought {
        let Some(field) = spec.field(&companion.field) else { continue };
        let Some(value) = setting::read(field, &companion.value) else { continue };
        if all.iter().all(|sent| sent.field.name != field.name) {
            all.push(Sent { field, value, origin: Origin::Companion(&by.name) });
        }
    }
    all
}

/// The field's own value, unless it is unset or not sent.
fn own<'a>(draft: &Draft, spec: &ModelSpec, rendering: &Rendering, field: &'a FieldSpec) -> Option<Sent<'a>> {
    let by_person = |value| Sent { field, value, origin: Origin::Person };
    if draft.silencer(spec, &field.name).is_some() {
        return None;
    }
    match (field.name.as_str(), draft.setting(&field.name)) {
        (STYLE, _) => rendering.style.clone().map(Value::Text).map(by_person),
        (LYRICS, _) => rendering.lyrics.clone().map(Value::Text).map(by_person),
        (_, Some(typed)) => setting::read(field, typed).map(by_person),
        (_, None) => following_lyrics(draft, spec, field).map(|value| Sent { field, value, origin: Origin::Lyrics }),
    }
}

/// A length that fits the lyric, where the service's own would be too short for it.
fn following_lyrics(draft: &Draft, spec: &ModelSpec, field: &FieldSpec) -> Option<Value> {
    if !field.follows_lyrics {
        return None;
    }
    let time = fit::sung(draft, spec)?;
    let left_alone = field.default.as_deref().and_then(|default| setting::read(field, default));
    let wanted = setting::seconds_to_wire(field.kind, u64::from(time.middle()));
    let least = field.min.map_or(0, |min| min.value);
    let most = field.max.map_or(u64::MAX, |max| max.value);
    let fitting = Value::Whole(wanted.max(least).min(most));
    match (&left_alone, &fitting) {
        (Some(Value::Whole(short)), Value::Whole(long)) if short < long => Some(fitting),
        (None, _) => Some(fitting),
        _ => None,
    }
}

/// Puts a value at a path such as `audio_setting.format`. The rules of the catalogue see to it that no path
/// leads through another field's value.
fn put(body: &mut Map<String, Json>, path: &str, value: Json) {
    match path.split_once('.') {
        None => {
            body.insert(path.to_owned(), value);
        }
        Some((key, rest)) => {
            let inner = body.entry(key).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}
