//! A key that must be found nowhere: not in what is written, not in what is shown, not in what is sent to anybody but
//! the service. Everything is done once, with tracing at its loudest.

mod disguises;
mod processes;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use refrain::failpoint::{FIRED, VARIABLE};
use serde_json::json;
use tempfile::TempDir;

use disguises::found_in;
use processes::seen_in_processes;

use crate::recorder::{Recorder, Said, Truth, answer};
use crate::support::patience::until;
use crate::support::recordings::{file, melody};
use crate::support::service::{KEY, Pretend};
use crate::support::studio::{Ended, Studio};
use crate::terminal::{Setup, Terminal};

const CTRL_G: &str = "\x07";
const CTRL_Q: &str = "\x11";

/// The environment of everything that runs here.
const LOUD: [(&str, &str); 2] = [("REFRAIN_LOG", "trace"), ("RUST_BACKTRACE", "full")];

/// Where a worker panics.
const IN_A_WORKER: [&str; 2] = ["take.claimed", "take.asked"];

/// What a process says that panics because it was told to.
fn says_so() -> String {
    format!("{VARIABLE} says so")
}

/// A second of music without words.
const SHORT: [&str; 7] =
    ["generate", "--model", "stable-audio", "--prompt", "slow fado, one guitar", "--set", "length=0:01"];

/// A second of a song that comes in its answer.
const SUNG: [&str; 7] =
    ["generate", "--model", "music-01", "--lyrics", "The ferry leaves at night", "--set", "voice-id=vocal-1"];

/// How the requests begin that are answered oddly.
const SUBMIT: &str = "POST /v2/generate/audio ";
const GENERATE: &str = "POST /v2/generate/audio/minimax/generate ";
const POLL: &str = "GET /v2/generate/audio?";
const UPLOAD: &str = "POST /v2/generate/audio/minimax/upload ";
const BILLING: &str = "GET /v2/billing";

/// Questions whose answers may have the key in them as well, and what asks them.
const ASKED: [(&str, &[&str]); 2] =
    [(UPLOAD, &["upload", "--anew", "Ines.wav", "--purpose", "voice", "--name", "Ines"]), (BILLING, &["balance"])];

/// The first worker asks this, and then not again for hours.
const ASKED_FIRST: [&str; 2] = ["GET /v1/models", "GET /models/metrics"];

/// The service: a voice that it knows, and a log without a lag.
const SCENARIO: &str = "[references]\nvoices = [\"vocal-1\"]\n[songs]\nat_most = 1.0\n[log]\nlag_ms = 0\n";

/// What is asked for once a take is there.
const QUESTIONS: [&[&str]; 20] = [
    &["balance"],
    &["balance", "--json"],
    &["models"],
    &["list", "--json"],
    &["show", "1"],
    &["show", "1", "--json"],
    &["log"],
    &["log", "--json"],
    &["log", "--program"],
    &["config", "show"],
    &["config", "check"],
    &["doctor"],
    &["doctor", "--json"],
    &["reference", "list", "--json"],
    &["path", "1"],
    &["wait"],
    &["watch", "--until-idle"],
    &["watch", "1", "--until-idle", "--json"],
    &["reconcile"],
    &["adopt", "--since", "7d", "--list"],
];

/// Where a command has the key from.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// From the file in which `login` keeps it.
    Kept,
    /// From the environment.
    Variable,
    /// From a command that prints it.
    Command,
}

/// A service and its hosts, each of which keeps what it is sent, and a place to work in.
struct Stage {
    studio: Studio,
    api: Recorder,
    files: Recorder,
    elsewhere: Arc<Recorder>,
    /// What the next request is answered with that begins so.
    odd: Arc<Mutex<Vec<(&'static str, Said)>>>,
    /// What came out of every process, by what it was.
    heard: Vec<(String, Vec<u8>)>,
    /// Where the person's own command has the key from.
    safe: TempDir,
    _sandbox: Pretend,
}

impl Stage {
    fn set() -> Self {
        let sandbox = Pretend::quick(SCENARIO);
        let port = sandbox.url.rsplit(':').next().unwrap().parse().unwrap();
        let elsewhere = Arc::new(Recorder::start(Truth::InPath, |_| None));
        let there = elsewhere.url.clone();
        let files = Recorder::start(Truth::Nowhere, move |head| Some(redirect(&there, path_of(head))));
        let first = ASKED_FIRST.map(|start| (start, Said { begin: answer(200, "", &page()), without_end: None }));
        let odd = Arc::new(Mutex::new(first.to_vec()));
        let next = Arc::clone(&odd);
        let api = Recorder::start(Truth::At { port, files: files.url.clone() }, move |head| {
            let mut odd = next.lock().unwrap();
            let place = odd.iter().position(|(start, _)| head.starts_with(start))?;
            Some(odd.remove(place).1)
        });
        let safe = tempfile::tempdir().unwrap();
        fs::write(safe.path().join("key"), KEY).unwrap();
        let stage =
            Self { studio: Studio::new(), api, files, elsewhere, odd, heard: Vec::new(), safe, _sandbox: sandbox };
        fs::create_dir(stage.spare()).unwrap();
        stage
    }

    /// Where temporary files go: into the studio, so that they are looked through.
    fn spare(&self) -> PathBuf {
        self.studio.path().join("spare")
    }

    fn command(&self, way: Way) -> Command {
        let mut command = self.studio.refrain();
        command
            .args(["--base-url", &self.api.url])
            .envs(LOUD)
            .env("TMPDIR", self.spare())
            .current_dir(self.studio.path());
        match way {
            Way::Kept => {}
            Way::Variable => drop(command.env("AIMLAPI_API_KEY", KEY)),
            Way::Command => {
                let line = format!("api.key_command=cat {}", self.safe.path().join("key").display());
                command.args(["-c", &line]);
            }
        }
        command
    }

    /// Runs a command to its end and keeps what it says.
    fn run(&mut self, what: &str, command: &mut Command) -> Ended {
        let output = command.output().unwrap();
        self.heard.push((format!("standard output of {what}"), output.stdout.clone()));
        self.heard.push((format!("standard error of {what}"), output.stderr.clone()));
        Ended::of(output)
    }

    fn ask(&mut self, way: Way, arguments: &[&str]) -> Ended {
        let mut command = self.command(way);
        command.args(arguments);
        self.run(&format!("{arguments:?}"), &mut command)
    }

    /// A terminal with refrain in it.
    fn terminal(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Terminal {
        let data = self.studio.path().to_str().unwrap();
        let arguments = [&["--data-dir", data, "--base-url", &self.api.url], arguments].concat();
        let spare = self.spare();
        let environment = [&LOUD[..], &[("TMPDIR", spare.to_str().unwrap())], environment].concat();
        Terminal::open(
            env!("CARGO_BIN_EXE_refrain"),
            &arguments,
            &Setup { environment: &environment, ..Setup::default() },
        )
    }

    /// Waits until the program in a terminal has ended, and keeps what it showed.
    fn leave(&mut self, what: &str, mut terminal: Terminal) {
        terminal.gone();
        self.heard.push((format!("the terminal of {what}"), terminal.everything()));
    }

    /// Waits until no worker is left, so that the next one is born with what is in the environment then.
    fn rest(&self) {
        until("the worker has left", || self.studio.workers().is_empty());
    }

    fn log_in(&mut self) {
        let mut terminal = self.terminal(&["login"], &[]);
        terminal.expect("API key (not shown): ");
        terminal.keys(&format!("{KEY}\r"));
        terminal.expect("for you alone");
        self.leave("login", terminal);
    }

    /// Everything that goes well.
    fn work(&mut self) {
        file(&self.studio, "Mara.wav", &melody(12));
        for way in [Way::Kept, Way::Variable, Way::Command] {
            for arguments in [&SHORT, &SUNG] {
                let ended = self.ask(way, &[&arguments[..], &["--wait", "--json", "--yes"]].concat());
                assert_eq!(ended.code, 0, "{way:?}: {ended:?}");
            }
        }
        let uploaded = self.ask(Way::Kept, &["upload", "Mara.wav", "--purpose", "voice", "--name", "Mara"]);
        assert_eq!(uploaded.code, 0, "{uploaded:?}");
        for arguments in QUESTIONS {
            let ended = self.ask(Way::Variable, arguments);
            assert!(!ended.out.is_empty() || !ended.err.is_empty() || ended.code == 0, "{arguments:?}: {ended:?}");
        }
        until("the models and their paces were asked for", || self.odd.lock().unwrap().is_empty());
    }

    /// Everything that a service may say with the key in it, and where it may point.
    fn be_answered_oddly(&mut self) {
        let vendor = |status: u16| {
            let body = json!({"message": format!("the key {KEY} is wrong"), "statusCode": status, "requestId": KEY});
            answer(status, "", &body.to_string())
        };
        let page = page();
        let fine = |body: serde_json::Value| answer(200, "", &body.to_string());
        let failed = json!({"id": "a", "status": "error", "error": {"name": KEY, "message": format!("no {KEY}")}});
        let (strange, no) = (json!({ "status": KEY }), json!({"base_resp": {"status_code": 1004, "status_msg": KEY}}));
        let answers = [
            (SUBMIT, vendor(401)),
            (SUBMIT, vendor(403)),
            (SUBMIT, vendor(400)),
            (SUBMIT, vendor(500)),
            (SUBMIT, vendor(502)),
            (SUBMIT, answer(502, "content-type: text/html\r\n", &page)),
            (SUBMIT, answer(200, "", &page)),
            (SUBMIT, redirect(&self.elsewhere.url, "/v2/generate/audio").begin),
            (SUBMIT, fine(failed)),
            (POLL, fine(strange)),
            (POLL, vendor(401)),
            (GENERATE, vendor(400)),
            (GENERATE, fine(no)),
        ];
        for (start, said) in answers {
            let order = if start == GENERATE { SUNG } else { SHORT };
            self.is_answered(start, said, &[&order[..], &["--yes", "--wait", "--json"]].concat());
        }
        file(&self.studio, "Ines.wav", &melody(11));
        for (start, arguments) in ASKED {
            for said in [vendor(500), answer(200, "", &page)] {
                self.is_answered(start, said, arguments);
            }
        }
    }

    /// Does something whose request is answered so.
    fn is_answered(&mut self, start: &'static str, said: Vec<u8>, arguments: &[&str]) {
        let what = String::from_utf8_lossy(&said).into_owned();
        self.odd.lock().unwrap().push((start, Said { begin: said, without_end: None }));
        let ended = self.ask(Way::Variable, arguments);
        assert!(self.odd.lock().unwrap().is_empty(), "{start}: {what}: {ended:?}");
    }

    /// A screen from which a take is ordered.
    fn look(&mut self) {
        let mut terminal = self.terminal(&[], &[("AIMLAPI_API_KEY", KEY)]);
        terminal.expect("C-g order");
        terminal.keys(CTRL_G);
        terminal.expect("Esc not now");
        terminal.keys("\r");
        terminal.keys(CTRL_Q);
        self.leave("the screen", terminal);
    }

    /// A command, a worker and a screen that panic with the key in their memory.
    fn panic(&mut self) {
        for point in ["order.row"].into_iter().chain(IN_A_WORKER) {
            self.rest();
            let fired = self.studio.path().join(point);
            let mut command = self.command(Way::Variable);
            command.args(SHORT).arg("--no-wait").env(VARIABLE, format!("{point}=panic")).env(FIRED, &fired);
            let ended = self.run(&format!("a panic at {point}"), &mut command);
            until("the panic", || fired.exists());
            if !IN_A_WORKER.contains(&point) {
                assert!(ended.code == 101 && ended.err.contains(&says_so()), "{ended:?}");
            }
        }
        let fired = self.studio.path().join("draft.write");
        let fault = [(VARIABLE, "draft.write=panic"), (FIRED, fired.to_str().unwrap()), ("AIMLAPI_API_KEY", KEY)];
        let mut terminal = self.terminal(&[], &fault);
        terminal.expect("C-g order");
        terminal.keys("words");
        terminal.until("it says so", |_| terminal.transcript().contains(&says_so()));
        terminal.kill();
        self.leave("a screen that panics", terminal);
        self.rest();
    }
}

fn page() -> String {
    format!("<html><body>authorization: Bearer {KEY}</body></html>")
}

fn redirect(to: &str, path: &str) -> Said {
    Said { begin: answer(307, &format!("location: {to}{path}\r\n"), ""), without_end: None }
}

fn path_of(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

/// What is wrong with a request to the service: it may have the key in its `authorization`, and nowhere else.
fn misplaced(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    found_in(text.replacen(&format!("authorization: Bearer {KEY}\r\n"), "", 1).as_bytes()).is_some()
}

/// Whether a stranger was told anything that is not for strangers.
fn tells_too_much(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_lowercase();
    let private = ["\r\nauthorization:", "\r\ncookie:", "\r\nreferer:", "\r\nx-client-request-id:"];
    found_in(request).is_some() || private.iter().any(|header| text.contains(header))
}

#[test]
fn the_key_is_at_the_service_and_in_its_own_file_and_nowhere_else() {
    let mut stage = Stage::set();
    let folder = stage.studio.path().to_owned();
    let mut traces = seen_in_processes(&folder, || {
        stage.log_in();
        stage.work();
        stage.be_answered_oddly();
        stage.look();
        stage.panic();
    });

    let files = stage.studio.files();
    for file in files.iter().filter(|file| **file != folder.join("key")) {
        let found = fs::read(file).ok().and_then(|bytes| found_in(&bytes));
        traces.extend(found.map(|form| format!("{form} in {}", file.display())));
    }
    for (what, bytes) in &stage.heard {
        traces.extend(found_in(bytes).map(|form| format!("{form} in {what}")));
    }
    let asked = stage.api.requests();
    traces.extend(asked.iter().filter(|it| misplaced(it)).map(|it| format!("asked: {}", String::from_utf8_lossy(it))));
    let strangers = [stage.files.requests(), stage.elsewhere.requests()];
    let told = strangers.iter().flatten().filter(|request| tells_too_much(request));
    traces.extend(told.map(|request| format!("told a stranger: {}", String::from_utf8_lossy(request))));
    assert!(traces.is_empty(), "{traces:#?}");

    // All that was looked through had something in it.
    let holds = |name: &str| files.iter().any(|file| file.to_string_lossy().contains(name));
    for name in [".log", "worker.stderr", "refrain.db", ".mp3", ".json"] {
        assert!(holds(name), "no {name} among {files:#?}");
    }
    let log = files.iter().filter(|file| file.extension().is_some_and(|it| it == "log"));
    let log: String = log.map(|file| fs::read_to_string(file).unwrap()).collect();
    assert!(log.contains("TRACE hyper_util"), "the log is at its loudest, also of what goes over the wire");
    let panics = fs::read_to_string(folder.join("log/worker.stderr")).unwrap();
    assert_eq!(panics.matches(&says_so()).count(), IN_A_WORKER.len(), "every worker said that it panicked: {panics}");
    assert!(asked.iter().any(|request| String::from_utf8_lossy(request).contains("authorization: Bearer")));
    assert!(strangers.iter().all(|requests| !requests.is_empty()), "both strangers were asked");
    assert!(
        stage.elsewhere.requests().iter().all(|request| request.starts_with(b"GET ")),
        "files alone lead elsewhere"
    );
}
