//! The person goes and comes back, by tmux or a broken connection: words are kept, takes go on.

use std::path::Path;

use refrain::domain::generation::Status;
use refrain::store::Store;

use crate::process;
use crate::rows::{Row, USUAL, Wrapper};
use crate::terminal::{Setup, Terminal};
use crate::wrappers::{Shell, Sshd, folder, is_at_hand};

const CTRL_G: &str = "\x07";

/// A shell of the row with refrain in it, two takes ordered and a word typed after that.
fn at_work(wrapper: Wrapper, folder: &Path, sshd: Option<&Sshd>) -> Shell {
    let row = Row { wrapper, ..USUAL };
    let mut shell = Shell::open(&row, folder, sshd);
    let refrain = format!("{} --sandbox --data-dir {}/data\r", env!("CARGO_BIN_EXE_refrain"), folder.display());
    shell.terminal.keys(&refrain);
    shell.terminal.expect("[Verse 1]");
    shell.terminal.keys(CTRL_G);
    shell.terminal.expect("Enter order");
    shell.terminal.keys("2");
    shell.terminal.expect("Order 2 takes");
    shell.terminal.keys("\r");
    shell.terminal.expect("2 working");
    shell.terminal.keys("last words ");
    shell.terminal.expect("last words");
    shell
}

fn all_saved(data: &Path) -> bool {
    let takes = Store::open(data).unwrap().takes(None).unwrap();
    takes.len() == 2 && takes.iter().all(|take| take.status == Status::Saved)
}

fn lyrics(data: &Path) -> String {
    let store = Store::open(data).unwrap();
    store.draft(store.last_opened().unwrap().unwrap()).unwrap().draft.lyrics
}

#[test]
fn a_screen_detached_from_tmux_is_found_as_it_was_with_what_arrived_meanwhile() {
    if !is_at_hand(Wrapper::Tmux) {
        return;
    }
    let folder = folder();
    let data = folder.path().join("data");
    let mut shell = at_work(Wrapper::Tmux, folder.path(), None);
    shell.terminal.keys("\x02d");
    shell.terminal.ended();
    let socket = folder.path().join("tmux");
    let again = ["-S", socket.to_str().unwrap(), "attach"];
    // Another window, of another size.
    let mut again = Terminal::open("tmux", &again, &Setup { columns: 110, rows: 33, ..Setup::default() });
    again.until("both takes on disk", |_| all_saved(&data));
    again.expect("2 new");
    again.expect("last words");
    again.keys("and more ");
    again.expect("last words and more");
}

#[test]
fn a_connection_that_breaks_keeps_the_words_and_the_takes_go_on() {
    if !is_at_hand(Wrapper::Ssh) {
        return;
    }
    let folder = folder();
    let data = folder.path().join("data");
    let sshd = Sshd::open();
    let mut shell = at_work(Wrapper::Ssh, folder.path(), Some(&sshd));
    shell.terminal.kill();
    let screen = format!("--sandbox --data-dir {}", folder.path().display());
    let other = Terminal::open("/bin/sh", &["-c", "read line"], &Setup::default());
    other.until("the screen gone", |_| process::naming(&screen).is_empty());
    assert!(lyrics(&data).contains("last words "));
    other.until("both takes on disk", |_| all_saved(&data));
}

#[test]
fn a_closed_tmux_window_keeps_the_words() {
    if !is_at_hand(Wrapper::Tmux) {
        return;
    }
    let folder = folder();
    let data = folder.path().join("data");
    let shell = at_work(Wrapper::Tmux, folder.path(), None);
    shell.tmux(&["kill-server"]);
    shell.terminal.until("the words in the store", |_| lyrics(&data).contains("last words "));
}
