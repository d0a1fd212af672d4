//! Where a file goes: the temporary file, the final name, and the step between them.

use std::fs::{self, DirEntry, File};
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::sound::Made;
use super::{Delay, StoreError};
use crate::audio::format::Format;
use crate::domain::filename;
use crate::failpoint::{self, Point};
use crate::store::generations::Job;

/// Makes the folder where it is missing and tries that it can be written.
///
/// # Errors
/// What the file system says.
pub(in crate::engine) fn try_folder(folder: &Path) -> io::Result<()> {
    make_folder(folder)?;
    tempfile::tempfile_in(folder).map(drop)
}

/// Makes a folder and what is missing above it, so that all of it survives a power cut: a file is no safer than
/// the way to it. A folder that may be written and not read cannot be flushed, and serves all the same.
fn make_folder(folder: &Path) -> io::Result<()> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
    fs::create_dir_all(folder)?;
    for parent in missing.into_iter().rev().filter_map(Path::parent) {
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        match sync_folder(parent) {
            Err(error) if error.kind() != io::ErrorKind::PermissionDenied => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The temporary file of a take; what a crash left of an earlier one is removed. It is named after the
/// request's tag, which no other take of any data directory has.
pub(in crate::engine) fn part_file(folder: &Path, tag: &str) -> io::Result<NamedTempFile> {
    remove_parts(folder, tag)?;
    let part = new_part(folder, tag)?;
    failpoint::pass(Point::TakePart)?;
    Ok(part)
}

/// A temporary file of a take, beside what it has already.
pub(super) fn new_part(folder: &Path, tag: &str) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(&beginning(tag)).suffix(".part").tempfile_in(folder)
}

/// Removes every temporary file of a take.
pub(super) fn remove_parts(folder: &Path, tag: &str) -> io::Result<()> {
    parts(folder, tag)?.try_for_each(fs::remove_file)
}

/// Every temporary file of a take.
pub(super) fn parts(folder: &Path, tag: &str) -> io::Result<impl Iterator<Item = PathBuf>> {
    let ours = beginning(tag);
    let entries = fs::read_dir(folder)?.flatten();
    let is_ours = move |entry: &DirEntry| entry.file_name().to_string_lossy().starts_with(&ours);
    Ok(entries.filter(is_ours).map(|entry| entry.path()))
}

/// How the names of a take's temporary files begin.
fn beginning(tag: &str) -> String {
    format!(".{tag}.")
}

/// A temporary file beside another of the same take.
pub(super) fn part_beside(part: &Path) -> io::Result<NamedTempFile> {
    let folder = part.parent().unwrap_or(Path::new("."));
    let mut name = part.file_stem().unwrap_or_default().to_owned();
    name.push(".");
    tempfile::Builder::new().prefix(&name).suffix(".part").tempfile_in(folder)
}

/// The file's name without its extension: `Night Ferry - take 007 (music-2.0)`.
pub(super) fn stem(job: &Job, label: &str) -> String {
    let name = filename::of_take(&job.song_title, job.take.number, label, "x");
    name.strip_suffix(".x").unwrap_or(&name).to_owned()
}

/// A name that is about to be given, and the length of the file that gets it.
pub(super) struct Plan {
    pub file: PathBuf,
    pub length: u64,
}

/// Flushes the files and gives them a name that nothing else has; the name of the one that is played is
/// `planned` before it is given, and given last: where it is, all is there. A plan that came to nothing
/// is taken back. Where an `earlier` plan was given up between the two names of raw samples, it is gone on with.
pub(super) fn put(
    mut made: Made,
    folder: &Path,
    stem: &str,
    earlier: Option<&Path>,
    planned: impl Fn(Option<&Plan>) -> Result<(), StoreError>,
) -> Result<PathBuf, Delay> {
    for part in made.raw.iter().chain([&made.playable]) {
        make_readable(part.as_file()).and_then(|()| part.as_file().sync_all()).map_err(Delay::Folder)?;
    }
    failpoint::pass(Point::TakeFlushed).map_err(Delay::Folder)?;
    let length = made.playable.as_file().metadata().map_err(Delay::Folder)?.len();
    let begun = earlier.filter(|file| made.raw.take_if(|raw| is_half_named(file, raw.path())).is_some());
    let file = begun.map_or_else(|| free_name(folder, stem, made.sound.format.extension()), Path::to_owned);
    let plan = Plan { file, length };
    planned(Some(&plan))?;
    failpoint::pass(Point::TakePlanned).map_err(Delay::Folder)?;
    if let Err(error) = give_names(made, &plan.file) {
        planned(None)?;
        return Err(Delay::naming(error));
    }
    failpoint::pass(Point::TakeRenamed).map_err(Delay::Folder)?;
    sync_folder(folder).map_err(Delay::Folder)?;
    failpoint::pass(Point::TakeFolderSynced).map_err(Delay::Folder)?;
    Ok(plan.file)
}

/// Somebody who takes a name in this moment is not replaced: it is all tried again later, and the samples that have
/// their name already lose it again.
fn give_names(made: Made, file: &Path) -> io::Result<()> {
    let Some(raw) = made.raw else { return give_name(made.playable, file) };
    let beside = raw_beside(file);
    give_name(raw, &beside)?;
    failpoint::pass(Point::TakeRawRenamed)
        .and_then(|()| give_name(made.playable, file))
        .inspect_err(|_| fs::remove_file(&beside).unwrap_or_else(|error| tracing::warn!(%error, "samples stay alone")))
}

fn give_name(part: NamedTempFile, file: &Path) -> io::Result<()> {
    part.persist_noclobber(file).map(drop).map_err(|error| error.error)
}

/// Whether a crash fell between the two names of `file`: its samples have theirs, and are those of `raw`. Whoever
/// put the same bytes there loses nothing by it.
fn is_half_named(file: &Path, raw: &Path) -> bool {
    let beside = raw_beside(file);
    let is_free = |file: &Path| !file.exists();
    is_free(file) && is_free(&file.with_extension("json")) && holds_the_same(&beside, raw).unwrap_or(false)
}

/// Whether two files hold the same bytes. Reads both, a block at a time.
fn holds_the_same(one: &Path, other: &Path) -> io::Result<bool> {
    let (one, other) = (File::open(one)?, File::open(other)?);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    let (mut one, mut other) = (BufReader::new(one), BufReader::new(other));
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let length = left.len().min(right.len());
        if length == 0 || left[..length] != right[..length] {
            return Ok(left.is_empty() && right.is_empty());
        }
        one.consume(length);
        other.consume(length);
    }
}

/// Where the samples of `file` are kept as they came, if it was made from such.
pub(super) fn raw_beside(file: &Path) -> PathBuf {
    file.with_extension(Format::Pcm.extension())
}

/// A name that neither a sound nor a sidecar has.
fn free_name(folder: &Path, stem: &str, extension: &str) -> PathBuf {
    let mut file = folder.join(format!("{stem}.{extension}"));
    let mut number = 2;
    while [extension, "json", Format::Pcm.extension()].iter().any(|other| file.with_extension(other).exists()) {
        file = folder.join(format!("{stem} ({number}).{extension}"));
        number += 1;
    }
    file
}

/// A temporary file is private; a song is as readable as the folder it lies in.
fn make_readable(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

/// Makes the new name survive a power cut.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_made_of_a_part_is_known_for_the_takes_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        for part in [".tag.part", ".tag.xyz.part"] {
            let beside = part_beside(&folder.path().join(part)).unwrap();
            assert_eq!(parts(folder.path(), "tag").unwrap().collect::<Vec<_>>(), [beside.path()], "{part}");
        }
    }
}
