//! How long a sound file is and whether it is whole, found by reading it to its end.
//!
//! Players accept a file that was cut short; so a header's word is held against what is really there.

use std::fs::File;
use std::path::Path;

use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions, ReadBytes};
use symphonia::core::meta::MetadataOptions;

use super::format::Format;

/// How much of the length a header promises may be missing: encoders round to whole frames.
const TOLERANCE_MS: u64 = 250;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Length in milliseconds, from the packets that are there.
    pub duration_ms: u64,
}

/// Why a file is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum MeasureError {
    /// It cannot be opened.
    #[error("cannot read the file: {0}")]
    Unreadable(#[from] std::io::Error),
    /// It is not sound, or of a kind that refrain cannot read.
    #[error("the file cannot be read as sound: {0}")]
    NotSound(String),
    /// It ends before its header says.
    #[error("the file is cut short: {found_ms} ms of {promised_ms} ms")]
    CutShort { found_ms: u64, promised_ms: u64 },
}

/// What is in a file, as far as it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// Length of the packets that are there, in milliseconds.
    pub found_ms: u64,
    /// The length that the header states.
    pub promised_ms: Option<u64>,
    /// Where it stopped being sound, if that is not its end.
    pub broke_at: Option<u64>,
    /// What was wrong there.
    pub fault: Option<String>,
}

/// Measures a file. Reads all of it, in bounded memory; not for a thread that must answer.
///
/// # Errors
/// When the file is no sound, or shorter than its header says.
pub fn measure(path: &Path, format: Format) -> Result<Measured, MeasureError> {
    let Scanned { found_ms, promised_ms, fault, .. } = scan(path, format)?;
    match (fault, promised_ms) {
        (Some(fault), _) => Err(MeasureError::NotSound(fault)),
        (None, Some(promised_ms)) if found_ms + TOLERANCE_MS < promised_ms => {
            Err(MeasureError::CutShort { found_ms, promised_ms })
        }
        _ if found_ms == 0 => Err(MeasureError::NotSound("it holds no sound".to_owned())),
        _ => Ok(Measured { duration_ms: found_ms }),
    }
}

/// Reads a file as far as it is sound. Reads all of it, in bounded memory; not for a thread that must answer.
///
/// # Errors
/// When the file is no sound at all.
pub fn scan(path: &Path, format: Format) -> Result<Scanned, MeasureError> {
    let source = MediaSourceStream::new(Box::new(File::open(path)?), MediaSourceStreamOptions::default());
    let mut hint = Hint::new();
    hint.with_extension(format.extension());
    let mut reader = symphonia::default::get_probe()
        .probe(&hint, source, FormatOptions::default(), MetadataOptions::default())
        .map_err(|error| MeasureError::NotSound(error.to_string()))?;
    let promised_ms = promised_length(reader.as_ref());
    let (found_ms, fault) = found_length(reader.as_mut())?;
    let broke_at = fault.is_some().then(|| reader.into_inner().pos());
    Ok(Scanned { found_ms, promised_ms, broke_at, fault })
}

/// The length that the header states.
fn promised_length(reader: &dyn FormatReader) -> Option<u64> {
    let track = reader.default_track(TrackType::Audio)?;
    let length = track.time_base?.calc_duration(track.duration?)?;
    u64::try_from(length.as_millis()).ok()
}

/// The length of the packets that are really there, and what is wrong behind them.
fn found_length(reader: &mut dyn FormatReader) -> Result<(u64, Option<String>), MeasureError> {
    let (id, time_base) = reader
        .default_track(TrackType::Audio)
        .and_then(|track| Some((track.id, track.time_base?)))
        .ok_or_else(|| MeasureError::NotSound("it has no sound track".to_owned()))?;
    let mut total_ns: i128 = 0;
    let fault = loop {
        match reader.next_packet() {
            Ok(Some(packet)) if packet.track_id == id => {
                total_ns += time_base.calc_duration_saturating(packet.dur).as_nanos();
            }
            Ok(Some(_)) => {}
            // The end, also of a file that breaks off: what was promised decides whether that is one.
            Ok(None) | Err(Error::IoError(_)) => break None,
            Err(error) => break Some(error.to_string()),
        }
    };
    Ok((u64::try_from(total_ns / 1_000_000).unwrap_or(0), fault))
}
