//! Everybody at once on one store: two screens and three commands order, withdraw, hold, let go and write the words of
//! one song, while a fourth watches.

use std::collections::BTreeSet;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::domain::song::SongId;
use refrain::store::history::Wanted;
use rustix::process::Signal;

use crate::aftermath::{end, release_held, under_way};
use crate::journeys::Journey;
use crate::lane::{Books, Lane};
use crate::support::orders::{self, SHORT};
use crate::support::patience::comes_true;
use crate::support::process;
use crate::support::service::KEY;
use crate::support::studio::{Ended, Studio};
use crate::terminal::{Setup, Terminal};
use crate::trial::{Harm, Scene, impatient};
use crate::truths;

const CTRL_G: &str = "\x07";
const CTRL_Q: &str = "\x11";

const TITLE: &str = "Night Ferry";

/// How long it blows.
const STORM: Duration = Duration::from_secs(15);

/// How long what was ordered in it may take.
const LONGEST: Duration = Duration::from_secs(120);

/// Between two things that one of them does: at a quick hand's pace.
const PAUSE: Duration = Duration::from_millis(120);

/// As rich as need be.
const SCENARIO: &str = "[account]\nstart_usd = 1000.0\n[references]\nvoices = [\"vocal-1\"]\n[songs]\nat_most = 1.0\n";

/// What a command may say that comes too late, or a word behind which it says what happened.
const TOO_LATE: [&str; 13] = [
    "has been sent; the service cannot cancel it",
    "is finished; `refrain hide",
    "is at that end of the line already",
    "is saved",
    "is held",
    "is ordered",
    "is unknown",
    "is sending",
    "is queued",
    "is working",
    "is ready",
    "no take has the id",
    "wrote first: ",
];

/// What no screen may show: it names nothing that a person did.
const UNEXPLAINED: [&str; 5] =
    ["panicked", "could not be read or written", "holds something unreadable", "not saved", "database is locked"];

/// The store, the service, and how to be at both.
struct Place {
    studio: Studio,
    lane: Lane,
    song: SongId,
}

impl Place {
    fn open() -> Self {
        let (studio, lane) = (impatient(), Lane::at_pace("200", SCENARIO));
        let draft = Draft { model: SHORT.to_owned(), ..orders::draft() };
        let mut store = studio.store();
        let song = store.new_song(TITLE, &draft, "the test", Timestamp::now()).unwrap();
        store.open_song(song, Timestamp::now()).unwrap();
        drop(store);
        Self { studio, lane, song }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = self.studio.refrain();
        command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", &self.lane.url]).args(words);
        command
    }

    fn run(&self, words: &[&str]) -> Ended {
        Ended::of(self.command(words).output().unwrap())
    }

    fn screen(&self, name: &'static str) -> Screen {
        let data = self.studio.path().to_str().unwrap();
        let setup = Setup { environment: &[("AIMLAPI_API_KEY", KEY)], ..Setup::default() };
        let arguments = ["--data-dir", data, "--base-url", &self.lane.url];
        let terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments, &setup);
        terminal.expect(TITLE);
        terminal.expect("The ferry leaves at night");
        Screen { terminal, name, typed: Vec::new(), orders: 0 }
    }

    fn watching(&self) -> Child {
        self.command(&["watch", "--json"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Everything that is, or once was, in the words of the song.
    fn kept(&self) -> String {
        let store = self.studio.store();
        let versions = store.versions(self.song).unwrap().into_iter().map(|version| version.draft.lyrics);
        versions.chain([store.draft(self.song).unwrap().draft.lyrics]).collect::<Vec<_>>().join("\n")
    }
}

/// A person at a screen.
struct Screen {
    terminal: Terminal,
    name: &'static str,
    typed: Vec<String>,
    orders: usize,
}

impl Screen {
    /// Types a line and another, and orders now and then.
    fn work(mut self, until: Instant) -> Self {
        for n in 0.. {
            if Instant::now() >= until {
                break;
            }
            if n % 15 == 14 {
                self.order();
            } else {
                let line = format!("{}{n:04}", self.name);
                self.terminal.keys(&format!("{line}\r"));
                self.typed.push(line);
            }
            thread::sleep(PAUSE);
        }
        self
    }

    /// The strip asks where the same was ordered just now; whoever means it presses Enter again.
    fn order(&mut self) {
        self.terminal.keys(CTRL_G);
        self.terminal.expect("Enter order");
        let open = |screen: &vt100::Screen| screen.contents().contains("Esc not now");
        let mut pressed = 0;
        let terminal = &mut self.terminal;
        while open(&terminal.screen()) {
            assert!(pressed < 20, "the strip stays open:\n{}", terminal.screen().contents());
            terminal.keys("\r");
            pressed += 1;
            comes_true(PAUSE * 4, || !open(&terminal.screen()));
        }
        self.orders += 1;
    }

    fn leave(&mut self) {
        self.terminal.keys(CTRL_Q);
        let status = self.terminal.gone();
        assert!(status.success(), "{}: {}", self.name, self.terminal.screen().contents());
    }
}

/// What the commands of a loop said that was no success.
type Refusals = Vec<String>;

fn note(refusals: &mut Refusals, words: &[&str], ended: &Ended) {
    if ended.code != 0 {
        refusals.push(format!("{words:?} ended with {}: {}", ended.code, ended.err.trim()));
    }
}

/// Orders the song as it is, and now and then what comes over an open connection.
fn ordering(place: &Place, until: Instant) -> Refusals {
    const OPEN: [&str; 12] = [
        "generate",
        "--no-wait",
        "--yes",
        "--song",
        TITLE,
        "--model",
        "music-01",
        "--lyrics",
        "[Verse]\nThe ferry leaves at night",
        "--set",
        "voice-id=vocal-1",
        "--json",
    ];
    let mut refusals = Refusals::new();
    for n in 0.. {
        if Instant::now() >= until {
            break;
        }
        let words: &[&str] = match n % 4 {
            0 => &OPEN,
            1 => &["song", "order", TITLE, "--hold", "--yes"],
            _ => &["song", "order", TITLE, "--no-wait", "--yes"],
        };
        note(&mut refusals, words, &place.run(words));
        thread::sleep(PAUSE * 2);
    }
    refusals
}

/// Does to each unsent take one of what can be done.
fn queueing(place: &Place, until: Instant) -> Refusals {
    let (mut refusals, mut deeds) = (Refusals::new(), ["hold", "release", "withdraw", "move"].into_iter().cycle());
    while Instant::now() < until {
        let takes = place.run(&["list", "--json"]).json();
        let unsent = |take: &&serde_json::Value| take["status"] == "ordered" || take["status"] == "held";
        for take in takes.as_array().unwrap().iter().filter(unsent).take(3) {
            let id = take["id"].to_string();
            let words: &[&str] = match deeds.next().unwrap() {
                "move" => &["move", &id, "later"],
                deed => &[deed, &id],
            };
            note(&mut refusals, words, &place.run(words));
        }
        thread::sleep(PAUSE);
    }
    refusals
}

/// Puts a line before what the song has just now; brings those that were written.
fn writing(place: &Place, until: Instant) -> (Vec<String>, Refusals) {
    let (mut written, mut refusals) = (Vec::new(), Refusals::new());
    for n in 0.. {
        if Instant::now() >= until {
            break;
        }
        let (line, before) = (format!("command{n:04}"), place.run(&["song", "show", TITLE, "--lyrics"]).out);
        let lyrics = format!("{line}\n{before}");
        let words = ["song", "write", TITLE, "--lyrics", &lyrics];
        note(&mut refusals, &words[..3], &place.run(&words));
        written.push(line);
        thread::sleep(PAUSE);
    }
    (written, refusals)
}

/// Waits until everything is over; what was put aside is let go.
fn settle(place: &Place) {
    let settled = || {
        let over = comes_true(LONGEST, || place.studio.store().live_takes().unwrap().is_empty());
        assert!(over, "it never settles: {:?}", under_way(&place.studio, &place.lane));
    };
    settled();
    if release_held(&place.studio) {
        let waited = place.run(&["wait", "--timeout", "120s"]);
        assert!(waited.err.is_empty(), "{waited:?}");
        settled();
    }
    end(&place.studio).unwrap();
}

/// Each number up to the highest was given, if perhaps to a take that was taken back.
fn gaps(place: &Place) -> Vec<u32> {
    let steps = place.studio.store().steps(Wanted::default()).unwrap();
    let given: BTreeSet<u32> = steps.iter().map(|step| step.number).collect();
    (1..=given.last().copied().unwrap_or_default()).filter(|number| !given.contains(number)).collect()
}

#[test]
fn two_screens_and_three_commands_at_once_lose_nothing_and_pay_for_nothing_twice() {
    let place = Place::open();
    let (one, other) = (place.screen("harbour"), place.screen("lantern"));
    let watching = place.watching();
    let until = Instant::now() + STORM;
    let here = &place;
    let (mut screens, written, refusals) = thread::scope(|scope| {
        let screens = [one, other].map(|screen| scope.spawn(move || screen.work(until)));
        let loops = [ordering, queueing].map(|work| scope.spawn(move || work(here, until)));
        let writer = scope.spawn(move || writing(here, until));
        let screens = screens.map(|screen| screen.join().unwrap());
        let mut refusals: Refusals = loops.into_iter().flat_map(|work| work.join().unwrap()).collect();
        let (written, more) = writer.join().unwrap();
        refusals.extend(more);
        (screens, written, refusals)
    });
    settle(&place);
    screens.iter_mut().for_each(Screen::leave);
    process::send(watching.id(), Signal::INT);
    let watched = watching.wait_with_output().unwrap();
    assert!(!Ended::of(watched).json_lines().is_empty());

    let takes = place.studio.store().takes(None).unwrap();
    let ordered = screens.iter().map(|screen| screen.orders).sum::<usize>();
    let lines = screens.iter().map(|screen| screen.typed.len()).sum::<usize>() + written.len();
    println!("takes: {}, {ordered} of screens; lines: {lines}; refusals: {}", takes.len(), refusals.len());
    assert!(ordered > 4 && takes.len() > ordered, "it was no storm");
    let unexplained = refusals.iter().filter(|said| !TOO_LATE.iter().any(|what| said.contains(what)));
    assert_eq!(unexplained.collect::<Vec<_>>(), [] as [&String; 0]);
    for screen in &screens {
        let seen = screen.terminal.transcript();
        let found: Vec<_> = UNEXPLAINED.iter().filter(|what| seen.contains(**what)).collect();
        assert!(found.is_empty(), "{}: {found:?}", screen.name);
    }
    let kept = place.kept();
    let typed = screens.iter().flat_map(|screen| &screen.typed).chain(&written);
    let lost: Vec<&String> = typed.filter(|line| !kept.contains(line.as_str())).collect();
    assert_eq!(lost, [] as [&String; 0], "typed and lost");
    assert_eq!(gaps(&place), [] as [u32; 0], "no number was left out");
    let nothing = Books { requests: Vec::new(), ledger: Vec::new(), references: Vec::new() };
    let scene = Scene {
        journey: Journey::Queued,
        harm: Harm { is_deadly: false, is_on_the_line: false },
        studio: &place.studio,
        books: place.lane.books().since(&nothing),
        front: place.run(&["list"]),
        stood: takes.len(),
    };
    assert_eq!(truths::of_all_takes(&scene), [] as [String; 0]);
}
