//! Orders with a recording in them: what goes over the wire, and what keeps one from leaving.

use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use refrain::api::{ApiKey, Body, Client, Flaw, Limits, Outcome};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::recording::keep;
use crate::server::{End, KEY, Server, answer, header_names};

/// A block of a recording as the client reads it.
const BLOCK: usize = 48 * 1024;

/// More than fits between the two ends of a connection.
const LARGE: usize = 4_000_000;

fn request(name: &str, encoding: &str) -> Value {
    let recording = json!({ "$recording": name, "encoding": encoding });
    json!({ "model": "m", "prompt": "caf\u{e9}\n\"\u{1F3B5}\"", "reference_audio_url": recording, "also": [1, null, {}] })
}

/// Bytes of which no two neighbours are the same.
fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|n| (n * 7 + n / 251) as u8).collect()
}

/// What went over the wire for a request, head and body.
async fn sent(request: &Value, folder: &Path) -> (String, String) {
    let server = Server::saying(answer(200, &[], r#"{"id":"a:b","status":"queued"}"#), End::Stay).await;
    let body = Body::read(request, folder).unwrap();
    let outcome = server.client(Limits::default()).submit(body, "tag-1").await;
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
    assert_eq!((server.connections().await, server.requests().len()), (1, 1));
    let whole = server.requests().remove(0);
    let (head, body) = whole.split_once("\r\n\r\n").unwrap();
    (head.to_owned(), body.to_owned())
}

#[tokio::test]
async fn a_recording_goes_as_base64_with_its_length_said_beforehand() {
    let folder = tempfile::tempdir().unwrap();
    for length in [0, 1, 2, 3, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 2] {
        let content = bytes(length);
        let name = keep(folder.path(), &content, "mp3");
        let letters = STANDARD.encode(&content);
        for (encoding, expected) in
            [("base64", letters.clone()), ("data-uri", format!("data:audio/mpeg;base64,{letters}"))]
        {
            let request = request(&name, encoding);
            let (head, body) = sent(&request, folder.path()).await;
            let mut plain = request.clone();
            plain["reference_audio_url"] = expected.into();
            assert_eq!(body, plain.to_string(), "{length} bytes as {encoding}");
            assert!(head.lines().any(|line| line == format!("content-length: {}", body.len())), "{head}");
            assert!(!header_names(&head).contains("transfer-encoding"), "{head}");
        }
    }
}

#[tokio::test]
async fn a_recording_that_is_removed_once_it_was_opened_is_sent_whole() {
    let folder = tempfile::tempdir().unwrap();
    let content = bytes(3 * BLOCK);
    let name = keep(folder.path(), &content, "wav");
    let server = Server::saying(answer(200, &[], r#"{"id":"a"}"#), End::Stay).await;
    let body = Body::read(&request(&name, "base64"), folder.path()).unwrap();
    fs::remove_file(folder.path().join(&name)).unwrap();
    let outcome = server.client(Limits::default()).submit(body, "tag-1").await;
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
    assert!(server.requests()[0].contains(&STANDARD.encode(&content)));
}

#[test]
fn a_recording_that_is_gone_or_was_changed_makes_no_body() {
    let folder = tempfile::tempdir().unwrap();
    let name = keep(folder.path(), &bytes(100), "wav");
    let flaw = || Body::read(&request(&name, "base64"), folder.path()).unwrap_err();
    for other in [bytes(99), bytes(101), vec![0; 100]] {
        fs::write(folder.path().join(&name), other).unwrap();
        let unsound = flaw();
        assert!(matches!(unsound.flaw, Flaw::Changed) && unsound.name == name, "{unsound:?}");
    }
    fs::remove_file(folder.path().join(&name)).unwrap();
    assert!(matches!(flaw().flaw, Flaw::Gone));
    fs::create_dir(folder.path().join(&name)).unwrap();
    assert!(matches!(flaw().flaw, Flaw::Unreadable(_)));
}

#[test]
fn an_object_that_is_no_recording_goes_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let strange = json!({ "a": { "$recording": "../key", "encoding": "base64" }, "b": "recording:x.mp3" });
    let body = Body::read(&strange, folder.path()).unwrap();
    assert_eq!(body.length(), strange.to_string().len() as u64);
}

/// A listener that takes in little at a time: most of a request waits at the client until it is read.
fn narrow() -> (TcpListener, String) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(16 * 1024).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

/// The first 64 kB of a request.
async fn beginning(stream: &mut TcpStream) -> Vec<u8> {
    let mut arrived = vec![0; 64 * 1024];
    stream.read_exact(&mut arrived).await.unwrap();
    arrived
}

#[tokio::test]
async fn a_recording_that_gives_out_on_the_way_leaves_the_outcome_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let name = keep(folder.path(), &bytes(LARGE), "wav");
    let (listener, url) = narrow();
    let client = Client::new(&url, Some(ApiKey::new(KEY).unwrap()), Limits::default()).unwrap();
    let body = Body::read(&request(&name, "base64"), folder.path()).unwrap();
    let announced = body.length();
    let reading = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut arrived = beginning(&mut stream).await;
        File::options().write(true).open(folder.path().join(&name)).unwrap().set_len(0).unwrap();
        // Whether it is closed or reset is the same to the service: the request is not whole.
        let _ = stream.read_to_end(&mut arrived).await;
        arrived.len() as u64
    };
    let (outcome, arrived) = tokio::join!(client.submit(body, "tag-1"), reading);
    assert!(arrived < announced, "{arrived} of {announced}");
    match outcome {
        Outcome::Unknown(lost) => assert!(lost.what.contains("could not be read to its end"), "{}", lost.what),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_large_recording_gets_the_time_that_a_slow_line_needs() {
    let folder = tempfile::tempdir().unwrap();
    let name = keep(folder.path(), &bytes(1_000_000), "wav");
    let (listener, url) = narrow();
    let limits = Limits { submit: Duration::from_millis(200), ..Limits::default() };
    let client = Client::new(&url, Some(ApiKey::new(KEY).unwrap()), limits).unwrap();
    let body = Body::read(&request(&name, "base64"), folder.path()).unwrap();
    let announced = body.length();
    let slow_line = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut arrived = beginning(&mut stream).await;
        // The line stands still for longer than a small request may take.
        tokio::time::sleep(limits.submit * 3).await;
        let head = arrived.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
        while (arrived.len() - head) < announced as usize {
            assert_ne!(stream.read_buf(&mut arrived).await.unwrap(), 0, "it is sent whole");
        }
        stream.write_all(&answer(200, &[], r#"{"id":"a"}"#)).await.unwrap();
    };
    let (outcome, ()) = tokio::join!(client.submit(body, "tag-1"), slow_line);
    assert!(matches!(outcome, Outcome::Accepted(_)), "{outcome:?}");
}

#[tokio::test]
async fn a_service_that_says_no_before_it_has_read_the_recording_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let name = keep(folder.path(), &bytes(LARGE), "wav");
    let (listener, url) = narrow();
    let client = Client::new(&url, Some(ApiKey::new(KEY).unwrap()), Limits::default()).unwrap();
    let body = Body::read(&request(&name, "base64"), folder.path()).unwrap();
    let refusing = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        beginning(&mut stream).await;
        let no = r#"{"message":"no key","statusCode":401}"#;
        stream.write_all(&answer(401, &[("connection", "close")], no)).await.unwrap();
        stream
    };
    let (outcome, _stream) = tokio::join!(client.submit(body, "tag-1"), refusing);
    assert!(matches!(&outcome, Outcome::Refused(refusal) if refusal.message == "no key"), "{outcome:?}");
}
