//! A recording of a person's own: copied, written down, and sent until the service gives it an id.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use refrain::domain::reference::Reference;
use refrain::domain::standing::standing_of;
use refrain::engine::recordings::Recordings;
use refrain::failpoint::Point;
use refrain::store::examination::Examination;
use sha2::{Digest, Sha256};

use crate::support::recordings::{file, melody};
use crate::support::studio::{Studio, files_below};
use crate::trial::Scene;

/// The person's file.
const FILE: &str = "mara.wav";

/// A singer, whom the command does not wait for.
pub const VOICE: [&str; 5] = ["upload", FILE, "--purpose", "voice", "--no-wait"];

/// Every step of it.
pub const POINTS: [Point; 10] = [
    Point::RecordingCopied,
    Point::RecordingNamed,
    Point::UploadRow,
    Point::UploadBegun,
    Point::Connected,
    Point::UploadRequestBegun,
    Point::UploadLeft,
    Point::UploadAnswer,
    Point::UploadIds,
    Point::UploadIdsStored,
];

/// Sings: long enough to be taken.
pub fn place(studio: &Studio) {
    file(studio, FILE, &melody(11));
}

/// What is not as it was promised once it is done. An upload costs nothing, so it may go again.
pub fn broken(scene: &Scene<'_>) -> Vec<String> {
    let references = scene.studio.store().references().unwrap();
    let mut broken: Vec<String> = frozen(scene);
    if !scene.books.ledger.is_empty() {
        broken.push("(a) an upload was charged".to_owned());
    }
    let [reference] = references.as_slice() else {
        broken.push(format!("(e) the library has {} references", references.len()));
        return broken;
    };
    if !is_given(scene, reference) {
        broken.push(format!("(b) the upload came to {:?} and is {:?}", reference.voice_id, reference.upload));
    }
    let words = standing_of(reference, false, reference.key_print.as_deref()).words(reference);
    if !words.is_empty() || reference.refused.is_some() {
        broken.push(format!("(d) of one that can be used it is said: {words:?} {reference:?}"));
    }
    let examination = Examination::of(scene.studio.path()).unwrap().unwrap();
    if !examination.damage.is_empty() {
        broken.push(format!("(e) the database is damaged: {:?}", examination.damage));
    }
    broken
}

/// What is not so of what is said of an upload as a fault left it: what is said to be done has an id of the service.
pub fn broken_as_left(scene: &Scene<'_>) -> Vec<String> {
    let references = scene.studio.store().references().unwrap();
    let said_to_be_done = references.iter().filter(|reference| reference.upload.is_none());
    let wrong = said_to_be_done.filter(|reference| !is_given(scene, reference));
    wrong.map(|reference| format!("(d) it is said to be done: {reference:?}")).collect()
}

/// Whether its id is one that the service gave.
fn is_given(scene: &Scene<'_>, reference: &Reference) -> bool {
    let given = |id: &String| scene.books.references.iter().any(|line| line["voice_id"] == **id);
    reference.voice_id.as_ref().is_some_and(given)
}

/// A frozen recording is what its name says, and nobody who lived on left one in the making. What the dead left goes
/// when it is old enough not to be somebody's who has just begun.
fn frozen(scene: &Scene<'_>) -> Vec<String> {
    let folder = scene.studio.paths().recordings();
    if scene.harm.is_deadly {
        let long_ago = SystemTime::now() - Duration::from_secs(3_600);
        let in_the_making = |file: &PathBuf| file.file_name().unwrap().to_string_lossy().starts_with('.');
        for file in files_below(&folder).iter().filter(|file| in_the_making(file)) {
            File::options().write(true).open(file).unwrap().set_modified(long_ago).unwrap();
        }
        Recordings::at(&folder).sweep(&scene.studio.store().recordings_in_use().unwrap()).unwrap();
    }
    let fault = |file: &PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') {
            return Some(format!("(c) a copy in the making is left: {name}"));
        }
        let digest = bytes::Bytes::copy_from_slice(&Sha256::digest(fs::read(file).unwrap()));
        (!name.starts_with(&format!("{digest:x}."))).then(|| format!("(c) {name} is not what its name says"))
    };
    files_below(&folder).iter().filter_map(fault).collect()
}
