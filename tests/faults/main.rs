//! The second command: everything that is broken on purpose, for which the program is built with points at which it
//! fails. `cargo test --features failpoints --test faults`
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "../support/mod.rs"]
mod support;

mod aftermath;
mod canary;
mod carried;
mod cores;
mod handed;
mod hostile;
mod journeys;
mod kills;
mod lane;
#[path = "../store/left.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod left;
mod points;
mod proxy;
mod recorder;
mod replaced;
mod room;
#[path = "../pty/row.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod row;
mod seen;
mod ssh;
mod storm;
mod strace;
#[path = "../pty/terminal.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod terminal;
mod trial;
mod truths;
mod walk;
#[path = "../pty/wrappers.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod wrappers;

use support::process;
