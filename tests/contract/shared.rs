//! refrain's contract against another description of the same service, where there is one at hand.
//!
//! Both documents are taken apart into rules such as `POST /x request.prompt: maxLength 300`. A rule that
//! only one of them has is either listed below with its reason, or a mistake.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::Document;

/// Names the file of the other description.
const VARIABLE: &str = "REFRAIN_SHARED_CONTRACT";

/// A difference that is meant: how its rules start, what they contain, and why.
type Reason = (&'static str, &'static str, &'static str);

const ONLY_OURS: [Reason; 15] = [
    ("GET /v1/models ", "header", "the list is fetched again only where it has changed"),
    ("GET /v2/", "format \"date-time\"", "a moment is written as one"),
    ("GET /v2/logs query period", "pattern", "a period is a number of hours or days"),
    ("POST ", " header X-Client-Request-Id", "the tag that makes a lost answer recoverable is sent with every order"),
    ("POST ", " 200 header x-", "the ids and the cost travel in headers too"),
    ("GET /v2/generate/audio 200 header", "x-", "the same for asking"),
    ("GET ", " default", "reading may fail in any of the ways that ordering may"),
    ("GET /v1/billing/balance", "", "the older call for the balance, asked where the newer is not there"),
    (
        "POST /v2/generate/audio/minimax/generate request",
        "any of",
        "without a voice or a backing there is nothing to sing with",
    ),
    (
        "POST /v2/generate/audio request <minimax",
        ".reference_audio_url",
        "the service fetches it, so only addresses on the web go",
    ),
    ("", "/v2/generate/audio 200.status: may be \"waiting\"", "seen besides the listed ones"),
    ("POST /v2/generate/audio 200.audio_file", "", "the answer to an order may be that to asking"),
    ("GET /v2/generate/audio 200.audio_file", "type null", "anything but id and status may be null"),
    ("", "200.meta.usage", "what it cost is null where it is not known, and in dollars also when asking"),
    ("GET /models/metrics query aliases", "", "the parameter is repeated: a list"),
];

const ONLY_THEIRS: [Reason; 11] = [
    ("GET /models/metrics 200.models[].metrics.ttft_ms", "", "the time to a first token is of no use for songs"),
    ("GET /models/metrics 200.models[].metrics.tps", "", "nor are tokens a second"),
    ("GET /models/metrics query aliases", "type string", "the parameter is repeated: a list"),
    ("GET /v1/models 200.data[].info", "", "nothing is read of it"),
    ("GET /v1/models 200.data[].modalities", "", "nothing is read of it"),
    ("GET /v1/models 200.data[].capabilities", "", "nothing is read of it"),
    ("GET /v1/models query", "", "filters that are never used"),
    ("", "/v2/generate/audio 200.error", "older answers hold any JSON here"),
    ("", "200.meta.usage", "what it cost may be missing"),
    (
        "POST /v2/generate/audio request <elevenlabs/eleven_music>",
        "format \"milliseconds\"",
        "a word of the other document; the description says it",
    ),
    (
        "POST /v2/generate/audio request <minimax/music-cover>",
        "format \"uri\"",
        "it may be the file itself, so it is said within a choice",
    ),
];

/// Limits and the like: keywords whose value is compared as it is.
const PLAIN: [&str; 8] =
    ["minLength", "maxLength", "minimum", "maximum", "default", "format", "pattern", "contentEncoding"];

#[test]
fn our_contract_differs_from_the_shared_one_only_where_we_say_so() {
    let Ok(path) = std::env::var(VARIABLE) else {
        eprintln!("nothing compared: {VARIABLE} names no file");
        return;
    };
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let theirs = rules(&Document(serde_json::from_str(&text).unwrap()));
    let ours = rules(&Document::own());
    assert!(theirs.len() > 100, "only {} rules in {path}", theirs.len());
    let mut mistakes = Vec::new();
    mistakes.extend(unexplained("only ours", ours.difference(&theirs), &ONLY_OURS));
    mistakes.extend(unexplained("only theirs", theirs.difference(&ours), &ONLY_THEIRS));
    assert!(mistakes.is_empty(), "{} mistakes:\n{}", mistakes.len(), mistakes.join("\n"));
    eprintln!("{} rules of theirs, {} of ours", theirs.len(), ours.len());
}

/// Rules that no reason covers, and reasons that cover no rule.
fn unexplained<'a>(side: &str, rules: impl Iterator<Item = &'a String>, reasons: &[Reason]) -> Vec<String> {
    let covers = |rule: &str, (start, part, _): &Reason| rule.starts_with(start) && rule.contains(part);
    let mut used = BTreeSet::new();
    let mut mistakes = Vec::new();
    for rule in rules {
        let covering: Vec<usize> = (0..reasons.len()).filter(|place| covers(rule, &reasons[*place])).collect();
        if covering.is_empty() {
            mistakes.push(format!("{side}: {rule}"));
        }
        used.extend(covering);
    }
    let idle = (0..reasons.len()).filter(|place| !used.contains(place));
    mistakes.extend(idle.map(|place| format!("{side}: no rule for the reason {:?}", reasons[place])));
    mistakes
}

/// Every rule of a document.
fn rules(document: &Document) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (path, operations) in document.0["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            operation_rules(document, operation, &format!("{} {path}", method.to_uppercase()), &mut out);
        }
    }
    out
}

fn operation_rules(document: &Document, operation: &Value, at: &str, out: &mut BTreeSet<String>) {
    out.insert(format!("{at}: exists"));
    let open = operation.get("security").and_then(Value::as_array).is_some_and(Vec::is_empty);
    out.insert(format!("{at}: key {}", if open { "not needed" } else { "needed" }));
    for parameter in operation.get("parameters").and_then(Value::as_array).into_iter().flatten() {
        let parameter = document.resolved(parameter);
        let at = format!("{at} {} {}", parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap());
        out.insert(format!("{at}: {}", if parameter["required"] == true { "required" } else { "optional" }));
        schema_rules(document, &parameter["schema"], &at, out);
    }
    content_rules(document, &operation["requestBody"], &format!("{at} request"), out);
    for (code, answer) in operation["responses"].as_object().unwrap() {
        let answer = document.resolved(answer);
        for header in answer.get("headers").and_then(Value::as_object).into_iter().flatten() {
            out.insert(format!("{at} {code} header {}", header.0));
        }
        content_rules(document, answer, &format!("{at} {code}"), out);
    }
}

fn content_rules(document: &Document, holder: &Value, at: &str, out: &mut BTreeSet<String>) {
    for (kind, content) in holder.get("content").and_then(Value::as_object).into_iter().flatten() {
        out.insert(format!("{at}: {kind}"));
        schema_rules(document, &content["schema"], at, out);
    }
}

fn schema_rules(document: &Document, schema: &Value, at: &str, out: &mut BTreeSet<String>) {
    let schema = document.resolved(schema);
    if let Some(variants) = schema.get("oneOf").and_then(Value::as_array) {
        for variant in variants {
            let variant = document.resolved(variant);
            let model = variant.pointer("/properties/model/enum/0").and_then(Value::as_str);
            schema_rules(document, variant, &model.map_or(at.to_owned(), |model| format!("{at} <{model}>")), out);
        }
        return;
    }
    for kind in types(schema) {
        out.insert(format!("{at}: type {kind}"));
    }
    for key in PLAIN {
        if let Some(value) = schema.get(key) {
            out.insert(format!("{at}: {key} {value}"));
        }
    }
    for variant in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        out.insert(format!("{at}: any of {variant}"));
    }
    for value in schema.get("enum").and_then(Value::as_array).into_iter().flatten() {
        out.insert(format!("{at}: may be {value}"));
    }
    for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
        out.insert(format!("{at}.{}: required", name.as_str().unwrap()));
    }
    for (name, inner) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        schema_rules(document, inner, &format!("{at}.{name}"), out);
    }
    if let Some(items) = schema.get("items") {
        schema_rules(document, items, &format!("{at}[]"), out);
    }
}

/// The types that a schema allows, in the manner of both `OpenAPI` 3.0 and 3.1.
fn types(schema: &Value) -> BTreeSet<String> {
    let mut types: BTreeSet<String> = match schema.get("type") {
        Some(Value::Array(types)) => types.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(kind) => kind.as_str().map(str::to_owned).into_iter().collect(),
        None => BTreeSet::new(),
    };
    if schema.get("nullable") == Some(&Value::Bool(true)) {
        types.insert("null".to_owned());
    }
    types
}
