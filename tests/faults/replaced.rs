//! Workers that leave, are killed, suspended or hang, and those that take their place.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, Take, Why};
use refrain::domain::song::SongId;
use refrain::engine::intent::Intent;
use refrain::failpoint::{FIRED, VARIABLE};
use refrain::process::Identity;
use refrain::store::workers::WorkerRow;
use refrain::worker::election;
use rustix::process::Signal;

use crate::journeys::Journey;
use crate::lane::Lane;
use crate::support::orders::{self, SHORT};
use crate::support::patience::{comes_true, until, wait_for};
use crate::support::process;
use crate::support::rows::each;
use crate::support::service::{KEY, Pretend};
use crate::support::studio::{Ended, Studio};
use crate::support::worker::Working;
use crate::terminal::{Setup, Terminal};
use crate::trial::impatient;

/// Answers at once, so that nothing is asked about.
const AT_ONCE: &str = "[[rule]]\nendpoint = \"submit\"\nat_once = true\n";

/// Known references, and songs of a second.
const SCENARIO: &str = "[references]\nvoices = [\"vocal-1\"]\n[songs]\nat_most = 1.0\n[log]\nlag_ms = 0\n";

/// So slow that a take is under way for some seconds.
const SLOW: &str = "6";

/// Longer than anything here takes but a question to the service, which is given half a minute.
const LONGEST: Duration = Duration::from_secs(60);

/// A key that follows on a question sooner than that is no answer.
const READING: Duration = Duration::from_secs(1);

/// A studio, and a service far away that is not quick.
struct Scene {
    studio: Studio,
    lane: Lane,
}

impl Scene {
    fn slow() -> Self {
        Self { studio: impatient(), lane: Lane::at_pace(SLOW, SCENARIO) }
    }

    /// A song that a screen opens by itself.
    fn song(&self) -> SongId {
        let settings = [("length".to_owned(), "0:01".to_owned())].into();
        let draft = Draft { model: SHORT.to_owned(), settings, ..orders::draft() };
        let mut store = self.studio.store();
        let song = store.new_song("Night Ferry", &draft, "the test", Timestamp::now()).unwrap();
        store.open_song(song, Timestamp::now()).unwrap();
        song
    }

    fn lyrics(&self, song: SongId) -> String {
        self.studio.store().draft(song).unwrap().draft.lyrics
    }

    /// A screen on the song that was opened last.
    fn screen(&self) -> Terminal {
        let data = self.studio.path().to_str().unwrap();
        let arguments = ["--data-dir", data, "--base-url", &self.lane.url];
        let setup = Setup { environment: &[("AIMLAPI_API_KEY", KEY)], ..Setup::default() };
        let terminal = Terminal::open(env!("CARGO_BIN_EXE_refrain"), &arguments, &setup);
        terminal.expect("[Verse]");
        terminal
    }

    /// Orders one take by a command; the worker that it starts inherits the fault.
    fn order(&self, journey: Journey, fault: Option<&str>) {
        let mut command = journey.command(&self.studio, &self.lane);
        if let Some(fault) = fault {
            command.env(VARIABLE, fault).env(FIRED, self.fired());
        }
        let ended = Ended::of(command.output().unwrap());
        assert_eq!(ended.code, 0, "{ended:?}");
    }

    fn fired(&self) -> std::path::PathBuf {
        self.studio.path().join("fired")
    }

    /// Waits until a worker has come to its fault; brings its number.
    fn broken(&self) -> u32 {
        wait_for("the point is reached", || {
            let text = fs::read_to_string(self.fired()).ok()?;
            text.trim_end().split_once(' ')?.1.parse().ok()
        })
    }

    fn command(&self, arguments: &[&str]) -> Ended {
        let mut command = self.studio.refrain();
        command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", &self.lane.url]).args(arguments);
        Ended::of(command.output().unwrap())
    }

    fn worker(&self) -> Option<WorkerRow> {
        self.studio.store().worker(&self.lane.service()).unwrap()
    }

    /// The one take that there is.
    fn take(&self) -> Take {
        let mut takes = self.studio.store().takes(None).unwrap();
        assert_eq!(takes.len(), 1);
        takes.remove(0)
    }

    /// Waits until the take is as wanted.
    #[track_caller]
    fn when(&self, what: &str, is: impl Fn(&Take) -> bool) -> Take {
        wait_for(what, || self.studio.store().takes(None).unwrap().into_iter().find(&is))
    }

    /// Waits until the take is saved, and holds what was asked and charged against it.
    #[track_caller]
    fn arrives_and_was_paid_once(&self) {
        let is_saved = || self.take().status == Status::Saved;
        assert!(comes_true(LONGEST, is_saved), "{:?}", self.take());
        assert!(self.take().file.unwrap().is_file());
        let books = self.lane.books();
        let is_paid = |visit: &&serde_json::Value| {
            visit["method"] == "POST"
                && ["submit", "generate"].map(serde_json::Value::from).contains(&visit["endpoint"])
        };
        let sent = books.requests.iter().filter(is_paid).count();
        assert_eq!((sent, books.ledger.len()), (1, 1), "{:?}", books.requests);
    }
}

/// The state of a process: `S`, `T` and so on.
fn state(process: u32) -> String {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    text.rsplit(") ").next().unwrap_or_default().chars().take(1).collect()
}

/// Presses the key that restarts until the screen has taken it for the answer to its question.
#[track_caller]
fn confirm(terminal: &mut Terminal) {
    wait_for("the key is taken for an answer", || {
        terminal.keys("R");
        let is_taken = || terminal.screen().contents().contains("ending the worker");
        comes_true(READING, is_taken).then_some(())
    });
}

#[test]
fn a_killed_worker_is_replaced_by_the_screen_within_ten_seconds() {
    let scene = Scene::slow();
    scene.song();
    let mut screen = scene.screen();
    screen.keys("\x07");
    screen.expect("Enter order");
    screen.keys("\r");
    scene.when("it is accepted", |take| take.remote_id.is_some());
    let old = scene.worker().unwrap();
    let killed = Instant::now();
    process::send(old.pid, Signal::KILL);
    let is_replaced = || scene.worker().is_some_and(|worker| worker != old);
    assert!(comes_true(Duration::from_secs(10), is_replaced), "{:?}", scene.take());
    println!("replaced after {:?}", killed.elapsed());
    scene.arrives_and_was_paid_once();
}

#[test]
fn a_killed_worker_that_a_command_had_started_is_replaced_ten_seconds_after_it_should_have_acted() {
    let scene = Scene::slow();
    scene.song();
    let _screen = scene.screen();
    until("the screen's own worker has left", || scene.worker().is_some() && scene.studio.workers().is_empty());
    scene.order(Journey::Queued, None);
    scene.when("it is accepted", |take| take.remote_id.is_some());
    let old = scene.worker().unwrap();
    process::send(old.pid, Signal::KILL);
    until("it is over", || process::is_over(old.pid));
    let due = scene.take().due.unwrap();
    assert!(comes_true(LONGEST, || scene.worker().is_some_and(|worker| worker != old)), "{:?}", scene.take());
    let late = Timestamp::now().duration_since(due);
    println!("replaced {late:#} after it was due");
    assert!(late >= SignedDuration::from_secs(10) && late < SignedDuration::from_secs(14), "{late:#}");
    scene.arrives_and_was_paid_once();
}

#[test]
fn a_suspended_worker_is_woken_and_hands_over() {
    each([Journey::Queued, Journey::HeldOpen], |journey| {
        let scene = Scene::slow();
        scene.order(journey, None);
        let is_there = |take: &Take| take.why == Some(Why::Open) || take.remote_id.is_some();
        let sent = scene.when("it is at the service", is_there);
        let old = scene.worker().unwrap();
        process::send(old.pid, Signal::STOP);
        until("it is suspended", || state(old.pid) == "T");
        assert!(sent.status != Status::Saved && election::is_held(&scene.studio.paths().worker_lock(&sent.service)));
        let restarted = scene.command(&["restart"]);
        assert_eq!(restarted.code, 0, "{restarted:?}");
        until("it has left", || process::is_over(old.pid));
        scene.arrives_and_was_paid_once();
        assert_ne!(scene.worker().unwrap().pid, old.pid, "another one took over");
    });
}

#[test]
fn a_worker_stopped_in_the_middle_of_a_write_is_named_and_ended_by_a_confirmed_key() {
    each(
        [("stop", "T", ", a suspended worker, keeps"), ("hang", "S", ", a worker, keeps")],
        |(deed, stands, named)| {
            let scene = Scene::slow();
            let song = scene.song();
            scene.order(Journey::Queued, Some(&format!("take.claim={deed}")));
            let worker = scene.broken();
            until("it stands still", || state(worker) == stands);
            let mut screen = scene.screen();
            screen.keys("words meanwhile ");
            screen.expect(&format!("process {worker}{named} the database"));
            screen.keys("\tR");
            if deed == "hang" {
                // One that is only suspended is woken, and leaves by itself.
                screen.expect(&format!(
                    "process {worker} does not answer; R in the queue (30 s) ends it and loses nothing"
                ));
                assert!(!process::is_over(worker), "nobody has confirmed it");
                confirm(&mut screen);
            }
            until("it is over", || process::is_over(worker));
            until("the words are saved", || scene.lyrics(song).contains("words meanwhile"));
            scene.arrives_and_was_paid_once();
            assert_ne!(scene.worker().unwrap().pid, worker);
        },
    );
}

#[test]
fn a_hung_worker_is_told_and_ended_only_when_confirmed() {
    let scene = Scene::slow();
    scene.song();
    scene.order(Journey::Queued, Some("take.asked=hang"));
    let worker = scene.broken();
    let due = scene.take().due.unwrap();
    let mut screen = scene.screen();
    let is_told = || screen.screen().contents().contains("the worker should have acted at");
    assert!(comes_true(Duration::from_secs(90), is_told), "{}", screen.screen().contents());
    let late = Timestamp::now().duration_since(due);
    println!("told {late:#} after it was due");
    assert!(late < SignedDuration::from_secs(80), "{late:#}");
    screen.keys("\tR");
    screen.expect(&format!("process {worker} does not answer"));
    assert!(!process::is_over(worker), "it was asked");
    confirm(&mut screen);
    until("it is over", || process::is_over(worker));
    scene.arrives_and_was_paid_once();
}

#[test]
fn a_command_asks_a_hung_worker_and_ends_it_only_where_a_person_says_so() {
    let scene = Scene::slow();
    scene.order(Journey::Queued, Some("take.asked=hang"));
    let worker = scene.broken();
    let asked = scene.command(&["restart"]);
    let said = format!("process {worker} does not answer; `refrain restart --end` ends it and loses nothing");
    assert!(asked.code == 1 && asked.err.contains(&said), "{asked:?}");
    assert!(!process::is_over(worker));
    let ended = scene.command(&["restart", "--end"]);
    assert!(ended.code == 0 && ended.err.contains("another worker took over"), "{ended:?}");
    assert!(process::is_over(worker));
    scene.arrives_and_was_paid_once();
}

#[test]
fn a_worker_that_comes_to_a_halt_while_it_leaves_is_believed_no_longer() {
    let scene = Scene::slow();
    scene.order(Journey::Queued, Some("take.asked=wait"));
    let worker = scene.broken();
    // It says that it leaves, and comes to a halt before it has.
    let lock = scene.studio.paths().worker_lock(&scene.lane.service());
    fs::write(&lock, format!("leaving {}\n", Identity::of(worker))).unwrap();
    let asked = scene.command(&["restart"]);
    assert!(asked.code == 1 && asked.err.contains("does not answer"), "{asked:?}");
    // It was waiting for something, and goes on: now it answers.
    let text = fs::read_to_string(scene.fired()).unwrap();
    fs::write(scene.fired(), text + "go on\n").unwrap();
    until("it has left", || process::is_over(worker));
    assert_eq!(scene.command(&["restart"]).code, 0);
    scene.arrives_and_was_paid_once();
}

/// A process that has nothing to do with any of this.
struct Stranger(Child);

impl Stranger {
    fn new() -> Self {
        Self(Command::new("sleep").arg("600").stdin(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn a_process_that_got_the_workers_number_is_left_alone() {
    // What a worker that has died, or one of an older version, left in the file of its lock, `PID` being the
    // stranger's number; and whether somebody whom nobody can see holds it.
    let table = [("PID 1\n", true), ("", true), ("PID 1\n", false), ("leaving PID 1\n", true)];
    each(table, |(text, is_held)| {
        let scene = Scene { studio: impatient(), lane: Lane::open() };
        let mut stranger = Stranger::new();
        orders::one(&scene.studio, &scene.lane.service());
        let lock = scene.studio.paths().worker_lock(&scene.lane.service());
        fs::create_dir_all(lock.parent().unwrap()).unwrap();
        fs::write(&lock, text.replace("PID", &stranger.0.id().to_string())).unwrap();
        let started = Timestamp::now() - SignedDuration::from_mins(1);
        let row = WorkerRow { pid: stranger.0.id(), started, version: "0.1.0".to_owned() };
        scene.studio.store().sign_in(&scene.lane.service(), &row).unwrap();
        let held = fs::File::open(&lock).unwrap();
        if is_held {
            held.lock().unwrap();
            let left = scene.command(&["restart", "--end"]);
            assert!(left.code == 1 && left.err.contains("is none of the processes here"), "{left:?}");
            assert_eq!(scene.take().status, Status::Ordered);
            held.unlock().unwrap();
        }
        let restarted = scene.command(&["restart", "--end"]);
        assert!(restarted.code == 0 && restarted.err.contains("another worker took over"), "{restarted:?}");
        assert_eq!(stranger.0.try_wait().unwrap(), None, "it has nothing to do with this");
        scene.arrives_and_was_paid_once();
    });
}

#[test]
fn whoever_holds_a_connection_open_says_so_each_half_minute() {
    let scene = Scene { studio: impatient(), lane: Lane::at_pace("1.4", SCENARIO) };
    scene.order(Journey::HeldOpen, None);
    let open = scene.when("it is on its way", |take| take.why == Some(Why::Open));
    let (sent, due) = (open.sent.unwrap(), open.due.unwrap());
    assert_eq!(due.duration_since(sent), SignedDuration::from_mins(1));
    let is_said = || scene.take().due.is_some_and(|later| later > due + SignedDuration::from_secs(25));
    assert!(comes_true(Duration::from_secs(40), || is_said() && scene.take().status == Status::Sending));
    scene.arrives_and_was_paid_once();
}

#[test]
fn an_order_written_while_a_worker_leaves_is_never_stranded() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let there = service.service();
    let song = orders::song(&mut studio.store(), "Burst");
    let mut store = studio.store();
    let desk = orders::desk(&studio);
    for round in 0..50_u64 {
        // As fronts do: write, ring, start a worker. The pause lets the second fall anywhere around the
        // moment at which the first worker, done at once, gives up its seat.
        let order = || Intent::Order(orders::order(song, &there, SHORT, 1));
        desk.carry_out(&mut store, order(), Timestamp::now()).unwrap();
        let first = Working::start(&studio, &there);
        thread::sleep(Duration::from_millis(round % 25));
        desk.carry_out(&mut store, order(), Timestamp::now()).unwrap();
        Working::start(&studio, &there).done();
        first.done();
        let stranded = store.live_jobs(&there).unwrap().len();
        assert_eq!(stranded, 0, "round {round}");
    }
    assert_eq!(service.tags().len(), 100);
}
