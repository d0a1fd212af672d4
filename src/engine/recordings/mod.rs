//! Recordings of a person's own, on their way to a service: copied first, then checked, so that what is checked
//! is what is sent, whatever becomes of the person's file meanwhile.
//!
//! A frozen copy is named after its content, so the same content is kept once, and nobody can change what a
//! row means. While a copy is made it has a temporary name and a lock; [`Recordings::sweep`] removes what a
//! crash left. Nothing here needs more than a file system that can rename.
//!
//! What is not known: whether a service reads a WAV or MP3 file that refrain reads; whether a voice sings.

mod converting;
mod copying;
mod fitness;
mod leftovers;

use std::fs;
use std::io::{self, Seek};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::NamedTempFile;

use crate::audio::listen::{Heard, Listening};
use crate::audio::unheard::Unheard;
use crate::domain::recording::{Frozen, Part, Rules, Unfit};
use crate::failpoint::{self, Point};
use crate::paths;

use copying::{Copied, digest_of};
pub(super) use copying::{SPARE, free_bytes, megabytes};
pub(super) use leftovers::temporary;

/// What a recording is wanted for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub rules: &'a Rules,
    /// The part that is meant; all of it where none is chosen.
    pub part: Option<Part>,
    /// Whether rules that are hearsay do not count.
    pub force: bool,
}

/// The folder of frozen recordings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recordings {
    folder: PathBuf,
}

/// What is kept of a recording, before it has its name.
struct Made {
    file: NamedTempFile,
    /// The hash of its bytes.
    digest: String,
    extension: &'static str,
    heard: Heard,
    converted: Option<String>,
}

impl Recordings {
    /// The recordings in a folder, which need not exist.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Where the frozen recording of a name is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Copies a file, reads the copy to its end, holds it against the rules, converts what a service may not
    /// read, and gives it its name. Takes its time, so not for a thread that must answer; asked between
    /// blocks, `still_wanted` ends it early. Whatever happens, no half of a recording is left.
    ///
    /// # Errors
    /// With a sentence about the file, when it is not taken.
    pub fn freeze(&self, file: &Path, wanted: &Wanted<'_>, still_wanted: &dyn Fn() -> bool) -> Result<Frozen, Unfit> {
        let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
        self.frozen(file, wanted, still_wanted).map_err(|refusal| refusal.of(&name))
    }

    fn frozen(&self, file: &Path, wanted: &Wanted<'_>, still_wanted: &dyn Fn() -> bool) -> Result<Frozen, Refusal> {
        paths::make_private(&self.folder).map_err(Unheard::Unwritten)?;
        let copied = copying::copy(file, &self.folder, still_wanted)?;
        let content = content(&copied.digest, wanted.part);
        let made = self.made(copied, wanted, still_wanted)?;
        let bytes = made.file.as_file().metadata().map_err(Unheard::Unwritten)?.len();
        fitness::judge(&made.heard, bytes, wanted)?;
        let name = format!("{}.{}", made.digest, made.extension);
        self.publish(made.file, &name).map_err(Unheard::Unwritten)?;
        Ok(Frozen { name, content, bytes, duration_ms: made.heard.length.0, converted: made.converted })
    }

    /// Listens to a copy, and converts it where it does not go as it is. What its header says already is refused
    /// before the long work.
    fn made(&self, copied: Copied, wanted: &Wanted<'_>, still_wanted: &dyn Fn() -> bool) -> Result<Made, Refusal> {
        let listening = Listening::begin(copied.file.reopen().map_err(Unheard::Unwritten)?)?;
        let outline = listening.outline();
        fitness::expect_length(outline, wanted)?;
        let Some(converted) = converting::conversion(outline, wanted) else {
            let extension = outline.format.extension();
            let heard = listening.to_end(None, &mut (), still_wanted)?;
            return Ok(Made { file: copied.file, digest: copied.digest, extension, heard, converted: None });
        };
        let mut file = leftovers::temporary(&self.folder).map_err(Unheard::Unwritten)?;
        let mut writer = converting::Writer::new(file.as_file(), &self.folder, outline, wanted.part)?;
        let heard = listening.to_end(wanted.part, &mut writer, still_wanted)?;
        writer.finish().map_err(Unheard::Unwritten)?;
        file.rewind().map_err(Unheard::Unwritten)?;
        let digest = digest_of(file.as_file_mut()).map_err(Unheard::Unwritten)?;
        Ok(Made { file, digest, extension: "wav", heard, converted: Some(converted) })
    }

    /// Gives a file its name once it is on the disk. One that has the name already has the same bytes.
    fn publish(&self, file: NamedTempFile, name: &str) -> io::Result<()> {
        file.as_file().sync_all()?;
        file.persist(self.path(name))?;
        failpoint::pass(Point::RecordingNamed)?;
        fs::File::open(&self.folder)?.sync_all()
    }

    /// Removes a frozen recording, unless it was frozen after that moment; one that is not there is no trouble.
    ///
    /// # Errors
    /// When the file system does not let it go.
    pub fn remove_older(&self, name: &str, than: SystemTime) -> io::Result<()> {
        let frozen = fs::metadata(self.path(name)).and_then(|meta| meta.modified());
        if frozen.is_ok_and(|frozen| frozen > than) { Ok(()) } else { self.remove(name) }
    }

    /// Removes a frozen recording; one that is not there is no trouble.
    ///
    /// # Errors
    /// When the file system does not let it go.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// What was frozen, as the library knows it again: the hash of the person's file, and the part.
fn content(digest: &str, part: Option<Part>) -> String {
    match part {
        Some(Part { from_ms, to_ms }) => {
            let to = to_ms.map(|to| to.to_string()).unwrap_or_default();
            format!("{digest}@{from_ms}-{to}")
        }
        None => digest.to_owned(),
    }
}

/// Why a recording is not taken, before it is said of which file.
pub(super) enum Refusal {
    Unheard(Unheard),
    /// What follows the file's name, and whether one may insist.
    Rule {
        sentence: String,
        may_force: bool,
    },
}

impl From<Unheard> for Refusal {
    fn from(unheard: Unheard) -> Self {
        Self::Unheard(unheard)
    }
}

impl Refusal {
    fn of(self, name: &str) -> Unfit {
        let (sentence, may_force) = match self {
            Self::Unheard(unheard) => (unheard.to_string(), false),
            Self::Rule { sentence, may_force } => (sentence, may_force),
        };
        Unfit { sentence: format!("`{name}` {sentence}"), may_force }
    }
}
