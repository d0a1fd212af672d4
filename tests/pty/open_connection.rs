//! A song that comes over an open connection arrives, whatever becomes of the screen meanwhile.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, Take, Why};
use refrain::store::Store;

use crate::answering::{Answering, Script, answer};
use crate::rows::{Row, USUAL, Wrapper};
use crate::sounds::{holding, mp3};
use crate::terminal::{Setup, Terminal};
use crate::wrappers::{Shell, Sshd, folder, is_at_hand};

const CTRL_G: &str = "\x07";
const CTRL_Q: &str = "\x11";

/// A service that sends half of a song, and the other half when it is told.
fn service() -> Answering {
    let body = holding(&mp3(4.0), 4.0).to_string();
    let whole = answer(200, "x-aimlapi-credits-used: 63000\r\n", body.as_bytes());
    let (begin, rest) = whole.split_at(whole.len() / 2);
    Answering::start(Script { begin: begin.to_vec(), rest: Some(rest.to_vec()) })
}

/// The arguments of a screen at that service.
fn arguments<'a>(data: &'a Path, service: &'a Answering) -> [&'a str; 4] {
    ["--data-dir", data.to_str().unwrap(), "--base-url", service.url()]
}

/// A song that waits to be ordered.
fn write_song(data: &Path) {
    std::fs::write(data.join("config.toml"), "[worker]\nidle_seconds = 1\n").unwrap();
    let settings = ["voice-id", "instrumental-id"].map(|name| (name.to_owned(), format!("{name}-1")));
    let draft = Draft {
        model: "music-01".to_owned(),
        lyrics: "The last boat leaves at ten".to_owned(),
        settings: settings.into(),
        ..Draft::default()
    };
    let mut store = Store::open(data).unwrap();
    let song = store.new_song("Night Ferry", &draft, "the test", Timestamp::now()).unwrap();
    store.open_song(song, Timestamp::now()).unwrap();
}

/// A screen with one take of which half a song has come.
fn with_half_a_song(data: &Path, service: &Answering) -> Terminal {
    write_song(data);
    let setup = Setup { environment: &[("AIMLAPI_API_KEY", "a-key-for-songs")], ..Setup::default() };
    let mut terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments(data, service), &setup);
    order_half_a_song(&mut terminal, data);
    terminal
}

/// Orders the take, and waits until half of it has come.
fn order_half_a_song(terminal: &mut Terminal, data: &Path) {
    terminal.expect("The last boat");
    terminal.keys(CTRL_G);
    terminal.expect("Enter order");
    terminal.keys("\r");
    terminal.until("half a song", |_| has_half(data));
    terminal.expect("fetching 0.0 of");
}

fn has_half(data: &Path) -> bool {
    take(data).is_some_and(|take| take.received > 0 && take.why == Some(Why::Open))
}

fn take(data: &Path) -> Option<Take> {
    Store::open(data).unwrap().takes(None).unwrap().into_iter().next()
}

/// Lets the service go on, and waits for the song.
fn arrives(data: &Path, service: &Answering) {
    assert_eq!(take(data).unwrap().status, Status::Sending, "the worker holds on to it");
    service.go_on();
    crate::patience::until("the song on disk", || take(data).is_some_and(|take| take.status == Status::Saved));
    let saved = take(data).unwrap();
    assert!(saved.file.unwrap().is_file());
    assert_eq!(service.orders().len(), 1, "and it was ordered once");
    crate::patience::until("the worker gone", || crate::process::naming(data.to_str().unwrap()).is_empty());
}

#[test]
fn quitting_the_screen_leaves_the_connection_open_and_the_song_arrives() {
    let (data, service) = (tempfile::tempdir().unwrap(), service());
    let mut terminal = with_half_a_song(data.path(), &service);
    terminal.keys(CTRL_Q);
    assert!(terminal.ended().success());
    arrives(data.path(), &service);
}

#[test]
fn killing_the_screen_leaves_the_connection_open_and_the_song_arrives() {
    let (data, service) = (tempfile::tempdir().unwrap(), service());
    with_half_a_song(data.path(), &service).kill();
    arrives(data.path(), &service);
}

#[test]
fn a_line_over_ssh_that_breaks_leaves_the_connection_open_and_the_song_arrives() {
    if !is_at_hand(Wrapper::Ssh) {
        return;
    }
    let (folder, service, sshd) = (folder(), service(), Sshd::open());
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    write_song(&data);
    let row = Row { wrapper: Wrapper::Ssh, ..USUAL };
    let mut shell = Shell::open(&row, folder.path(), Some(&sshd));
    let words = arguments(&data, &service).join(" ");
    let program = env!("CARGO_BIN_EXE_refrain");
    shell.terminal.keys(&format!("AIMLAPI_API_KEY=a-key-for-songs {program} {words}\r"));
    order_half_a_song(&mut shell.terminal, &data);
    shell.terminal.kill();
    arrives(&data, &service);
}

#[test]
fn closing_the_terminal_leaves_the_connection_open_and_the_song_arrives() {
    let (data, service) = (tempfile::tempdir().unwrap(), service());
    write_song(data.path());
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_refrain"));
    command.args(arguments(data.path(), &service));
    command.env_clear();
    for (name, value) in
        [("TERM", "xterm"), ("LANG", "C.UTF-8"), ("HOME", "/nonexistent"), ("AIMLAPI_API_KEY", "a-key-for-songs")]
    {
        command.env(name, value);
    }
    let mut screen = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let (mut seen, mut keys) = (pair.master.try_clone_reader().unwrap(), pair.master.take_writer().unwrap());
    let (closed, drawn) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let reading = std::thread::spawn({
        let (closed, drawn) = (Arc::clone(&closed), Arc::clone(&drawn));
        move || {
            let (mut piece, mut screen) =
                ([0; 4096], vt100::Parser::new(24.try_into().unwrap(), 80.try_into().unwrap(), 0));
            while !closed.load(Ordering::SeqCst) {
                let Ok(length @ 1..) = seen.read(&mut piece) else { return };
                screen.process(&piece[..length]);
                drawn.fetch_or(screen.screen().contents().contains("Enter order"), Ordering::SeqCst);
            }
        }
    });
    // What is typed before the screen is there waits in the pty; the key that opens the strip never pays.
    keys.write_all(CTRL_G.as_bytes()).unwrap();
    crate::patience::until("the order strip", || drawn.load(Ordering::SeqCst));
    keys.write_all(b"\r").unwrap();
    crate::patience::until("half a song", || has_half(data.path()));
    closed.store(true, Ordering::SeqCst);
    keys.write_all(b"x").unwrap();
    reading.join().unwrap();
    // The last hands on the far end of the pty: the screen is hung up on, and nobody kills it.
    drop((keys, pair.master));
    screen.wait().unwrap();
    arrives(data.path(), &service);
}
