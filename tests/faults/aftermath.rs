//! What comes after a fault: processes are told to leave, a person goes on, and what is left is held against the
//! truths.

use std::process::Child;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::{Status, Take};
use refrain::engine::intent::Intent;
use rustix::process::{Pid, Signal, kill_process};

use crate::journeys::{Journey, adopt, words};
use crate::lane::{Books, Lane};
use crate::support::orders;
use crate::support::patience::comes_true;
use crate::support::studio::{Ended, Studio};
use crate::support::worker;
use crate::trial::{Harm, LEAVING, LONGEST, Scene};
use crate::truths;

/// A row that is due later than that is not waited for: a person presses `r`.
const PATIENCE: SignedDuration = SignedDuration::from_secs(2);

/// Goes on as a person would with what a fault left, when every process is over, and says what of the promises is
/// broken then.
pub fn aftermath(
    journey: Journey,
    harm: Harm,
    studio: &Studio,
    front: Ended,
    before: Books,
    lane: &Lane,
) -> Vec<String> {
    let mut scene = Scene { journey, harm, studio, books: before, front, stood: rows(studio) };
    let mut violations = match journey {
        Journey::Words => words::go_on(&scene, lane),
        Journey::Upload => until_uploaded(studio, lane),
        Journey::Adopt => adopt::go_on(studio, lane),
        Journey::Queued | Journey::Raw | Journey::HeldOpen | Journey::Lost => until_over(studio, lane),
    };
    scene.books = lane.books().since(&scene.books);
    violations.extend(truths::broken(&scene));
    violations
}

/// Waits until nothing is under way. What waits for a person goes as well as ever when the person comes.
fn until_over(studio: &Studio, lane: &Lane) -> Vec<String> {
    let mut violations = settle(studio, lane);
    if release_held(studio) {
        violations.extend(settle(studio, lane));
    }
    violations
}

/// Waits until the recording has its id; where it was never written down, it is uploaded once more.
fn until_uploaded(studio: &Studio, lane: &Lane) -> Vec<String> {
    if rows(studio) > 0 {
        return settle(studio, lane);
    }
    let again = Ended::of(Journey::Upload.command(studio, lane).output().unwrap());
    let mut violations = settle(studio, lane);
    if again.code != 0 {
        violations.push(format!("(e) it cannot be uploaded afterwards: {again:?}"));
    }
    violations
}

/// Takes and references that there are.
fn rows(studio: &Studio) -> usize {
    let store = studio.store();
    store.takes(None).unwrap().len() + store.references().unwrap().len()
}

/// What is not over.
pub fn under_way(studio: &Studio, lane: &Lane) -> Vec<String> {
    let store = studio.store();
    let takes = store.awaited_takes().unwrap().into_iter();
    let takes = takes.map(|take| format!("{:?}", (take.id, take.status, take.why, take.message)));
    let uploads = store.live_uploads(&lane.service()).unwrap().into_iter();
    takes.chain(uploads.map(|job| format!("{:?}", job.reference.upload))).collect()
}

/// Tells every process to leave, and waits until it has.
pub fn end(studio: &Studio) -> Result<(), String> {
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
pub fn settle(studio: &Studio, lane: &Lane) -> Vec<String> {
    if rows(studio) == 0 {
        return Vec::new();
    }
    let mut worker = worker::process(studio, &lane.service());
    let left = comes_true(LONGEST, || {
        studio.store().live_takes().unwrap().iter().filter(|take| is_put_off(take)).for_each(|take| ask(studio, take));
        // Where the person's own command has started one, this one has left at once.
        has_left(&mut worker) && studio.processes().is_empty()
    });
    if left {
        return Vec::new();
    }
    let mut violations = vec![format!("it never settles: {:?}", under_way(studio, lane))];
    worker.kill().unwrap();
    worker.wait().unwrap();
    violations.extend(end(studio).err());
    violations
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
pub fn release_held(studio: &Studio) -> bool {
    let takes = studio.store().takes(None).unwrap();
    let held: Vec<_> = takes.iter().filter(|take| take.status == Status::Held).collect();
    for take in &held {
        let release = Intent::Release { take: take.id };
        orders::desk(studio).carry_out(&mut studio.store(), release, Timestamp::now()).unwrap();
    }
    !held.is_empty()
}
