//! A service that means harm: at the screen, in the bytes for the terminal, on standard output, in the window's title,
//! in the log, on the file system, and in memory.

mod answers;
mod caps;
mod harmless;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Arc, Mutex};

use refrain::domain::generation::{Status, Take};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use self::answers::HARMLESS;
use self::harmless::{harm_in_words, harm_on_a_screen, harm_on_a_terminal};
use crate::recorder::{Recorder, Said, Truth};
use crate::support::patience::{until, wait_for};
use crate::support::process::{self, PREFIX, Process};
use crate::support::recordings::{file, melody};
use crate::support::service::{KEY, Pretend};
use crate::support::studio::{Ended, Studio};
use crate::terminal::{Setup, Terminal};

const CTRL_Q: &str = "\x11";

/// A second of music without words.
const SHORT: [&str; 8] =
    ["generate", "--yes", "--model", "stable-audio", "--prompt", "slow fado, one guitar", "--set", "length=0:01"];

/// A second of a song that comes in its answer.
const SUNG: [&str; 8] =
    ["generate", "--yes", "--model", "music-01", "--lyrics", "The ferry leaves at night", "--set", "voice-id=vocal-1"];

/// Everything that the sandbox says is poisoned, but for that by which things are found.
const SCENARIO: &str = r#"
    [references]
    voices = ["vocal-1"]
    [[rule]]
    endpoint = "submit"
    answer = "hostile"
    [[rule]]
    endpoint = "poll"
    first = 1
    answer = "hostile"
    [[rule]]
    endpoint = "poll"
    answer = "hostile"
    members = ["file_name", "content_type", "error", "name", "message"]
    [[rule]]
    endpoint = "upload"
    answer = "hostile"
    [[rule]]
    endpoint = "logs"
    answer = "hostile"
"#;

/// What tells of takes, and of everything else that a service says.
const TOLD: [&[&str]; 16] = [
    &["list"],
    &["list", "--json"],
    &["log"],
    &["log", "--json"],
    &["log", "--program"],
    &["balance"],
    &["balance", "--json"],
    &["models"],
    &["models", "--json"],
    &["reference", "list"],
    &["reference", "list", "--json"],
    &["doctor"],
    &["reconcile"],
    &["adopt", "--since", "7d", "--list"],
    &["wait", "--timeout", "1s"],
    &["wait", "--timeout", "1s", "--json"],
];

/// The studio stands so far below a folder of its own: whatever leads out of it is found there.
const BELOW: &str = "a/b/c/d";

/// The memory of one worker is looked at, whatever came before, what has no end is soon too long, and no bell is ours.
const SETTINGS: &str = "[worker]\nidle_seconds = 600\n[files]\nlargest_mb = 1\n[api]\nlargest_answer_mb = 16\n\
                        [screen]\nbell = false\n";

/// The model of the short takes is asked about as often as can be.
const IMPATIENT: &str = "[[models]]\nid = \"stable-audio\"\npace = 1\n";

/// Takes at least whose poison is seen, without what harms, on the screen and on standard output.
const SEEN: usize = 5;

/// More than any worker needs, in kB: a body of 16 MB is read into memory, and understood there.
const MOST_MEMORY: u64 = 120_000;

/// A hostile service, and a place to work in.
struct Stage {
    studio: Studio,
    /// The folder in which the studio is, and nothing else.
    own: TempDir,
    service: Recorder,
    /// What the next orders are answered with.
    answers: Arc<Mutex<VecDeque<Said>>>,
    _sandbox: Pretend,
}

impl Stage {
    fn set() -> Self {
        let sandbox = Pretend::quick(SCENARIO);
        let port = sandbox.url.rsplit(':').next().unwrap().parse().unwrap();
        let files = Recorder::start(Truth::InPath, |_| None);
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let (next, questions) = (Arc::clone(&answers), answers::to_questions());
        let service = Recorder::start(Truth::At { port, files: files.url.clone() }, move |head| {
            if head.starts_with("POST /v2/generate/audio") && !head.contains("/upload ") {
                return next.lock().unwrap().pop_front();
            }
            let files =
                [(answers::FILE, answers::file as fn() -> Said), (answers::WITHOUT_END, answers::file_without_end)];
            if let Some((_, file)) = files.iter().find(|(path, _)| head.contains(path)) {
                return Some(file());
            }
            questions.iter().find(|(start, _)| head.starts_with(start)).map(|(_, said)| said.clone())
        });
        let own = tempfile::Builder::new().prefix(PREFIX).tempdir().unwrap();
        let below = own.path().join(BELOW);
        fs::create_dir_all(&below).unwrap();
        let studio = Studio::within(&below);
        studio.configure(SETTINGS);
        fs::write(studio.path().join("catalogue.toml"), IMPATIENT).unwrap();
        Self { studio, own, service, answers, _sandbox: sandbox }
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = self.studio.refrain();
        command.env("AIMLAPI_API_KEY", KEY).env("REFRAIN_LOG", "trace").current_dir(self.studio.path());
        let ended = Ended::of(command.args(["--base-url", &self.service.url]).args(arguments).output().unwrap());
        for said in [&ended.out, &ended.err] {
            assert_eq!(harm_in_words(said), None, "{arguments:?}");
        }
        ended
    }

    /// Watches all that happens from here on, for people and for programs.
    fn watch(&self) -> [Watching; 2] {
        [&[][..], &["--json"]].map(|more| {
            let mut command = self.studio.refrain();
            command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", &self.service.url, "watch"]).args(more);
            let told = tempfile::tempfile().unwrap();
            let both = || told.try_clone().unwrap();
            let process = command.stdout(both()).stderr(both()).spawn().unwrap();
            Watching { process, told }
        })
    }

    /// Orders a take that is answered so.
    fn order(&self, what: &str, order: &[&str], said: Option<Said>) {
        self.answers.lock().unwrap().extend(said);
        let ended = self.run(order);
        // An order that the service puts off is not waited for.
        until("it was ordered", || self.answers.lock().unwrap().is_empty());
        assert!([0, 1, 3, 4, 5].contains(&ended.code), "{what}: {ended:?}");
    }

    /// The one that works: it was born before all that found it at work and leave.
    fn worker(&self) -> Process {
        wait_for("a worker", || self.studio.workers().into_iter().min_by_key(|worker| worker.id))
    }

    /// How much memory the worker has had at most, in kB.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.worker().id)).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// What commands tell of each take.
    fn read(&self, takes: &[Take]) {
        let mut seen = 0;
        for take in takes {
            let is_poisoned = take.message.as_ref().is_some_and(|message| message.contains(HARMLESS));
            seen += usize::from(is_poisoned);
            for (more, number) in [(&[][..], format!("take {}", take.number)), (&["--json"], "\"take\"".to_owned())] {
                let ended = self.run(&[&["show", &take.id.0.to_string()], more].concat());
                assert_eq!(ended.code, 0, "{ended:?}");
                assert!(ended.out.contains(&number), "{number}: {ended:?}");
                assert!(!is_poisoned || ended.out.contains(HARMLESS), "what the service said is told: {ended:?}");
            }
        }
        assert!(seen >= SEEN, "{seen} of {} takes are poisoned", takes.len());
        for arguments in [["list"], ["log"]] {
            assert!(self.run(&arguments).out.contains(HARMLESS), "{arguments:?}");
        }
    }

    /// A screen that looks at every take from near.
    fn look(&self, takes: &[Take]) {
        let data = self.studio.path().to_str().unwrap();
        let arguments = ["--data-dir", data, "--base-url", &self.service.url];
        let environment = [("AIMLAPI_API_KEY", KEY)];
        let setup = Setup { environment: &environment, ..Setup::default() };
        let mut terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments, &setup);
        terminal.expect("C-g order");
        terminal.keys("\ts");
        terminal.expect("new, ");
        let mut seen = 0;
        for take in takes {
            terminal.expect(&format!("---- Take {} ", take.number));
            let before = terminal.bytes();
            terminal.keys("\r");
            terminal.until("the take is open", |_| terminal.bytes() > before);
            assert_eq!(harm_on_a_screen(&terminal.screen()), None, "{}", terminal.screen().contents());
            seen += usize::from(terminal.screen().contents().contains(HARMLESS));
            terminal.keys("\r\x1b[B");
        }
        assert!(seen >= SEEN, "what the service said of a take is on the screen: {seen}");
        terminal.keys(CTRL_Q);
        terminal.gone();
        assert_eq!(harm_on_a_terminal(&terminal.everything()), None);
    }

    /// The worker that was sent all this still does as it is told.
    fn tell_to_leave(&self) {
        process::send(self.worker().id, Signal::TERM);
        until("every worker has left", || self.studio.workers().is_empty());
    }
}

/// What lies in a folder beside the only way to another one below it.
fn beside(folder: &Path, below: &Path) -> Vec<PathBuf> {
    let ways = below.ancestors().take_while(|way| *way != folder.parent().unwrap());
    let entries = ways.skip(1).flat_map(|way| fs::read_dir(way).unwrap().flatten());
    entries.map(|entry| entry.path()).filter(|path| !below.starts_with(path)).collect()
}

#[test]
fn what_lies_beside_the_way_to_a_studio_is_found() {
    let own = tempfile::tempdir().unwrap();
    let below = own.path().join(BELOW);
    fs::create_dir_all(below.join("inside")).unwrap();
    assert_eq!(beside(own.path(), &below), [] as [PathBuf; 0]);
    for name in ["a/b/.bashrc", "passwd"] {
        let planted = own.path().join(name);
        fs::write(&planted, "").unwrap();
        assert!(beside(own.path(), &below).iter().eq([&planted]), "{name}");
        fs::remove_file(planted).unwrap();
    }
}

/// A command that tells what happens while it happens.
struct Watching {
    process: Child,
    /// All that it says.
    told: File,
}

impl Watching {
    fn end(mut self) {
        kill_process(Pid::from_child(&self.process), Signal::INT).unwrap();
        self.process.wait().unwrap();
        let mut text = String::new();
        self.told.rewind().unwrap();
        self.told.read_to_string(&mut text).unwrap();
        assert!(text.lines().count() > 20, "it has watched: {text}");
        assert_eq!(harm_in_words(&text), None);
    }
}

/// What is wrong with a file below the studio, where it is or in what it is called.
fn harm_of_file(studio: &Path, file: &Path) -> Option<String> {
    let name = file.strip_prefix(studio).unwrap().to_string_lossy().into_owned();
    let is_hidden = name.split('/').any(|part| part.starts_with('.'));
    let is_long = name.split('/').any(|part| part.len() > 120);
    if is_hidden || is_long || name.contains("passwd") || harm_in_words(&name).is_some() {
        return Some(format!("a file called {name:?}"));
    }
    // Answers that hold a song are kept byte by byte as they came, for nobody but refrain to read.
    if name.starts_with("answers/") {
        return None;
    }
    let is_text = [".log", ".stderr", ".json"].iter().any(|end| name.ends_with(end));
    let harm = is_text.then(|| harm_in_words(&fs::read_to_string(file).unwrap())).flatten();
    harm.map(|harm| format!("{name}: {harm}"))
}

#[test]
fn whatever_a_service_says_harms_neither_terminal_nor_log_nor_disk_nor_memory() {
    let stage = Stage::set();
    let watches = stage.watch();
    file(&stage.studio, "Mara.wav", &melody(12));
    stage.order("what the sandbox poisons", &[&SHORT[..], &["--wait"]].concat(), None);
    for (what, said) in answers::to_orders(&stage.service.url) {
        stage.order(what, &SHORT, Some(said));
    }
    for (what, said) in answers::that_put_off() {
        stage.order(what, &[&SHORT[..], &["--no-wait"]].concat(), Some(said));
    }
    for (what, said) in answers::to_songs(&stage.service.url) {
        stage.order(what, &SUNG, Some(said));
    }
    stage.run(&["upload", "Mara.wav", "--purpose", "voice", "--name", "Mara"]);
    for arguments in TOLD {
        let ended = stage.run(arguments);
        // Some takes go on, and of some nobody knows whether they were charged.
        assert!([0, 1, 3, 5].contains(&ended.code), "{arguments:?}: {ended:?}");
    }
    let takes = stage.studio.store().takes(None).unwrap();
    stage.read(&takes);
    stage.look(&takes);
    watches.into_iter().for_each(Watching::end);
    let memory = stage.memory();
    println!("the worker had {memory} kB at most");
    stage.tell_to_leave();

    let studio = stage.studio.path();
    let files = stage.studio.files();
    let harms: Vec<_> = files.iter().filter_map(|file| harm_of_file(studio, file)).collect();
    assert!(harms.is_empty(), "{harms:#?}");
    assert_eq!(beside(stage.own.path(), studio), [] as [PathBuf; 0], "nothing leads out of the studio");
    let logs = files.iter().filter(|file| file.extension().is_some_and(|it| it == "log"));
    let is_loud = |file: &PathBuf| fs::read_to_string(file).unwrap().contains("TRACE");
    assert!(logs.into_iter().any(is_loud), "the log is at its loudest");
    let panics = fs::read_to_string(studio.join("log/worker.stderr")).unwrap_or_default();
    assert_eq!(panics, "");
    let saved = takes.iter().filter(|take| take.status == Status::Saved).count();
    assert!(saved >= 4, "those with a file that can be had are had: {saved}");
    assert!(memory < MOST_MEMORY, "the worker had {memory} kB");
}
