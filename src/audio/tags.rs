//! Tags: what a player shows of a file that left its folder.

use std::fs::OpenOptions;
use std::path::Path;

use lofty::config::WriteOptions;
use lofty::error::{FileEncodingError, FileParseError, TagEncodingError};
use lofty::file::{AudioFile, FileType, TaggedFileExt};
use lofty::probe::Probe;
use lofty::tag::{Accessor, ItemKey, Tag, TagExt};

use super::riff;

/// What is written into a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tags {
    pub title: String,
    /// The song, which a player shows as the album of its takes.
    pub album: String,
    pub track: u32,
    /// Who made it: the model.
    pub artist: String,
    pub lyrics: String,
    pub comment: String,
}

/// Why a file got no tags.
#[derive(Debug, thiserror::Error)]
pub enum TagsError {
    #[error("the file cannot be opened: {0}")]
    Unopened(#[from] std::io::Error),
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] FileParseError),
    #[error("the tags cannot be written: {0}")]
    Unwritable(#[from] FileEncodingError),
    #[error("the tags cannot be written: {0}")]
    Unformed(#[from] TagEncodingError),
}

/// Writes tags into the file at `path`.
///
/// # Errors
/// When the file is of a kind that holds no tags or cannot be written. The sound is whole either way,
/// so the caller may go on without tags.
pub fn write(path: &Path, tags: &Tags) -> Result<(), TagsError> {
    // By its bytes: the file still has its temporary name.
    let mut file = Probe::open(path)?.guess_file_type()?.read()?;
    let mut tag = Tag::new(file.primary_tag_type());
    tag.set_title(tags.title.clone());
    tag.set_album(tags.album.clone());
    tag.set_track(tags.track);
    tag.set_artist(tags.artist.clone());
    tag.set_comment(tags.comment.clone());
    if !tags.lyrics.is_empty() {
        tag.insert_text(ItemKey::UnsyncLyrics, tags.lyrics.clone());
    }
    if file.file_type() == FileType::Wav && add_to_wav(path, &tag)? {
        return Ok(());
    }
    file.insert_tag(tag);
    Ok(file.save_to_path(path, WriteOptions::default())?)
}

/// Adds the tag at the end of a WAV file that has none: the library would read all of the file into memory.
/// Says whether it did.
fn add_to_wav(path: &Path, tag: &Tag) -> Result<bool, TagsError> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    if riff::has_chunk(&file, &[*b"id3 ", *b"ID3 "])? {
        return Ok(false);
    }
    let mut bytes = Vec::new();
    tag.dump_to(&mut bytes, WriteOptions::default())?;
    riff::add_chunk(&file, *b"ID3 ", &bytes)?;
    Ok(true)
}
