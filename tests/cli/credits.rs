//! An account that has run out, on the command line and at the prompt: one notice, and one command that lets all go.

use std::fs::{self, File};
use std::io::Write;
use std::process::Stdio;

use jiff::Timestamp;
use refrain::domain::generation::{Status, Take, TakeId, Why};
use refrain::store::Durability;
use refrain::store::generations::Change;

use super::{AT_ONCE, SHORT, at, begin, generate};
use crate::support::orders;
use crate::support::patience::until;
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};
use crate::support::worker::work;

const POOR: &str = "[account]\nstart_usd = 0.0\n";

const NOTICE: &str = "out of credits: 3 orders are held; `refrain release --all` lets them all go";

fn notices(ended: &Ended) -> Vec<&str> {
    ended.err.lines().filter(|line| line.contains("out of credits")).collect()
}

fn all_are(studio: &Studio, is: impl Fn(&Take) -> bool) -> bool {
    studio.store().takes(None).unwrap().iter().all(is)
}

#[test]
fn out_of_credits_is_said_once_whoever_waits_and_one_command_lets_all_go() {
    let (studio, service) = (Studio::new(), Pretend::quick(POOR));
    let run = |words: &[&str]| Ended::of(at(&studio, &service).args(words).output().unwrap());
    let ordered = generate(&studio, &service, &["--takes", "3", "--wait"]);
    assert_eq!((ordered.code, ordered.err.trim_end()), (4, NOTICE), "{ordered:?}");
    assert!(all_are(&studio, |take| (take.status, take.why) == (Status::Held, Some(Why::NoCredits))));
    for waiting in [&["wait", "1", "2", "3"][..], &["wait", "1", "2", "3", "--json"]] {
        let waited = run(waiting);
        assert_eq!((waited.code, notices(&waited)), (4, vec![NOTICE]), "{waited:?}");
        assert_eq!(waited.out.lines().count(), 3, "a row each: {waited:?}");
    }
    let watched = run(&["watch", "--until-idle"]);
    assert_eq!((watched.code, notices(&watched)), (0, vec![]), "what was so before is no news");
    service.follow(&format!("[account]\nstart_usd = 5.0\n{AT_ONCE}"));
    assert_eq!(run(&["release", "--all"]).code, 0);
    assert_eq!(run(&["wait", "1", "2", "3"]).code, 0);
    assert!(all_are(&studio, |take| take.status == Status::Saved));
}

#[test]
fn whoever_watches_everything_hears_of_it_once() {
    let (studio, service) = (Studio::new(), Pretend::quick(POOR));
    assert_eq!(generate(&studio, &service, &["--hold"]).code, 0);
    let printed = studio.path().join("watched.jsonl");
    let mut watch = at(&studio, &service);
    let watch = watch.args(["watch", "--json"]).stdout(File::create(&printed).unwrap()).stderr(Stdio::piped());
    let watching = watch.spawn().unwrap();
    let mut rating = 0;
    until("it watches", || {
        rating = rating % 5 + 1;
        let rated = Change::default().rating(rating);
        assert!(studio.store().advance(TakeId(1), &[Status::Held], rated, Durability::Ordinary).unwrap());
        fs::metadata(&printed).unwrap().len() > 0
    });
    let song = orders::song(&mut studio.store(), "Watched");
    orders::place(&studio, orders::order(song, &service.service(), orders::SHORT, 3), Timestamp::now());
    work(&studio, &service.service());
    let is_printed = || fs::read_to_string(&printed).unwrap().matches("\"status\":\"held\"").count() > 3;
    until("all are held", is_printed);
    let pid = rustix::process::Pid::from_child(&watching);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let ended = Ended::of(watching.wait_with_output().unwrap());
    assert_eq!((ended.code, notices(&ended)), (130, vec![NOTICE]), "{ended:?}");
}

/// Runs the prompt at a service with these lines.
fn prompt(studio: &Studio, service: &Pretend, more: &[&str], lines: &str) -> Ended {
    let mut child = begin(at(studio, service).args(more).arg("--plain").stdin(Stdio::piped()));
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    Ended::of(child.wait_with_output().unwrap())
}

#[test]
fn at_the_prompt_it_is_told_once_with_the_command_that_lets_all_go() {
    let (studio, service) = (Studio::new(), Pretend::quick(POOR));
    let mut child = begin(at(&studio, &service).arg("--plain").stdin(Stdio::piped()));
    let mut keys = child.stdin.take().unwrap();
    let text = "new Night Ferry\nmodel stable-audio\nstyle slow fado, one guitar\nset length 0:01\norder 3\nyes\n";
    keys.write_all(text.as_bytes()).unwrap();
    until("all are held", || {
        let takes = studio.store().takes(None).unwrap();
        takes.len() == 3 && takes.iter().all(|take| take.status == Status::Held)
    });
    keys.write_all(b"here\nhere\n").unwrap();
    drop(keys);
    let ended = Ended::of(child.wait_with_output().unwrap());
    let told: Vec<&str> = ended.out.lines().filter(|line| line.contains("credits")).collect();
    assert_eq!(told, ["out of credits: 3 orders are held; release --all lets them all go"], "{ended:?}");
}

#[test]
fn what_was_agreed_to_at_the_prompt_is_not_asked_about_once_more() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    assert_eq!(generate(&studio, &service, &["--wait"]).code, 0);
    let dear = ["-c", "budget.confirm_above_usd=0.01"];
    let ended = prompt(&studio, &service, &dear, "again 1 --wait\nyes\n");
    assert_eq!((ended.code, ended.out.matches("yes or no").count()), (0, 1), "{ended:?}");
    assert_eq!(service.tags().len(), 2);
    // What nobody agreed to is not agreed to by the command behind it.
    let words = [&dear[..], &["generate"], &SHORT].concat();
    let refused = Ended::of(at(&studio, &service).args(words).output().unwrap());
    assert_eq!((refused.code, service.tags().len()), (2, 2), "{refused:?}");
}
