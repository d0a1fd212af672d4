//! Where there can be no screen, refrain says so, says what works instead, and touches nothing.

use std::process::Command;

use crate::terminal::{Setup, Terminal};
use crate::wrappers::folder;

/// Runs a line of shell with the screen in it, in a terminal; tells all that came of it.
fn said(line: &str, environment: &[(&str, &str)]) -> String {
    let data = folder();
    let screen = format!("{} --sandbox --data-dir {}/data", env!("CARGO_BIN_EXE_refrain"), data.path().display());
    let line = format!("{}; echo ended with $?", line.replace("refrain", &screen));
    let mut terminal =
        Terminal::open("/bin/sh", &["-c", &line], &Setup { columns: 200, environment, ..Setup::default() });
    terminal.gone();
    assert!(!data.path().join("data").exists(), "a refused screen made a data directory");
    String::from_utf8(terminal.everything()).unwrap()
}

/// The commands that a sentence names in backticks.
fn commands(said: &str) -> Vec<String> {
    let quoted = said.split('`').skip(1).step_by(2);
    let names = quoted.map(|words| words.trim_start_matches("refrain ").to_owned());
    names.filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '-')).collect()
}

#[test]
fn without_a_terminal_on_either_side_the_screen_is_refused_with_the_commands_that_work() {
    // The last process of a pipe has the status: the screen's own is told by a subshell.
    let cases = [
        "refrain < /dev/null",
        "(refrain; echo ended with $?) | cat",
        "(refrain < /dev/null; echo ended with $?) | cat",
    ];
    let help = Command::new(env!("CARGO_BIN_EXE_refrain")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for line in cases {
        let said = said(line, &[]);
        assert!(said.contains("error: the screen needs a terminal on standard input and output"), "{line}: {said}");
        assert!(said.contains("ended with 2"), "{line}: {said}");
        assert!(!said.contains('\x1b'), "{line}: {said:?}");
        let commands = commands(&said);
        assert!(commands.len() >= 6, "{commands:?}");
        for command in commands {
            let is_listed = help.lines().any(|line| line.split_whitespace().any(|word| word == command));
            assert!(is_listed, "`{command}` is named and does not exist:\n{help}");
        }
    }
}

#[test]
fn a_terminal_that_only_shows_lines_gets_no_screen() {
    for (term, name) in [("dumb", "the terminal `dumb`"), ("unknown", "the terminal `unknown`"), ("", "without a name")]
    {
        let said = said("refrain", &[("TERM", term)]);
        assert!(said.contains("error: the screen needs a terminal with rows and columns"), "{term}: {said}");
        assert!(said.contains(name) && said.contains("refrain --help"), "{term}: {said}");
        assert!(said.contains("ended with 2"), "{term}: {said}");
        assert!(!said.contains('\x1b'), "{term}: {said:?}");
    }
}
