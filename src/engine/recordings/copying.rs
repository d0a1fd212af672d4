//! Copying a person's file while it may be written to, renamed, replaced or removed.

use std::fs::{File, Metadata};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;
use std::time::SystemTime;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use super::Refusal;
use super::leftovers::temporary;
use crate::audio::opened::open;
use crate::audio::unheard::Unheard;
use crate::failpoint::{self, Point};

/// The largest file that is copied. Ten minutes in the bulkiest of forms are half as much.
pub(super) const LARGEST: u64 = 2 << 30;

/// Room that is left to others on the disk.
pub(in super::super) const SPARE: u64 = 32 << 20;

const BLOCK: usize = 256 * 1024;

/// How often a file that changes is copied.
const ATTEMPTS: usize = 2;

/// A copy that nobody changes, with the hash of its bytes.
pub(super) struct Copied {
    pub file: NamedTempFile,
    pub digest: String,
}

/// What tells that a file was written to.
#[derive(PartialEq)]
struct State {
    length: u64,
    modified: Option<SystemTime>,
}

impl State {
    fn of(meta: &Metadata) -> Self {
        Self { length: meta.len(), modified: meta.modified().ok() }
    }
}

/// Copies a file into a folder. The file is held open, so it may lose its name meanwhile, or another may take
/// it; one that changes under the copy is copied once more.
pub(super) fn copy(path: &Path, folder: &Path, still_wanted: &dyn Fn() -> bool) -> Result<Copied, Refusal> {
    for _ in 0..ATTEMPTS {
        let mut source = open(path)?;
        let before = State::of(&source.metadata().map_err(Unheard::Unreadable)?);
        expect_room(before.length, folder)?;
        let copied = copy_once(&mut source, before.length, folder, still_wanted)?;
        let after = State::of(&source.metadata().map_err(Unheard::Unreadable)?);
        if let Some(copied) = copied.filter(|_| before == after) {
            failpoint::pass(Point::RecordingCopied).map_err(Unheard::Unwritten)?;
            return Ok(copied);
        }
    }
    let sentence = "changes while it is copied; hint: wait until it is written".to_owned();
    Err(Refusal::Rule { sentence, may_force: false })
}

/// Nothing where there were more or fewer bytes than expected.
fn copy_once(
    source: &mut File,
    length: u64,
    folder: &Path,
    still_wanted: &dyn Fn() -> bool,
) -> Result<Option<Copied>, Refusal> {
    let mut file = temporary(folder).map_err(Unheard::Unwritten)?;
    let (mut hash, mut block, mut copied) = (Sha256::new(), vec![0; BLOCK], 0);
    loop {
        if !still_wanted() {
            return Err(Unheard::Unwanted.into());
        }
        let read = match source.read(&mut block) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(Unheard::Unreadable(error).into()),
        };
        copied += read as u64;
        if copied > length {
            return Ok(None);
        }
        hash.update(&block[..read]);
        file.write_all(&block[..read]).map_err(Unheard::Unwritten)?;
    }
    Ok((copied == length).then(|| Copied { file, digest: hex(&hash.finalize()) }))
}

/// Holds what is about to be written against the largest file that is kept, and what is free for it.
pub(super) fn expect_room(length: u64, folder: &Path) -> Result<(), Refusal> {
    if length > LARGEST {
        let sentence = format!(
            "has {}; the most that is taken is {}; hint: convert it to MP3, or save the part that is meant",
            megabytes(length),
            megabytes(LARGEST)
        );
        return Err(Refusal::Rule { sentence, may_force: false });
    }
    let free = free_bytes(folder).map_err(Unheard::Unwritten)?;
    match room(length, free) {
        Ok(()) => Ok(()),
        Err(sentence) => {
            Err(Refusal::Rule { sentence: sentence + &format!(" in {}", folder.display()), may_force: false })
        }
    }
}

/// What is free on the disk; some network file systems do not say, and then it is tried.
pub(in super::super) fn free_bytes(folder: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(folder)?;
    Ok(if disk.f_blocks == 0 { u64::MAX } else { disk.f_bavail.saturating_mul(disk.f_frsize) })
}

/// Whether so many bytes may be copied where so many are free.
fn room(length: u64, free: u64) -> Result<(), String> {
    let needed = length.saturating_add(SPARE);
    if needed <= free {
        return Ok(());
    }
    Err(format!("needs {} for its copy, and {} are free", megabytes(needed), megabytes(free)))
}

/// Bytes as people read them.
pub(in super::super) fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}

/// The hash of what is left to read of a file.
pub(super) fn digest_of(file: &mut File) -> io::Result<String> {
    let (mut hash, mut block) = (Sha256::new(), vec![0; BLOCK]);
    loop {
        match file.read(&mut block) {
            Ok(0) => return Ok(hex(&hash.finalize())),
            Ok(read) => hash.update(&block[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // Writing to a `String` cannot fail.
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_leaves_room_to_others() {
        assert_eq!(room(1_000, 1_000 + SPARE), Ok(()));
        let sentence = room(10_000_000, 40_000_000).unwrap_err();
        assert_eq!(sentence, "needs 43.5 MB for its copy, and 40.0 MB are free");
    }
}
