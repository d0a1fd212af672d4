//! A proxy of the environment. It is read when a client is made and belongs to the whole process, so
//! each case runs this very test program once more, with an environment of its own.

use std::process::Stdio;

use refrain::api::{ApiKey, Client, Limits, NotSentKind, Outcome};
use serde_json::json;

use crate::server::{End, KEY, Server, answer};

/// Where the child finds the service, and what it is expected to see.
const SERVICE: &str = "REFRAIN_TEST_SERVICE";

/// Runs an ignored test of this program with `proxy` in its environment.
async fn run(test: &str, service: &str, proxy: &str) {
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap());
    for name in ["no_proxy", "NO_PROXY", "REQUEST_METHOD"] {
        child.env_remove(name);
    }
    for name in ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        child.env(name, proxy);
    }
    child.args(["--exact", test, "--ignored"]).env(SERVICE, service).stdin(Stdio::null());
    let output = child.output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

async fn order() -> Outcome {
    let service = std::env::var(SERVICE).unwrap();
    let client = Client::new(&service, Some(ApiKey::new(KEY).unwrap()), Limits::default()).unwrap();
    client.submit(&json!({}), "tag-1").await
}

#[tokio::test]
async fn a_proxy_that_does_not_connect_means_not_sent() {
    for status in [403, 407, 502] {
        let proxy = Server::saying(answer(status, &[], "no"), End::Close).await;
        run("proxy::child_expects_that_the_proxy_fails", "https://service.example", &proxy.url()).await;
        let requests = proxy.requests();
        assert_eq!(requests.len(), 1);
        assert!(requests[0].starts_with("CONNECT service.example:443 "), "{requests:?}");
        assert!(!requests[0].contains(KEY), "the key is for the service alone");
    }
}

#[tokio::test]
async fn a_name_that_stands_for_nothing_means_not_sent() {
    // A part of 64 letters is longer than a name may have, so no look-up leaves this machine. TLS would
    // refuse such a service by itself, so it is the proxy that is called so.
    let proxy = format!("http://{}.example:9", "a".repeat(64));
    run("proxy::child_expects_that_the_name_is_unknown", "https://service.example", &proxy).await;
}

#[tokio::test]
async fn a_service_on_this_machine_is_spoken_to_without_the_proxy() {
    let proxy = Server::saying(answer(502, &[], ""), End::Close).await;
    let service = Server::saying(answer(200, &[], r#"{"id":"a"}"#), End::Close).await;
    run("proxy::child_expects_that_the_service_accepts", &service.url(), &proxy.url()).await;
    assert_eq!(service.connections().await, 1);
    assert_eq!(proxy.connections().await, 0);
}

#[tokio::test]
#[ignore = "run by a test above, with a proxy in its environment"]
async fn child_expects_that_the_proxy_fails() {
    let outcome = order().await;
    assert!(matches!(&outcome, Outcome::NotSent(why) if why.kind == NotSentKind::Proxy), "{outcome:?}");
}

#[tokio::test]
#[ignore = "run by a test above, with a proxy in its environment"]
async fn child_expects_that_the_name_is_unknown() {
    let outcome = order().await;
    assert!(matches!(&outcome, Outcome::NotSent(why) if why.kind == NotSentKind::Dns), "{outcome:?}");
}

#[tokio::test]
#[ignore = "run by a test above, with a proxy in its environment"]
async fn child_expects_that_the_service_accepts() {
    let outcome = order().await;
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
}
