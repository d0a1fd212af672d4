//! The walk: every step of every journey is broken in every way, and no promise may be broken by it.
//!
//! `REFRAIN_FAULTS=take.claim` walks only points that begin so, `REFRAIN_FAULTS=take.claimed=kill` one fault.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::thread;
use std::time::Instant;

use refrain::failpoint::{Deed, Fault};

use crate::journeys::Journey;
use crate::lane::Lane;
use crate::trial::Trial;

/// Sandboxes, each with one trial at a time. Most of a trial is waiting.
const LANES: usize = 6;

/// How each step is broken.
const DEEDS: [Deed; 4] = [Deed::Abort, Deed::Kill, Deed::DiskFull, Deed::IoError];

/// Everything that is tried, as far as the environment wants it.
fn trials() -> VecDeque<Trial> {
    let wanted = std::env::var("REFRAIN_FAULTS").unwrap_or_default();
    let steps =
        Journey::ALL.into_iter().flat_map(|journey| journey.points().iter().map(move |point| (journey, *point)));
    let faults =
        steps.flat_map(|(journey, point)| DEEDS.map(|deed| Trial { journey, fault: Fault { point, deed, pass: 1 } }));
    faults.filter(|trial| name(trial).contains(&wanted)).collect()
}

fn name(trial: &Trial) -> String {
    let Trial { journey, fault: Fault { point, deed, .. } } = trial;
    format!("{}={} ({journey:?})", point.name(), deed.name())
}

/// What a trial came to; one that stumbles itself proves nothing.
fn violations(trial: Trial, lane: &Lane) -> Vec<String> {
    catch_unwind(AssertUnwindSafe(|| trial.violations(lane)))
        .unwrap_or_else(|_| vec!["the trial itself stumbled".to_owned()])
}

#[test]
fn whatever_breaks_at_whatever_step_no_promise_is_broken() {
    let begin = Instant::now();
    let waiting = trials();
    let tried = waiting.len();
    assert!(tried > 0, "something is tried");
    let (waiting, found) = (Mutex::new(waiting), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..LANES.min(tried) {
            scope.spawn(|| {
                let lane = Lane::open();
                loop {
                    let Some(trial) = waiting.lock().unwrap().pop_front() else { break };
                    let violations = violations(trial, &lane);
                    found.lock().unwrap().extend(violations.into_iter().map(|it| format!("{}: {it}", name(&trial))));
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap();
    found.sort();
    for violation in &found {
        println!("{violation}");
    }
    println!("faults tried: {tried}, violations: {}, in {} s", found.len(), begin.elapsed().as_secs());
    assert!(found.is_empty(), "{} violations", found.len());
}
