//! Recordings made for tests: a tone as a WAV file, kept under the hash of its bytes as refrain keeps them.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Samples a second of the tone.
const RATE: u32 = 8_000;

/// A WAV of a wavering tone.
pub fn tone(seconds: f64) -> Vec<u8> {
    let samples = (seconds * f64::from(RATE)) as u32;
    let bytes = samples * 2;
    let mut wav = Vec::with_capacity(44 + bytes as usize);
    for part in [&b"RIFF"[..], &(36 + bytes).to_le_bytes(), b"WAVEfmt ", &16_u32.to_le_bytes()] {
        wav.extend_from_slice(part);
    }
    // Whole numbers, one channel, 16 bits.
    for part in [&1_u16.to_le_bytes()[..], &1_u16.to_le_bytes(), &RATE.to_le_bytes(), &(RATE * 2).to_le_bytes()] {
        wav.extend_from_slice(part);
    }
    for part in [&2_u16.to_le_bytes()[..], &16_u16.to_le_bytes(), b"data", &bytes.to_le_bytes()] {
        wav.extend_from_slice(part);
    }
    for n in 0..samples {
        let time = f64::from(n) / f64::from(RATE);
        let wave = (time * 440.0 * std::f64::consts::TAU).sin() * (0.6 + 0.3 * (time * 3.0).sin());
        wav.extend_from_slice(&((wave * 20_000.0) as i16).to_le_bytes());
    }
    wav
}

/// Keeps bytes in a folder under their hash; brings the name.
pub fn keep(folder: &Path, bytes: &[u8], kind: &str) -> String {
    let digest = bytes::Bytes::copy_from_slice(&Sha256::digest(bytes));
    let name = format!("{digest:x}.{kind}");
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(&name), bytes).unwrap();
    name
}

/// A short tone in a folder of its own.
pub fn kept() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let name = keep(folder.path(), &tone(0.5), "wav");
    (folder, name)
}
