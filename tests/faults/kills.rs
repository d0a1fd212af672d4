//! Kills at any moment, which find what no point stands for.
//!
//! `REFRAIN_SEED=7` kills at the moments that follow from 7; otherwise they are always the same.

use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

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
const SEED: u64 = 0x4e69_6768_7420_4665;

/// The journeys that a worker makes.
const WORKED: [Journey; 5] = [Journey::Queued, Journey::HeldOpen, Journey::Raw, Journey::Upload, Journey::Lost];

/// A command is over by then, and a take saved: behind its last step a worker stays for a second.
const COMMAND_LASTS: u64 = 120;
const WORKER_LASTS: u64 = 1_800;

/// One killing.
#[derive(Clone, Copy, Debug)]
struct Kill {
    journey: Journey,
    victim: Victim,
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
            let journey = of(&Journey::ALL, number / 5);
            Self { journey, victim: Victim::Front, after: moment(COMMAND_LASTS) }
        } else {
            Self { journey: of(&WORKED, number), victim: Victim::Worker, after: moment(WORKER_LASTS) }
        }
    }

    fn violations(self, lane: &Lane) -> Vec<String> {
        let studio = impatient();
        self.journey.prepare(&studio, lane);
        let before = lane.books();
        let mut command = self.journey.command(&studio, lane);
        let mut front = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        self.strike(&studio, &mut front);
        let front = Ended::of(front.wait_with_output().unwrap());
        if let Err(sentence) = end(&studio) {
            return vec![sentence];
        }
        let harm = Harm { is_deadly: true, is_on_the_line: self.journey.is_held_open() };
        aftermath(self.journey, harm, &studio, front, before, lane)
    }

    fn strike(self, studio: &Studio, front: &mut Child) {
        match self.victim {
            Victim::Front => {
                sleep(self.after);
                front.kill().unwrap();
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
                sleep(self.after);
                // It may have left by itself in this moment.
                let _ = kill_process(Pid::from_raw(worker.cast_signed()).unwrap(), Signal::KILL);
                assert!(comes_true(LONGEST, || is_over(worker)), "nobody outlives it");
            }
        }
    }
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
    let outcomes = in_lanes(kills, Kill::violations);
    let broken = outcomes.iter().flat_map(|(kill, violations)| violations.iter().map(move |what| (kill, what)));
    let broken: Vec<_> = broken.collect();
    println!("kills: {}, violations: {}, in {} s", outcomes.len(), broken.len(), begin.elapsed().as_secs());
    assert!(broken.is_empty(), "with the seed {seed}: {broken:#?}");
}
