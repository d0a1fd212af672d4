//! No process leaves its memory behind, also where the machine would write it down.

use std::fs;
use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};

use refrain::failpoint::{FIRED, VARIABLE};
use rustix::process::Signal;

use crate::support::patience::wait_for;
use crate::support::rows::each;
use crate::support::service::{KEY, Pretend};
use crate::support::studio::{Studio, behind};
use crate::support::{orders, process};
use crate::terminal::{Setup, Terminal};

/// Lifts the limit on cores, and becomes the program behind it.
const UNLIMITED: [&str; 3] = ["sh", "-c", "ulimit -c unlimited && exec \"$0\" \"$@\""];

/// Whether a process that crashes here leaves a core behind, where nobody minds. Where not, what each process allows
/// itself is the proof that is left.
fn are_left_here() -> bool {
    let studio = Studio::new();
    let mut crash = Command::new("sh");
    crash.args(["-c", "ulimit -c unlimited && kill -SEGV $$"]).current_dir(studio.path()).stderr(Stdio::null());
    let are_left = crash.status().unwrap().core_dumped();
    if !are_left {
        eprintln!("skipped: this machine writes no cores");
    }
    are_left
}

/// A command that would write a core of any size into the studio.
fn unlimited(studio: &Studio, command: &Command) -> Command {
    let mut unlimited = behind(&UNLIMITED, command);
    unlimited.current_dir(studio.path()).stdout(Stdio::null()).stderr(Stdio::null());
    unlimited
}

/// A worker that may leave a core, with the key in its memory.
fn worker(studio: &Studio, service: &Pretend, environment: &[(&str, &str)]) -> Child {
    let mut command = studio.refrain();
    command.args(["worker", "--service", &service.url]).envs(environment.iter().copied());
    let mut child = unlimited(studio, &command).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(KEY.as_bytes()).unwrap();
    child
}

/// How it ends when it is sent a signal as often as it takes: the first SIGSEGV from outside is taken for a stack
/// that might have overflowed, and only the next one ends a program of Rust.
fn crashed(child: &mut Child, signal: Signal) -> ExitStatus {
    wait_for("it crashes", || {
        let ended = child.try_wait().unwrap();
        if ended.is_none() {
            process::send(child.id(), signal);
        }
        ended
    })
}

#[track_caller]
fn assert_without_a_core(studio: &Studio, status: ExitStatus, signal: Signal) {
    assert_eq!((status.signal(), status.core_dumped()), (Some(signal.as_raw()), false));
    let name = |file: &std::path::PathBuf| file.file_name().unwrap().to_string_lossy().into_owned();
    let cores: Vec<_> = studio.files().iter().map(name).filter(|name| name.starts_with("core")).collect();
    assert!(cores.is_empty(), "{cores:?}");
}

#[test]
fn a_worker_that_crashes_leaves_no_core() {
    if !are_left_here() {
        return;
    }
    // Not QUIT: who runs this in the background of a script has it ignored.
    each([Signal::SEGV, Signal::ABORT, Signal::TRAP], |signal| {
        let (studio, service) = (Studio::new(), Pretend::start(1.0, ""));
        let take = orders::one(&studio, &service.service());
        let mut worker = worker(&studio, &service, &[]);
        studio.when(take, "it is at work", |take| take.remote_id.is_some());
        assert_without_a_core(&studio, crashed(&mut worker, signal), signal);
    });
}

#[test]
fn a_process_that_ends_itself_leaves_no_core() {
    if !are_left_here() {
        return;
    }
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let fired = studio.path().join("fired");
    orders::one(&studio, &service.service());
    let fault = [(VARIABLE, "take.claimed=abort"), (FIRED, fired.to_str().unwrap())];
    let mut worker = worker(&studio, &service, &fault);
    assert_without_a_core(&studio, worker.wait().unwrap(), Signal::ABORT);

    let studio = Studio::new();
    let mut command = studio.refrain();
    command.args(["--sandbox", "generate", "--hold", "--model", "stable-audio", "--prompt", "rain"]);
    command.env(VARIABLE, "order.row=abort").env(FIRED, studio.path().join("fired"));
    assert_without_a_core(&studio, unlimited(&studio, &command).status().unwrap(), Signal::ABORT);
}

/// Also where no core is written: a machine that hands them to another program asks for the limit as well, and nothing
/// goes there at 1 byte.
#[test]
fn every_process_allows_itself_no_core_whatever_it_was_allowed() {
    let (studio, service) = (Studio::new(), Pretend::start(1.0, ""));
    let take = orders::one(&studio, &service.service());
    let mut worker = worker(&studio, &service, &[]);
    studio.when(take, "it is at work", |take| take.remote_id.is_some());
    let mut waiting = studio.refrain();
    waiting.args(["--base-url", &service.url, "wait"]);
    let mut waiting = unlimited(&studio, &waiting).spawn().unwrap();
    let data = studio.path().to_str().unwrap();
    let screen = [env!("CARGO_BIN_EXE_refrain"), "--base-url", &service.url, "--data-dir", data];
    let screen = Terminal::open(UNLIMITED[0], &[&UNLIMITED[1..], &screen].concat(), &Setup::default());
    screen.expect("C-g order");
    let mut stranger = unlimited(&studio, Command::new("sleep").arg("600")).spawn().unwrap();
    wait_for("others may leave a core of any size", || (limit_of(stranger.id()) == "unlimited").then_some(()));
    for id in [worker.id(), waiting.id(), screen.pid().cast_unsigned()] {
        wait_for("it allows itself none", || ["1", "0"].contains(&&*limit_of(id)).then_some(()));
    }
    drop(screen);
    for process in [&mut worker, &mut waiting, &mut stranger] {
        process.kill().unwrap();
        process.wait().unwrap();
    }
}

/// How many bytes of a core a process may write at most, also where it allows itself more.
fn limit_of(id: u32) -> String {
    let limits = fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    line.split_whitespace().nth(5).unwrap().to_owned()
}
