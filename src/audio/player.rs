//! Players: which program can be heard here, and playing one file with it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Programs that play a file, the best first, with the arguments that keep them off the screen.
const KNOWN: [(&str, &[&str]); 4] = [
    ("mpv", &["--no-video", "--really-quiet", "--no-terminal"]),
    ("ffplay", &["-nodisp", "-autoexit", "-loglevel", "quiet"]),
    ("play", &["-q"]),
    ("afplay", &[]),
];

/// A way to play a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Player {
    program: PathBuf,
    arguments: Vec<OsString>,
}

/// Why a file cannot be heard here.
#[derive(Debug, thiserror::Error)]
pub enum PlayerError {
    /// None of the known programs is installed.
    #[error("no player found (looked for mpv, ffplay, play, afplay); install one or set `player.command`")]
    NoneFound,
    /// The configured command is empty.
    #[error("`player.command` is empty; name a program, as `mpv --no-video`")]
    Empty,
    /// The program could not be started.
    #[error("cannot start the player `{program}`: {source}")]
    NotStarted { program: String, source: std::io::Error },
}

impl Player {
    /// The configured player, or the first known one in `search_path` (as `PATH`).
    ///
    /// # Errors
    /// When nothing is configured and nothing is found.
    pub fn find(configured: Option<&str>, search_path: Option<&OsString>) -> Result<Self, PlayerError> {
        if let Some(command) = configured {
            let mut words = command.split_whitespace().map(OsString::from);
            let program = words.next().ok_or(PlayerError::Empty)?.into();
            return Ok(Self { program, arguments: words.collect() });
        }
        let folders: Vec<PathBuf> = search_path.map(|path| std::env::split_paths(path).collect()).unwrap_or_default();
        KNOWN
            .iter()
            .find_map(|(name, arguments)| {
                let program = folders.iter().map(|folder| folder.join(name)).find(|path| is_program(path))?;
                Some(Self { program, arguments: arguments.iter().map(OsString::from).collect() })
            })
            .ok_or(PlayerError::NoneFound)
    }

    /// The program as it is called: a path, or a name to be looked for.
    pub fn program(&self) -> String {
        self.program.to_string_lossy().into_owned()
    }

    /// The program's name, for messages.
    pub fn name(&self) -> String {
        self.program.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    /// Starts playing; dropping the child does not stop it, killing it does.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn play(&self, file: &Path) -> Result<Child, PlayerError> {
        Command::new(&self.program)
            .args(&self.arguments)
            .arg(file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|source| PlayerError::NotStarted { program: self.name(), source })
    }
}

fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_configured_player_comes_first_and_keeps_its_arguments() {
        let player = Player::find(Some("mpv  --volume=50"), None).unwrap();
        assert_eq!(player, Player { program: "mpv".into(), arguments: vec!["--volume=50".into()] });
    }

    #[test]
    fn without_any_player_the_message_names_those_it_looked_for() {
        let empty = tempfile::tempdir().unwrap();
        let error = Player::find(None, Some(&empty.path().into())).unwrap_err().to_string();
        assert!(error.contains("mpv") && error.contains("player.command"), "{error}");
    }

    #[test]
    fn a_file_that_cannot_be_run_is_no_player() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("mpv"), "").unwrap();
        let ffplay = folder.path().join("ffplay");
        std::fs::write(&ffplay, "").unwrap();
        std::fs::set_permissions(&ffplay, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(Player::find(None, Some(&folder.path().into())).unwrap().name(), "ffplay");
    }
}
