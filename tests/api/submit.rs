//! A paid request on the wire: it goes out once, whatever comes back.

use std::time::Duration;

use refrain::api::{Limits, Outcome};
use serde_json::json;

use crate::server::{End, KEY, Reply, Server, answer};

const TAG: &str = "tag-1";

fn patience(submit: u64) -> Limits {
    Limits { submit: Duration::from_millis(submit), ..Limits::default() }
}

fn vendor(status: u16) -> String {
    format!(r#"{{"message":"it says no","statusCode":{status},"requestId":"r-1"}}"#)
}

/// Orders once from a server that answers so; the server must have been connected to once.
async fn order_from(server: &Server, limits: Limits) -> Outcome {
    let outcome = server.client(limits).submit(&json!({"model": "m"}), TAG).await;
    assert_eq!(server.connections().await, 1, "{outcome:?}");
    outcome
}

async fn order(bytes: impl Into<Vec<u8>>, end: End, limits: Limits) -> Outcome {
    let server = Server::saying(bytes, end).await;
    let outcome = order_from(&server, limits).await;
    assert_eq!(server.requests().len(), 1, "{outcome:?}");
    outcome
}

#[tokio::test]
async fn an_order_carries_key_tag_and_exactly_the_body() {
    let server = Server::saying(answer(200, &[], r#"{"id":"a:b","status":"queued"}"#), End::Stay).await;
    let body = json!({"model": "m", "prompt": "caf\u{e9}\n\u{1F3B5}"});
    let outcome = server.client(Limits::default()).submit(&body, TAG).await;
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");

    let request = server.requests().remove(0);
    let (head, sent) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /v2/generate/audio HTTP/1.1\r\n"), "{head}");
    for line in [
        &format!("authorization: Bearer {KEY}"),
        "x-client-request-id: tag-1",
        "content-type: application/json",
        concat!("user-agent: refrain/", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(head.lines().any(|sent| sent == line), "no `{line}` in {head}");
    }
    assert_eq!(serde_json::from_str::<serde_json::Value>(sent).unwrap(), body);
}

#[tokio::test]
async fn every_order_has_a_connection_of_its_own() {
    let server = Server::saying(answer(200, &[], r#"{"id":"a"}"#), End::Stay).await;
    let client = server.client(Limits::default());
    let body = json!({"model": "m"});
    for _ in 0..3 {
        client.submit(&body, TAG).await;
    }
    tokio::join!(client.submit(&body, TAG), client.submit(&body, TAG));
    assert_eq!(server.connections().await, 5);
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn a_connection_that_breaks_before_an_answer_leaves_the_outcome_unknown() {
    for end in [End::Close, End::Reset] {
        let outcome = order("", end, patience(5_000)).await;
        assert!(matches!(outcome, Outcome::Unknown(_)), "{end:?}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_connection_that_is_reset_unread_leaves_the_outcome_unknown() {
    let server = Server::hanging_up().await;
    let outcome = order_from(&server, patience(5_000)).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
}

#[tokio::test]
async fn half_an_answer_leaves_the_outcome_unknown() {
    let body = r#"{"id":"a","status":"queued"}"#;
    let head = format!("HTTP/1.1 200 OK\r\nx-inference-id: inf-1\r\ncontent-length: {}\r\n\r\n", body.len());
    for half in ["HTTP/1.1 2".to_owned(), head.clone(), format!("{head}{}", &body[..10])] {
        for end in [End::Close, End::Reset] {
            let outcome = order(half.clone(), end, patience(5_000)).await;
            assert!(matches!(outcome, Outcome::Unknown(_)), "{end:?} after {half:?}: {outcome:?}");
        }
    }
    match order(head, End::Close, patience(5_000)).await {
        Outcome::Unknown(lost) => assert_eq!(lost.inference_id.as_deref(), Some("inf-1")),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answer_in_pieces_that_ends_early_leaves_the_outcome_unknown() {
    let pieces = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{\"id\":\"a\"\r\n";
    let outcome = order(pieces, End::Close, patience(5_000)).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_leaves_the_outcome_unknown() {
    for said in ["", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"] {
        match order(said, End::Silence, patience(150)).await {
            Outcome::Unknown(lost) => assert!(lost.what.contains("in time"), "{}", lost.what),
            other => panic!("after {said:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_is_not_http_leaves_the_outcome_unknown() {
    let outcome = order("SSH-2.0-OpenSSH_9.6\r\n", End::Close, patience(5_000)).await;
    assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
}

#[tokio::test]
async fn an_answer_without_end_leaves_the_outcome_unknown_and_is_not_read_on() {
    let long = "x".repeat(17 * 1024 * 1024);
    match order(answer(200, &[], &long), End::Stay, patience(10_000)).await {
        Outcome::Unknown(lost) => assert!(lost.what.contains("api.largest_json_mb"), "{}", lost.what),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn refusals_and_pages_of_a_proxy_are_told_apart_over_the_wire_and_nothing_is_repeated() {
    for status in [400, 401, 403, 404, 429, 500, 503] {
        let headers = [("retry-after", "0")];
        let outcome = order(answer(status, &headers, &vendor(status)), End::Stay, Limits::default()).await;
        assert!(matches!(outcome, Outcome::Refused(_)), "{status}: {outcome:?}");
        let outcome = order(answer(status, &headers, "<html>"), End::Stay, Limits::default()).await;
        assert!(matches!(outcome, Outcome::Unknown(_)), "{status}: {outcome:?}");
    }
    for status in [408, 502, 504, 522] {
        let outcome = order(answer(status, &[], &vendor(status)), End::Close, Limits::default()).await;
        assert!(matches!(outcome, Outcome::Unknown(_)), "{status}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_key_that_the_service_echoes_does_not_come_through() {
    let body = format!(r#"{{"message":"Incorrect key: {KEY}","statusCode":401}}"#);
    match order(answer(401, &[], &body), End::Stay, Limits::default()).await {
        Outcome::Refused(said) => assert_eq!(said.message, "Incorrect key: (your key)"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_order_whose_tag_the_service_would_drop_is_not_sent() {
    let server = Server::start(|_| Reply { bytes: Vec::new(), end: End::Close }).await;
    let outcome = server.client(Limits::default()).submit(&json!({}), "no good").await;
    assert!(matches!(outcome, Outcome::NotSent(_)), "{outcome:?}");
    assert_eq!(server.connections().await, 0);
}
