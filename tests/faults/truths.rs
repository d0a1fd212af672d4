//! The five promises, held against what the service itself wrote down.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use refrain::audio::format::{Format, MAGIC_LENGTH, Sniffed};
use refrain::audio::measure::measure;
use refrain::domain::generation::{Status, Take, Why};
use refrain::domain::wording::words;
use refrain::store::examination::Examination;
use refrain::store::history::Wanted;

use crate::journeys::{Journey, adopt, upload};
use crate::support::studio::files_below;
use crate::trial::Scene;

/// What was broken, each with its promise.
pub fn broken(scene: &Scene<'_>) -> Vec<String> {
    let mut broken = said(scene);
    broken.extend(match scene.journey {
        Journey::Queued | Journey::Raw | Journey::HeldOpen | Journey::Lost => of_takes(scene),
        Journey::Upload => upload::broken(scene),
        Journey::Adopt => adopt::broken(scene),
        // What there was to see was seen when each went on.
        Journey::Words => Vec::new(),
    });
    broken
}

/// Whether the command that began it said what was so: of those who died nothing was heard.
fn said(scene: &Scene<'_>) -> Vec<String> {
    let writes = usize::from(scene.journey != Journey::Words);
    let (front, stood) = (&scene.front, scene.stood);
    let claims = front.code == 0 && stood != writes;
    // Whatever became of it at once: what is written down has a number, and that is printed.
    let denies = front.code > 0 && front.out.is_empty() && stood != 0;
    let told = format!("there is {stood}, and the command said {front:?}");
    if claims || denies { vec![format!("(d) what was written down is not what was said: {told}")] } else { Vec::new() }
}

fn of_takes(scene: &Scene<'_>) -> Vec<String> {
    let mut broken = of_all_takes(scene);
    let takes = scene.studio.store().takes(None).unwrap().len();
    if takes > 1 {
        broken.push(format!("(a) one take was ordered, and there are {takes}"));
    }
    broken
}

/// What was broken of however many takes there are.
pub fn of_all_takes(scene: &Scene<'_>) -> Vec<String> {
    let takes = scene.studio.store().takes(None).unwrap();
    let mut broken: Vec<String> = takes.iter().flat_map(|take| of_take(scene, take)).collect();
    broken.extend(strangers(scene, &takes));
    broken.extend(files(scene, &takes));
    broken.extend(words_kept(scene, &takes));
    broken
}

/// A take, and what the service has of it.
struct Told<'a> {
    take: &'a Take,
    sent: usize,
    charged: usize,
}

impl Told<'_> {
    fn state(&self) -> String {
        let Self { take, sent, charged } = self;
        format!(
            "take {} is {} {:?} ({}), the service has {sent} requests and {charged} charges of it",
            take.id.0,
            take.status.name(),
            take.why,
            take.message.as_deref().unwrap_or("no message"),
        )
    }
}

fn of_take(scene: &Scene<'_>, take: &Take) -> Vec<String> {
    let tags = tags(scene, take);
    let sent = scene.books.perhaps_accepted(&tags).len();
    let told = Told { take, sent, charged: scene.books.charges(&tags).len() };
    let rows = [
        ("(a) it was sent more than once", told.sent > 1 || told.charged > 1),
        ("(b) it was paid for and is not had", told.charged > 0 && !is_had(scene, take)),
        ("(d) its status is not true", !is_true(&told)),
        ("(d) its words are not true", !says_what_is(&told)),
        ("(e) its history has a hole", has_a_hole(scene, take)),
    ];
    let broken = rows.into_iter().filter(|(_, is_broken)| *is_broken);
    broken.map(|(promise, _)| format!("{promise}: {}", told.state())).collect()
}

/// Every tag under which it was ever sent.
fn tags(scene: &Scene<'_>, take: &Take) -> Vec<String> {
    let steps = scene.studio.store().steps(Wanted { take: Some(take.id), since: None }).unwrap();
    let tags: BTreeSet<_> = steps.into_iter().map(|step| step.request_tag).chain([take.request_tag.clone()]).collect();
    tags.into_iter().collect()
}

/// Whether there is its song, or a word of its loss where it could not be saved.
fn is_had(scene: &Scene<'_>, take: &Take) -> bool {
    let is_lost = take.status == Status::Failed && matches!(take.why, Some(Why::AudioLost | Why::Spoiled));
    take.status == Status::Saved || is_lost && scene.harm.is_on_the_line
}

/// Whether its status agrees with what the service wrote down.
fn is_true(told: &Told<'_>) -> bool {
    let Told { take, sent, charged } = told;
    match (take.status, take.why) {
        (Status::Saved, _) => take.file.as_deref().is_some_and(|file| fault_of(file).is_none()) && *charged == 1,
        (Status::Failed, Some(Why::AudioLost | Why::Spoiled)) => *charged > 0,
        (Status::Failed, _) => *charged == 0,
        (Status::Ordered | Status::Held, _) => *sent == 0 && *charged == 0,
        (Status::Unknown, _) => true,
        // When all has settled nothing is under way.
        _ => false,
    }
}

/// Whether what the screen says of the money is so.
fn says_what_is(told: &Told<'_>) -> bool {
    let text = words(told.take, Timestamp::now(), &TimeZone::UTC).text;
    let says_free = text.contains("not charged") && !text.contains("perhaps");
    let says_paid = text.starts_with("charged");
    let doubts = text.contains("perhaps charged") || text.contains("no trace so far") || text.contains("looking");
    let is_wrong = says_free && told.charged > 0 || says_paid && told.charged == 0;
    !is_wrong && (told.take.status != Status::Unknown || doubts)
}

/// Each step begins where the one before it ended.
fn has_a_hole(scene: &Scene<'_>, take: &Take) -> bool {
    let steps = scene.studio.store().steps(Wanted { take: Some(take.id), since: None }).unwrap();
    let before = [None].into_iter().chain(steps.iter().map(|step| step.status));
    let joined = steps.iter().zip(before).all(|(step, before)| step.was == before);
    !joined || steps.last().and_then(|step| step.status) != Some(take.status)
}

/// Charges of which no row knows.
fn strangers(scene: &Scene<'_>, takes: &[Take]) -> Vec<String> {
    let known: Vec<String> = takes.iter().flat_map(|take| tags(scene, take)).collect();
    let mut broken = Vec::new();
    if scene.books.charges(&known).len() != scene.books.ledger.len() {
        broken.push("(b) something was paid for that no row knows".to_owned());
    }
    broken
}

/// Files under final names are whole and known, and no temporary one is left.
fn files(scene: &Scene<'_>, takes: &[Take]) -> Vec<String> {
    let named: Vec<PathBuf> = takes.iter().filter_map(|take| take.file.clone()).collect();
    let is_known = |file: &Path| named.iter().any(|named| named.with_extension("") == file.with_extension(""));
    let mut broken = Vec::new();
    for file in files_below(&scene.studio.paths().music) {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') {
            broken.push(format!("(c) a temporary file is left: {name}"));
            continue;
        }
        if let Some(fault) = fault_of(&file) {
            broken.push(format!("(c) {name} {fault}"));
        }
        if !is_known(&file) {
            broken.push(format!("(c) no row knows {name}"));
        }
    }
    for file in named.iter().filter(|file| file.exists()) {
        if !file.with_extension("json").is_file() {
            broken.push(format!("(c) {} has no sidecar", file.display()));
        }
    }
    broken
}

/// What is wrong with a file that has its final name.
pub fn fault_of(file: &Path) -> Option<String> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => return Some(error.to_string()),
    };
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("json") => serde_json::from_slice::<serde_json::Value>(&bytes).err().map(|error| error.to_string()),
        // Samples without a header are held against the file that was made of them.
        Some("pcm") => {
            let wav = fs::read(file.with_extension("wav")).unwrap_or_default();
            let is_in_it = wav.windows(bytes.len().max(1)).any(|part| part == bytes);
            (!is_in_it).then(|| "is not what is played".to_owned())
        }
        _ => match Format::of(&bytes[..bytes.len().min(MAGIC_LENGTH)]) {
            Sniffed::Sound(format) => measure(file, format).err().map(|error| error.to_string()),
            other => Some(format!("is {other:?}")),
        },
    }
}

/// The database is sound, drafts can be read, and what was ordered is a version of its song, for whatever reason: what
/// the newest version says already is not kept a second time.
fn words_kept(scene: &Scene<'_>, takes: &[Take]) -> Vec<String> {
    let mut broken = Vec::new();
    if let Some(examination) = Examination::of(scene.studio.path()).unwrap()
        && !examination.damage.is_empty()
    {
        broken.push(format!("(e) the database is damaged: {:?}", examination.damage));
    }
    let store = scene.studio.store();
    for song in store.songs().unwrap() {
        if let Err(error) = store.draft(song.id) {
            broken.push(format!("(e) the draft of {} is gone: {error}", song.title));
        }
    }
    for take in takes {
        let versions = store.versions(take.song).unwrap();
        if !versions.iter().any(|version| version.draft == take.draft) {
            broken.push(format!("(e) the words of take {} are no version", take.id.0));
        }
    }
    broken
}
