//! Uploads on the wire: exactly the form that the service wants, streamed, and nothing of the person's in it.

use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use refrain::api::{Ids, Limits, Rebuff, Recording, RecordingKind, Uploaded};
use refrain::domain::reference::Purpose;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::server::{End, KEY, Server, answer, header_names};

const TAG: &str = "tag-1";
const VOICE: &str = r#"{"voice_id":"vocal-1","base_resp":{"status_code":0,"status_msg":"success"}}"#;

/// A file with a telling name, and these bytes.
struct Kept {
    folder: TempDir,
    length: u64,
}

impl Kept {
    fn new(bytes: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        File::create(folder.path().join("Mara in the kitchen.mp3")).unwrap().write_all(bytes).unwrap();
        Self { folder, length: bytes.len() as u64 }
    }

    fn of_megabytes(megabytes: usize) -> Self {
        Self::new(&vec![b'x'; megabytes << 20])
    }

    fn recording(&self, purpose: Purpose, kind: RecordingKind) -> Recording {
        let file = File::open(self.folder.path().join("Mara in the kitchen.mp3")).unwrap();
        Recording { purpose, kind, file, length: self.length }
    }

    fn voice(&self) -> Recording {
        self.recording(Purpose::Voice, RecordingKind::Mp3)
    }
}

fn voice(id: &str) -> Uploaded {
    Uploaded::Taken(Ids { voice: Some(id.to_owned()), instrumental: None })
}

#[tokio::test]
async fn an_upload_is_a_form_of_a_purpose_and_a_file_under_a_name_of_ours_with_its_true_length() {
    let bytes = "ID3 not really\r\n--sound--\r\n\r\n";
    let kept = Kept::new(bytes.as_bytes());
    let table = [
        (Purpose::Voice, RecordingKind::Mp3, "voice", "recording.mp3", "audio/mpeg"),
        (Purpose::Instrumental, RecordingKind::Wav, "instrumental", "recording.wav", "audio/wav"),
        (Purpose::Song, RecordingKind::Mp3, "song", "recording.mp3", "audio/mpeg"),
    ];
    for (purpose, kind, word, name, content_type) in table {
        let server = Server::saying(answer(200, &[], VOICE), End::Stay).await;
        server.client(Limits::default()).upload(kept.recording(purpose, kind), TAG, &mut |_| {}).await;

        let request = server.requests().remove(0);
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /v2/generate/audio/minimax/upload HTTP/1.1\r\n"), "{head}");
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        assert_eq!(header("authorization: "), format!("Bearer {KEY}"));
        assert_eq!(header("x-client-request-id: "), TAG);
        assert_eq!(header("content-length: "), body.len().to_string());
        assert!(!header_names(&request).contains("transfer-encoding"), "{head}");
        let edge = header("content-type: multipart/form-data; boundary=");
        let expected = format!(
            "--{edge}\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n{word}\r\n\
             --{edge}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: {content_type}\r\n\r\n{bytes}\r\n--{edge}--\r\n"
        );
        assert_eq!(body, expected);
        assert!(!request.contains("Mara") && !request.contains(kept.folder.path().to_str().unwrap()), "{request}");
    }
}

#[tokio::test]
async fn progress_counts_the_bytes_of_the_recording_up_to_its_last() {
    let kept = Kept::of_megabytes(3);
    let server = Server::saying(answer(200, &[], VOICE), End::Stay).await;
    let mut steps = Vec::new();
    let client = server.client(Limits::default());
    let uploaded = client.upload(kept.voice(), TAG, &mut |sent| steps.push(sent)).await;
    assert_eq!(uploaded, voice("vocal-1"));
    assert!(steps.len() > 3 && steps.is_sorted(), "{steps:?}");
    assert_eq!(steps.last(), Some(&(3 << 20)));
}

#[tokio::test]
async fn an_upload_may_be_repeated_and_each_has_a_connection_of_its_own() {
    let kept = Kept::of_megabytes(1);
    let server = Server::saying(answer(200, &[], VOICE), End::Stay).await;
    let client = server.client(Limits::default());
    for _ in 0..2 {
        assert_eq!(client.upload(kept.voice(), TAG, &mut |_| {}).await, voice("vocal-1"));
    }
    assert_eq!(server.connections().await, 2);
    let requests = server.requests();
    let lengths: Vec<_> = requests.iter().map(String::len).collect();
    assert_eq!(lengths[0], lengths[1], "the body is built anew, and whole");
}

#[tokio::test]
async fn a_file_that_grows_meanwhile_is_sent_as_long_as_it_was_announced_and_one_that_shrinks_is_not_passed_off() {
    let kept = Kept::new(b"twelve bytes");
    for (announced, whole) in [(6, true), (20, false)] {
        let server = Server::saying(answer(200, &[], VOICE), End::Stay).await;
        let recording = Recording { length: announced, ..kept.voice() };
        let uploaded = server.client(Limits::default()).upload(recording, TAG, &mut |_| {}).await;
        assert_eq!(matches!(uploaded, Uploaded::Taken(_)), whole, "{announced} of 12: {uploaded:?}");
        let sent = server.requests();
        assert_eq!(sent.first().is_some_and(|request| request.contains("\r\n\r\ntwelve\r\n--")), whole, "{sent:?}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_may_be_tried_again() {
    let kept = Kept::of_megabytes(1);
    for end in [End::Close, End::Reset] {
        let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n{\"voice_id\":", end).await;
        let uploaded = server.client(Limits::default()).upload(kept.voice(), TAG, &mut |_| {}).await;
        assert!(matches!(uploaded, Uploaded::Again { .. }), "{end:?}: {uploaded:?}");
    }
    let server = Server::hanging_up().await;
    let uploaded = server.client(Limits::default()).upload(kept.voice(), TAG, &mut |_| {}).await;
    assert!(matches!(uploaded, Uploaded::Again { .. }), "{uploaded:?}");
}

/// A listener whose only guest is treated like this.
async fn treating<F: Future<Output = ()> + Send>(
    treat: impl FnOnce(TcpStream) -> F + Send + 'static,
) -> (refrain::api::Client, Limits) {
    treating_within(Limits { upload: Duration::from_millis(500), ..Limits::default() }, treat).await
}

async fn treating_within<F: Future<Output = ()> + Send>(
    limits: Limits,
    treat: impl FnOnce(TcpStream) -> F + Send + 'static,
) -> (refrain::api::Client, Limits) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { treat(listener.accept().await.unwrap().0).await });
    let key = refrain::api::ApiKey::new(KEY).unwrap();
    (refrain::api::Client::new(&url, Some(key), limits).unwrap(), limits)
}

#[tokio::test]
async fn an_upload_of_which_nothing_moves_has_stalled() {
    // More than the buffers of a connection hold, and nothing of it is read.
    let kept = Kept::of_megabytes(24);
    let (client, _) = treating(|stream| async move {
        let _stream = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let mut sent = 0;
    match client.upload(kept.voice(), TAG, &mut |step| sent = step).await {
        Uploaded::Again { sentence, .. } => assert!(sentence.contains("in time"), "{sentence}"),
        other => panic!("{other:?}"),
    }
    assert!(sent < 24 << 20, "{sent} bytes left");
}

#[tokio::test]
async fn an_answer_that_never_comes_is_not_waited_for_without_end() {
    let server = Server::saying("", End::Silence).await;
    let hasty = Limits { upload: Duration::from_millis(150), slowest_line: u64::MAX, ..Limits::default() };
    let kept = Kept::of_megabytes(1);
    let uploaded = server.client(hasty).upload(kept.voice(), TAG, &mut |_| {}).await;
    assert!(matches!(uploaded, Uploaded::Again { .. }), "{uploaded:?}");
}

#[tokio::test]
async fn an_answer_is_waited_for_until_the_slowest_line_has_carried_what_was_handed_over() {
    let kept = Kept::of_megabytes(1);
    // What is handed over at once takes four seconds of such a line, and a quarter of a second of the other.
    let slow = Limits { upload: Duration::from_millis(150), slowest_line: 1 << 18, ..Limits::default() };
    let quick = Limits { slowest_line: 1 << 22, ..slow };
    for (limits, is_heard) in [(slow, true), (quick, false)] {
        let (client, _) = treating_within(limits, move |mut stream| async move {
            let (mut piece, mut left) = (vec![0; 1 << 16], 1 << 20);
            while left > 0 {
                left -= stream.read(&mut piece).await.unwrap().min(left);
            }
            tokio::time::sleep(Duration::from_millis(if is_heard { 600 } else { 20_000 })).await;
            let _ = stream.write_all(&answer(200, &[], VOICE)).await;
        })
        .await;
        let begin = Instant::now();
        let uploaded = client.upload(kept.voice(), TAG, &mut |_| {}).await;
        assert_eq!(matches!(uploaded, Uploaded::Taken(_)), is_heard, "{limits:?}: {uploaded:?}");
        assert!(begin.elapsed() > Duration::from_millis(390), "{:?}", begin.elapsed());
        assert!(is_heard || begin.elapsed() < Duration::from_secs(10), "{:?}", begin.elapsed());
    }
}

#[test]
fn what_may_still_wait_in_this_machine_does_not_grow_with_the_recording() {
    let limits = Limits::default();
    let minutes = |length: u64| limits.upload_answer(length).as_secs() / 60;
    assert_eq!((minutes(0), minutes(1 << 20)), (2, 4));
    assert_eq!(minutes(60_000_000), minutes(8 << 20));
    assert!(minutes(u64::MAX) < 20, "{} minutes", minutes(u64::MAX));
}

#[tokio::test]
async fn a_slow_line_is_no_failure() {
    let kept = Kept::of_megabytes(24);
    let (client, limits) = treating(|mut stream| async move {
        let mut piece = vec![0; 1 << 20];
        let mut left = 24 << 20;
        while left > 0 {
            left -= stream.read(&mut piece).await.unwrap().min(left);
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        stream.write_all(&answer(200, &[], VOICE)).await.unwrap();
    })
    .await;
    let begin = Instant::now();
    assert_eq!(client.upload(kept.voice(), TAG, &mut |_| {}).await, voice("vocal-1"));
    assert!(begin.elapsed() > limits.upload, "quicker than the limit of a stall: {:?}", begin.elapsed());
}

#[tokio::test]
async fn a_service_that_says_no_before_it_has_read_everything_is_heard() {
    let kept = Kept::of_megabytes(24);
    let (client, _) = treating(|mut stream| async move {
        let mut piece = vec![0; 4096];
        assert!(stream.read(&mut piece).await.unwrap() > 0);
        stream.write_all(&answer(413, &[("connection", "close")], "too large")).await.unwrap();
        while stream.read(&mut piece).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    match client.upload(kept.voice(), TAG, &mut |_| {}).await {
        Uploaded::Refused { kind, .. } => assert_eq!(kind, Rebuff::TooLarge),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn dropping_an_upload_closes_its_connection() {
    let kept = Kept::of_megabytes(24);
    let (begun, has_begun) = oneshot::channel();
    let (over, is_over) = oneshot::channel();
    let (client, _) = treating(|mut stream| async move {
        let mut piece = vec![0; 4096];
        assert!(stream.read(&mut piece).await.unwrap() > 0);
        begun.send(()).unwrap();
        while stream.read(&mut piece).await.is_ok_and(|read| read > 0) {}
        over.send(()).unwrap();
    })
    .await;
    let mut progress = |_| {};
    tokio::select! {
        uploaded = client.upload(kept.voice(), TAG, &mut progress) => panic!("{uploaded:?}"),
        begun = has_begun => begun.unwrap(),
    }
    tokio::time::timeout(Duration::from_secs(20), is_over).await.unwrap().unwrap();
}
