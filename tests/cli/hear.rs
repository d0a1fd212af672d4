//! `play` and `cat`.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use refrain::domain::generation::TakeId;

use super::{AT_ONCE, generate};
use crate::support::orders;
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};

/// A studio with one saved take, and its file.
fn with_a_take() -> (Studio, std::path::PathBuf) {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let ended = generate(&studio, &service, &["--wait"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    (studio, ended.out.trim_end().into())
}

fn script(studio: &Studio, text: &str) -> String {
    let path = studio.path().join("player");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn cat_writes_the_very_bytes_and_the_take_is_heard() {
    let (studio, file) = with_a_take();
    assert!(!studio.take(TakeId(1)).heard);
    let ended = studio.run(["cat", "1"]);
    assert_eq!((ended.code, ended.err.as_str()), (0, ""));
    assert_eq!(ended.bytes, fs::read(&file).unwrap());
    assert!(studio.take(TakeId(1)).heard);
    fs::remove_file(&file).unwrap();
    let gone = studio.run(["cat", "1"]);
    assert_eq!((gone.code, gone.bytes.len()), (1, 0));
    assert!(gone.err.contains("gone"), "{}", gone.err);
}

#[test]
fn play_runs_the_configured_player_on_the_file() {
    let (studio, file) = with_a_take();
    let told = studio.path().join("told");
    let player = script(&studio, &format!("printf '%s|' \"$@\" > '{}'", told.display()));
    studio.configure(&format!("[player]\ncommand = \"{player} --quiet\"\n[worker]\nidle_seconds = 1\n"));
    let ended = studio.run(["play", "1"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(fs::read_to_string(told).unwrap(), format!("--quiet|{}|", file.display()));
    assert!(studio.take(TakeId(1)).heard);
}

#[test]
fn a_player_that_fails_or_is_missing_is_said() {
    let (studio, _) = with_a_take();
    let player = script(&studio, "exit 7");
    studio.configure(&format!("[player]\ncommand = \"{player}\"\n[worker]\nidle_seconds = 1\n"));
    let failed = studio.run(["play", "1"]);
    assert_eq!(failed.code, 1);
    assert!(failed.err.contains('7'), "{}", failed.err);
    studio.configure("[worker]\nidle_seconds = 1\n");
    let none = Ended::of(studio.refrain().env("PATH", "/nonexistent").args(["play", "1"]).output().unwrap());
    assert_eq!(none.code, 1);
    assert!(none.err.contains("mpv") && none.err.contains("refrain cat 1"), "{}", none.err);
}

#[test]
fn a_take_without_a_file_cannot_be_heard() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    orders::one(&studio, &service.service());
    for command in ["play", "cat"] {
        let ended = studio.run([command, "1"]);
        assert_eq!((ended.code, ended.out.as_str()), (1, ""));
        assert!(ended.err.contains("ordered"), "{}", ended.err);
        assert_eq!(studio.run([command, "9"]).code, 2);
    }
}
