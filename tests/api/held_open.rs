//! An order whose answer is the song: what may come back, row by row, and how it is kept off the wire.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use refrain::api::{
    Answer, Break, Head, Held, Keep, Limits, Outcome, RefusalKind, Song, SongAnswer, Unheard, outcome_of,
    outcome_of_song,
};
use refrain::domain::generation::Cost;
use serde_json::json;

use crate::server::{End, KEY, Server, answer};

const TAG: &str = "tag-1";
const WHOLE: &str = r#"{"data":{"status":2,"audio":"49443304"},"base_resp":{"status_code":0,"status_msg":"success"}}"#;

/// What an answer with these headers and this body means, cut or not.
fn meaning(headers: &[(&str, &str)], body: &str, broke: Option<Break>) -> Outcome {
    let head = Head::new(200, headers, jiff::Timestamp::UNIX_EPOCH);
    let said = SongAnswer::read(body.as_bytes(), &mut Unheard).unwrap();
    outcome_of_song(Some(&head), Cost::default(), broke, &said)
}

#[test]
fn a_song_that_is_done_is_answered_with_where_it_is_and_what_it_cost() {
    let headers = [("x-aimlapi-credits-used", "63000"), ("x-inference-id", "inf-1")];
    let table = [
        (WHOLE.to_owned(), Song::Kept(4)),
        (r#"{"data":{"audio":"4944"}}"#.to_owned(), Song::Kept(2)),
        (
            r#"{"data":{"status":2,"audio":"https://cdn.example/a.mp3"}}"#.to_owned(),
            Song::At(refrain::api::SignedUrl::new("https://cdn.example/a.mp3")),
        ),
        (r#"{"data":{"status":2,"audio":null},"base_resp":null}"#.to_owned(), Song::Missing),
        (r#"{"data":{"status":"2"}}"#.to_owned(), Song::Missing),
    ];
    for (body, song) in table {
        match meaning(&headers, &body, None) {
            Outcome::Answered(answered) => {
                assert_eq!(answered.song, song, "{body}");
                assert_eq!(answered.cost.credits, Some(63_000.0));
                assert_eq!(answered.inference_id.as_deref(), Some("inf-1"));
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn a_no_in_a_success_is_a_refusal_by_its_code_or_its_words() {
    let table = [
        (1000, "unknown error", RefusalKind::Broken),
        (1001, "timeout", RefusalKind::Broken),
        (1002, "", RefusalKind::Throttled),
        (1008, "", RefusalKind::Credits),
        (1026, "sensitive", RefusalKind::Invalid),
        (2013, "invalid params", RefusalKind::Invalid),
        (9999, "Insufficient Balance", RefusalKind::Credits),
        (9999, "Rate limit exceeded", RefusalKind::Throttled),
        (2013, "lyrics has too many characters", RefusalKind::Invalid),
        (1026, "insufficient balance between the words", RefusalKind::Invalid),
        (-1, "no", RefusalKind::Broken),
    ];
    for (code, message, kind) in table {
        let body = json!({ "data": null, "base_resp": { "status_code": code, "status_msg": message } }).to_string();
        match meaning(&[("x-inference-id", "inf-1")], &body, None) {
            Outcome::Refused(refusal) => {
                assert_eq!(refusal.kind, kind, "{body}");
                assert!(if message.is_empty() {
                    refusal.message.contains(&code.to_string())
                } else {
                    refusal.message == message
                });
                assert_eq!(refusal.service_request.as_deref(), Some("inf-1"));
            }
            other => panic!("{body}: {other:?}"),
        }
        let charged = meaning(&[("x-aimlapi-credits-used", "63000")], &body, None);
        assert!(
            matches!(&charged, Outcome::Unknown(lost) if lost.what.contains("charged all the same")),
            "{charged:?}"
        );
    }
}

#[test]
fn a_no_that_comes_with_a_song_is_unknown_with_what_came() {
    for (code, audio, came) in
        [(1000, "49443304", Some(4)), (1002, "4944", Some(2)), (1000, "https://cdn.example/a.mp3", None)]
    {
        let no = json!({ "status_code": code, "status_msg": "it says no" });
        let body = json!({ "data": { "status": 2, "audio": audio }, "base_resp": no }).to_string();
        match meaning(&[("x-inference-id", "inf-1")], &body, None) {
            Outcome::Unknown(lost) => {
                assert!(lost.what.contains("sends a song all the same: it says no"), "{}", lost.what);
                assert_eq!((lost.came.map(|came| came.bytes), lost.inference_id.as_deref()), (came, Some("inf-1")));
            }
            other => panic!("{body}: {other:?}"),
        }
    }
    let empty = r#"{"data":{"status":2,"audio":""},"base_resp":{"status_code":1000,"status_msg":"no"}}"#;
    assert!(matches!(meaning(&[], empty, None), Outcome::Refused(_)), "nothing is no song");
}

#[test]
fn a_no_of_which_only_the_row_knows_what_it_cost_is_unknown() {
    let no = r#"{"data":null,"base_resp":{"status_code":1000,"status_msg":"no"}}"#;
    let said = SongAnswer::read(no.as_bytes(), &mut Unheard).unwrap();
    let charged = outcome_of_song(None, Cost { credits: Some(63_000.0), ..Cost::default() }, None, &said);
    assert!(matches!(&charged, Outcome::Unknown(lost) if lost.what.contains("charged all the same")), "{charged:?}");
    assert!(matches!(outcome_of_song(None, Cost::default(), None, &said), Outcome::Refused(_)));
}

#[test]
fn what_is_not_done_or_not_whole_is_unknown_with_what_came() {
    /// An answer, how it broke off, what is said of it, and the bytes of the song that came.
    type Row<'a> = (&'a str, Option<Break>, &'a str, Option<u64>);
    let table: [Row<'_>; 10] = [
        (r#"{"data":{"status":1,"audio":""}}"#, None, "(its status is 1)", None),
        (r#"{"data":{"status":1,"audio":"4944"}}"#, None, "(its status is 1)", Some(2)),
        ("{}", None, "without a song", None),
        ("[]", None, "without a song", None),
        ("", None, "it breaks off", None),
        ("<html>", None, "it is no JSON", None),
        (&WHOLE[..37], None, "it breaks off", Some(4)),
        (&WHOLE[..37], Some(Break::BrokeOff), "the connection broke", Some(4)),
        (&WHOLE[..37], Some(Break::TimedOut), "in time", Some(4)),
        (&WHOLE[..37], Some(Break::Unkept(io::ErrorKind::StorageFull)), "the disk is full", Some(4)),
    ];
    for (body, broke, what, came) in table {
        match meaning(&[("x-inference-id", "inf-1"), ("content-length", "20")], body, broke) {
            Outcome::Unknown(lost) => {
                assert!(lost.what.contains(what), "{body}: {}", lost.what);
                assert_eq!(lost.came.map(|came| came.bytes), came, "{body}");
                assert_eq!(lost.came.and_then(|came| came.of), came.map(|_| 10), "by the length of the answer");
                assert_eq!(lost.inference_id.as_deref(), Some("inf-1"), "by which it can be found");
            }
            other => panic!("{body}: {other:?}"),
        }
    }
    // Behind its end nothing can be missing.
    assert!(matches!(meaning(&[], WHOLE, Some(Break::BrokeOff)), Outcome::Answered(_)));
}

/// Keeps an answer in memory.
#[derive(Default)]
struct Kept {
    status: Option<u16>,
    announced: Option<u64>,
    bytes: Vec<u8>,
    /// Refuses what comes after so many bytes.
    most: Option<usize>,
}

impl Keep for Kept {
    fn begin(&mut self, head: &Head, announced: Option<u64>) {
        (self.status, self.announced) = (Some(head.status()), announced);
    }

    async fn keep(&mut self, piece: Bytes) -> io::Result<()> {
        if self.most.is_some_and(|most| self.bytes.len() + piece.len() > most) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(&piece);
        Ok(())
    }
}

fn patience(first: u64, pause: u64) -> Limits {
    let (held_open, pause) = (Duration::from_millis(first), Duration::from_millis(pause));
    Limits { held_open, pause, ..Limits::default() }
}

async fn held(bytes: impl Into<Vec<u8>>, end: End, limits: Limits, kept: &mut Kept) -> (Held, Server) {
    let server = Server::saying(bytes, end).await;
    let held = server.client(limits).hold_open(&json!({ "model": "m" }), TAG, kept).await;
    assert_eq!(server.connections().await, 1, "it goes out once: {held:?}");
    (held, server)
}

#[tokio::test]
async fn an_answer_is_handed_on_byte_by_byte_and_the_request_is_what_it_should_be() {
    let mut kept = Kept::default();
    let (held, server) =
        held(answer(200, &[("x-inference-id", "i")], WHOLE), End::Stay, Limits::default(), &mut kept).await;
    assert!(matches!(held, Held::Kept { broke: None, length, .. } if length == WHOLE.len() as u64), "{held:?}");
    assert_eq!((kept.status, kept.announced), (Some(200), Some(WHOLE.len() as u64)));
    assert_eq!(kept.bytes, WHOLE.as_bytes());
    let request = server.requests().remove(0);
    assert!(request.starts_with("POST /v2/generate/audio/minimax/generate HTTP/1.1\r\n"), "{request}");
    for line in [format!("authorization: Bearer {KEY}"), format!("x-client-request-id: {TAG}")] {
        assert!(request.lines().any(|sent| sent == line), "no `{line}` in {request}");
    }
    assert!(request.ends_with(r#"{"model":"m"}"#), "{request}");
}

#[tokio::test]
async fn what_breaks_off_stalls_or_cannot_be_kept_leaves_what_came() {
    let start = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
    let begun = format!("{start}{}", &WHOLE[..40]);
    let table = [
        (begun.clone(), End::Close, None, Break::BrokeOff, 40),
        (begun.clone(), End::Silence, None, Break::TimedOut, 40),
        // Some send their headers long before the song.
        (start.to_owned(), End::Silence, None, Break::TimedOut, 0),
        (begun, End::Silence, Some(10), Break::Unkept(io::ErrorKind::StorageFull), 0),
    ];
    for (bytes, end, most, expected, came) in table {
        let mut kept = Kept { most, ..Kept::default() };
        let (held, _) = held(bytes, end, patience(400, 100), &mut kept).await;
        assert!(matches!(held, Held::Kept { broke: Some(broke), .. } if broke == expected), "{expected:?}: {held:?}");
        assert_eq!(kept.bytes.len(), came, "{expected:?}");
    }
    let limits = Limits { most_answer: 50, ..Limits::default() };
    let (held, _) = held(answer(200, &[], WHOLE), End::Stay, limits, &mut Kept::default()).await;
    assert!(matches!(held, Held::Kept { broke: Some(Break::SongTooLong), .. }), "{held:?}");
}

#[tokio::test]
async fn a_song_may_take_long_to_begin_and_pauses_are_counted_from_its_first_byte() {
    let start = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n";
    let begun = std::time::Instant::now();
    let (held, _) = held(start, End::Silence, patience(600, 50), &mut Kept::default()).await;
    assert!(matches!(held, Held::Kept { broke: Some(Break::TimedOut), .. }), "{held:?}");
    assert!(begun.elapsed() >= Duration::from_millis(600), "the pause counts only behind the first byte");
}

#[tokio::test]
async fn an_early_byte_does_not_shorten_the_wait_for_the_song() {
    let start = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
    for (came, at_least, at_most) in [(1, 900, 60_000), (64 * 1024, 50, 900)] {
        let mut kept = Kept::default();
        let begun = std::time::Instant::now();
        let (held, _) = held(format!("{start}{}", " ".repeat(came)), End::Silence, patience(900, 50), &mut kept).await;
        assert!(matches!(held, Held::Kept { broke: Some(Break::TimedOut), .. }), "{held:?}");
        assert_eq!(kept.bytes.len(), came);
        let waited = begun.elapsed().as_millis();
        assert!((at_least..at_most).contains(&waited), "{came} bytes: {waited} ms");
    }
}

#[tokio::test]
async fn everything_but_a_success_is_judged_as_for_any_other_order() {
    let vendor = |status: u16| format!(r#"{{"message":"it says no","statusCode":{status}}}"#);
    for (status, body, refused) in [
        (400, vendor(400), true),
        (403, vendor(403), true),
        (429, vendor(429), true),
        (500, vendor(500), true),
        (504, vendor(504), false),
        (400, "<html>".to_owned(), false),
        (524, "<html>".to_owned(), false),
        (307, String::new(), false),
    ] {
        let mut kept = Kept::default();
        let (held, _) = held(answer(status, &[], &body), End::Stay, Limits::default(), &mut kept).await;
        let Held::Other(answer) = held else { panic!("{status}: {held:?}") };
        match outcome_of(answer) {
            Outcome::Refused(_) => assert!(refused, "{status}"),
            Outcome::Unknown(_) => assert!(!refused, "{status}"),
            other => panic!("{status}: {other:?}"),
        }
        assert_eq!(kept.status, None, "nothing of a no is kept");
    }
    let mut kept = Kept::default();
    let (silence, _) = held("", End::Silence, patience(150, 50), &mut kept).await;
    assert!(matches!(silence, Held::Other(Answer::Silence(Break::TimedOut))), "{silence:?}");
}
