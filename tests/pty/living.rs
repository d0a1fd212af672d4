//! What happens to takes and words when the screen goes, in every way in which it can go.

use std::path::Path;

use refrain::domain::generation::Status;
use refrain::store::Store;
use refrain::worker::session::{Ending, Session};
use rustix::process::Signal;

use crate::terminal::{Setup, Terminal};

const CTRL_G: &str = "\x07";
const CTRL_Q: &str = "\x11";

/// Orders three takes of the example song and waits until none is in line any more.
fn order_three(terminal: &mut Terminal) {
    terminal.expect("Paper Boats");
    terminal.keys(CTRL_G);
    terminal.expect("Enter order");
    terminal.keys("3");
    terminal.expect("Order 3 takes");
    terminal.keys("\r");
    terminal.expect("3 working");
    terminal.expect_gone("in line");
}

fn statuses(data: &Path) -> Vec<Status> {
    Store::open(data).unwrap().takes(None).unwrap().iter().map(|take| take.status).collect()
}

fn lyrics(data: &Path) -> String {
    let store = Store::open(data).unwrap();
    store.draft(store.last_opened().unwrap().unwrap()).unwrap().draft.lyrics
}

#[test]
fn quitting_with_three_takes_running_says_what_goes_on_and_they_arrive() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    order_three(&mut terminal);
    terminal.keys(CTRL_Q);
    let peril = Session::of_this_process(Path::new("/"), |_| None).peril();
    if peril.is_some_and(|peril| peril.ending == Ending::Logout) {
        // Where these tests run in a session whose processes end with it, it is asked about that.
        terminal.expect("Enter leaves");
        terminal.keys("\r");
    }
    assert!(terminal.gone().success());
    let farewell = terminal.screen().contents();
    assert!(farewell.contains("3 takes"), "no word about the takes: {farewell}");
    let again = Terminal::refrain(data.path(), &Setup::default());
    again.expect("3 new to hear");
    assert_eq!(statuses(data.path()), [Status::Saved; 3]);
}

#[test]
fn a_screen_killed_with_three_takes_running_loses_none_and_pays_for_none_twice() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    order_three(&mut terminal);
    terminal.kill();
    let again = Terminal::refrain(data.path(), &Setup::default());
    again.expect("3 new to hear");
    assert_eq!(statuses(data.path()), [Status::Saved; 3]);
    let ledger = std::fs::read_to_string(data.path().join("sandbox/ledger.jsonl")).unwrap();
    let tags: std::collections::BTreeSet<_> =
        ledger.lines().filter_map(|line| line.split("refrain-").nth(1)?.get(..36)).collect();
    assert_eq!(tags.len(), 3, "not one accepted request for each take:\n{ledger}");
}

#[test]
fn words_are_on_disk_within_a_second_and_there_after_a_kill() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("[Verse 1]");
    let typed = terminal.keys("not to be lost ");
    terminal.expect("not to be lost");
    while !lyrics(data.path()).contains("not to be lost") {
        assert!(typed.elapsed().as_millis() < 5_000, "not saved");
        std::thread::yield_now();
    }
    let took = typed.elapsed();
    assert!(took.as_millis() < 1_000 || cfg!(debug_assertions), "saved after {took:?}");
    terminal.kill();
    let again = Terminal::refrain(data.path(), &Setup::default());
    again.expect("not to be lost");
}

#[test]
fn a_closed_window_keeps_the_words_typed_a_moment_before() {
    let data = tempfile::tempdir().unwrap();
    // A terminal in the terminal, whose end leaves refrain with a line that nobody holds.
    let command = format!("{} --sandbox --data-dir {}", env!("CARGO_BIN_EXE_refrain"), data.path().display());
    let mut window = Terminal::open("script", &["-qc", &command, "/dev/null"], &Setup::default());
    window.expect("[Verse 1]");
    window.keys("last words ");
    window.expect("last words");
    window.kill();
    let started = std::time::Instant::now();
    while !lyrics(data.path()).contains("last words") {
        assert!(started.elapsed().as_secs() < 20, "not saved");
        std::thread::yield_now();
    }
}

#[test]
fn sigterm_and_sighup_keep_the_words_typed_a_moment_before() {
    for signal in [Signal::TERM, Signal::HUP] {
        let data = tempfile::tempdir().unwrap();
        let mut terminal = Terminal::refrain(data.path(), &Setup::default());
        terminal.expect("[Verse 1]");
        terminal.keys("last words ");
        terminal.expect("last words");
        terminal.signal(signal);
        terminal.ended();
        assert!(lyrics(data.path()).contains("last words"), "{signal:?}");
    }
}
