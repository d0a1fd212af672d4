//! What an upload of a large file costs the worker in memory: measured with the others, in `measures`.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use jiff::Timestamp;
use refrain::domain::recording::Frozen;
use refrain::domain::reference::{Purpose, Reference, ReferenceId};
use refrain::domain::service::Service;
use refrain::store::Store;
use refrain::store::uploads::{Added, NewUpload, Source};

use crate::patience::until;

const MEGABYTE: u64 = 1_000_000;

/// The recording that is uploaded, and what the worker may grow by meanwhile.
const RECORDING: u64 = 100 * MEGABYTE;
const GROWTH: u64 = 4 * MEGABYTE;

/// Takes every upload as it comes and gives it the id of a voice; refuses everything else.
fn service() -> Service {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let service = Service::from(format!("http://{}", listener.local_addr().unwrap()).as_str());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    service
}

fn answer(mut stream: TcpStream) {
    let mut piece = vec![0; 1 << 16];
    let read = stream.read(&mut piece).unwrap_or(0);
    let head = String::from_utf8_lossy(&piece[..read]).into_owned();
    let (status, body) = if head.starts_with("POST /v2/generate/audio/minimax/upload ") {
        let header = |line: &str| line.strip_prefix("content-length: ").map(str::to_owned);
        let length: usize = head.lines().find_map(header).unwrap().parse().unwrap();
        let mut left = length - (read - head.find("\r\n\r\n").unwrap() - 4);
        while left > 0 {
            left -= stream.read(&mut piece).unwrap();
        }
        ("200 OK", r#"{"voice_id":"vocal-1","base_resp":{"status_code":0}}"#)
    } else {
        ("404 Not Found", "{}")
    };
    write!(stream, "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
}

/// The most memory that a process ever had, in bytes.
fn most_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

fn worker(data: &Path, service: &Service) -> Child {
    fs::write(data.join("config.toml"), "[worker]\nidle_seconds = 60\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_refrain"));
    command.arg("--data-dir").arg(data).args(["worker", "--service", &service.to_string()]).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"a-key-for-measuring").unwrap();
    child
}

/// An upload of that many bytes, which only look like a recording.
fn upload(data: &Path, service: &Service, name: &str, bytes: u64) -> ReferenceId {
    let folder = data.join("recordings");
    fs::create_dir_all(&folder).unwrap();
    let file_name = format!("{name}.mp3");
    let mut file = File::create(folder.join(&file_name)).unwrap();
    file.write_all(b"ID3\x04\0").unwrap();
    file.set_len(bytes).unwrap();
    let frozen = Frozen { name: file_name, content: name.to_owned(), bytes, duration_ms: 60_000, converted: None };
    let new = NewUpload {
        name: name.to_owned(),
        purpose: Purpose::Voice,
        service: service.clone(),
        source: Source::File { file: folder.join("its source.mp3"), frozen },
        part: None,
        force: false,
        key_print: None,
        anew: false,
    };
    match Store::open(data).unwrap().add_upload(&new, Timestamp::now()).unwrap() {
        Added::New(id) => id,
        other => panic!("{other:?}"),
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "it is the memory of the program that people run that counts")]
fn a_large_upload_takes_no_more_memory_than_a_small_one() {
    let (data, service) = (tempfile::tempdir().unwrap(), service());
    let store = Store::open(data.path()).unwrap();
    let is_done = |id| {
        let Reference { voice_id, upload, .. } = store.reference(id).unwrap();
        assert_eq!(upload.and_then(|upload| upload.message), None);
        voice_id.is_some()
    };
    // What any request takes, as its buffers and the service's certificates, is there after a small one.
    let small = upload(data.path(), &service, "small", MEGABYTE);
    let mut worker = worker(data.path(), &service);
    until("the small one is there", || is_done(small));
    let before = most_memory(worker.id());
    let begin = Instant::now();
    let large = upload(data.path(), &service, "large", RECORDING);
    until("the large one is there", || is_done(large));
    let (took, growth) = (begin.elapsed(), most_memory(worker.id()) - before);
    worker.kill().unwrap();
    worker.wait().unwrap();
    let megabytes = growth as f64 / MEGABYTE as f64;
    println!("an upload of 100 MB: the worker grows by {megabytes:.1} MB, in {took:?}");
    assert!(growth < GROWTH, "{growth} bytes");
}
