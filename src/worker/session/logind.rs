//! What systemd's `logind` does with the processes of a user who logs out, read from its files.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of systemd's configuration; what stands in an earlier one hides its namesake in a later one.
const FOLDERS: [&str; 4] = ["etc/systemd", "run/systemd", "usr/local/lib/systemd", "usr/lib/systemd"];

/// The main file and the folder of files that are read after it.
const FILE: &str = "logind.conf";
const DROP_INS: &str = "logind.conf.d";

/// Whose processes end with their session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logind {
    /// `KillUserProcesses=`, or what the shipped file names as the default; nothing where no file says.
    kill: Option<bool>,
    /// `KillOnlyUsers=`: if anybody is named, these and no others.
    only: Vec<String>,
    /// `KillExcludeUsers=`: never these.
    exclude: Vec<String>,
    /// The file that decided about `kill`.
    pub decided_in: Option<PathBuf>,
}

impl Logind {
    /// Reads the files below `root` in the order in which systemd does: the main file, then the drop-ins
    /// of all folders by their names.
    #[must_use]
    pub fn read(root: &Path) -> Self {
        let mut logind = Self::default();
        for path in files(root) {
            if let Ok(text) = fs::read_to_string(&path) {
                logind.take_in(&text, &path);
            }
        }
        logind
    }

    /// Whether the processes in a session of this user are ended with it; nothing where no file says.
    #[must_use]
    pub fn ends_processes_of(&self, user: &str) -> Option<bool> {
        let named = |list: &[String]| list.iter().any(|name| name == user);
        if named(&self.exclude) || (self.exclude.is_empty() && user == "root") {
            return Some(false);
        }
        // A list of users counts whatever the general setting is.
        if self.only.is_empty() { self.kill } else { Some(named(&self.only)) }
    }

    /// Takes in one file; what it says comes after what earlier ones said.
    fn take_in(&mut self, text: &str, path: &Path) {
        let mut in_login = false;
        for line in text.lines().map(str::trim) {
            if line.starts_with('[') {
                in_login = line == "[Login]";
            }
            // The shipped file names each default in a comment: the only place where a distribution's
            // own choice can be read.
            let (line, is_default) = line.strip_prefix('#').map_or((line, false), |line| (line.trim(), true));
            let Some((key, value)) = line.split_once('=').filter(|_| in_login) else { continue };
            match (key.trim(), is_default) {
                ("KillUserProcesses", true) if self.kill.is_some() => {}
                ("KillUserProcesses", _) => self.decide(value.trim(), path),
                ("KillOnlyUsers", false) => add(&mut self.only, value),
                ("KillExcludeUsers", false) => add(&mut self.exclude, value),
                _ => {}
            }
        }
    }

    fn decide(&mut self, value: &str, path: &Path) {
        if let Some(kill) = boolean(value) {
            self.kill = Some(kill);
            self.decided_in = Some(path.to_owned());
        }
    }
}

/// Adds names to a list, as systemd does: an empty value begins it anew.
fn add(list: &mut Vec<String>, value: &str) {
    if value.trim().is_empty() {
        list.clear();
    }
    list.extend(value.split_whitespace().map(str::to_owned));
}

/// A boolean as systemd reads one; a value that is none is ignored, as it is there.
fn boolean(value: &str) -> Option<bool> {
    match value.to_ascii_lowercase().as_str() {
        "1" | "yes" | "y" | "true" | "t" | "on" => Some(true),
        "0" | "no" | "n" | "false" | "f" | "off" => Some(false),
        _ => None,
    }
}

/// The files that count, in the order in which they are read.
fn files(root: &Path) -> Vec<PathBuf> {
    let main = FOLDERS.iter().map(|folder| root.join(folder).join(FILE)).find(|file| file.exists());
    let mut drop_ins: BTreeMap<OsString, PathBuf> = BTreeMap::new();
    for folder in FOLDERS {
        let entries = fs::read_dir(root.join(folder).join(DROP_INS)).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.path().extension().is_some_and(|it| it == "conf")) {
            drop_ins.entry(entry.file_name()).or_insert_with(|| entry.path());
        }
    }
    main.into_iter().chain(drop_ins.into_values()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read from files of these names and texts.
    fn reading(files: &[(&str, &str)]) -> Logind {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Logind::read(root.path())
    }

    const YES: &str = "[Login]\nKillUserProcesses=yes\n";
    const NO: &str = "[Login]\nKillUserProcesses=no\n";
    const SHIPPED: &str = "[Login]\n#NAutoVTs=6\n#KillUserProcesses=no\n#KillExcludeUsers=root\n";

    #[test]
    fn files_are_read_in_the_order_of_systemd() {
        /// Paths and texts of files, and whether they tell that processes are ended.
        type Row<'a> = (&'a [(&'a str, &'a str)], Option<bool>);
        let table: [Row<'_>; 11] = [
            (&[], None),
            (&[("etc/systemd/logind.conf", SHIPPED)], Some(false)),
            (&[("etc/systemd/logind.conf", YES)], Some(true)),
            // The first main file hides the others.
            (&[("etc/systemd/logind.conf", "[Login]\n"), ("usr/lib/systemd/logind.conf", YES)], None),
            (&[("run/systemd/logind.conf", NO), ("usr/lib/systemd/logind.conf", YES)], Some(false)),
            // Drop-ins come after the main file, wherever they lie.
            (&[("etc/systemd/logind.conf", NO), ("usr/lib/systemd/logind.conf.d/10-kill.conf", YES)], Some(true)),
            // The later name counts, not the folder.
            (
                &[("etc/systemd/logind.conf.d/10-a.conf", YES), ("usr/lib/systemd/logind.conf.d/20-b.conf", NO)],
                Some(false),
            ),
            // A namesake in `etc` hides the shipped one.
            (
                &[("etc/systemd/logind.conf.d/10-a.conf", NO), ("usr/lib/systemd/logind.conf.d/10-a.conf", YES)],
                Some(false),
            ),
            (&[("etc/systemd/logind.conf.d/10-a.txt", YES)], None),
            (&[("etc/systemd/logind.conf", "KillUserProcesses=yes\n[Other]\nKillUserProcesses=yes\n")], None),
            // A comment in a drop-in is no default of anybody where something was said.
            (&[("etc/systemd/logind.conf", YES), ("etc/systemd/logind.conf.d/a.conf", SHIPPED)], Some(true)),
        ];
        for (files, expected) in table {
            assert_eq!(reading(files).ends_processes_of("mara"), expected, "{files:?}");
        }
        let logind = reading(&[("etc/systemd/logind.conf", YES)]);
        assert!(logind.decided_in.is_some_and(|file| file.ends_with("etc/systemd/logind.conf")));
    }

    #[test]
    fn lists_of_users_go_before_the_general_setting() {
        let table = [
            ("KillUserProcesses=yes", "root", Some(false)),
            ("KillUserProcesses=yes\nKillExcludeUsers=mara", "root", Some(true)),
            ("KillUserProcesses=yes\nKillExcludeUsers=john mara", "mara", Some(false)),
            ("KillUserProcesses=yes\nKillExcludeUsers=mara\nKillExcludeUsers=", "mara", Some(true)),
            ("KillUserProcesses=no\nKillOnlyUsers=mara", "mara", Some(true)),
            ("KillUserProcesses=yes\nKillOnlyUsers=john", "mara", Some(false)),
            ("KillUserProcesses = On", "mara", Some(true)),
            ("KillUserProcesses=perhaps", "mara", None),
        ];
        for (text, user, expected) in table {
            let logind = reading(&[("etc/systemd/logind.conf", &format!("[Login]\n{text}\n"))]);
            assert_eq!(logind.ends_processes_of(user), expected, "{text} {user}");
        }
    }
}
