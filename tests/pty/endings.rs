//! In every terminal and after every ending: the terminal is as before, the words are kept.
//!
//! A scenario opens a shell in the terminal, refrain in the shell, types a word into the song, and ends; some
//! have a trouble before the end.

use std::collections::BTreeMap;
use std::path::Path;

use refrain::store::Store;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::process;
use crate::rows::{ROWS, Row, USUAL, Wrapper};
use crate::storms::settled;
use crate::terminal::Terminal;
use crate::wrappers::{Shell, Sshd, folder, is_at_hand};

/// How refrain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Quit,
    Panic,
    Terminated,
    HungUp,
    SuspendedAndQuit,
}

pub const ENDINGS: [Ending; 5] =
    [Ending::Quit, Ending::Panic, Ending::Terminated, Ending::HungUp, Ending::SuspendedAndQuit];

const CTRL_Q: &str = "\x11";
const CTRL_Z: &str = "\x1a";
const F12: &str = "\x1b[24~";

/// What is typed into the lyrics, not at their start alone.
const WORDS: &str = "typed words ";

/// Goes through every ending in a terminal, all at once, as they mostly wait.
pub fn every_ending(row: &Row) {
    if !is_at_hand(row.wrapper) {
        return;
    }
    let sshd = (row.wrapper == Wrapper::Ssh).then(Sshd::open);
    std::thread::scope(|scope| {
        for ending in ENDINGS {
            let sshd = sshd.as_ref();
            scope.spawn(move || Scenario::open(row, ending, sshd).play());
        }
    });
    println!("{} scenarios in {row:?}", ENDINGS.len());
}

/// Something that a terminal does to refrain before it ends. What it types is behind [`WORDS`].
pub type Trouble = fn(&mut Terminal);

/// Goes through a trouble and an ending, in what most people have.
pub fn ending_after(trouble: Trouble, ending: Ending) {
    Scenario { trouble: Some(trouble), ..Scenario::open(&USUAL, ending, None) }.play();
}

#[test]
fn there_are_enough_terminals_and_endings() {
    let count = ROWS.len() * ENDINGS.len();
    println!("{count} scenarios: {} terminals, {} endings", ROWS.len(), ENDINGS.len());
    assert!(count >= 60);
}

/// One terminal, one ending.
struct Scenario<'a> {
    row: &'a Row,
    ending: Ending,
    trouble: Option<Trouble>,
    /// Before its folder: what it runs in is ended by a socket there.
    shell: Shell,
    folder: TempDir,
    /// The settings of the line before.
    before: String,
}

impl<'a> Scenario<'a> {
    fn open(row: &'a Row, ending: Ending, sshd: Option<&Sshd>) -> Self {
        let folder = folder();
        let place = folder.path().display();
        std::fs::create_dir(folder.path().join("data")).unwrap();
        let config = format!("[screen]\ntheme = \"{}\"\n[worker]\nidle_seconds = 1\n", row.theme);
        std::fs::write(folder.path().join("data/config.toml"), config).unwrap();
        // What is left in the terminal is looked at before the shell says anything: `read` waits.
        let script = format!(
            "stty -g > {place}/before\n{}\necho $? > {place}/status\nstty -g > {place}/after\n\
             mv {place}/after {place}/over\nread line\n",
            program(folder.path(), ending)
        );
        std::fs::write(folder.path().join("run"), script).unwrap();
        let shell = Shell::open(row, folder.path(), sshd);
        let before = shell.terminal.line_settings();
        Self { row, ending, trouble: None, shell, folder, before }
    }

    fn terminal(&mut self) -> &mut Terminal {
        &mut self.shell.terminal
    }

    /// The content of a file, once it is there.
    #[track_caller]
    fn file(&self, name: &str) -> String {
        let path = self.folder.path().join(name);
        let what = format!("the file `{name}` of {:?} in {:?}", self.ending, self.row);
        self.shell.terminal.until(&what, |_| path.metadata().is_ok_and(|file| file.len() > 0));
        std::fs::read_to_string(path).unwrap().trim().to_owned()
    }

    fn play(mut self) {
        let line = format!("sh {}/run\r", self.folder.path().display());
        self.terminal().keys(&line);
        self.terminal().expect("[Verse 1]");
        self.terminal().keys(WORDS);
        self.terminal().expect(WORDS.trim());
        if let Some(trouble) = self.trouble {
            trouble(self.terminal());
        }
        let drawn = self.terminal().bytes();
        self.end();
        if self.ending != Ending::HungUp {
            // A quit says farewell while the line is still slow, and is heard once it is no longer.
            self.terminal().stall(false);
        }
        let (over, status) = (self.file("over"), self.file("status"));
        assert_eq!(status, if self.ending == Ending::Panic { "101" } else { "0" }, "{:?} {:?}", self.ending, self.row);
        if self.ending == Ending::HungUp {
            assert_ne!(over, self.file("before"), "nobody is there to give the terminal back to");
            if self.trouble.is_some() {
                self.assert_left_alone();
            } else if self.row.wrapper == Wrapper::None {
                // A window of tmux or screen may still be drawn by them.
                assert_eq!(self.terminal().bytes(), drawn, "something was written to a terminal that had gone");
            }
        } else {
            assert_eq!(over, self.file("before"), "{:?} {:?}", self.ending, self.row);
            self.assert_whole();
        }
        if self.ending != Ending::Panic {
            let kept = lyrics(&self.folder.path().join("data"));
            assert!(kept.contains(WORDS), "{:?} {:?}: {kept}", self.ending, self.row);
        }
        self.assert_usable();
    }

    /// Ends refrain, or the stand-in that can panic.
    fn end(&mut self) {
        match self.ending {
            Ending::Quit => drop(self.terminal().keys(CTRL_Q)),
            Ending::Panic => drop(self.terminal().keys(F12)),
            Ending::Terminated => self.signal(Signal::TERM),
            Ending::HungUp => self.signal(Signal::HUP),
            Ending::SuspendedAndQuit => self.suspend_and_quit(),
        }
    }

    fn signal(&self, signal: Signal) {
        let data = format!("--sandbox --data-dir {}", self.folder.path().display());
        let screens: Vec<_> =
            process::naming(&data).into_iter().filter(|found| !found.command.starts_with("ssh")).collect();
        assert_eq!(screens.len(), 1, "{screens:?}");
        process::send(screens[0].id, signal);
    }

    /// Ctrl-Z, a look at the shell's terminal, `fg`, a further word, Ctrl-Q.
    fn suspend_and_quit(&mut self) {
        self.terminal().keys(CTRL_Z);
        let line = format!("stty -g > {}/stopped\r", self.folder.path().display());
        self.terminal().expect_gone("[Verse 1]");
        self.terminal().keys(&line);
        assert_eq!(self.file("stopped"), self.file("before"), "{:?}", self.row);
        self.assert_whole();
        self.terminal().keys("fg\r");
        self.terminal().expect("[Verse 1]");
        self.terminal().keys("and more ");
        self.terminal().expect("and more");
        self.terminal().keys(CTRL_Q);
    }

    /// A terminal that took nothing gets the frame it was in the middle of, and no farewell.
    fn assert_left_alone(&self) {
        self.shell.terminal.stall(false);
        settled(&self.shell.terminal);
        let left = left_on(&self.shell.terminal.everything());
        assert!(left.contains(&"mode 1049".to_owned()), "{left:?}");
    }

    /// What a program may have left behind in a terminal.
    fn assert_whole(&self) {
        let what = format!("{:?} {:?}", self.ending, self.row);
        // Behind a network or a multiplexer the last bytes may still be on their way.
        self.shell.terminal.until(&format!("the shell's own screen: {what}"), |screen| is_whole(screen, self.row));
        if self.row.wrapper == Wrapper::None {
            assert_eq!(self.shell.terminal.line_settings(), self.before, "{what}");
            assert_eq!(left_on(&self.shell.terminal.everything()), Vec::<String>::new(), "{what}");
        }
        if self.row.wrapper == Wrapper::Tmux {
            let asked = "#{alternate_on}#{cursor_flag}#{mouse_any_flag}#{keypad_cursor_flag}#{insert_flag}";
            assert_eq!(self.shell.tmux(&["display", "-p", asked]), "01000", "{what}");
        }
        if self.row.environment.contains(&("LANG", "C")) {
            let sent = self.shell.terminal.everything();
            assert!(sent.is_ascii(), "{what}");
        }
    }

    /// Whether the shell takes and runs a line.
    fn assert_usable(&mut self) {
        if self.ending == Ending::HungUp {
            return;
        }
        let line = format!("\recho usable > {}/usable\r", self.folder.path().display());
        self.terminal().keys(&line);
        assert_eq!(self.file("usable"), "usable");
    }
}

/// The line of the script that is tested.
fn program(folder: &Path, ending: Ending) -> String {
    if ending == Ending::Panic {
        let itself = std::env::current_exe().unwrap();
        let inside = "panicking::a_screen_that_panics_in_the_middle_of_a_frame";
        return format!("{} --exact {inside} --ignored --nocapture", itself.display());
    }
    format!("{} --sandbox --data-dir {}/data", env!("CARGO_BIN_EXE_refrain"), folder.display())
}

fn lyrics(data: &Path) -> String {
    let store = Store::open(data).unwrap();
    store.draft(store.last_opened().unwrap().unwrap()).unwrap().draft.lyrics
}

/// Whether the terminal, as an emulator understands it, is the shell's again. tmux and screen have an
/// alternate screen and modes of their own until they end.
fn is_whole(screen: &vt100::Screen, row: &Row) -> bool {
    let own = matches!(row.wrapper, Wrapper::None | Wrapper::Ssh);
    let modes = screen.alternate_screen()
        || screen.bracketed_paste()
        || screen.application_cursor()
        || screen.application_keypad()
        || screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None;
    let colours = screen.fgcolor() != vt100::Color::Default || screen.bgcolor() != vt100::Color::Default;
    let looks = colours || screen.bold() || screen.dim() || screen.inverse() || screen.underline();
    !screen.hide_cursor() && (!own || !modes) && (!own || !looks)
}

/// What was turned on in the bytes and never off again, by every way in which that is written: private
/// modes, the keyboard protocol's stack, cursor shapes, the stack of titles.
fn left_on(bytes: &[u8]) -> Vec<String> {
    let mut modes: BTreeMap<String, bool> = BTreeMap::new();
    let (mut keyboards, mut titles, mut shape) = (0, 0, String::new());
    for sequence in control_sequences(bytes) {
        match sequence.split_at(sequence.len() - 1) {
            (parameters, "h" | "l") if parameters.starts_with('?') => {
                for mode in parameters[1..].split(';') {
                    modes.insert(mode.to_owned(), sequence.ends_with('h'));
                }
            }
            (parameters, "u") if parameters.starts_with('>') => keyboards += 1,
            (parameters, "u") if parameters.starts_with('<') => keyboards -= 1,
            (parameters, "t") if parameters.starts_with("22;") => titles += 1,
            (parameters, "t") if parameters.starts_with("23;") => titles -= 1,
            (parameters, "q") if parameters.ends_with(' ') => parameters.clone_into(&mut shape),
            _ => {}
        }
    }
    // A visible cursor is how terminals are.
    let cursor = modes.remove("25").unwrap_or(true);
    let mut left: Vec<String> =
        modes.into_iter().filter(|(_, on)| *on).map(|(mode, _)| format!("mode {mode}")).collect();
    left.extend((!cursor).then(|| "a hidden cursor".to_owned()));
    left.extend((keyboards != 0).then(|| format!("{keyboards} keyboards")));
    left.extend((titles != 0).then(|| format!("{titles} titles")));
    left.extend((!["", " ", "0 "].contains(&shape.as_str())).then(|| format!("cursor shape {shape}")));
    left
}

/// What stands behind each `ESC [`, its last letter included.
fn control_sequences(bytes: &[u8]) -> Vec<String> {
    let starts = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"\x1b["));
    let sequence = |at: usize| {
        let rest = &bytes[at + 2..];
        let end = rest.iter().position(|byte| (0x40..0x7f).contains(byte))?;
        Some(String::from_utf8_lossy(&rest[..=end]).into_owned())
    };
    starts.filter_map(sequence).collect()
}

#[test]
fn what_is_left_on_would_be_found() {
    assert_eq!(left_on(b"\x1b[?1049h\x1b[?25l\x1b[?2004;1006h\x1b[?25h\x1b[?1049l"), ["mode 1006", "mode 2004"]);
    assert_eq!(
        left_on(b"\x1b[?25l\x1b[>1u\x1b[22;2t\x1b[5 q"),
        ["a hidden cursor", "1 keyboards", "1 titles", "cursor shape 5 "]
    );
    assert_eq!(left_on(b"\x1b[>1u\x1b[<u\x1b[22;2t\x1b[23;2t\x1b[5 q\x1b[0 q"), Vec::<String>::new());
}
