//! Players: which program can be heard here, and playing one file with it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

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
    /// Whether it ends when the sound does; of a command that a person chose that is not known, as it may
    /// hand the file to another program.
    plays_to_the_end: bool,
}

/// A player that ends before this has played nothing...
const AT_ONCE: Duration = Duration::from_secs(1);

/// ...if the sound is at least so long. `ffplay` without a sound device ends at once and calls it success.
const TOO_LONG_FOR_THAT: Duration = Duration::from_secs(4);

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
            return Ok(Self { program, arguments: words.collect(), plays_to_the_end: false });
        }
        let folders: Vec<PathBuf> = search_path.map(|path| std::env::split_paths(path).collect()).unwrap_or_default();
        KNOWN
            .iter()
            .find_map(|(name, arguments)| {
                let program = folders.iter().map(|folder| folder.join(name)).find(|path| is_program(path))?;
                let arguments = arguments.iter().map(OsString::from).collect();
                Some(Self { program, arguments, plays_to_the_end: true })
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

    /// Whether it plays what lies at an address as well. Of others than those that do it is not known.
    #[must_use]
    pub fn takes_addresses(&self) -> bool {
        ["mpv", "ffplay", "vlc", "cvlc", "mplayer"].contains(&self.name().as_str())
    }

    /// What went wrong, by how it ended, after how long, and how long the sound is; nothing where it played,
    /// or was stopped by a signal.
    #[must_use]
    pub fn complaint(&self, ended: ExitStatus, after: Duration, length: Option<Duration>) -> Option<String> {
        let name = self.name();
        if ended.code().is_some_and(|code| code != 0) {
            return Some(format!("the player `{name}` ended with {ended}"));
        }
        let played_nothing = after < AT_ONCE && length.is_some_and(|length| length >= TOO_LONG_FOR_THAT);
        (ended.success() && self.plays_to_the_end && played_nothing)
            .then(|| format!("the player `{name}` ended at once; probably there is no sound device on this machine"))
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
        assert_eq!(
            player,
            Player { program: "mpv".into(), arguments: vec!["--volume=50".into()], plays_to_the_end: false }
        );
    }

    #[test]
    fn a_player_that_was_found_and_ends_at_once_has_played_nothing() {
        use std::os::unix::process::ExitStatusExt as _;
        let seconds = Duration::from_secs;
        let found = Player { program: "/usr/bin/ffplay".into(), arguments: Vec::new(), plays_to_the_end: true };
        let chosen = Player { plays_to_the_end: false, ..found.clone() };
        let (good, bad, killed) = (ExitStatus::from_raw(0), ExitStatus::from_raw(1 << 8), ExitStatus::from_raw(15));
        let table = [
            (&found, good, seconds(0), Some(seconds(120)), true),
            (&found, good, seconds(0), Some(seconds(2)), false),
            (&found, good, seconds(0), None, false),
            (&found, good, seconds(2), Some(seconds(120)), false),
            (&found, killed, seconds(0), Some(seconds(120)), false),
            (&found, bad, seconds(2), Some(seconds(120)), true),
            (&chosen, good, seconds(0), Some(seconds(120)), false),
            (&chosen, bad, seconds(0), Some(seconds(120)), true),
        ];
        for (player, ended, after, length, complains) in table {
            assert_eq!(player.complaint(ended, after, length).is_some(), complains, "{player:?} {ended:?} {after:?}");
        }
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
