//! The last test: nothing that the others started may still be there.
//!
//! Cargo runs test programs one after the other by name, so this one comes last. Each test ends what it
//! started; this one finds what did not obey.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::fs;
use std::time::{Duration, Instant};

use support::process::{self, PREFIX, Process};

/// How long a process that is on its way out may take: a worker that was started by a command which has
/// just ended tries for its lock for 300 ms.
const GRACE: Duration = Duration::from_secs(5);

/// Processes of the suite: those at work on a test's data directory, and those of the built binary.
fn left() -> Vec<Process> {
    let mut found = process::naming(PREFIX);
    let binary = fs::canonicalize(env!("CARGO_BIN_EXE_refrain")).unwrap();
    let folders = fs::read_dir("/proc").unwrap().flatten();
    let ids = folders.filter_map(|folder| folder.file_name().to_str()?.parse::<u32>().ok());
    for id in ids.filter(|id| !process::is_over(*id)) {
        let is_ours = fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == binary);
        if is_ours && found.iter().all(|process| process.id != id) {
            let command = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            found.push(Process { id, command });
        }
    }
    found
}

#[test]
fn no_process_of_the_suite_lives_and_one_that_did_would_be_found() {
    nothing_is_left();
    a_process_that_is_left_is_found();
}

fn nothing_is_left() {
    let begin = Instant::now();
    let mut left = left();
    while !left.is_empty() && begin.elapsed() < GRACE {
        std::thread::sleep(Duration::from_millis(50));
        left = self::left();
    }
    assert!(left.is_empty(), "still there: {left:#?}");
}

fn a_process_that_is_left_is_found() {
    use std::process::Stdio;
    let world = tempfile::Builder::new().prefix("not-of-the-suite-").tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_refrain"));
    command.arg("--data-dir").arg(world.path()).args(["sandbox", "--port", "0"]);
    let mut sandbox = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    support::patience::until("it is found", || left().iter().any(|process| process.id == sandbox.id()));
    sandbox.kill().unwrap();
    sandbox.wait().unwrap();
    assert!(left().iter().all(|process| process.id != sandbox.id()));
}
