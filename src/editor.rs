//! The person's own editor: a text is lent to it as a file and taken back when it ends.
//!
//! It knows nothing of terminals, nor how one waits for a process: whoever lends gives the terminal away,
//! starts the command of the [`Loan`], says how it ended, takes the terminal again, and does not die of a
//! Ctrl-C that was meant for the editor.

mod ending;
mod left_over;
mod loan;

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

pub use loan::{Lent, Loan};

/// The variables that name the editor; the first one that says something counts.
const VARIABLES: [&str; 2] = ["VISUAL", "EDITOR"];

/// The folder of the texts that are lent, below the data folder.
const FOLDER: &str = "edits";

/// Neither variable names an editor. None is guessed: refrain can be written in without one, and `vi` is
/// hard to leave for those who did not ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("VISUAL and EDITOR are not set")]
pub struct NoEditor;

impl NoEditor {
    /// What to do about it.
    pub const HINT: &str = "`export EDITOR=nano` and start refrain again";
}

/// A program that edits files, with its arguments and variables, as the person wrote it down for a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Editor {
    command: OsString,
    variable: &'static str,
}

/// What texts are lent with.
#[derive(Clone, Debug)]
pub struct Workbench {
    /// The person's editor, if there is one.
    pub editor: Result<Editor, NoEditor>,
    folder: PathBuf,
}

impl Editor {
    /// The editor that the environment names.
    ///
    /// # Errors
    /// When it names none.
    pub fn find(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, NoEditor> {
        let named = VARIABLES.into_iter().find_map(|name| {
            let command = variable(name).filter(|command| !is_blank(command))?;
            Some(Self { command, variable: name })
        });
        named.ok_or(NoEditor)
    }

    /// Its command, for messages.
    #[must_use]
    pub fn name(&self) -> String {
        self.command.to_string_lossy().trim().to_owned()
    }

    /// The variable that names it.
    #[must_use]
    pub fn variable(&self) -> &'static str {
        self.variable
    }

    /// The program that is started, as far as it can be told without a shell: the first word that sets no
    /// variable.
    #[must_use]
    pub fn program(&self) -> Option<String> {
        let words = shell_words::split(self.command.to_str()?).ok()?;
        words.into_iter().find(|word| !word.contains('=')).filter(|word| !word.contains(['$', '`', '~']))
    }
}

impl Workbench {
    /// With the editor that the environment names; texts lie below the data folder meanwhile.
    pub fn of(data: &Path, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        Self { editor: Editor::find(variable), folder: data.join(FOLDER) }
    }

    /// Lends what is called `name` to the editor; at most so many characters will be taken back.
    ///
    /// # Errors
    /// With a sentence, when there is no editor or the text cannot be written to a file.
    pub fn lend(&self, name: &str, text: &str, most: usize) -> Result<Loan, String> {
        let editor = self.editor.clone().map_err(|none| format!("{none}; {}", NoEditor::HINT))?;
        Loan::begin(editor, name, text, most, &self.folder)
            .map_err(|error| format!("the {name} cannot be written to a file in `{}`: {error}", self.folder.display()))
    }

    /// Puts words aside that found no place in a song, and says in a sentence where they are.
    #[must_use]
    pub fn keep(&self, name: &str, text: &str) -> String {
        match loan::lay_out(name, text, &self.folder) {
            Ok((_, file)) => format!("what was written is kept in `{}`", file.display()),
            Err(error) => format!("what was written could not be kept in `{}` either: {error}", self.folder.display()),
        }
    }

    /// A sentence about words that an editor held when the refrain that had lent them went, if there are
    /// some. To be asked before anything is lent.
    #[must_use]
    pub fn left_over(&self) -> Option<String> {
        let file = left_over::first(&self.folder)?;
        let file = file.display();
        Some(format!("words from your editor are kept in `{file}`; remove the file when you have them"))
    }
}

fn is_blank(command: &OsStr) -> bool {
    command.to_string_lossy().trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(visual: &'static str, editor: &'static str) -> Result<Editor, NoEditor> {
        Editor::find(|name| Some(if name == "VISUAL" { visual } else { editor }.into()))
    }

    #[test]
    fn visual_comes_before_editor_and_a_blank_one_does_not_count() {
        let table = [("emacs -nw", "vim", "emacs -nw", "VISUAL"), (" ", "vim ", "vim", "EDITOR")];
        for (visual, editor, name, variable) in table {
            let found = find(visual, editor).unwrap();
            assert_eq!((found.name().as_str(), found.variable()), (name, variable));
        }
    }

    #[test]
    fn where_no_variable_names_an_editor_none_is_guessed() {
        assert_eq!(find("", "\t "), Err(NoEditor));
        assert_eq!(Editor::find(|_| None), Err(NoEditor));
        let folder = tempfile::tempdir().unwrap();
        let why = Workbench::of(folder.path(), |_| None).lend("lyrics", "", 9).unwrap_err();
        assert!(why.contains("EDITOR=nano"), "{why}");
        assert!(!folder.path().join(FOLDER).exists());
    }

    #[test]
    fn the_program_is_the_first_word_that_sets_no_variable() {
        let table = [
            ("vim", Some("vim")),
            ("LOUD=yes code --wait", Some("code")),
            ("'/opt/my editor' -w", Some("/opt/my editor")),
            ("$HOME/bin/ed", None),
            ("'not closed", None),
        ];
        for (command, program) in table {
            assert_eq!(find(command, "").unwrap().program().as_deref(), program, "{command}");
        }
    }
}
