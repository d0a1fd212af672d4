//! A database of a newer refrain: every face refuses it with one sentence and touches nothing.

use std::process::{Command, Stdio};

use refrain::domain::service::Service;
use refrain::store::schema::VERSION;

use crate::left::{open, tables, version};
use crate::support::studio::{Ended, Studio};
use crate::support::{orders, worker};
use crate::terminal::{Setup, Terminal};

const NEWER: i32 = VERSION + 95;

/// A data directory with an order in it, which a newer refrain has carried over since.
fn newer() -> Studio {
    let studio = Studio::new();
    orders::one(&studio, &Service::Sandbox);
    open(studio.path()).pragma_update(None, "user_version", NEWER).unwrap();
    studio
}

fn sentence() -> String {
    format!(
        "error: this database was written by a newer refrain (format {NEWER}, this one knows {VERSION}); start the \
         newer one\n"
    )
}

#[track_caller]
fn is_refused(studio: &Studio, command: &mut Command) {
    let ended = Ended::of(command.output().unwrap());
    assert_eq!((ended.code, ended.out.as_str(), ended.err), (1, "", sentence()), "{command:?}");
    assert_eq!(version(studio.path()), NEWER);
}

#[test]
fn a_database_of_a_newer_refrain_is_refused_by_commands_prompt_and_worker_with_the_sentence() {
    let studio = newer();
    let before = tables(studio.path());
    let commands: [&[&str]; 6] = [
        &["list"],
        &["generate", "--model", orders::SHORT, "--prompt", "rain", "--yes"],
        &["wait"],
        &["song", "list"],
        &["restart"],
        &["--plain"],
    ];
    for arguments in commands {
        is_refused(&studio, studio.refrain().arg("--sandbox").args(arguments));
    }
    is_refused(&studio, studio.refrain().args(["worker", "--service", "sandbox"]).stdin(Stdio::null()));
    assert_eq!(tables(studio.path()), before);
    assert!(studio.workers().is_empty(), "nobody was started");
}

#[test]
fn a_worker_as_a_front_starts_it_leaves_a_database_of_a_newer_refrain_alone() {
    let studio = newer();
    let service = Service::from("http://127.0.0.1:9");
    assert_eq!(worker::process(&studio, &service).wait().unwrap().code(), Some(1));
    let status: String = open(studio.path()).query_row("SELECT status FROM takes", (), |row| row.get(0)).unwrap();
    assert_eq!((status.as_str(), version(studio.path())), ("ordered", NEWER));
}

#[test]
fn a_screen_says_that_the_database_is_of_a_newer_refrain_where_it_would_have_opened() {
    let studio = newer();
    let mut terminal = Terminal::refrain(studio.path(), &Setup::default());
    assert_eq!(terminal.ended().exit_code(), 1);
    let said = terminal.transcript().replace('\r', "");
    assert!(said.contains(&sentence()), "{said}");
    assert_eq!(version(studio.path()), NEWER);
}
