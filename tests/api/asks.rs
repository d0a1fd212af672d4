//! Questions: what is asked, how answers are read, and that no failure is final.

use std::time::Duration;

use refrain::api::{AskKind, Limits, LogWindow, Movement, Prices, RemoteState};

use crate::server::{End, KEY, Reply, Server, answer, header_names};

fn limits() -> Limits {
    Limits { ask: Duration::from_secs(5), ..Limits::default() }
}

#[tokio::test]
async fn a_finished_generation_is_read_whole() {
    let body = r#"{"id":"60ac:m","status":"completed","error":null,
        "audio_file":{"url":"https://cdn.example/a.mp3?sig=s","content_type":"audio/mpeg","file_name":"a\u202e.mp3","file_size":"1014804"},
        "meta":{"usage":{"credits_used":120000,"usd_spent":"0.06"}}}"#;
    let server = Server::saying(answer(200, &[("x-request-id", "r-9")], body), End::Stay).await;
    let generation = server.client(limits()).poll("60ac:minimax/music-2.0").await.unwrap();
    assert_eq!(generation.state, RemoteState::Done);
    assert_eq!(generation.cost.usd, Some(0.06));
    assert_eq!(generation.service_request.as_deref(), Some("r-9"));
    let audio = generation.audio.unwrap();
    assert_eq!(audio.url.reveal(), "https://cdn.example/a.mp3?sig=s");
    assert_eq!(audio.file_name.as_ref().unwrap().clean(50), "a.mp3");
    assert_eq!(audio.file_size, Some(1_014_804));
    assert!(!format!("{audio:?}").contains("sig"), "a signed address must not be printed");

    let request = server.requests().remove(0);
    assert!(request.starts_with("GET /v2/generate/audio?generation_id=60ac%3Aminimax%2Fmusic-2.0 HTTP/1.1\r\n"));
    assert!(request.contains(&format!("authorization: Bearer {KEY}\r\n")));
}

#[tokio::test]
async fn an_error_of_a_generation_is_read_in_every_form() {
    let rows = [
        (r#"{"name":"Timeout","message":"took too long"}"#, Some("took too long")),
        (r#"{"name":"Timeout"}"#, Some("Timeout")),
        (r#""plain\u001b[0m words""#, Some("plain[0m words")),
        (r#"{"code":7}"#, Some(r#"{"code":7}"#)),
        (r#"["a"]"#, Some(r#"["a"]"#)),
        ("null", None),
    ];
    for (error, words) in rows {
        let body = format!(r#"{{"status":"error","error":{error}}}"#);
        let server = Server::saying(answer(200, &[], &body), End::Stay).await;
        let generation = server.client(limits()).poll("asked").await.unwrap();
        assert_eq!(generation.remote_id, "asked", "where the answer does not repeat it");
        assert_eq!((generation.state, generation.error.as_deref()), (RemoteState::Failed, words));
    }
}

#[tokio::test]
async fn a_failed_question_says_what_kind_of_failure_it_was() {
    let vendor = r#"{"message":"it says\nno","statusCode":0,"requestId":"r-1"}"#;
    let rows = [
        (401, vendor, AskKind::Key),
        (403, vendor, AskKind::Forbidden),
        (404, vendor, AskKind::NotFound),
        (429, vendor, AskKind::TooMany),
        (400, vendor, AskKind::Unreadable),
        (302, "", AskKind::Unreadable),
        (500, vendor, AskKind::Server),
        (504, "", AskKind::Server),
        (522, "<html>", AskKind::Server),
        (200, "<html>", AskKind::Unreadable),
        (200, "", AskKind::Unreadable),
        (200, "[]", AskKind::Unreadable),
        (200, "{}", AskKind::Unreadable),
        (200, r#"{"id":null,"error":"what?"}"#, AskKind::Unreadable),
    ];
    for (status, body, kind) in rows {
        let server = Server::saying(answer(status, &[("retry-after", "9")], body), End::Stay).await;
        let error = server.client(limits()).poll("a").await.unwrap_err();
        assert_eq!((error.kind, error.status), (kind, Some(status)), "{status} {body}");
        assert_eq!(error.retry_after, Some(Duration::from_secs(9)));
        if body == vendor {
            assert_eq!((&*error.sentence, error.service_request.as_deref()), ("it says no", Some("r-1")));
        } else {
            assert!(error.sentence.contains(&status.to_string()), "{}", error.sentence);
        }
    }
}

#[tokio::test]
async fn a_broken_or_silent_connection_is_the_networks_failure() {
    for (said, end) in
        [("", End::Close), ("", End::Reset), ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", End::Close)]
    {
        let server = Server::saying(said, end).await;
        assert_eq!(server.client(limits()).poll("a").await.unwrap_err().kind, AskKind::Network, "{said}");
    }
    let server = Server::saying("", End::Silence).await;
    let hasty = Limits { ask: Duration::from_millis(150), ..limits() };
    assert_eq!(server.client(hasty).poll("a").await.unwrap_err().kind, AskKind::Network);
}

#[tokio::test]
async fn the_balance_falls_back_to_the_older_call() {
    let server = Server::start(|request| {
        let bytes = if request.starts_with("GET /v2/billing ") {
            answer(404, &[], r#"{"message":"Cannot GET","statusCode":404}"#)
        } else if request.starts_with("GET /v1/billing/balance ") {
            answer(200, &[], r#"{"balance":8420000,"lowBalance":false}"#)
        } else {
            Vec::new()
        };
        Reply { bytes, end: End::Stay }
    })
    .await;
    let balance = server.client(limits()).balance().await.unwrap();
    assert!((balance.amount - 4.21).abs() < 1e-9, "{balance:?}");
    assert_eq!(balance.currency, "USD");

    let server = Server::saying(answer(200, &[], r#"{"current_balance":4.21,"currency":"USD"}"#), End::Stay).await;
    assert!((server.client(limits()).balance().await.unwrap().amount - 4.21).abs() < 1e-9);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn prices_are_asked_without_the_key_and_not_again_while_the_etag_holds() {
    let server = Server::start(|request| {
        let bytes = if request.contains("if-none-match: \"v1\"\r\n") {
            b"HTTP/1.1 304 Not Modified\r\netag: \"v1\"\r\n\r\n".to_vec()
        } else {
            let unit = r#"{"kind":"fixed","currency":"USD","units":[{"price":0.03,"per":"generation"}]}"#;
            let body = format!(r#"{{"object":"list","data":[{{"id":"m/a","aliases":["a"],"pricing":{unit}}}]}}"#);
            answer(200, &[("etag", "\"v1\"")], &body)
        };
        Reply { bytes, end: End::Stay }
    })
    .await;
    let client = server.client(limits());
    let Prices::Fresh { etag, models } = client.prices(None).await.unwrap() else { panic!("nothing was known") };
    assert_eq!(etag.as_deref(), Some("\"v1\""));
    assert_eq!(
        (&*models[0].id, models[0].quote.as_ref().and_then(|quote| quote.price(None)).map(|price| price.usd)),
        ("m/a", Some(0.03))
    );
    assert_eq!(client.prices(etag.as_deref()).await.unwrap(), Prices::NotModified);
    for request in server.requests() {
        assert!(request.starts_with("GET /v1/models?include=pricing "), "{request}");
        assert!(!header_names(&request).contains("authorization"));
    }
}

#[tokio::test]
async fn the_log_is_asked_by_window_and_page() {
    let body = r#"{"data":[{"client_request_id":"tag-1","inference_id":"inf-1","status":"failed"}],
        "pagination":{"has_more":false}}"#;
    let server = Server::saying(answer(200, &[], body), End::Stay).await;
    let window = LogWindow::Between {
        start: "2026-08-01T12:00:00Z".parse().unwrap(),
        end: "2026-08-01T12:15:00Z".parse().unwrap(),
    };
    let page = server.client(limits()).logs(window, 2).await.unwrap();
    assert_eq!(page.rows[0].tag.as_deref(), Some("tag-1"));
    let request = server.requests().remove(0);
    let asked = "/v2/logs?start=2026-08-01T12%3A00%3A00Z&end=2026-08-01T12%3A15%3A00Z&limit=100&offset=200 ";
    assert!(request.contains(asked), "{request}");
    server.client(limits()).logs(LogWindow::Last { hours: 24 }, 0).await.unwrap();
    let request = server.requests().pop().unwrap();
    assert!(request.contains("/v2/logs?period=24h&limit=100&offset=0 "), "{request}");
}

#[tokio::test]
async fn the_ledger_is_asked_by_window_and_by_what_the_page_before_ended_with() {
    let body = r#"{"data":[{"created_at":"2026-08-01T12:00:01Z","direction":"CHARGE","type":"MODEL_USAGE",
        "amount":{"usd":"0.03","credits":60000},"model":null,"reference_id":"inf-1"}],
        "pagination":{"next_cursor":"b2Y=","has_more":true}}"#;
    let server = Server::saying(answer(200, &[], body), End::Stay).await;
    let client = server.client(limits());
    let (from, to) = ("2026-08-01T12:00:00Z".parse().unwrap(), "2026-08-01T12:15:00Z".parse().unwrap());
    let page = client.transactions(from, to, None).await.unwrap();
    assert_eq!((page.lines[0].movement, page.lines[0].amount.usd), (Movement::Usage, Some(0.03)));
    assert_eq!((page.lines[0].reference.as_deref(), page.next.as_deref()), (Some("inf-1"), Some("b2Y=")));
    client.transactions(from, to, page.next.as_deref()).await.unwrap();
    let window = "/v2/billing/transactions?from=2026-08-01T12%3A00%3A00Z&to=2026-08-01T12%3A15%3A00Z&limit=100";
    let asked: Vec<String> = server.requests().iter().map(|it| it.split(' ').nth(1).unwrap().to_owned()).collect();
    assert_eq!(asked, [window.to_owned(), format!("{window}&cursor=b2Y%3D")]);
}

#[tokio::test]
async fn the_pace_of_several_models_is_asked_at_once() {
    let body = r#"{"models":[{"alias":"a","metrics":{"duration_ms":{"p50":61000,"p90":90000}}}]}"#;
    let server = Server::saying(answer(200, &[], body), End::Stay).await;
    let paces = server.client(limits()).metrics(&["a", "b/c"]).await.unwrap();
    assert_eq!((paces[0].p50_ms, paces[0].p90_ms), (61_000.0, Some(90_000.0)));
    assert!(server.requests()[0].starts_with("GET /models/metrics?aliases=a&aliases=b%2Fc "));
}
