//! A terminal at its worst: it changes its size all the time, or takes nothing for ten seconds.

use std::path::Path;
use std::time::{Duration, Instant};

use refrain::domain::generation::Status;
use refrain::store::Store;
use rustix::process::Signal;

use crate::endings::{Ending, ending_after};
use crate::process;
use crate::rows::USUAL;
use crate::terminal::{PATIENCE, Setup, Terminal};
use crate::wrappers::{Shell, folder};

const CTRL_G: &str = "\x07";
const CTRL_L: &str = "\x0c";

/// Whether the picture is right after a disturbance: painting every cell anew changes nothing.
///
/// The studio itself may move between the two pictures (a message goes, a save is told of), so a difference
/// counts only where it is there after every disturbance. A wrong cell would be: painting mends it each time,
/// and each disturbance breaks it again.
#[track_caller]
fn assert_right_picture_after(terminal: &mut Terminal, mut disturb: impl FnMut(&mut Terminal)) {
    let start = Instant::now();
    loop {
        disturb(terminal);
        let bytes = settled(terminal);
        let before = terminal.screen().contents();
        terminal.keys(CTRL_L);
        terminal.until("the whole screen painted anew", |_| terminal.bytes() > bytes + 500);
        settled(terminal);
        let after = terminal.screen().contents();
        if before == after {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "the picture was\n{before}\nand painted anew\n{after}");
    }
}

/// Waits until nothing moves any more, and says how many bytes have come.
pub fn settled(terminal: &Terminal) -> usize {
    let mut bytes = 0;
    terminal.until("nothing moves any more", |_| {
        std::thread::park_timeout(Duration::from_millis(500));
        std::mem::replace(&mut bytes, terminal.bytes()) == bytes
    });
    bytes
}

fn lyrics(data: &Path) -> String {
    let store = Store::open(data).unwrap();
    store.draft(store.last_opened().unwrap().unwrap()).unwrap().draft.lyrics
}

/// The kilobytes of memory that a process has.
fn memory(pid: i32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Two hundred sizes, fast, and then 100x30.
fn storm(terminal: &mut Terminal) {
    let sizes = [(1, 1), (40, 12), (39, 12), (300, 80), (40, 11), (120, 40), (80, 24), (2, 90), (300, 12), (61, 17)];
    for round in 0..200_u16 {
        let (columns, rows) = sizes[usize::from(round) % sizes.len()];
        terminal.resize(columns + round % 3, rows + round % 2);
    }
    terminal.resize(100, 30);
}

#[test]
fn two_hundred_changes_of_size_end_in_the_right_picture_of_the_last() {
    let data = folder();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("[Verse 1]");
    let bytes = terminal.bytes();
    storm(&mut terminal);
    terminal.keys("after the storm ");
    terminal.expect("after the storm");
    let sent = settled(&terminal) - bytes;
    println!("200 sizes: {sent} bytes");
    assert!(sent < 200 * 300 * 80, "{sent} bytes: fewer frames than sizes, and each a screenful at most");
    assert_right_picture_after(&mut terminal, storm);
    terminal.resize(20, 5);
    terminal.expect("40x12");
}

#[test]
fn while_a_terminal_stalls_for_ten_seconds_orders_go_out_words_are_kept_and_nothing_piles_up() {
    const STALL: Duration = Duration::from_secs(10);
    let data = folder();
    let setup = Setup { columns: 300, rows: 80, ..Setup::default() };
    let mut terminal = Terminal::refrain(data.path(), &setup);
    terminal.expect("[Verse 1]");
    let bytes = terminal.bytes();
    terminal.keys(CTRL_L);
    terminal.until("the screen painted anew", |_| terminal.bytes() > bytes + 2_000);
    let frame = terminal.bytes() - bytes;
    let start = Instant::now();
    terminal.stall(true);
    paint(&mut terminal, 100);
    for letter in "typed into the dark ".chars() {
        terminal.keys(&letter.to_string());
    }
    let store = Store::open(data.path()).unwrap();
    wait("the words in the store", || lyrics(data.path()).contains("typed into the dark "));
    // Ordered while nothing can be seen: the worker delivers meanwhile.
    terminal.keys(CTRL_G);
    terminal.keys("\r");
    let before = memory(terminal.pid());
    let saved = || store.takes(None).unwrap().iter().filter(|take| take.status == Status::Saved).count();
    wait("the take on disk", || saved() == 1);
    println!("ordered, made and saved after {:?} of the stall", start.elapsed());
    while start.elapsed() < STALL {
        paint(&mut terminal, 20);
    }
    paint(&mut terminal, 200);
    let (grown, bytes) = (memory(terminal.pid()).saturating_sub(before), terminal.bytes());
    terminal.stall(false);
    terminal.expect("typed into the dark");
    terminal.expect("1 new to hear");
    let backlog = terminal.bytes() - bytes;
    println!("memory grew by {grown} kB; of more than 300 frames of {frame} bytes, {backlog} bytes came");
    assert!(backlog < 30 * frame, "old frames were sent: {backlog} bytes");
    assert!(grown < 8_000, "memory grew by {grown} kB");
    terminal.keys("and seen again ");
    terminal.expect("typed into the dark and seen again");
    assert_right_picture_after(&mut terminal, |terminal| {
        terminal.stall(true);
        terminal.keys("once more ");
        paint(terminal, 20);
        terminal.stall(false);
    });
}

/// Asks for so many whole frames, slowly enough that each is drawn.
fn paint(terminal: &mut Terminal, frames: usize) {
    for _ in 0..frames {
        terminal.keys(CTRL_L);
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// Waits for something that is not seen on the screen.
#[track_caller]
fn wait(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

#[test]
fn a_stalled_screen_can_still_be_told_to_leave_and_keeps_the_words() {
    let data = folder();
    let mut terminal = Terminal::refrain(data.path(), &Setup { columns: 300, rows: 80, ..Setup::default() });
    terminal.expect("[Verse 1]");
    terminal.stall(true);
    paint(&mut terminal, 100);
    terminal.keys("last words ");
    wait("the words in the store", || lyrics(data.path()).contains("last words "));
    terminal.signal(Signal::TERM);
    assert!(terminal.ended().success());
}

/// From now on the terminal takes nothing, and more waits for it than fits between.
fn stalled(terminal: &mut Terminal) {
    terminal.stall(true);
    paint(terminal, 100);
}

#[test]
fn after_a_storm_of_sizes_the_terminal_is_as_before_however_it_ends() {
    // In the middle of it ...
    ending_after(storm, Ending::Terminated);
    // ... and when it is over.
    let weathered = |terminal: &mut Terminal| {
        storm(terminal);
        terminal.keys("after the storm ");
        terminal.expect("after the storm");
    };
    ending_after(weathered, Ending::SuspendedAndQuit);
}

#[test]
fn after_a_stall_the_terminal_is_as_before_however_it_ends() {
    for ending in [Ending::Quit, Ending::Terminated, Ending::HungUp] {
        ending_after(stalled, ending);
    }
}

#[test]
fn a_window_that_got_another_size_while_refrain_was_stopped_is_filled_when_it_goes_on() {
    let folder = folder();
    let mut shell = Shell::open(&USUAL, folder.path(), None);
    let terminal = &mut shell.terminal;
    terminal.keys(&format!("{} --sandbox --data-dir {}\r", env!("CARGO_BIN_EXE_refrain"), folder.path().display()));
    terminal.expect("[Verse 1]");
    terminal.resize(20, 5);
    terminal.expect("40x12");
    terminal.keys("\x1a");
    terminal.expect_gone("40x12");
    wait("refrain being stopped", || is_stopped(folder.path()));
    terminal.resize(100, 30);
    terminal.keys("fg\r");
    terminal.expect("[Verse 1]");
}

#[test]
fn who_comes_back_to_a_stalled_terminal_sees_the_picture_once_it_takes_some() {
    let folder = folder();
    let mut shell = Shell::open(&USUAL, folder.path(), None);
    let terminal = &mut shell.terminal;
    terminal.keys(&format!("{} --sandbox --data-dir {}\r", env!("CARGO_BIN_EXE_refrain"), folder.path().display()));
    terminal.expect("[Verse 1]");
    terminal.keys("\x1a");
    terminal.expect_gone("[Verse 1]");
    terminal.expect("prompt>");
    terminal.stall(true);
    // More than fits between is on its way when refrain takes the terminal again; the second is for that.
    let full = folder.path().join("full");
    terminal.keys(&format!("(yes | head -c 400000; : > {0}) & sleep 1; fg %1 > {0}.fg\r", full.display()));
    wait("refrain going on", || full.with_extension("fg").exists() && !is_stopped(folder.path()));
    terminal.stall(false);
    wait("all of the other's words", || full.exists());
    // What the other wrote last may stand over the picture.
    terminal.keys(CTRL_L);
    terminal.expect("[Verse 1]");
}

/// Whether the refrain on this data directory is stopped, as by Ctrl-Z.
fn is_stopped(data: &Path) -> bool {
    let found = process::naming(&format!("--sandbox --data-dir {}", data.display()));
    let stat = |id: u32| std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    found.iter().any(|found| stat(found.id).contains(") T "))
}
