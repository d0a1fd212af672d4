//! The file that a song is fetched into. It outlives a download that broke off, and the process too, where the host
//! of the song said what it calls the file: then the rest of it can be asked for.
//!
//! Beside it lies a mark: that name, how long the whole file is, and how many bytes have safely reached the disk. It is
//! written over in place, so that it can be on a full disk; what came behind it may be missing after a power cut, and
//! comes again.
//!
//! One process at a time has the two: the one that holds a lock on the file that still has that name. Whoever does not,
//! be it that the file system knows no locks, fetches into a file of its own and leaves no mark.

use std::fs::{self, File, TryLockError};
use std::io::{self, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use tempfile::{NamedTempFile, TempPath};

use super::place::{new_part, parts, remove_parts};
use crate::api::{Coming, Resume};

/// How many digits the number in a mark has, so that one can be written over another.
const DIGITS: usize = 20;

/// What a part gives back of a full disk: without any room nobody could write down that it is full.
const GIVEN_BACK: u64 = 1 << 20;

/// A temporary file of a take, and what of it is worth going on with.
pub(super) struct Part {
    file: NamedTempFile,
    /// Where the mark lies; nothing where it is none of ours.
    mark_path: Option<PathBuf>,
    mark: Option<Mark>,
}

impl Part {
    /// The part of a take, with what came of it before; whatever else a crash left of the take is removed.
    pub fn open(folder: &Path, tag: &str) -> io::Result<Self> {
        let path = folder.join(format!(".{tag}.part"));
        let mark_path = path.with_extension("mark");
        let file = open_own(&path)?;
        match file.try_lock() {
            Ok(()) if has_its_name(&file, &path) => {}
            // Each has its own, and the first that is whole gets its name.
            Ok(()) | Err(TryLockError::WouldBlock) => return Ok(Self::beside(new_part(folder, tag)?)),
            // Nobody can say who else is at it.
            Err(TryLockError::Error(_)) => {
                remove_parts(folder, tag)?;
                return Ok(Self::beside(new_part(folder, tag)?));
            }
        }
        for other in parts(folder, tag)?.filter(|other| *other != path && *other != mark_path) {
            fs::remove_file(other)?;
        }
        let file = NamedTempFile::from_parts(file, TempPath::try_from_path(path)?);
        let mark = Mark::found(&mark_path).filter(|mark| mark.bytes > 0);
        let mut part = Self { file, mark_path: Some(mark_path), mark: None };
        let there = part.file.as_file().metadata()?.len();
        match mark {
            Some(mark) if there > 0 => {
                part.file.as_file().set_len(there.min(mark.bytes))?;
                part.keep_with(Some(Mark { bytes: there.min(mark.bytes), ..mark }));
            }
            _ => part.empty()?,
        }
        Ok(part)
    }

    /// A file that nothing is known of later.
    fn beside(file: NamedTempFile) -> Self {
        Self { file, mark_path: None, mark: None }
    }

    /// What is there of the song, if anything is worth going on with.
    pub fn resume(&self) -> Option<Resume> {
        self.mark.as_ref().map(|mark| Resume { from: mark.bytes, etag: mark.etag.clone(), whole: mark.whole })
    }

    /// Bytes that need not come again.
    pub fn there(&self) -> u64 {
        self.mark.as_ref().map_or(0, |mark| mark.bytes)
    }

    /// Makes ready for what comes: the rest, or all of it anew.
    pub fn begin(&mut self, coming: &Coming<'_>) -> io::Result<()> {
        if coming.from() == 0 {
            self.empty()?;
            let mark = coming.etag().zip(self.mark_path.as_deref()).and_then(|(etag, path)| {
                let made = Mark::make(path, etag, coming.whole());
                made.inspect_err(|error| tracing::warn!(%error, "a download cannot be gone on with")).ok()
            });
            self.keep_with(mark);
        }
        self.file.as_file().seek(SeekFrom::Start(coming.from())).map(drop)
    }

    /// Where the bytes go.
    pub fn sink(&self) -> io::Result<tokio::fs::File> {
        self.file.as_file().try_clone().map(tokio::fs::File::from_std)
    }

    /// Brings what came to the disk, and notes how much that is. That it cannot be noted costs no more than fetching
    /// it again.
    pub async fn note(&mut self) {
        let Some(mark) = &mut self.mark else { return };
        let (part, into) = (self.file.as_file().try_clone(), mark.file.try_clone());
        // A disk takes its time, and others are to be served meanwhile.
        let noted = tokio::task::spawn_blocking(move || note(&part?, &into?)).await;
        match noted.map_err(io::Error::other).and_then(|noted| noted) {
            Ok(bytes) => mark.bytes = bytes,
            Err(error) => tracing::warn!(%error, "how much of a song has come is not noted"),
        }
    }

    /// Gives some of a full disk back.
    pub fn give_back(&mut self) {
        let file = self.file.as_file();
        let shorter = file.metadata().and_then(|meta| file.set_len(meta.len().saturating_sub(GIVEN_BACK)));
        if let Err(error) = shorter {
            tracing::warn!(%error, "no room could be given back");
        }
    }

    /// Removes what came: nothing of it is the song.
    pub fn discard(self) {
        drop(self.whole());
    }

    /// The whole song: from here on a temporary file like any other.
    pub fn whole(mut self) -> NamedTempFile {
        self.keep_with(None);
        if let Err(error) = self.remove_mark() {
            tracing::warn!(%error, "a mark stays beside a song");
        }
        self.file
    }

    /// Without a mark, what came goes when this does.
    fn keep_with(&mut self, mark: Option<Mark>) {
        self.file.disable_cleanup(mark.is_some());
        self.mark = mark;
    }

    /// The mark goes first: it must never speak of bytes that are not there.
    fn empty(&mut self) -> io::Result<()> {
        self.keep_with(None);
        self.remove_mark()?;
        self.file.as_file().set_len(0)
    }

    fn remove_mark(&self) -> io::Result<()> {
        match self.mark_path.as_ref().map(fs::remove_file) {
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Whether a file still has the name that it was opened by: whoever had it before may have made a song of it since.
fn has_its_name(file: &File, path: &Path) -> bool {
    let inode = |meta: io::Result<fs::Metadata>| meta.map(|meta| (meta.dev(), meta.ino())).ok();
    inode(file.metadata()).is_some_and(|own| inode(path.symlink_metadata()) == Some(own))
}

/// Opens a file of one's own, or makes it: private, and never by way of somebody's link.
fn open_own(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).read(true).write(true).mode(0o600);
    options.custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
    options.open(path)
}

/// What is known of a part.
struct Mark {
    file: File,
    /// Bytes that are on the disk.
    bytes: u64,
    /// What the host calls the file that they are of.
    etag: String,
    /// Bytes of that whole file, where the host said that.
    whole: Option<u64>,
}

impl Mark {
    /// The mark that was left, if it can be read.
    fn found(path: &Path) -> Option<Self> {
        let file = File::options().read(true).write(true).open(path).ok()?;
        let text = io::read_to_string(&file).ok()?;
        let [bytes, etag, whole] = text.strip_suffix('\n')?.split('\n').collect::<Vec<_>>().try_into().ok()?;
        let whole = if whole.is_empty() { None } else { Some(whole.parse().ok()?) };
        Some(Self { bytes: bytes.parse().ok()?, etag: etag.to_owned(), whole, file })
    }

    /// A mark of a file of which nothing has come.
    fn make(path: &Path, etag: &str, whole: Option<u64>) -> io::Result<Self> {
        let file = File::options().create_new(true).write(true).mode(0o600).open(path)?;
        let length = whole.map(|whole| whole.to_string()).unwrap_or_default();
        file.write_all_at(format!("{:0DIGITS$}\n{etag}\n{length}\n", 0).as_bytes(), 0)?;
        Ok(Self { file, bytes: 0, etag: etag.to_owned(), whole })
    }
}

/// First the bytes, then how many they are.
fn note(part: &File, mark: &File) -> io::Result<u64> {
    let bytes = part.metadata()?.len();
    part.sync_data()?;
    mark.write_all_at(format!("{bytes:0DIGITS$}").as_bytes(), 0)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ETAG: &str = "\"a\"";

    /// A part of which so many bytes came, so many of them before they were noted.
    async fn broken_off(folder: &Path, came: usize, noted: usize) {
        let mut part = Part::open(folder, "tag").unwrap();
        part.keep_with(Some(Mark::make(part.mark_path.as_deref().unwrap(), ETAG, Some(20)).unwrap()));
        part.file.as_file().write_all_at(&vec![7; noted], 0).unwrap();
        part.note().await;
        part.file.as_file().write_all_at(&vec![7; came], 0).unwrap();
    }

    #[tokio::test]
    async fn what_was_noted_is_gone_on_with_and_what_came_behind_it_comes_again() {
        let folder = tempfile::tempdir().unwrap();
        broken_off(folder.path(), 9, 5).await;
        let part = Part::open(folder.path(), "tag").unwrap();
        assert_eq!(part.resume(), Some(Resume { from: 5, etag: ETAG.to_owned(), whole: Some(20) }));
        assert_eq!(part.file.as_file().metadata().unwrap().len(), 5);
    }

    #[tokio::test]
    async fn a_mark_that_speaks_of_more_than_there_is_is_not_believed() {
        let folder = tempfile::tempdir().unwrap();
        broken_off(folder.path(), 9, 9).await;
        File::options().write(true).open(folder.path().join(".tag.part")).unwrap().set_len(3).unwrap();
        assert_eq!(Part::open(folder.path(), "tag").unwrap().there(), 3);
    }

    #[test]
    fn a_part_that_cannot_be_gone_on_with_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        for spoilt in
            ["", "7", "7\n\"a\"\n", "seven\n\"a\"\n9\n", "7\n\"a\"\nnine\n", "00000000000000000000\n\"a\"\n9\n"]
        {
            fs::write(folder.path().join(".tag.part"), "some").unwrap();
            fs::write(folder.path().join(".tag.mark"), spoilt).unwrap();
            let part = Part::open(folder.path(), "tag").unwrap();
            assert_eq!(part.resume(), None, "{spoilt:?}");
            drop(part);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{spoilt:?}");
        }
    }

    #[test]
    fn two_processes_that_fetch_the_same_song_do_not_write_into_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let one = Part::open(folder.path(), "tag").unwrap();
        let other = Part::open(folder.path(), "tag").unwrap();
        assert_ne!(one.file.path(), other.file.path());
        assert!(one.file.path().exists());
    }

    #[tokio::test]
    async fn who_fetches_beside_another_process_leaves_that_one_its_mark() {
        let folder = tempfile::tempdir().unwrap();
        broken_off(folder.path(), 9, 5).await;
        let _one = Part::open(folder.path(), "tag").unwrap();
        let mut other = Part::open(folder.path(), "tag").unwrap();
        other.empty().unwrap();
        other.discard();
        assert!(Mark::found(&folder.path().join(".tag.mark")).is_some_and(|mark| mark.bytes == 5));
    }

    #[test]
    fn a_file_that_got_another_name_meanwhile_is_not_written_into() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".tag.part");
        let opened = open_own(&path).unwrap();
        fs::rename(&path, folder.path().join("Night Ferry.mp3")).unwrap();
        assert!(!has_its_name(&opened, &path));
        let new = open_own(&path).unwrap();
        assert!(has_its_name(&new, &path));
    }

    #[tokio::test]
    async fn a_full_disk_gets_some_room_back() {
        let folder = tempfile::tempdir().unwrap();
        broken_off(folder.path(), 3 << 20, 1).await;
        let mut part = Part::open(folder.path(), "tag").unwrap();
        part.file.as_file().set_len(3 << 20).unwrap();
        part.give_back();
        part.note().await;
        assert_eq!(part.there(), 2 << 20);
    }
}
