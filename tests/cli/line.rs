//! Orders that wait in line, and what a person makes of takes.

use std::io::Write;
use std::process::Stdio;

use refrain::domain::generation::{Status, TakeId, Why};
use refrain::domain::service::Service;
use refrain::store::Durability;
use refrain::store::generations::Change;

use super::{SHORT, begin, generate};
use crate::support::orders;
use crate::support::patience::until;
use crate::support::service::{KEY, Pretend};
use crate::support::studio::{Ended, Studio};

/// A studio with that many held takes on the sandbox.
fn with_held(takes: usize) -> Studio {
    let studio = Studio::new();
    let ended =
        studio.refrain().args(["--sandbox", "generate", "--hold", "--takes", &takes.to_string()]).args(SHORT).output();
    assert_eq!(ended.unwrap().status.code(), Some(0));
    studio
}

fn advance(studio: &Studio, take: i64, change: Change) {
    assert!(studio.store().advance(TakeId(take), &Status::ALL, change, Durability::Ordinary).unwrap());
}

#[test]
fn all_held_orders_are_let_go_and_a_worker_sends_them() {
    let studio = with_held(3);
    advance(&studio, 2, Change::to(Status::Held).why(Some(Why::TooOld)));
    let one = studio.run(["--sandbox", "release", "3", "--json"]);
    assert_eq!((one.code, &one.json()["status"]), (0, &"ordered".into()), "{one:?}");
    assert_eq!(studio.run(["--sandbox", "release", "--all"]).code, 0);
    for id in 1..=3 {
        studio.when(TakeId(id), "it is sent", |take| take.remote_id.is_some());
    }
    let none = studio.run(["--sandbox", "release", "--all"]);
    assert_eq!((none.code, none.out.as_str(), none.err.trim_end()), (0, "", "no order is held"));
    assert_eq!(studio.run(["release"]).code, 2);
    assert_eq!(studio.run(["release", "1", "--all"]).code, 2);
}

#[test]
fn several_takes_are_served_at_once_and_what_cannot_be_done_to_one_does_not_keep_the_others_from_it() {
    let studio = with_held(3);
    advance(&studio, 2, Change::to(Status::Saved));
    let ended = studio.run(["withdraw", "1", "2", "3", "--json"]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.err.contains("take 2 is finished; `refrain hide 2` takes it out of the queue"), "{}", ended.err);
    let statuses: Vec<_> = ended.json_lines().iter().map(|record| record["status"].clone()).collect();
    assert_eq!(statuses, ["withdrawn", "saved", "withdrawn"]);
    let left: Vec<_> = studio.store().takes(None).unwrap().iter().map(|take| take.id.0).collect();
    assert_eq!(left, [2]);
    let unknown = studio.run(["rate", "2", "17", "4"]);
    assert_eq!((unknown.code, unknown.out.as_str()), (2, ""));
    assert!(unknown.err.contains("no take has the id 17") && unknown.err.contains("hint"), "{}", unknown.err);
    assert_eq!(studio.take(TakeId(2)).rating, 0, "nothing was done where one is not there");
}

#[test]
fn opinions_can_be_changed_and_taken_back() {
    let studio = with_held(2);
    advance(&studio, 1, Change::to(Status::Saved));
    assert_eq!(studio.run(["rate", "1", "2", "4"]).code, 0);
    assert_eq!((studio.take(TakeId(1)).rating, studio.take(TakeId(2)).rating), (4, 4));
    assert_eq!(studio.run(["rate", "1", "6"]).code, 2);
    let picked = studio.run(["pick", "1", "--json"]);
    assert_eq!((&picked.json()["marks"]["pick"], &picked.json()["marks"]["rating"]), (&true.into(), &4.into()));
    assert_eq!(studio.run(["pick", "2"]).code, 0);
    assert!(!studio.take(TakeId(1)).pick, "a song has one pick");
    assert_eq!(studio.run(["pick", "2", "--undo"]).code, 0);
    assert!(!studio.take(TakeId(2)).pick);
    let still = studio.run(["hide", "1", "2"]);
    assert_eq!(still.code, 1, "one that has not ended stays");
    assert!(studio.take(TakeId(1)).hidden && !studio.take(TakeId(2)).hidden);
    let shown = |more: &[&str]| studio.run(["list"].iter().chain(more)).out.lines().count();
    assert_eq!((shown(&[]), shown(&["--hidden"])), (1, 2));
    assert_eq!(studio.run(["hide", "1", "--undo"]).code, 0);
    assert_eq!(shown(&[]), 2);
}

#[test]
fn a_note_comes_from_the_command_line_or_from_standard_input() {
    let studio = with_held(1);
    let mut child = begin(studio.refrain().args(["note", "1", "-"]).stdin(Stdio::piped()));
    child.stdin.take().unwrap().write_all("the bridge\nis \"it\" 'now' $HOME\n".as_bytes()).unwrap();
    assert_eq!(Ended::of(child.wait_with_output().unwrap()).code, 0);
    assert_eq!(studio.take(TakeId(1)).note, "the bridge\nis \"it\" 'now' $HOME");
    assert_eq!(studio.run(["note", "1", "--not a flag"]).code, 0);
    assert_eq!(studio.take(TakeId(1)).note, "--not a flag");
    assert!(studio.run(["show", "1"]).out.contains("--not a flag"));
    assert_eq!(studio.run(["note", "1", ""]).code, 0);
    assert_eq!(studio.take(TakeId(1)).note, "");
}

#[test]
fn an_order_moves_in_line_and_says_when_it_is_at_the_end() {
    let studio = with_held(4);
    let line = || {
        let mut takes = studio.store().takes(None).unwrap();
        takes.sort_by(|a, b| a.place.total_cmp(&b.place));
        takes.iter().map(|take| take.id.0).collect::<Vec<_>>()
    };
    assert_eq!(studio.run(["move", "4", "first"]).code, 0);
    assert_eq!(line(), [4, 1, 2, 3]);
    assert_eq!(studio.run(["move", "1", "later"]).code, 0);
    assert_eq!(line(), [4, 2, 1, 3]);
    for place in ["first", "sooner"] {
        let end = studio.run(["move", "4", place]);
        assert_eq!(end.code, 1, "{end:?}");
        assert!(end.err.contains("at that end of the line already"), "{}", end.err);
    }
    advance(&studio, 3, Change::to(Status::Saved));
    let sent = studio.run(["move", "3", "first"]);
    assert!(sent.code == 1 && sent.err.contains("has been sent"), "{sent:?}");
    assert_eq!(studio.run(["move", "1", "up"]).code, 2);
}

#[test]
fn asking_without_the_key_says_so_and_ends_with_four() {
    let studio = Studio::new();
    orders::one(&studio, &Service::from("http://127.0.0.1:9"));
    advance(&studio, 1, Change::to(Status::Unwatched).remote_id("gen-1".to_owned()));
    let ended = studio.run(["ask", "1"]);
    assert_eq!(ended.code, 4, "{ended:?}");
    assert!(ended.err.contains("nobody works on takes of http://127.0.0.1:9"), "{}", ended.err);
    assert_eq!(studio.take(TakeId(1)).status, Status::Working, "it is asked about once the key is there");
}

#[test]
fn on_the_sandbox_nothing_that_costs_money_is_let_go_or_sent() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let held = generate(&studio, &service, &["--hold"]);
    assert_eq!(held.code, 0, "{held:?}");
    let run = |arguments: &[&str]| {
        let command = &mut studio.refrain();
        Ended::of(command.env("AIMLAPI_API_KEY", KEY).args(["--sandbox"]).args(arguments).output().unwrap())
    };
    let all = run(&["release", "--all"]);
    assert_eq!((all.code, all.out.as_str()), (0, ""), "{all:?}");
    assert!(all.err.contains(&format!("1 order of {} is left held", service.url)), "{}", all.err);
    assert!(all.err.contains("without `--sandbox`"), "{}", all.err);
    let named = run(&["release", "1"]);
    assert_eq!((named.code, named.out.as_str()), (2, ""), "{named:?}");
    assert!(named.err.contains("hint: without `--sandbox`"), "{}", named.err);
    assert_eq!(studio.take(TakeId(1)).status, Status::Held);
    until("the worker that asked for the price has left", || studio.workers().is_empty());
    // One that is in line is not sent from here either, whoever asks about it.
    advance(&studio, 1, Change::to(Status::Ordered));
    for command in [&["wait", "1"][..], &["watch", "1", "--until-idle"], &["ask", "1"]] {
        let ended = run(command);
        assert!(ended.code != 0 && ended.err.contains("without `--sandbox`"), "{command:?}: {ended:?}");
    }
    assert!(studio.workers().iter().all(|worker| !worker.command.contains(&service.url)));
    assert_eq!((studio.take(TakeId(1)).status, service.tags().len()), (Status::Ordered, 0));
}

#[test]
fn held_orders_of_the_sandbox_are_let_go_only_there() {
    let studio = with_held(1);
    let named = studio.run(["release", "1"]);
    assert!(named.code == 2 && named.err.contains("hint: with `--sandbox`"), "{named:?}");
    let all = studio.run(["release", "--all"]);
    assert!(
        all.code == 0 && all.err.contains("1 order of sandbox is left held; with `--sandbox`, `release 1`"),
        "{all:?}"
    );
    assert_eq!(studio.take(TakeId(1)).status, Status::Held);
    advance(&studio, 1, Change::to(Status::Ordered));
    let held = studio.run(["hold", "1"]);
    assert!(held.code == 0 && held.err.contains("`refrain --sandbox release 1`"), "{held:?}");
}

#[test]
fn the_ways_to_a_take_are_printed_for_shells() {
    let studio = with_held(1);
    let early = studio.run(["path", "1"]);
    assert_eq!((early.code, early.out.as_str()), (1, ""));
    let file = studio.path().join("it's one.mp3");
    std::fs::write(&file, "sound").unwrap();
    advance(&studio, 1, Change::to(Status::Saved).file(Some(file.clone())));
    let all = studio.run(["path", "1", "--json"]).json();
    assert_eq!(all["path"], file.to_str().unwrap());
    for (flag, key) in [("--scp", "scp"), ("--ssh", "ssh")] {
        let line = studio.run(["path", "1", flag]);
        assert_eq!(line.out.trim_end(), all[key].as_str().unwrap());
        assert!(line.out.starts_with(key), "{}", line.out);
    }
    assert!(all["scp"].as_str().unwrap().contains(r"it'\''s one.mp3"), "{all}");
    let data = format!("--data-dir {}", studio.path().display());
    assert!(all["ssh"].as_str().unwrap().contains(&format!("{data} cat 1 | mpv -")), "{all}");
}
