//! The person's own editor with one field of the screen in it.
//!
//! It has the terminal meanwhile, and the screen's loop goes on without drawing. Its file lies in a folder
//! for the owner alone and is removed once the words are in the field; where they cannot go there, the
//! file stays and is named.

use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::process::{Child, Command};

use super::errand::Errand;

/// A file larger than this is no field of a song, and not read.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;

/// How long an editor that was asked to end may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// What errands are run with.
#[derive(Clone, Debug)]
pub struct Workbench {
    /// The command of `VISUAL` or `EDITOR`, for a shell.
    pub editor: Option<String>,
    /// Where the files lie.
    pub folder: PathBuf,
}

/// An editor at work.
#[derive(Debug)]
pub struct Outside {
    pub errand: Errand,
    editor: String,
    file: PathBuf,
    /// What was written to the file.
    written: String,
    child: Child,
}

impl Workbench {
    /// The editor, or what to do where there is none.
    ///
    /// # Errors
    /// With a sentence, when neither variable names one.
    pub fn editor(&self) -> Result<&str, String> {
        let none = "neither VISUAL nor EDITOR names an editor; `export EDITOR=nano` does";
        self.editor.as_deref().filter(|editor| !editor.trim().is_empty()).ok_or_else(|| none.to_owned())
    }

    /// Opens the editor on the text. The terminal must have been given back.
    ///
    /// # Errors
    /// With a sentence, when the file cannot be written or no process can be started.
    pub fn open(&self, errand: Errand) -> Result<Outside, String> {
        let editor = self.editor()?.to_owned();
        // An editor ends a file with a line end; what it adds must not look like a change.
        let mut written = errand.text.clone();
        if !written.is_empty() && !written.ends_with('\n') {
            written.push('\n');
        }
        let file = self.write(&errand.name, &written).map_err(|error| {
            format!("the {} cannot be written to a file in {}: {error}", errand.name, self.folder.display())
        })?;
        // A shell takes the command apart, so `code --wait` works, and `env` the variables before it. Both
        // become the editor: a shell that waited for it would fall to a Ctrl-C that is the editor's.
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(format!("exec env {editor} \"$1\"")).arg("refrain").arg(&file);
        match command.spawn() {
            Ok(child) => Ok(Outside { errand, editor, file, written, child }),
            Err(error) => {
                remove(&file);
                Err(format!("the editor `{editor}` cannot be started: {error}"))
            }
        }
    }

    fn write(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        match DirBuilder::new().mode(0o700).create(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        // The process's number tells a file that is being edited from one that was left behind. Files made
        // so are for their owner alone.
        let prefix = format!("{name}-{}-", std::process::id());
        let mut file = tempfile::Builder::new().prefix(&prefix).suffix(".txt").tempfile_in(&self.folder)?;
        file.write_all(text.as_bytes())?;
        file.flush()?;
        Ok(file.into_temp_path().keep()?)
    }

    /// Words that an editor held when its screen went, if there are some.
    #[must_use]
    pub fn left_over(&self) -> Option<String> {
        let files = fs::read_dir(&self.folder).ok()?.flatten().map(|entry| entry.path());
        let mut left: Vec<PathBuf> = files.filter(|file| !is_being_edited(file)).collect();
        left.sort();
        let first = left.first()?.display();
        Some(format!("words from your editor are kept in {first}; remove the file when you have them"))
    }
}

/// Whether the process that made the file is still there.
fn is_being_edited(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let id = name.rsplit('-').nth(1).and_then(|id| id.parse().ok()).and_then(Pid::from_raw);
    id.is_some_and(|id| test_kill_process(id).is_ok())
}

impl Outside {
    /// Waits until the editor has ended.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub async fn ended(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// What the editor made of the text, or a sentence that says why there is nothing to take, and where
    /// the words are if it wrote any.
    ///
    /// # Errors
    /// With that sentence.
    pub fn result(&self, status: &io::Result<ExitStatus>) -> Result<String, String> {
        let outcome = match status {
            Ok(status) if status.success() => self.read(),
            Ok(status) => Err(self.failure(*status)),
            Err(error) => Err(format!("the editor `{}` cannot be waited for: {error}", self.editor)),
        };
        match outcome {
            Ok(text) => {
                remove(&self.file);
                Ok(text)
            }
            Err(why) => Err(format!("{why}; the {} as before{}", self.stays(), self.words_kept())),
        }
    }

    fn stays(&self) -> String {
        let verb = if self.errand.name == "lyrics" { "stay" } else { "stays" };
        format!("{} {verb}", self.errand.name)
    }

    fn failure(&self, status: ExitStatus) -> String {
        let editor = &self.editor;
        // A shell tells of a signal by 128 and its number.
        let signal = status.signal().or_else(|| status.code().filter(|code| *code > 128).map(|code| code - 128));
        match (signal, status.code()) {
            (Some(signal), _) => format!("the editor `{editor}` was ended by signal {signal}"),
            (None, Some(127)) => format!("the editor `{editor}` was not found"),
            (None, Some(126)) => format!("the editor `{editor}` cannot be run"),
            (None, code) => format!("the editor `{editor}` failed with status {}", code.unwrap_or(-1)),
        }
    }

    fn read(&self) -> Result<String, String> {
        let found = fs::symlink_metadata(&self.file).map_err(|_| "the editor removed its file".to_owned())?;
        if !found.is_file() {
            return Err("the editor left something else in place of its file".to_owned());
        }
        let too_long = |length: String| {
            let (name, most) = (&self.errand.name, self.errand.most);
            format!("what the editor wrote has {length}, the {name} at most {most} characters")
        };
        if found.len() > LARGEST_FILE {
            return Err(too_long(format!("{} bytes", found.len())));
        }
        let bytes = fs::read(&self.file).map_err(|error| format!("what the editor wrote cannot be read: {error}"))?;
        let mut text = String::from_utf8(bytes).map_err(|_| "what the editor wrote is not UTF-8".to_owned())?;
        let added = self.written.len() > self.errand.text.len() || self.written.is_empty();
        if added && text.ends_with('\n') {
            text.truncate(text.len() - if text.ends_with("\r\n") { 2 } else { 1 });
        }
        let characters = text.chars().count();
        if characters > self.errand.most {
            return Err(too_long(format!("{characters} characters")));
        }
        Ok(text)
    }

    /// Where the words are that the editor wrote; a file without any is removed.
    #[must_use]
    pub fn words_kept(&self) -> String {
        let is_file = fs::symlink_metadata(&self.file).is_ok_and(|found| found.is_file());
        // Anything else, as a pipe, could be waited for without end.
        let bytes = if is_file { fs::read(&self.file).unwrap_or_default() } else { Vec::new() };
        if bytes.is_empty() || bytes == self.written.as_bytes() {
            remove(&self.file);
            return String::new();
        }
        format!("; what was written is kept in {}", self.file.display())
    }

    /// Asks the editor to end, and waits a moment for it.
    pub async fn dismiss(&mut self) {
        if let Some(id) = self.child.id().and_then(|id| Pid::from_raw(id.cast_signed())) {
            // It may have ended by itself.
            let _ = kill_process(id, Signal::TERM);
        }
        let _ = tokio::time::timeout(PATIENCE, self.child.wait()).await;
    }
}

fn remove(file: &Path) {
    // What cannot be removed is in the owner's own folder, and named at the next start.
    let _ = fs::remove_file(file);
}
