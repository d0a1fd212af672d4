//! Hearing takes: the player that was found, and what is said where there is none.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use refrain::store::Store;

use crate::terminal::{Setup, Terminal};

const CTRL_G: &str = "\x07";

/// A player that writes down what it is given and plays until it is stopped.
fn player(folder: &Path) {
    let script = folder.join("mpv");
    std::fs::write(&script, "#!/bin/sh\nfor last; do :; done\nprintf '%s' \"$last\" > \"$0.heard\"\nexec sleep 600\n")
        .unwrap();
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn one_take(terminal: &mut Terminal) {
    terminal.expect("Paper Boats");
    terminal.keys(CTRL_G);
    terminal.expect("Enter order");
    terminal.keys("\r");
    terminal.expect("1 new to hear");
    terminal.keys("\t");
}

#[test]
fn space_plays_the_selected_take_and_stops_it_and_it_is_new_no_longer() {
    let data = tempfile::tempdir().unwrap();
    let bin = tempfile::tempdir().unwrap();
    player(bin.path());
    let path = format!("{}:/usr/bin:/bin", bin.path().display());
    let setup = Setup { environment: &[("PATH", path.as_str())], ..Setup::default() };
    let mut terminal = Terminal::refrain(data.path(), &setup);
    one_take(&mut terminal);
    terminal.keys(" ");
    terminal.expect_gone("1 new to hear");
    let store = Store::open(data.path()).unwrap();
    let take = store.takes(None).unwrap().remove(0);
    assert!(take.heard);
    let heard = bin.path().join("mpv.heard");
    let file = take.file.unwrap();
    terminal.until("the player's note", |_| std::fs::read_to_string(&heard).is_ok_and(|text| Path::new(&text) == file));
    terminal.keys(" ");
    terminal.expect_gone("playing");
}

#[test]
fn where_there_is_no_player_the_take_says_how_to_hear_it_from_the_laptop() {
    let data = tempfile::tempdir().unwrap();
    let empty = tempfile::tempdir().unwrap();
    let setup =
        Setup { environment: &[("PATH", empty.path().to_str().unwrap()), ("USER", "mara")], ..Setup::default() };
    let mut terminal = Terminal::refrain(data.path(), &setup);
    one_take(&mut terminal);
    terminal.expect(" cat 1 | mpv -");
    terminal.expect("scp");
}
