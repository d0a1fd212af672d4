//! Requests of which no byte leaves: every way in which connecting can fail.

use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use refrain::api::{ApiKey, AskKind, Client, ClientError, Limits, NotSent, NotSentKind, Outcome};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::json;

use crate::server::{End, KEY, Server, answer};

fn client(url: &str, connect: u64) -> Client {
    let limits = Limits { connect: Duration::from_millis(connect), ..Limits::default() };
    Client::new(url, Some(ApiKey::new(KEY).unwrap()), limits).unwrap()
}

async fn not_sent(client: &Client) -> NotSent {
    match client.submit(&json!({"model": "m"}), "tag-1").await {
        Outcome::NotSent(not_sent) => not_sent,
        other => panic!("perhaps sent: {other:?}"),
    }
}

/// The address of `server`, to be spoken to in TLS.
fn secure(server: &Server) -> String {
    server.url().replace("http://", "https://")
}

#[tokio::test]
async fn every_spelling_of_localhost_is_this_machine_without_a_look_up() {
    let server = Server::saying(answer(200, &[], r#"{"id":"a"}"#), End::Stay).await;
    for name in ["localhost", "LOCALHOST", "no-such-name.localhost"] {
        let client = client(&format!("http://{name}:{}", server.port()), 5_000);
        let outcome = client.submit(&json!({"model": "m"}), "tag-1").await;
        assert!(matches!(outcome, Outcome::Accepted(_)), "{name}: {outcome:?}");
    }
}

#[tokio::test]
async fn a_closed_door_means_not_sent() {
    let port = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for scheme in ["http", "https"] {
        let client = client(&format!("{scheme}://127.0.0.1:{port}"), 5_000);
        assert_eq!(not_sent(&client).await.kind, NotSentKind::Refused, "{scheme}");
        assert_eq!(client.poll("a").await.unwrap_err().kind, AskKind::Network);
    }
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_means_not_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let chatter = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"SSH-2.0-OpenSSH_9.6\r\n").await.unwrap();
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    });
    assert_eq!(not_sent(&client(&url, 5_000)).await.kind, NotSentKind::Tls);
    chatter.abort();
}

#[tokio::test]
async fn a_connection_that_breaks_while_tls_is_set_up_means_not_sent() {
    let server = Server::hanging_up().await;
    let why = not_sent(&client(&secure(&server), 5_000)).await;
    assert_eq!(why.kind, NotSentKind::Tls, "{why:?}");
    assert_eq!(server.connections().await, 1, "nothing is repeated here: that is for the one who ordered");
}

#[tokio::test]
async fn tls_that_never_comes_about_means_not_sent() {
    let server = Server::saying("", End::Silence).await;
    let why = not_sent(&client(&secure(&server), 150)).await;
    assert_eq!(why.kind, NotSentKind::TimedOut, "{why:?}");
    assert_eq!(server.connections().await, 1);
}

/// Accepts one connection in TLS with a certificate that nobody trusts; gives what it read in the end.
fn impostor() -> (String, std::thread::JoinHandle<std::io::Result<Vec<u8>>>) {
    let pem = include_bytes!("untrusted.pem");
    let certificate = CertificateDer::from_pem_slice(pem).unwrap();
    let key = PrivateKeyDer::from_pem_slice(pem).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (stream, _) = listener.accept()?;
        let connection = rustls::ServerConnection::new(Arc::new(config)).map_err(std::io::Error::other)?;
        let mut stream = rustls::StreamOwned::new(connection, stream);
        let mut read = Vec::new();
        std::io::Read::read_to_end(&mut stream, &mut read)?;
        Ok(read)
    });
    (url, thread)
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_means_not_sent() {
    let (url, impostor) = impostor();
    let why = not_sent(&client(&url, 5_000)).await;
    assert_eq!(why.kind, NotSentKind::Tls, "{why:?}");
    assert!(why.sentence.contains("certificates"), "{}", why.sentence);
    let read = tokio::task::spawn_blocking(|| impostor.join().unwrap()).await.unwrap();
    assert!(read.is_err(), "the impostor read {read:?}");
}

#[test]
fn plain_http_to_anywhere_else_is_no_service() {
    let error = Client::new("http://service.example", None, Limits::default()).unwrap_err();
    assert!(matches!(error, ClientError::Address { .. }), "{error:?}");
    assert!(error.to_string().contains("use `https`"), "{error}");
}

#[test]
fn a_client_never_prints_its_key() {
    let printed = format!("{:?}", client("https://service.example", 1_000));
    assert!(!printed.contains(KEY), "{printed}");
}

#[test]
fn a_client_for_this_machine_is_made_without_reading_certificates() {
    // The worker must send within 250 ms of its start; a tenth of that is plenty where nothing is read.
    let start = Instant::now();
    let rounds = 20;
    for _ in 0..rounds {
        client("http://127.0.0.1:9", 1_000);
    }
    let plain = start.elapsed() / rounds;
    let start = Instant::now();
    client("https://service.example", 1_000);
    println!("a plain client takes {plain:?}, a secure one {:?}", start.elapsed());
    assert!(plain < Duration::from_millis(25), "{plain:?}");
}
