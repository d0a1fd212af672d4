//! Files from strangers: whole or an error, no key, no detours inside.

use std::io::ErrorKind;
use std::time::Duration;

use refrain::api::{ApiKey, Client, FetchError, FetchKind, Fetched, Limits, SignedUrl};

use crate::server::{End, KEY, Reply, Server, answer, header_names};

fn limits() -> Limits {
    Limits { stall: Duration::from_secs(5), ..Limits::default() }
}

/// Fetches `path` from the server with a client of the same machine.
async fn fetch(server: &Server, path: &str, limits: Limits) -> (Result<Fetched, FetchError>, Vec<u8>) {
    let mut sink = Vec::new();
    let url = SignedUrl::new(format!("{}{path}", server.url()));
    let fetched = server.client(limits).download(&url, &mut sink, &mut |_| {}).await;
    (fetched, sink)
}

async fn failure(bytes: impl Into<Vec<u8>>, end: End, limits: Limits) -> FetchError {
    let server = Server::saying(bytes, end).await;
    fetch(&server, "/song.mp3?signature=secret", limits).await.0.unwrap_err()
}

#[tokio::test]
async fn a_file_comes_whole_with_its_progress_and_the_host_sees_neither_key_nor_referer() {
    let body = "ab".repeat(100_000);
    let server = Server::saying(answer(200, &[("content-type", "audio/mpeg")], &body), End::Stay).await;
    let mut sink = Vec::new();
    let mut steps = Vec::new();
    let url = SignedUrl::new(format!("{}/song.mp3?signature=s", server.url()));
    let fetched = server.client(limits()).download(&url, &mut sink, &mut |step| steps.push(step)).await.unwrap();

    assert_eq!(sink, body.as_bytes());
    let expected = Some(200_000);
    assert_eq!(fetched, Fetched { length: 200_000, expected, content_type: Some("audio/mpeg".to_owned()) });
    assert!(steps.iter().all(|step| step.expected == expected));
    assert!(steps.windows(2).all(|pair| pair[0].received < pair[1].received), "{steps:?}");
    assert_eq!(steps.last().unwrap().received, 200_000);

    let request = server.requests().remove(0);
    assert!(request.starts_with("GET /song.mp3?signature=s HTTP/1.1"), "{request}");
    assert!(!request.contains(KEY));
    for private in ["authorization", "referer", "cookie", "x-client-request-id"] {
        assert!(!header_names(&request).contains(private), "{private} in {request}");
    }
}

#[tokio::test]
async fn a_file_without_a_length_comes_whole_too() {
    let body = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    let server = Server::saying(body, End::Stay).await;
    let (fetched, sink) = fetch(&server, "/", limits()).await;
    assert_eq!(fetched.unwrap(), Fetched { length: 5, expected: None, content_type: None });
    assert_eq!(sink, b"hello");
}

#[tokio::test]
async fn a_file_that_ends_early_is_short() {
    let half = "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello";
    let error = failure(half, End::Close, limits()).await;
    assert_eq!(error.kind, FetchKind::Short { got: 5, expected: 100 });
    assert!(error.sentence.contains("5 of 100"), "{error}");
    let reset = failure(half, End::Reset, limits()).await;
    assert!(matches!(reset.kind, FetchKind::Short { expected: 100, .. } | FetchKind::Network), "{reset:?}");
    let pieces = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n";
    assert_eq!(failure(pieces, End::Close, limits()).await.kind, FetchKind::Network);
}

#[tokio::test]
async fn a_file_on_which_nothing_comes_has_stalled() {
    let hasty = Limits { stall: Duration::from_millis(100), ..limits() };
    for said in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello"] {
        assert_eq!(failure(said, End::Silence, hasty).await.kind, FetchKind::Stalled, "{said}");
    }
}

#[tokio::test]
async fn a_file_past_the_limit_is_not_taken_announced_or_not() {
    let small = Limits { most_bytes: 8, ..limits() };
    let announced = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n";
    assert_eq!(failure(announced, End::Silence, small).await.kind, FetchKind::TooLarge { most: 8 });
    let pieces = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n123456789\r\n";
    let server = Server::saying(pieces, End::Silence).await;
    let (fetched, sink) = fetch(&server, "/", small).await;
    assert_eq!(fetched.unwrap_err().kind, FetchKind::TooLarge { most: 8 });
    assert_eq!(sink, b"", "what is past the limit is not written");
    let exactly = Server::saying(answer(200, &[], "12345678"), End::Stay).await;
    assert_eq!(fetch(&exactly, "/", small).await.0.unwrap().length, 8);
}

#[tokio::test]
async fn an_address_that_has_run_out_is_told_from_a_host_in_trouble() {
    for status in [403, 404, 410] {
        assert_eq!(failure(answer(status, &[], "gone"), End::Stay, limits()).await.kind, FetchKind::Expired);
    }
    for status in [204, 206, 304, 400, 401, 429, 500, 503] {
        let error = failure(answer(status, &[("retry-after", "3")], ""), End::Stay, limits()).await;
        assert_eq!((error.kind, error.retry_after), (FetchKind::Server, Some(Duration::from_secs(3))), "{status}");
    }
    assert_eq!(failure("", End::Close, limits()).await.kind, FetchKind::Network);
}

/// Sends `/5` to `/4` and so on; `/0` is the file.
async fn chain() -> Server {
    Server::start(|request| {
        let left: u32 = request.split(['/', ' ', '?']).nth(2).unwrap().parse().unwrap();
        let bytes = match left.checked_sub(1) {
            Some(next) => answer(302, &[("location", &format!("/{next}"))], ""),
            None => answer(200, &[], "hello"),
        };
        Reply { bytes, end: End::Close }
    })
    .await
}

#[tokio::test]
async fn five_redirects_are_followed_and_a_sixth_is_not() {
    let server = chain().await;
    assert_eq!(fetch(&server, "/5?signature=s", limits()).await.0.unwrap().length, 5);
    assert!(server.requests().iter().all(|request| !header_names(request).contains("referer")));

    let server = chain().await;
    assert_eq!(fetch(&server, "/6", limits()).await.0.unwrap_err().kind, FetchKind::Redirects);
    assert_eq!(server.connections().await, 6, "the address of the sixth redirect is not asked");
}

#[tokio::test]
async fn a_redirect_to_nowhere_is_the_hosts_trouble() {
    for headers in [&[][..], &[("location", "http://")]] {
        assert_eq!(failure(answer(302, headers, ""), End::Stay, limits()).await.kind, FetchKind::Server);
    }
}

#[tokio::test]
async fn nobody_sends_us_inside_the_network_or_to_plain_http() {
    let targets = [
        "http://10.0.0.1/",
        "https://10.0.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://[fd00::1]/",
        "https://[::ffff:192.168.0.1]/",
        "https://[::ffff:a9fe:a9fe]/latest/meta-data",
        "https://[64:ff9b::a00:1]/",
        "https://0x0a.1/",
        "https://012.0.0.1/",
        "https://167772161/",
        "https://0.0.0.0/",
        "//10.0.0.1/",
        "http://cdn.example/song.mp3",
        "file:///etc/passwd",
        "data:text/plain,hello",
    ];
    for target in targets {
        let error = failure(answer(302, &[("location", target)], ""), End::Stay, limits()).await;
        assert_eq!(error.kind, FetchKind::Forbidden, "{target}");
    }
}

#[tokio::test]
async fn a_service_elsewhere_cannot_send_us_to_this_machine() {
    let here = Server::saying(answer(200, &[], "secret"), End::Stay).await;
    let client = Client::new("https://service.example", Some(ApiKey::new(KEY).unwrap()), limits()).unwrap();
    let spellings = [
        "127.0.0.1",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "a.localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::]",
        "0.0.0.0",
        "127.1",
        "0177.0.0.1",
        "0x7f000001",
        "2130706433",
        "127.0.0.1.",
    ];
    for host in spellings {
        for scheme in ["http", "https"] {
            let url = SignedUrl::new(format!("{scheme}://{host}:{}/", here.port()));
            let mut sink = Vec::new();
            let error = client.download(&url, &mut sink, &mut |_| {}).await.unwrap_err();
            assert_eq!(error.kind, FetchKind::Forbidden, "{url:?}");
        }
    }
    assert_eq!(here.connections().await, 0);
}

#[tokio::test]
async fn what_cannot_be_written_is_the_sinks_failure() {
    let server = Server::saying(answer(200, &[], "hello"), End::Stay).await;
    let (mut sink, reader) = tokio::io::duplex(1);
    drop(reader);
    let url = SignedUrl::new(server.url());
    let error = server.client(limits()).download(&url, &mut sink, &mut |_| {}).await.unwrap_err();
    assert_eq!(error.kind, FetchKind::Sink(ErrorKind::BrokenPipe));
}

#[tokio::test]
async fn no_error_repeats_the_signed_address() {
    for (said, end) in [("", End::Close), ("HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n", End::Stay)] {
        let error = failure(said, end, limits()).await;
        assert!(!format!("{error:?} {error}").contains("signature"), "{error:?}");
    }
    let error = failure(answer(302, &[("location", "https://10.0.0.1/?token=secret")], ""), End::Stay, limits()).await;
    assert!(!format!("{error:?} {error}").contains("secret"), "{error:?}");
}
