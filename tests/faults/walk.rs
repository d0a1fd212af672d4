//! The walk: every step of every journey is broken in every way, and no promise may be broken by it.
//!
//! `REFRAIN_FAULTS=take.claim` walks only points with that in their names, `REFRAIN_FAULTS=take.claimed=kill` one fault.

use std::time::Instant;

use refrain::failpoint::{Deed, Fault};

use crate::journeys::Journey;
use crate::lane::in_lanes;
use crate::trial::Trial;

/// How each step is broken.
const DEEDS: [Deed; 4] = [Deed::Abort, Deed::Kill, Deed::DiskFull, Deed::IoError];

/// Everything that is tried, as far as the environment wants it.
fn trials() -> Vec<Trial> {
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

#[test]
fn whatever_breaks_at_whatever_step_no_promise_is_broken() {
    let begin = Instant::now();
    let trials = trials();
    assert!(!trials.is_empty(), "something is tried");
    let mut outcomes = in_lanes(trials.into_iter(), Trial::violations);
    outcomes.sort_by_key(|(trial, _)| name(trial));
    let broken: Vec<_> = outcomes.iter().filter(|(_, violations)| !violations.is_empty()).collect();
    for (trial, violations) in &broken {
        for violation in violations {
            println!("{}: {violation}", name(trial));
        }
    }
    let (tried, seconds) = (outcomes.len(), begin.elapsed().as_secs());
    println!("faults tried: {tried}, violations: {}, in {seconds} s", broken.len());
    assert!(broken.is_empty(), "{:#?}", broken.iter().map(|(trial, _)| name(trial)).collect::<Vec<_>>());
}
