//! The configuration file: what can be set, and what holds where nothing is set.

use std::path::{Path, PathBuf};

use directories::BaseDirs;
use serde::Deserialize;

/// Every setting. `config.example.toml` lists them with their defaults.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub api: Api,
    pub files: Files,
    pub player: Player,
    pub screen: Screen,
    pub worker: Worker,
}

/// `[api]`: the service.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Api {
    /// Base URL of the service; the vendor's where absent.
    pub base_url: Option<String>,
    /// A command whose first line of output is the key, as `pass show aimlapi`.
    pub key_command: Option<String>,
    /// Takes that the service may be making at once; the rest wait in line.
    pub at_once: u32,
    /// Minutes after which asking about a take stops (a key asks again).
    pub give_up_minutes: u32,
}

impl Default for Api {
    fn default() -> Self {
        // Four at once: the vendor states no number, and its pages' examples run a few.
        Self { base_url: None, key_command: None, at_once: 4, give_up_minutes: 60 }
    }
}

/// `[files]`: where songs go.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Files {
    /// The folder that holds a folder for each song: from the root, `~/` having been filled in.
    pub music_dir: Option<PathBuf>,
}

/// `[player]`: how takes are played.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Player {
    /// A command that plays the file whose path is put behind it; found by itself where absent.
    pub command: Option<String>,
}

/// `[screen]`: how it looks and sounds.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Screen {
    /// Ring the terminal's bell when a take arrives.
    pub bell: bool,
    pub theme: ThemeName,
}

impl Default for Screen {
    fn default() -> Self {
        Self { bell: true, theme: ThemeName::Dark }
    }
}

/// The themes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeName {
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// The terminal's own sixteen colours.
    #[serde(rename = "16")]
    Sixteen,
    /// Bold, underline and reverse only; also chosen by `NO_COLOR`.
    None,
}

impl ThemeName {
    /// The name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Sixteen => "16",
            Self::None => "none",
        }
    }
}

/// `[worker]`: the process in the background.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Worker {
    /// Seconds without anything to do after which it leaves.
    pub idle_seconds: u64,
}

impl Default for Worker {
    fn default() -> Self {
        Self { idle_seconds: 10 }
    }
}

/// A configuration file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It exists and cannot be read.
    #[error("cannot read the configuration `{path}`: {source}")]
    Unreadable { path: PathBuf, source: std::io::Error },
    /// It breaks a rule; the text names line, key and rule.
    #[error("the configuration `{path}` has a mistake:\n{source}")]
    Invalid { path: PathBuf, source: toml::de::Error },
    /// A value is outside of what is possible.
    #[error("the configuration `{path}` has a mistake in line {line}: `{key}` is {value}, it takes {rule}")]
    Range { path: PathBuf, line: usize, key: &'static str, value: u64, rule: &'static str },
    /// A folder that would be another one wherever refrain is started.
    #[error(
        "the configuration `{path}` has a mistake in line {line}: `{key}` is `{value}`; it takes a folder that \
         begins with `/` or `~/`"
    )]
    Relative { path: PathBuf, line: usize, key: &'static str, value: String },
    /// A file that was named is not there.
    #[error("there is no configuration `{path}`; copy config.example.toml there, or leave `--config` out")]
    Missing { path: PathBuf },
}

impl Config {
    /// Reads a file; a file that does not exist leaves every default in force.
    ///
    /// # Errors
    /// When the file cannot be read, is no TOML, or holds an unknown key or an impossible value.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(source) => return Err(ConfigError::Unreadable { path: path.to_owned(), source }),
        };
        Self::parse(&text, path)
    }

    /// Reads the text of a file; `path` is for messages.
    ///
    /// # Errors
    /// When the text is no TOML, or holds an unknown key or an impossible value.
    pub fn parse(text: &str, path: &Path) -> Result<Self, ConfigError> {
        let mut config: Self =
            toml::from_str(text).map_err(|source| ConfigError::Invalid { path: path.to_owned(), source })?;
        let ranges = [
            ("api.at_once", u64::from(config.api.at_once), 1..=64, "1 to 64"),
            ("api.give_up_minutes", u64::from(config.api.give_up_minutes), 5..=10_080, "5 to 10080 (a week)"),
            ("worker.idle_seconds", config.worker.idle_seconds, 1..=86_400, "1 to 86400"),
        ];
        for (key, value, range, rule) in ranges {
            if !range.contains(&value) {
                let line = line_of(text, key);
                return Err(ConfigError::Range { path: path.to_owned(), line, key, value, rule });
            }
        }
        if let Some(folder) = config.files.music_dir.take() {
            let key = "files.music_dir";
            let relative = |folder: PathBuf| ConfigError::Relative {
                path: path.to_owned(),
                line: line_of(text, key),
                key,
                value: folder.display().to_string(),
            };
            config.files.music_dir = Some(from_root(folder).map_err(relative)?);
        }
        Ok(config)
    }
}

/// A folder with `~` as the home directory; the folder itself where it is relative.
fn from_root(folder: PathBuf) -> Result<PathBuf, PathBuf> {
    let below_home = folder.strip_prefix("~").ok();
    let expanded = below_home.and_then(|rest| Some(BaseDirs::new()?.home_dir().join(rest)));
    let expanded = expanded.unwrap_or(folder);
    if expanded.is_absolute() { Ok(expanded) } else { Err(expanded) }
}

/// The line, counted from 1, that sets `key`, the name of a table and of a value in it.
fn line_of(text: &str, key: &str) -> usize {
    let (table, name) = key.split_once('.').unwrap_or(("", key));
    let mut current = String::new();
    let found = text.lines().position(|line| {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            header.split(']').next().unwrap_or_default().trim().clone_into(&mut current);
        }
        let key = line.split_once('=').map(|(key, _)| key.trim()).unwrap_or_default();
        (current == table && key == name) || key == format!("{table}.{name}")
    });
    found.map_or(1, |place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../config.example.toml");

    #[test]
    fn the_example_parses_as_shipped_and_changes_nothing() {
        assert_eq!(Config::parse(EXAMPLE, Path::new("example")).unwrap(), Config::default());
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let error = Config::parse("[api]\nat_onec = 3\n", Path::new("config.toml")).unwrap_err().to_string();
        assert!(error.contains("config.toml") && error.contains("line 2") && error.contains("at_onec"), "{error}");
    }

    #[test]
    fn a_number_out_of_range_is_named_with_its_rule() {
        let error = Config::parse("[api]\nat_once = 0\n", Path::new("config.toml")).unwrap_err().to_string();
        assert!(error.contains("`api.at_once` is 0, it takes 1 to 64"), "{error}");
    }

    #[test]
    fn a_folder_below_the_home_is_filled_in_and_a_relative_one_is_refused() {
        let music = |folder: &str| {
            let text = format!("[files]\nmusic_dir = \"{folder}\"\n");
            Config::parse(&text, Path::new("config.toml")).map(|config| config.files.music_dir.unwrap())
        };
        let home = BaseDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(music("~/Music/refrain").unwrap(), home.join("Music/refrain"));
        assert_eq!(music("~").unwrap(), home);
        assert_eq!(music("/srv/~/songs").unwrap(), Path::new("/srv/~/songs"));
        for relative in ["songs", "./songs", "~me/songs"] {
            let error = music(relative).unwrap_err().to_string();
            assert!(error.contains("line 2: `files.music_dir` is") && error.contains(relative), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_not_there_leaves_the_defaults() {
        assert_eq!(Config::read(Path::new("/nonexistent/config.toml")).unwrap(), Config::default());
    }
}
