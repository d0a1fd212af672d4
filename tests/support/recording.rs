//! A frozen recording as refrain keeps it: a file under the hash of its bytes.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// Keeps bytes in a folder under their hash; brings the name.
pub fn keep(folder: &Path, bytes: &[u8], kind: &str) -> String {
    let digest = bytes::Bytes::copy_from_slice(&Sha256::digest(bytes));
    let name = format!("{digest:x}.{kind}");
    fs::create_dir_all(folder).unwrap();
    fs::write(folder.join(&name), bytes).unwrap();
    name
}

/// Some bytes in a folder of their own.
pub fn kept() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let name = keep(folder.path(), &b"RIFF".repeat(200), "wav");
    (folder, name)
}
