//! Where a file goes: the temporary file, the final name, and the step between them.

use std::fs::{self, File};
use std::io;
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
    fs::create_dir_all(folder)?;
    tempfile::tempfile_in(folder).map(drop)
}

/// The temporary file of a take; what a crash left of an earlier one is removed. It is named after the
/// request's tag, which no other take of any data directory has.
pub(in crate::engine) fn part_file(folder: &Path, tag: &str) -> io::Result<NamedTempFile> {
    let ours = format!(".{tag}.");
    for entry in fs::read_dir(folder)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(&ours) {
            fs::remove_file(entry.path())?;
        }
    }
    let part = tempfile::Builder::new().prefix(&ours).suffix(".part").tempfile_in(folder)?;
    failpoint::pass(Point::TakePart)?;
    Ok(part)
}

/// A temporary file beside another of the same take.
pub(super) fn part_beside(part: &Path) -> io::Result<NamedTempFile> {
    let folder = part.parent().unwrap_or(Path::new("."));
    let name = part.file_stem().unwrap_or_default();
    tempfile::Builder::new().prefix(name).suffix(".part").tempfile_in(folder)
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
/// is taken back.
pub(super) fn put(
    made: Made,
    folder: &Path,
    stem: &str,
    planned: impl Fn(Option<&Plan>) -> Result<(), StoreError>,
) -> Result<PathBuf, Delay> {
    for part in made.raw.iter().chain([&made.playable]) {
        make_readable(part.as_file()).and_then(|()| part.as_file().sync_all()).map_err(Delay::Folder)?;
    }
    failpoint::pass(Point::TakeFlushed).map_err(Delay::Folder)?;
    let length = made.playable.as_file().metadata().map_err(Delay::Folder)?.len();
    let plan = Plan { file: free_name(folder, stem, made.sound.format.extension()), length };
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

/// Somebody who takes a name in this moment is not replaced: it is all tried again later.
fn give_names(made: Made, file: &Path) -> io::Result<()> {
    if let Some(raw) = made.raw {
        raw.persist_noclobber(raw_beside(file)).map_err(|error| error.error)?;
        failpoint::pass(Point::TakeRawRenamed)?;
    }
    made.playable.persist_noclobber(file).map(drop).map_err(|error| error.error)
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
