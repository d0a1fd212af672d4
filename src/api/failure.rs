//! Why an exchange failed, read from the errors of the libraries below.
//!
//! One question decides about money: did a byte of the request leave? The HTTP library connects first
//! (name, socket, proxy, TLS) and writes after; only a failure of the first kind is [`NotSent`].

use std::error::Error;
use std::io;

use super::answer::{Answer, Break};
use super::body::GaveOut;

/// A request of which no byte left. Nothing can have been charged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSent {
    pub kind: NotSentKind,
    /// What happened and what to do, for a person.
    pub sentence: String,
}

/// What kept a request from leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSentKind {
    /// The name of the service could not be looked up.
    Dns,
    /// Nothing listens there.
    Refused,
    /// No way leads there.
    NoRoute,
    /// The secure connection could not be set up, or the certificate is wrong.
    Tls,
    /// The proxy would not connect.
    Proxy,
    /// Connecting took too long.
    TimedOut,
    /// It failed in a way that has no word here.
    Other,
    /// The request itself cannot be sent as it is: trying again does not help.
    Unsendable,
}

impl NotSentKind {
    /// What happened and what to do, for a person.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Dns => "the service's name was not found; check the network and the address",
            Self::Refused => "nothing answers at the service's address",
            Self::NoRoute => "the service cannot be reached; check the network",
            Self::Tls => "no secure connection to the service; check the date of this machine and its certificates",
            Self::Proxy => "the proxy does not connect to the service; check its settings",
            Self::TimedOut => "connecting to the service took too long; check the network",
            Self::Other => "connecting to the service failed; check the network",
            Self::Unsendable => "the request cannot be sent as it is",
        }
    }
}

impl From<NotSentKind> for NotSent {
    fn from(kind: NotSentKind) -> Self {
        Self { kind, sentence: kind.sentence().to_owned() }
    }
}

/// What a request without any answer was: never sent, or met with silence.
pub(super) fn before_an_answer(error: &reqwest::Error) -> Answer {
    match not_sent_by(error) {
        Some(kind) => Answer::NeverLeft(kind.into()),
        None => Answer::Silence(broken_by(error)),
    }
}

/// What kept the request from leaving, or nothing if some of it may have left.
pub(super) fn not_sent_by(error: &reqwest::Error) -> Option<NotSentKind> {
    if error.is_builder() {
        return Some(NotSentKind::Unsendable);
    }
    if !error.is_connect() {
        return None;
    }
    if error.is_dns() {
        return Some(NotSentKind::Dns);
    }
    if error.is_timeout() {
        return Some(NotSentKind::TimedOut);
    }
    Some(causes(error).find_map(kind_of).unwrap_or(NotSentKind::Other))
}

/// How an exchange ended that had begun.
pub(super) fn broken_by(error: &reqwest::Error) -> Break {
    if is_caused_by::<GaveOut>(error) {
        Break::GaveOut
    } else if error.is_timeout() {
        Break::TimedOut
    } else {
        Break::BrokeOff
    }
}

/// What one cause of a failed connection says.
fn kind_of(cause: &(dyn Error + 'static)) -> Option<NotSentKind> {
    use io::ErrorKind as Io;
    if cause.is::<rustls::Error>() {
        return Some(NotSentKind::Tls);
    }
    // The proxy's error is of a private type; its text is all there is.
    if cause.to_string().starts_with("tunnel error") {
        return Some(NotSentKind::Proxy);
    }
    match cause.downcast_ref::<io::Error>()?.kind() {
        Io::ConnectionRefused => Some(NotSentKind::Refused),
        Io::NetworkUnreachable | Io::HostUnreachable | Io::NetworkDown | Io::AddrNotAvailable => {
            Some(NotSentKind::NoRoute)
        }
        Io::TimedOut => Some(NotSentKind::TimedOut),
        // A socket that opened and then closed did so while TLS was being set up.
        Io::UnexpectedEof | Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe => Some(NotSentKind::Tls),
        _ => None,
    }
}

/// Whether an error of type `E` is among the causes.
pub(super) fn is_caused_by<E: Error + 'static>(error: &reqwest::Error) -> bool {
    causes(error).any(<dyn Error>::is::<E>)
}

/// An error's causes, outermost first, also those inside an `io::Error`, which `source` skips.
fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| {
        let boxed = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        match boxed {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => cause.source(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_of_a_failed_connection_have_their_words() {
        use io::ErrorKind as Io;
        let rows = [
            (Io::ConnectionRefused, Some(NotSentKind::Refused)),
            (Io::NetworkUnreachable, Some(NotSentKind::NoRoute)),
            (Io::HostUnreachable, Some(NotSentKind::NoRoute)),
            (Io::TimedOut, Some(NotSentKind::TimedOut)),
            (Io::ConnectionReset, Some(NotSentKind::Tls)),
            (Io::PermissionDenied, None),
        ];
        for (error, kind) in rows {
            assert_eq!(kind_of(&io::Error::from(error)), kind, "{error:?}");
        }
        assert_eq!(kind_of(&rustls::Error::DecryptError), Some(NotSentKind::Tls));
    }
}
