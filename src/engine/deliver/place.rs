//! Where a file goes: the temporary file, the final name, and the step between them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::sound::Sound;
use super::{Delay, StoreError};
use crate::domain::filename;
use crate::domain::generation::TakeId;
use crate::store::generations::Job;

/// Makes the folder where it is missing and tries that it can be written.
///
/// # Errors
/// What the file system says.
pub(in crate::engine) fn try_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    tempfile::tempfile_in(folder).map(drop)
}

/// The temporary file of a take; what a crash left of an earlier one is removed.
pub(super) fn part_file(folder: &Path, take: TakeId) -> io::Result<NamedTempFile> {
    let name = format!(".refrain-{}.part", take.0);
    match fs::remove_file(folder.join(&name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    tempfile::Builder::new().prefix(&name).rand_bytes(0).tempfile_in(folder)
}

/// The file's name without its extension: `Night Ferry - take 007 (music-2.0)`.
pub(super) fn stem(job: &Job, label: &str) -> String {
    let name = filename::of_take(&job.song_title, job.take.number, label, "x");
    name.strip_suffix(".x").unwrap_or(&name).to_owned()
}

/// Flushes the file and gives it a name that nothing else has; the name is `planned` before it is given.
pub(super) fn put(
    mut part: NamedTempFile,
    folder: &Path,
    stem: &str,
    sound: &Sound,
    planned: impl Fn(&Path) -> Result<(), StoreError>,
) -> Result<PathBuf, Delay> {
    make_readable(part.as_file()).map_err(Delay::Folder)?;
    part.as_file().sync_all().map_err(Delay::Folder)?;
    for number in 1.. {
        let name = if number == 1 { stem.to_owned() } else { format!("{stem} ({number})") };
        let file = folder.join(format!("{name}.{}", sound.format.extension()));
        if file.exists() || file.with_extension("json").exists() {
            continue;
        }
        planned(&file)?;
        match part.persist_noclobber(&file) {
            Ok(_) => {
                sync_folder(folder).map_err(Delay::Folder)?;
                return Ok(file);
            }
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => part = error.file,
            Err(error) => return Err(Delay::Folder(error.error)),
        }
    }
    Err(Delay::Folder(io::ErrorKind::AlreadyExists.into()))
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
