//! A database of an earlier version whose carrying over breaks off: at every write, by a kill and by a full disk.

use std::process::Command;
use std::thread;

use refrain::store::schema::VERSION;

use crate::left::{columns, left_by, rows, tables, version};
use crate::support::studio::{Studio, behind};

/// What befalls a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Blow {
    /// The process is killed in it.
    Kill,
    /// The disk is full.
    Full,
}

impl Blow {
    fn injected(self) -> &'static str {
        match self {
            Self::Kill => "signal=SIGKILL",
            Self::Full => "error=ENOSPC",
        }
    }
}

/// More writes than carrying over needs: there the walk must have come to its end.
const MOST: usize = 1_000;

/// Lists the takes of a data directory, which carries it over; its write of that number goes wrong. Says whether
/// there was one.
fn carry_over(studio: &Studio, blow: Blow, number: usize) -> bool {
    let seen = studio.path().join("seen");
    let inject = format!("inject=pwrite64:{}:when={number}", blow.injected());
    let strace = ["strace", "-f", "-qq", "-e", "trace=pwrite64", "-e", &inject, "-o", seen.to_str().unwrap()];
    let mut command = behind(&strace, studio.refrain().args(["--sandbox", "list"]));
    let _ = command.output().unwrap();
    let text = std::fs::read_to_string(seen).unwrap();
    let fell = |line: &str| line.contains("(INJECTED)") || line.contains("killed by SIGKILL");
    text.lines().any(fell)
}

/// Breaks off at every write, one after the other, and looks what is there afterwards; brings how many there were.
fn walk(left: usize, blow: Blow) -> usize {
    let carried = Studio::new();
    drop(carried.store());
    let whole = tables(carried.path());
    for number in 1..MOST {
        let studio = left_by(left);
        let known = columns(studio.path());
        let older = (tables(studio.path()), rows(studio.path(), &known));
        let fell = carry_over(&studio, blow, number);
        let now = (tables(studio.path()), rows(studio.path(), &known));
        let context = format!("{blow:?} at write {number} from version {left}");
        match version(studio.path()) {
            VERSION => assert_eq!(now.0, whole, "{context}"),
            found => {
                assert_eq!(found, left as i32, "{context}");
                assert_eq!(now, older, "{context}");
            }
        }
        let store = studio.store();
        assert_eq!((version(studio.path()), tables(studio.path())), (VERSION, whole.clone()), "{context}");
        for (before, after) in older.1.iter().zip(rows(studio.path(), &known)) {
            assert!(before.iter().all(|row| after.contains(row)), "{context}");
        }
        store.takes(None).unwrap();
        if !fell {
            return number - 1;
        }
    }
    panic!("there was no end to it");
}

#[test]
fn carrying_over_that_breaks_off_at_any_write_leaves_the_older_database_or_the_newer_one_whole() {
    if Command::new("strace").arg("-V").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "there is no `strace`");
        eprintln!("skipped: no `strace`");
        return;
    }
    // The steps from the first version are those from the others, and more of them.
    let walks: Vec<_> = (1..VERSION as usize).map(|left| (left, Blow::Kill)).chain([(1, Blow::Full)]).collect();
    let walked = thread::scope(|scope| {
        let walks: Vec<_> = walks.iter().map(|(left, blow)| scope.spawn(|| walk(*left, *blow))).collect();
        walks.into_iter().map(|walk| walk.join().unwrap()).collect::<Vec<_>>()
    });
    println!("carrying over broke off {} times: {walked:?}", walked.iter().sum::<usize>());
    assert!(walked.iter().all(|writes| *writes > 10), "{walked:?}");
}
