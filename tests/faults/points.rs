//! The points themselves: what the environment may say, and that it comes true once.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use refrain::failpoint::{Deed, FIRED, Fault, Point, VARIABLE};
use rustix::process::Signal;

use crate::support::patience::until;
use crate::support::process;
use crate::support::studio::{Ended, Studio};

/// A command that writes an order down and starts nothing.
fn order(studio: &Studio, fault: &str) -> Command {
    let mut command = studio.refrain();
    command.args(["--sandbox", "generate", "--hold", "--model", "stable-audio", "--prompt", "rain"]);
    command.env(VARIABLE, fault).env(FIRED, studio.path().join("fired"));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn orders(studio: &Studio) -> usize {
    studio.store().takes(None).unwrap().len()
}

#[test]
fn every_point_has_a_name_of_its_own_by_which_it_is_found() {
    for point in Point::ALL {
        assert_eq!(Point::named(point.name()), Some(*point));
    }
    assert_eq!(Point::named("take.nowhere"), None);
}

#[test]
fn what_the_environment_says_is_read_whole_or_refused_with_a_sentence() {
    let fault = Fault { point: Point::TakeClaimed, deed: Deed::Kill, pass: 1 };
    assert_eq!(Fault::parse("take.claimed=kill"), Ok(fault));
    assert_eq!(Fault::parse("take.piece=io-error#3").unwrap().pass, 3);
    let table = [
        ("take.claimed", "`take.claimed` is not `POINT=DEED`"),
        ("take.nowhere=kill", "there is no point `take.nowhere`"),
        ("take.claimed=maim", "there is no deed `maim`"),
        ("take.claimed=kill#0", "`0` is no pass: 1 is the first"),
        ("take.claimed=kill#x", "`x` is no pass: 1 is the first"),
    ];
    for (text, sentence) in table {
        assert_eq!(Fault::parse(text), Err(sentence.to_owned()));
    }
}

#[test]
fn a_fault_that_is_misspelled_stops_the_program_instead_of_never_coming() {
    let studio = Studio::new();
    let ended = Ended::of(order(&studio, "order.rows=kill").output().unwrap());
    assert!(ended.code != 0 && ended.err.contains("there is no point `order.rows`"), "{ended:?}");
}

#[test]
fn a_step_fails_as_a_full_or_a_broken_disk_would_have_it_and_only_once() {
    for (fault, said) in [("order.row=disk-full", "full"), ("order.row=io-error", "I/O")] {
        let studio = Studio::new();
        let failed = Ended::of(order(&studio, fault).output().unwrap());
        assert!(failed.code == 1 && failed.err.contains(said), "{fault}: {failed:?}");
        assert_eq!(orders(&studio), 0, "{fault}");
        let fired = fs::read_to_string(studio.path().join("fired")).unwrap();
        assert!(fired.starts_with(fault.split_once('=').unwrap().0), "{fired}");
        let again = Ended::of(order(&studio, fault).output().unwrap());
        assert_eq!((again.code, orders(&studio)), (0, 1), "{fault}: {again:?}");
    }
}

#[test]
fn an_order_that_stands_is_not_said_to_have_failed_whatever_the_disk_says_of_it() {
    for deed in ["disk-full", "io-error"] {
        let studio = Studio::new();
        let ordered = Ended::of(order(&studio, &format!("order.written={deed}")).output().unwrap());
        assert!(studio.path().join("fired").exists());
        assert_eq!((ordered.code, ordered.out.as_str(), orders(&studio)), (0, "1\n", 1), "{deed}: {ordered:?}");
    }
}

#[test]
fn a_process_dies_at_its_point_by_the_signal_that_was_asked_for() {
    for (deed, signal) in [("abort", Signal::ABORT), ("kill", Signal::KILL)] {
        let studio = Studio::new();
        let ended = order(&studio, &format!("order.row={deed}")).output().unwrap();
        assert_eq!(ended.status.signal(), Some(signal.as_raw()), "{deed}");
        assert_eq!(orders(&studio), 0, "{deed}: what was not committed is not there");
    }
    let studio = Studio::new();
    let ended = Ended::of(order(&studio, "order.row=panic").output().unwrap());
    assert!(ended.code == 101 && ended.err.contains(VARIABLE), "{ended:?}");
}

#[test]
fn a_process_that_stops_or_waits_at_its_point_goes_on_when_it_may() {
    for deed in ["stop", "wait"] {
        let studio = Studio::new();
        let fired = studio.path().join("fired");
        let mut waiting = order(&studio, &format!("order.row={deed}")).spawn().unwrap();
        until("the point is reached", || fired.exists());
        if deed == "stop" {
            let state = || fs::read_to_string(format!("/proc/{}/stat", waiting.id())).unwrap();
            until("it is suspended", || state().rsplit(") ").next().unwrap().starts_with('T'));
            process::send(waiting.id(), Signal::CONT);
        } else {
            assert!(waiting.try_wait().unwrap().is_none());
            let text = fs::read_to_string(&fired).unwrap();
            fs::write(&fired, text + "go on\n").unwrap();
        }
        assert!(waiting.wait().unwrap().success(), "{deed}");
        assert_eq!(orders(&studio), 1, "{deed}");
    }
}

#[test]
fn a_process_that_hangs_at_its_point_holds_what_it_holds() {
    let studio = Studio::new();
    drop(studio.store());
    let mut hung = order(&studio, "order.row=hang").spawn().unwrap();
    until("the point is reached", || studio.path().join("fired").exists());
    assert!(hung.try_wait().unwrap().is_none());
    hung.kill().unwrap();
    hung.wait().unwrap();
    assert_eq!(orders(&studio), 0);
}
