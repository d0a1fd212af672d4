//! A web address as a person types it.

use url::{Host, Url};

use super::untrusted::is_dangerous;

/// Why a text is no web address of a recording; each reads as what follows a colon or stands alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Slip {
    /// It begins as nothing that is fetched: `ftp://…`, or a path.
    #[error("only addresses that start with https:// or http:// are taken")]
    Scheme,
    /// Nobody is named to ask for it.
    #[error("an address names a host behind https://, as https://a.example/song.mp3")]
    NoHost,
    /// It has spaces, or what no reader of addresses takes.
    #[error("an address has no spaces, and a host and a port that can be")]
    Garbled,
    /// It would be read on the way.
    #[error("a recording is fetched over https:// alone")]
    Open,
}

/// Whether a text means to be an address, of whatever scheme: no path of any system begins so, a drive of one
/// letter included.
#[must_use]
pub fn is_meant(typed: &str) -> bool {
    let letters = |scheme: &str| {
        scheme.len() > 1
            && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    typed.split_once("://").is_some_and(|(scheme, _)| letters(scheme))
}

/// The address in the spelling that travels: ASCII only, what is not percent-encoded.
///
/// # Errors
/// With the rule, where it is none.
pub fn read(typed: &str) -> Result<String, Slip> {
    let (scheme, rest) = typed.split_once("://").ok_or(Slip::Scheme)?;
    if !["https", "http"].iter().any(|taken| scheme.eq_ignore_ascii_case(taken)) {
        return Err(Slip::Scheme);
    }
    // A browser would take the first folder of `http:///x` for the host; whoever types that forgot the host.
    if rest.is_empty() || rest.starts_with(['/', '\\', '?', '#', ':']) {
        return Err(Slip::NoHost);
    }
    if typed.contains(|c: char| c.is_whitespace() || is_dangerous(c)) {
        return Err(Slip::Garbled);
    }
    Url::parse(typed).map(Into::into).map_err(|error| match error {
        url::ParseError::EmptyHost => Slip::NoHost,
        _ => Slip::Garbled,
    })
}

/// Whether what is there may be fetched: over `https`, or from this machine.
///
/// # Errors
/// With the rule, where it may not, or is no address.
pub fn may_be_fetched(typed: &str) -> Result<(), Slip> {
    let url = Url::parse(&read(typed)?).map_err(|_| Slip::Garbled)?;
    let is_here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if is_here || url.scheme() == "https" { Ok(()) } else { Err(Slip::Open) }
}

/// The host that an address names.
#[must_use]
pub fn host(address: &str) -> Option<String> {
    Url::parse(address).ok()?.host_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_scheme_of_the_web_and_a_host() {
        let table = [
            ("https://a.example/x.mp3", None),
            ("HTTP://A.example", None),
            ("http://127.0.0.1:8080/x", None),
            ("ftp://a.example/x.mp3", Some(Slip::Scheme)),
            ("s3://bucket/x.mp3", Some(Slip::Scheme)),
            ("file:///srv/x.mp3", Some(Slip::Scheme)),
            ("/srv/x.mp3", Some(Slip::Scheme)),
            ("x.mp3", Some(Slip::Scheme)),
            ("http:///x", Some(Slip::NoHost)),
            ("https://", Some(Slip::NoHost)),
            ("https://?x", Some(Slip::NoHost)),
            ("https://:80/x", Some(Slip::NoHost)),
            ("https://mara@/x", Some(Slip::NoHost)),
            ("https://a.example/my song.mp3", Some(Slip::Garbled)),
            ("https://a.example:port/x.mp3", Some(Slip::Garbled)),
        ];
        for (typed, slip) in table {
            assert_eq!(read(typed).err(), slip, "{typed}");
        }
        assert_eq!(read("https://a.example/é").unwrap(), "https://a.example/%C3%A9");
        assert_eq!(host("https://mara:secret@a.example:8080/x?key=1").as_deref(), Some("a.example"));
        assert_eq!(host("a.example"), None);
    }

    #[test]
    fn what_is_fetched_comes_over_https_or_from_this_machine() {
        for typed in ["https://a.example/x.mp3", "http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]/x"] {
            assert_eq!(may_be_fetched(typed), Ok(()), "{typed}");
        }
        for typed in ["http://a.example/x.mp3", "HTTP://10.0.0.1/x", "http://localhost.example/x"] {
            assert_eq!(may_be_fetched(typed), Err(Slip::Open), "{typed}");
        }
        assert_eq!(may_be_fetched("ftp://a.example/x"), Err(Slip::Scheme));
    }

    #[test]
    fn whatever_has_a_scheme_is_meant_as_an_address_and_no_path_is() {
        for typed in ["https://a.example", "ftp://a.example/x", "s3://bucket", "http:///x", "svn+ssh://a/x"] {
            assert!(is_meant(typed), "{typed}");
        }
        for typed in ["/srv/a.wav", "a.wav", "C://x.wav", "~/a", "://x", "my song://x", r"C:\x"] {
            assert!(!is_meant(typed), "{typed}");
        }
    }
}
