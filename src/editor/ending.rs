//! What became of an editor, in words.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use super::Editor;

/// Why nothing is taken back from an editor that ended so; nothing where it ended well.
pub fn complaint(editor: &Editor, ended: &io::Result<ExitStatus>) -> Option<String> {
    let name = editor.name();
    let status = match ended {
        Ok(status) if status.success() => return None,
        Ok(status) => *status,
        Err(error) => return Some(format!("the editor `{name}` cannot be run: {error}")),
    };
    // A shell tells of a signal by 128 and its number, and of a program that it could not start by 126
    // and 127.
    let signal = status.signal().or_else(|| status.code().filter(|code| *code > 128).map(|code| code - 128));
    Some(match (signal, status.code()) {
        (Some(signal), _) => format!("the editor `{name}` was ended by signal {signal}"),
        (None, Some(127)) => format!("the editor `{name}`, named by {}, was not found", editor.variable()),
        (None, Some(126)) => format!("the editor `{name}`, named by {}, cannot be run", editor.variable()),
        (None, code) => format!("the editor `{name}` failed with status {}", code.unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_end_has_its_words() {
        let editor = Editor::find(|name| (name == "EDITOR").then(|| "vim".into())).unwrap();
        let ended = |wait_status| Ok(ExitStatus::from_raw(wait_status));
        let table = [
            (ended(0), None),
            (ended(3 << 8), Some("the editor `vim` failed with status 3")),
            (ended(9), Some("the editor `vim` was ended by signal 9")),
            (ended(130 << 8), Some("the editor `vim` was ended by signal 2")),
            (ended(127 << 8), Some("the editor `vim`, named by EDITOR, was not found")),
            (ended(126 << 8), Some("the editor `vim`, named by EDITOR, cannot be run")),
            (Err(io::Error::other("no processes")), Some("the editor `vim` cannot be run: no processes")),
        ];
        for (ended, words) in table {
            assert_eq!(complaint(&editor, &ended).as_deref(), words, "{ended:?}");
        }
    }
}
