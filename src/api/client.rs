//! The client: what is set up once for a service and a key.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Method;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::AUTHORIZATION;
use reqwest::redirect::Policy;
use rustls::ClientConfig;

use super::address::ServiceUrl;
use super::held_open::{KEEP_ALIVE, KEEP_ALIVE_TRIES, OUTAGE};
use super::key::{ApiKey, KeyError};
use super::tls;

/// What refrain calls itself.
const USER_AGENT: &str = concat!("refrain/", env!("CARGO_PKG_VERSION"));

/// How long to wait and how much to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For looking up the name, the socket, the proxy and TLS together.
    pub connect: Duration,
    /// For a question and its answer.
    pub ask: Duration,
    /// For a paid request and its answer. Longer than the 100 s after which the vendor's front gives up,
    /// so that its word comes first.
    pub submit: Duration,
    /// For a paid request to the first byte of the song in its answer.
    pub held_open: Duration,
    /// For what follows that byte, together; and the longest pause in it.
    pub held_answer: Duration,
    pub pause: Duration,
    /// The longest answer with a song that is taken, in bytes.
    pub most_answer: u64,
    /// The longest other answer that is taken, in bytes: it is read into memory.
    pub most_json: u64,
    /// A download in which no byte comes for that long has stalled.
    pub stall: Duration,
    /// So has one that brings fewer bytes than this in that time: a byte now and then would keep it for ever.
    pub least: u64,
    pub least_within: Duration,
    /// An upload of which no byte leaves for that long has stalled; so has one whose answer does not come for
    /// that long after its last byte should have arrived. Longer than a download's: what leaves goes through
    /// buffers that empty in large steps.
    pub upload: Duration,
    /// Bytes a second of the slowest line on which an upload should arrive: what has been handed over may
    /// still wait in this machine.
    pub slowest_line: u64,
    /// The longest file that is taken, in bytes.
    pub most_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            ask: Duration::from_secs(30),
            submit: Duration::from_secs(120),
            // A song of a minute needs about one. Who gives up earlier pays for what it never gets.
            held_open: Duration::from_secs(15 * 60),
            held_answer: Duration::from_secs(60 * 60),
            pause: Duration::from_secs(120),
            // Ten minutes of WAV in hexadecimal are 212 MB.
            most_answer: 512 * 1000 * 1000,
            // The list of all models with prices is the longest one known, at a few MB.
            most_json: 16 * 1000 * 1000,
            stall: Duration::from_secs(30),
            // 1 kB a second: a modem is quicker, and another connection may be.
            least: 300 * 1000,
            least_within: Duration::from_secs(300),
            upload: Duration::from_secs(120),
            slowest_line: 8 * 1024,
            // Five minutes of WAV are 53 MB; this leaves room for what comes next.
            most_bytes: 200 * 1000 * 1000,
        }
    }
}

impl Limits {
    /// How long a paid request and its answer may take together, whatever its answer holds.
    #[must_use]
    pub fn longest_answer(&self) -> Duration {
        self.connect + self.held_open + self.held_answer
    }
}

/// Why a client cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The base address breaks a rule. The address itself is not repeated: it might hold a password.
    #[error("the address of the service cannot be used: {rule}")]
    Address { rule: &'static str },
    /// The key cannot be sent.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The certificates of this machine cannot be read.
    #[error("no certificates to check the service with; install the package `ca-certificates` or set `SSL_CERT_FILE`")]
    Certificates(#[source] rustls::Error),
    /// The HTTP library would not start.
    #[error("the HTTP client could not be set up")]
    Setup(#[source] reqwest::Error),
}

/// A service and a key, ready to be spoken to. Cheap to share behind an `Arc`.
pub struct Client {
    pub(super) base: ServiceUrl,
    pub(super) key: Option<ApiKey>,
    pub(super) limits: Limits,
    /// For paid requests: a connection each, nothing followed, nothing repeated.
    paid: reqwest::Client,
    /// For uploads, and for paid requests whose answer is the song: the same, and without a deadline, as who uses
    /// it looks whether it still moves.
    unhurried: reqwest::Client,
    /// For questions: connections are kept, nothing is followed.
    asking: reqwest::Client,
    /// For files over `https`; made when first needed where the service itself is plain `http`.
    trust: OnceLock<ClientConfig>,
}

impl Client {
    /// A client for the service at `base_url`. Reads this machine's certificates if that is `https`.
    ///
    /// # Errors
    /// When the address is neither `https` nor `http` on this machine, or when the certificates of this
    /// machine cannot be read.
    pub fn new(base_url: &str, key: Option<ApiKey>, limits: Limits) -> Result<Self, ClientError> {
        let base = ServiceUrl::new(base_url)?;
        if let Some(key) = &key {
            key.authorization()?;
        }
        let trust = OnceLock::new();
        let config = if base.is_plain() {
            tls::trusting_nobody().map_err(ClientError::Certificates)?
        } else {
            let config = tls::trusting_this_machine().map_err(ClientError::Certificates)?;
            trust.get_or_init(|| config).clone()
        };
        let plain = |config| http_client(config, base.is_loopback(), limits.connect);
        let alone = || plain(config.clone()).pool_max_idle_per_host(0).tcp_user_timeout(OUTAGE);
        let (paid, unhurried) = (alone().timeout(limits.submit), alone());
        // Nothing is said for minutes while a song is made; those in between must not take it for dead.
        let unhurried = unhurried.tcp_keepalive(KEEP_ALIVE).tcp_keepalive_interval(KEEP_ALIVE);
        let unhurried = unhurried.tcp_keepalive_retries(KEEP_ALIVE_TRIES);
        let asking = plain(config.clone()).timeout(limits.ask);
        #[cfg(feature = "failpoints")]
        let (paid, unhurried) =
            (paid.connector_layer(super::connector::Passing), unhurried.connector_layer(super::connector::Passing));
        Ok(Self {
            paid: paid.build().map_err(ClientError::Setup)?,
            unhurried: unhurried.build().map_err(ClientError::Setup)?,
            asking: asking.build().map_err(ClientError::Setup)?,
            base,
            key,
            limits,
            trust,
        })
    }

    /// How long it waits and how much it takes.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Fingerprint of the key.
    #[must_use]
    pub fn key_print(&self) -> Option<String> {
        self.key.as_ref().map(ApiKey::fingerprint)
    }

    /// What the service said without the key, should it have echoed it.
    #[must_use]
    pub fn without_key(&self, said: String) -> String {
        self.key.as_ref().and_then(|key| key.scrubbed(&said)).unwrap_or(said)
    }

    /// A paid request, with the key.
    pub(super) fn paid_post(&self, path: &str) -> reqwest::RequestBuilder {
        self.with_key(self.paid.request(Method::POST, self.base.endpoint(path, &[])))
    }

    /// A request that takes as long as it takes, with the key.
    pub(super) fn unhurried_post(&self, path: &str) -> reqwest::RequestBuilder {
        self.with_key(self.unhurried.request(Method::POST, self.base.endpoint(path, &[])))
    }

    /// A question, with the key.
    pub(super) fn get(&self, path: &str, query: &[(&str, &str)]) -> reqwest::RequestBuilder {
        self.with_key(self.get_openly(path, query))
    }

    /// A question that needs no key and is sent without one.
    pub(super) fn get_openly(&self, path: &str, query: &[(&str, &str)]) -> reqwest::RequestBuilder {
        self.asking.request(Method::GET, self.base.endpoint(path, query))
    }

    /// The configuration for files over `https`.
    pub(super) fn trust(&self) -> Result<ClientConfig, rustls::Error> {
        if let Some(config) = self.trust.get() {
            return Ok(config.clone());
        }
        let config = tls::trusting_this_machine()?;
        Ok(self.trust.get_or_init(|| config).clone())
    }

    fn with_key(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        match self.key.as_ref().map(ApiKey::authorization) {
            Some(Ok(value)) => request.header(AUTHORIZATION, value),
            // A key that makes no header was refused when the client was made.
            Some(Err(_)) | None => request,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base", &self.base).field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// What every client of refrain has in common: HTTP/1.1, no redirect, no second try, no referer. A proxy
/// of this machine is used, except for addresses on the machine itself.
pub(super) fn http_client(config: ClientConfig, on_loopback: bool, connect: Duration) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .user_agent(USER_AGENT)
        .http1_only()
        .tcp_nodelay(true)
        .redirect(Policy::none())
        .referer(false)
        .retry(reqwest::retry::never())
        .connect_timeout(connect);
    if on_loopback { builder.no_proxy().dns_resolver(Arc::new(ThisMachine)) } else { builder }
}

/// Knows every name as this machine. `localhost` is this machine by convention only; were it looked up,
/// a resolver might say otherwise, and the key would go there in plain `http`.
struct ThisMachine;

impl Resolve for ThisMachine {
    fn resolve(&self, _name: Name) -> Resolving {
        // The port is filled in from the address by whoever connects.
        let addresses = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        let sockets = addresses.map(|address| SocketAddr::new(address, 0));
        Box::pin(async move { Ok(Box::new(sockets.into_iter()) as Addrs) })
    }
}
