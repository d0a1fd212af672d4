//! One trial: a journey is begun, broken once, gone on with as a person would, and then held against the truths.

use std::fs;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::{Status, Take};
use refrain::engine::intent::Intent;
use refrain::failpoint::{Deed, FIRED, Fault, VARIABLE};
use rustix::process::{Pid, Signal, kill_process};

use crate::journeys::Journey;
use crate::lane::{Books, Lane};
use crate::support::orders;
use crate::support::patience::comes_true;
use crate::support::process;
use crate::support::studio::{Ended, Studio};
use crate::support::worker;
use crate::truths;

/// How long it may take to the fault, and from a restart until everything is settled.
const LONGEST: Duration = Duration::from_secs(30);

/// How long a process that was told to leave may take: it finishes what may cost money.
const LEAVING: Duration = Duration::from_secs(20);

/// How long a process goes on by itself after a step that failed, before it is told to leave.
const GOING_ON: Duration = Duration::from_secs(3);

/// A row that is due later than that is not waited for: a person presses `r`.
const PATIENCE: SignedDuration = SignedDuration::from_secs(2);

/// Every model is asked about as often as can be.
const IMPATIENT: &str =
    "[[models]]\nid = \"stable-audio\"\npace = 1\n[[models]]\nid = \"minimax/music-2.0\"\npace = 1\n";

/// A journey that breaks at one point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial {
    pub journey: Journey,
    pub fault: Fault,
}

/// What there is when it is over.
pub struct Scene<'a> {
    pub trial: Trial,
    pub studio: &'a Studio,
    /// What the service saw of it.
    pub books: Books,
    /// What the command said that began it.
    pub front: Ended,
}

impl Trial {
    /// What of the promises was broken.
    pub fn violations(self, lane: &Lane) -> Vec<String> {
        let studio = impatient();
        let before = lane.books();
        let front = self.begin(&studio, lane);
        if let Err(sentence) = self.breaks(&studio) {
            return vec![format!("{sentence}; the command said {front:?}")];
        }
        let mut violations = settle(&studio, lane);
        // What waits for a person goes as well as ever when the person comes.
        if release_held(&studio) {
            violations.extend(settle(&studio, lane));
        }
        let books = lane.books().since(&before);
        violations.extend(truths::broken(&Scene { trial: self, studio: &studio, books, front }));
        violations
    }

    /// Runs the command that begins the journey. It and the worker that it starts inherit the fault.
    fn begin(self, studio: &Studio, lane: &Lane) -> Ended {
        let Fault { point, deed, pass } = self.fault;
        let mut command = self.journey.command(studio, lane);
        command.env(VARIABLE, format!("{}={}#{pass}", point.name(), deed.name())).env(FIRED, fired(studio));
        Ended::of(command.output().unwrap())
    }

    /// Waits until it has broken and every process is over.
    fn breaks(self, studio: &Studio) -> Result<(), String> {
        let file = fired(studio);
        if !comes_true(LONGEST, || file.exists()) {
            end(studio)?;
            return Err("the point was never reached".to_owned());
        }
        let text = fs::read_to_string(&file).unwrap();
        let (_, process) = text.trim_end().split_once(' ').unwrap();
        let process: u32 = process.parse().unwrap();
        match self.fault.deed {
            Deed::Abort | Deed::Kill if !comes_true(LEAVING, || process::is_over(process)) => {
                return Err(format!("process {process} lives on"));
            }
            Deed::Abort | Deed::Kill => {}
            _ => drop(comes_true(GOING_ON, || studio.store().live_takes().unwrap().is_empty())),
        }
        end(studio)
    }
}

/// A place to work in where nobody waits for long.
pub fn impatient() -> Studio {
    let studio = Studio::new();
    fs::write(studio.path().join("catalogue.toml"), IMPATIENT).unwrap();
    studio
}

fn fired(studio: &Studio) -> PathBuf {
    studio.path().join("fired")
}

/// Tells every process to leave, and waits until it has.
fn end(studio: &Studio) -> Result<(), String> {
    let begin = Instant::now();
    let mut told = Vec::new();
    loop {
        let left = studio.processes();
        if left.is_empty() {
            return Ok(());
        }
        if begin.elapsed() > LEAVING {
            return Err(format!("these do not leave: {left:?}"));
        }
        for process in left.iter().filter(|process| !told.contains(&process.id)) {
            // It may leave by itself in this moment.
            let _ = kill_process(Pid::from_raw(process.id.cast_signed()).unwrap(), Signal::TERM);
        }
        told = left.iter().map(|process| process.id).collect();
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Starts a worker and waits until it has left, as nothing is to be done any more. What would be tried again only
/// later is asked for now.
fn settle(studio: &Studio, lane: &Lane) -> Vec<String> {
    if studio.store().takes(None).unwrap().is_empty() {
        return Vec::new();
    }
    let mut worker = worker::process(studio, &lane.service());
    let left = comes_true(LONGEST, || {
        studio.store().live_takes().unwrap().iter().filter(|take| is_put_off(take)).for_each(|take| ask(studio, take));
        has_left(&mut worker)
    });
    if left {
        return Vec::new();
    }
    worker.kill().unwrap();
    worker.wait().unwrap();
    let live = studio.store().live_takes().unwrap();
    let live: Vec<_> = live.iter().map(|take| (take.id, take.status, take.why, &take.message)).collect();
    vec![format!("it never settles: {live:?}")]
}

fn has_left(worker: &mut Child) -> bool {
    worker.try_wait().unwrap().is_some()
}

fn is_put_off(take: &Take) -> bool {
    let is_asked = matches!(take.status, Status::Queued | Status::Working | Status::Ready);
    is_asked && take.due.is_some_and(|due| due.duration_since(Timestamp::now()) > PATIENCE)
}

fn ask(studio: &Studio, take: &Take) {
    orders::desk(studio).carry_out(&mut studio.store(), Intent::AskNow { take: take.id }, Timestamp::now()).unwrap();
}

/// Lets go what was put aside; says whether there was any.
fn release_held(studio: &Studio) -> bool {
    let takes = studio.store().takes(None).unwrap();
    let held: Vec<_> = takes.iter().filter(|take| take.status == Status::Held).collect();
    for take in &held {
        let release = Intent::Release { take: take.id };
        orders::desk(studio).carry_out(&mut studio.store(), release, Timestamp::now()).unwrap();
    }
    !held.is_empty()
}
