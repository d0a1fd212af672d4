//! Addresses: where the service is, where files may come from, and how an address is shown.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::client::ClientError;
use reqwest::Url;

/// The base address of a service: `https`, or plain `http` on this machine only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceUrl(Url);

impl ServiceUrl {
    /// Reads and checks a base address.
    ///
    /// # Errors
    /// When it is no address, when it is neither `https` nor `http` on this machine, or when it carries
    /// a name, a password, a query or a fragment.
    pub fn new(text: &str) -> Result<Self, ClientError> {
        let wrong = |rule: &'static str| ClientError::Address { rule };
        let url = Url::parse(text).map_err(|_| wrong("it is no address; write it as `https://api.aimlapi.com`"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("a name or password in the address is not sent; use the key"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("an address with `?` or `#` cannot be a base; leave them out"));
        }
        match url.scheme() {
            "https" if url.host().is_some() => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            "http" => Err(wrong("plain `http` would show the key to the network; use `https`")),
            _ => Err(wrong("only `https` is spoken")),
        }
    }

    /// Whether the service runs on this machine, spoken to in plain `http`.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }

    /// Whether the service runs on this machine.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The address of an endpoint, with its query encoded.
    pub(super) fn endpoint(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.0.clone();
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{prefix}{path}"));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

/// The address of a finished file. Whoever holds it may fetch the file, so it is treated as a secret:
/// `Debug` leaves out everything behind the path.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedUrl(String);

/// The longest address of a file, in bytes: those that are signed have a few hundred.
const LONGEST_ADDRESS: usize = 16 * 1024;

impl SignedUrl {
    /// The address in an answer, if it is of a length that any address has.
    pub(super) fn in_answer(text: &str) -> Option<Self> {
        let text = text.trim();
        (1..=LONGEST_ADDRESS).contains(&text.len()).then(|| Self::new(text))
    }

    /// Marks `text` as the address of a file. It is checked when it is fetched.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The whole address, for the store and for fetching. Never for a screen or a log.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SignedUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Url::parse(&self.0) {
            Ok(url) => f.write_str(&redacted(&url)),
            Err(_) => f.write_str("(no address)"),
        }
    }
}

/// Scheme, host, port and path: what may be shown of an address.
pub(super) fn redacted(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

/// Whether the address names this machine, by number or as `localhost`.
pub(super) fn is_loopback(url: &Url) -> bool {
    match Host::of(url) {
        Host::Number(address) => address.to_canonical().is_loopback(),
        Host::Name(name) => {
            // The dot at the end says that nothing is to be added to a name; it is the same name.
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Nowhere => false,
    }
}

/// Whether an address belongs to this machine, a private network, or nobody: one to which a server
/// elsewhere has no business sending us. From the IANA registries of special-purpose addresses.
pub(super) fn is_inside(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_inside_v4(address),
        IpAddr::V6(address) => is_inside_v6(address),
    }
}

fn is_inside_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || matches!(
            (a, b, c),
            (0 | 224..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18..=19, _)
        )
}

fn is_inside_v6(address: Ipv6Addr) -> bool {
    // NAT64 and 6to4 wrap an IPv4 address, which is the one that is reached in the end.
    let wrapped = match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => Some((high, low)),
        _ => None,
    };
    if let Some((high, low)) = wrapped {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        return is_inside_v4(Ipv4Addr::new(a, b, c, d));
    }
    // Global unicast is 2000::/3 alone; within it 2001:db8::/32 and 3fff::/20 are for documents, 2001::/23 for protocols.
    match address.segments() {
        [0x2001, second, ..] => second == 0x0db8 || second < 0x0200,
        [0x3fff, second, ..] => second < 0x1000,
        [first, ..] => !(0x2000..=0x3fff).contains(&first),
    }
}

/// Where an address points.
pub(super) enum Host<'a> {
    Number(IpAddr),
    Name(&'a str),
    Nowhere,
}

impl<'a> Host<'a> {
    /// The host of `url`. Odd spellings of numbers (`0x7f.1`) were made plain when it was parsed.
    pub(super) fn of(url: &'a Url) -> Self {
        let Some(host) = url.host_str() else { return Self::Nowhere };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        bare.parse().map_or(Self::Name(host), Self::Number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule_of(text: &str) -> String {
        ServiceUrl::new(text).unwrap_err().to_string()
    }

    #[test]
    fn a_service_is_https_or_on_this_machine() {
        for good in ["https://api.aimlapi.com", "http://127.0.0.1:8080", "http://[::1]:9", "http://localhost:1/"] {
            assert!(ServiceUrl::new(good).is_ok(), "{good}");
        }
        assert!(rule_of("http://api.aimlapi.com").contains("plain `http`"));
        assert!(rule_of("http://127.0.0.1.example.org").contains("plain `http`"));
        assert!(rule_of("ftp://127.0.0.1").contains("only `https`"));
        assert!(rule_of("api.aimlapi.com").contains("no address"));
        assert!(rule_of("https://me:secret@host").contains("name or password"));
        assert!(rule_of("https://host/?a=b").contains('?'));
    }

    #[test]
    fn an_endpoint_keeps_the_prefix_of_the_base_and_encodes_its_query() {
        let base = ServiceUrl::new("https://host/gate/").unwrap();
        let url = base.endpoint("/v2/generate/audio", &[("generation_id", "a/b:c d&e")]);
        assert_eq!(url.as_str(), "https://host/gate/v2/generate/audio?generation_id=a%2Fb%3Ac+d%26e");
    }

    #[test]
    fn the_query_of_a_signed_address_is_not_shown() {
        let url = SignedUrl::new("https://me:pw@cdn.example:8443/a/song.mp3?signature=secret#part");
        assert_eq!(format!("{url:?}"), "https://cdn.example:8443/a/song.mp3");
        assert_eq!(format!("{:?}", SignedUrl::new("secret")), "(no address)");
    }

    #[test]
    fn an_address_without_end_is_none() {
        assert!(
            SignedUrl::in_answer(" https://cdn.example/a ").is_some_and(|url| url.reveal() == "https://cdn.example/a")
        );
        for none in [" ".to_owned(), format!("https://cdn.example/{}", "a".repeat(LONGEST_ADDRESS))] {
            assert_eq!(SignedUrl::in_answer(&none), None);
        }
    }

    #[test]
    fn private_and_special_addresses_are_inside_and_public_ones_are_not() {
        let inside = [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "203.0.113.7",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::101:101",
            "2002:a00:1::",
            "2001:db8::1",
            "2001::1",
            "3fff:1::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
        ];
        for text in inside {
            assert!(is_inside(text.parse().unwrap()), "{text}");
        }
        for text in ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"] {
            assert!(!is_inside(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn this_machine_is_known_under_all_its_spellings() {
        for text in [
            "http://127.9.9.9",
            "http://0x7f.1/",
            "http://2130706433",
            "http://[::ffff:127.0.0.1]",
            "http://0177.0.0.1",
            "http://a.localhost",
            "http://localhost.",
            "http://a.LOCALHOST.",
        ] {
            assert!(is_loopback(&Url::parse(text).unwrap()), "{text}");
        }
        assert!(!is_loopback(&Url::parse("http://localhost.example.org").unwrap()));
    }
}
