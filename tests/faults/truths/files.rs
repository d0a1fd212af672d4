//! (c): what has its final name is whole: it is what the service made, byte for byte, but for the tags.

use std::fs;
use std::path::{Path, PathBuf};

use refrain::audio::format::{Format, MAGIC_LENGTH, Sniffed};
use refrain::audio::measure::measure;
use refrain::domain::generation::{Status, Take};
use serde_json::Value;

use super::Told;
use crate::support::studio::files_below;
use crate::trial::Scene;

/// Files under final names are whole and known, and no temporary one is left.
pub(super) fn broken(scene: &Scene<'_>, takes: &[Take]) -> Vec<String> {
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
    for take in takes {
        if let Some(file) = take.file.as_deref().filter(|file| file.exists() || take.status == Status::Saved) {
            let name = file.file_name().unwrap().to_string_lossy();
            broken.extend(fault_of_song(scene, take, file).map(|fault| format!("(c) {name} {fault}")));
            broken.extend(fault_of_sidecar(take, file).map(|fault| format!("(c) the sidecar of {name} {fault}")));
        }
    }
    broken
}

/// What is wrong with a file that has its final name, as far as it says so itself.
pub fn fault_of(file: &Path) -> Option<String> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => return Some(error.to_string()),
    };
    match file.extension().and_then(|extension| extension.to_str()) {
        Some("json") => serde_json::from_slice::<Value>(&bytes).err().map(|error| error.to_string()),
        // Samples without a header are held against the file that was made of them.
        Some("pcm") => {
            let wav = fs::read(file.with_extension("wav")).unwrap_or_default();
            (chunk_of_samples(&wav) != Some(&bytes)).then(|| "is not what is played".to_owned())
        }
        _ => match Format::of(&bytes[..bytes.len().min(MAGIC_LENGTH)]) {
            Sniffed::Sound(format) => measure(file, format).err().map(|error| error.to_string()),
            other => Some(format!("is {other:?}")),
        },
    }
}

/// What is wrong with the song of a take, held against the one that the service has.
fn fault_of_song(scene: &Scene<'_>, take: &Take, file: &Path) -> Option<String> {
    let charges = Told::of(scene, take).charges;
    let Some(charge) = charges.first() else { return Some("was not paid for".to_owned()) };
    let (ours, theirs) = (fs::read(file).unwrap_or_default(), scene.books.song(charge));
    (sound(&ours) != sound(&theirs)).then(|| {
        format!("is not the song that the service has: {} bytes of {}", sound(&ours).len(), sound(&theirs).len())
    })
}

/// What is wrong with what lies beside the song of a take.
fn fault_of_sidecar(take: &Take, file: &Path) -> Option<String> {
    let Ok(text) = fs::read(file.with_extension("json")) else { return Some("is not there".to_owned()) };
    let record: Value = serde_json::from_slice(&text).unwrap_or_default();
    let name = file.file_name().unwrap().to_string_lossy();
    let is_its = record["request_tag"] == take.request_tag && record["file"] == *name;
    (!is_its).then(|| format!("is another's: {} {}", record["request_tag"], record["file"]))
}

/// A song without what is written around it.
fn sound(bytes: &[u8]) -> &[u8] {
    if let Some(samples) = chunk_of_samples(bytes) {
        return samples;
    }
    let tag = match bytes {
        // Seven bits of each of four bytes are how long the tag is behind its head.
        [b'I', b'D', b'3', _, _, _, sizes @ ..] if sizes.len() >= 4 => {
            10 + sizes[..4].iter().fold(0, |size, seven| size << 7 | usize::from(*seven))
        }
        _ => 0,
    };
    &bytes[tag.min(bytes.len())..]
}

/// The samples of a WAV file.
fn chunk_of_samples(wav: &[u8]) -> Option<&[u8]> {
    let mut rest = wav.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    loop {
        let (name, behind) = rest.split_at_checked(4)?;
        let (size, behind) = behind.split_at_checked(4)?;
        let size = u32::from_le_bytes(size.try_into().unwrap()) as usize;
        if name == b"data" {
            return behind.get(..size);
        }
        rest = behind.get(size + size % 2..)?;
    }
}
