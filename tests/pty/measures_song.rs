//! What a song over an open connection costs. `cargo test --release --test pty measures -- --nocapture
//! --test-threads 1` prints the figures that the README states.

use std::fs::File;
use std::io::{self, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use refrain::api::{Letters, SongAnswer};
use refrain::audio::hex::Decoder;
use refrain::domain::budget::Budget;
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, TakeId};
use refrain::engine::intent::{Agreed, Intent, Order, OrderLine, Reply};
use refrain::engine::orders::Desk;
use refrain::store::Store;

use crate::answering::{Answering, Script, answer};
use crate::patience::wait_for;
use crate::sounds::{holding, mp3};

/// Seconds of the MP3 of these tests that make 40 MB; a debug build, which is slow, tries a tenth.
const LONG: f64 = if cfg!(debug_assertions) { 250.6 } else { 2_506.0 };

/// A figure of a process, in bytes: `VmRSS` is what it uses, `VmHWM` the most that it ever did.
fn memory(process: u32, figure: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(figure)).unwrap();
    line.trim_start_matches(':').trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// Orders one take of music-01 and brings its number.
fn order(data: &std::path::Path, service: &Answering) -> TakeId {
    let mut store = Store::open(data).unwrap();
    let settings = [("voice-id".to_owned(), "vocal-1".to_owned())].into();
    let draft = Draft { lyrics: "One line to sing".to_owned(), settings, ..Draft::default() };
    let song = store.new_song("Long Ferry", &draft, "the test", Timestamp::now()).unwrap();
    let order = Order {
        song,
        service: service.service(),
        draft,
        lines: vec![OrderLine { model: "music-01".to_owned(), takes: 1 }],
        from: None,
        held: false,
        agreed: Agreed::TO_ALL,
        folder: None,
    };
    let catalogue = std::sync::Arc::new(refrain::domain::catalogue::Catalogue::embedded().unwrap());
    let desk = Desk {
        catalogue,
        music: data.join("music"),
        writer: "the test".to_owned(),
        key_print: None,
        budget: Budget::default(),
        zone: TimeZone::UTC,
    };
    match desk.carry_out(&mut store, Intent::Order(order), Timestamp::now()).unwrap() {
        Reply::Ordered { takes } => takes[0],
        other => panic!("not ordered: {other:?}"),
    }
}

#[test]
fn a_song_of_40_megabytes_needs_at_most_8_megabytes_of_memory() {
    let song = mp3(LONG);
    let whole = answer(200, "", holding(&song, LONG).to_string().as_bytes());
    let service = Answering::start(Script { begin: Vec::new(), rest: Some(whole) });
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("config.toml"), "[worker]\nidle_seconds = 60\n").unwrap();
    let take = order(data.path(), &service);
    let mut worker = Command::new(env!("CARGO_BIN_EXE_refrain"))
        .args(["--data-dir", data.path().to_str().unwrap(), "worker", "--service", service.url()])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    worker.stdin.take().unwrap().write_all(b"a-key-for-measuring").unwrap();
    let store = Store::open(data.path()).unwrap();
    wait_for("the open connection", || (service.orders().len() == 1).then_some(()));
    let idle = memory(worker.id(), "VmRSS");
    service.go_on();
    let saved = wait_for("the song", || Some(store.take(take).unwrap()).filter(|take| !take.status.is_live()));
    let most = memory(worker.id(), "VmHWM");
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert_eq!(saved.status, Status::Saved, "{:?}", saved.message);
    let megabytes = (most - idle) as f64 / 1_000_000.0;
    println!("a song of {} bytes: {megabytes:.1} MB of memory above idle ({} kB)", song.len(), idle / 1024);
    assert!(megabytes <= 8.0, "{megabytes:.1} MB above idle");
}

/// Decodes the letters into a file.
struct IntoFile<'a>(Decoder<&'a File>);

impl Letters for IntoFile<'_> {
    fn begin(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn take(&mut self, letters: &[u8]) -> io::Result<()> {
        self.0.push(letters)
    }
}

#[test]
fn an_answer_of_80_megabytes_is_decoded_in_less_than_a_second() {
    let song = mp3(LONG);
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("answer.json"), folder.path().join("song"));
    std::fs::write(&path, holding(&song, LONG).to_string()).unwrap();
    let begun = Instant::now();
    let file = File::create(&out).unwrap();
    let mut into = IntoFile(Decoder::new(&file));
    let input = io::BufReader::with_capacity(64 * 1024, File::open(&path).unwrap());
    let said = SongAnswer::read(input, &mut into).unwrap();
    let decoded = into.0.finish().unwrap();
    let took = begun.elapsed();
    println!("an answer of {} bytes decoded in {took:?}", path.metadata().unwrap().len());
    assert_eq!((decoded.bytes, said.broken), (song.len() as u64, None));
    assert_eq!(std::fs::read(&out).unwrap(), song);
    let allowance = if cfg!(debug_assertions) { 20 } else { 1 };
    assert!(took < Duration::from_secs(allowance), "{took:?}");
}
