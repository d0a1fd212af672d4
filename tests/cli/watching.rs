//! `wait` and `watch`: one line for each change, in the order in which it was committed.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use refrain::domain::generation::{Status, TakeId};
use refrain::store::Durability;
use refrain::store::generations::Change;
use rustix::process::Signal;
use serde_json::Value;

use super::{SHORT, at, begin, generate};
use crate::support::orders;
use crate::support::patience::until;
use crate::support::process;
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};

/// A command whose lines are read while it runs.
struct Running {
    child: Child,
    lines: Receiver<Value>,
}

impl Running {
    fn of(mut child: Child) -> Self {
        let (tell, lines) = channel();
        let out: BufReader<ChildStdout> = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let object = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
                if tell.send(object).is_err() {
                    break;
                }
            }
        });
        Self { child, lines }
    }

    /// The next line.
    #[track_caller]
    fn line(&self) -> Value {
        self.lines.recv_timeout(Duration::from_secs(30)).expect("a line comes")
    }

    fn interrupt(self) -> i32 {
        process::send(self.child.id(), Signal::INT);
        Ended::of(self.child.wait_with_output().unwrap()).code
    }
}

/// A studio with one held take on the sandbox.
fn with_one() -> Studio {
    let studio = Studio::new();
    let ended = studio.refrain().args(["--sandbox", "generate", "--hold"]).args(SHORT).output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    studio
}

fn advance(studio: &Studio, change: Change) {
    assert!(studio.store().advance(TakeId(1), &Status::ALL, change, Durability::Ordinary).unwrap());
}

/// Begins to watch and returns once it does: a rating that changes is seen.
fn watching(studio: &Studio, arguments: &[&str]) -> Running {
    let running = Running::of(begin(studio.refrain().args(["watch", "--json"]).args(arguments)));
    let mut rating = 0;
    until("it watches", || {
        rating = rating % 5 + 1;
        advance(studio, Change::default().rating(rating));
        running.lines.recv_timeout(Duration::from_millis(20)).is_ok()
    });
    advance(studio, Change::default().rating(0));
    while running.line()["marks"]["rating"] != 0 {}
    running
}

/// The statuses of these lines, each once where it repeats.
fn statuses(lines: &[Value]) -> Vec<Status> {
    let mut statuses: Vec<_> =
        lines.iter().map(|line| Status::named(line["status"].as_str().unwrap()).unwrap()).collect();
    statuses.dedup();
    statuses
}

#[test]
fn watch_prints_a_line_for_each_committed_change_in_their_order() {
    let studio = with_one();
    let running = watching(&studio, &[]);
    let changes: [(&str, Change); 5] = [
        ("ordered", Change::to(Status::Ordered)),
        ("sending", Change::to(Status::Sending)),
        ("queued", Change::to(Status::Queued).remote_id("gen-1".to_owned())),
        ("working", Change::to(Status::Working)),
        ("failed", Change::to(Status::Failed).message(Some("no such beat".to_owned()))),
    ];
    for (status, change) in changes {
        advance(&studio, change);
        let line = running.line();
        assert_eq!((&line["id"], &line["status"]), (&1.into(), &status.into()));
        let listed = studio.run(["list", "--json"]).json();
        assert_eq!(line, listed[0], "it is the record that `list` prints");
    }
    // How far a download has come is no change of the record.
    advance(&studio, Change::default().received(17));
    advance(&studio, Change::default().note("heard it".to_owned()));
    assert_eq!(running.line()["marks"]["note"], "heard it");
    advance(&studio, Change::to(Status::Held));
    assert_eq!(running.line()["status"], "held");
    assert_eq!(studio.run(["withdraw", "1"]).code, 0);
    assert_eq!(running.line()["status"], "withdrawn");
    assert_eq!(running.interrupt(), 130);
}

#[test]
fn watch_tells_every_step_of_a_burst_in_the_order_of_their_commits() {
    let studio = with_one();
    let ended = studio.refrain().args(["--sandbox", "generate", "--hold"]).args(SHORT).output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    let running = watching(&studio, &[]);
    let burst = [Status::Ordered, Status::Sending, Status::Queued, Status::Working, Status::Ready, Status::Held];
    let mut store = studio.store();
    for status in burst {
        for take in [TakeId(1), TakeId(2)] {
            assert!(store.advance(take, &Status::ALL, Change::to(status), Durability::Ordinary).unwrap());
        }
    }
    assert!(store.withdraw(TakeId(2)).unwrap() && store.withdraw(TakeId(1)).unwrap());
    let both = burst.iter().flat_map(|status| [(1, status.name()), (2, status.name())]);
    for (id, status) in both.chain([(2, "withdrawn"), (1, "withdrawn")]) {
        let line = running.line();
        assert_eq!((&line["id"], &line["status"]), (&id.into(), &status.into()));
    }
    assert_eq!(running.interrupt(), 130);
}

#[test]
fn watch_sees_new_takes_or_only_those_that_are_named() {
    let studio = with_one();
    let (all, named) = (watching(&studio, &[]), watching(&studio, &["1"]));
    // What `named` needed to begin is seen by `all` as well.
    let ended = studio.refrain().args(["--sandbox", "generate", "--hold"]).args(SHORT).output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    until("the new take is told", || all.line()["id"] == 2);
    advance(&studio, Change::default().note("one".to_owned()));
    assert_eq!((&named.line()["id"], all.line()["id"].clone()), (&1.into(), 1.into()));
    assert_eq!((all.interrupt(), named.interrupt()), (130, 130));
    assert_eq!(studio.run(["watch", "17"]).code, 2);
}

#[test]
fn watch_until_idle_sees_a_take_through_its_life_and_ends() {
    let (studio, service) = (Studio::new(), Pretend::start(100.0, ""));
    orders::one(&studio, &service.service());
    let ended = Ended::of(at(&studio, &service).args(["watch", "--json", "--until-idle"]).output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    let lines = ended.json_lines();
    let seen = statuses(&lines);
    let mut in_order = seen.clone();
    in_order.sort_by_key(|status| Status::ALL.iter().position(|other| other == status));
    assert_eq!(seen, in_order, "no step is told before the one before it");
    assert_eq!(seen.last(), Some(&Status::Saved));
    assert!(lines.windows(2).all(|pair| pair[0] != pair[1]), "no line is told twice: {lines:?}");
    let idle = studio.run(["watch", "--until-idle"]);
    assert_eq!((idle.code, idle.out.as_str()), (0, ""), "nothing is left to do");
}

#[test]
fn watch_ends_with_four_where_nobody_can_work_on_what_is_left() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    orders::one(&studio, &service.service());
    let ended = studio.run(["watch", "--until-idle", "--json"]);
    assert_eq!(ended.code, 4, "{ended:?}");
    assert!(ended.err.contains("nobody works on takes of"), "{}", ended.err);
}

#[test]
fn watch_tells_people_in_the_rows_of_the_list() {
    let studio = with_one();
    let watching = begin(studio.refrain().args(["watch", "--until-idle"]));
    assert_eq!(watching.wait_with_output().unwrap().stdout, b"", "a held order is not waited for");
    let mut child = begin(studio.refrain().arg("watch"));
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let (tell, told) = channel();
    std::thread::spawn(move || lines.try_for_each(|line| tell.send(line).ok()));
    let mut rating = 0;
    until("it tells of a rating", || {
        rating = rating % 5 + 1;
        advance(&studio, Change::default().rating(rating));
        let line = told.recv_timeout(Duration::from_millis(20));
        line.is_ok_and(|line| line.starts_with("   1  Loose takes  take 1  stable-audio  held  rated "))
    });
    assert_eq!(studio.run(["withdraw", "1"]).code, 0);
    until("it tells the end", || {
        let line = told.recv_timeout(Duration::from_secs(1));
        line.is_ok_and(|line| line.starts_with("   1  Loose takes  take 1  stable-audio  taken back"))
    });
    process::send(child.id(), Signal::INT);
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn nobody_who_stops_reading_makes_a_watch_fail() {
    let studio = with_one();
    let mut child = begin(studio.refrain().args(["watch", "--json"]));
    drop(child.stdout.take());
    let mut rating = 0;
    until("it writes and finds nobody", || {
        rating = rating % 5 + 1;
        advance(&studio, Change::default().rating(rating));
        child.try_wait().unwrap().is_some()
    });
    let ended = child.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), ended.stderr.as_slice()), (Some(0), &b""[..]));
}

#[test]
fn wait_prints_one_object_a_line_as_takes_change_and_end() {
    let (studio, service) = (Studio::new(), Pretend::start(100.0, ""));
    let song = orders::song(&mut studio.store(), "Night Ferry");
    orders::place(&studio, orders::order(song, &service.service(), orders::SHORT, 2), jiff::Timestamp::now());
    let ended = Ended::of(at(&studio, &service).args(["wait", "--all", "--json"]).output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    let lines = ended.json_lines();
    for id in [1, 2] {
        let of_it: Vec<Value> = lines.iter().filter(|line| line["id"] == id).cloned().collect();
        assert_eq!(of_it[0]["status"], "ordered", "the first line is how it was");
        assert_eq!(of_it.last().unwrap()["status"], "saved");
        let mut in_order = statuses(&of_it);
        in_order.sort_by_key(|status| Status::ALL.iter().position(|other| other == status));
        assert_eq!(statuses(&of_it), in_order);
    }
    let over = Ended::of(at(&studio, &service).args(["wait", "1", "2", "--json"]).output().unwrap());
    assert_eq!((over.code, over.json_lines().len()), (0, 2), "what is over is told once: {over:?}");
    let rows = studio.run(["wait", "1", "2"]);
    assert_eq!((rows.code, rows.out.lines().count()), (0, 2), "{rows:?}");
    assert_eq!(studio.run(["wait", "1", "--all"]).code, 2);
}

#[test]
fn wait_ends_with_130_on_ctrl_c_and_with_5_when_its_time_is_over() {
    let (studio, service) = (Studio::new(), Pretend::start(0.5, ""));
    assert_eq!(generate(&studio, &service, &[]).code, 0);
    let running = Running::of(begin(at(&studio, &service).args(["wait", "--json"])));
    let first = running.line();
    assert_eq!(first["id"], 1, "how it is at first is told at once");
    assert_eq!(running.interrupt(), 130);
    let timed = Ended::of(at(&studio, &service).args(["wait", "--timeout", "0s"]).output().unwrap());
    assert_eq!((timed.code, timed.out.lines().count()), (5, 1), "what still runs is a row too: {timed:?}");
}
