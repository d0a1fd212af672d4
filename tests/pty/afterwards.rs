//! The terminal is given back whole, however refrain ends, and taken again after a pause.

use rustix::process::Signal;

use crate::terminal::{Setup, Terminal};

const CTRL_Q: &str = "\x11";
const CTRL_Z: &str = "\x1a";

/// A shell in a terminal, as people have it, with refrain to be started in it.
fn shell(data: &std::path::Path) -> Terminal {
    let environment = [("PS1", "prompt> "), ("REFRAIN_DATA_DIR", data.to_str().unwrap()), ("ENV", "")];
    let mut shell = Terminal::open("/bin/sh", &["-i"], &Setup { environment: &environment, ..Setup::default() });
    shell.expect("prompt>");
    shell.keys(&format!("refrain() {{ {} --sandbox; echo ended with $?; }}\r", env!("CARGO_BIN_EXE_refrain")));
    shell
}

/// A shell in which the screen is open, and the line settings before it was.
fn screen_in_shell(data: &std::path::Path) -> (Terminal, String) {
    let mut shell = shell(data);
    prompt_again(&mut shell);
    let before = shell.line_settings();
    shell.keys("refrain\r");
    shell.expect("[Verse 1]");
    (shell, before)
}

/// What a program may have left behind in a terminal.
fn assert_whole(shell: &Terminal, before: &str) {
    let screen = shell.screen();
    assert!(!screen.alternate_screen(), "still on the alternate screen");
    assert!(!screen.hide_cursor(), "the cursor is hidden");
    assert!(!screen.bracketed_paste(), "pastes are still bracketed");
    assert!(!screen.application_cursor(), "the arrow keys still speak another language");
    assert_eq!(shell.line_settings(), before, "the line settings differ");
}

/// Whether the shell takes and runs a line, which it can only where the line settings are its own.
fn prompt_again(shell: &mut Terminal) {
    let number = shell.bytes();
    shell.keys(&format!("echo back and $(({number} + 1))\r"));
    shell.expect(&format!("back and {}", number + 1));
}

#[test]
fn after_quitting_the_terminal_is_as_before() {
    let data = tempfile::tempdir().unwrap();
    let (mut shell, before) = screen_in_shell(data.path());
    shell.keys(CTRL_Q);
    shell.expect("ended with 0");
    prompt_again(&mut shell);
    assert_whole(&shell, &before);
}

#[test]
fn after_sigterm_the_terminal_is_as_before() {
    let data = tempfile::tempdir().unwrap();
    let (mut shell, before) = screen_in_shell(data.path());
    let children = format!("/proc/{}/task/{}/children", shell.pid(), shell.pid());
    let child: i32 = std::fs::read_to_string(children).unwrap().split_whitespace().next().unwrap().parse().unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(child).unwrap(), Signal::TERM).unwrap();
    shell.expect("ended with 0");
    prompt_again(&mut shell);
    assert_whole(&shell, &before);
}

#[test]
fn ctrl_z_gives_the_terminal_back_and_fg_brings_the_screen_as_it_was() {
    let data = tempfile::tempdir().unwrap();
    // Not a function: a shell can bring a program back, not the rest of a function.
    let environment = [("PS1", "prompt> "), ("REFRAIN_DATA_DIR", data.path().to_str().unwrap()), ("ENV", "")];
    let mut shell = Terminal::open("/bin/sh", &["-i"], &Setup { environment: &environment, ..Setup::default() });
    prompt_again(&mut shell);
    let before = shell.line_settings();
    shell.keys(&format!("{} --sandbox\r", env!("CARGO_BIN_EXE_refrain")));
    shell.expect("[Verse 1]");
    shell.keys("typed before ");
    shell.expect("typed before");
    shell.keys(CTRL_Z);
    shell.until("the shell's own screen", |screen| !screen.alternate_screen());
    prompt_again(&mut shell);
    assert_whole(&shell, &before);
    shell.keys("fg\r");
    shell.expect("typed before");
    shell.keys("and after ");
    shell.expect("typed before and after");
    shell.keys(CTRL_Q);
    shell.until("the shell's own screen", |screen| !screen.alternate_screen());
    prompt_again(&mut shell);
    assert_whole(&shell, &before);
}

/// Run by the next test inside a terminal of its own: panics while it has the screen.
#[test]
#[ignore = "the inside of another test"]
fn child_that_panics_with_the_screen_open() {
    let screen = refrain::tui::terminal::Screen::enter(refrain::tui::terminal::Charset::Utf8);
    panic!("on purpose, with the screen {}", if screen.is_ok() { "open" } else { "refused" });
}

#[test]
fn after_a_panic_the_terminal_is_as_before_and_the_reason_is_readable() {
    let environment = [("PS1", "prompt> "), ("ENV", "")];
    let mut shell = Terminal::open("/bin/sh", &["-i"], &Setup { environment: &environment, ..Setup::default() });
    prompt_again(&mut shell);
    let before = shell.line_settings();
    let itself = std::env::current_exe().unwrap();
    let test = "afterwards::child_that_panics_with_the_screen_open";
    shell.keys(&format!("{} --exact {test} --ignored --nocapture\r", itself.display()));
    shell.expect("on purpose, with the screen open");
    shell.expect("test result: FAILED");
    prompt_again(&mut shell);
    assert_whole(&shell, &before);
}

#[test]
fn a_resize_storm_ends_in_a_screen_of_the_last_size() {
    let data = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::refrain(data.path(), &Setup::default());
    terminal.expect("[Verse 1]");
    for step in 0..100_u16 {
        terminal.resize(40 + (step * 7) % 200, 8 + (step * 3) % 60);
    }
    terminal.resize(100, 30);
    terminal.keys("after the storm ");
    terminal.expect("after the storm");
    terminal.resize(20, 5);
    terminal.expect("40x12");
    terminal.resize(80, 24);
    terminal.expect("after the storm");
}
