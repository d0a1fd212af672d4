//! Why a file is no recording that can be used.

use std::io;
use std::path::PathBuf;

use super::length::Length;

/// What is wrong with a file. Each reads as what follows the file's name: "`a.mp3` is empty".
#[derive(Debug, thiserror::Error)]
pub enum Unheard {
    /// Nothing is in it.
    #[error("is empty")]
    Empty,
    /// Something else than a file.
    #[error("is {0}, not a recording")]
    NotAFile(&'static str),
    /// A link whose end is missing.
    #[error("is a link to `{}`, which is not there", .0.display())]
    DeadLink(PathBuf),
    /// The system does not let it be read.
    #[error("cannot be read: {}", reason(.0))]
    Unreadable(#[from] io::Error),
    /// It is something else than sound.
    #[error("is no recording: it looks like {0}")]
    Alien(&'static str),
    /// Nothing that is known.
    #[error("is no recording that refrain knows")]
    Strange,
    /// Sound of a kind that cannot be decoded here.
    #[error("holds {0}, which refrain cannot decode; hint: convert it first, as `ffmpeg -i IN OUT.wav`")]
    Undecodable(String),
    /// It promises more than it holds.
    #[error("is cut short: {0}")]
    CutShort(Loss),
    /// Its inside is broken.
    #[error("is damaged: {0}")]
    Damaged(String),
    /// It is whole and holds not one sample.
    #[error("holds no sound")]
    NoSound,
    /// A part was chosen that it does not have.
    #[error("is {long} long, so it has no part `{part}`")]
    NoSuchPart { part: String, long: Length },
    /// Nobody waits for it any more.
    #[error("was not read to its end: it is not wanted any more")]
    Unwanted,
    /// What was made of it could not be written.
    #[error("cannot be kept: {}", reason(.0))]
    Unwritten(io::Error),
}

/// What is missing in a file that was cut short.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Loss {
    #[error("{missing} of {needed} bytes of its sound are missing")]
    Bytes { missing: u64, needed: u64 },
    #[error("{missing} of {needed} bytes of its last block are missing")]
    LastBlock { missing: u64, needed: u64 },
    #[error("{found} of {promised} of its sound are there")]
    Sound { found: Length, promised: Length },
    #[error("{found} of {promised} blocks of sound are there")]
    Blocks { found: u64, promised: u64 },
    #[error("it ends before {0}")]
    Before(&'static str),
}

/// What the system says, without the number behind it.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotFound => "it is not there".to_owned(),
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        _ => error.to_string(),
    }
}

impl From<Loss> for Unheard {
    fn from(loss: Loss) -> Self {
        Self::CutShort(loss)
    }
}
