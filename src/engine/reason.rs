//! Why a take may have broken, where the service's own word says little: it was past a limit that is hearsay.

use super::site::Site;
use crate::api::{Generation, Outcome, RefusalKind, RemoteState};
use crate::domain::catalogue::ModelSpec;
use crate::domain::draft::{Draft, Grade, Holds, Known};
use crate::domain::reference::Reference;
use crate::store::generations::Job;

/// What is said where the service says nothing.
pub(super) const NONE_GIVEN: &str = "the service gave no reason";

/// Adds the likely reason to what came back for an order, if the service took it up and broke.
pub(super) fn explain_outcome(outcome: &mut Outcome, job: &Job, site: &Site) {
    match outcome {
        Outcome::Accepted(accepted) => explain(&mut accepted.generation, job, site),
        Outcome::Refused(refusal) if refusal.kind == RefusalKind::Broken => add_likely(&mut refusal.message, job, site),
        Outcome::Refused(_) | Outcome::NotSent(_) | Outcome::Unknown(_) => {}
    }
}

/// Adds the likely reason to what the service says of a generation, if that failed.
pub(super) fn explain(generation: &mut Generation, job: &Job, site: &Site) {
    if generation.state == RemoteState::Failed {
        let error = generation.error.get_or_insert_with(|| NONE_GIVEN.to_owned());
        add_likely(error, job, site);
    }
}

fn add_likely(said: &mut String, job: &Job, site: &Site) {
    let Some(spec) = site.catalogue.find(&job.take.model) else { return };
    // Without the references there is only less to guess from.
    let library = site.store().references().unwrap_or_default();
    if let Some(reason) = likely(&job.take.draft, spec, &library) {
        *said = format!("{}; perhaps because {reason}", said.trim_end_matches('.'));
    }
}

/// The first limit that is hearsay and that the draft is past, as a sentence.
fn likely(draft: &Draft, spec: &ModelSpec, library: &[Reference]) -> Option<String> {
    let problems = draft.check_knowing(spec, Known { library: Some(library), ..Known::default() });
    let warned = problems.iter().find(|problem| problem.grade == Grade::Look && problem.holds != Holds::Nothing);
    warned.map(crate::domain::draft::Problem::sentence)
}
