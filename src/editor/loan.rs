//! A text on its way through an editor.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use super::{Editor, ending, left_over};

/// Bytes of a file that is read at most: far more than any song, and no surprise for the memory.
const LARGEST_FILE: u64 = 1024 * 1024;

/// What editors of another world begin a text with.
const BYTE_ORDER_MARK: char = '\u{FEFF}';

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

/// A text that is lent: a file in a folder of its own, which nobody else can enter. The folder is removed
/// by [`end`](Self::end) and [`abandon`](Self::abandon) and by nothing else, so that no failure of the
/// lender takes words along.
#[must_use = "the file stays until the loan is ended"]
#[derive(Debug)]
pub struct Loan {
    editor: Editor,
    name: String,
    text: String,
    most: usize,
    desk: PathBuf,
    file: PathBuf,
}

impl Loan {
    pub(super) fn begin(editor: Editor, name: &str, text: &str, most: usize, folder: &Path) -> io::Result<Self> {
        let (desk, file) = lay_out(name, text, folder)?;
        Ok(Self { editor, name: name.to_owned(), text: text.to_owned(), most, desk, file })
    }

    /// What opens the editor on the text. The terminal must have been given back.
    ///
    /// A shell takes the person's command apart, so `code --wait` works, and `env` the variables before
    /// it. Both become the editor: a shell that waited for it would fall to a Ctrl-C that is the editor's.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut line = OsString::from("exec env ");
        line.push(&self.editor.command);
        line.push(" \"$@\"");
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(line).arg("refrain").arg(&self.file);
        command
    }

    /// The editor ended so, or could not be run: what it made of the text.
    #[must_use]
    pub fn end(self, ended: &io::Result<ExitStatus>) -> Lent {
        let read = match ending::complaint(&self.editor, ended) {
            Some(complaint) => Err(complaint),
            None => self.read(),
        };
        match read {
            Ok(text) => {
                self.remove();
                if text == self.text { Lent::Unchanged } else { Lent::Changed(text) }
            }
            Err(sentence) => Lent::Failed { sentence, kept_at: self.abandon() },
        }
    }

    /// Nothing is taken back. Where the words are that the editor wrote, if it wrote any; they stay.
    #[must_use]
    pub fn abandon(self) -> Option<PathBuf> {
        let words = left_over::words(&self.desk, &as_lent(&self.text));
        if words.is_none() {
            self.remove();
        }
        words
    }

    fn remove(&self) {
        // What cannot be removed is in the owner's own folder, and named at the next start.
        let _ = fs::remove_dir_all(&self.desk);
    }

    fn read(&self) -> Result<String, String> {
        let about = fs::symlink_metadata(&self.file).map_err(|_| "the editor removed its file".to_owned())?;
        if !about.is_file() {
            return Err("the editor left something else in place of its file".to_owned());
        }
        if about.len() > LARGEST_FILE {
            return Err(self.too_long(&format!("{} bytes", about.len())));
        }
        let mut bytes = Vec::new();
        File::open(&self.file)
            .and_then(|file| file.take(LARGEST_FILE).read_to_end(&mut bytes))
            .map_err(|error| format!("what the editor wrote cannot be read: {error}"))?;
        if bytes == as_lent(&self.text).as_bytes() {
            return Ok(self.text.clone());
        }
        let text = String::from_utf8(bytes).map_err(|_| "what the editor wrote is not UTF-8".to_owned())?;
        let text = self.in_our_ways(&text);
        match text.chars().count() {
            characters if characters > self.most => Err(self.too_long(&format!("{characters} characters"))),
            _ => Ok(text),
        }
    }

    fn too_long(&self, length: &str) -> String {
        let Self { name, most, .. } = self;
        format!("what the editor wrote has {length}, the {name} at most {most} characters")
    }

    /// With `\n` as line ends, and without what only an editor wants at the beginning and the end.
    fn in_our_ways(&self, read: &str) -> String {
        let text = if self.text.starts_with(BYTE_ORDER_MARK) {
            read
        } else {
            read.strip_prefix(BYTE_ORDER_MARK).unwrap_or(read)
        };
        let mut text = text.replace("\r\n", "\n").replace('\r', "\n");
        if !self.text.ends_with('\n') && text.ends_with('\n') {
            text.pop();
        }
        text
    }
}

/// Writes a text to a file in a fresh folder; tells folder and file.
pub(super) fn lay_out(name: &str, text: &str, folder: &Path) -> io::Result<(PathBuf, PathBuf)> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let for_its_owner = Permissions::from_mode(0o700);
    // A folder of its own takes what editors put beside their files, and takes it away again.
    let mut desks = tempfile::Builder::new();
    let desk = desks.prefix(&left_over::prefix()).permissions(for_its_owner).tempdir_in(folder)?;
    let file = desk.path().join(file_name(name));
    File::options().write(true).create_new(true).mode(0o600).open(&file)?.write_all(as_lent(text).as_bytes())?;
    Ok((desk.keep(), file))
}

/// Editors end a file with a line end; what they would add must not look like a change.
fn as_lent(text: &str) -> String {
    let line_end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    format!("{text}{line_end}")
}

/// `lyrics.txt`: its ending tells the editor what it is. A setting may be called anything.
fn file_name(name: &str) -> String {
    let plain: String = name.chars().map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' }).take(40).collect();
    format!("{plain}.txt")
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::super::Workbench;
    use super::*;

    const TEXT: &str = "[Verse]\nThe last boat leaves at ten";

    /// An editor that is a script; `$1` is the file.
    struct Script {
        folder: TempDir,
        workbench: Workbench,
    }

    impl Script {
        fn new(body: &str) -> Self {
            Self::with_arguments(body, "")
        }

        fn with_arguments(body: &str, arguments: &str) -> Self {
            let folder = tempfile::tempdir().unwrap();
            let script = folder.path().join("my editor");
            fs::write(&script, body).unwrap();
            Self::of_command(folder, &format!("sh '{}' {arguments}", script.display()))
        }

        fn of_command(folder: TempDir, command: &str) -> Self {
            let named = |name: &str| (name == "EDITOR").then(|| command.into());
            let workbench = Workbench::of(&folder.path().join("below/data"), named);
            Self { folder, workbench }
        }

        fn edit(&self, text: &str) -> Lent {
            let loan = self.workbench.lend("lyrics", text, 100).unwrap();
            let ended = loan.command().status();
            loan.end(&ended)
        }

        /// Folders that are left.
        fn left(&self) -> usize {
            fs::read_dir(self.folder.path().join("below/data/edits")).unwrap().count()
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
        let script = Script::new("cp \"$1\" \"$1~\"; printf 'new' > \"$1.swp\" && mv \"$1.swp\" \"$1\"");
        assert_eq!(script.edit(TEXT), Lent::Changed("new".to_owned()));
        assert_eq!(script.left(), 0, "the copy that the editor made is gone as well");
    }

    #[test]
    fn a_text_left_alone_is_unchanged_whatever_its_end() {
        let script = Script::new("true");
        for text in ["", "one", "one\n", "one\n\n", "one\r\ntwo", "\u{FEFF}one", TEXT] {
            assert_eq!(script.edit(text), Lent::Unchanged, "{text:?}");
        }
        assert_eq!(script.left(), 0);
    }

    #[test]
    fn an_editor_of_another_world_changes_line_ends_and_nothing_else() {
        let script = Script::new("printf '\\357\\273\\277one\\r\\ntwo\\r\\n' > \"$1\"");
        assert_eq!(script.edit("one"), Lent::Changed("one\ntwo".to_owned()));
        assert_eq!(script.edit("one\ntwo"), Lent::Unchanged);
        assert_eq!(Script::new("printf 'one\\rtwo\\r' > \"$1\"").edit("one\ntwo"), Lent::Unchanged);
    }

    #[test]
    fn arguments_of_the_editor_are_kept_apart_and_the_file_comes_last() {
        let script = Script::with_arguments("printf '%s|' \"$@\" > \"$3\"", "--wait 'two words'");
        let Lent::Changed(said) = script.edit("") else { panic!("not changed") };
        assert!(said.starts_with("--wait|two words|") && said.ends_with("/lyrics.txt|"), "{said}");
    }

    #[test]
    fn the_shell_that_starts_the_editor_becomes_the_editor() {
        let script = Script::of_command(tempfile::tempdir().unwrap(), "LOUD=yes sh -c 'echo $PPID $LOUD > \"$1\"' sh");
        assert_eq!(script.edit(""), Lent::Changed(format!("{} yes", std::process::id())));
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
        assert!(sentence.contains("failed with status 3") && sentence.contains("my editor"), "{sentence}");
        assert_eq!(fs::read_to_string(kept_at.unwrap()).unwrap(), "half\n");
    }

    #[test]
    fn an_editor_left_with_an_error_and_nothing_written_leaves_nothing() {
        for body in ["exit 1", ": > \"$1\"; exit 1", "cp \"$1\" \"$1~\"; exit 1"] {
            let script = Script::new(body);
            assert_eq!(failed(script.edit(TEXT)).1, None, "{body}");
            assert_eq!(script.left(), 0, "{body}");
        }
    }

    #[test]
    fn what_a_killed_editor_wrote_is_kept_be_it_in_its_own_file() {
        for file in ["$1", "${1%/*}/.lyrics.txt.swp"] {
            let script = Script::new(&format!("echo half > \"{file}\"; kill -KILL $$"));
            let (sentence, kept_at) = failed(script.edit(TEXT));
            assert!(sentence.contains("was ended by signal 9"), "{sentence}");
            assert_eq!(fs::read_to_string(kept_at.unwrap()).unwrap(), "half\n");
        }
    }

    #[test]
    fn an_editor_that_takes_the_file_away_changes_nothing() {
        for body in ["rm \"$1\"", "rm -r \"$(dirname \"$1\")\""] {
            let script = Script::new(body);
            let (sentence, kept_at) = failed(script.edit(TEXT));
            assert!(sentence.contains("removed its file"), "{sentence}");
            assert_eq!((kept_at, script.left()), (None, 0));
        }
    }

    #[test]
    fn something_that_is_no_file_is_not_waited_for_nor_followed() {
        for body in ["rm \"$1\" && mkfifo \"$1\"", "ln -sf /etc/hostname \"$1\""] {
            let script = Script::new(body);
            assert!(failed(script.edit(TEXT)).0.contains("something else in place of its file"), "{body}");
            assert_eq!(script.left(), 0, "{body}");
        }
    }

    #[test]
    fn a_text_in_another_encoding_is_kept_and_said() {
        let script = Script::new("printf 'na\\357ve' > \"$1\"");
        let (sentence, kept_at) = failed(script.edit(TEXT));
        assert!(sentence.contains("UTF-8"), "{sentence}");
        assert_eq!(fs::read(kept_at.unwrap()).unwrap(), b"na\xEFve");
    }

    #[test]
    fn a_text_longer_than_the_field_or_any_song_is_kept_and_said() {
        for (length, said) in [(101, "has 101 characters, the lyrics at most 100"), (1_048_577, "has 1048577 bytes")] {
            let script = Script::new(&format!("head -c {length} /dev/zero > \"$1\""));
            let (sentence, kept_at) = failed(script.edit(TEXT));
            assert!(sentence.contains(said), "{sentence}");
            assert_eq!(kept_at.unwrap().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_missing_editor_is_named_with_the_variable_that_names_it() {
        let script = Script::of_command(tempfile::tempdir().unwrap(), "nonexistent-editor-of-nobody 2>/dev/null");
        let (sentence, kept_at) = failed(script.edit(TEXT));
        assert!(sentence.contains("nonexistent-editor-of-nobody") && sentence.contains("EDITOR"), "{sentence}");
        assert_eq!((kept_at, script.left()), (None, 0));
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_said() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("below"), "").unwrap();
        let sentence = Script::of_command(folder, "true").workbench.lend("lyrics", TEXT, 100).unwrap_err();
        assert!(sentence.contains("the lyrics cannot be written to a file in `"), "{sentence}");
    }

    #[test]
    fn a_setting_may_be_called_anything() {
        assert_eq!(file_name("sample-rate"), "sample-rate.txt");
        assert_eq!(file_name("../a b"), "___a_b.txt");
    }
}
