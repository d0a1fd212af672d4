//! The person's own editor: a text is lent to it as a file and taken back when it ends.
//!
//! It knows nothing of terminals: whoever lends gives the terminal away before, takes it again after, and
//! must not die of a Ctrl-C that was meant for the editor.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use tempfile::TempDir;

/// The variables that name the editor, the first one that says something counts.
pub const VARIABLES: [&str; 2] = ["VISUAL", "EDITOR"];

/// What is started where nobody named an editor, as other programs do.
const FALLBACK: &str = "vi";

/// Bytes of a text that is taken back at most: far more than any song, and no surprise for the memory.
const MOST: u64 = 1024 * 1024;

/// What shells end with when there is no such program, or when it cannot be run.
const NOT_STARTED: [i32; 2] = [126, 127];

/// A program that edits files, with its arguments, as the person wrote it down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    command: OsString,
}

/// What became of a text that was lent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lent {
    /// This is the text now.
    Changed(String),
    /// The editor left it as it was.
    Unchanged,
    /// It cannot be taken back.
    Failed {
        /// What happened.
        sentence: String,
        /// Where what the editor wrote is kept, if it wrote anything.
        kept_at: Option<PathBuf>,
    },
}

impl Editor {
    /// The editor that the environment names, or `vi`.
    pub fn find(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let named = VARIABLES.into_iter().filter_map(variable).find(|command| !is_blank(command));
        Self { command: named.unwrap_or_else(|| FALLBACK.into()) }
    }

    /// Its name, for messages.
    #[must_use]
    pub fn name(&self) -> String {
        self.command.to_string_lossy().trim().to_owned()
    }

    /// Lends a text and waits until the editor ends. The text is in a file called `file_name` (its ending
    /// tells the editor what it is), in a fresh folder below `folder` that nobody else can enter.
    #[must_use]
    pub fn lend(&self, text: &str, file_name: &str, folder: &Path) -> Lent {
        match self.try_to_lend(text, file_name, folder) {
            Ok(lent) => lent,
            Err(error) => {
                let sentence = format!("the text could not be lent to the editor: {error}");
                Lent::Failed { sentence, kept_at: None }
            }
        }
    }

    fn try_to_lend(&self, text: &str, file_name: &str, folder: &Path) -> io::Result<Lent> {
        fs::create_dir_all(folder)?;
        let for_its_owner = fs::Permissions::from_mode(0o700);
        let desk = tempfile::Builder::new().prefix("editing-").permissions(for_its_owner).tempdir_in(folder)?;
        let paper = Paper { file: desk.path().join(file_name), text, desk };
        paper.write()?;
        let ended = self.open(&paper.file)?;
        Ok(if ended.success() { paper.take_back(&self.name()) } else { paper.keep(self.complaint(ended)) })
    }

    /// Runs it as git does, by the shell: `EDITOR="code --wait"` and quoted arguments work.
    fn open(&self, file: &Path) -> io::Result<ExitStatus> {
        let mut line = self.command.clone();
        line.push(" \"$@\"");
        Command::new("sh").arg("-c").arg(line).arg("editor").arg(file).status()
    }

    fn complaint(&self, ended: ExitStatus) -> String {
        let name = self.name();
        if ended.code().is_some_and(|code| NOT_STARTED.contains(&code)) {
            return format!("the editor `{name}` could not be started; name another in {}", VARIABLES[1]);
        }
        format!("the editor `{name}` ended with {ended}")
    }
}

/// The file that the editor has, and the folder that goes away with it.
struct Paper<'a> {
    text: &'a str,
    file: PathBuf,
    desk: TempDir,
}

impl Paper<'_> {
    /// Editors expect a line end at the end, and add one where there is none.
    fn write(&self) -> io::Result<()> {
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(&self.file)?;
        file.write_all(self.lent().as_bytes())
    }

    fn lent(&self) -> String {
        let line_end = if self.text.is_empty() || self.text.ends_with('\n') { "" } else { "\n" };
        format!("{}{line_end}", self.text)
    }

    fn take_back(self, editor: &str) -> Lent {
        let Ok(about) = fs::metadata(&self.file) else {
            let sentence = format!("the editor `{editor}` took the file away, so nothing was changed");
            return Lent::Failed { sentence, kept_at: None };
        };
        if !about.is_file() {
            return self.keep(format!("the editor `{editor}` left something that is no file"));
        }
        if about.len() > MOST {
            return self.keep(format!("the text has {} bytes, at most {MOST} are taken", about.len()));
        }
        match fs::read(&self.file).map(String::from_utf8) {
            Err(error) => self.keep(format!("the text could not be read: {error}")),
            Ok(Err(_)) => self.keep("the text is not UTF-8".to_owned()),
            Ok(Ok(text)) => match self.as_it_was_lent(&text) {
                text if text == self.text => Lent::Unchanged,
                text => Lent::Changed(text),
            },
        }
    }

    /// With `\n` as line ends, and without the one at the end that only an editor wants.
    fn as_it_was_lent(&self, read: &str) -> String {
        let mut text = read.strip_prefix('\u{FEFF}').unwrap_or(read).replace("\r\n", "\n");
        if !self.text.ends_with('\n') && text.ends_with('\n') {
            text.pop();
        }
        text
    }

    /// What cannot be taken back stays on the disk, if there is anything that was not there before.
    fn keep(self, sentence: String) -> Lent {
        if !self.file.exists() || self.is_as_lent() {
            return Lent::Failed { sentence, kept_at: None };
        }
        let _kept = self.desk.keep();
        Lent::Failed { sentence, kept_at: Some(self.file) }
    }

    /// Looked at before it is read: it may be a pipe that nobody writes to, or very long.
    fn is_as_lent(&self) -> bool {
        let lent = self.lent();
        let may_be = fs::metadata(&self.file).is_ok_and(|about| about.is_file() && about.len() == lent.len() as u64);
        may_be && fs::read(&self.file).is_ok_and(|bytes| bytes == lent.as_bytes())
    }
}

fn is_blank(command: &OsStr) -> bool {
    command.to_string_lossy().trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[Verse]\nThe last boat leaves at ten";

    /// An editor that is a script; `$1` is the file.
    struct Script {
        folder: TempDir,
        editor: Editor,
    }

    impl Script {
        fn new(body: &str) -> Self {
            Self::with_arguments(body, "")
        }

        fn with_arguments(body: &str, arguments: &str) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let script = folder.path().join("my editor");
            fs::write(&script, body).unwrap();
            let command = format!("sh '{}' {arguments}", script.display());
            let editor = Editor::find(|name| (name == "EDITOR").then(|| command.clone().into()));
            Self { folder, editor }
        }

        fn place(&self) -> PathBuf {
            self.folder.path().join("below/data")
        }

        fn edit(&self, text: &str) -> Lent {
            self.editor.lend(text, "lyrics.txt", &self.place())
        }

        /// Folders that are left below the place.
        fn left(&self) -> usize {
            fs::read_dir(self.place()).unwrap().count()
        }
    }

    fn failed(lent: Lent) -> (String, Option<PathBuf>) {
        match lent {
            Lent::Failed { sentence, kept_at } => (sentence, kept_at),
            other => panic!("not failed: {other:?}"),
        }
    }

    #[test]
    fn a_changed_text_comes_back_without_the_line_end_that_only_the_editor_wants() {
        let script = Script::new("printf 'Nobody waits\\n' >> \"$1\"");
        assert_eq!(script.edit(TEXT), Lent::Changed(format!("{TEXT}\nNobody waits")));
        assert_eq!(script.edit(""), Lent::Changed("Nobody waits".to_owned()));
        assert_eq!(script.edit("one\n"), Lent::Changed("one\nNobody waits\n".to_owned()));
        assert_eq!(script.left(), 0);
    }

    #[test]
    fn an_editor_that_writes_a_new_file_over_the_old_one_is_read_too() {
        let script = Script::new("printf 'new' > \"$1.swp\" && mv \"$1.swp\" \"$1\"");
        assert_eq!(script.edit(TEXT), Lent::Changed("new".to_owned()));
    }

    #[test]
    fn a_text_left_alone_is_unchanged_whatever_its_end() {
        let script = Script::new("true");
        for text in ["", "one", "one\n", "one\n\n", TEXT] {
            assert_eq!(script.edit(text), Lent::Unchanged, "{text:?}");
        }
        assert_eq!(script.left(), 0);
    }

    #[test]
    fn an_editor_of_another_world_changes_line_ends_and_nothing_else() {
        let script = Script::new("printf '\\357\\273\\277one\\r\\ntwo\\r\\n' > \"$1\"");
        assert_eq!(script.edit("one"), Lent::Changed("one\ntwo".to_owned()));
        assert_eq!(script.edit("one\ntwo"), Lent::Unchanged);
    }

    #[test]
    fn arguments_of_the_editor_are_kept_apart_and_the_file_comes_last() {
        let script = Script::with_arguments("printf '%s|' \"$@\" > \"$3\"", "--wait 'two words'");
        let Lent::Changed(said) = script.edit(TEXT) else { panic!("not changed") };
        assert!(said.starts_with("--wait|two words|") && said.ends_with("/lyrics.txt|"), "{said}");
    }

    #[test]
    fn nobody_else_can_read_what_is_lent() {
        let script = Script::new("(ls -l \"$1\"; ls -ld \"${1%/*}\") | cut -c 1-10 > \"$1.x\"; cat \"$1.x\" > \"$1\"");
        assert_eq!(script.edit(TEXT), Lent::Changed("-rw-------\ndrwx------".to_owned()));
    }

    #[test]
    fn what_a_failing_editor_wrote_is_kept() {
        let script = Script::new("echo half > \"$1\"; exit 3");
        let (sentence, kept_at) = failed(script.edit(TEXT));
        assert!(sentence.contains("exit status: 3") && sentence.contains("my editor"), "{sentence}");
        assert_eq!(fs::read_to_string(kept_at.unwrap()).unwrap(), "half\n");
    }

    #[test]
    fn an_editor_left_with_an_error_and_nothing_written_leaves_nothing() {
        let script = Script::new("exit 1");
        assert_eq!(failed(script.edit(TEXT)).1, None);
        assert_eq!(script.left(), 0);
    }

    #[test]
    fn what_a_killed_editor_wrote_is_kept() {
        let script = Script::new("echo half > \"$1\"; kill -KILL $$");
        let kept_at = failed(script.edit(TEXT)).1;
        assert_eq!(fs::read_to_string(kept_at.unwrap()).unwrap(), "half\n");
    }

    #[test]
    fn an_editor_that_takes_the_file_away_changes_nothing() {
        for body in ["rm \"$1\"", "rm -r \"$(dirname \"$1\")\""] {
            let script = Script::new(body);
            let (sentence, kept_at) = failed(script.edit(TEXT));
            assert!(sentence.contains("took the file away"), "{sentence}");
            assert_eq!(kept_at, None);
        }
    }

    #[test]
    fn something_that_is_no_file_is_not_waited_for() {
        let script = Script::new("rm \"$1\" && mkfifo \"$1\"");
        assert!(failed(script.edit(TEXT)).0.contains("no file"));
    }

    #[test]
    fn a_text_in_another_encoding_is_kept_and_said() {
        let script = Script::new("printf 'na\\357ve' > \"$1\"");
        let (sentence, kept_at) = failed(script.edit(TEXT));
        assert!(sentence.contains("UTF-8"), "{sentence}");
        assert_eq!(fs::read(kept_at.unwrap()).unwrap(), b"na\xEFve");
    }

    #[test]
    fn a_text_longer_than_any_song_is_kept_and_said() {
        let script = Script::new("head -c 1048577 /dev/zero > \"$1\"");
        let (sentence, kept_at) = failed(script.edit(TEXT));
        assert!(sentence.contains("1048577 bytes"), "{sentence}");
        assert_eq!(kept_at.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_missing_editor_is_named_with_the_variable_that_names_another() {
        let editor = Editor::find(|_| Some("nonexistent-editor-of-nobody 2>/dev/null".into()));
        let folder = tempfile::tempdir().unwrap();
        let (sentence, kept_at) = failed(editor.lend(TEXT, "lyrics.txt", folder.path()));
        assert!(sentence.contains("nonexistent-editor-of-nobody") && sentence.contains("EDITOR"), "{sentence}");
        assert_eq!(kept_at, None);
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("blocked");
        fs::write(&blocked, "").unwrap();
        let (sentence, _) = failed(Script::new("true").editor.lend(TEXT, "lyrics.txt", &blocked.join("x")));
        assert!(sentence.contains("could not be lent"), "{sentence}");
    }

    #[test]
    fn visual_comes_before_editor_and_a_blank_one_does_not_count() {
        let find = |visual: &'static str, editor: &'static str| {
            Editor::find(|name| Some(if name == "VISUAL" { visual } else { editor }.into())).name()
        };
        assert_eq!(find("emacs -nw", "vim"), "emacs -nw");
        assert_eq!(find(" ", "vim"), "vim");
        assert_eq!(Editor::find(|_| None).name(), "vi");
    }
}
