//! Finding the key: environment, then command, then the file that `login` keeps.
//!
//! The front does this, while it still has the terminal (a pinentry needs one), and hands the key to the
//! worker through a pipe.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::api::{ApiKey, KeyError};
use crate::paths;

/// The variables that may hold the key, the vendor's own name first.
pub const VARIABLES: [&str; 3] = ["AIMLAPI_API_KEY", "AIMLAPI_KEY", "AIML_API_KEY"];

/// A key and where it came from.
#[derive(Clone, Debug)]
pub struct FoundKey {
    pub key: ApiKey,
    pub source: Source,
}

/// Where a key came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Variable(&'static str),
    Command,
    File(PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "the variable {name}"),
            Self::Command => f.write_str("`api.key_command`"),
            Self::File(path) => write!(f, "the file `{}`", path.display()),
        }
    }
}

/// A key that is there and cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeySearchError {
    #[error("{source_name}: {error}")]
    Unusable { source_name: Source, error: KeyError },
    /// Without its words: some write the key itself into them.
    #[error("`api.key_command` failed: {what}; run it by hand to see why, `refrain config path` says where it stands")]
    CommandFailed { what: String },
    #[error("the key in `{path}` can be read by others; run `chmod 600 {path}`, or `refrain login` again")]
    ReadableByOthers { path: String },
    #[error("the key in `{path}` cannot be read: {error}")]
    Unreadable { path: String, error: io::Error },
}

/// Looks for a key. `variable` reads the environment.
///
/// # Errors
/// When a key is found that cannot be used: the person meant that one, so no other is tried.
pub fn find(
    variable: impl Fn(&str) -> Option<String>,
    command: Option<&str>,
    file: &Path,
) -> Result<Option<FoundKey>, KeySearchError> {
    if let Some(found) = in_environment(variable)? {
        return Ok(Some(found));
    }
    if let Some(command) = command {
        return usable(&output_of(command)?, Source::Command).map(Some);
    }
    match kept(file)? {
        Some(text) => usable(&text, Source::File(file.to_owned())).map(Some),
        None => Ok(None),
    }
}

/// Looks for a key in the environment alone, which `variable` reads.
///
/// # Errors
/// When the first that is found cannot be used.
pub fn in_environment(variable: impl Fn(&str) -> Option<String>) -> Result<Option<FoundKey>, KeySearchError> {
    let text = |name| variable(name).filter(|text| !text.trim().is_empty());
    let found = VARIABLES.into_iter().find_map(|name| Some((name, text(name)?)));
    found.map(|(name, text)| usable(&text, Source::Variable(name))).transpose()
}

/// Keeps a key in a file that only its owner can read: whole or not at all.
///
/// # Errors
/// What the file system says; the old key stays.
pub fn keep(key: &ApiKey, file: &Path) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    paths::make_private(folder)?;
    // A temporary file is made with mode 0600, so the key is at no moment readable by others.
    let mut part = tempfile::NamedTempFile::new_in(folder)?;
    key.hand_over(&mut part)?;
    part.write_all(b"\n")?;
    part.as_file().sync_all()?;
    part.persist(file).map_err(|error| error.error)?;
    Ok(())
}

fn usable(text: &str, source: Source) -> Result<FoundKey, KeySearchError> {
    match ApiKey::new(text.lines().next().unwrap_or_default()) {
        Ok(key) => Ok(FoundKey { key, source }),
        Err(error) => Err(KeySearchError::Unusable { source_name: source, error }),
    }
}

fn output_of(command: &str) -> Result<String, KeySearchError> {
    let failed = |what: String| KeySearchError::CommandFailed { what };
    let output = Command::new("sh")
        .args(["-c", command])
        .stdin(Stdio::inherit())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(output.status.to_string()));
    }
    String::from_utf8(output.stdout).map_err(|_| failed("its output is no text".to_owned()))
}

fn kept(file: &Path) -> Result<Option<String>, KeySearchError> {
    use std::os::unix::fs::PermissionsExt;
    let path = file.display().to_string();
    match fs::metadata(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(KeySearchError::Unreadable { path, error }),
        Ok(meta) if meta.permissions().mode() & 0o077 != 0 => return Err(KeySearchError::ReadableByOthers { path }),
        Ok(_) => {}
    }
    fs::read_to_string(file).map(Some).map_err(|error| KeySearchError::Unreadable { path, error })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn nothing(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn the_environment_comes_before_the_command_and_the_command_before_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        keep(&ApiKey::new("from-file").unwrap(), &file).unwrap();
        let variable = |name: &str| (name == "AIML_API_KEY").then(|| "from-environment".to_owned());
        let source = |found: Option<FoundKey>| found.unwrap().source;
        assert_eq!(source(find(variable, Some("echo x"), &file).unwrap()), Source::Variable("AIML_API_KEY"));
        assert_eq!(source(find(nothing, Some("echo from-command"), &file).unwrap()), Source::Command);
        assert_eq!(source(find(nothing, None, &file).unwrap()), Source::File(file));
        assert!(find(nothing, None, Path::new("/nonexistent/key")).unwrap().is_none());
    }

    #[test]
    fn a_command_that_fails_is_not_repeated_as_the_key_may_stand_in_it() {
        let error = find(nothing, Some("false sk-canary-1"), Path::new("/nonexistent/key")).unwrap_err().to_string();
        assert!(error.starts_with("`api.key_command` failed: exit status: 1") && !error.contains("canary"), "{error}");
    }

    #[test]
    fn a_kept_key_reads_back_and_belongs_to_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        let key = ApiKey::new("sk-1234567890").unwrap();
        keep(&key, &file).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(find(nothing, None, &file).unwrap().unwrap().key.fingerprint(), key.fingerprint());
    }

    #[test]
    fn a_key_that_others_can_read_is_refused_with_the_command_that_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        fs::write(&file, "sk-1234567890").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        let error = find(nothing, None, &file).unwrap_err().to_string();
        assert!(error.contains("chmod 600"), "{error}");
    }

    #[test]
    fn a_command_that_fails_is_named_and_no_other_key_is_tried() {
        let error = find(nothing, Some("exit 3"), Path::new("/nonexistent")).unwrap_err().to_string();
        assert!(error.starts_with("`api.key_command` failed: exit status: 3"), "{error}");
    }
}
