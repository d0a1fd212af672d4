//! Where things are: one data directory, everything of a run below it.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use directories::{ProjectDirs, UserDirs};

use crate::domain::service::Service;

/// The folders and files of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// Database, bell, locks, logs, the kept key, the sandbox's world.
    pub data: PathBuf,
    /// The configuration file, which need not exist.
    pub config: PathBuf,
    /// Songs go here unless the configuration names another folder.
    pub music: PathBuf,
}

/// No home directory, so no place to keep anything.
#[derive(Debug, thiserror::Error)]
#[error("this user has no home directory; name a folder with `--data-dir DIR` or REFRAIN_DATA_DIR")]
pub struct NoHome;

impl Paths {
    /// The user's own folders, or everything below `data_dir` where one is named.
    ///
    /// # Errors
    /// When no folder is named and the user has no home directory.
    pub fn new(data_dir: Option<&Path>, config: Option<&Path>) -> Result<Self, NoHome> {
        let (data, default_config, music) = if let Some(dir) = data_dir {
            let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
            (dir.clone(), dir.join("config.toml"), dir.join("music"))
        } else {
            let project = ProjectDirs::from("", "", "refrain").ok_or(NoHome)?;
            let user = UserDirs::new().ok_or(NoHome)?;
            let music = user.audio_dir().map_or_else(|| user.home_dir().join("Music"), Path::to_owned);
            (project.data_dir().to_owned(), project.config_dir().join("config.toml"), music.join("refrain"))
        };
        // Absolute, because the worker works in another folder.
        let config =
            config.map_or(default_config, |file| std::path::absolute(file).unwrap_or_else(|_| file.to_owned()));
        Ok(Self { data, config, music })
    }

    /// The file that adds and corrects models, which need not exist.
    pub fn catalogue(&self) -> PathBuf {
        self.config.with_file_name("catalogue.toml")
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.data.join("refrain.db")
    }

    /// The key that `login` keeps.
    pub fn key(&self) -> PathBuf {
        self.data.join("key")
    }

    /// The folder of log files.
    pub fn logs(&self) -> PathBuf {
        self.data.join("log")
    }

    /// The folder of frozen recordings.
    pub fn recordings(&self) -> PathBuf {
        recordings(&self.data)
    }

    /// The sandbox's world.
    pub fn sandbox(&self) -> PathBuf {
        self.data.join("sandbox")
    }

    /// The lock that says which process drives a service.
    pub fn worker_lock(&self, service: &Service) -> PathBuf {
        worker_lock(&self.data, service)
    }
}

/// Makes a folder that only its owner may enter, where it is not there yet.
///
/// # Errors
/// What the file system says.
pub fn make_private(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// The folder of frozen recordings in a data directory.
#[must_use]
pub fn recordings(data: &Path) -> PathBuf {
    data.join("recordings")
}

/// The folder of answers that hold a song, in a data directory.
#[must_use]
pub fn answers(data: &Path) -> PathBuf {
    data.join("answers")
}

/// The folder of the workers' locks in a data directory.
#[must_use]
pub fn worker_locks(data: &Path) -> PathBuf {
    data.join("worker")
}

/// The lock in a data directory that says which process drives a service.
#[must_use]
pub fn worker_lock(data: &Path, service: &Service) -> PathBuf {
    worker_locks(data).join(format!("{}.lock", slug(service)))
}

/// A service as a file name: letters and digits stay, all else becomes `-`.
fn slug(service: &Service) -> String {
    service.to_string().chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_data_directory_holds_everything_of_a_run() {
        let paths = Paths::new(Some(Path::new("/tmp/run")), None).unwrap();
        for path in [&paths.data, &paths.config, &paths.music, &paths.database(), &paths.sandbox()] {
            assert!(path.starts_with("/tmp/run"), "{} is outside", path.display());
        }
    }

    #[test]
    fn services_on_two_ports_have_two_locks() {
        let paths = Paths::new(Some(Path::new("/tmp/run")), None).unwrap();
        let one = paths.worker_lock(&Service::from("http://127.0.0.1:8081"));
        let two = paths.worker_lock(&Service::from("http://127.0.0.1:8082"));
        assert_ne!(one, two);
        assert!(one.ends_with("http---127.0.0.1-8081.lock"));
    }
}
