//! A recording of a person's own: copied, written down, and sent until the service gives it an id.

use std::fs;

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
    let given = |id: &String| scene.books.references.iter().any(|line| line["voice_id"] == **id);
    if !reference.voice_id.as_ref().is_some_and(given) {
        broken.push(format!("(b) the upload came to {:?} and is {:?}", reference.voice_id, reference.upload));
    }
    if reference.upload.is_some() {
        broken.push(format!("(d) it is said to be under way: {:?}", reference.upload));
    }
    let examination = Examination::of(scene.studio.path()).unwrap().unwrap();
    if !examination.damage.is_empty() {
        broken.push(format!("(e) the database is damaged: {:?}", examination.damage));
    }
    broken
}

/// A frozen recording is what its name says, and nobody who lived on left one in the making.
fn frozen(scene: &Scene<'_>) -> Vec<String> {
    let fault = |file: &std::path::PathBuf| {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with('.') {
            return (!scene.harm.is_deadly).then(|| format!("(c) a copy in the making is left: {name}"));
        }
        let digest = bytes::Bytes::copy_from_slice(&Sha256::digest(fs::read(file).unwrap()));
        (!name.starts_with(&format!("{digest:x}."))).then(|| format!("(c) {name} is not what its name says"))
    };
    files_below(&scene.studio.paths().recordings()).iter().filter_map(fault).collect()
}
