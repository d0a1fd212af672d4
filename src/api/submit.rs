//! The one call that can cost money, and what every such call has in common.

use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName};

use super::answer::Answer;
use super::body::Body;
use super::client::{Client, Limits};
use super::failure::{NotSent, NotSentKind};
use super::outcome::{Outcome, outcome_of};

/// Where an order for a queued model goes.
const GENERATE: &str = "/v2/generate/audio";

/// The header that makes a lost answer recoverable: it comes back in the service's log.
pub(super) const REQUEST_TAG: HeaderName = HeaderName::from_static("x-client-request-id");

/// The longest tag that the service keeps.
const LONGEST_TAG: usize = 128;

/// Bytes a second that the slowest line is counted on to carry, half of what a train has: a request with a recording in
/// it gets that much longer.
const SLOWEST_LINE: u64 = 16 * 1024;

impl Client {
    /// Orders a take of a queued model: sends `body` once, on a connection of its own, and never again. A
    /// recording in it is read as it is sent.
    ///
    /// The row, its tag and its claim are committed before this is called. Dropping the future may leave
    /// an order behind that was sent: whoever drops it must treat the outcome as unknown.
    pub async fn submit(&self, body: impl Into<Body>, tag: &str) -> Outcome {
        if !is_tag(tag) {
            return Outcome::NotSent(without_a_tag());
        }
        let body: Body = body.into();
        let patience = self.limits.submit + time_to_send(&body);
        let request = order(self.paid_post(GENERATE).timeout(patience), body, tag);
        outcome_of(Answer::to_paid(request, self.key.as_ref(), self.limits.most_json).await)
    }
}

/// An order that is ready to be sent.
pub(super) fn order(request: RequestBuilder, body: Body, tag: &str) -> RequestBuilder {
    let length = body.length();
    let request = request.header(REQUEST_TAG, tag).header(CONTENT_TYPE, "application/json");
    // Said beforehand, or the HTTP library would send the body in chunks of unknown number.
    request.header(CONTENT_LENGTH, length).body(reqwest::Body::wrap_stream(body.into_blocks()))
}

/// How long a slow line needs for a body.
pub(super) fn time_to_send(body: &Body) -> Duration {
    time_for(body.length())
}

fn time_for(bytes: u64) -> Duration {
    Duration::from_secs(bytes / SLOWEST_LINE)
}

impl Limits {
    /// How long an order of a queued model may take with recordings of so many bytes in it, which grow by a third
    /// on the wire.
    #[must_use]
    pub fn longest_submit(&self, recorded: u64) -> Duration {
        self.submit + time_for(recorded.div_ceil(3).saturating_mul(4))
    }
}

/// Why an order is not sent whose tag the service would drop.
pub(super) fn without_a_tag() -> NotSent {
    NotSent {
        kind: NotSentKind::Unsendable,
        sentence: "the request has no usable tag, without which a lost answer could not be found".to_owned(),
    }
}

/// Whether the service keeps the tag; it drops any other without a word.
pub(super) fn is_tag(tag: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte);
    (1..=LONGEST_TAG).contains(&tag.len()) && tag.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_holds_only_what_the_service_keeps() {
        assert!(is_tag("01890a5d-ac96-774b-bcce-b302099a8057"));
        assert!(is_tag("a.B_c:9"));
        for wrong in ["", "with space", "a\nb", "caf\u{e9}", &"x".repeat(129)] {
            assert!(!is_tag(wrong), "{wrong:?}");
        }
    }
}
