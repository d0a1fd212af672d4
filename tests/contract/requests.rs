//! Every request that the client makes, read off the wire, is one that the contract allows.

use std::collections::BTreeSet;

use refrain::api::Limits;

use crate::asking;
use crate::document::Document;
use crate::exchange::Asked;
use crate::server::{End, Reply, Server, answer};

/// What the contract has and the client does not ask for, with the reason.
const NOT_ASKED: [(&str, &str); 0] = [];

const HELD: &str = "/v2/generate/audio/minimax/generate";
const UPLOAD: &str = "/v2/generate/audio/minimax/upload";

/// Answers that let the client go on: the newer balance is not there, so that the older one is asked for.
fn friendly(request: &str) -> Reply {
    let body = match request.split(' ').nth(1).unwrap().split('?').next().unwrap() {
        "/v2/billing" => {
            return Reply { bytes: answer(404, &[], r#"{"message":"no","statusCode":404}"#), end: End::Stay };
        }
        "/v1/billing/balance" => r#"{"balance":1}"#,
        "/models/metrics" => r#"{"models":[]}"#,
        UPLOAD => r#"{"voice_id":"v-1","instrumental_id":"i-1","base_resp":{"status_code":0}}"#,
        HELD => r#"{"data":{"status":2,"audio":"494433"},"base_resp":{"status_code":0}}"#,
        "/v1/models" | "/v2/logs" | "/v2/billing/transactions" => r#"{"data":[]}"#,
        _ => r#"{"id":"a:b","status":"queued"}"#,
    };
    Reply { bytes: answer(200, &[], body), end: End::Stay }
}

/// Every request of the client, as it was read.
pub async fn recorded() -> Vec<Asked> {
    let server = Server::start(friendly).await;
    let told = asking::everything(&server.client(Limits::default())).await;
    for (name, outcome) in &told {
        assert!(outcome.is_ok(), "{name}: {outcome:?}");
    }
    let requests: Vec<Asked> = server.requests().iter().map(|request| Asked::read(request)).collect();
    assert_eq!(requests.len(), told.len() + 1, "each asks once, the balance twice");
    requests
}

#[tokio::test]
async fn every_request_that_the_client_makes_is_one_that_the_contract_allows() {
    let document = Document::own();
    let requests = recorded().await;
    let mut asked = BTreeSet::new();
    for request in &requests {
        let faults = request.faults(&document);
        assert!(faults.is_empty(), "{faults:#?} in {request:?}");
        let operation = document.operation(&request.method, &request.path).unwrap();
        asked.insert(operation["operationId"].as_str().unwrap().to_owned());
    }
    let known: BTreeSet<String> = NOT_ASKED.map(|(id, _)| id.to_owned()).into();
    let all: BTreeSet<String> = document.operation_ids().into_iter().collect();
    assert_eq!(&all - &asked, known, "what is not asked for has a reason");
    assert!(requests.len() > 100, "only {} requests", requests.len());
    eprintln!("{} requests of the client, {} operations", requests.len(), asked.len());
}

/// Makes a request one that the contract does not allow.
type Spoil = fn(&mut Asked);

#[tokio::test]
async fn a_request_that_breaks_the_contract_would_be_seen() {
    let document = Document::own();
    let requests = recorded().await;
    let find = |method: &str, path: &str| {
        requests
            .iter()
            .find(|it| it.method == method && it.path == path && (method == "POST" || !it.query.is_empty()))
            .unwrap()
    };
    let spoils: [(&str, &str, Spoil, &str); 14] = [
        ("POST", "/v2/generate/audio", |it| it.body.truncate(20), "not JSON"),
        ("POST", "/v2/generate/audio", |it| it.body = b"{\"model\":\"nobody\"}".to_vec(), "oneOf"),
        (
            "POST",
            "/v2/generate/audio",
            |it| it.headers.retain(|(name, _)| name != "authorization"),
            "the key is missing",
        ),
        ("POST", "/v2/generate/audio", |it| it.headers.retain(|(name, _)| name != "content-type"), "not called JSON"),
        (
            "POST",
            "/v2/generate/audio",
            |it| it.headers.push(("x-strange".into(), "1".into())),
            "`x-strange` is not listed",
        ),
        ("GET", "/v2/generate/audio", |it| it.query.clear(), "generation_id"),
        ("GET", "/v2/logs", |it| it.query.push(("limit".into(), "101".into())), "query `limit`"),
        ("GET", "/v2/logs", |it| it.query.push(("colour".into(), "red".into())), "query `colour` is not listed"),
        (
            "GET",
            "/v1/models",
            |it| it.headers.push(("authorization".into(), "Bearer x".into())),
            "where none is needed",
        ),
        ("POST", UPLOAD, |it| it.reword("voice", "drum"), "\"drum\" is not one of"),
        ("POST", UPLOAD, |it| it.reword("\"purpose\"", "\"use\""), "\"purpose\" is a required property"),
        ("POST", UPLOAD, |it| it.reword("\"file\"", "\"purpose\""), "`purpose` comes twice"),
        ("POST", UPLOAD, |it| it.body.truncate(40), "no beginning or no end"),
        ("POST", UPLOAD, |it| it.headers.retain(|(name, _)| name != "content-type"), "not called a form"),
    ];
    for (method, path, spoil, expected) in spoils {
        let mut request = find(method, path).clone();
        spoil(&mut request);
        let faults = request.faults(&document).join("; ");
        assert!(faults.contains(expected), "{faults} instead of {expected}");
    }
}
