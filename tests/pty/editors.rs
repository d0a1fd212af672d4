//! Fields in the person's own editor: what comes back, and what stays when nothing can.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use refrain::domain::draft::Draft;
use refrain::store::Store;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::process;
use crate::terminal::{Setup, Terminal};
use crate::wrappers::folder;

const F4: &str = "\x1bOS";
const CTRL_O: &str = "\x0f";
const CTRL_P: &str = "\x10";
const CTRL_Q: &str = "\x11";
const CTRL_R: &str = "\x12";
const CTRL_X: &str = "\x18";
const SHIFT_TAB: &str = "\x1b[Z";
const UNDO: &str = "\x1f";

/// An editor that is a shell script, and refrain that knows it.
struct Desk {
    folder: TempDir,
    terminal: Terminal,
}

impl Desk {
    /// `script` finds the file in `$1`; `command` is what the variable says, `EDITOR` standing for it.
    fn open(script: &str, command: &str) -> Self {
        let folder = folder();
        let editor = folder.path().join("my editor");
        // In its own words what an editor sees of the terminal and the file.
        let script =
            format!("#!/bin/sh\nd={}\nfor f; do :; done\nstty -g > $d/inside\n{script}\n", folder.path().display());
        std::fs::write(&editor, script).unwrap();
        std::fs::set_permissions(&editor, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        std::fs::write(folder.path().join("data/config.toml"), "[worker]\nidle_seconds = 1\n").unwrap();
        let command = command.replace("EDITOR", &format!("'{}'", editor.display()));
        let environment = [("VISUAL", command.as_str())];
        let data = folder.path().join("data");
        let terminal = Terminal::refrain(&data, &Setup { environment: &environment, ..Setup::default() });
        terminal.expect("[Verse 1]");
        Self { folder, terminal }
    }

    /// An editor of one command.
    fn with(script: &str) -> Self {
        Self::open(script, "EDITOR")
    }

    fn keys(&mut self, keys: &str) {
        self.terminal.keys(keys);
    }

    fn draft(&self) -> Draft {
        let store = Store::open(&self.folder.path().join("data")).unwrap();
        store.draft(store.last_opened().unwrap().unwrap()).unwrap().draft
    }

    fn store(&self) -> Store {
        Store::open(&self.folder.path().join("data")).unwrap()
    }

    /// Files of errands, each in a folder of its own, which goes away with it.
    fn files(&self) -> Vec<PathBuf> {
        let files = paths(&self.folder.path().join("data/edits")).into_iter().flat_map(|desk| {
            let files = paths(&desk);
            assert!(!files.is_empty(), "an empty folder was left");
            files
        });
        files.collect()
    }

    fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        self.terminal.until(what, |_| holds(self));
    }

    fn exists(&self, name: &str) -> bool {
        self.folder.path().join(name).exists()
    }
}

/// What a folder has, if it is there.
fn paths(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn the_lyrics_come_back_from_the_editor_as_one_step() {
    let before =
        "stty -a | grep -q -- ' -icanon' || echo cooked > $d/cooked\nstat -c %a \"$f\" $(dirname \"$f\") > $d/modes\n";
    let mut desk = Desk::with(&format!("{before}printf '[Intro]\\r\\nwritten\\tin \\033vi\\n' > \"$f\""));
    let lyrics = desk.draft().lyrics;
    desk.keys(F4);
    desk.terminal.expect("the lyrics came back from the editor");
    desk.terminal.expect("written    in vi");
    desk.until("the words in the store", |desk| desk.draft().lyrics == "[Intro]\nwritten    in vi");
    assert_eq!(desk.files().len(), 0, "the file is gone");
    assert!(desk.exists("cooked"), "the editor had a terminal as a shell has it");
    assert_eq!(std::fs::read_to_string(desk.folder.path().join("modes")).unwrap(), "600\n700\n");
    desk.keys(UNDO);
    desk.until("the words as before", |desk| desk.draft().lyrics == lyrics);
    desk.keys("typed ");
    desk.terminal.expect("typed [Verse 1]");
}

#[test]
fn every_field_opens_in_the_editor_and_its_name_says_which() {
    let mut desk = Desk::with("printf '%s words' \"$(basename \"$f\" | cut -d. -f1)\" > \"$f\"");
    desk.keys(SHIFT_TAB);
    desk.keys(F4);
    desk.until("the style in the store", |desk| desk.draft().style == "style words");
    // A title.
    desk.keys(CTRL_O);
    desk.terminal.expect("Songs");
    desk.keys(CTRL_R);
    desk.terminal.expect("Title:");
    desk.keys(CTRL_X);
    // What is typed before the words are back is for the editor.
    desk.terminal.expect("title words");
    desk.keys("\r");
    desk.terminal.expect(" title words ");
    // A setting: the first one of a model that has text to set.
    desk.keys("\x03");
    desk.keys(SHIFT_TAB);
    desk.keys(SHIFT_TAB);
    desk.terminal.expect("Enter change");
    desk.keys("\x1b[B");
    desk.keys(F4);
    desk.terminal.expect("format words");
    desk.keys("\r");
    desk.until("the setting in the store", |desk| {
        desk.draft().settings.values().any(|value| value.ends_with(" words"))
    });
}

#[test]
fn the_note_of_a_take_is_written_from_the_palette_without_a_function_key() {
    let mut desk = Desk::with("printf 'too\\nslow\\n' > \"$f\"");
    desk.keys("\x07");
    desk.terminal.expect("Enter order");
    desk.keys("\r");
    desk.terminal.expect("this song 1");
    desk.keys("\t");
    desk.keys(CTRL_P);
    desk.terminal.expect("Every command");
    desk.keys("own editor");
    desk.keys("\r");
    desk.terminal.expect("too slow");
    desk.keys("\r");
    desk.until("the note in the store", |desk| desk.store().takes(None).unwrap()[0].note == "too slow");
}

#[test]
fn a_command_with_arguments_and_a_setting_before_it_is_understood_as_a_shell_does() {
    let mut desk = Desk::open("printf '%s %s' \"$1\" \"$LOUD\" > \"$f\"", "LOUD=yes EDITOR --wait");
    desk.keys(F4);
    desk.until("what it was given", |desk| desk.draft().lyrics == "--wait yes");
}

#[test]
fn when_the_editor_fails_the_text_stays_and_the_words_are_kept_where_there_are_any() {
    let cases = [
        ("exit 3", "failed with status 3", false),
        ("echo words > \"$f\"; exit 3", "failed with status 3", true),
        ("rm \"$f\"", "removed its file", false),
        ("printf 'caf\\351' > \"$f\"", "is not UTF-8", true),
        (
            "yes 'a long line of a long song' | head -c 70000 > \"$f\"",
            "has 70000 characters, the lyrics at most 60000",
            true,
        ),
        ("echo words > \"$f\"; kill -9 $$", "was ended by signal 9", true),
        ("exec /nonexistent/editor \"$f\"", "was not found", false),
        ("rm \"$f\"; mkfifo \"$f\"", "left something else in place of its file", false),
    ];
    std::thread::scope(|scope| {
        for (script, why, kept) in cases {
            scope.spawn(move || {
                let mut desk = Desk::with(script);
                let before = desk.draft();
                desk.keys("typed before ");
                desk.terminal.expect("typed before");
                desk.keys(F4);
                desk.terminal.expect(why);
                assert_eq!(desk.files().len(), usize::from(kept), "{script}");
                desk.keys("and after ");
                let wanted = format!("typed before and after {}", before.lyrics);
                desk.until(script, |desk| desk.draft().lyrics == wanted);
                let modes = desk.terminal.screen();
                assert!(modes.alternate_screen() && modes.bracketed_paste(), "{script}: the screen is not whole");
            });
        }
    });
}

#[test]
fn without_an_editor_or_with_nothing_changed_nothing_happens_but_a_sentence() {
    let mut desk = Desk::open("", "");
    desk.keys(F4);
    desk.terminal.expect("VISUAL and EDITOR are not set; `export EDITOR=nano` and start refrain again");
    let mut desk = Desk::with("touch \"$f\"");
    let before = desk.draft();
    desk.keys(F4);
    desk.terminal.expect("nothing was changed in the editor");
    assert_eq!(desk.draft(), before);
    assert_eq!(desk.files().len(), 0);
}

#[test]
fn an_editor_that_died_in_the_middle_of_its_screen_leaves_no_trace_on_ours() {
    let mess =
        "printf '\\033[?1049h\\033[?1h\\033[?1002h\\033[5;9r\\033[4h\\033[31mhalf a li'\nstty raw -echo\nkill -9 $$";
    let mut desk = Desk::with(mess);
    let before = desk.terminal.line_settings();
    desk.keys(F4);
    desk.terminal.expect("was ended by signal 9");
    desk.terminal.expect("[Verse 1]");
    assert_eq!(desk.terminal.line_settings(), before);
    desk.keys(CTRL_Q);
    assert!(desk.terminal.gone().success());
    let screen = desk.terminal.screen();
    assert!(!screen.alternate_screen() && !screen.application_cursor());
    assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
}

/// An editor that waits for `go` in the folder, having written its words.
const SLOW: &str = "echo 'words of the editor' > \"$f\"; touch $d/open; while ! test -e $d/go; do sleep 0.02; done";

#[test]
fn takes_go_on_while_the_editor_has_the_terminal_and_ctrl_c_belongs_to_it() {
    let mut desk = Desk::with(&format!("trap 'touch $d/interrupted' INT\n{SLOW}"));
    desk.keys("\x07");
    desk.terminal.expect("Enter order");
    desk.keys("\r");
    desk.terminal.expect("this song 1");
    desk.keys(F4);
    desk.until("the editor", |desk| desk.exists("open"));
    desk.keys("\x03");
    desk.until("the editor's own Ctrl-C", |desk| desk.exists("interrupted"));
    desk.terminal.resize(100, 30);
    desk.until("the take on disk", |desk| desk.store().takes(None).unwrap()[0].file.is_some());
    std::fs::write(desk.folder.path().join("go"), "").unwrap();
    desk.terminal.expect("words of the editor");
    desk.terminal.expect("1 new");
}

#[test]
fn a_screen_told_to_leave_or_hung_up_under_an_editor_keeps_both_texts() {
    for signal in [Signal::TERM, Signal::HUP] {
        let mut desk = Desk::with(SLOW);
        desk.keys("typed before ");
        desk.terminal.expect("typed before");
        desk.keys(F4);
        desk.until("the editor", |desk| desk.exists("open"));
        desk.terminal.signal(signal);
        desk.terminal.ended();
        assert!(desk.draft().lyrics.starts_with("typed before "), "{signal:?}");
        let files = desk.files();
        assert_eq!(files.len(), 1, "{signal:?}");
        assert_eq!(std::fs::read_to_string(&files[0]).unwrap(), "words of the editor\n");
        if signal == Signal::TERM {
            desk.terminal.expect("what was written is kept in");
            assert!(!desk.terminal.screen().alternate_screen());
        }
        std::fs::write(desk.folder.path().join("go"), "").unwrap();
        let again = Terminal::refrain(&desk.folder.path().join("data"), &Setup::default());
        again.expect("words from your editor are kept in");
        editors_gone(desk.folder.path());
    }
}

/// No editor outlives the test that started it.
fn editors_gone(folder: &Path) {
    let name = format!("{}/my editor", folder.display());
    let start = std::time::Instant::now();
    while !process::naming(&name).is_empty() {
        assert!(start.elapsed().as_secs() < 20, "{:?}", process::naming(&name));
        std::thread::park_timeout(std::time::Duration::from_millis(10));
    }
}
