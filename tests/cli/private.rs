//! What lies in the data directory is for its owner alone, whatever the folder and the umask allow.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::SHORT;
use crate::support::studio::{Ended, Studio};

/// Every file and folder below `folder` that others may enter, read or write, but for those named.
fn open_to_others(folder: &Path, but: &[&str]) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let entries = entries.filter(|entry| !but.iter().any(|name| entry.file_name() == OsStr::new(name)));
    let mut open = Vec::new();
    for entry in entries {
        // A temporary file may be gone by now.
        let Ok(meta) = entry.metadata() else { continue };
        if meta.permissions().mode() & 0o077 != 0 {
            open.push(format!("{:o} {}", meta.permissions().mode(), entry.path().display()));
        }
        if meta.is_dir() {
            open.extend(open_to_others(&entry.path(), &[]));
        }
    }
    open
}

#[test]
fn what_is_made_in_a_data_directory_that_others_can_enter_is_private_all_the_same() {
    let studio = Studio::new();
    fs::set_permissions(studio.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let plain = studio.refrain();
    let mut command = Command::new("sh");
    command.args(["-c", "umask 022; exec \"$0\" \"$@\""]).arg(plain.get_program()).args(plain.get_args());
    command.args(["--sandbox", "generate", "--wait"]).args(SHORT).env("HOME", studio.path());
    let ended = Ended::of(command.output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    for made in ["refrain.db", "bell/ring", "log", "worker", "sandbox"] {
        assert!(studio.path().join(made).exists(), "{made} is there to be looked at");
    }
    // The configuration is the test's; songs are what a person may want to share.
    let open = open_to_others(studio.path(), &["config.toml", "music"]);
    assert_eq!(open, Vec::<String>::new());
}
