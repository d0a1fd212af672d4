//! What it costs, measured from the far end of the pty. `cargo test --release --test pty measures --
//! --nocapture --test-threads 1` prints the figures that the README states.

use std::time::{Duration, Instant};

use crate::service::Service;
use crate::terminal::{Setup, Terminal};

/// The strict bounds hold for the program that people run; a debug build is given this much more.
const DEBUG_ALLOWANCE: u32 = if cfg!(debug_assertions) { 20 } else { 1 };

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[test]
fn the_first_whole_screen_comes_at_once() {
    let data = tempfile::tempdir().unwrap();
    // The first start makes the database; people start it again and again.
    Terminal::refrain(data.path(), &Setup::default()).expect("[Verse 1]");
    let starts = (0..20).map(|_| {
        let start = Instant::now();
        let terminal = Terminal::refrain(data.path(), &Setup::default());
        terminal.expect("C-g order").duration_since(start)
    });
    let median = median(starts.collect());
    println!("start to the whole first screen: {median:?}");
    assert!(median < Duration::from_millis(50) * DEBUG_ALLOWANCE, "{median:?}");
}

#[test]
fn a_key_is_answered_at_once_and_costs_few_bytes() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("[Verse 1]");
    let mut times = Vec::new();
    let mut sizes = Vec::new();
    let mut typed = String::new();
    for letter in "my all that running heart and all the rain on me".chars() {
        typed.push(letter);
        let shown = typed.trim_end().to_owned();
        let bytes = terminal.bytes();
        let start = terminal.keys(&letter.to_string());
        let end = terminal.until("the letter", |screen| {
            let contents = screen.contents();
            contents.contains(&shown) && screen.cursor_position().1 as usize >= typed.len()
        });
        times.push(end.duration_since(start));
        sizes.push(terminal.bytes() - bytes);
    }
    sizes.sort_unstable();
    let (median, bytes) = (median(times), sizes[sizes.len() / 2]);
    println!("key to screen: {median:?}; {bytes} bytes a key");
    assert!(median < Duration::from_millis(5) * DEBUG_ALLOWANCE, "{median:?}");
    assert!(bytes <= 60, "{bytes} bytes a key");
}

/// Voluntary context switches of all threads of a process: each is a wake-up.
fn wake_ups(pid: i32) -> u64 {
    std::fs::read_dir(format!("/proc/{pid}/task"))
        .unwrap()
        .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("status")).ok())
        .filter_map(|status| {
            status.lines().find_map(|l| l.strip_prefix("voluntary_ctxt_switches:")?.trim().parse::<u64>().ok())
        })
        .sum::<u64>()
}

#[test]
fn idle_it_sends_no_byte_and_wakes_no_core() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("config.toml"), "[worker]\nidle_seconds = 1\n").unwrap();
    let terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("C-g order");
    // The worker has asked for the balance and left: from here on nothing should move.
    let lock = data.path().join("worker/sandbox.lock");
    terminal.until("the worker gone", |_| lock.exists() && !refrain::worker::election::is_held(&lock));
    let quiet = || (terminal.bytes(), wake_ups(terminal.pid()));
    let mut before = quiet();
    // Three seconds in a row without a byte or a wake-up: the figure is what is asked for, not a wait.
    for attempt in 0.. {
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(3) {
            std::thread::park_timeout(Duration::from_secs(3).saturating_sub(start.elapsed()));
        }
        let after = quiet();
        // Fewer where a thread has ended meanwhile and took its count along: that is movement, too.
        println!("idle for 3 s: {} bytes, {} wake-ups", after.0 - before.0, after.1.abs_diff(before.1));
        if after == before {
            return;
        }
        assert!(attempt < 3, "it moves: {before:?}, then {after:?}");
        before = after;
    }
}

/// Orders from the keyboard `rounds` times; `before` is done before each confirming key.
fn order_latencies(rounds: usize, idle_seconds: u32, before: impl Fn(&std::path::Path, &Terminal)) -> Vec<Duration> {
    let service = Service::open();
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("config.toml"), format!("[worker]\nidle_seconds = {idle_seconds}\n")).unwrap();
    let arguments = ["--data-dir", data.path().to_str().unwrap(), "--base-url", &service.url];
    let setup = Setup { environment: &[("AIMLAPI_API_KEY", "a-key-for-measuring")], ..Setup::default() };
    let mut terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments, &setup);
    terminal.expect("Untitled");
    terminal.keys("\x1b[Z");
    terminal.keys("slow waltz for measuring");
    terminal.keys("\t");
    terminal.keys("[Verse]\rOne line to sing\r");
    terminal.expect("One line to sing");
    let mut times = Vec::new();
    for round in 0..rounds {
        // Another text each time, as the same request again would ask first.
        terminal.keys(&format!("and {round} "));
        terminal.keys("\x07");
        terminal.expect("Enter order");
        before(data.path(), &terminal);
        let confirmed = terminal.keys("\r");
        times.push(service.order().duration_since(confirmed));
        terminal.expect_gone("Enter order");
        terminal.expect(&format!("this song {}", round + 1));
        terminal.until("all refused", |screen| {
            let contents = screen.contents();
            !contents.contains("in line") && !contents.contains("sending")
        });
    }
    times
}

#[test]
fn a_confirmed_order_leaves_at_once_when_a_worker_is_at_work() {
    let rounds = if cfg!(debug_assertions) { 5 } else { 20 };
    let median = median(order_latencies(rounds, 60, |_, _| {}));
    println!("confirming key to the request, worker at work: {median:?}");
    assert!(median < Duration::from_millis(100) * DEBUG_ALLOWANCE, "{median:?}");
}

#[test]
fn a_confirmed_order_leaves_at_once_when_the_worker_must_be_started() {
    let rounds = if cfg!(debug_assertions) { 3 } else { 20 };
    let gone = |data: &std::path::Path, terminal: &Terminal| {
        let locks = data.join("worker");
        terminal.until("the worker gone", |_| {
            let Ok(locks) = std::fs::read_dir(&locks) else { return false };
            let locks: Vec<_> = locks.map(|lock| lock.unwrap().path()).collect();
            !locks.is_empty() && !locks.iter().any(|lock| refrain::worker::election::is_held(lock))
        });
    };
    let median = median(order_latencies(rounds, 1, gone));
    println!("confirming key to the request, worker to be started: {median:?}");
    assert!(median < Duration::from_millis(250) * DEBUG_ALLOWANCE, "{median:?}");
}
