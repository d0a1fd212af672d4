//! What may be said and kept of what a stranger sent.

use std::time::Duration;

use refrain::domain::generation::Cost;
use refrain::domain::untrusted::is_dangerous;

/// The longest sentence: a message of the service within one of our own.
const LONGEST: usize = 1_000;

/// A sentence that a person gets to see.
pub fn assert_said(text: &str) {
    assert!(!text.trim().is_empty(), "nothing is said");
    assert_clean(text);
}

/// Whatever there is of some sentences.
pub fn assert_all_said<'a>(texts: impl IntoIterator<Item = &'a String>) {
    for text in texts {
        assert_said(text);
    }
}

/// Text that is shown, and may be empty.
pub fn assert_clean(text: &str) {
    assert!(!text.contains(is_dangerous), "{text:?} could do something to a terminal");
    assert!(text.chars().count() <= LONGEST, "{} characters are shown", text.chars().count());
}

/// An id that is sent back: in an address or a header.
pub fn assert_sendable(id: &str) {
    assert!((1..=512).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()), "{id:?} is sent back");
}

/// Whatever there is of some ids.
pub fn assert_all_sendable<'a>(ids: impl IntoIterator<Item = &'a String>) {
    for id in ids {
        assert_sendable(id);
    }
}

/// A cost that sums are made of.
pub fn assert_cost(cost: Cost) {
    for amount in [cost.credits, cost.usd, cost.completed().usd].into_iter().flatten() {
        assert_amount(amount);
    }
}

/// An amount of money.
pub fn assert_amount(amount: f64) {
    assert!(amount.is_finite() && amount >= 0.0, "{amount} is no amount");
}

/// A wait that a service asked for.
pub fn assert_wait(wait: Option<Duration>) {
    assert!(wait.is_none_or(|wait| wait <= Duration::from_secs(24 * 60 * 60)), "{wait:?} is waited");
}
