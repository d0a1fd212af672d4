//! The proxy of the environment, read as the HTTP library reads it.

use super::finding::Finding;
use url::Url;

/// What stands between refrain and the service. Only `https` leaves this machine.
pub fn findings(variable: impl Fn(&str) -> Option<String>) -> Vec<Finding> {
    const CHECK: &str = "proxy";
    // The first that is set counts, be it empty.
    let first = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, variable(name)?)));
    if variable("REQUEST_METHOD").is_some() {
        let told = "the variables are not read, as REQUEST_METHOD says that this is a web server's script";
        return vec![Finding::ok(CHECK, told)];
    }
    let named = [first(["HTTPS_PROXY", "https_proxy"]), first(["ALL_PROXY", "all_proxy"])];
    let mut findings = Vec::new();
    for (name, value) in named.into_iter().flatten().filter(|(_, value)| !value.trim().is_empty()) {
        match shown(&value) {
            Ok(address) => {
                let except = first(["NO_PROXY", "no_proxy"]).filter(|(_, hosts)| !hosts.trim().is_empty());
                let except = except.map_or(String::new(), |(name, hosts)| format!(", but not for {name} `{hosts}`"));
                findings.push(Finding::ok(CHECK, format!("`{address}` from {name}{except}")));
                break;
            }
            Err(rule) => findings.push(Finding::bad(
                CHECK,
                format!("{name} {rule}, so it is passed over"),
                format!("write {name} as `http://HOST:PORT`"),
            )),
        }
    }
    if findings.is_empty() {
        findings.push(Finding::ok(CHECK, "none; the service is spoken to directly"));
    }
    findings
}

/// The address without its password, or what is wrong with it.
fn shown(value: &str) -> Result<String, &'static str> {
    let text = value.trim();
    let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let mut url = Url::parse(&text).map_err(|_| "is no address")?;
    if url.scheme().starts_with("socks") {
        return Err("names a SOCKS proxy, which refrain does not speak to");
    }
    if !matches!(url.scheme(), "http" | "https") {
        return Err("is an address of no proxy that is known");
    }
    if url.password().is_some() {
        url.set_password(Some("***")).map_err(|()| "is an address without a host")?;
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variables: &[(&str, &str)]) -> Vec<String> {
        let value =
            |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).to_owned());
        findings(value).iter().map(|finding| finding.rows().join(" ")).collect()
    }

    #[test]
    fn the_proxy_is_told_as_it_is_used_and_without_its_password() {
        let table: [(&[(&str, &str)], &str); 9] = [
            (&[], "none"),
            (&[("HTTPS_PROXY", "http://proxy:3128")], "`http://proxy:3128` from HTTPS_PROXY"),
            (&[("https_proxy", "proxy:3128")], "`http://proxy:3128` from https_proxy"),
            (&[("ALL_PROXY", "http://proxy:3128")], "from ALL_PROXY"),
            (&[("HTTPS_PROXY", ""), ("https_proxy", "http://one:1"), ("all_proxy", "http://two:2")], "from all_proxy"),
            (&[("HTTPS_PROXY", "http://mara:secret@proxy:1")], "`http://mara:***@proxy:1`"),
            (&[("HTTPS_PROXY", "http://proxy:1"), ("NO_PROXY", "example.org")], "but not for NO_PROXY"),
            (&[("HTTP_PROXY", "http://proxy:1")], "none"),
            (&[("HTTPS_PROXY", "http://proxy:1"), ("REQUEST_METHOD", "GET")], "not read"),
        ];
        for (variables, expected) in table {
            let rows = found(variables);
            assert_eq!(rows.len(), 1, "{rows:?}");
            assert!(rows[0].starts_with("ok") && rows[0].contains(expected), "{variables:?}: {rows:?}");
            assert!(!rows[0].contains("secret"), "{rows:?}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_bad_and_the_next_one_is_told() {
        for value in ["http://", "socks5://proxy:1080", "ftp://proxy", "http://mara:secret@:80", "two words"] {
            let rows = found(&[("HTTPS_PROXY", value), ("ALL_PROXY", "http://proxy:1")]);
            assert!(rows[0].starts_with("bad") && rows[0].contains("HTTPS_PROXY"), "{value}: {rows:?}");
            assert!(rows[1].starts_with("ok") && rows[1].contains("from ALL_PROXY"), "{value}: {rows:?}");
            assert!(rows.iter().all(|row| !row.contains("secret")), "{rows:?}");
        }
    }
}
