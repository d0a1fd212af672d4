//! What a cover of a large file costs the worker in memory: measured with the others, in `measures`.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use refrain::domain::budget::Budget;
use refrain::domain::catalogue::Catalogue;
use refrain::domain::draft::Draft;
use refrain::domain::generation::TakeId;
use refrain::domain::recording::setting;
use refrain::domain::service::Service;
use refrain::engine::intent::{Agreed, Intent, Order, OrderLine, Reply};
use refrain::engine::orders::Desk;
use refrain::paths::Paths;
use refrain::store::Store;

use crate::patience::wait_for;
use crate::recording::keep;

/// The largest file that a cover takes; a debug build, which hashes slowly, is given less of it.
const BYTES: usize = if cfg!(debug_assertions) { 8_000_000 } else { 50_000_000 };

/// How much the worker may grow.
const MOST_GROWTH_KB: u64 = 4_000;

/// A service that reads what comes, keeps nothing of it, and refuses it; it tells how long each body was.
fn listening() -> (String, Receiver<u64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let tell = tell.clone();
            std::thread::spawn(move || refuse(stream, &tell));
        }
    });
    (url, told)
}

fn refuse(mut stream: TcpStream, tell: &Sender<u64>) -> Option<()> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?.to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let read = std::io::copy(&mut (&mut stream).take(length), &mut std::io::sink()).ok()?;
    if head.starts_with("post") {
        tell.send(read).ok()?;
    }
    let body = r#"{"message":"Not today","statusCode":400}"#;
    let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len()).ok()
}

/// The most memory that a process ever had, in kB.
fn peak(worker: &Child) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", worker.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

fn order(data: &Path, service: &Service, model: &str, settings: &[(&str, &str)]) -> TakeId {
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let draft = Draft { style: "slow waltz, brushed drums".to_owned(), settings, ..Draft::default() };
    let mut store = Store::open(data).unwrap();
    let order = Order {
        song: store.new_song("Night Ferry", &draft, "the measure", Timestamp::now()).unwrap(),
        service: service.clone(),
        draft,
        lines: vec![OrderLine { model: model.to_owned(), takes: 1 }],
        from: None,
        held: false,
        agreed: Agreed::TO_ALL,
        folder: None,
    };
    let desk = Desk {
        catalogue: Arc::new(Catalogue::embedded().unwrap()),
        music: data.join("music"),
        writer: "the measure".to_owned(),
        key_print: None,
        budget: Budget::default(),
        zone: TimeZone::UTC,
    };
    match desk.carry_out(&mut store, Intent::Order(order), Timestamp::now()).unwrap() {
        Reply::Ordered { takes } => takes[0],
        reply => panic!("{reply:?}"),
    }
}

fn is_over(data: &Path, take: TakeId) -> bool {
    Store::open(data).unwrap().take(take).unwrap().finished.is_some()
}

#[test]
fn a_cover_of_the_largest_file_is_sent_in_little_memory() {
    let data = tempfile::tempdir().unwrap();
    let folder = Paths::new(Some(data.path()), None).unwrap().recordings();
    let name = keep(&folder, &(0..BYTES).map(|n| (n * 7 + n / 251) as u8).collect::<Vec<_>>(), "wav");
    let (url, bodies) = listening();
    let service = Service::from(url.as_str());
    let small = order(data.path(), &service, "stable-audio", &[("length", "0:01")]);

    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_refrain"));
    command.arg("--data-dir").arg(data.path()).args(["worker", "--service", &url]).stdin(Stdio::piped());
    let mut worker = command.spawn().unwrap();
    worker.stdin.take().unwrap().write_all(b"a-key-for-measuring").unwrap();
    wait_for("a small order is answered", || is_over(data.path(), small).then_some(()));
    let before = peak(&worker);

    let start = Instant::now();
    let cover = order(data.path(), &service, "minimax/music-cover", &[("reference", &setting(&name))]);
    wait_for("the cover is answered", || is_over(data.path(), cover).then_some(()));
    let (took, grown) = (start.elapsed(), peak(&worker) - before);
    worker.kill().unwrap();
    worker.wait().unwrap();
    let sent = bodies.iter().take(2).max().unwrap();
    println!(
        "a cover of {} MB, {} MB on the wire: {took:?}, the worker grew by {grown} kB",
        BYTES / 1_000_000,
        sent / 1_000_000
    );
    assert!(sent > BYTES as u64 / 3 * 4, "{sent} bytes of body");
    assert!(grown < MOST_GROWTH_KB, "{grown} kB");
    assert!(took < Duration::from_secs(60), "{took:?}");
}
