//! The worker as a process: who becomes it, whom it outlives, when it leaves, and how quickly it is there.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use refrain::domain::generation::{Status, TakeId};
use refrain::domain::service::Service;
use refrain::worker::election;
use rustix::process::Signal;
use support::orders::{self, SHORT};
use support::patience::{until, wait_for};
use support::process;
use support::service::{KEY, Pretend};
use support::studio::Studio;
use support::worker::{Working, work};

/// Answers at once, so that nothing is asked about.
const AT_ONCE: &str = "[[rule]]\nendpoint = \"submit\"\nat_once = true\n";

/// A command that orders a short take and leaves at once.
fn front(studio: &Studio, url: &str) -> Command {
    let mut command = studio.refrain();
    command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", url, "generate", "--model", SHORT]);
    command.args(["--prompt", "slow fado, one guitar", "--set", "length=0:01", "--no-wait"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn is_held(studio: &Studio, service: &Service) -> bool {
    election::is_held(&studio.paths().worker_lock(service))
}

/// The process that drives. A front may start a second one, which finds this one and leaves.
fn driver(studio: &Studio, service: &Pretend) -> u32 {
    wait_for("a worker has signed in", || studio.store().worker(&service.service()).unwrap()).pid
}

fn all_saved(studio: &Studio) -> bool {
    studio.store().takes(None).unwrap().iter().all(|take| take.status == Status::Saved)
}

#[test]
fn of_twenty_fronts_at_once_one_worker_drives_and_each_order_is_sent_once() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let fronts: Vec<Child> = (0..20).map(|_| front(&studio, &service.url).spawn().unwrap()).collect();
    for mut front in fronts {
        assert_eq!(front.wait().unwrap().code(), Some(0));
    }
    until("all twenty are saved", || all_saved(&studio));
    until("those that found a driver have left", || studio.workers().len() <= 1);
    assert_eq!(studio.store().takes(None).unwrap().len(), 20);
    let tags = service.tags();
    assert_eq!((tags.len(), tags.into_iter().collect::<BTreeSet<_>>().len()), (20, 20));
    assert_eq!(service.ledger().len(), 20);
}

#[test]
fn a_worker_leaves_when_nothing_is_left_to_do_and_takes_its_lock_along() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    assert_eq!(front(&studio, &service.url).status().unwrap().code(), Some(0));
    until("it is saved", || all_saved(&studio));
    until("the worker leaves", || studio.workers().is_empty());
    assert!(!is_held(&studio, &service.service()));
}

#[test]
fn a_worker_is_in_a_session_of_its_own_with_nothing_of_the_terminal() {
    let (studio, service) = (Studio::new(), Pretend::start(1.0, ""));
    assert_eq!(front(&studio, &service.url).status().unwrap().code(), Some(0));
    let worker = driver(&studio, &service);
    until("it leads its own session", || {
        let stat = std::fs::read_to_string(format!("/proc/{worker}/stat")).unwrap();
        let fields: Vec<_> = stat.rsplit(") ").next().unwrap().split(' ').map(str::to_owned).collect();
        // proc(5): state, ppid, pgrp, session, tty_nr.
        fields[3] == worker.to_string() && fields[4] == "0"
    });
    let points = |file: &str| std::fs::read_link(format!("/proc/{worker}/{file}")).unwrap();
    assert_eq!(points("fd/1").to_str(), Some("/dev/null"));
    assert!(points("fd/2").starts_with(studio.path()), "{}", points("fd/2").display());
    assert_eq!(points("cwd"), studio.path());
}

#[test]
fn a_worker_outlives_the_terminal_it_was_started_from() {
    let (studio, service) = (Studio::new(), Pretend::start(15.0, ""));
    let terminal = native_pty_system().openpty(PtySize::default()).unwrap();
    let template = front(&studio, &service.url);
    let mut shell = CommandBuilder::new("sh");
    let quoted: Vec<_> = template.get_args().map(|it| format!("'{}'", it.to_string_lossy())).collect();
    let program = template.get_program().to_string_lossy().into_owned();
    shell.args(["-c", &format!("'{program}' {} && echo ordered && exec sleep 1000", quoted.join(" "))]);
    shell.env("AIMLAPI_API_KEY", KEY);
    shell.env("HOME", studio.path());
    let mut child = terminal.slave.spawn_command(shell).unwrap();
    drop(terminal.slave);
    let mut lines = BufReader::new(terminal.master.try_clone_reader().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("ordered")));
    let worker = driver(&studio, &service);
    until("the order is at the service", || service.ledger().len() == 1);
    drop(lines);
    drop(terminal.master);
    child.wait().unwrap();
    assert!(!process::is_over(worker), "the terminal is gone, the worker is not");
    until("the take is saved", || all_saved(&studio));
}

#[test]
fn a_worker_leaves_when_its_data_directory_goes() {
    let (studio, service) = (Studio::new(), Pretend::start(0.1, ""));
    studio.configure("[worker]\nidle_seconds = 600\n");
    assert_eq!(front(&studio, &service.url).status().unwrap().code(), Some(0));
    until("the order is at the service", || service.ledger().len() == 1);
    let worker = wait_for("a worker is there", || studio.workers().pop());
    drop(studio);
    // A process that is ending has no command line any more, a moment before it is over.
    until("it is over", || process::is_over(worker.id));
}

#[test]
fn a_worker_that_is_told_to_leave_finishes_what_is_on_its_way_and_begins_nothing() {
    let service = Pretend::quick("[[rule]]\nendpoint = \"submit\"\nat_once = true\ndelay_ms = 1500\n");
    let studio = Studio::new();
    studio.configure("[api]\nat_once = 1\n[worker]\nidle_seconds = 1\n");
    let song = orders::song(&mut studio.store(), "Told");
    let takes = orders::place(&studio, orders::order(song, &service.service(), SHORT, 2), Timestamp::now());
    let mut worker = support::worker::process(&studio, &service.service());
    until("the first request is on its way", || service.tags().len() == 1);
    process::send(worker.id(), Signal::TERM);
    assert_eq!(worker.wait().unwrap().code(), Some(0));
    let first = studio.take(takes[0]);
    assert!(matches!(first.status, Status::Ready | Status::Saved), "its answer was waited for: {first:?}");
    assert_eq!(studio.take(takes[1]).status, Status::Ordered);
    assert_eq!(service.tags().len(), 1);
    studio.store().withdraw(takes[1]).unwrap();
}

#[test]
fn a_worker_waits_for_the_sandbox_that_the_one_before_it_is_closing() {
    let studio = Studio::new();
    let take = orders::one(&studio, &Service::Sandbox);
    let closing = Pretend::of_world(&studio.paths().sandbox(), 10.0, "");
    let next = Working::start(&studio, &Service::Sandbox);
    until("the next one has its seat", || studio.store().worker(&Service::Sandbox).unwrap().is_some());
    assert_eq!(studio.take(take).status, Status::Ordered);
    drop(closing);
    next.done();
    assert_eq!(studio.take(take).status, Status::Saved);
}

#[test]
fn a_worker_is_idle_without_waking_up() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    studio.configure("[worker]\nidle_seconds = 600\n");
    assert_eq!(front(&studio, &service.url).status().unwrap().code(), Some(0));
    until("it is saved", || all_saved(&studio));
    until("the balance is known", || !service.visits("billing", "GET").is_empty());
    // One that finds the seat taken leaves, but may still be there.
    let worker = wait_for("one worker alone", || studio.workers().pop().filter(|_| studio.workers().len() == 1));
    let switches = || -> u64 {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", worker.id)).unwrap().flatten();
        let of = |text: &str| {
            text.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:")?.trim().parse::<u64>().ok())
        };
        tasks.filter_map(|task| of(&std::fs::read_to_string(task.path().join("status")).ok()?)).sum()
    };
    // Quiet is a whole second without a wake-up; threads that were started for work end before.
    wait_for("a second without a wake-up", || {
        let before = switches();
        thread::sleep(Duration::from_secs(1));
        (switches() == before).then_some(())
    });
}

/// A server that notes when a request has come and answers like the service.
struct Watch {
    url: String,
    arrivals: mpsc::Receiver<Instant>,
}

impl Watch {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (tell, arrivals) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut first = [0; 4];
                if stream.read_exact(&mut first).is_err() {
                    continue;
                }
                let came = Instant::now();
                let is_order = &first == b"POST";
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) <= 2 {
                        break;
                    }
                    if let Some(text) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = text.trim().parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let body = "{\"message\":\"no\",\"statusCode\":400}";
                let head = "HTTP/1.1 400 No\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length:";
                // Whoever asked may have been told to leave meanwhile.
                let _ = write!(stream, "{head} {}\r\n\r\n{body}", body.len());
                if is_order && tell.send(came).is_err() {
                    return;
                }
            }
        });
        Self { url, arrivals }
    }
}

/// Milliseconds from the commit of an order until its request has come, sorted.
fn latencies(rounds: usize, mut round: impl FnMut() -> Duration) -> Vec<u128> {
    let mut all: Vec<_> = (0..rounds).map(|_| round().as_millis()).collect();
    all.sort_unstable();
    all
}

/// What a build with checks and without optimisation is allowed more.
const SLACK: u128 = if cfg!(debug_assertions) { 3 } else { 1 };

fn hold(what: &str, latencies: &[u128], most: u128) {
    let median = latencies[latencies.len() / 2];
    println!("{what}: median {median} ms of {}, slowest {} ms", latencies.len(), latencies[latencies.len() - 1]);
    assert!(median <= most * SLACK, "{what}: {latencies:?}");
}

fn write_order(studio: &Studio, service: &Service) -> TakeId {
    let song = studio.store().song_titled("Quick").unwrap().unwrap().id;
    orders::place(studio, orders::order(song, service, SHORT, 1), Timestamp::now())[0]
}

#[test]
fn a_request_leaves_within_a_tenth_of_a_second_where_a_worker_runs() {
    let (studio, watch) = (Studio::new(), Watch::start());
    let service = Service::from(watch.url.as_str());
    orders::song(&mut studio.store(), "Quick");
    studio.configure("[worker]\nidle_seconds = 600\n");
    let mut worker = support::worker::process(&studio, &service);
    until("the worker drives", || is_held(&studio, &service));
    let times = latencies(20, || {
        let before = Instant::now();
        let take = write_order(&studio, &service);
        let came = watch.arrivals.recv().unwrap();
        studio.when(take, "its answer is read", |take| take.status == Status::Failed);
        came.duration_since(before)
    });
    hold("with a running worker", &times, 100);
    process::send(worker.id(), Signal::TERM);
    worker.wait().unwrap();
}

#[test]
fn a_request_leaves_within_a_quarter_of_a_second_where_a_worker_must_be_started() {
    let (studio, watch) = (Studio::new(), Watch::start());
    let service = Service::from(watch.url.as_str());
    orders::song(&mut studio.store(), "Quick");
    let times = latencies(20, || {
        let before = Instant::now();
        let take = write_order(&studio, &service);
        let mut worker = support::worker::process(&studio, &service);
        let came = watch.arrivals.recv().unwrap();
        studio.when(take, "its answer is read", |take| take.status == Status::Failed);
        process::send(worker.id(), Signal::TERM);
        worker.wait().unwrap();
        came.duration_since(before)
    });
    hold("with a worker to be started", &times, 250);
}

#[test]
fn the_same_worker_is_found_by_whoever_looks() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    assert_eq!(front(&studio, &service.url).status().unwrap().code(), Some(0));
    let worker = wait_for("it signed in", || studio.store().worker(&service.service()).unwrap());
    assert_eq!(worker.version, env!("CARGO_PKG_VERSION"));
    let there = studio.workers();
    assert!(there.is_empty() || there.iter().any(|process| process.id == worker.pid), "{there:?} {worker:?}");
    until("it is saved", || all_saved(&studio));
    work(&studio, &service.service());
}

#[test]
fn a_worker_that_was_started_for_a_removed_data_directory_does_not_make_it_anew() {
    let service = Pretend::quick("");
    let studio = Studio::new();
    let removed = studio.path().join("removed");
    let paths = refrain::paths::Paths::new(Some(&removed), None).unwrap();
    let key = Some(Pretend::key());
    refrain::worker::run_here(&paths, &refrain::config::Config::default(), service.service(), key).unwrap();
    assert!(!removed.exists());
}

#[test]
fn a_worker_inside_the_process_that_asks_is_not_told_to_leave() {
    let service = Service::from("http://127.0.0.1:9");
    let studio = Studio::new();
    let lock = studio.paths().worker_lock(&service);
    std::fs::create_dir_all(lock.parent().unwrap()).unwrap();
    let held = std::fs::File::create(&lock).unwrap();
    held.lock().unwrap();
    let (pid, started) = (std::process::id(), Timestamp::now());
    let row = refrain::store::workers::WorkerRow { pid, started, version: "0".to_owned() };
    let mut store = studio.store();
    store.sign_in(&service, &row).unwrap();
    assert!(election::is_held(&lock));
    // Told to leave, this process would be gone.
    refrain::worker::replace::dismiss(&store, &lock, &service).unwrap();
}
