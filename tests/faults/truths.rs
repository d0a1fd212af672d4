//! The five promises, held against what the service itself wrote down.

mod files;
mod told;
mod words;

use std::collections::BTreeSet;

use refrain::domain::generation::{Status, Take, Why};
use refrain::store::drafts::Version;
use refrain::store::history::Wanted;
use serde_json::Value;

use crate::journeys::{Journey, adopt, upload};
use crate::support::studio::Studio;
use crate::trial::Scene;
pub use files::fault_of;

/// What is broken as a fault left it, before anybody goes on: what would be read of it then.
pub fn broken_as_left(scene: &Scene<'_>) -> Vec<String> {
    match scene.journey {
        Journey::Upload => upload::broken_as_left(scene),
        // The service wrote down what was ordered elsewhere before all this.
        Journey::Adopt => Vec::new(),
        _ => {
            let takes = scene.studio.store().takes(None).unwrap();
            takes.iter().flat_map(|take| told::broken(scene, &Told::of(scene, take))).collect()
        }
    }
}

/// What is broken when everything is over, each with its promise.
pub fn broken(scene: &Scene<'_>) -> Vec<String> {
    let mut broken = said(scene);
    broken.extend(match scene.journey {
        Journey::Upload => upload::broken(scene),
        Journey::Adopt => adopt::broken(scene),
        // What there was to see was seen when each went on.
        Journey::Words | Journey::Losing => Vec::new(),
        _ => of_takes(scene),
    });
    broken
}

/// Every version of every song.
pub fn versions(studio: &Studio) -> Vec<Version> {
    let store = studio.store();
    store.songs().unwrap().iter().flat_map(|song| store.versions(song.id).unwrap()).collect()
}

/// Whether the command that began it said what was so: of those who died nothing was heard.
fn said(scene: &Scene<'_>) -> Vec<String> {
    let writes = usize::from(!scene.journey.is_of_words());
    let (front, stood) = (&scene.front, scene.stood);
    let claims = front.code == 0 && stood != writes;
    // Whatever became of it at once: what is written down has a number, and that is printed.
    let denies = front.code > 0 && front.out.is_empty() && stood != 0;
    let told = format!("there is {stood}, and the command said {front:?}");
    if claims || denies { vec![format!("(d) what was written down is not what was said: {told}")] } else { Vec::new() }
}

fn of_takes(scene: &Scene<'_>) -> Vec<String> {
    let takes = scene.studio.store().takes(None).unwrap();
    let mut broken = of_all_takes(scene);
    broken.extend(words::changed(scene, &takes));
    if takes.len() > 1 {
        broken.push(format!("(a) one take was ordered, and there are {}", takes.len()));
    }
    broken
}

/// What is broken of however many takes there are, whatever was written for them.
pub fn of_all_takes(scene: &Scene<'_>) -> Vec<String> {
    let takes = scene.studio.store().takes(None).unwrap();
    let mut broken: Vec<String> = takes.iter().flat_map(|take| of_take(scene, take)).collect();
    broken.extend(strangers(scene, &takes));
    broken.extend(files::broken(scene, &takes));
    broken.extend(words::broken(scene, &takes));
    broken
}

/// A take, and what the service has of it.
struct Told<'a> {
    take: &'a Take,
    /// Requests for it that were, or may have been, accepted.
    sent: usize,
    charges: Vec<&'a Value>,
}

impl<'a> Told<'a> {
    fn of(scene: &'a Scene<'_>, take: &'a Take) -> Self {
        let tags = tags(scene, take);
        let sent = scene.books.perhaps_accepted(&tags).len();
        Self { take, sent, charges: scene.books.charges(&tags) }
    }

    fn state(&self) -> String {
        let Self { take, sent, charges } = self;
        format!(
            "take {} is {} {:?} ({}), the service has {sent} requests and {} charges of it",
            take.id.0,
            take.status.name(),
            take.why,
            take.message.as_deref().unwrap_or("no message"),
            charges.len(),
        )
    }

    /// Whether it is said to be charged, and its song lost or damaged.
    fn is_lost(&self) -> bool {
        self.take.status == Status::Failed && matches!(self.take.why, Some(Why::AudioLost | Why::Spoiled))
    }
}

fn of_take(scene: &Scene<'_>, take: &Take) -> Vec<String> {
    let told = Told::of(scene, take);
    let charged = told.charges.len();
    let is_had = take.status == Status::Saved || told.is_lost() && scene.harm.is_on_the_line;
    let rows = [
        ("(a) it was sent more than once", told.sent > 1 || charged > 1),
        ("(b) it was paid for and is not had", charged > 0 && !is_had),
        // When all has settled nothing is under way.
        ("(d) it is not over", take.status.is_live() || take.is_awaited()),
        ("(e) its history has a hole", has_a_hole(scene, take)),
    ];
    let broken = rows.into_iter().filter(|(_, is_broken)| *is_broken);
    let broken = broken.map(|(promise, _)| format!("{promise}: {}", told.state()));
    broken.chain(told::broken(scene, &told)).collect()
}

/// Every tag under which it was ever sent.
fn tags(scene: &Scene<'_>, take: &Take) -> Vec<String> {
    let steps = scene.studio.store().steps(Wanted { take: Some(take.id), since: None }).unwrap();
    let tags: BTreeSet<_> = steps.into_iter().map(|step| step.request_tag).chain([take.request_tag.clone()]).collect();
    tags.into_iter().collect()
}

/// Each step begins where the one before it ended.
fn has_a_hole(scene: &Scene<'_>, take: &Take) -> bool {
    let steps = scene.studio.store().steps(Wanted { take: Some(take.id), since: None }).unwrap();
    let before = [None].into_iter().chain(steps.iter().map(|step| step.status));
    let joined = steps.iter().zip(before).all(|(step, before)| step.was == before);
    !joined || steps.last().and_then(|step| step.status) != Some(take.status)
}

/// Requests and charges of which no row knows. A lane has one trial at a time: all that came is of this one.
fn strangers(scene: &Scene<'_>, takes: &[Take]) -> Vec<String> {
    let known: Vec<String> = takes.iter().flat_map(|take| tags(scene, take)).collect();
    let rows = [
        ("(a) something was sent that no row knows", {
            scene.books.perhaps_accepted(&known).len() != scene.books.perhaps_accepted_any().len()
        }),
        ("(b) something was paid for that no row knows", {
            scene.books.charges(&known).len() != scene.books.ledger.len()
        }),
    ];
    rows.into_iter().filter(|(_, is_broken)| *is_broken).map(|(promise, _)| promise.to_owned()).collect()
}
