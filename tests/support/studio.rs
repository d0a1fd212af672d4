//! A data directory of its own, and the binary at work in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use refrain::domain::generation::{Take, TakeId};
use refrain::paths::Paths;
use refrain::store::Store;
use tempfile::TempDir;

use super::patience::wait_for;
use super::process::{self, PREFIX, Process};

/// Variables that could bring a key, a folder or a proxy of the person who runs the tests.
const FOREIGN: [&str; 9] = [
    "AIMLAPI_API_KEY",
    "AIMLAPI_KEY",
    "AIML_API_KEY",
    "REFRAIN_DATA_DIR",
    "REFRAIN_LOG",
    "http_proxy",
    "https_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
];

/// A data directory that goes when this is dropped, and every worker of it before that.
pub struct Studio {
    folder: TempDir,
}

impl Studio {
    pub fn new() -> Self {
        Self::within(&std::env::temp_dir())
    }

    /// One in a folder, as on a disk of its own.
    pub fn within(folder: &Path) -> Self {
        let studio = Self { folder: tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder).unwrap() };
        // What was lost is looked for once: nobody here comes back a quarter of an hour later.
        studio.configure("[worker]\nidle_seconds = 1\n[api]\nlook_minutes = 0\n");
        studio
    }

    /// Writes the configuration.
    pub fn configure(&self, text: &str) {
        fs::write(self.path().join("config.toml"), text).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn paths(&self) -> Paths {
        Paths::new(Some(self.path()), None).unwrap()
    }

    pub fn store(&self) -> Store {
        Store::open(self.path()).unwrap()
    }

    pub fn take(&self, id: TakeId) -> Take {
        self.store().take(id).unwrap()
    }

    /// Waits until a take is as wanted.
    #[track_caller]
    pub fn when(&self, id: TakeId, what: &str, is: impl Fn(&Take) -> bool) -> Take {
        let store = self.store();
        wait_for(what, || Some(store.take(id).unwrap()).filter(&is))
    }

    /// The binary, with this data directory and nothing of the person who runs the tests.
    pub fn refrain(&self) -> Command {
        let mut command = self.in_its_own_folders();
        command.arg("--data-dir").arg(self.path());
        command
    }

    /// The binary with this folder as its home: all it uses is where it would be for a person.
    pub fn in_its_own_folders(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_refrain"));
        for name in FOREIGN {
            command.env_remove(name);
        }
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
            command.env_remove(name);
        }
        command.env("HOME", self.path()).stdin(Stdio::null());
        command
    }

    /// Runs the binary with these arguments to its end.
    pub fn run<A: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Ended {
        Ended::of(self.refrain().args(arguments).output().unwrap())
    }

    /// The processes at work on this data directory.
    pub fn processes(&self) -> Vec<Process> {
        process::naming(&self.path().to_string_lossy())
    }

    /// The workers at work on this data directory.
    pub fn workers(&self) -> Vec<Process> {
        self.processes().into_iter().filter(|process| process.command.contains(" worker ")).collect()
    }

    /// Every file below the data directory.
    pub fn files(&self) -> Vec<PathBuf> {
        files_below(self.path())
    }
}

/// Every file below a folder, in order.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect();
    files.sort();
    files
}

impl Drop for Studio {
    /// A worker leaves when its data directory goes: this holds it to that, and fails the test if not.
    fn drop(&mut self) {
        let name = self.path().to_string_lossy().into_owned();
        // A worker that writes while the folder is being removed can leave a file behind.
        while self.path().exists() && fs::remove_dir_all(self.path()).is_err() {}
        if !std::thread::panicking() {
            wait_for("every process leaves when its data directory goes", || {
                process::naming(&name).is_empty().then_some(())
            });
        }
    }
}

/// A command behind another one that becomes it or runs it, as a shell does: with the same environment.
pub fn behind(first: &[&str], command: &Command) -> Command {
    let mut behind = Command::new(first[0]);
    behind.args(&first[1..]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => behind.env(name, value),
            None => behind.env_remove(name),
        };
    }
    behind
}

/// How a run of the binary ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    /// Data.
    pub out: String,
    /// Words.
    pub err: String,
    pub bytes: Vec<u8>,
}

impl Ended {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
            bytes: output.stdout,
        }
    }

    /// Standard output as JSON objects, one a line.
    #[track_caller]
    pub fn json_lines(&self) -> Vec<serde_json::Value> {
        let object = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        self.out.lines().map(object).collect()
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
