//! What no service should say, and one day one will.

use serde_json::{Value, json};

use crate::recorder::{Said, answer};
use crate::support::sounds::{letters, mp3};

/// A title and a clipboard set, a link, a question to the terminal, a screen cleared, letters that run backwards or
/// are not seen, a line of its own, a path that leads out.
pub const POISON: &str = "\u{1b}]0;owned\u{7}\u{1b}]52;c;cm0gLXJm\u{7}\u{1b}]8;;http://evil.example\u{7}\u{1b}[6n\u{1b}c\u{1b}[2J\
    \u{202e}gnp.exe\u{2066}\u{200b}\u{feff}\u{0}\u{9b}1m\r\nerror: all is lost\n../../../.bashrc\t";

/// Bytes of a text that is far too long.
const HUGE: usize = 10_000_000;

/// Bytes of an id that is far too long.
const LONG: usize = 1_000_000;

/// Where the script of the service has a file for everybody.
pub const FILE: &str = "/evil/..%2f..%2f.bashrc";

/// What of the poison is no harm: where it is seen, the rest was taken out.
pub const HARMLESS: &str = "gnp.exe";

/// Where the script of the service has a file that has no end.
pub const WITHOUT_END: &str = "/evil/without-end.mp3";

/// How an answer begins whose length nobody says.
const JSON_HEAD: &str = "HTTP/1.1 200 Fine\r\nconnection: close\r\ncontent-type: application/json\r\n\r\n";

/// Bytes that come again and again where there is no end.
const AGAIN: usize = 64 * 1024;

fn said(status: u16, headers: &str, body: &str) -> Said {
    Said { begin: answer(status, headers, body), without_end: None }
}

fn ok(body: &Value) -> Said {
    said(200, "", &body.to_string())
}

fn vendor(status: u16, headers: &str, message: &Value) -> Said {
    let moment = "+9999999-12-31T23:59:59Z";
    let body =
        json!({"message": message, "path": POISON, "requestId": POISON, "statusCode": status, "timestamp": moment});
    said(status, headers, &body.to_string())
}

fn long(length: usize) -> String {
    format!("{POISON}{}", "x".repeat(length))
}

/// A file that everybody may fetch.
pub fn file() -> Said {
    let song = mp3(1.0);
    let head = format!("HTTP/1.1 200 Fine\r\nconnection: close\r\ncontent-length: {}\r\n", song.len());
    let named =
        "content-disposition: attachment; filename=\"../../.bashrc\"\r\ncontent-type: text/x-shellscript\r\n\r\n";
    Said { begin: [head.as_bytes(), named.as_bytes(), &song].concat(), without_end: None }
}

/// A file that never ends.
pub fn file_without_end() -> Said {
    let head = "HTTP/1.1 200 Fine\r\nconnection: close\r\ncontent-type: audio/mpeg\r\n\r\n";
    Said { begin: [head.as_bytes(), &mp3(1.0)].concat(), without_end: Some(vec![0; AGAIN]) }
}

/// Answers to an order that is asked about afterwards, with how the take stands then; `here` is where they come from.
pub fn to_orders(here: &str) -> Vec<(&'static str, Said)> {
    let done = |name: &str| {
        let file =
            json!({"url": format!("{here}{FILE}"), "content_type": POISON, "file_name": name, "file_size": 1e308});
        json!({"id": "1", "status": "completed", "audio_file": file, "error": POISON})
    };
    let nested = (0..100).fold(json!(POISON), |inner, _| json!({ "deeper": inner }));
    let cost = |usd: Value, credits: Value| {
        let usage = json!({"usd_spent": usd, "credits_used": credits});
        ok(&json!({"id": "1", "status": "error", "error": POISON, "meta": {"usage": usage}}))
    };
    vec![
        ("a message of 10 MB", vendor(400, "", &json!(long(HUGE)))),
        ("a hundred thousand messages", vendor(422, "", &json!(vec!["\u{1b}]0;owned\u{7}"; 100_000]))),
        ("no words, and too many credits", vendor(403, "", &json!(format!("credit {}", long(LONG))))),
        ("an id of 1 MB", ok(&json!({"id": "i".repeat(LONG), "status": "queued"}))),
        ("an id that is a path", ok(&json!({"id": "../../../etc/passwd", "status": "error", "error": POISON}))),
        ("a status of 1 MB", ok(&json!({"id": "1", "status": long(LONG)}))),
        ("a file that is called .bashrc", ok(&done(".bashrc"))),
        ("a file whose name leads out", ok(&done(&long(LONG)))),
        (
            "a file without end",
            ok(&json!({"id": "1", "status": "completed", "audio_file": {"url": format!("{here}{WITHOUT_END}")}})),
        ),
        (
            "an address of 1 MB",
            ok(
                &json!({"id": "1", "status": "completed", "audio_file": {"url": format!("{here}/{}", "a".repeat(LONG))}}),
            ),
        ),
        (
            "an address inside",
            ok(&json!({"id": "1", "status": "completed", "audio_file": {"url": "https://169.254.169.254/latest"}})),
        ),
        ("an error a hundred deep", ok(&json!({"id": "1", "status": "error", "error": nested}))),
        ("an error of 10 MB", ok(&json!({"id": "1", "status": "error", "error": {"message": long(HUGE)}}))),
        ("a cost past all sums", cost(json!(1e308), json!(1e308))),
        ("a cost below nothing", cost(json!(-1), json!("-1e300"))),
        ("a cost that is no number", cost(json!("NaN"), json!("inf"))),
        ("fifteen million letters of zeros", said(200, "", &format!("[{}0]", "0,".repeat(7_500_000)))),
        ("a thousand brackets", said(200, "", &"[".repeat(1_000))),
        (
            "headers of 50 kB",
            said(
                502,
                &format!("x-inference-id: {}\r\nx-request-id: {}\r\n", "i".repeat(25_000), "r".repeat(25_000)),
                "",
            ),
        ),
        ("what says that it is packed", said(200, "content-encoding: gzip\r\n", "\u{1f}\u{8b}\u{8}")),
        (
            "JSON without end",
            Said { begin: format!("{JSON_HEAD}{{\"message\":\"").into_bytes(), without_end: Some(vec![b'x'; AGAIN]) },
        ),
        ("lists without end", Said { begin: JSON_HEAD.into(), without_end: Some(vec![b'['; AGAIN]) }),
    ]
}

/// Answers to an order that ask to come again, in their own time.
pub fn that_put_off() -> Vec<(&'static str, Said)> {
    let until = "retry-after: Fri, 31 Dec 9999999 23:59:59 GMT\r\n";
    vec![
        ("a wait until the year 9999999", vendor(429, until, &json!(POISON))),
        ("a wait of twenty digits", vendor(429, "retry-after: 99999999999999999999\r\n", &json!(POISON))),
    ]
}

/// Answers to an order that should hold the song.
pub fn to_songs(here: &str) -> Vec<(&'static str, Said)> {
    let about = json!({"audio_size": 1e308, "audio_length": -1, "audio_sample_rate": "NaN", "music_channel": 1e18});
    let song = letters(&mp3(1.0));
    let fine = json!({"status_code": 0, "status_msg": POISON});
    vec![
        (
            "a song about which all is absurd",
            ok(
                &json!({"data": {"status": 2, "audio": song}, "extra_info": about, "trace_id": long(LONG), "base_resp": fine}),
            ),
        ),
        ("a song elsewhere", ok(&json!({"data": {"status": 2, "audio": format!("{here}{FILE}")}, "base_resp": fine}))),
        (
            "a song at an address of 1 MB",
            ok(&json!({"data": {"status": 2, "audio": format!("{here}/{}", "a".repeat(LONG))}})),
        ),
        ("a no of 10 MB", ok(&json!({"data": null, "base_resp": {"status_code": 1e308, "status_msg": long(HUGE)}}))),
        ("a no with a code", ok(&json!({"base_resp": {"status_code": -9e18, "status_msg": long(LONG)}}))),
        ("a key of 10 MB", said(200, "", &format!("{{\"{}\":1}}", "k".repeat(HUGE)))),
        ("blanks without end", Said { begin: JSON_HEAD.into(), without_end: Some(vec![b' '; AGAIN]) }),
        ("a song that is poison", ok(&json!({"data": {"status": 2, "audio": POISON}, "base_resp": fine}))),
    ]
}

/// Answers to questions about the account and the models, by the beginning of the request.
pub fn to_questions() -> Vec<(&'static str, Said)> {
    let absurd = json!({"kind": "fixed", "currency": "USD", "units": [{"price": 1e308, "per": "generation"}]});
    let poisoned = json!({"id": format!("m{POISON}"), "aliases": [POISON], "pricing": {"kind": POISON}});
    let priced = json!({"id": "stable-audio", "aliases": vec![POISON; 1000], "pricing": absurd, "status": POISON});
    let mut models = vec![poisoned, priced];
    models.extend((0..100_000).map(|number| json!({"id": number})));
    let metrics = json!({"alias": "stable-audio", "metrics": {"duration_ms": {"p50": 1e308, "p90": -1}}});
    let slow = json!({"alias": "music-01", "metrics": {"duration_ms": {"p50": 9e14, "p90": 9e14}}});
    let taken = json!({"direction": "CHARGE", "type": "MODEL_USAGE", "amount": {"usd": -1, "credits": 1e308}, "reference_id": POISON});
    let page = json!({"data": vec![taken; 1000], "pagination": {"next_cursor": long(LONG), "has_more": true}});
    vec![
        ("GET /v2/billing/transactions", ok(&page)),
        ("GET /v2/billing", ok(&json!({"current_balance": 1e308, "currency": long(LONG)}))),
        ("GET /v1/models", ok(&json!({ "data": models }))),
        ("GET /models/metrics", ok(&json!({"models": [metrics, slow, {"alias": long(LONG)}]}))),
    ]
}
