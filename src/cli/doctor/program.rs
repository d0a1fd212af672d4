//! Another program's answer to a question, where it comes soon.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// The longest answer.
const MOST_BYTES: u64 = 4096;

/// What a program prints, without white space around it; nothing where it is not there, fails, or does
/// not answer in time.
pub fn answer_of(program: &str, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let out = child.stdout.take()?;
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = out.take(MOST_BYTES).read_to_string(&mut text);
        // Nobody listens any more where it took too long.
        let _ = tell.send(read.map(|_| text));
    });
    let answer = told.recv_timeout(PATIENCE);
    if answer.is_err() {
        // It may have ended this very moment.
        let _ = child.kill();
    }
    let ended_well = child.wait().is_ok_and(|status| status.success());
    answer.ok()?.ok().filter(|_| ended_well).map(|text| text.trim().to_owned())
}

/// The file that a command's name stands for in `search_path`, or the one it names itself.
pub fn found(name: &str, search_path: Option<&str>) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    let is_program = |path: &Path| path.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0);
    if name.contains('/') {
        return Some(PathBuf::from(name)).filter(|path| is_program(path));
    }
    std::env::split_paths(search_path?).map(|folder| folder.join(name)).find(|path| is_program(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_asked_and_not_waited_for_long() {
        assert_eq!(answer_of("echo", &["tmux 3.4"]).as_deref(), Some("tmux 3.4"));
        assert_eq!(answer_of("sleep", &["60"]), None);
        assert_eq!(answer_of("false", &[]), None);
        assert_eq!(answer_of("/nonexistent/program", &[]), None);
    }

    #[test]
    fn a_name_is_looked_for_in_the_path_and_a_path_is_taken_as_it_is() {
        assert_eq!(found("sh", Some("/nonexistent:/bin")), Some(PathBuf::from("/bin/sh")));
        assert_eq!(found("/bin/sh", None), Some(PathBuf::from("/bin/sh")));
        assert_eq!(found("sh", Some("/nonexistent")), None);
        assert_eq!(found("/etc/passwd", None), None, "no program");
    }
}
