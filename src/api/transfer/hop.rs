//! One hop towards a file: checked, then asked.
//!
//! Redirects are followed by hand, so that each address on the way is checked before it is spoken to.
//! A name is checked after it was looked up and by the very look-up that connects, so that it cannot
//! mean something else a moment later.

use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT_ENCODING, LOCATION};
use reqwest::{Response, StatusCode, Url};
use tokio::time::timeout;

use super::error::{FetchError, FetchKind};
use super::resume::Resume;
use crate::api::address::{Host, SignedUrl, is_inside, is_loopback};
use crate::api::answer::Head;
use crate::api::client::{Client, http_client};
use crate::api::{failure, tls};

/// How often a host may send us elsewhere.
const MOST_REDIRECTS: usize = 5;

impl Client {
    /// The answer with the file, or with the rest of it, at the end of all redirects.
    pub(super) async fn follow(&self, url: &SignedUrl, resume: Option<&Resume>) -> Result<Response, FetchError> {
        let mut url = Url::parse(url.reveal()).map_err(|_| FetchError::from(FetchKind::Forbidden))?;
        for _ in 0..=MOST_REDIRECTS {
            let response = self.hop(&url, resume).await?;
            match next_address(&response, &url, resume.is_some())? {
                Some(next) => url = next,
                None => return Ok(response),
            }
        }
        Err(FetchKind::Redirects.into())
    }

    /// The answer of one address. Each has a client of its own: that is cheap, shares nothing between
    /// hosts, and lets its look-up know which name is the stranger's.
    async fn hop(&self, url: &Url, resume: Option<&Resume>) -> Result<Response, FetchError> {
        let on_loopback = self.check(url)?;
        let config = if url.scheme() == "http" { tls::trusting_nobody() } else { self.trust() };
        let config = config.map_err(|_| FetchError::network("the certificates of this machine cannot be read"))?;
        let mut builder = http_client(config, on_loopback, self.limits.connect);
        if let (Host::Name(name), false) = (Host::of(url), on_loopback) {
            builder = builder.dns_resolver(Arc::new(OutsideOnly { name: name.to_owned() }));
        }
        let client = builder.build().map_err(|_| FetchError::from(FetchKind::Network))?;
        // Compressed on the way, the length would say nothing about the file.
        let mut request = client.get(url.clone()).header(ACCEPT_ENCODING, "identity");
        for (name, value) in resume.into_iter().flat_map(Resume::headers) {
            request = request.header(name, value);
        }
        match timeout(self.limits.stall, request.send()).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) if failure::is_caused_by::<InsideAddress>(&error) => Err(FetchKind::Forbidden.into()),
            Ok(Err(error)) => Err(network(&error)),
            Err(_) => Err(FetchKind::Stalled.into()),
        }
    }

    /// Whether the address is on this machine, which only a service on this machine may send us to.
    /// Everything else must be `https`, and not a number inside the network.
    fn check(&self, url: &Url) -> Result<bool, FetchError> {
        let is_web = matches!(url.scheme(), "http" | "https");
        if is_web && is_loopback(url) && self.base.is_loopback() {
            return Ok(true);
        }
        let is_stranger = match Host::of(url) {
            Host::Number(address) => !is_inside(address),
            Host::Name(_) => !is_loopback(url),
            Host::Nowhere => false,
        };
        if url.scheme() == "https" && is_stranger { Ok(false) } else { Err(FetchKind::Forbidden.into()) }
    }
}

/// Where the answer sends us, or nothing if it is the file, or an answer to who asked for the rest of it.
fn next_address(response: &Response, from: &Url, for_rest: bool) -> Result<Option<Url>, FetchError> {
    let status = response.status();
    match status {
        StatusCode::OK => Ok(None),
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE if for_rest => Ok(None),
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::SEE_OTHER
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => {
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let next = location.and_then(|location| from.join(location).ok());
            next.map(Some).ok_or_else(|| FetchKind::Server.into())
        }
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => {
            Err(FetchError { status: Some(status.as_u16()), ..FetchKind::Expired.into() })
        }
        _ => Err(FetchError {
            status: Some(status.as_u16()),
            retry_after: Head::of(response, None).retry_after(),
            ..FetchKind::Server.into()
        }),
    }
}

fn network(error: &reqwest::Error) -> FetchError {
    match failure::not_sent_by(error) {
        Some(kind) => FetchError::network(kind.sentence()),
        None => FetchError::network(failure::broken_by(error).sentence()),
    }
}

/// Looks names up and leaves out addresses inside this machine or its network, if the name is the one
/// that is fetched from. Any other name is the proxy's, which may well be inside.
struct OutsideOnly {
    name: String,
}

/// A name that stands for nothing but addresses inside this machine or its network.
#[derive(Debug, thiserror::Error)]
#[error("the name stands for an address inside the network")]
struct InsideAddress;

impl Resolve for OutsideOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let is_stranger = name.as_str().eq_ignore_ascii_case(&self.name);
        Box::pin(async move {
            // The port is filled in from the address by whoever connects.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let usable = if is_stranger { outside(found.collect())? } else { found.collect() };
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

/// Those of a name's addresses that a stranger may send us to; where it has others alone, that is why there are none.
fn outside(found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, InsideAddress> {
    let (inside, outside): (Vec<_>, Vec<_>) = found.into_iter().partition(|found| is_inside(found.ip()));
    if outside.is_empty() && !inside.is_empty() { Err(InsideAddress) } else { Ok(outside) }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn look_up(name: &str, stranger: &str) -> Result<Vec<SocketAddr>, String> {
        let resolver = OutsideOnly { name: stranger.to_owned() };
        let found = resolver.resolve(name.parse().map_err(|_| "no name")?).await;
        found.map(Iterator::collect).map_err(|error| error.to_string())
    }

    // `localhost` is looked up on this machine alone.
    #[tokio::test]
    async fn a_strangers_name_for_this_machine_is_refused() {
        for stranger in ["localhost", "LocalHost"] {
            assert_eq!(look_up("localhost", stranger).await, Err(InsideAddress.to_string()));
        }
    }

    #[test]
    fn of_a_name_that_is_inside_and_outside_only_the_addresses_outside_are_spoken_to() {
        let all = |addresses: &[&str]| -> Vec<SocketAddr> {
            addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect()
        };
        let mixed = ["10.0.0.1", "1.1.1.1", "::1", "::ffff:192.168.0.1", "2606:4700::1111", "169.254.169.254"];
        assert_eq!(outside(all(&mixed)).unwrap(), all(&["1.1.1.1", "2606:4700::1111"]));
        assert!(outside(all(&["10.0.0.1", "::1"])).is_err());
        assert_eq!(outside(Vec::new()).unwrap(), [], "a name that stands for nothing is no address inside");
    }

    #[tokio::test]
    async fn the_name_of_a_proxy_may_be_inside() {
        let found = look_up("localhost", "cdn.example").await.unwrap();
        assert!(found.iter().all(|found| found.ip().is_loopback()) && !found.is_empty(), "{found:?}");
    }
}
