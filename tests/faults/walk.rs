//! The walk: every step of every journey is broken in every way, and no promise may be broken by it.
//!
//! `REFRAIN_FAULTS=take.claim` walks only points with that in their names, `REFRAIN_FAULTS=take.claimed=kill` one fault.

use std::collections::HashSet;
use std::time::Instant;

use refrain::failpoint::{Deed, Fault, Point};

use crate::journeys::Journey;
use crate::lane::in_lanes;
use crate::trial::Trial;

/// How each step is broken.
const DEEDS: [Deed; 4] = [Deed::Abort, Deed::Kill, Deed::DiskFull, Deed::IoError];

/// Steps that no disk has a part in, behind the last that can fail.
const DISKLESS: [Point; 1] = [Point::DraftRung];

/// Steps at which any error is the same: that of a connection, or of an answer that is not had. They are broken in all
/// ways, and counted without the full disk.
const ALIKE: [Point; 8] = [
    Point::Connected,
    Point::TakeRequestBegun,
    Point::TakeRequestLast,
    Point::TakeAnswerBegun,
    Point::TakeAnswerWhole,
    Point::UploadRequestBegun,
    Point::UploadLeft,
    Point::UploadAnswer,
];

/// Everything that can be tried.
fn every_trial() -> Vec<Trial> {
    let steps =
        Journey::ALL.into_iter().flat_map(|journey| journey.points().iter().map(move |point| (journey, *point)));
    let faults = steps.flat_map(|(journey, point)| {
        DEEDS.map(|deed| Trial { journey, fault: Fault { point, deed, pass: journey.pass(point) } })
    });
    let is_possible = |trial: &Trial| is_deadly(trial) || !DISKLESS.contains(&trial.fault.point);
    faults.filter(is_possible).collect()
}

fn is_deadly(trial: &Trial) -> bool {
    matches!(trial.fault.deed, Deed::Abort | Deed::Kill)
}

fn name(trial: &Trial) -> String {
    let Trial { journey, fault: Fault { point, deed, .. } } = trial;
    format!("{}={} ({journey:?})", point.name(), deed.name())
}

/// What the README says of so many: none of which does what another does already.
fn claim(trials: &[Trial]) -> String {
    let is_double = |trial: &&Trial| trial.fault.deed == Deed::DiskFull && ALIKE.contains(&trial.fault.point);
    let faults = trials.iter().filter(|trial| !is_double(trial)).count();
    let steps: HashSet<_> = trials.iter().map(|trial| trial.fault.point).collect();
    format!("{faults} faults at {} steps", steps.len())
}

fn is_in_the_readme(claim: &str) {
    let readme = include_str!("../../README.md").split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(readme.contains(claim), "the README does not say `{claim}`");
}

#[test]
fn the_readme_says_how_many_faults_are_tried() {
    is_in_the_readme(&claim(&every_trial()));
}

#[test]
fn whatever_breaks_at_whatever_step_no_promise_is_broken() {
    let begin = Instant::now();
    let wanted = std::env::var("REFRAIN_FAULTS").unwrap_or_default();
    let trials: Vec<_> = every_trial().into_iter().filter(|trial| name(trial).contains(&wanted)).collect();
    assert!(!trials.is_empty(), "something is tried");
    let claim = claim(&trials);
    let mut outcomes = in_lanes(trials.into_iter(), Trial::violations);
    outcomes.sort_by_key(|(trial, _)| name(trial));
    let broken: Vec<_> = outcomes.iter().filter(|(_, violations)| !violations.is_empty()).collect();
    for (trial, violations) in &broken {
        for violation in violations {
            println!("{}: {violation}", name(trial));
        }
    }
    let seconds = begin.elapsed().as_secs();
    println!("{} trials, of {claim}, violations: {}, in {seconds} s", outcomes.len(), broken.len());
    assert!(broken.is_empty(), "{:#?}", broken.iter().map(|(trial, _)| name(trial)).collect::<Vec<_>>());
    if wanted.is_empty() {
        is_in_the_readme(&claim);
    }
}
