//! What the answer to an upload means, as a table.

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use refrain::api::{Answer, ApiKey, Break, Head, Ids, NotSent, NotSentKind, Rebuff, Uploaded, uploaded_of};
use refrain::domain::reference::Purpose;
use refrain::domain::untrusted::is_dangerous;

use crate::server::KEY;

const BOTH: &str = r#"{"voice_id":"v-1","instrumental_id":"i-1","base_resp":{"status_code":0}}"#;

fn whole(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    Answer::Whole { head: Head::new(status, headers, Timestamp::now()), body: Bytes::from(body.to_owned()) }
}

fn of(status: u16, body: &str) -> Uploaded {
    uploaded_of(whole(status, &[], body), Purpose::Song, Some(&ApiKey::new(KEY).unwrap()))
}

fn vendor(status: u16, message: &str) -> String {
    format!(r#"{{"message":"{message}","statusCode":{status}}}"#)
}

#[track_caller]
fn sentence(uploaded: &Uploaded) -> &str {
    match uploaded {
        Uploaded::Again { sentence, .. } | Uploaded::Refused { sentence, .. } => sentence,
        Uploaded::Taken(_) => panic!("it was taken: {uploaded:?}"),
    }
}

fn is_again(uploaded: &Uploaded) -> bool {
    matches!(uploaded, Uploaded::Again { .. })
}

fn rebuff(uploaded: &Uploaded) -> Option<Rebuff> {
    match uploaded {
        Uploaded::Refused { kind, .. } => Some(*kind),
        _ => None,
    }
}

#[test]
fn a_purpose_gets_the_ids_that_it_promises_and_no_others() {
    let ids = |voice: Option<&str>, instrumental: Option<&str>| {
        Uploaded::Taken(Ids { voice: voice.map(str::to_owned), instrumental: instrumental.map(str::to_owned) })
    };
    let table = [
        (Purpose::Song, ids(Some("v-1"), Some("i-1"))),
        (Purpose::Voice, ids(Some("v-1"), None)),
        (Purpose::Instrumental, ids(None, Some("i-1"))),
    ];
    for (purpose, expected) in table {
        assert_eq!(uploaded_of(whole(200, &[], BOTH), purpose, None), expected);
    }
    for body in [r#"{"voice_id":"v-1","instrumental_id":"i-1"}"#, &BOTH.replace("0}", "\"0\"}")] {
        assert_eq!(of(200, body), ids(Some("v-1"), Some("i-1")), "{body}");
    }
}

#[test]
fn a_yes_without_a_promised_id_is_a_failure_that_names_it() {
    let voice_only = r#"{"voice_id":"v-1","instrumental_id":null,"base_resp":{"status_code":0}}"#;
    assert!(sentence(&of(200, voice_only)).contains("no id for its music"), "{:?}", of(200, voice_only));
    let hostile = "{\"voice_id\":\"a\\u001b[2J b\",\"instrumental_id\":\"i-1\"}";
    let long = format!(r#"{{"voice_id":"{}","instrumental_id":"i-1"}}"#, "v".repeat(600));
    for body in ["{}", r#"{"voice_id":"","instrumental_id":"i-1"}"#, hostile, &long] {
        assert_eq!(rebuff(&of(200, body)), Some(Rebuff::Other), "{body}");
        assert!(sentence(&of(200, body)).contains("no id for its voice"), "{body}");
    }
}

#[test]
fn a_friendly_status_around_a_fault_is_a_failure_with_its_message() {
    let fault = |code: &str, message: &str| {
        of(200, &format!(r#"{{"voice_id":"v","base_resp":{{"status_code":{code},"status_msg":{message}}}}}"#))
    };
    let refused = fault("2013", r#""invalid params, the audio must be longer than 10 s""#);
    assert_eq!(rebuff(&refused), Some(Rebuff::Other));
    assert_eq!(sentence(&refused), "invalid params, the audio must be longer than 10 s");
    assert!(sentence(&fault("\"1000\"", "null")).contains("no reason (its code 1000)"));
    assert!(sentence(&fault("-1", "null")).contains("-1"));
    let poisoned = fault("1", "\"no\\u001b]0;owned\\u0007 \\u202e\"");
    assert!(!sentence(&poisoned).chars().any(is_dangerous), "{poisoned:?}");
    let echo = format!("\"the key {KEY} may not\"");
    assert_eq!(sentence(&fault("1004", &echo)), "the key (your key) may not");
}

#[test]
fn what_the_service_itself_refuses_is_final_and_what_others_say_for_it_is_not() {
    let kinds =
        [(400, Rebuff::Other), (401, Rebuff::Key), (403, Rebuff::Key), (404, Rebuff::Other), (422, Rebuff::Other)];
    for (status, kind) in kinds {
        let said = of(status, &vendor(status, "not so"));
        assert_eq!((rebuff(&said), sentence(&said)), (Some(kind), "not so"), "{status}");
        assert!(rebuff(&of(status, &vendor(status, ""))) == Some(kind), "{status} without a word");
        for body in ["", "<html>", "{\"error\":1}"] {
            assert!(is_again(&of(status, body)), "{status} {body:?}");
        }
    }
    for body in ["", "<html>", &vendor(413, "")] {
        let too_large = of(413, body);
        assert_eq!(rebuff(&too_large), Some(Rebuff::TooLarge), "{body:?}");
        assert!(sentence(&too_large).contains("larger than"), "{too_large:?}");
    }
    for status in [301, 304, 307] {
        assert!(sentence(&of(status, "")).contains("elsewhere"), "{status}");
        assert_eq!(rebuff(&of(status, "")), Some(Rebuff::Other));
    }
}

#[test]
fn whatever_may_pass_is_tried_again_and_as_late_as_they_ask() {
    for status in [408, 429, 500, 502, 503, 504, 522, 599] {
        for body in ["", "<html>", &vendor(status, "busy"), BOTH] {
            assert!(is_again(&of(status, body)), "{status} {body:?}");
        }
        assert_eq!(sentence(&of(status, &vendor(status, "busy"))), "busy");
        let wait = whole(status, &[("retry-after", "7")], "");
        match uploaded_of(wait, Purpose::Voice, None) {
            Uploaded::Again { retry_after, .. } => assert_eq!(retry_after, Some(Duration::from_secs(7)), "{status}"),
            other => panic!("{status}: {other:?}"),
        }
    }
    for body in ["", "<html>", "[]", "null", "{\"voice_id\":"] {
        assert!(is_again(&of(200, body)), "200 {body:?}");
    }
}

#[test]
fn a_broken_exchange_is_tried_again_unless_it_could_never_be_sent() {
    let head = || Head::new(200, &[], Timestamp::now());
    let broken = [Break::TimedOut, Break::BrokeOff, Break::TooLong];
    let mut answers: Vec<Answer> = broken.map(Answer::Silence).into();
    answers.extend(broken.map(|broke| Answer::Cut { head: head(), broke }));
    let never = [NotSentKind::Dns, NotSentKind::Refused, NotSentKind::Tls, NotSentKind::TimedOut];
    answers.extend(never.map(|kind| Answer::NeverLeft(NotSent::from(kind))));
    for answer in answers {
        let said = format!("{answer:?}");
        let uploaded = uploaded_of(answer, Purpose::Voice, None);
        assert!(is_again(&uploaded) && !sentence(&uploaded).is_empty(), "{said}: {uploaded:?}");
    }
    let never = uploaded_of(Answer::NeverLeft(NotSentKind::Unsendable.into()), Purpose::Voice, None);
    assert_eq!(rebuff(&never), Some(Rebuff::Other));
}
