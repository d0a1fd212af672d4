//! The prompt when it is interrupted, paused, told to leave, or at the end of its input.

use std::fs::{self, File};

use refrain::domain::generation::{Status, TakeId};
use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::Signal;

use crate::process;
use crate::talk::{PROMPT, Talk, editor};
use crate::terminal::{Setup, Terminal};

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const CTRL_Z: &str = "\x1a";

#[test]
fn ctrl_c_abandons_the_line_or_the_waiting_and_never_the_program() {
    let data = tempfile::tempdir().unwrap();
    let mut talk = Talk::open(data.path(), &[]);
    talk.terminal.keys("style not meant");
    talk.hear("not meant");
    talk.terminal.keys(CTRL_C);
    talk.hear(PROMPT);
    talk.exchange("style", "slow folk waltz");
    talk.say("order");
    talk.hear("yes or no: ");
    talk.terminal.keys(CTRL_C);
    talk.hear("nothing was ordered");
    talk.hear(PROMPT);
    talk.leave();
}

#[test]
fn ctrl_c_ends_the_waiting_for_a_take_and_leads_back_to_the_prompt() {
    let data = tempfile::tempdir().unwrap();
    // Nobody listens there, so the take waits for the network, and with it whoever waits for the take.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut talk = Talk::paid(data.path(), &url);
    talk.say("order");
    talk.hear("yes or no: ");
    talk.say("yes");
    talk.hear("ordered take 1, id 1\r\n");
    talk.say("wait");
    talk.hear("held, no network; nothing answers");
    talk.terminal.keys(CTRL_C);
    talk.hear("\r\nUntitled> ");
    assert_eq!(talk.store().take(TakeId(1)).unwrap().status, Status::Ordered);
    assert!(talk.store().withdraw(TakeId(1)).unwrap());
    talk.leave();
}

#[test]
fn the_end_of_the_input_leaves_and_says_what_goes_on() {
    let data = tempfile::tempdir().unwrap();
    let mut talk = Talk::open(data.path(), &[]);
    talk.say("order 3");
    talk.hear("yes or no: ");
    talk.say("yes");
    talk.hear(PROMPT);
    talk.terminal.keys(CTRL_D);
    talk.hear("3 takes go on without the prompt");
    assert!(talk.terminal.ended().success());
    let store = talk.store();
    talk.terminal.until("all takes saved", |_| {
        store.takes(None).unwrap().iter().filter(|take| take.status == Status::Saved).count() == 3
    });
    let again = Talk::open(data.path(), &[]);
    assert!(again.said().contains("since you left: 3 takes arrived"), "{}", again.said());
    again.leave();
}

#[test]
fn a_worker_that_has_only_just_been_started_outlives_the_terminal_of_whoever_ordered() {
    let data = tempfile::tempdir().unwrap();
    let workers = || {
        let all = process::naming(data.path().to_str().unwrap()).into_iter();
        all.filter(|process| process.command.contains(" worker ")).collect::<Vec<_>>()
    };
    let mut talk = Talk::open(data.path(), &[]);
    talk.terminal.until("the worker of the start", |_| !workers().is_empty());
    for worker in workers() {
        process::send(worker.id, Signal::TERM);
    }
    talk.terminal.until("the worker of the start gone", |_| workers().is_empty());
    // The next one gets no further than its configuration, as on a machine that has much else to do.
    let (config, slow) = (data.path().join("config.toml"), data.path().join("slow"));
    mknodat(CWD, &slow, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
    fs::rename(&slow, &config).unwrap();
    talk.say("order");
    talk.hear("yes or no: ");
    talk.say("yes");
    talk.hear(PROMPT);
    talk.terminal.until("the worker of the order", |_| !workers().is_empty());
    // The prompt leads the terminal's session: with its end the kernel hangs up on whatever is in the foreground.
    talk.terminal.keys(CTRL_D);
    assert!(talk.terminal.ended().success());
    assert_eq!(workers().len(), 1, "it went with the terminal");
    let end = File::options().read(true).write(true).open(&config).unwrap();
    fs::write(&slow, "[worker]\nidle_seconds = 1\n").unwrap();
    fs::rename(&slow, &config).unwrap();
    drop(end);
    let store = talk.store();
    talk.terminal.until("the take saved", |_| store.take(TakeId(1)).unwrap().status == Status::Saved);
    talk.terminal.until("the worker gone", |_| workers().is_empty());
}

#[test]
fn ctrl_c_belongs_to_the_editor_and_its_words_outlive_a_prompt_that_is_told_to_leave() {
    let data = tempfile::tempdir().unwrap();
    let at = |name: &str| data.path().join(name);
    let body = format!(
        "cd {}; trap 'touch interrupted' INT; echo 'words of the editor' > \"$1\"; touch open\n\
         until [ -e go ]; do sleep 0.02; done",
        data.path().display()
    );
    let command = editor(data.path(), &body);
    let mut talk = Talk::open(data.path(), &[("EDITOR", &command)]);
    talk.say("lyrics edit");
    talk.terminal.until("the editor at work", |_| at("open").exists());
    talk.terminal.keys(CTRL_C);
    talk.terminal.until("the editor's own Ctrl-C", |_| at("interrupted").exists());
    talk.terminal.signal(Signal::TERM);
    talk.terminal.ended();
    let again = Talk::open(data.path(), &[]);
    assert!(again.said().contains("words from your editor are kept in `"), "{}", again.said());
    again.leave();
    let screen = Terminal::refrain(data.path(), &Setup::default());
    screen.expect("words from your editor are kept in");
    std::fs::write(at("go"), "").unwrap();
    let script = at("editor.sh").display().to_string();
    screen.until("the editor's end", |_| process::naming(&script).is_empty());
}

#[test]
fn a_signal_to_leave_gives_the_terminal_back_as_it_was() {
    for signal in [Signal::TERM, Signal::HUP] {
        let data = tempfile::tempdir().unwrap();
        let environment = [("PS1", "shell$ "), ("REFRAIN_DATA_DIR", data.path().to_str().unwrap()), ("ENV", "")];
        let setup = Setup { environment: &environment, ..Setup::default() };
        let mut shell = Terminal::open("/bin/sh", &["-i"], &setup);
        shell.expect("shell$ ");
        let before = shell.line_settings();
        shell.keys(&format!("{} --sandbox --plain; echo ended with $?\r", env!("CARGO_BIN_EXE_refrain")));
        shell.expect(PROMPT);
        shell.keys("begun");
        shell.expect("Paper Boats> begun");
        assert_ne!(shell.line_settings(), before, "the prompt reads key by key");
        let children = format!("/proc/{0}/task/{0}/children", shell.pid());
        let child = std::fs::read_to_string(children).unwrap().trim().parse().unwrap();
        rustix::process::kill_process(rustix::process::Pid::from_raw(child).unwrap(), signal).unwrap();
        shell.expect("ended with 0");
        shell.keys("echo back and $((20 + 1))\r");
        shell.expect("back and 21");
        assert_eq!(shell.line_settings(), before, "{signal:?}");
    }
}

#[test]
fn a_signal_while_lyrics_are_written_loses_no_line_that_was_ended() {
    let data = tempfile::tempdir().unwrap();
    let mut talk = Talk::open(data.path(), &[]);
    talk.say("lyrics write");
    talk.hear("only a full stop ends them");
    talk.say("the first line of a new song");
    talk.say("and the second");
    talk.hear("and the second\r\n");
    talk.terminal.signal(Signal::HUP);
    talk.terminal.ended();
    let desks = std::fs::read_dir(data.path().join("edits")).unwrap().map(|desk| desk.unwrap().path());
    let kept: Vec<_> = desks.map(|desk| std::fs::read_to_string(desk.join("lyrics.txt")).unwrap()).collect();
    assert_eq!(kept, ["the first line of a new song\nand the second\n"]);
}

#[test]
fn after_a_pause_the_line_that_was_begun_is_there_again() {
    let data = tempfile::tempdir().unwrap();
    let environment = [("PS1", "shell$ "), ("REFRAIN_DATA_DIR", data.path().to_str().unwrap()), ("ENV", "")];
    let setup = Setup { environment: &environment, ..Setup::default() };
    let mut shell = Terminal::open("/bin/sh", &["-i"], &setup);
    shell.expect("shell$ ");
    shell.keys(&format!("{} --sandbox --plain\r", env!("CARGO_BIN_EXE_refrain")));
    shell.expect(PROMPT);
    shell.keys("he");
    shell.expect("Paper Boats> he");
    shell.keys(CTRL_Z);
    shell.expect("Stopped");
    shell.keys("echo back and $((20 + 1))\r");
    shell.expect("back and 21");
    let before = shell.transcript().len();
    shell.keys("fg\r");
    let from = shell.expect_behind(before, "Paper Boats> he");
    shell.keys("re\r");
    let from = shell.expect_behind(from, "re\r\nthe song is Paper Boats");
    // While the command runs, the terminal keeps the key to itself.
    let from = shell.expect_behind(from, PROMPT);
    shell.keys(CTRL_D);
    shell.expect_behind(from, "shell$ ");
}

#[test]
fn a_terminal_that_does_not_echo_is_left_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    let environment = [("PS1", "shell$ "), ("REFRAIN_DATA_DIR", data.path().to_str().unwrap()), ("ENV", "")];
    let setup = Setup { environment: &environment, ..Setup::default() };
    let mut shell = Terminal::open("/bin/sh", &["-i"], &setup);
    shell.expect("shell$ ");
    shell.keys(&format!("stty -echo; stty; {} --sandbox --plain\r", env!("CARGO_BIN_EXE_refrain")));
    shell.expect(PROMPT);
    let before = shell.line_settings();
    let from = shell.transcript().len();
    shell.keys("here\r");
    let answer = shell.expect_behind(from, "the song is Paper Boats");
    shell.expect_behind(answer, PROMPT);
    assert_eq!(shell.line_settings(), before, "the line settings differ");
    assert!(!shell.transcript()[from..].contains("here"), "what was typed is not shown a second time");
    shell.keys(CTRL_D);
    shell.expect_behind(from, "shell$ ");
}
