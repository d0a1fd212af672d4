//! Every request that the client can make, against a service that others made from the contract alone: prism,
//! which `tests/contract.sh` starts. It must take them all, and refuse what is broken on purpose.

use refrain::api::{ApiKey, Client, Limits};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::asking;
use crate::bodies;
use crate::document::Document;

/// Where prism listens.
const VARIABLE: &str = "REFRAIN_PRISM_URL";
const KEY: &str = "contract-key-0123456789";

fn url() -> String {
    std::env::var(VARIABLE).unwrap_or_else(|_| panic!("{VARIABLE} names no address: run tests/contract.sh"))
}

fn http() -> reqwest::Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[tokio::test]
#[ignore = "tests/contract.sh runs it against prism"]
async fn prism_takes_every_request_of_the_client() {
    let client = Client::new(&url(), Some(ApiKey::new(KEY).unwrap()), Limits::default()).unwrap();
    let told = asking::everything(&client).await;
    let refused: Vec<_> = told.iter().filter(|(_, outcome)| outcome.is_err()).collect();
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(told.len() > 100, "only {} requests", told.len());
    // The client asks for the older balance only where the newer is not there, and at prism it always is.
    let older = http().get(format!("{}/v1/billing/balance", url())).bearer_auth(KEY).send().await.unwrap();
    assert_eq!(older.status(), 200);
    println!("prism: {} requests of the client accepted", told.len() + 1);
}

/// Something that is no request of ours, and why not.
struct Broken {
    why: String,
    request: RequestBuilder,
}

#[tokio::test]
#[ignore = "tests/contract.sh runs it against prism"]
async fn prism_refuses_what_is_broken_on_purpose() {
    let mut broken = broken_orders();
    broken.extend(broken_questions());
    broken.extend(without_a_key());
    let count = broken.len();
    let mut taken = Vec::new();
    for Broken { why, request } in broken {
        let status = request.send().await.unwrap().status().as_u16();
        if !(400..=422).contains(&status) {
            taken.push(format!("{status}: {why}"));
        }
    }
    assert!(taken.is_empty(), "{taken:#?}");
    assert!(count > 100, "only {count} requests");
    println!("prism: {count} broken requests refused");
}

fn order(why: String, body: &Value) -> Broken {
    Broken { why, request: http().post(format!("{}/v2/generate/audio", url())).bearer_auth(KEY).json(body) }
}

/// Each model's fullest request, with one thing wrong at a time.
fn broken_orders() -> Vec<Broken> {
    let document = Document::own();
    let mut broken = Vec::new();
    for (name, body) in bodies::that_go().into_iter().filter(|(name, _)| name.ends_with("with everything")) {
        let id = body["model"].as_str().unwrap().to_owned();
        let (_, schema) = document.models().into_iter().find(|(model, _)| *model == id).unwrap();
        for required in schema["required"].as_array().unwrap() {
            let mut without = body.clone();
            without.as_object_mut().unwrap().remove(required.as_str().unwrap());
            broken.push(order(format!("{name}, without {required}"), &without));
        }
        for (path, property) in document.properties(schema) {
            for (what, wrong) in wrong_values(property) {
                let mut changed = body.clone();
                *place(&mut changed, &path) = wrong;
                broken.push(order(format!("{name}, {path} {what}"), &changed));
            }
        }
        let mut more = body.clone();
        more["mood"] = json!("sad");
        broken.push(order(format!("{name}, with more"), &more));
    }
    broken
}

fn place<'a>(body: &'a mut Value, path: &str) -> &'a mut Value {
    path.split('.').fold(body, |value, key| &mut value[key])
}

/// Values that a property cannot have: of another type, and past each limit.
fn wrong_values(property: &Value) -> Vec<(&'static str, Value)> {
    let number = |key: &str| property.get(key).and_then(Value::as_u64);
    let letters = |count: u64| json!("a".repeat(count as usize));
    let mut wrong = vec![("is an object", json!({})), ("is null", Value::Null)];
    wrong.push(if property["type"] == "string" { ("is a number", json!(7)) } else { ("is a word", json!("seven")) });
    wrong.extend(number("maxLength").map(|most| ("is too long", letters(most + 1))));
    wrong.extend(number("minLength").map(|least| ("is too short", letters(least - 1))));
    wrong.extend(number("maximum").map(|most| ("is too large", json!(most + 1))));
    wrong.extend(number("minimum").map(|least| ("is too small", json!(least as i64 - 1))));
    wrong.extend(property.get("enum").map(|_| ("is none of the choices", json!("nobody"))));
    wrong.extend(property.get("format").map(|_| ("is no address", json!("song.mp3"))));
    wrong
}

fn broken_questions() -> Vec<Broken> {
    let http = http();
    let raw = |content_type: &str, body: &str| {
        let request = http.post(format!("{}/v2/generate/audio", url())).bearer_auth(KEY);
        request.header("content-type", content_type).body(body.to_owned())
    };
    let upload = |parts: &[(&str, &str)]| {
        let part = |(name, value): &(&str, &str)| {
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let parts = parts.iter().map(part).collect::<Vec<_>>().concat();
        let request = http.post(format!("{}/v2/generate/audio/minimax/upload", url())).bearer_auth(KEY);
        request.header("content-type", "multipart/form-data; boundary=x").body(format!("{parts}--x--\r\n"))
    };
    let good = json!({ "model": "google/lyria2", "prompt": "strings" });
    let get = |path: &str| http.get(format!("{}{path}", url())).bearer_auth(KEY);
    let generate =
        |body: Value| http.post(format!("{}/v2/generate/audio/minimax/generate", url())).bearer_auth(KEY).json(&body);
    let mut broken: Vec<(String, RequestBuilder)> = vec![
        ("a body that is not JSON".into(), raw("application/json", "{\"model\":")),
        ("no body".into(), raw("application/json", "")),
        ("a body of another type".into(), raw("text/plain", &good.to_string())),
        ("a tag that is none".into(), raw("application/json", &good.to_string()).header("X-Client-Request-Id", "a b")),
        ("an unknown purpose".into(), upload(&[("purpose", "drum"), ("file", "x")])),
        ("no purpose".into(), upload(&[("file", "x")])),
        ("no file".into(), upload(&[("purpose", "voice")])),
        ("a held-open song without a reference".into(), generate(json!({ "model": "music-01", "lyrics": "la" }))),
        ("a null reference".into(), generate(json!({ "model": "music-01", "lyrics": "la", "refer_voice": null }))),
        (
            "a setting without its format".into(),
            generate(json!({ "model": "music-01", "lyrics": "la", "refer_voice": "v", "audio_setting": {} })),
        ),
    ];
    for path in [
        "/v2/generate/audio",
        "/v2/logs?limit=0",
        "/v2/logs?limit=101",
        "/v2/logs?limit=many",
        "/v2/logs?offset=-1",
        "/v2/logs?status=new",
        "/v2/logs?start=soon",
        "/v2/logs?period=soon",
        "/v2/billing/transactions?limit=101",
        "/v2/billing/transactions?direction=UP",
        "/v2/billing/transactions?type=GIFT",
        "/v2/billing/transactions?from=yesterday",
        "/v2/generate/video?generation_id=a",
    ] {
        broken.push((format!("GET {path}"), get(path)));
    }
    for (method, path) in [
        (Method::PUT, "/v2/generate/audio"),
        (Method::DELETE, "/v2/generate/audio?generation_id=a"),
        (Method::POST, "/v2/billing"),
        (Method::GET, "/v2/generate/audio/minimax/upload"),
    ] {
        let request = http.request(method.clone(), format!("{}{path}", url())).bearer_auth(KEY);
        broken.push((format!("{method} {path}"), request));
    }
    broken.into_iter().map(|(why, request)| Broken { why, request }).collect()
}

/// Whatever needs a key, asked without one.
fn without_a_key() -> Vec<Broken> {
    let http = http();
    let get =
        |path: &str| Broken { why: format!("{path} without a key"), request: http.get(format!("{}{path}", url())) };
    let mut broken: Vec<Broken> = [
        "/v2/generate/audio?generation_id=a",
        "/v2/billing",
        "/v1/billing/balance",
        "/v2/billing/transactions",
        "/v2/logs",
    ]
    .map(get)
    .into();
    let order =
        http.post(format!("{}/v2/generate/audio", url())).json(&json!({ "model": "google/lyria2", "prompt": "x" }));
    broken.push(Broken { why: "an order without a key".to_owned(), request: order });
    broken
}
