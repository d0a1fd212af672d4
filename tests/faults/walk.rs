//! The walk: every step of every journey is broken in every way, and no promise may be broken by it.
//!
//! `REFRAIN_FAULTS=take.claim` walks only points with that in their names, `REFRAIN_FAULTS=take.claimed=kill` one fault.

use std::time::Instant;

use refrain::failpoint::{Deed, Fault, Point};

use crate::journeys::Journey;
use crate::lane::in_lanes;
use crate::trial::Trial;

/// How each step is broken.
const DEEDS: [Deed; 4] = [Deed::Abort, Deed::Kill, Deed::DiskFull, Deed::IoError];

/// Faults that break a promise today, each with its reason; one that no longer does is refused, too.
const BROKEN: [(Journey, Point, &[Deed], &str); 5] = [
    (Journey::Queued, Point::TakeAnswerBegun, &DEEDS, UNSOUGHT),
    (Journey::Queued, Point::TakeAnswerWhole, &DEEDS, UNSOUGHT),
    (Journey::Queued, Point::TakeRemoteId, &[Deed::Abort, Deed::Kill], UNSOUGHT),
    (Journey::HeldOpen, Point::TakeAnswerBegun, &[Deed::Abort, Deed::Kill], UNSOUGHT),
    (Journey::HeldOpen, Point::AnswerPiece, &[Deed::Abort, Deed::Kill], UNSOUGHT),
];

const UNSOUGHT: &str = "its answer was lost, and nobody looks for it in the account's log yet";

/// Why a fault breaks a promise today, if that is known.
fn known(trial: &Trial) -> Option<&'static str> {
    let Trial { journey, fault: Fault { point, deed, .. } } = trial;
    let row = BROKEN.iter().find(|(on, at, by, _)| (on, at) == (journey, point) && by.contains(deed));
    row.map(|(.., why)| *why)
}

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
fn whatever_breaks_at_whatever_step_no_promise_is_broken_but_those_of_the_table() {
    let begin = Instant::now();
    let trials = trials();
    assert!(!trials.is_empty(), "something is tried");
    let mut outcomes = in_lanes(trials.into_iter(), Trial::violations);
    outcomes.sort_by_key(|(trial, _)| name(trial));
    let broken: Vec<_> = outcomes.iter().filter(|(_, violations)| !violations.is_empty()).collect();
    for (trial, violations) in &broken {
        let known = known(trial).map(|why| format!(" (known: {why})")).unwrap_or_default();
        for violation in violations {
            println!("{}: {violation}{known}", name(trial));
        }
    }
    let (old, new): (Vec<_>, Vec<_>) = broken.iter().map(|(trial, _)| trial).partition(|trial| known(trial).is_some());
    let (tried, seconds) = (outcomes.len(), begin.elapsed().as_secs());
    println!("faults tried: {tried}, violations: {} ({} known), in {seconds} s", broken.len(), old.len());
    let mended = outcomes.iter().filter(|(trial, violations)| violations.is_empty() && known(trial).is_some());
    let mended: Vec<_> = mended.map(|(trial, _)| name(trial)).collect();
    assert!(new.is_empty(), "{:#?}", new.into_iter().map(name).collect::<Vec<_>>());
    assert!(mended.is_empty(), "these are kept again, so take them out of the table: {mended:#?}");
}
