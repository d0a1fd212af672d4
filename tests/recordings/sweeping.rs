//! Sweeping: what a crash leaves, and what nobody refers to any more.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, SystemTime};

use refrain::engine::recordings::Recordings;

const HOUR: Duration = Duration::from_secs(3_600);

fn put(folder: &Path, name: &str, age: Duration) -> File {
    let file = File::create(folder.join(name)).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
    file
}

#[test]
fn only_old_things_that_nobody_needs_are_swept_away() {
    let folder = tempfile::tempdir().unwrap();
    let named = |letter: &str| format!("{}.wav", letter.repeat(64));
    let (kept, unused, fresh) = (named("a"), named("b"), named("c"));
    put(folder.path(), &kept, HOUR);
    put(folder.path(), &unused, HOUR);
    put(folder.path(), &fresh, Duration::ZERO);
    put(folder.path(), ".making-left.part", HOUR);
    put(folder.path(), ".making-begun.part", Duration::ZERO);
    put(folder.path(), "notes.txt", HOUR);
    fs::create_dir(folder.path().join("folder")).unwrap();
    let working = put(folder.path(), ".making-working.part", HOUR);
    working.lock().unwrap();

    let recordings = Recordings::at(folder.path());
    assert_eq!(recordings.sweep(&HashSet::from([kept.clone()])).unwrap(), 2);
    let mut left: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, [".making-begun.part", ".making-working.part", &kept, &fresh, "folder", "notes.txt"]);
    drop(working);
    assert_eq!(recordings.sweep(&HashSet::from([kept])).unwrap(), 1, "its maker is gone");
}

#[test]
fn a_copy_that_was_frozen_once_more_is_not_removed_with_what_it_was_frozen_for_before() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("{}.wav", "a".repeat(64));
    put(folder.path(), &name, Duration::ZERO);
    let recordings = Recordings::at(folder.path());
    recordings.remove_older(&name, SystemTime::now() - HOUR).unwrap();
    assert!(recordings.path(&name).exists(), "somebody is about to write it down");
    recordings.remove_older(&name, SystemTime::now() + HOUR).unwrap();
    assert!(!recordings.path(&name).exists());
    recordings.remove_older(&name, SystemTime::now()).unwrap();
}

#[test]
fn a_folder_that_is_not_there_holds_nothing_to_sweep() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Recordings::at(folder.path().join("none")).sweep(&HashSet::new()).unwrap(), 0);
}
