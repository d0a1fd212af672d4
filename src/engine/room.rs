//! Room on the disk: looked for before anything is paid, and before anything is fetched.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::recordings::{SPARE, free_bytes, megabytes};
use super::site::Site;
use crate::domain::generation::Status;
use crate::store::StoreError;
use crate::store::generations::Job;

/// What one song may need until it lies in its folder: five minutes of WAV, and then some.
pub(super) const SONG: u64 = 64 << 20;

/// What is left free by a download, so that the database can say how it went.
pub(super) const FOR_WORDS: u64 = 2 << 20;

/// A disk with less room than is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shortage {
    folder: PathBuf,
    needed: u64,
    free: u64,
}

impl Shortage {
    /// Why an order is put aside.
    pub fn before_paying(&self) -> String {
        let Self { folder, needed, free } = self;
        let (needed, free) = (megabytes(*needed), megabytes(*free));
        format!("the disk of `{}` has {free} free, and {needed} are wanted before a song is bought", folder.display())
    }

    /// Why a song that was made is not fetched yet.
    pub fn before_fetching(&self) -> String {
        let Self { folder, needed, free } = self;
        let missing = megabytes(needed.saturating_sub(*free).max(1_000_000));
        format!(
            "the disk of `{}` is full: {missing} more are needed; make room, it goes on by itself",
            folder.display()
        )
    }
}

/// Why it is not known that there is room.
#[derive(Debug)]
pub(super) enum Lack {
    Short(Shortage),
    Folder(io::Error),
}

/// Whether an error means that there is no room.
pub(super) fn is_full(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

/// Whether so many bytes are free where a folder lies.
pub(super) fn enough(folder: &Path, needed: u64) -> Result<(), Lack> {
    let free = free_bytes(folder).map_err(Lack::Folder)?;
    if free >= needed {
        return Ok(());
    }
    Err(Lack::Short(Shortage { folder: folder.to_owned(), needed, free }))
}

/// Whether there is room for a song that is not bought yet.
#[derive(Debug)]
pub(super) enum Room {
    Enough,
    /// There is, but for the songs that are under way to the same disk.
    Spoken,
    Lacking(Lack),
}

/// Whether what an order brings can be kept, and the steps on the way there written down.
pub(super) fn before_paying(site: &Site, job: &Job) -> Result<Room, StoreError> {
    let (folder, data) = (&job.take.folder, site.store().folder().to_owned());
    let song = SONG.saturating_add(SPARE);
    if let Err(lack) = enough(folder, song).and_then(|()| enough(&data, SPARE)) {
        return Ok(Room::Lacking(lack));
    }
    let others = site.store().live_jobs(&site.service)?.iter().filter(|other| is_to_come(other, job)).count() as u64;
    Ok(enough(folder, song.saturating_add(SONG.saturating_mul(others))).map_or(Room::Spoken, |()| Room::Enough))
}

/// Whether the song of another take is under way to the same disk.
fn is_to_come(other: &Job, job: &Job) -> bool {
    let disk = |job: &Job| job.take.folder.metadata().map(|meta| meta.dev()).ok();
    let is_under_way = other.take.status.is_running() || other.take.status == Status::Ready;
    is_under_way && other.take.id != job.take.id && disk(other) == disk(job)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortage_says_what_is_wanted_or_what_is_missing() {
        let shortage = Shortage { folder: PathBuf::from("/music"), needed: 100_000_000, free: 40_000_000 };
        let paying = "the disk of `/music` has 40.0 MB free, and 100.0 MB are wanted before a song is bought";
        assert_eq!(shortage.before_paying(), paying);
        let fetching = "the disk of `/music` is full: 60.0 MB more are needed; make room, it goes on by itself";
        assert_eq!(shortage.before_fetching(), fetching);
    }

    #[test]
    fn a_folder_has_some_room_and_not_all_there_could_be() {
        let folder = tempfile::tempdir().unwrap();
        assert!(enough(folder.path(), 1).is_ok());
        assert!(matches!(enough(folder.path(), u64::MAX - 1), Err(Lack::Short(_))));
        assert!(matches!(enough(&folder.path().join("gone"), 1), Err(Lack::Folder(_))));
    }
}
