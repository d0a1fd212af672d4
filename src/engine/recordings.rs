//! Recordings of a person's, read to their end and frozen. (A stand-in: takes any file as it is.)

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::domain::recording::{Frozen, Part, Rules, Unfit};

pub struct Recordings {
    folder: PathBuf,
}

pub struct Wanted<'a> {
    pub rules: &'a Rules,
    pub part: Option<Part>,
    pub force: bool,
}

impl Recordings {
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub fn freeze(&self, file: &Path, wanted: &Wanted<'_>, _: &dyn Fn() -> bool) -> Result<Frozen, Unfit> {
        let unfit = |error: &dyn std::fmt::Display| Unfit { sentence: error.to_string(), may_force: false };
        let bytes = fs::read(file).map_err(|error| unfit(&error))?;
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{hash}.wav");
        fs::create_dir_all(&self.folder).map_err(|error| unfit(&error))?;
        fs::write(self.folder.join(&name), &bytes).map_err(|error| unfit(&error))?;
        let _ = (wanted.rules, wanted.part, wanted.force);
        Ok(Frozen { name, content: hash, bytes: bytes.len() as u64, duration_ms: 20_000, converted: None })
    }
}
