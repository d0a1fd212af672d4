//! `doctor`: a row for everything that refrain stands on, and a state and a hint for each thing amiss.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::Status;
use refrain::domain::reference::Purpose;
use refrain::domain::service::Service;
use refrain::store::Durability;
use refrain::store::generations::Change;
use refrain::store::uploads::{NewUpload, Source};
use refrain::store::workers::WorkerRow;
use serde_json::Value;

use super::SHORT;
use crate::support::orders;
use crate::support::service::KEY;
use crate::support::studio::{Ended, Studio};

/// `doctor` where nothing of the person who runs the tests shows through.
fn doctor(studio: &Studio) -> Command {
    let mut command = studio.refrain();
    fs::set_permissions(studio.path(), fs::Permissions::from_mode(0o700)).unwrap();
    for name in ["ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "REQUEST_METHOD", "TMUX", "STY", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm-256color").env("LC_ALL", "C.UTF-8").arg("doctor");
    command
}

/// The rows as a script sees them.
fn rows(command: &mut Command) -> (i32, Vec<Value>) {
    let ended = Ended::of(command.arg("--json").output().unwrap());
    assert_eq!(ended.err, "");
    (ended.code, ended.json().as_array().unwrap().clone())
}

/// State and everything that is said of the rows of a check.
#[track_caller]
fn said(rows: &[Value], check: &str) -> String {
    let of_check = rows.iter().filter(|row| row["check"] == check);
    let said: Vec<_> = of_check.map(|row| format!("{} {} {}", row["state"], row["found"], row["hint"])).collect();
    assert!(!said.is_empty(), "no row `{check}`: {rows:#?}");
    said.join("\n").replace('"', "")
}

/// What is asked of a row: its check, its state, and words in it.
type Expected<'a> = (&'a str, &'a str, &'a str);

#[track_caller]
fn expect(rows: &[Value], (check, state, words): Expected<'_>) {
    let said = said(rows, check);
    assert!(said.lines().any(|line| line.starts_with(state) && line.contains(words)), "{words}: {said}");
}

#[test]
fn where_all_is_well_every_family_has_a_row_and_the_exit_is_zero() {
    let studio = Studio::new();
    assert_eq!(studio.run(["--sandbox", "generate", "--wait"].iter().chain(&SHORT)).code, 0);
    let (code, rows) = rows(doctor(&studio).env("AIMLAPI_API_KEY", KEY));
    assert_eq!(code, 0, "{rows:#?}");
    let families = [
        ("refrain", "version"),
        ("configuration", "config.toml"),
        ("service", "https://api.aimlapi.com"),
        ("key", "from the variable AIMLAPI_API_KEY, fingerprint "),
        ("terminal", "`xterm-256color`"),
        ("colours", "theme `dark`"),
        ("characters", "UTF-8"),
        ("multiplexer", "none"),
        ("connection", ""),
        ("editor", ""),
        ("player", ""),
        ("config folder", "free"),
        ("data folder", "ok `"),
        ("log folder", "free"),
        ("music folder", "free"),
        ("file system", "`"),
        ("watching", "a change is heard after"),
        ("database", "format"),
        ("soundness", "SQLite finds no damage"),
        ("takes", "0 under way, 0 held"),
        ("worker", "sandbox: "),
        ("clock", "UTC"),
        ("time zone", ":"),
        ("proxy", "none"),
        ("leaving", "running takes"),
    ];
    for (check, words) in families {
        assert!(said(&rows, check).contains(words), "{check}: {}", said(&rows, check));
    }
    let known: Vec<_> = families.iter().map(|(check, _)| *check).collect();
    for row in &rows {
        assert!(known.contains(&row["check"].as_str().unwrap()), "{row}");
        assert_eq!(row["hint"].is_null(), row["state"] == "ok", "only what is amiss has a hint: {row}");
    }
    assert!(rows.iter().all(|row| !row.to_string().contains(KEY)), "the key is never told");
}

#[test]
fn rows_for_people_are_plain_and_narrow_and_end_with_a_sum() {
    let studio = Studio::new();
    let deep = studio.path().join("a-folder-with-quite-a-long-name/".repeat(4));
    let mut command = doctor(&studio);
    command.env("LC_ALL", "C").env("HTTPS_PROXY", "ftp://x").arg("--data-dir").arg(&deep);
    let ended = Ended::of(command.output().unwrap());
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.out.is_ascii() && ended.out.lines().all(|line| line.len() <= 80), "{}", ended.out);
    assert!(ended.out.contains("look  characters      LC_ALL is `C`"), "{}", ended.out);
    assert!(ended.err.starts_with("1 bad, "), "{}", ended.err);
    assert!(!deep.exists(), "nothing was made");
}

#[test]
fn looking_changes_nothing() {
    let studio = Studio::new();
    let before = studio.files();
    rows(&mut doctor(&studio));
    assert_eq!(studio.files(), before);
}

#[test]
fn what_flags_variables_and_files_have_wrong_is_told_with_what_mends_it() {
    type Set = fn(&Studio, &mut Command);
    let table: [(Set, Expected<'_>); 12] = [
        (|studio, _| studio.configure("[api]\nat_once = 0\n"), ("configuration", "bad", "at_once")),
        (
            |_, command| {
                command.args(["--config", "/nonexistent.toml"]);
            },
            ("configuration", "bad", "is not there"),
        ),
        (
            |_, command| {
                command.args(["--base-url", "http://example.org"]);
            },
            ("service", "bad", "plain `http`"),
        ),
        (
            |_, command| {
                command.env("AIMLAPI_KEY", "two words");
            },
            ("key", "bad", "AIMLAPI_KEY"),
        ),
        (
            |studio, _| studio.configure("[api]\nkey_command = \"exit 3\"\n"),
            ("key", "bad", "`api.key_command` failed: exit status: 3"),
        ),
        (|studio, _| readable_key(studio), ("key", "bad", "chmod 600")),
        (
            |_, command| {
                command.env("AIMLAPI_API_KEY", "key-number-one").env("AIML_API_KEY", "key-number-two");
            },
            ("other keys", "look", "AIML_API_KEY holds another key"),
        ),
        (
            |_, command| {
                command.env("ALL_PROXY", "socks5://localhost:1");
            },
            ("proxy", "bad", "SOCKS"),
        ),
        (|studio, _| studio.configure("[player]\ncommand = \"no-such-player\"\n"), ("player", "bad", "no-such-player")),
        (
            |_, command| {
                command.env("TERM", "dumb");
            },
            ("terminal", "look", "commands work"),
        ),
        (
            |_, command| {
                command.env("VISUAL", "no-such-editor -w");
            },
            ("editor", "look", "no-such-editor"),
        ),
        (
            |studio, _| fs::set_permissions(studio.path(), fs::Permissions::from_mode(0o755)).unwrap(),
            ("data folder", "look", "chmod 700"),
        ),
    ];
    for (set, expected) in table {
        let studio = Studio::new();
        let mut command = doctor(&studio);
        set(&studio, &mut command);
        let (code, rows) = rows(&mut command);
        expect(&rows, expected);
        assert_eq!(code == 1, expected.1 == "bad", "{expected:?}: {rows:#?}");
    }
}

fn readable_key(studio: &Studio) {
    let file = studio.path().join("key");
    fs::write(&file, KEY).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
}

#[test]
fn a_data_directory_that_cannot_be_is_bad_and_everything_else_is_still_looked_at() {
    let studio = Studio::new();
    let file = studio.path().join("file");
    fs::write(&file, "").unwrap();
    let mut command = doctor(&studio);
    let (code, rows) = rows(command.arg("--data-dir").arg(file.join("below")));
    assert_eq!(code, 1);
    for check in ["data folder", "log folder", "music folder"] {
        expect(&rows, (check, "bad", "cannot be written"));
    }
    expect(&rows, ("database", "ok", "none yet"));
    expect(&rows, ("clock", "ok", "UTC"));
}

/// A database with takes in it, so that it has more than a page.
fn filled(studio: &Studio) -> std::path::PathBuf {
    let song = orders::song(&mut studio.store(), "Night Ferry");
    orders::place(studio, orders::order(song, &Service::Sandbox, orders::SHORT, 40), Timestamp::now());
    let connection = rusqlite::Connection::open(studio.path().join("refrain.db")).unwrap();
    // Everything is in the one file then.
    connection.pragma_update(None, "journal_mode", "delete").unwrap();
    studio.path().join("refrain.db")
}

/// Spoils a database from a page on, counted from 0.
fn overwrite(studio: &Studio, first: impl Fn(usize) -> usize) {
    const PAGE: usize = 4096;
    let file = filled(studio);
    let mut bytes = fs::read(&file).unwrap();
    let first = first(bytes.len() / PAGE);
    bytes[first * PAGE..].fill(0x5a);
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_database_that_is_newer_damaged_or_none_is_bad() {
    type Spoil = fn(&Studio);
    let table: [(Spoil, Expected<'_>); 5] = [
        (
            |studio| {
                let connection = rusqlite::Connection::open(filled(studio)).unwrap();
                connection.pragma_update(None, "user_version", 99).unwrap();
            },
            ("database", "bad", "written by a newer refrain"),
        ),
        (
            |studio| fs::write(studio.path().join("refrain.db"), "no database ".repeat(99)).unwrap(),
            ("database", "bad", "not a database"),
        ),
        (|studio| overwrite(studio, |pages| pages - 3), ("soundness", "bad", "damaged")),
        // Not even the names of the tables are left.
        (|studio| overwrite(studio, |_| 1), ("database", "bad", "malformed")),
        (|studio| fs::create_dir(studio.path().join("refrain.db")).unwrap(), ("database", "bad", "could not be read")),
    ];
    for (spoil, expected) in table {
        let studio = Studio::new();
        spoil(&studio);
        let (code, rows) = rows(&mut doctor(&studio));
        expect(&rows, expected);
        assert_eq!(code, 1, "{rows:#?}");
    }
}

#[test]
fn a_worker_that_is_late_away_or_of_another_version_is_told() {
    let studio = Studio::new();
    let take = orders::one(&studio, &Service::Sandbox);
    let due = |from_now: i64| {
        let due = Some(Timestamp::now() + SignedDuration::from_secs(from_now));
        let change = Change::default().due(due);
        assert!(studio.store().advance(take, &[Status::Ordered], change, Durability::Ordinary).unwrap());
    };
    let worker = || rows(&mut doctor(&studio)).1;
    due(100);
    expect(&worker(), ("worker", "look", "none is at work for 1 take"));
    due(-60);
    expect(&worker(), ("worker", "bad", "refrain restart"));
    let lock = studio.paths().worker_lock(&Service::Sandbox);
    fs::create_dir_all(lock.parent().unwrap()).unwrap();
    let seat = fs::File::create(lock).unwrap();
    seat.lock().unwrap();
    let row = |version: &str| WorkerRow { pid: 4_194_305, started: Timestamp::now(), version: version.to_owned() };
    studio.store().sign_in(&Service::Sandbox, &row(env!("CARGO_PKG_VERSION"))).unwrap();
    expect(&worker(), ("worker", "bad", "process 4194305"));
    due(100);
    expect(&worker(), ("worker", "ok", "acts next in"));
    studio.store().sign_in(&Service::Sandbox, &row("0.0.9")).unwrap();
    expect(&worker(), ("worker", "look", "version 0.0.9, another version than this"));
    assert!(studio.store().hold(take).unwrap());
    expect(&worker(), ("takes", "ok", "0 under way, 1 held"));
}

#[test]
fn a_worker_that_is_late_with_an_upload_is_told_as_well() {
    let studio = Studio::new();
    let upload = |due: Timestamp| {
        let source = Source::Url("https://a.example/1.mp3".to_owned());
        let (name, service, purpose) = ("Mara".to_owned(), Service::Sandbox, Purpose::Voice);
        let new = NewUpload { name, purpose, service, source, part: None, force: false, key_print: None, anew: true };
        studio.store().add_upload(&new, due).unwrap();
    };
    let worker = || rows(&mut doctor(&studio)).1;
    upload(Timestamp::now() + SignedDuration::from_secs(100));
    expect(&worker(), ("worker", "look", "none is at work for 1 upload"));
    expect(&worker(), ("uploads", "ok", "1 under way or waiting"));
    upload(Timestamp::now() - SignedDuration::from_secs(60));
    let late = worker();
    expect(&late, ("worker", "bad", "late with 2 uploads"));
    expect(&late, ("worker", "bad", "refrain restart"));
    studio.store().wait_for_key(&Service::Sandbox).unwrap();
    expect(&worker(), ("worker", "look", "none, and 2 uploads wait for the key"));
}

#[test]
fn a_clock_behind_what_refrain_wrote_is_bad() {
    let studio = Studio::new();
    let tomorrow = Timestamp::now() + SignedDuration::from_hours(24);
    studio.store().new_song("Night Ferry", &orders::draft(), "the test", tomorrow).unwrap();
    let (code, rows) = rows(&mut doctor(&studio));
    expect(&rows, ("clock", "bad", "refrain wrote at"));
    assert_eq!(code, 1);
}
