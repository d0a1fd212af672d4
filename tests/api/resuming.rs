//! The rest of a file: asked for by range, and taken only where it is the rest of the same file.

use std::time::Duration;

use refrain::api::{FetchError, FetchKind, Fetched, Limits, Resume, SignedUrl};

use crate::server::{End, Reply, Server, answer, header_names};

const HELLO: &str = "hello, rain";

/// The first five bytes are there.
fn five() -> Resume {
    Resume { from: 5, etag: "\"a\"".to_owned(), whole: None }
}

/// The rest of [`HELLO`] as a host sends it that knows ranges.
fn rest(range: &str, etag: &str) -> Vec<u8> {
    answer(206, &[("content-range", range), ("etag", etag)], &HELLO[5..])
}

/// From which byte on it comes, what came, and what is said of it.
type Came = (u64, Vec<u8>, Result<Fetched, FetchError>);

async fn resumed(server: &Server, limits: Limits) -> Result<Came, FetchError> {
    let url = SignedUrl::new(format!("{}/song.mp3", server.url()));
    let client = server.client(limits);
    let coming = client.open(&url, Some(&five())).await?;
    let (from, mut sink) = (coming.from(), Vec::new());
    let fetched = coming.pour(&mut sink, &mut |_| {}).await;
    Ok((from, sink, fetched))
}

/// Answers who asks for the rest with `to_rest`, and who asks for all with all.
async fn host(to_rest: Vec<u8>) -> Server {
    Server::start(move |request| {
        let is_for_rest = header_names(request).contains("range");
        let bytes = if is_for_rest { to_rest.clone() } else { answer(200, &[("etag", "\"b\"")], HELLO) };
        Reply { bytes, end: End::Close }
    })
    .await
}

#[tokio::test]
async fn the_rest_of_a_file_is_asked_for_under_its_name_and_put_behind_what_is_there() {
    let server = host(rest("bytes 5-10/11", "\"a\"")).await;
    let (from, sink, fetched) = resumed(&server, Limits::default()).await.unwrap();
    assert_eq!((from, sink.as_slice()), (5, &HELLO.as_bytes()[5..]));
    let fetched = fetched.unwrap();
    assert_eq!((fetched.length, fetched.expected), (11, Some(11)), "of the whole file");
    let request = server.requests().remove(0).to_ascii_lowercase();
    assert!(request.contains("range: bytes=5-\r\n") && request.contains("if-range: \"a\"\r\n"), "{request}");
}

#[tokio::test]
async fn what_is_not_the_rest_of_the_same_file_is_fetched_anew() {
    let table = [
        ("a host that knows no ranges", answer(200, &[], HELLO), 1),
        ("another file", answer(200, &[("etag", "\"b\"")], HELLO), 1),
        ("a file that is shorter by now", answer(416, &[("content-range", "bytes */3")], ""), 2),
        ("another place", rest("bytes 4-10/11", "\"a\""), 2),
        ("a length that nobody says", rest("bytes 5-10/*", "\"a\""), 2),
        ("a part of another file", rest("bytes 5-10/11", "\"b\""), 2),
        ("a part of nothing", answer(206, &[], "rain"), 2),
        ("a part of who knows what", answer(206, &[("content-range", "bytes 5-10/11")], &HELLO[5..]), 2),
    ];
    for (what, to_rest, requests) in table {
        let server = host(to_rest).await;
        let (from, sink, fetched) = resumed(&server, Limits::default()).await.unwrap();
        assert_eq!((from, sink.as_slice()), (0, HELLO.as_bytes()), "{what}");
        assert_eq!(fetched.unwrap().length, 11, "{what}");
        assert_eq!(server.requests().len(), requests, "{what}");
    }
}

#[tokio::test]
async fn a_file_of_another_length_is_another_file_whatever_it_is_called() {
    let server = host(rest("bytes 5-10/11", "\"a\"")).await;
    for (whole, from) in [(Some(11), 5), (Some(12), 0), (None, 5)] {
        let resume = Resume { whole, ..five() };
        let url = SignedUrl::new(format!("{}/song.mp3", server.url()));
        let client = server.client(Limits::default());
        assert_eq!(client.open(&url, Some(&resume)).await.unwrap().from(), from, "{whole:?}");
    }
}

#[tokio::test]
async fn more_than_was_announced_is_no_file() {
    let head =
        "HTTP/1.1 206 Partial\r\ncontent-range: bytes 5-10/11\r\netag: \"a\"\r\nconnection: close\r\n\r\n, rain, more";
    let (_, _, fetched) = resumed(&host(head.into()).await, Limits::default()).await.unwrap();
    assert_eq!(fetched.unwrap_err().kind, FetchKind::Excess { expected: 11 });
}

#[tokio::test]
async fn a_rest_that_ends_early_is_short_of_the_whole_file() {
    let head = "HTTP/1.1 206 Partial\r\ncontent-range: bytes 5-10/11\r\netag: \"a\"\r\ncontent-length: 6\r\n\r\n, r";
    let (_, sink, fetched) = resumed(&host(head.into()).await, Limits::default()).await.unwrap();
    assert_eq!((fetched.unwrap_err().kind, sink.len()), (FetchKind::Short { got: 8, expected: 11 }, 3));
    // A host may send less of it than was asked for.
    let (_, _, fetched) = resumed(&host(rest("bytes 5-10/20", "\"a\"")).await, Limits::default()).await.unwrap();
    assert_eq!(fetched.unwrap_err().kind, FetchKind::Short { got: 11, expected: 20 });
}

#[tokio::test]
async fn the_limit_is_for_the_whole_file_and_not_for_its_rest() {
    let small = Limits { most_bytes: 10, ..Limits::default() };
    let error = resumed(&host(rest("bytes 5-10/11", "\"a\"")).await, small).await.unwrap_err();
    assert_eq!(error.kind, FetchKind::TooLarge { most: 10 });
}

#[tokio::test]
async fn an_address_that_has_run_out_is_told_as_ever() {
    for status in [403, 404, 410] {
        let error = resumed(&host(answer(status, &[], "gone")).await, Limits::default()).await.unwrap_err();
        assert_eq!(error.kind, FetchKind::Expired);
    }
}

#[tokio::test]
async fn only_a_name_that_stands_for_the_same_bytes_is_told() {
    for (etag, told) in [("\"a\"", Some("\"a\"")), ("W/\"a\"", None), ("a", None)] {
        let server = Server::saying(answer(200, &[("etag", etag)], HELLO), End::Close).await;
        let client = server.client(Limits::default());
        let coming = client.open(&SignedUrl::new(server.url()), None).await.unwrap();
        assert_eq!((coming.etag(), coming.from(), coming.whole()), (told, 0, Some(11)));
    }
}

#[tokio::test]
async fn what_could_not_be_asked_for_is_fetched_anew() {
    for resume in [Resume { from: 0, ..five() }, Resume { etag: "\"a\r\nx: y\"".to_owned(), ..five() }] {
        let server = host(rest("bytes 5-10/11", "\"a\"")).await;
        let client = server.client(Limits::default());
        let coming = client.open(&SignedUrl::new(server.url()), Some(&resume)).await.unwrap();
        assert_eq!(coming.from(), 0);
        assert!(!header_names(&server.requests()[0]).contains("range"));
    }
}

#[tokio::test]
async fn a_byte_now_and_then_is_no_download() {
    // Nobody waits for five minutes here: no time at all has passed and no byte is enough.
    let greedy = Limits { least: u64::MAX, least_within: Duration::ZERO, ..Limits::default() };
    let server = Server::saying(answer(200, &[], HELLO), End::Close).await;
    let url = SignedUrl::new(server.url());
    let error = server.client(greedy).download(&url, &mut Vec::new(), &mut |_| {}).await.unwrap_err();
    assert_eq!(error.kind, FetchKind::Stalled);
    let modest = Limits { least: 1, ..greedy };
    let fetched = server.client(modest).download(&url, &mut Vec::new(), &mut |_| {}).await;
    assert_eq!(fetched.unwrap().length, 11);
}
