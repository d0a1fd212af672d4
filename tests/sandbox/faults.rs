//! What goes wrong in the pretend service, seen from the other end of the connection.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::rig::{KEY, Rig, short};
use serde_json::{Value, json};

fn rule(text: &str) -> String {
    format!("[log]\nlag_ms = 0\n[[rule]]\n{}", text.replace(", ", "\n"))
}

/// Orders over a bare connection, and returns every byte that comes until it closes.
async fn bare_order(rig: &Rig) -> Vec<u8> {
    let body = short().to_string();
    let address = rig.url.trim_start_matches("http://").to_owned();
    let request = format!(
        "POST /v2/generate/audio HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {KEY}\r\n\
         X-Client-Request-Id: bare\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        // A reset is an end too.
        stream.read_to_end(&mut answer).ok();
        answer
    })
    .await
    .unwrap()
}

#[tokio::test]
async fn a_connection_dropped_before_acceptance_costs_nothing() {
    let rig = Rig::new(&rule("endpoint = \"submit\", nth = 1, answer = \"drop\", when = \"before\"")).await;
    assert_eq!(bare_order(&rig).await, b"");
    assert!(rig.ledger().await.is_empty());
    assert!(bare_order(&rig).await.starts_with(b"HTTP/1.1 200 "), "only the first request is dropped");
}

#[tokio::test]
async fn a_connection_dropped_after_acceptance_is_charged_and_found_in_the_log() {
    let rig = Rig::new(&rule("endpoint = \"submit\", answer = \"drop\", when = \"after\"")).await;
    assert_eq!(bare_order(&rig).await, b"");
    let ledger = rig.ledger_on_disk();
    assert_eq!((ledger.len(), &ledger[0]["client_request_id"]), (1, &json!("bare")));
    let row = rig.json("/v2/logs").await["data"][0].clone();
    assert_eq!((&row["client_request_id"], &row["inference_id"]), (&json!("bare"), &ledger[0]["inference_id"]));
    let over = rig.over(row["inference_id"].as_str().unwrap()).await;
    assert_eq!(over["status"], "completed");
    let world = rig.json("/sandbox/world").await;
    assert_eq!(world["requests"][0]["status"], Value::Null, "no answer was given");
}

#[tokio::test]
async fn a_truncated_answer_promises_more_than_comes() {
    let rig = Rig::new(&rule("endpoint = \"submit\", answer = \"truncated\"")).await;
    let answer = String::from_utf8(bare_order(&rig).await).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let promised = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!(body.len(), promised.parse::<usize>().unwrap() / 2, "{head}");
    assert_eq!(rig.ledger().await.len(), 1);
}

#[tokio::test]
async fn errors_pages_and_empty_answers_come_with_the_status_and_effect_of_the_rule() {
    let rig = Rig::new("").await;
    let mut charged = 0;
    for (text, status, body) in [
        ("answer = \"vendor\", status = 500, message = \"Broken.\"", 500, "\"message\":\"Broken.\""),
        ("answer = \"vendor\", status = 429, retry_after = 2", 429, "\"statusCode\":429"),
        ("answer = \"html\", status = 522", 522, "<html>"),
        ("answer = \"html\", status = 502, when = \"after\"", 502, "<html>"),
        ("answer = \"empty\", when = \"after\"", 200, ""),
        ("answer = \"empty\", status = 504", 504, ""),
    ] {
        rig.follow(&rule(&format!("endpoint = \"submit\", {text}"))).await;
        let response = rig.order(&short()).send().await.unwrap();
        assert_eq!(response.status(), status, "{text}");
        let retry = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(retry.as_deref(), text.contains("retry_after").then_some("2"));
        assert_eq!(response.headers().contains_key("x-inference-id"), text.contains("vendor"), "{text}");
        let came = response.text().await.unwrap();
        assert!(came.contains(body) && came.is_empty() == body.is_empty(), "{text}: {came}");
        charged += usize::from(text.contains("after\""));
        assert_eq!(rig.ledger().await.len(), charged, "{text}");
    }
}

#[tokio::test]
async fn every_endpoint_can_go_wrong() {
    let rig = Rig::new("").await;
    let (over, _) = rig.take(&short()).await;
    let file = over["audio_file"]["url"].as_str().unwrap().to_owned();
    let poll = format!("{}/v2/generate/audio?generation_id=x", rig.url);
    let api = |path: &str| format!("{}{path}", rig.url);
    for (endpoint, url) in [
        ("poll", poll),
        ("file", file),
        ("logs", api("/v2/logs")),
        ("billing", api("/v2/billing")),
        ("transactions", api("/v2/billing/transactions")),
        ("models", api("/v1/models")),
        ("metrics", api("/models/metrics")),
    ] {
        rig.follow(&rule(&format!("endpoint = \"{endpoint}\", first = 1, answer = \"html\", status = 503"))).await;
        let status = async || rig.http.get(&url).send().await.unwrap().status().as_u16();
        assert_eq!(status().await, 503, "{endpoint}");
        assert_ne!(status().await, 503, "{endpoint}");
        rig.follow(&rule(&format!("endpoint = \"{endpoint}\", answer = \"drop\""))).await;
        assert!(rig.http.get(&url).send().await.is_err(), "{endpoint}");
    }
}

#[tokio::test]
async fn generations_end_as_the_rule_says() {
    let rig = Rig::new("").await;
    for (ending, error) in [
        ("error", json!({ "name": "Error", "message": "Downstream service error." })),
        ("error-text", json!("Downstream service error.")),
        ("error-other", json!({ "code": 1000, "detail": { "reason": "Downstream service error." } })),
    ] {
        rig.follow(&rule(&format!("endpoint = \"submit\", ending = \"{ending}\""))).await;
        let id = rig.submit(&short()).await["id"].as_str().unwrap().to_owned();
        assert_eq!(rig.over(&id).await["error"], error);
    }
    rig.follow(&rule("endpoint = \"submit\", at_once = true")).await;
    let answer = rig.submit(&short()).await;
    assert_eq!(answer["status"], "completed");
    assert_eq!(rig.download(&answer).await.status(), 200);
}

#[tokio::test]
async fn polls_can_say_a_strange_word_or_next_to_nothing() {
    let rig = Rig::new(&rule("endpoint = \"poll\", nth = 1, word = \"tuning_up\"")).await;
    let id = rig.submit(&short()).await["id"].as_str().unwrap().to_owned();
    assert_eq!(rig.poll(&id).await["status"], "tuning_up");
    rig.over(&id).await;
    rig.follow(&rule("endpoint = \"poll\", answer = \"nulls\"")).await;
    let bare = rig.poll(&id).await;
    assert_eq!((&bare["status"], &bare["id"]), (&json!("completed"), &json!(id)));
    assert!(bare["audio_file"]["url"].is_string());
    for absent in
        ["/audio_file/content_type", "/audio_file/file_name", "/audio_file/file_size", "/error", "/meta/usage"]
    {
        assert_eq!(bare.pointer(absent), Some(&Value::Null), "{absent}");
    }
}

#[tokio::test]
async fn a_slow_file_drips_and_a_delayed_answer_waits() {
    let rig = Rig::new("").await;
    let (over, bytes) = rig.take(&short()).await;
    let begun = Instant::now();
    rig.follow(&rule(&format!("endpoint = \"file\", bytes_per_second = {}", bytes.len() * 2))).await;
    assert_eq!(rig.download(&over).await.bytes().await.unwrap(), bytes);
    assert!(begun.elapsed() > Duration::from_millis(400), "{:?}", begun.elapsed());
    let begun = Instant::now();
    rig.follow(&rule("endpoint = \"poll\", delay_ms = 300")).await;
    rig.poll(over["id"].as_str().unwrap()).await;
    assert!(begun.elapsed() > Duration::from_millis(300), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_truncated_file_ends_early() {
    let rig = Rig::new("").await;
    let (over, bytes) = rig.take(&short()).await;
    rig.follow(&rule("endpoint = \"file\", answer = \"truncated\"")).await;
    let mut response = rig.download(&over).await;
    assert_eq!(response.content_length(), Some(bytes.len() as u64));
    let mut came = 0;
    let broken = loop {
        match response.chunk().await {
            Ok(Some(piece)) => came += piece.len(),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(broken && came == bytes.len() / 2, "{came} of {}", bytes.len());
}

#[tokio::test]
async fn log_rows_come_when_the_scenario_says() {
    let rig = Rig::at_speed(10.0, "[log]\nlag_ms = 0\nrows = \"ended\"").await;
    let id = rig.submit(&short()).await["id"].as_str().unwrap().to_owned();
    assert_eq!(rig.json("/v2/logs").await["data"], json!([]));
    rig.over(&id).await;
    assert_eq!(rig.json("/v2/logs").await["data"][0]["inference_id"], id);
    rig.follow("[log]\nrows = \"never\"").await;
    assert_eq!(rig.json("/v2/logs").await["data"], json!([]));
}

#[tokio::test]
async fn a_scenario_with_an_unknown_key_is_refused_and_changes_nothing() {
    let rig = Rig::new(&rule("endpoint = \"poll\", delay_ms = 1")).await;
    let wrong = rule("endpoint = \"poll\", dely_ms = 2");
    let response = rig.http.put(format!("{}/sandbox/scenario", rig.url)).body(wrong).send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("unknown field `dely_ms`"));
    assert_eq!(rig.json("/sandbox/scenario").await["rule"][0]["delay_ms"], 1);
}

#[tokio::test]
async fn the_rest_of_a_file_is_served_to_who_names_the_file_it_is_of() {
    let rig = Rig::new("").await;
    let (over, bytes) = rig.take(&short()).await;
    let url = over["audio_file"]["url"].as_str().unwrap().to_owned();
    let etag = rig.download(&over).await.headers()["etag"].to_str().unwrap().to_owned();
    let length = bytes.len();
    let rest = format!("bytes 100-{}/{length}", length - 1);
    let (beyond, nowhere) = (format!("bytes={length}-"), format!("bytes */{length}"));
    let table = [
        ("bytes=100-", etag.as_str(), 206, Some(rest.as_str()), &bytes[100..]),
        ("bytes=0-9", &etag, 206, Some(&*format!("bytes 0-9/{length}")), &bytes[..10]),
        ("bytes=100-", "\"another\"", 200, None, &bytes[..]),
        ("bytes=-100", &etag, 200, None, &bytes[..]),
        ("lines=1-", &etag, 200, None, &bytes[..]),
        (&beyond, &etag, 416, Some(&nowhere), &[]),
    ];
    for (range, meant, status, said, came) in table {
        let asked = rig.http.get(&url).header("range", range).header("if-range", meant);
        let response = asked.send().await.unwrap();
        assert_eq!(response.status(), status, "{range} of {meant}");
        let told = response.headers().get("content-range").map(|range| range.to_str().unwrap().to_owned());
        assert_eq!(told.as_deref(), said, "{range} of {meant}");
        assert_eq!(response.headers()["etag"], etag);
        assert_eq!(response.bytes().await.unwrap(), came, "{range} of {meant}");
    }
    rig.follow("[files]\nranges = false").await;
    let response = rig.http.get(&url).header("range", "bytes=100-").send().await.unwrap();
    assert_eq!((response.status().as_u16(), response.headers().get("etag")), (200, None));
    assert_eq!(response.bytes().await.unwrap(), bytes);
}
