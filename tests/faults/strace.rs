//! In which order files and the database reach the disk, as `strace` sees it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::journeys::Journey;
use crate::lane::Lane;
use crate::support::patience::until;
use crate::trial::impatient;

/// `strace`, unless it is missing: then its tests are passed over, but not in a submission.
fn traced(seen: &Path, calls: &str, command: &Command) -> Option<Command> {
    if Command::new("strace").arg("-V").output().is_err() {
        assert!(std::env::var_os("CI").is_none(), "there is no `strace`");
        eprintln!("skipped: no `strace`");
        return None;
    }
    let mut traced = Command::new("strace");
    traced.args(["-f", "-y", "-qq", "-s", "300", "-e", &format!("trace={calls}"), "-o"]).arg(seen);
    traced.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => traced.env(name, value),
            None => traced.env_remove(name),
        };
    }
    Some(traced)
}

/// The place of the first line that has all of these.
fn place(lines: &[&str], parts: &[&str]) -> usize {
    lines.iter().position(|line| parts.iter().all(|part| line.contains(part))).unwrap_or_else(|| {
        panic!("no {parts:?} in\n{}", lines.join("\n"));
    })
}

#[test]
fn a_folder_that_is_made_for_a_song_is_on_the_disk_with_those_above_it_before_the_order_is_claimed() {
    let (lane, studio) = (Lane::open(), impatient());
    let seen = studio.path().join("strace.out");
    let command = Journey::Queued.command(&studio, &lane);
    let Some(mut traced) = traced(&seen, "mkdir,fsync,fdatasync", &command) else { return };
    // It follows the worker too, and ends with it.
    assert!(traced.output().unwrap().status.success());
    until("the worker has left", || studio.workers().is_empty());
    let text = fs::read_to_string(&seen).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let music = studio.paths().music.to_string_lossy().into_owned();
    let data = studio.path().to_string_lossy().into_owned();
    let made = place(&lines, &["mkdir(", &format!("{music}/Loose takes"), ") = 0"]);
    let then = &lines[made..];
    let claimed = place(then, &["fsync(", &format!("<{data}/refrain.db-wal>")]);
    for folder in [&data, &music] {
        let flushed = place(then, &["fsync(", &format!("<{folder}>")]);
        assert!(flushed < claimed, "{folder}:\n{}", then.join("\n"));
    }
}
