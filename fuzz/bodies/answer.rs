//! An answer to an order, an upload or a question.

use refrain::api::{
    AskError, Generation, LogRow, LogStatus, Outcome, Prices, RemoteState, Transaction, Uploaded, balance_of,
    generation_of, log_page_of, outcome_of, paces_of, prices_of, transactions_of, uploaded_of,
};
use refrain::domain::reference::Purpose;
use refrain::domain::terms::Listed;
use serde_json::Value;

use super::message::{BREAKS, Message};
use super::words::{
    assert_all_said, assert_all_sendable, assert_amount, assert_clean, assert_cost, assert_said, assert_sendable,
    assert_wait,
};

/// Whatever a service answers is understood without a panic, nothing is taken for more than it proves, and no word
/// of it reaches a person unwashed.
pub fn answer(data: &[u8]) {
    let message = Message::read(data);
    to_an_order(&message);
    to_an_upload(&message);
    to_a_question(&message);
}

fn to_an_order(message: &Message<'_>) {
    let head = &message.head;
    match outcome_of(message.whole()) {
        Outcome::Accepted(accepted) => {
            assert!(head.is_success(), "{head:?} accepts");
            let named = member(message.body, "id").map(|id| id.as_str().map_or(id.to_string(), str::to_owned));
            assert_eq!(named.as_ref(), Some(&accepted.generation.remote_id), "the id is the one that was named");
            assert_generation(&accepted.generation);
        }
        Outcome::Refused(refusal) => {
            assert!(matches!(head.status(), 400..=407 | 409..=500 | 503), "{head:?} refuses");
            assert!(["message", "statusCode"].iter().all(|name| member(message.body, name).is_some()), "of their own");
            assert_eq!(refusal.status, head.status());
            assert_said(&refusal.message);
            assert_wait(refusal.retry_after);
        }
        Outcome::Unknown(unknown) => {
            assert_said(&unknown.what);
            assert_eq!((unknown.status, unknown.came), (Some(head.status()), None));
        }
        other => panic!("a whole answer to an order, and yet {other:?}"),
    }
    for broke in BREAKS {
        let outcome = outcome_of(message.cut(broke));
        assert!(matches!(outcome, Outcome::Unknown(_)), "half an answer, and yet {outcome:?}");
    }
}

fn to_an_upload(message: &Message<'_>) {
    for purpose in Purpose::ALL {
        match uploaded_of(message.whole(), purpose, None) {
            Uploaded::Taken(ids) => {
                assert!(message.head.is_success() && purpose.is_uploaded(), "{:?} for a {purpose:?}", message.head);
                let promised = (purpose != Purpose::Instrumental, purpose != Purpose::Voice);
                assert_eq!((ids.voice.is_some(), ids.instrumental.is_some()), promised);
                assert_all_sendable(ids.voice.iter().chain(&ids.instrumental));
            }
            Uploaded::Again { sentence, retry_after } => {
                assert_said(&sentence);
                assert_wait(retry_after);
            }
            Uploaded::Refused { sentence, .. } => assert_said(&sentence),
        }
    }
}

fn to_a_question(message: &Message<'_>) {
    match generation_of(message.whole(), "asked-for") {
        Ok(generation) => assert_generation(&generation),
        Err(error) => assert_unanswered(&error),
    }
    match balance_of(message.whole()) {
        Ok(balance) => {
            assert!(balance.amount.is_finite(), "{} is left", balance.amount);
            assert_said(&balance.currency);
        }
        Err(error) => assert_unanswered(&error),
    }
    match prices_of(message.whole()) {
        Ok(Prices::Fresh { etag, models }) => {
            assert_all_said(&etag);
            models.iter().for_each(assert_listed);
        }
        Ok(Prices::NotModified) => assert_eq!(message.head.status(), 304),
        Err(error) => assert_unanswered(&error),
    }
    match log_page_of(message.whole()) {
        Ok(page) => page.rows.iter().for_each(assert_row),
        Err(error) => assert_unanswered(&error),
    }
    match transactions_of(message.whole()) {
        Ok(page) => {
            page.lines.iter().for_each(assert_line);
            assert_all_sendable(&page.next);
        }
        Err(error) => assert_unanswered(&error),
    }
    match paces_of(message.whole()) {
        Ok(paces) => {
            for pace in paces {
                assert_said(&pace.alias);
                [Some(pace.p50_ms), pace.p90_ms].into_iter().flatten().for_each(assert_amount);
            }
        }
        Err(error) => assert_unanswered(&error),
    }
}

fn member(body: &[u8], name: &str) -> Option<Value> {
    serde_json::from_slice::<Value>(body).ok()?.get(name).cloned()
}

fn assert_generation(generation: &Generation) {
    assert_sendable(&generation.remote_id);
    assert_cost(generation.cost);
    assert_all_said(generation.error.iter().chain(&generation.service_request));
    if let RemoteState::Strange(word) = &generation.state {
        assert_clean(word);
    }
    assert_all_said(generation.audio.iter().filter_map(|file| file.content_type.as_ref()));
}

fn assert_listed(model: &Listed) {
    assert_all_sendable([&model.id].into_iter().chain(&model.aliases));
    if let Some(quote) = &model.quote {
        assert_said(&quote.kind);
        let prices = [None, Some(0), Some(600)].map(|length| quote.price(length));
        let prices = prices.into_iter().flatten().map(|price| price.usd);
        quote.rates.iter().map(|rate| rate.usd).chain(prices).for_each(assert_amount);
    }
}

fn assert_row(row: &LogRow) {
    assert_cost(row.cost);
    assert_all_said(&row.model);
    assert_all_sendable([&row.inference_id, &row.tag, &row.service_request].into_iter().flatten());
    if let LogStatus::Strange(word) = &row.status {
        assert_clean(word);
    }
}

fn assert_line(line: &Transaction) {
    assert_cost(line.amount);
    assert_all_sendable(&line.reference);
}

fn assert_unanswered(error: &AskError) {
    assert_said(&error.sentence);
    assert_wait(error.retry_after);
}
