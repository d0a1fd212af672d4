//! Kills at any moment, which find what no point stands for.
//!
//! `REFRAIN_SEED=7` kills at the moments that follow from 7; otherwise they are always the same.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Stdio};
use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};

use refrain::domain::generation::Status;
use rustix::process::{Pid, Signal, kill_process};

use crate::aftermath::{aftermath, end};
use crate::journeys::Journey;
use crate::lane::{Lane, in_lanes};
use crate::support::patience::comes_true;
use crate::support::process::is_over;
use crate::support::studio::{Ended, Studio};
use crate::trial::{Harm, LONGEST, impatient};

/// How many there are, and which moments it is.
const KILLS: u64 = 40;

/// So many of them find somebody alive, also where the machine is busy.
const LEAST: usize = 30;
const SEED: u64 = 0x4e69_6768_7420_4665;

/// The journeys that a worker makes, and those that a command begins.
const WORKED: [Journey; 7] =
    [Journey::Queued, Journey::HeldOpen, Journey::Raw, Journey::Upload, Journey::Lost, Journey::Slow, Journey::Pieces];
const COMMANDED: [Journey; 7] =
    [Journey::Queued, Journey::Raw, Journey::HeldOpen, Journey::Cover, Journey::Upload, Journey::Words, Journey::Adopt];

/// In which order a take is at what it can be at.
const LIFE: [Status; 7] =
    [Status::Ordered, Status::Sending, Status::Unknown, Status::Queued, Status::Working, Status::Ready, Status::Saved];

/// Where its take is for longer than a moment: there its worker is struck.
fn moments(journey: Journey) -> &'static [Status] {
    match journey {
        Journey::HeldOpen | Journey::Pieces => &[Status::Sending],
        Journey::Slow => &[Status::Working, Status::Ready],
        Journey::Lost => &[Status::Sending, Status::Unknown],
        _ => &[Status::Sending, Status::Queued],
    }
}

/// Whether a take is at that, or was.
fn has_reached(studio: &Studio, status: Status) -> bool {
    let place = |status| LIFE.iter().position(|at| *at == status);
    moment(studio).is_some_and(|at| place(at) >= place(status))
}

/// A command is over by then.
const COMMAND_LASTS: u64 = 60;

/// No state in the life of a take lasts for much longer here; of an upload nothing does.
const STATE_LASTS: u64 = 300;

/// One killing.
#[derive(Clone, Copy, Debug)]
struct Kill {
    journey: Journey,
    victim: Victim,
    /// Counted from when the take is at that, else from when the victim is there.
    during: Option<Status>,
    after: Duration,
}

/// Who is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    /// The command, counted from its start.
    Front,
    /// The worker that it starts, from when it is there.
    Worker,
}

impl Kill {
    /// The kill of that number: one in five is that of a command.
    fn numbered(number: u64, seed: u64) -> Self {
        let moment = |lasts| Duration::from_millis(mixed(seed.wrapping_add(number)) % lasts);
        let of = |journeys: &[Journey], number: u64| journeys[usize::try_from(number).unwrap() % journeys.len()];
        if number.is_multiple_of(5) {
            let journey = of(&COMMANDED, number / 5);
            Self { journey, victim: Victim::Front, during: None, after: moment(COMMAND_LASTS) }
        } else {
            let journey = of(&WORKED, number);
            let (moments, round) = (moments(journey), usize::try_from(number).unwrap() / WORKED.len());
            let during = (journey != Journey::Upload).then_some(moments[round % moments.len()]);
            Self { journey, victim: Victim::Worker, during, after: moment(STATE_LASTS) }
        }
    }

    fn try_it(self, lane: &Lane) -> (Struck, Vec<String>) {
        let studio = impatient();
        self.journey.prepare(&studio, lane);
        let before = lane.books();
        let mut command = self.journey.command(&studio, lane);
        let mut front = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let is_alive = self.strike(&studio, &mut front);
        let struck = Struck { is_alive, at: if is_alive { moment(&studio) } else { None } };
        let front = Ended::of(front.wait_with_output().unwrap());
        if let Err(sentence) = end(&studio) {
            return (struck, vec![sentence]);
        }
        let is_on_the_line = is_alive && self.victim == Victim::Worker && self.journey.is_held_open();
        let harm = Harm { is_deadly: is_alive, is_on_the_line };
        (struck, aftermath(self.journey, harm, &studio, front, &before, lane))
    }

    /// Strikes; says whether somebody was there who died of it.
    fn strike(self, studio: &Studio, front: &mut Child) -> bool {
        match self.victim {
            Victim::Front => {
                sleep(self.after);
                front.kill().unwrap();
                front.wait().unwrap().signal() == Some(Signal::KILL.as_raw())
            }
            Victim::Worker => {
                let mut worker = None;
                assert!(
                    comes_true(LONGEST, || {
                        worker = studio.workers().into_iter().next();
                        worker.is_some()
                    }),
                    "a worker is started"
                );
                let worker = worker.unwrap().id;
                if let Some(status) = self.during {
                    let _ = comes_true(LONGEST, || is_over(worker) || has_reached(studio, status));
                }
                sleep(self.after);
                let is_alive = !is_over(worker);
                // It may have left by itself in this moment.
                let killed = kill_process(Pid::from_raw(worker.cast_signed()).unwrap(), Signal::KILL);
                assert!(comes_true(LONGEST, || is_over(worker)), "nobody outlives it");
                is_alive && killed.is_ok()
            }
        }
    }
}

/// Whom a kill found.
#[derive(Clone, Copy, Debug)]
struct Struck {
    is_alive: bool,
    /// How the take stood that was being made.
    at: Option<Status>,
}

/// How the take stands, if there is one.
fn moment(studio: &Studio) -> Option<Status> {
    studio.store().takes(None).unwrap().first().map(|take| take.status)
}

/// A number that looks like any other: the finisher of `SplitMix64`.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[test]
fn forty_kills_at_any_moment_break_no_promise() {
    let begin = Instant::now();
    let seed = std::env::var("REFRAIN_SEED").map_or(SEED, |seed| seed.parse().unwrap());
    let kills = (0..KILLS).map(|number| Kill::numbered(number, seed));
    let found = Mutex::new(Vec::new());
    let outcomes = in_lanes(kills, |kill, lane| {
        let (struck, violations) = kill.try_it(lane);
        found.lock().unwrap().push((kill, struck));
        violations
    });
    let broken: Vec<_> =
        outcomes.iter().flat_map(|(kill, broken)| broken.iter().map(move |what| (kill, what))).collect();
    let found = found.into_inner().unwrap();
    let killed = found.iter().filter(|(_, struck)| struck.is_alive);
    let moments: Vec<_> = killed.clone().filter_map(|(_, struck)| struck.at).collect();
    let (killed, seconds) = (killed.count(), begin.elapsed().as_secs());
    println!("killed: {killed} of {KILLS}, at {moments:?}, violations: {}, in {seconds} s", broken.len());
    assert!(broken.is_empty(), "with the seed {seed}: {broken:#?}");
    assert!(killed >= LEAST, "too many were gone before they were struck: {found:#?}");
    for at in [&[Status::Sending][..], &[Status::Queued, Status::Working], &[Status::Ready]] {
        assert!(moments.iter().any(|moment| at.contains(moment)), "none was struck at {at:?}: {found:#?}");
    }
}
