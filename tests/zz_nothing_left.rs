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

/// Processes of the suite: those at work on a test's data directory, those of the built binary, and those that were
/// told of a test's folder or hold a file in one, as a shell behind an ssh server and what serves it.
fn left() -> Vec<Process> {
    let mut found = process::naming(PREFIX);
    let binary = fs::canonicalize(env!("CARGO_BIN_EXE_refrain")).unwrap();
    let folders = fs::read_dir("/proc").unwrap().flatten();
    let ids = folders.filter_map(|folder| folder.file_name().to_str()?.parse::<u32>().ok());
    for id in ids.filter(|id| !process::is_over(*id)) {
        let is_ours = fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == binary);
        let is_ours = is_ours || (id != std::process::id() && (was_told(id) || holds(id)));
        if is_ours && found.iter().all(|process| process.id != id) {
            let command = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            found.push(Process { id, command });
        }
    }
    found
}

/// Whether a folder of a test stands in its environment.
fn was_told(id: u32) -> bool {
    let environment = fs::read(format!("/proc/{id}/environ")).unwrap_or_default();
    environment.windows(PREFIX.len()).any(|window| window == PREFIX.as_bytes())
}

/// Whether it has a file open in a folder of a test.
fn holds(id: u32) -> bool {
    let open = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
    open.filter_map(|file| fs::read_link(file.path()).ok()).any(|file| file.to_string_lossy().contains(PREFIX))
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

    // Strangers, by what they were told of and by what they hold.
    let folder = tempfile::Builder::new().prefix(PREFIX).tempdir().unwrap();
    let mut told = std::process::Command::new("sleep");
    told.arg("600").env("SCREENDIR", folder.path());
    let mut holds = std::process::Command::new("sleep");
    holds.arg("600").stderr(fs::File::create(folder.path().join("log")).unwrap());
    for mut stranger in [told, holds] {
        let mut stranger = stranger.spawn().unwrap();
        support::patience::until("it is found", || left().iter().any(|process| process.id == stranger.id()));
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }
}
