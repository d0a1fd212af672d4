//! Every model's request against its schema: what `check` lets pass is what the service takes.

use proptest::prelude::*;
use refrain::domain::catalogue::{Catalogue, Delivery, Dialect, FieldSpec, Firmness, Kind, LYRICS, ModelSpec, STYLE};
use refrain::domain::draft::{Draft, Grade};
use refrain::domain::length::to_clock;
use serde_json::Value;

use crate::document::Document;

/// One draft that goes to every model.
fn draft() -> Draft {
    let settings = [("reference", "https://example.net/demo.mp3"), ("voice-id", "vocal-1")];
    Draft {
        style: "slow waltz, brushed drums".to_owned(),
        lyrics: "[Verse]\nThe last boat leaves at ten to nine\n[Chorus]\nOh, night ferry".to_owned(),
        settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ..Draft::default()
    }
}

/// That draft with one value of it changed.
pub fn with(field: &str, value: &str) -> Draft {
    let mut draft = draft();
    match field {
        STYLE => value.clone_into(&mut draft.style),
        LYRICS => value.clone_into(&mut draft.lyrics),
        name => drop(draft.settings.insert(name.to_owned(), value.to_owned())),
    }
    draft
}

/// Every request for a queued model that a person can come to: with as little as possible, with everything,
/// and with each value at each limit. Named by model and what is special about it.
pub fn that_go() -> Vec<(String, Value)> {
    let (catalogue, document) = (Catalogue::embedded().unwrap(), Document::own());
    let mut all = Vec::new();
    for (id, schema) in document.models() {
        let spec = catalogue.find(&id).unwrap();
        if spec.delivery == Delivery::HeldOpen {
            continue;
        }
        let mut add = |name: &str, draft: &Draft| all.push((format!("{id} {name}"), Value::Object(draft.body(spec))));
        let mut least = draft();
        least.settings.retain(|name, _| spec.field(name).is_some_and(|field| field.required));
        add("with little", &least);
        let mut most = draft();
        for (path, property) in document.properties(schema) {
            let field = spec.fields.iter().find(|field| field.wire == path);
            for (field, (value, taken)) in
                field.into_iter().flat_map(|it| probes(it, property).into_iter().map(move |p| (it, p)))
            {
                if taken {
                    let mut one = with(&field.name, &value);
                    if spec.dialect == Dialect::Folded {
                        one.lyrics.clear();
                    }
                    add(&format!("{} at a limit", field.name), &one);
                    most.settings.insert(field.name.clone(), value);
                }
            }
        }
        most.settings.retain(|name, _| name != STYLE && name != LYRICS);
        add("with everything", &most);
    }
    all
}

/// Whether the draft may go to the model; `check` and the schema must agree on it.
fn goes(draft: &Draft, spec: &ModelSpec, document: &Document) -> bool {
    let body = Value::Object(draft.body(spec));
    let to_fix: Vec<String> = must_fix(draft, spec);
    let validator = document.request_of(&spec.id);
    let refused: Vec<String> = validator.iter_errors(&body).map(|error| error.to_string()).collect();
    assert_eq!(to_fix.is_empty(), refused.is_empty(), "check: {to_fix:?}, schema: {refused:?}, {body:#}");
    to_fix.is_empty()
}

fn must_fix(draft: &Draft, spec: &ModelSpec) -> Vec<String> {
    let problems = draft.check(spec).into_iter().filter(|problem| problem.grade == Grade::MustFix);
    problems.map(|problem| problem.sentence()).collect()
}

/// A text with that many of what is counted: code points for a least length, UTF-16 units for a greatest.
fn texts_of_characters(count: u64) -> Vec<String> {
    ["a", "夜", "🎵"].map(|letter| letter.repeat(count as usize)).into()
}

fn texts_of_units(count: u64) -> Vec<String> {
    let emoji = "🎵".repeat(count as usize / 2) + &"a".repeat(count as usize % 2);
    vec!["a".repeat(count as usize), "夜".repeat(count as usize), emoji]
}

/// A number on the wire as a person would type it; nothing where no one can.
fn typed(field: &FieldSpec, wire: u64) -> String {
    match field.kind {
        Kind::Milliseconds => to_clock(wire.div_ceil(1000)),
        Kind::Seconds => to_clock(wire),
        _ => wire.to_string(),
    }
}

/// Values for a property with whether the service takes them: at its limits, and just past them.
fn probes(field: &FieldSpec, schema: &Value) -> Vec<(String, bool)> {
    let number = |key: &str| schema.get(key).and_then(Value::as_u64);
    let step = if field.kind == Kind::Milliseconds { 1000 } else { 1 };
    let mut probes: Vec<(String, bool)> = Vec::new();
    let mut add = |values: Vec<String>, taken| probes.extend(values.into_iter().map(|value| (value, taken)));
    if let Some(least) = number("minLength") {
        add(texts_of_characters(least), true);
        add(texts_of_characters(least - 1), false);
    }
    if let Some(most) = number("maxLength") {
        add(texts_of_units(most), true);
        add(texts_of_units(most + 1), false);
    }
    if let Some(least) = number("minimum") {
        add(vec![typed(field, least)], true);
        add(least.checked_sub(step).map(|below| typed(field, below)).into_iter().collect(), false);
    }
    if let Some(most) = number("maximum") {
        add(vec![typed(field, most)], true);
        add(vec![typed(field, most + step)], false);
    }
    for choice in schema.get("enum").and_then(Value::as_array).into_iter().flatten() {
        add(vec![choice.as_str().map_or_else(|| choice.to_string(), str::to_owned)], true);
    }
    if schema["type"] == "boolean" {
        add(vec!["yes".to_owned(), "no".to_owned()], true);
    }
    probes
}

#[test]
fn one_draft_goes_to_every_model() {
    let (catalogue, document) = (Catalogue::embedded().unwrap(), Document::own());
    for spec in catalogue.models() {
        assert!(goes(&draft(), spec, &document), "{}", spec.label);
    }
}

#[test]
fn catalogue_and_contract_have_the_same_models_and_fields() {
    let (catalogue, document) = (Catalogue::embedded().unwrap(), Document::own());
    let mut ids: Vec<&str> = catalogue.models().iter().map(|spec| &*spec.id).collect();
    let models = document.models();
    let mut modelled: Vec<&str> = models.iter().map(|(id, _)| &**id).collect();
    ids.sort_unstable();
    modelled.sort_unstable();
    assert_eq!(ids, modelled);
    for (id, schema) in &models {
        let spec = catalogue.find(id).unwrap();
        let mut wires: Vec<&str> = spec.fields.iter().map(|field| &*field.wire).collect();
        let properties = document.properties(schema);
        let mut listed: Vec<&str> =
            properties.iter().map(|(path, _)| &**path).filter(|path| *path != "model").collect();
        wires.sort_unstable();
        listed.sort_unstable();
        assert_eq!(wires, listed, "{id}");
    }
}

#[test]
fn limits_defaults_and_choices_are_those_of_the_contract() {
    let (catalogue, document) = (Catalogue::embedded().unwrap(), Document::own());
    for (id, schema) in document.models() {
        let spec = catalogue.find(&id).unwrap();
        for field in &spec.fields {
            let (_, property) = document.properties(schema).into_iter().find(|(path, _)| *path == field.wire).unwrap();
            let number = |keys: [&str; 2]| keys.iter().find_map(|key| property.get(key)).and_then(Value::as_u64);
            let hard = |limit: Option<refrain::domain::catalogue::Limit>, firmness| {
                limit.filter(|limit| limit.firmness == firmness).map(|limit| limit.value)
            };
            assert_eq!(hard(field.min, Firmness::Hard), number(["minLength", "minimum"]), "{id} {}", field.name);
            assert_eq!(hard(field.max, Firmness::Hard), number(["maxLength", "maximum"]), "{id} {}", field.name);
            assert_eq!(hard(field.max, Firmness::Soft), number(["x-soft-max-length"; 2]), "{id} {}", field.name);
            let default = property.get("default").map(|default| match default {
                Value::String(word) => word.clone(),
                Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
                number => typed(field, number.as_u64().unwrap()),
            });
            assert_eq!(field.default, default, "{id} {}", field.name);
        }
    }
}

#[test]
fn every_value_at_a_limit_goes_and_every_value_just_past_it_does_not() {
    let (catalogue, document) = (Catalogue::embedded().unwrap(), Document::own());
    let mut count = 0;
    for (id, schema) in document.models() {
        let spec = catalogue.find(&id).unwrap();
        for (path, property) in document.properties(schema).into_iter().filter(|(path, _)| path != "model") {
            let field = spec.fields.iter().find(|field| field.wire == path).unwrap();
            for (value, taken) in probes(field, property) {
                let mut draft = with(&field.name, &value);
                if spec.dialect == Dialect::Folded {
                    draft.lyrics.clear();
                }
                let shown: String = value.chars().take(20).collect();
                assert_eq!(goes(&draft, spec, &document), taken, "{id} {}: {shown}", field.name);
                count += 1;
            }
        }
    }
    assert!(count > 150, "only {count} values");
}

#[test]
fn without_a_required_field_nothing_goes_and_without_an_optional_one_everything_does() {
    let (catalogue, document) = (Catalogue::embedded().unwrap(), Document::own());
    for (id, schema) in document.models() {
        let spec = catalogue.find(&id).unwrap();
        let required: Vec<&str> = schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        for field in &spec.fields {
            let mut without = with(&field.name, "  ");
            if spec.dialect == Dialect::Folded {
                without.lyrics.clear();
            }
            // The draft names a voice and no backing: where one of both is needed, it is the voice.
            let only_one = field.name == "voice-id";
            let needed = required.contains(&&*field.wire) || only_one;
            assert_eq!(goes(&without, spec, &document), !needed, "{id} without {}", field.name);
        }
    }
}

#[test]
fn the_words_within_the_style_count_against_its_limit() {
    let (catalogue, document) = (Catalogue::embedded().unwrap(), Document::own());
    for spec in catalogue.models().iter().filter(|spec| spec.dialect == Dialect::Folded) {
        let most = spec.field(STYLE).unwrap().max.unwrap().value;
        let used = |draft: &Draft| draft.measure(spec, STYLE).unwrap().used;
        let room = most - used(&with(LYRICS, "a")) + 1;
        for text in texts_of_units(room) {
            assert_eq!(used(&with(LYRICS, &text)), most);
            assert!(goes(&with(LYRICS, &text), spec, &document));
            assert!(!goes(&with(LYRICS, &format!("{text}a")), spec, &document));
        }
    }
}

#[test]
fn what_is_no_value_of_its_field_is_not_sent_and_must_be_fixed() {
    let nonsense = [
        ("length", "long"),
        ("start", "1:75"),
        ("steps", "many"),
        ("steps", "-5"),
        ("seed", "1.5"),
        ("seed", "99999999999999999999999"),
        ("format", "ogg"),
        ("sample-rate", "48000"),
        ("bitrate", "128k"),
        ("instrumental", "perhaps"),
        ("write-lyrics", "2"),
        ("reference", "demo.mp3"),
        ("reference", "ftp://example.net/demo.mp3"),
        ("reference", "https://example.net/a b.mp3"),
        ("reference", "https://"),
        ("voice-id", "two words"),
    ];
    let catalogue = Catalogue::embedded().unwrap();
    for (name, value) in nonsense {
        let takers: Vec<&ModelSpec> = catalogue.models().iter().filter(|spec| spec.field(name).is_some()).collect();
        assert!(!takers.is_empty(), "{name}");
        for spec in takers {
            let draft = with(name, value);
            let fields: Vec<String> = draft.check(spec).into_iter().map(|problem| problem.field).collect();
            assert_eq!(fields[0], name, "{} {value}", spec.label);
            assert_eq!(must_fix(&draft, spec).len(), 1, "{} {value}", spec.label);
            let wire = format!("/{}", spec.field(name).unwrap().wire.replace('.', "/"));
            assert_eq!(Value::Object(draft.body(spec)).pointer(&wire), None, "{} {value}", spec.label);
        }
    }
}

/// Texts about as long as the limits, of letters of one, and of two, UTF-16 units.
fn text() -> impl Strategy<Value = String> {
    let length = prop_oneof![0..14_usize, 290..310_usize, 1990..2010_usize, 2990..3010_usize];
    (length, "[a夜🎵\u{301}é \n]", "[b나🎹]").prop_map(|(count, most, last)| most.repeat(count) + &last)
}

/// A setting: unset, or something that is a value of its kind, within its limits or not.
fn settings() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let values = prop::sample::select(vec![
        ("length", "0:00"),
        ("length", "0:09"),
        ("length", "48"),
        ("length", "5:00"),
        ("length", "5m1s"),
        ("start", "0"),
        ("start", "47s"),
        ("steps", "0"),
        ("steps", "1000"),
        ("steps", "1001"),
        ("seed", "0"),
        ("seed", "18446744073709551615"),
        ("format", "PCM"),
        ("sample-rate", "16000"),
        ("bitrate", "32000"),
        ("instrumental", "on"),
        ("instrumental", "no"),
        ("write-lyrics", "yes"),
        ("negative", "strings"),
        ("reference", ""),
        ("reference", "HTTPS://Example.net/mein-lied-äö.mp3?x=1#y"),
        ("voice-id", ""),
        ("instrumental-id", "instrumental-2"),
    ]);
    prop::collection::vec(values, 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn check_and_schema_agree_on_any_draft(style in text(), lyrics in text(), settings in settings()) {
        let (catalogue, document) = (Catalogue::embedded().unwrap(), Document::own());
        let mut draft = Draft { style, lyrics, ..draft() };
        draft.settings.extend(settings.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        for spec in catalogue.models() {
            goes(&draft, spec, &document);
        }
    }
}
