//! Workers of an older version, and of a newer one.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use refrain::domain::generation::{Status, Take, TakeId, Why};
use refrain::store::history::Wanted;
use refrain::store::schema::VERSION;
use refrain::store::workers::WorkerRow;
use rusqlite::Connection;
use rustix::process::Signal;

use crate::journeys::held_open::WITH_A_VOICE;
use crate::journeys::queued;
use crate::lane::Lane;
use crate::left;
use crate::support::patience::{comes_true, until, wait_for};
use crate::support::process;
use crate::support::service::KEY;
use crate::support::studio::{Ended, Studio};
use crate::trial::impatient;

/// A song of a second that drips for some seven of them; whatever is queued is done at once.
const DRIPPING: &str = "[references]\nvoices = [\"vocal-1\"]\n[songs]\nat_most = 1.0\n\
                        [[rule]]\nendpoint = \"generate\"\nbytes_per_second = 6000\n\
                        [[rule]]\nendpoint = \"submit\"\nat_once = true\n";

/// A worker and its song under way, and who else may come.
struct Scene {
    studio: Studio,
    lane: Lane,
    /// The take whose song is coming.
    song: TakeId,
    /// The worker that holds it.
    worker: WorkerRow,
}

impl Scene {
    fn open() -> Self {
        let (studio, lane) = (impatient(), Lane::at_pace("5000", DRIPPING));
        let song = ordered(&mut front(&studio, &lane, &WITH_A_VOICE));
        studio.when(song, "its song is coming", |take| take.status == Status::Sending && take.received > 0);
        let worker = studio.store().worker(&lane.service()).unwrap().unwrap();
        Self { studio, lane, song, worker }
    }

    /// From now on the worker is one of another version, as far as anybody can see.
    fn worker_is_of(&self, version: &str) {
        let changed = self.sql("UPDATE workers SET version = ?1", [version]);
        assert_eq!(changed, 1);
    }

    fn sql(&self, sql: &str, values: impl rusqlite::Params) -> usize {
        database(&self.studio).execute(sql, values).unwrap()
    }

    /// Who has the seat.
    fn seated(&self) -> WorkerRow {
        self.studio.store().worker(&self.lane.service()).unwrap().unwrap()
    }

    fn song(&self) -> Take {
        self.studio.take(self.song)
    }

    /// Orders a short take as a person does.
    fn order(&self) -> TakeId {
        ordered(&mut front(&self.studio, &self.lane, &queued::SHORT))
    }

    /// Whether the paid request of a take has come.
    fn has_come(&self, take: TakeId) -> bool {
        let tag = self.studio.take(take).request_tag;
        !self.lane.books().perhaps_accepted(&[tag]).is_empty()
    }

    /// Each of these arrived, was sent once and charged once, and was never called anything but what it was.
    #[track_caller]
    fn arrived_once(&self, takes: &[TakeId]) {
        let books = self.lane.books();
        for id in takes {
            let take = self.studio.take(*id);
            assert_eq!((take.status, take.why), (Status::Saved, None), "{:?}", take.message);
            assert!(take.file.as_ref().is_some_and(|file| file.is_file()), "{take:?}");
            let tags = [take.request_tag];
            assert_eq!((books.perhaps_accepted(&tags).len(), books.charges(&tags).len()), (1, 1), "{tags:?}");
            let steps = self.studio.store().steps(Wanted { take: Some(*id), since: None }).unwrap();
            assert!(steps.iter().all(|step| step.status != Some(Status::Unknown)), "{steps:?}");
        }
        assert_eq!(books.ledger.len(), takes.len());
    }

    fn all_leave(&self) {
        until("every worker leaves", || self.studio.workers().is_empty());
    }
}

/// The database as somebody else sees it, who asks nobody.
fn database(studio: &Studio) -> Connection {
    let connection = Connection::open(studio.path().join("refrain.db")).unwrap();
    connection.busy_timeout(Duration::from_secs(5)).unwrap();
    connection
}

fn format(studio: &Studio) -> i32 {
    database(studio).pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

fn front(studio: &Studio, lane: &Lane, arguments: &[&str]) -> Command {
    let mut command = studio.refrain();
    command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", &lane.url]).args(arguments);
    command
}

/// Runs a command that orders one take, whatever it costs.
#[track_caller]
fn ordered(command: &mut Command) -> TakeId {
    let ended = Ended::of(command.arg("--yes").output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    TakeId(ended.out.trim().parse().unwrap())
}

#[test]
fn a_newer_version_takes_the_seat_while_an_open_request_finishes() {
    let scene = Scene::open();
    scene.worker_is_of("0.0.9");
    let written = Instant::now();
    let short = scene.order();
    assert!(comes_true(Duration::from_secs(2), || scene.has_come(short)), "sent within two seconds");
    println!("a new order was sent {} ms after its command began", written.elapsed().as_millis());
    // The older one may have sent it in the moment before it was asked to leave.
    until("the next one is seated", || scene.seated().pid != scene.worker.pid);
    assert_eq!(scene.seated().version, scene.worker.version);
    let next = scene.order();
    for id in [short, next] {
        scene.studio.when(id, "it arrives", |take| take.status == Status::Saved);
    }
    assert_eq!(scene.song().status, Status::Sending, "and the song is still coming");
    assert!(!process::is_over(scene.worker.pid), "to the worker that ordered it");
    scene.studio.when(scene.song, "the song arrives", |take| take.status == Status::Saved);
    scene.all_leave();
    scene.arrived_once(&[scene.song, short, next]);
}

#[test]
fn a_suspended_worker_of_an_older_version_is_woken_and_hands_over() {
    let scene = Scene::open();
    scene.worker_is_of("0.0.9");
    process::send(scene.worker.pid, Signal::STOP);
    let short = scene.order();
    scene.studio.when(short, "it arrives", |take| take.status == Status::Saved);
    assert_ne!(scene.seated().pid, scene.worker.pid);
    scene.studio.when(scene.song, "the song arrives", |take| take.status == Status::Saved);
    scene.all_leave();
    scene.arrived_once(&[scene.song, short]);
}

#[test]
fn what_a_worker_still_held_that_was_killed_after_handing_over_is_said_to_be_lost_and_bought_by_nobody() {
    let scene = Scene::open();
    scene.worker_is_of("0.0.9");
    let short = scene.order();
    until("the next one is seated", || scene.seated().pid != scene.worker.pid);
    process::send(scene.worker.pid, Signal::KILL);
    until("it is over", || process::is_over(scene.worker.pid));
    // Whatever rings the bell has the next one look at once, and not only after a minute.
    let another = scene.order();
    for id in [short, another] {
        scene.studio.when(id, "it arrives", |take| take.status == Status::Saved);
    }
    let lost = scene.studio.when(scene.song, "nobody sends it any more", |take| take.status != Status::Sending);
    assert!(matches!(lost.status, Status::Unknown | Status::Failed), "{lost:?}");
    assert_eq!(lost.why, Some(Why::Spoiled), "what came of it is kept");
    let books = scene.lane.books();
    assert_eq!((books.perhaps_accepted(&[lost.request_tag]).len(), books.ledger.len()), (1, 3));
    scene.all_leave();
}

#[test]
fn a_worker_of_a_newer_version_is_left_alone() {
    let scene = Scene::open();
    scene.worker_is_of("99.0.0");
    let short = scene.order();
    scene.studio.when(short, "it arrives", |take| take.status == Status::Saved);
    until("the one that was started in vain has left", || scene.studio.workers().len() == 1);
    assert_eq!(scene.seated().pid, scene.worker.pid, "nobody took its seat");
    assert_eq!(scene.song().status, Status::Sending);
    // One that was told to leave would have given its seat up by now: it has nothing but the song.
    let another = scene.order();
    scene.studio.when(another, "it arrives", |take| take.status == Status::Saved);
    assert_eq!((scene.seated().pid, scene.song().status), (scene.worker.pid, Status::Sending));
    scene.studio.when(scene.song, "the song arrives", |take| take.status == Status::Saved);
    scene.all_leave();
    scene.arrived_once(&[scene.song, short, another]);
}

/// Takes away what the last step has added, so that the database is of the version before.
fn step_back(studio: &Studio) {
    let older = left::left_by(VERSION as usize - 1);
    let (has, had) = (left::columns(studio.path()), left::columns(older.path()));
    let mut sql = String::from("BEGIN IMMEDIATE;");
    for index in indices(studio).difference(&indices(&older)) {
        write!(sql, "DROP INDEX {index};").unwrap();
    }
    for (table, columns) in &has {
        match had.iter().find(|(other, _)| other == table) {
            None => write!(sql, "DROP TABLE {table};").unwrap(),
            Some((_, known)) => {
                for column in columns.iter().filter(|column| !known.contains(column)) {
                    write!(sql, "ALTER TABLE {table} DROP COLUMN {column};").unwrap();
                }
            }
        }
    }
    write!(sql, "PRAGMA user_version = {}; COMMIT;", VERSION - 1).unwrap();
    database(studio).execute_batch(&sql).unwrap();
    assert_eq!(left::columns(studio.path()), had);
}

/// The indices that a step has made.
fn indices(studio: &Studio) -> BTreeSet<String> {
    let connection = database(studio);
    let sql = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL";
    let mut statement = connection.prepare(sql).unwrap();
    let names = statement.query_map((), |row| row.get(0)).unwrap();
    names.collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_database_of_an_older_refrain_whose_worker_holds_a_song_is_carried_over_when_it_has_handed_over() {
    let scene = Scene::open();
    scene.worker_is_of("0.0.9");
    step_back(&scene.studio);
    let listed = Ended::of(front(&scene.studio, &scene.lane, &["list"]).output().unwrap());
    assert_eq!(listed.code, 0, "{listed:?}");
    let said = format!("the worker of an older refrain (version 0.0.9, process {}) was asked to", scene.worker.pid);
    assert!(listed.err.contains(&said), "{listed:?}");
    assert!(listed.out.contains("music-01"), "{listed:?}");
    assert_eq!(format(&scene.studio), VERSION);
    assert_eq!(scene.song().status, Status::Sending, "the song is still coming");
    until("another goes on with what is left", || scene.seated().pid != scene.worker.pid);
    scene.studio.when(scene.song, "the song arrives", |take| take.status == Status::Saved);
    scene.all_leave();
    scene.arrived_once(&[scene.song]);
}

#[test]
fn a_database_whose_worker_cannot_be_asked_is_refused_with_a_sentence_and_left_alone() {
    let scene = Scene::open();
    // It has no number that anybody could tell it by: whoever has this one now began after it had signed in.
    scene.sql("UPDATE workers SET pid = ?1, started = 1, version = '0.0.9'", [std::process::id()]);
    step_back(&scene.studio);
    let listed = Ended::of(front(&scene.studio, &scene.lane, &["list"]).output().unwrap());
    assert_eq!(listed.code, 1, "{listed:?}");
    assert!(listed.err.contains("its worker (version 0.0.9) is at work on it; nothing was changed"), "{listed:?}");
    assert_eq!(format(&scene.studio), VERSION - 1);
    process::send(scene.worker.pid, Signal::KILL);
    until("it is over", || process::is_over(scene.worker.pid));
    assert_eq!(scene.studio.store().takes(None).unwrap().len(), 1);
}

/// A front that stays, of a program that lies in the studio and can be replaced.
struct Prompt {
    studio: Studio,
    lane: Lane,
    program: PathBuf,
    child: Child,
}

impl Prompt {
    fn open() -> Self {
        let (studio, lane) = (impatient(), Lane::at_pace("5000", DRIPPING));
        let program = studio.path().join("refrain");
        fs::copy(env!("CARGO_BIN_EXE_refrain"), &program).unwrap();
        let template = front(&studio, &lane, &["--plain"]);
        let mut command = Command::new(&program);
        command.args(template.get_args());
        for (name, value) in template.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Self { studio, lane, program, child }
    }

    /// Puts another program in the place of the one that runs, as an update does.
    fn replace_by(&self, program: impl FnOnce(&PathBuf)) {
        let beside = self.program.with_extension("new");
        program(&beside);
        fs::rename(&beside, &self.program).unwrap();
        assert!(program_of(self.child.id()).ends_with("refrain (deleted)"));
    }

    /// Types the order of a short take, and that it is meant.
    fn order(&mut self) {
        let [command, rest @ ..] = queued::SHORT;
        let line = rest.map(|word| format!(" '{word}'")).concat();
        let keys = self.child.stdin.as_mut().unwrap();
        writeln!(keys, "{command}{line}\nyes").and_then(|()| keys.flush()).unwrap();
    }

    fn worker(&self) -> Option<u32> {
        self.studio.store().worker(&self.lane.service()).unwrap().map(|worker| worker.pid)
    }

    fn when_saved(&self, number: usize) {
        let is_saved = |take: &Take| take.status == Status::Saved;
        until("every take is saved", || {
            let takes = self.studio.store().takes(None).unwrap();
            takes.len() == number && takes.iter().all(is_saved)
        });
    }

    fn leave(mut self) {
        drop(self.child.stdin.take());
        assert!(self.child.wait().unwrap().success());
    }
}

/// What a process runs.
fn program_of(process: u32) -> String {
    fs::read_link(format!("/proc/{process}/exe")).unwrap().display().to_string()
}

#[test]
fn a_front_whose_program_was_replaced_on_disk_still_starts_workers_and_so_does_its_successor() {
    let mut prompt = Prompt::open();
    prompt.order();
    prompt.when_saved(1);
    until("the worker leaves", || prompt.studio.workers().is_empty());
    let before = prompt.worker();
    prompt.replace_by(|beside| assert!(fs::copy(env!("CARGO_BIN_EXE_refrain"), beside).unwrap() > 0));
    prompt.order();
    let worker = wait_for("another worker", || prompt.worker().filter(|pid| Some(*pid) != before));
    assert!(program_of(worker).ends_with("refrain (deleted)"), "of the version that the front is of");
    prompt.when_saved(2);
    until("the worker leaves", || prompt.studio.workers().is_empty());
    let mut successor = Command::new(&prompt.program);
    successor.args(front(&prompt.studio, &prompt.lane, &queued::SHORT).get_args()).env("AIMLAPI_API_KEY", KEY);
    ordered(&mut successor);
    prompt.when_saved(3);
    assert_eq!(prompt.lane.books().ledger.len(), 3);
    prompt.leave();
}

#[test]
fn where_the_program_that_took_its_place_has_carried_the_database_over_a_worker_becomes_that_one() {
    let mut prompt = Prompt::open();
    prompt.order();
    prompt.when_saved(1);
    until("the worker leaves", || prompt.studio.workers().is_empty());
    let told = prompt.studio.path().join("told");
    prompt.replace_by(|beside| {
        let script =
            format!("#!/bin/sh\n{{ echo \"$@\"; cat; }} > '{0}.part' && mv '{0}.part' '{0}'\n", told.display());
        fs::write(beside, script).unwrap();
        fs::set_permissions(beside, fs::Permissions::from_mode(0o755)).unwrap();
    });
    database(&prompt.studio).pragma_update(None, "user_version", VERSION + 1).unwrap();
    // As a screen of the older version starts it, which is still open.
    let mut worker = Command::new(format!("/proc/{}/exe", prompt.child.id()));
    let (service, data) = (prompt.lane.url.as_str(), prompt.studio.path());
    worker.args(["worker", "--service", service, "--data-dir"]).arg(data).stdin(Stdio::piped());
    let mut worker = worker.spawn().unwrap();
    worker.stdin.take().unwrap().write_all(KEY.as_bytes()).unwrap();
    assert!(worker.wait().unwrap().success());
    let text = fs::read_to_string(&told).unwrap();
    let expected = format!("worker --service {service} --data-dir {}\n{KEY}", data.display());
    assert_eq!(text, expected, "whoever does the work has the key");
    prompt.leave();
}
