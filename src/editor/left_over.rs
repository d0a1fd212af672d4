//! Words that lie in files after the editor: which of them are worth keeping, and whose they were.
//!
//! Each text is lent in a folder of its own, named with the number of the process that lends it, so that
//! the folders of those that are gone can be told from those where an editor is at work.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process;

use rustix::process::{Pid, test_kill_process};

/// What the name of a folder begins with.
pub fn prefix() -> String {
    format!("{}-", process::id())
}

/// The first file with words of a process that is gone. Its folders without any are removed.
pub fn first(folder: &Path) -> Option<PathBuf> {
    let mut desks: Vec<PathBuf> = fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    desks.retain(|desk| is_of_the_dead(desk));
    desks.sort();
    desks.into_iter().find_map(|desk| {
        let words = words(&desk, "");
        if words.is_none() {
            // What cannot be removed has no words either, and is tried again at the next start.
            let _ = fs::remove_dir_all(&desk);
        }
        words
    })
}

/// A file that says something else than `known`: the text itself, or else what an editor saved beside it
/// when it was ended in the middle of its work.
pub fn words(desk: &Path, known: &str) -> Option<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(desk).ok()?.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| says_more(file, known));
    files.sort_by_key(|file| (file.extension().is_none_or(|ending| ending != "txt"), file.clone()));
    files.into_iter().next()
}

/// Looked at before it is read: it may be a pipe that nobody writes to, or very long.
fn says_more(file: &Path, known: &str) -> bool {
    let Ok(about) = fs::symlink_metadata(file) else { return false };
    about.is_file() && about.len() > 0 && !(about.len() == known.len() as u64 && says(file, known))
}

fn says(file: &Path, known: &str) -> bool {
    let mut bytes = Vec::with_capacity(known.len());
    let read = File::open(file).and_then(|file| file.take(known.len() as u64).read_to_end(&mut bytes));
    read.is_ok() && bytes == known.as_bytes()
}

/// This process has lent nothing yet: what bears its number is of one that had the number before, as it
/// is usual in containers.
fn is_of_the_dead(desk: &Path) -> bool {
    let name = desk.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let id = name.split_once('-').and_then(|(id, _)| id.parse().ok()).and_then(Pid::from_raw);
    id.is_some_and(|id| id == rustix::process::getpid() || test_kill_process(id).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number that no process has: above the largest that Linux gives.
    const NOBODY: &str = "2000000000";

    fn desk(folder: &Path, name: &str, files: &[(&str, &str)]) -> PathBuf {
        let desk = folder.join(name);
        fs::create_dir(&desk).unwrap();
        for (file, text) in files {
            fs::write(desk.join(file), text).unwrap();
        }
        desk
    }

    #[test]
    fn words_of_a_process_that_is_gone_are_found_and_those_of_a_living_one_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(first(&folder.path().join("none")), None);
        let mut other = process::Command::new("sleep").arg("60").spawn().unwrap();
        let theirs = desk(folder.path(), &format!("{}-a", other.id()), &[("lyrics.txt", "being written")]);
        let empty = desk(folder.path(), &format!("{NOBODY}-a"), &[("style.txt", "")]);
        assert_eq!(first(folder.path()), None);
        assert!(theirs.exists() && !empty.exists());
        other.kill().unwrap();
        other.wait().unwrap();
        assert_eq!(first(folder.path()), Some(theirs.join("lyrics.txt")));
    }

    #[test]
    fn the_number_of_this_process_was_that_of_another_before() {
        let folder = tempfile::tempdir().unwrap();
        let before = desk(folder.path(), &format!("{}x", prefix()), &[("lyrics.txt", "words")]);
        assert_eq!(first(folder.path()), Some(before.join("lyrics.txt")));
    }

    #[test]
    fn the_text_comes_before_what_an_editor_saved_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let files = [(".lyrics.txt.swp", "unsaved"), ("lyrics.txt", "as lent"), ("lyrics.txt~", "as lent")];
        let desk = desk(folder.path(), "desk", &files);
        assert_eq!(words(&desk, ""), Some(desk.join("lyrics.txt")));
        assert_eq!(words(&desk, "as lent"), Some(desk.join(".lyrics.txt.swp")));
        fs::remove_file(desk.join(".lyrics.txt.swp")).unwrap();
        assert_eq!(words(&desk, "as lent"), None);
        assert_eq!(words(&desk, "as sent"), Some(desk.join("lyrics.txt")), "of the same length");
    }
}
