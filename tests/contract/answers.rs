//! Every answer of the sandbox, yes and no, is one that the contract allows; where it means to break it, it does.

use std::collections::BTreeSet;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::document::Document;
use crate::exchange::Answered;
use crate::rig::{LYRICS, Rig, ballad, short, with};

const SUBMIT: &str = "POST /v2/generate/audio";
const POLL: &str = "GET /v2/generate/audio";
const UPLOAD: &str = "POST /v2/generate/audio/minimax/upload";
const GENERATE: &str = "POST /v2/generate/audio/minimax/generate";
const BALANCE: &str = "GET /v2/billing";
const OLDER: &str = "GET /v1/billing/balance";
const TRANSACTIONS: &str = "GET /v2/billing/transactions";
const LOGS: &str = "GET /v2/logs";
const MODELS: &str = "GET /v1/models";
const METRICS: &str = "GET /models/metrics";

/// Each operation with the endpoint that rules know it as.
const OPERATIONS: [(&str, &str); 10] = [
    (SUBMIT, "submit"),
    (POLL, "poll"),
    (UPLOAD, "upload"),
    (GENERATE, "generate"),
    (BALANCE, "billing"),
    (OLDER, "billing"),
    (TRANSACTIONS, "transactions"),
    (LOGS, "logs"),
    (MODELS, "models"),
    (METRICS, "metrics"),
];

/// Answers of the sandbox that the contract does not have, on purpose: status, and why.
const NOT_LISTED: [(u16, &str); 2] = [
    (405, "a method that an address has not is refused before there is an operation"),
    (413, "a body that is too large is refused before it is read"),
];

/// Looks at answers, and remembers which kinds were seen.
struct Onlooker {
    document: Document,
    seen: BTreeSet<(String, String)>,
    count: usize,
}

impl Onlooker {
    fn new() -> Self {
        Self { document: Document::own(), seen: BTreeSet::new(), count: 0 }
    }

    fn operation(&self, name: &str) -> &Value {
        let (method, path) = name.split_once(' ').unwrap();
        self.document.operation(method, path).unwrap_or_else(|| panic!("{name} is no operation"))
    }

    /// Sends a request; its answer must have that status and be one that the contract allows.
    async fn see(&mut self, name: &str, request: RequestBuilder, status: u16) -> Answered {
        let answered = Answered::of(request.send().await.unwrap()).await;
        assert_eq!(answered.status, status, "{name}: {}", String::from_utf8_lossy(&answered.body));
        let faults = answered.faults(&self.document, self.operation(name));
        assert!(faults.is_empty(), "{name} {status}: {faults:#?} in {}", String::from_utf8_lossy(&answered.body));
        let listed = self.operation(name)["responses"].get(status.to_string()).is_some();
        let kind = if listed { status.to_string() } else { "default".to_owned() };
        self.seen.insert((name.to_owned(), kind));
        self.count += 1;
        answered
    }

    async fn json(&mut self, name: &str, request: RequestBuilder) -> Value {
        serde_json::from_slice(&self.see(name, request, 200).await.body).unwrap()
    }
}

/// A request to each operation that is answered with a yes.
fn good(rig: &Rig, name: &str, id: &str) -> RequestBuilder {
    match name {
        SUBMIT => rig.order(&short()),
        POLL => rig.get("/v2/generate/audio").query(&[("generation_id", id)]),
        UPLOAD => rig.form("voice", &silence(11)),
        GENERATE => rig.generate(&json!({ "model": "music-01", "lyrics": LYRICS, "refer_voice": "vocal-1" })),
        name => rig.get(name.strip_prefix("GET ").unwrap()),
    }
}

/// A WAV of silence.
fn silence(seconds: u32) -> Vec<u8> {
    let (rate, data) = (8_000_u32, seconds * 8_000);
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + data).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend([rate.to_le_bytes(), rate.to_le_bytes()].concat());
    wav.extend(b"\x01\0\x08\0data");
    wav.extend(data.to_le_bytes());
    wav.resize(wav.len() + data as usize, 128);
    wav
}

const SCENARIO: &str = "[log]\nlag_ms = 0\n[songs]\nat_most = 1.0\n[references]\nvoices = [\"vocal-1\"]\n";

fn ruled(endpoint: &str, rule: &str) -> String {
    format!("{SCENARIO}[[rule]]\nendpoint = \"{endpoint}\"\n{rule}")
}

#[tokio::test]
async fn every_answer_of_the_sandbox_is_one_that_the_contract_allows() {
    let rig = Rig::new(SCENARIO).await;
    let mut onlooker = Onlooker::new();
    successes(&rig, &mut onlooker).await;
    refusals(&rig, &mut onlooker).await;
    every_listed_error(&rig, &mut onlooker).await;
    let listed: BTreeSet<(String, String)> = OPERATIONS
        .iter()
        .flat_map(|(name, _)| {
            let statuses = onlooker.operation(name)["responses"].as_object().unwrap().keys();
            statuses.map(|status| ((*name).to_owned(), status.clone())).collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(listed, onlooker.seen, "every answer that the contract lists was seen");
    assert_eq!(OPERATIONS.len(), onlooker.document.operation_ids().len());
    eprintln!("{} answers of the sandbox, {} kinds", onlooker.count, onlooker.seen.len());
}

/// What is answered when all is well, at every stage.
async fn successes(rig: &Rig, onlooker: &mut Onlooker) {
    for ending in ["completed", "error", "error-text", "error-other"] {
        for at_once in [false, true] {
            rig.follow(&ruled("submit", &format!("ending = \"{ending}\"\nat_once = {at_once}"))).await;
            let taken = onlooker.json(SUBMIT, rig.order(&short()).header("X-Client-Request-Id", "tag-1")).await;
            let id = taken["id"].as_str().unwrap().to_owned();
            rig.over(&id).await;
            onlooker.json(POLL, good(rig, POLL, &id)).await;
        }
    }
    rig.follow(SCENARIO).await;
    for order in [ballad(), json!({ "model": "google/lyria2", "prompt": "strings" })] {
        onlooker.json(SUBMIT, rig.order(&order)).await;
    }
    for purpose in ["song", "voice", "instrumental"] {
        onlooker.json(UPLOAD, rig.form(purpose, &silence(11))).await;
    }
    onlooker.json(UPLOAD, rig.form("voice", b"noise")).await;
    onlooker.json(GENERATE, good(rig, GENERATE, "")).await;
    for rule in ["unfinished = true", "audio = \"url\"", "ending = \"error\"", "answer = \"base-resp\""] {
        rig.follow(&ruled("generate", rule)).await;
        onlooker.json(GENERATE, good(rig, GENERATE, "")).await;
    }
    rig.follow(SCENARIO).await;
    for path in
        ["", "?limit=2", "?type=REFUND", "?direction=CHARGE&from=2020-01-01T00:00:00Z", "?to=2020-01-01T00:00:00Z"]
    {
        onlooker.json(TRANSACTIONS, rig.get(&format!("/v2/billing/transactions{path}"))).await;
    }
    for path in
        ["", "?limit=1&offset=1", "?status=failed", "?period=7d&model=stable-audio", "?start=2020-01-01T00:00:00Z"]
    {
        onlooker.json(LOGS, rig.get(&format!("/v2/logs{path}"))).await;
    }
    for name in [BALANCE, OLDER, METRICS] {
        onlooker.json(name, good(rig, name, "")).await;
    }
    onlooker.json(METRICS, rig.get("/models/metrics?aliases=music-2.0&aliases=google%2Flyria2")).await;
    for query in ["", "?include=pricing", "?id=nobody"] {
        let models = onlooker.see(MODELS, rig.get(&format!("/v1/models{query}")), 200).await;
        let (_, tag) = models.headers.iter().find(|(name, _)| name == "etag").unwrap();
        let again = rig.get(&format!("/v1/models{query}")).header("If-None-Match", tag);
        onlooker.see(MODELS, again, 304).await;
    }
}

/// What the sandbox itself says no to.
async fn refusals(rig: &Rig, onlooker: &mut Onlooker) {
    let stranger = |name: &str| {
        let (method, path) = name.split_once(' ').unwrap();
        rig.http.request(Method::from_bytes(method.as_bytes()).unwrap(), format!("{}{path}", rig.url))
    };
    for name in [SUBMIT, POLL, UPLOAD, GENERATE, BALANCE, OLDER, TRANSACTIONS, LOGS] {
        onlooker.see(name, stranger(name), 401).await;
    }
    onlooker.see(SUBMIT, rig.order(&with(short(), "steps", 0)), 400).await;
    onlooker.see(SUBMIT, rig.order(&json!("words")), 400).await;
    onlooker.see(GENERATE, rig.generate(&json!({ "model": "music-01" })), 400).await;
    onlooker.see(UPLOAD, rig.form("drum", b""), 400).await;
    onlooker.see(POLL, good(rig, POLL, "nobody"), 404).await;
    onlooker.see(POLL, rig.get("/v2/generate/audio"), 400).await;
    for path in ["limit=0", "from=soon", "cursor=x", "direction=UP", "type=GIFT"] {
        onlooker.see(TRANSACTIONS, rig.get(&format!("/v2/billing/transactions?{path}")), 400).await;
    }
    for path in ["limit=101", "offset=-1", "period=soon", "status=new", "start=soon"] {
        onlooker.see(LOGS, rig.get(&format!("/v2/logs?{path}")), 400).await;
    }
    rig.follow(&format!("{SCENARIO}[account]\nstart_usd = 0.0\n")).await;
    onlooker.see(SUBMIT, rig.order(&short()), 403).await;
    onlooker.see(GENERATE, good(rig, GENERATE, ""), 403).await;
    rig.follow(&format!("{SCENARIO}[account]\nat_once = 0\n")).await;
    onlooker.see(SUBMIT, rig.order(&short()), 429).await;
}

/// Every error that the contract lists, at every operation, and its true answer with nulls.
async fn every_listed_error(rig: &Rig, onlooker: &mut Onlooker) {
    rig.follow(SCENARIO).await;
    let id = rig.submit(&short()).await["id"].as_str().unwrap().to_owned();
    rig.over(&id).await;
    for (name, endpoint) in OPERATIONS {
        for status in [400, 401, 403, 404, 429, 500, 502, 503, 504] {
            rig.follow(&ruled(endpoint, &format!("answer = \"vendor\"\nstatus = {status}\nmessage = \"No.\""))).await;
            onlooker.see(name, good(rig, name, &id), status).await;
        }
        rig.follow(&ruled(endpoint, "answer = \"nulls\"")).await;
        onlooker.see(name, good(rig, name, &id), 200).await;
    }
}

#[tokio::test]
async fn what_the_contract_does_not_list_is_listed_here_with_its_reason() {
    let (rig, document) = (Rig::new(SCENARIO).await, Document::own());
    let large = rig.http.post(format!("{}/v2/generate/audio", rig.url)).bearer_auth("12345678");
    let large = large.body(vec![b' '; 80 * 1024 * 1024 + 1]).send().await.unwrap();
    let wrong = rig.http.delete(format!("{}/v2/generate/audio", rig.url)).send().await.unwrap();
    let operation = document.operation("POST", "/v2/generate/audio").unwrap();
    for (response, (status, why)) in [wrong, large].into_iter().zip(NOT_LISTED) {
        let answered = Answered::of(response).await;
        assert_eq!(
            (answered.status, answered.faults(&document, operation)),
            (status, vec![format!("status {status} is not listed")]),
            "{why}"
        );
        let body: Value = serde_json::from_slice(&answered.body).unwrap();
        assert_eq!(body["statusCode"], status, "even so it has the vendor's form");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_the_contract_would_be_seen() {
    let (rig, document) = (Rig::new(SCENARIO).await, Document::own());
    for (rule, fault) in [
        ("answer = \"garbage\"", "content type"),
        ("answer = \"garbage\"\ncontent_type = \"application/json\"", "not JSON"),
        ("answer = \"html\"\nstatus = 400", "content type"),
        ("answer = \"empty\"", "content type"),
        ("answer = \"misstated\"", "not JSON"),
        ("answer = \"vendor\"\nstatus = 418", "status 418 is not listed"),
        ("answer = \"hostile\"", "is not one of"),
        ("word = \"tuning_up\"", "is not one of"),
    ] {
        rig.follow(&ruled("submit", rule)).await;
        let answered = Answered::of(rig.order(&short()).send().await.unwrap()).await;
        let faults = answered.faults(&document, document.operation("POST", "/v2/generate/audio").unwrap());
        assert!(faults.iter().any(|it| it.contains(fault)), "{rule}: {faults:?}");
    }
}
