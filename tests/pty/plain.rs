//! The prompt: refrain a line at a time, on a terminal that can do nothing but lines.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, TakeId};
use refrain::domain::song::SongId;
use refrain::store::Store;
use refrain::store::drafts::Saving;
use rustix::process::Signal;

use crate::process;
use crate::service::Service;
use crate::terminal::{Setup, Terminal};

const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";
const CTRL_Z: &str = "\x1a";
const PROMPT: &str = "Paper Boats> ";

/// A conversation: what was said since the last thing that was waited for.
struct Talk {
    terminal: Terminal,
    heard: usize,
    data: PathBuf,
}

impl Talk {
    /// The prompt on the sandbox, with these in its environment.
    fn open(data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::with(data, &["--sandbox", "--plain"], environment)
    }

    /// The prompt with a key at a service, and a song that can be ordered there.
    fn paid(data: &Path, url: &str) -> Self {
        let key = [("AIMLAPI_API_KEY", "canary-12345678")];
        let mut talk = Self::with(data, &["--plain", "--base-url", url], &key);
        talk.exchange("model stable-audio", "the model is stable-audio");
        talk.exchange("style slow fado, one guitar", "characters for stable-audio");
        talk.exchange("set length 0:01", "length is 0:01");
        talk
    }

    fn with(data: &Path, flags: &[&str], environment: &[(&str, &str)]) -> Self {
        let folder = data.to_str().unwrap();
        let arguments: Vec<&str> = flags.iter().copied().chain(["--data-dir", folder]).collect();
        let environment: Vec<_> = [("TERM", "dumb")].into_iter().chain(environment.iter().copied()).collect();
        let setup = Setup { environment: &environment, ..Setup::default() };
        let terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments, &setup);
        let mut talk = Self { terminal, heard: 0, data: data.to_owned() };
        talk.hear("\n");
        talk.hear("> ");
        talk
    }

    /// Types a line when the prompt waits for it.
    fn say(&mut self, line: &str) {
        self.terminal.keys(&format!("{line}\r"));
    }

    /// Waits until something new says this.
    #[track_caller]
    fn hear(&mut self, text: &str) {
        self.heard = self.terminal.expect_behind(self.heard, text);
    }

    /// Types a line and waits for what it is answered with, and for the next prompt.
    #[track_caller]
    fn exchange(&mut self, line: &str, answer: &str) {
        self.say(line);
        self.hear(&format!("{line}\r\n"));
        self.hear(answer);
        self.hear("> ");
    }

    /// Leaves; gives everything that was said, in which no byte may be more than text.
    #[track_caller]
    fn leave(mut self) -> String {
        self.say("quit");
        assert!(self.terminal.ended().success());
        self.said()
    }

    #[track_caller]
    fn said(&self) -> String {
        let said = self.terminal.transcript();
        assert!(!said.contains('\x1b'), "an escape sequence was sent: {said:?}");
        said
    }

    fn store(&self) -> Store {
        Store::open(&self.data).unwrap()
    }

    fn song(&self) -> SongId {
        self.store().last_opened().unwrap().unwrap()
    }

    fn draft(&self) -> Draft {
        self.store().draft(self.song()).unwrap().draft
    }
}

/// An editor that is a script; `$1` is the file.
fn editor(data: &Path, body: &str) -> String {
    let script = data.join("editor.sh");
    std::fs::write(&script, body).unwrap();
    format!("sh {}", script.display())
}

/// Another face writes in the song.
fn write_as_another(data: &Path, change: impl FnOnce(&mut Draft)) {
    let mut store = Store::open(data).unwrap();
    let song = store.last_opened().unwrap().unwrap();
    let row = store.draft(song).unwrap();
    let mut draft = row.draft.clone();
    change(&mut draft);
    let saved = store.save_draft(song, row.revision, &draft, "the screen on pts/9", Timestamp::now()).unwrap();
    assert!(matches!(saved, Saving::Won(_)));
}

#[test]
fn a_song_is_written_ordered_and_heard_of_a_line_at_a_time_and_nothing_is_ever_drawn() {
    let data = tempfile::tempdir().unwrap();
    let command = editor(data.path(), "printf '[Verse]\\nThe lamp goes round the harbour wall\\n' > \"$1\"");
    let mut talk = Talk::open(data.path(), &[("EDITOR", &command)]);
    talk.exchange("new Harbour Light", "the song is Harbour Light, with music-2.0: 0 takes");
    talk.exchange("style slow waltz, don't rush, 84 bpm", "30 of 2000 characters for music-2.0");
    talk.exchange("lyrics edit", "changed: Verse and 1 more line");
    talk.exchange("add And counts the boats, and counts them all", "3: And counts the boats");
    talk.exchange("problems", "nothing; music-2.0 takes this song as it is");
    talk.say("order 2");
    talk.hear("order 2 takes of music-2.0 on the sandbox, where nothing is charged? yes or no: ");
    talk.say("yes");
    talk.hear("ordered takes 1 and 2, ids 1 and 2\r\n");
    // Nobody presses a key meanwhile.
    talk.hear("arrived after ");
    talk.hear("arrived after ");
    talk.hear("Harbour Light> ");
    talk.say("rate 1 4");
    talk.hear("> ");
    talk.exchange("takes", "take 2, id 2, music-2.0: new, ");
    assert_eq!(talk.store().take(TakeId(1)).unwrap().rating, 4);
    assert!(talk.said().contains(", rated 4\r\n"));
    talk.exchange("list", "Harbour Light  take 1  minimax/music-2.0  new, ");
    talk.exchange("say again", "arrived after ");
    talk.exchange("open paper", "the song is Paper Boats");
    assert_eq!(talk.store().draft(SongId(2)).unwrap().draft.lyrics.lines().count(), 3);
    let said = talk.leave();
    for number in ["take 1 arrived after ", "take 2 arrived after "] {
        assert!(said.lines().any(|line| line.starts_with(number) && line.contains(" long, id ")), "{said}");
    }
}

#[test]
fn what_is_said_first_is_short_and_names_the_song_and_the_way_on() {
    let data = tempfile::tempdir().unwrap();
    let talk = Talk::with(data.path(), &[], &[("ACCESSIBLE", "1")]);
    let said = talk.leave();
    let greeting: Vec<&str> = said.lines().take_while(|line| !line.starts_with(PROMPT)).collect();
    assert!(greeting.len() <= 4, "{greeting:#?}");
    assert!(greeting[0].contains("help lists the commands"), "{greeting:#?}");
    assert!(greeting[1].contains("no key found, so this is the sandbox"), "{greeting:#?}");
    assert!(greeting[2].contains("Paper Boats, with music-2.0: 0 takes"), "{greeting:#?}");
}

#[test]
fn what_arrives_never_arrives_in_the_middle_of_what_is_being_typed() {
    let data = tempfile::tempdir().unwrap();
    let mut talk = Talk::open(data.path(), &[]);
    talk.exchange("model stable-audio", "the model is stable-audio");
    talk.say("order");
    talk.hear("yes or no: ");
    talk.say("y");
    talk.hear(PROMPT);
    talk.terminal.keys("ta");
    talk.hear("ta");
    let begin = talk.heard - "ta".len();
    let store = talk.store();
    let is_saved = || store.takes(None).unwrap().iter().all(|take| take.status == Status::Saved);
    talk.terminal.until("the take saved", |_| is_saved());
    talk.terminal.keys("x\x7fke\x1b[As");
    talk.hear("kes");
    talk.terminal.keys("\r");
    talk.hear("take 1, id 1, stable-audio: new, ");
    talk.hear("take 1 arrived after ");
    let typed = &talk.terminal.transcript()[begin..];
    assert!(typed.starts_with("tax\u{8} \u{8}kes\r\ntake 1, id 1"), "something came in between: {typed:?}");
    talk.leave();
}

#[test]
fn events_wait_or_are_left_out_where_a_person_wants_that() {
    let data = tempfile::tempdir().unwrap();
    let mut talk = Talk::open(data.path(), &[]);
    talk.exchange("events later", "events are told after Enter");
    write_as_another(data.path(), |draft| draft.style = "fado".to_owned());
    talk.exchange("here", "the song is Paper Boats");
    talk.exchange("style", "fado");
    assert!(talk.said().contains("the screen on pts/9 wrote; the song has its text now: style "));
    talk.exchange("quiet", "events are not told");
    write_as_another(data.path(), |draft| draft.style = "samba".to_owned());
    talk.exchange("here", "the song is Paper Boats");
    talk.exchange("style", "samba");
    assert_eq!(talk.leave().matches("wrote;").count(), 1);
}

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
    assert!(talk.terminal.ended().success());
    assert!(talk.said().contains("3 takes go on without the prompt"), "{}", talk.said());
    let store = talk.store();
    talk.terminal.until("all takes saved", |_| {
        store.takes(None).unwrap().iter().filter(|take| take.status == Status::Saved).count() == 3
    });
    let again = Talk::open(data.path(), &[]);
    assert!(again.said().contains("since you left: 3 takes arrived"), "{}", again.said());
    again.leave();
}

#[test]
fn a_terminal_that_knows_only_ascii_gets_only_ascii() {
    let data = tempfile::tempdir().unwrap();
    let mut talk = Talk::open(data.path(), &[("LANG", "C")]);
    write_as_another(data.path(), |draft| draft.style = "naïve Wałzer 夜".to_owned());
    talk.hear("the screen on pts/9 wrote");
    talk.exchange("style", "na?ve Wa?zer ?");
    talk.terminal.keys("line 2 süß\r");
    talk.hear("line 2 s??\r\n2: s??\r\n");
    assert_eq!(talk.draft().lyrics.lines().nth(1), Some("süß"), "what was typed is kept as it was");
    assert!(talk.said().is_ascii(), "{:?}", talk.said());
    talk.leave();
}

#[test]
fn a_race_that_is_lost_becomes_a_version_and_is_told() {
    let data = tempfile::tempdir().unwrap();
    let flag = data.path().join("go");
    let body = format!("until [ -e {0} ]; do sleep 0.02; done; printf 'mine\\n' > \"$1\"", flag.display());
    let command = editor(data.path(), &body);
    let mut talk = Talk::open(data.path(), &[("EDITOR", &command)]);
    talk.say("lyrics edit");
    let editing = data.path().join("edits");
    talk.terminal.until("the editor at work", |_| editing.exists());
    write_as_another(data.path(), |draft| draft.lyrics = "theirs".to_owned());
    std::fs::write(&flag, "").unwrap();
    talk.hear("error: the screen on pts/9 wrote first, so the song has its text; what you wrote is kept as a version");
    talk.hear(PROMPT);
    talk.exchange("lyrics", "1: theirs");
    assert_eq!(talk.draft().lyrics, "theirs");
    let versions = talk.store().versions(talk.song()).unwrap();
    let kept = versions.iter().find(|version| version.draft.lyrics == "mine").unwrap();
    assert!(kept.origin.starts_with("from the prompt on pts/"), "{}", kept.origin);
    talk.leave();
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
fn the_screen_and_the_prompt_on_one_song_follow_each_other() {
    let data = tempfile::tempdir().unwrap();
    let screen = Terminal::refrain(data.path(), &Setup::default());
    screen.expect("[Verse 1]");
    let mut talk = Talk::open(data.path(), &[]);
    talk.exchange("line 2 Followed live", "2: Followed live");
    screen.expect("Followed live");
    talk.exchange("model stable-audio", "the model is stable-audio");
    talk.say("order");
    talk.hear("yes or no: ");
    talk.say("yes");
    screen.expect("this song 1");
    talk.hear("take 1 arrived after ");
    screen.expect("1 new to hear");
    talk.leave();
}

#[test]
fn an_unknown_price_is_said_and_enter_alone_orders_nothing() {
    let (data, service) = (tempfile::tempdir().unwrap(), Service::open());
    let mut talk = Talk::paid(data.path(), &service.url);
    for answer in ["", "no", "3", "Y e s"] {
        talk.say("order 3");
        talk.hear(
            "order 3 takes of stable-audio at a price that is not known, not to be stopped once sent? yes or no: ",
        );
        talk.say(answer);
        talk.hear("nothing was ordered");
        talk.hear("Untitled> ");
    }
    assert!(talk.store().takes(None).unwrap().is_empty());
    talk.say("order");
    talk.hear("yes or no: ");
    talk.say("yes");
    service.order();
    talk.hear("take 1: refused, not charged: Not today, id 1");
    talk.leave();
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

#[test]
fn lines_that_come_faster_than_they_are_read_are_carried_out_in_their_order() {
    let data = tempfile::tempdir().unwrap();
    let mut talk = Talk::open(data.path(), &[]);
    let verse: Vec<String> = (1..=40).map(|number| format!("line {number} of the rain on the roofs\r")).collect();
    let verse = verse.concat();
    talk.terminal.keys(&format!("style fado\rstyle samba\rundo\rlyrics write\r{verse}.\rline 40\r"));
    talk.hear("taken back: style \"fado\" for \"samba\"");
    talk.hear("40 lines, ");
    talk.hear("40: line 40 of the rain on the roofs");
    let draft = talk.draft();
    assert_eq!((draft.style.as_str(), draft.lyrics.lines().count()), ("fado", 40));
    assert!(draft.lyrics.starts_with("line 1 of the rain on the roofs\nline 2 of"), "{}", draft.lyrics);
    talk.leave();
}
