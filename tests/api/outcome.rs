//! The table of outcomes, row by row, without a network.

use std::time::Duration;

use proptest::prelude::*;
use refrain::api::{Answer, Break, Head, NotSentKind, Outcome, Refusal, RefusalKind, RemoteState, Unknown, outcome_of};
use refrain::domain::generation::Cost;

fn whole(status: u16, headers: &[(&str, &str)], body: &str) -> Outcome {
    let head = Head::new(status, headers, "2026-08-01T12:00:00Z".parse().unwrap());
    outcome_of(Answer::Whole { head, body: body.to_owned().into() })
}

fn vendor(status: u16, message: &str) -> String {
    format!(r#"{{"message":"{message}","path":"/v2","requestId":"r-1","statusCode":{status},"timestamp":"t"}}"#)
}

fn refusal(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn unknown(outcome: Outcome) -> Unknown {
    match outcome {
        Outcome::Unknown(unknown) => unknown,
        other => panic!("not unknown: {other:?}"),
    }
}

#[test]
fn an_error_of_the_services_own_is_a_refusal() {
    let rows = [
        (400, RefusalKind::Invalid),
        (401, RefusalKind::Key),
        (402, RefusalKind::Credits),
        (403, RefusalKind::Forbidden),
        (404, RefusalKind::NotFound),
        (409, RefusalKind::Invalid),
        (410, RefusalKind::NotFound),
        (413, RefusalKind::Invalid),
        (422, RefusalKind::Invalid),
        (429, RefusalKind::TooMany),
        (500, RefusalKind::Broken),
        (503, RefusalKind::Busy),
    ];
    for (status, kind) in rows {
        let said = refusal(whole(status, &[], &vendor(status, "it says no")));
        assert_eq!((said.status, said.kind), (status, kind));
        assert_eq!(said.message, "it says no");
        assert_eq!(said.service_request.as_deref(), Some("r-1"));
    }
}

#[test]
fn the_status_in_the_body_may_be_text() {
    let said = refusal(whole(400, &[], r#"{"message":"no","statusCode":"400"}"#));
    assert_eq!(said.kind, RefusalKind::Invalid);
    let said = refusal(whole(400, &[], r#"{"message":"no","statusCode":"BAD_REQUEST"}"#));
    assert_eq!(said.kind, RefusalKind::Invalid);
}

#[test]
fn a_403_that_speaks_of_credits_means_that_they_are_used_up() {
    for message in ["You have run out of credits", "Please TOP UP your account", "Insufficient balance"] {
        assert_eq!(refusal(whole(403, &[], &vendor(403, message))).kind, RefusalKind::Credits, "{message}");
    }
    let said = refusal(whole(403, &[], &vendor(403, "This key type is not allowed here")));
    assert_eq!(said.kind, RefusalKind::Forbidden);
}

#[test]
fn a_refusal_carries_how_long_to_wait_in_seconds_or_as_a_date() {
    let wait = |headers: &[(&str, &str)]| refusal(whole(429, headers, &vendor(429, "slow down"))).retry_after;
    assert_eq!(wait(&[("retry-after", "7")]), Some(Duration::from_secs(7)));
    let date = ("retry-after", "Sat, 01 Aug 2026 12:00:30 GMT");
    assert_eq!(wait(&[date]), Some(Duration::from_secs(30)), "from the moment of arrival");
    let own = ("date", "Sat, 01 Aug 2026 12:00:20 GMT");
    assert_eq!(wait(&[date, own]), Some(Duration::from_secs(10)), "from the service's own clock");
    assert_eq!(wait(&[("retry-after", "Fri, 31 Jul 2026 00:00:00 GMT")]), Some(Duration::ZERO));
    assert_eq!(wait(&[("retry-after", "99999999999")]), Some(Duration::from_secs(86_400)), "at most a day");
    assert_eq!(wait(&[("retry-after", "soon")]), None);
    assert_eq!(wait(&[]), None);
}

#[test]
fn what_the_service_says_reaches_a_person_clean_and_not_too_long() {
    let said = refusal(whole(400, &[], r#"{"message":"\u001b[2Jbad\n\u202estyle","statusCode":400}"#));
    assert_eq!(said.message, "[2Jbad style");
    let said = refusal(whole(400, &[], &vendor(400, &"x".repeat(5_000))));
    assert!(said.message.len() < 500);
    let said = refusal(whole(401, &[], r#"{"message":null,"statusCode":401}"#));
    assert_eq!(said.message, "the service does not accept the key");
}

#[test]
fn the_same_statuses_in_any_other_form_prove_nothing() {
    let bodies = ["", "<html>forbidden</html>", "no", r#"{"message":"no"}"#, r#"{"error":{"message":"no"}}"#, "[400]"];
    for status in [400, 401, 403, 404, 429, 500, 503] {
        for body in bodies {
            let lost = unknown(whole(status, &[], body));
            assert_eq!(lost.status, Some(status), "{body}");
        }
    }
}

#[test]
fn statuses_of_the_one_in_front_prove_nothing_in_any_form() {
    for status in [408, 501, 502, 504, 505, 520, 521, 522, 523, 524, 525, 526, 527, 530, 599] {
        for body in ["", "<html>Cloudflare</html>", &vendor(status, "gave up")] {
            let lost = unknown(whole(status, &[], body));
            assert!(lost.what.contains(&status.to_string()), "{}", lost.what);
        }
    }
}

#[test]
fn a_body_that_speaks_of_a_time_out_is_believed_over_its_status() {
    for inner in [408, 502, 504, 200] {
        let lost = unknown(whole(500, &[], &vendor(inner, "generation timeout")));
        assert!(lost.what.contains("generation timeout"), "{}", lost.what);
        assert_eq!(lost.service_request.as_deref(), Some("r-1"));
    }
}

#[test]
fn a_redirect_proves_nothing() {
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let lost = unknown(whole(status, &[("location", "https://elsewhere.example")], ""));
        assert!(lost.what.contains("not followed"), "{}", lost.what);
    }
}

#[test]
fn a_success_with_an_id_is_accepted_whatever_its_status_says() {
    let rows = [
        ("queued", RemoteState::Queued),
        ("waiting", RemoteState::Queued),
        ("generating", RemoteState::Working),
        ("processing", RemoteState::Working),
        ("completed", RemoteState::Done),
        ("error", RemoteState::Failed),
        ("Failed", RemoteState::Failed),
        ("composing", RemoteState::Strange("composing".to_owned())),
    ];
    for status in [200, 201, 202] {
        for (word, state) in &rows {
            let body = format!(r#"{{"id":"906a:minimax/music-2.0","status":"{word}"}}"#);
            match whole(status, &[], &body) {
                Outcome::Accepted(accepted) => {
                    assert_eq!(accepted.generation.remote_id, "906a:minimax/music-2.0");
                    assert_eq!(accepted.generation.state, *state);
                }
                other => panic!("{word}: {other:?}"),
            }
        }
    }
}

#[test]
fn an_acceptance_needs_nothing_but_an_id() {
    let bodies = [
        r#"{"id":"a"}"#,
        r#"{"id":"a","status":null,"audio_file":null,"error":null,"meta":null}"#,
        r#"{"id":"a","status":7,"audio_file":{"url":null},"meta":{"usage":null}}"#,
        r#"{"id":"a","status":{},"audio_file":[],"meta":{"usage":{"credits_used":null}}}"#,
    ];
    for body in bodies {
        match whole(200, &[("x-inference-id", "a")], body) {
            Outcome::Accepted(accepted) => {
                assert_eq!(accepted.generation.remote_id, "a");
                assert!(matches!(accepted.generation.state, RemoteState::Strange(_)), "{body}");
                assert_eq!(accepted.generation.audio, None, "{body}");
                assert_eq!(accepted.generation.error, None, "{body}");
                assert_eq!(accepted.generation.cost, Cost::default(), "{body}");
                assert_eq!(accepted.generation.service_request.as_deref(), Some("a"));
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn the_cost_is_read_from_the_body_or_else_from_the_headers() {
    let cost = |headers: &[(&str, &str)], body: &str| match whole(200, headers, body) {
        Outcome::Accepted(accepted) => accepted.generation.cost,
        other => panic!("{other:?}"),
    };
    let headers = [("x-aimlapi-credits-used", "60000"), ("x-aimlapi-usd-spent", "0.03")];
    let of_headers = Cost { credits: Some(60_000.0), usd: Some(0.03) };
    assert_eq!(cost(&headers, r#"{"id":"a"}"#), of_headers);
    let body = r#"{"id":"a","meta":{"usage":{"credits_used":"120000","usd_spent":0.06}}}"#;
    assert_eq!(cost(&headers, body), Cost { credits: Some(120_000.0), usd: Some(0.06) });
    let free = [("x-aimlapi-credits-used", "0"), ("x-aimlapi-usd-spent", "none")];
    assert_eq!(cost(&free, r#"{"id":"a"}"#), Cost::default());
}

#[test]
fn a_success_without_an_id_proves_nothing() {
    let bodies = [
        "",
        "ok",
        "<html></html>",
        "null",
        "[]",
        r#"{"id":"half"#,
        r#"{"status":"queued"}"#,
        r#"{"id":""}"#,
        r#"{"id":null}"#,
        r#"{"id":"two words"}"#,
        r#"{"id":{"id":"a"}}"#,
        r#"{"message":"no","statusCode":400}"#,
    ];
    for status in [200, 201, 204] {
        for body in bodies {
            let lost = unknown(whole(status, &[("x-inference-id", "inf-1")], body));
            assert_eq!(lost.inference_id.as_deref(), Some("inf-1"), "{body}");
        }
    }
}

#[test]
fn what_broke_after_the_request_left_is_unknown_and_keeps_what_the_headers_said() {
    for broke in [Break::TimedOut, Break::BrokeOff, Break::TooLong] {
        assert_eq!(unknown(outcome_of(Answer::Silence(broke))).status, None);
        let head = Head::new(200, &[("x-inference-id", "inf-1")], jiff::Timestamp::UNIX_EPOCH);
        let lost = unknown(outcome_of(Answer::Cut { head, broke }));
        assert_eq!((lost.status, lost.inference_id.as_deref()), (Some(200), Some("inf-1")));
        assert_eq!(lost.what, broke.sentence());
    }
}

#[test]
fn what_never_left_was_not_sent() {
    let outcome = outcome_of(Answer::NeverLeft(NotSentKind::Refused.into()));
    assert!(matches!(outcome, Outcome::NotSent(why) if why.kind == NotSentKind::Refused && !why.sentence.is_empty()));
}

/// Bodies close enough to the real ones to reach every branch.
fn any_body() -> impl Strategy<Value = Vec<u8>> {
    let value = prop_oneof![
        Just("null".to_owned()),
        any::<u16>().prop_map(|number| number.to_string()),
        ".{0,12}".prop_map(|text| serde_json::Value::from(text).to_string()),
        Just(r#"{"url":"https://cdn.example/a"}"#.to_owned()),
        Just(r#"["a",1]"#.to_owned()),
    ];
    let key = prop::sample::select(vec!["id", "status", "message", "statusCode", "error", "audio_file", "meta"]);
    let object = prop::collection::vec((key, value), 0..5).prop_map(|fields| {
        let fields: Vec<_> = fields.into_iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", fields.join(",")).into_bytes()
    });
    prop_oneof![4 => object, 1 => prop::collection::vec(any::<u8>(), 0..40)]
}

proptest! {
    #[test]
    fn whatever_comes_back_an_answer_never_means_not_sent_and_each_word_needs_its_status(
        status in prop_oneof![100_u16..600, prop::sample::select(vec![200, 400, 408, 429, 500, 502, 503, 504])],
        body in any_body(),
    ) {
        let head = Head::new(status, &[], jiff::Timestamp::UNIX_EPOCH);
        match outcome_of(Answer::Whole { head, body: body.into() }) {
            Outcome::NotSent(why) => prop_assert!(false, "{why:?}"),
            Outcome::Answered(answered) => prop_assert!(false, "{answered:?}"),
            Outcome::Accepted(accepted) => {
                prop_assert!((200..300).contains(&status));
                prop_assert!(!accepted.generation.remote_id.is_empty());
            }
            Outcome::Refused(said) => {
                prop_assert!(matches!(status, 400..=407 | 409..=499 | 500 | 503));
                prop_assert!(!said.message.is_empty() && !said.message.chars().any(char::is_control));
            }
            Outcome::Unknown(lost) => prop_assert!(!lost.what.chars().any(char::is_control)),
        }
    }
}
