//! The value of one field: from what was typed to what is sent.

use super::catalogue::{FieldSpec, Firmness, Kind, Limit};
use super::enclosure::Enclosure;
use super::{address, length, lyrics, recording};

/// Milliseconds in a second.
const MILLISECONDS: u64 = 1000;

/// A value as the service takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Text(String),
    Whole(u64),
    Flag(bool),
    /// A frozen recording.
    Recording(Enclosure),
}

impl From<Value> for serde_json::Value {
    fn from(value: Value) -> Self {
        match value {
            Value::Text(text) => text.into(),
            Value::Whole(number) => number.into(),
            Value::Flag(flag) => flag.into(),
            Value::Recording(enclosure) => enclosure.into(),
        }
    }
}

/// The value that was typed, or nothing where it is not one of the field's kind. Whether it is within the
/// field's limits is another question: see [`limit_broken`].
#[must_use]
pub fn read(field: &FieldSpec, typed: &str) -> Option<Value> {
    let typed = typed.trim();
    match field.kind {
        Kind::Text => Some(Value::Text(typed.to_owned())),
        Kind::VoiceId | Kind::InstrumentalId => {
            (!typed.contains(char::is_whitespace)).then(|| Value::Text(typed.to_owned()))
        }
        Kind::Integer => whole(typed).map(Value::Whole),
        Kind::Seconds => length::from_clock(typed).map(Value::Whole),
        Kind::Milliseconds => length::from_clock(typed)?.checked_mul(MILLISECONDS).map(Value::Whole),
        Kind::Choice => choice(field, typed).map(|choice| Value::Text(choice.to_owned())),
        Kind::Number => choice(field, typed).and_then(whole).map(Value::Whole),
        Kind::Flag => flag(typed).map(Value::Flag),
        Kind::Url => frozen(field, typed).or_else(|| address::read(typed).ok().map(Value::Text)),
    }
}

/// A whole number without a sign.
fn whole(typed: &str) -> Option<u64> {
    let digits = typed.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| typed.parse().ok()).flatten()
}

/// The field's own spelling of a choice.
fn choice<'a>(field: &'a FieldSpec, typed: &str) -> Option<&'a str> {
    field.choices.iter().map(String::as_str).find(|choice| choice.eq_ignore_ascii_case(typed))
}

/// Yes or no, in the words that people use for it.
fn flag(typed: &str) -> Option<bool> {
    match typed.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "on" | "1" => Some(true),
        "no" | "n" | "false" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A frozen recording, for a field that takes one.
fn frozen(field: &FieldSpec, typed: &str) -> Option<Value> {
    let (name, encoding) = (recording::named_in(typed)?, field.recording.encoding?);
    Some(Value::Recording(Enclosure { name: name.to_owned(), encoding }))
}

/// The limit that a value breaks, if any.
///
/// A text must be long enough by either way of counting and short enough by either: its characters are
/// fewer than its UTF-16 units, so the least is held against the former and the most against the latter.
#[must_use]
pub fn limit_broken(field: &FieldSpec, value: &Value) -> Option<Broken> {
    let (low, high) = match value {
        Value::Text(text) => (text.chars().count() as u64, lyrics::utf16_length(text)),
        Value::Whole(number) => (*number, *number),
        Value::Flag(_) | Value::Recording(_) => return None,
    };
    let least = field.min.filter(|min| low < min.value).map(Broken::Least);
    least.or_else(|| field.max.filter(|max| high > max.value).map(Broken::Most))
}

/// A limit that a value is past.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Broken {
    Least(Limit),
    Most(Limit),
}

impl Broken {
    /// How sure the limit is.
    #[must_use]
    pub fn firmness(self) -> Firmness {
        match self {
            Self::Least(limit) | Self::Most(limit) => limit.firmness,
        }
    }
}

/// What a field takes, to follow `takes`: `mp3, wav or pcm`, `0:10 to 5:00`, `a whole number from 0`.
#[must_use]
pub fn takes(field: &FieldSpec) -> String {
    match field.kind {
        Kind::Text => "text".to_owned(),
        Kind::Choice | Kind::Number => listed(&field.choices),
        Kind::Flag => "yes or no".to_owned(),
        Kind::Url if field.recording.encoding.is_some() => {
            "an address that starts with http:// or https://, or a file of the references".to_owned()
        }
        Kind::Url => "an address that starts with http:// or https://".to_owned(),
        Kind::VoiceId => "the id of an uploaded voice".to_owned(),
        Kind::InstrumentalId => "the id of an uploaded instrumental".to_owned(),
        Kind::Integer => range(field, "a whole number"),
        Kind::Milliseconds | Kind::Seconds => range(field, "a length such as 2:50"),
    }
}

/// A range of numbers or lengths; `any` where there is none.
fn range(field: &FieldSpec, any: &str) -> String {
    let show = |limit: Limit| shown(field.kind, limit.value);
    match (field.min, field.max) {
        (Some(min), Some(max)) => format!("{} to {}", show(min), show(max)),
        (Some(min), None) => format!("{any} from {}", show(min)),
        (None, Some(max)) => format!("{any} up to {}", show(max)),
        (None, None) => any.to_owned(),
    }
}

/// A number on the wire as people read it: lengths as `m:ss`.
#[must_use]
pub fn shown(kind: Kind, wire: u64) -> String {
    match kind {
        Kind::Milliseconds => length::to_clock(wire / MILLISECONDS),
        Kind::Seconds => length::to_clock(wire),
        _ => wire.to_string(),
    }
}

/// `a`, `a or b`, `a, b or c`.
#[must_use]
pub fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// What the field takes, where it does not take `typed`.
#[must_use]
pub fn complaint(field: &FieldSpec, typed: &str) -> Option<String> {
    let fits = read(field, typed).is_some_and(|value| limit_broken(field, &value).is_none());
    (!fits).then(|| takes(field))
}

/// What a length field sends, in whole seconds upwards.
#[must_use]
pub fn wire_to_seconds(kind: Kind, wire: u64) -> u64 {
    if kind == Kind::Milliseconds { wire.div_ceil(MILLISECONDS) } else { wire }
}

/// A number of seconds as a length field sends it.
#[must_use]
pub fn seconds_to_wire(kind: Kind, seconds: u64) -> u64 {
    if kind == Kind::Milliseconds { seconds.saturating_mul(MILLISECONDS) } else { seconds }
}
