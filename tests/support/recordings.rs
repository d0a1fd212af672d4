//! Recordings made here: melodies, as WAV files, and uploads of them.

use std::f64::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use refrain::domain::recording::{Frozen, Rules};
use refrain::domain::reference::{Purpose, Reference, ReferenceId, UploadState};
use refrain::domain::service::Service;
use refrain::engine::intent::{Intent, Reply, Source, UploadOrder};
use refrain::engine::recordings::{Recordings, Wanted};

use super::orders;
use super::patience::wait_for;
use super::sounds::in_wav;
use super::studio::Studio;

/// Samples a second.
const RATE: u32 = 8_000;

/// A melody of so many seconds as a WAV file, 16 bit and mono: two notes a second, each dying away.
pub fn melody(seconds: u32) -> Vec<u8> {
    let notes = [220.0, 246.9, 277.2, 329.6, 277.2, 246.9];
    let sample = |place: u32| {
        let time = f64::from(place) / f64::from(RATE);
        let beat = time * 2.0;
        let note = notes[beat as usize % notes.len()];
        let loudness = 0.5 * (-3.0 * beat.fract()).exp();
        ((time * note * TAU).sin() * loudness * f64::from(i16::MAX)) as i16
    };
    in_wav(RATE, &(0..seconds * RATE).flat_map(|place| sample(place).to_le_bytes()).collect::<Vec<u8>>())
}

/// A file of the person's in the studio, with these bytes.
pub fn file(studio: &Studio, name: &str, bytes: &[u8]) -> PathBuf {
    let path = studio.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Freezes a file as a face does.
#[track_caller]
pub fn freeze(studio: &Studio, file: &Path) -> Frozen {
    let wanted = Wanted { rules: &Rules::UPLOAD, part: None, force: false };
    Recordings::at(studio.paths().recordings()).freeze(file, &wanted, &|| true).unwrap()
}

/// What a person orders who wants a file uploaded, called after it.
pub fn order(studio: &Studio, service: &Service, purpose: Purpose, file: &Path) -> UploadOrder {
    UploadOrder {
        name: file.file_stem().unwrap().to_str().unwrap().to_owned(),
        purpose,
        service: service.clone(),
        source: Source::File { file: file.to_owned(), frozen: freeze(studio, file) },
        part: None,
        force: false,
        anew: false,
    }
}

/// Writes an upload down.
#[track_caller]
pub fn place(studio: &Studio, order: UploadOrder) -> ReferenceId {
    let reply = orders::desk(studio).carry_out(&mut studio.store(), Intent::Upload(order), Timestamp::now()).unwrap();
    match reply {
        Reply::Reference { reference } => reference,
        reply => panic!("not written down: {reply:?}"),
    }
}

/// An upload of a melody of twelve seconds.
#[track_caller]
pub fn one(studio: &Studio, service: &Service, purpose: Purpose) -> ReferenceId {
    let file = file(studio, "Mara.wav", &melody(12));
    place(studio, order(studio, service, purpose, &file))
}

/// An upload of so many megabytes that only look like a recording: nobody listens to it.
#[track_caller]
pub fn bulky(studio: &Studio, service: &Service, megabytes: usize) -> ReferenceId {
    let bytes = in_wav(RATE, &vec![0; megabytes << 20]);
    let folder = studio.paths().recordings();
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("bulky.wav"), &bytes).unwrap();
    let frozen = Frozen {
        name: "bulky.wav".to_owned(),
        content: "bulky".to_owned(),
        bytes: bytes.len() as u64,
        duration_ms: 60_000,
        converted: None,
    };
    let source = Source::File { file: studio.path().join("bulky.wav"), frozen };
    place(
        studio,
        UploadOrder {
            name: "bulky".to_owned(),
            purpose: Purpose::Voice,
            service: service.clone(),
            source,
            part: None,
            force: false,
            anew: false,
        },
    )
}

/// Waits until a reference is as wanted.
#[track_caller]
pub fn when(studio: &Studio, id: ReferenceId, what: &str, is: impl Fn(&Reference) -> bool) -> Reference {
    let store = studio.store();
    wait_for(what, || Some(store.reference(id).unwrap()).filter(&is))
}

/// Where an upload is; nothing once it is over.
pub fn state(reference: &Reference) -> Option<UploadState> {
    reference.upload.as_ref().map(|upload| upload.state)
}

/// Every file in the folder of frozen recordings.
pub fn frozen_files(studio: &Studio) -> Vec<PathBuf> {
    super::studio::files_below(&studio.paths().recordings())
}
