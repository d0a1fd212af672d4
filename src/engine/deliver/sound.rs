//! What came: which format it has, how long it is, and making raw samples playable.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::NamedTempFile;

use super::Delay;
use super::place::part_beside;
use crate::api::About;
use crate::audio::format::{Format, MAGIC_LENGTH, Sniffed};
use crate::audio::measure::measure;
use crate::audio::tags::{self, Tags};
use crate::audio::wav::{self, Layout};
use crate::failpoint::{self, Point};

/// Samples a second and channels that are no slip of whoever says them.
const RATES: RangeInclusive<u32> = 8_000..=192_000;
const CHANNELS: RangeInclusive<u16> = 1..=8;

/// A sound file that was looked at from beginning to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Sound {
    pub format: Format,
    /// Absent where it could not be measured.
    pub duration_ms: Option<u64>,
    /// The layout of the raw samples it came as, where that was taken on trust.
    pub layout: Option<Layout>,
}

impl Sound {
    /// Bytes that cannot be read as a song.
    pub const UNREADABLE: Self = Self { format: Format::Other, duration_ms: None, layout: None };

    /// What a person should know of it.
    pub fn remark(&self) -> Option<String> {
        let unread = self.format == Format::Other;
        unread.then(|| "what came could not be read as a song; it is kept as it came".to_owned())
    }
}

/// Looks at a file in a thread where that may take its time.
pub(super) async fn examine_in_background(file: PathBuf, request: Value, about: About) -> Result<Sound, Delay> {
    in_background(move || examine(&file, &request, about)).await
}

/// Files that are ready to get their names.
pub(in crate::engine) struct Made {
    /// What a player takes.
    pub playable: NamedTempFile,
    /// The samples as they came, where that is something else.
    pub raw: Option<NamedTempFile>,
    /// What is in `playable`.
    pub sound: Sound,
}

/// [`made_playable`], in a thread where that may take its time.
pub(super) async fn make_playable(part: NamedTempFile, sound: Sound, tags: Tags) -> Result<Made, Delay> {
    in_background(move || made_playable(part, sound, &tags)).await
}

/// Wraps raw samples as WAV and writes tags, so that any player takes the file.
pub(super) fn made_playable(part: NamedTempFile, sound: Sound, tags: &Tags) -> Result<Made, Delay> {
    let made = match sound.format {
        Format::Pcm => wrapped(part, sound)?,
        _ => Made { playable: part, raw: None, sound },
    };
    if made.sound.format == Format::Other {
        return Ok(made);
    }
    match tagged(&made, tags) {
        Ok(playable) => Ok(Made { playable, ..made }),
        Err(error) => {
            tracing::warn!(%error, "the file goes without tags");
            Ok(made)
        }
    }
}

/// A copy with tags, held against the original: writing tags moves the sound within the file, and a disk
/// that fills up meanwhile leaves half of it.
fn tagged(made: &Made, tags: &Tags) -> anyhow::Result<NamedTempFile> {
    let copy = part_beside(made.playable.path())?;
    std::fs::copy(made.playable.path(), copy.path())?;
    tags::write(copy.path(), tags)?;
    let measured = measure(copy.path(), made.sound.format)?;
    let same = made.sound.duration_ms.is_some_and(|before| before.abs_diff(measured.duration_ms) <= 1);
    anyhow::ensure!(same, "with tags it would be {} ms long", measured.duration_ms);
    failpoint::pass(Point::TakeTagged)?;
    Ok(copy)
}

pub(super) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Delay> + Send + 'static,
) -> Result<T, Delay> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(Delay::NotSound("the file could not be examined; it is tried again".to_owned())))
}

/// Looks at a file from its first byte to its last; `about` is what is said of it besides the request.
pub(in crate::engine) fn examine(file: &Path, request: &Value, about: About) -> Result<Sound, Delay> {
    let mut head = Vec::new();
    let length = {
        let mut opened = File::open(file).map_err(Delay::Folder)?;
        (&mut opened).take(MAGIC_LENGTH as u64).read_to_end(&mut head).map_err(Delay::Folder)?;
        opened.metadata().map_err(Delay::Folder)?.len()
    };
    match Format::of(&head) {
        Sniffed::Empty => Err(Delay::NotSound("an empty file came instead of the song".to_owned())),
        // Raw samples may look like anything; only the request tells.
        sniffed if asked_for_raw(request) && may_be_raw(&head, sniffed) => Ok(raw(length, layout_of(request, about))),
        Sniffed::Sound(format) => {
            let measured = measure(file, format).map_err(|error| Delay::Damaged(format!("the file {error}")))?;
            let was_raw = asked_for_raw(request) && file.with_extension(Format::Pcm.extension()).is_file();
            let layout = was_raw.then(|| layout_of(request, about));
            Ok(Sound { format, duration_ms: Some(measured.duration_ms), layout })
        }
        Sniffed::Text => Err(Delay::NotSound("a page of text came instead of the song".to_owned())),
        Sniffed::Unknown => Err(Delay::Unknown("what came is no sound file that refrain knows".to_owned())),
    }
}

/// Whether bytes may be raw samples. A name of four letters at the start, or nothing but readable text,
/// is no accident; two bytes as those of an MPEG frame may well be one.
fn may_be_raw(head: &[u8], sniffed: Sniffed) -> bool {
    match sniffed {
        Sniffed::Sound(Format::Mp3) => !head.starts_with(b"ID3"),
        Sniffed::Sound(_) | Sniffed::Empty => false,
        Sniffed::Text => head.iter().any(|byte| byte.is_ascii_control() && !byte.is_ascii_whitespace()),
        Sniffed::Unknown => true,
    }
}

fn setting<'a>(request: &'a Value, name: &str) -> Option<&'a Value> {
    request.get("audio_setting")?.get(name)
}

pub(super) fn asked_for_raw(request: &Value) -> bool {
    setting(request, "format").and_then(Value::as_str) == Some(Format::Pcm.extension())
}

fn raw(length: u64, layout: Layout) -> Sound {
    let duration_ms = length * 1000 / u64::from(layout.bytes_a_second());
    Sound { format: Format::Pcm, duration_ms: Some(duration_ms), layout: Some(layout) }
}

/// How raw samples lie, as far as the answer or the request tells.
fn layout_of(request: &Value, about: About) -> Layout {
    let asked = || ["sample_rate", "audio_sample_rate"].iter().find_map(|name| setting(request, name)?.as_u64());
    let sample_rate = about.sample_rate.or_else(asked).and_then(|rate| u32::try_from(rate).ok());
    let channels = about.channels.and_then(|channels| u16::try_from(channels).ok());
    Layout {
        sample_rate: sample_rate.filter(|rate| RATES.contains(rate)).unwrap_or(Layout::ASSUMED.sample_rate),
        channels: channels.filter(|channels| CHANNELS.contains(channels)).unwrap_or(Layout::ASSUMED.channels),
        ..Layout::ASSUMED
    }
}

/// A WAV file beside the raw one, in the same folder.
fn wrapped(part: NamedTempFile, sound: Sound) -> Result<Made, Delay> {
    let layout = sound.layout.unwrap_or(Layout::ASSUMED);
    let wrap = || -> io::Result<NamedTempFile> {
        let target = part_beside(part.path())?;
        let mut raw = part.reopen()?;
        let length = raw.metadata()?.len();
        let mut out = BufWriter::new(target.as_file());
        wav::wrap(&mut raw, length, layout, &mut out)?;
        out.flush()?;
        drop(out);
        Ok(target)
    };
    let playable = wrap().map_err(Delay::Folder)?;
    Ok(Made { playable, raw: Some(part), sound: Sound { format: Format::Wav, ..sound } })
}
