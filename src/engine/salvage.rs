//! Making a file of what plays of a song that came damaged or not whole. It needs no network and no worker: what
//! came lies in the data directory.

use std::path::Path;

use jiff::Timestamp;

use super::answer_file;
use super::deliver::{Delay, Saving, Sound, decode, examine, part_file, try_folder};
use super::spoiled::amount;
use crate::api::{About, Audio, Came};
use crate::audio::beginning;
use crate::audio::format::Format;
use crate::domain::catalogue::Catalogue;
use crate::domain::generation::{Status, Take, TakeId, Why};
use crate::domain::length::to_clock;
use crate::paths;
use crate::store::generations::Job;
use crate::store::{Durability, Store, StoreError};

/// The statuses from which a song is salvaged: nobody works on it any more.
const OVER: [Status; 4] = [Status::Failed, Status::Unknown, Status::Sending, Status::Unwatched];

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Salvaged {
    /// There is a file; what of the song is in it.
    Saved(String),
    /// There is none: why, and what can be done.
    Not(String),
}

/// Why it could not be tried to the end.
#[derive(Debug, thiserror::Error)]
pub enum SalvageError {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be read or written.
    #[error("{0}")]
    File(String),
}

impl From<Delay> for SalvageError {
    fn from(delay: Delay) -> Self {
        match delay {
            Delay::Store(error) => Self::Store(error),
            other => Self::File(other.sentence()),
        }
    }
}

/// Makes a file of what plays of a take's song. Takes its time.
///
/// # Errors
/// When the store or a file cannot be used; then the bytes are where they were.
pub fn salvage(
    store: &mut Store,
    catalogue: &Catalogue,
    take: TakeId,
    now: Timestamp,
) -> Result<Salvaged, SalvageError> {
    let job = store.job(take)?;
    let answer = answer_file::path(&paths::answers(store.folder()), &job.take.request_tag);
    if let Some(why) = hindrance(&job.take, &answer) {
        return Ok(Salvaged::Not(why));
    }
    let folder = &job.take.folder;
    let in_folder = |error: std::io::Error| SalvageError::File(format!("`{}`: {error}", folder.display()));
    try_folder(folder).map_err(in_folder)?;
    let part = part_file(folder, &job.take.request_tag).map_err(in_folder)?;
    let song = decode(&answer, part.as_file()).map_err(in_folder)?;
    if let Some(Audio::Address(_)) = song.said.audio {
        let sentence = "its answer holds the address of the song, not the song";
        return Ok(Salvaged::Not(format!("{sentence}; the answer is kept in `{}`", answer.display())));
    }
    let Some(found) = found(part.path(), &job, song.said.about)? else {
        let Came { bytes, .. } = song.came();
        let came = amount(Came { bytes, of: None });
        let sentence = format!("nothing of the {came} that came plays; the answer is kept in `{}`", answer.display());
        return Ok(Salvaged::Not(sentence));
    };
    let came = song.came();
    let said = found.sentence(song.said.about.length, Came { of: came.of.or(job.take.expected), ..came });
    let saving = Saving::new(&job, catalogue);
    let made = saving.made_playable(part, found.sound)?;
    let sound = made.sound;
    let file = saving.named(made, |_| Ok(()))?;
    let change = saving.finished(&file, &sound, now)?.why(Some(Why::Spoiled)).message(Some(said.clone()));
    let saved = store.advance(take, &OVER, change.made(now), Durability::Paid)?;
    Ok(if saved { Salvaged::Saved(said) } else { Salvaged::Not(overtaken(&file)) })
}

/// Why there is nothing to salvage, if there is not.
fn hindrance(take: &Take, answer: &Path) -> Option<String> {
    if take.status == Status::Saved && take.why != Some(Why::Spoiled) {
        return Some("its song is on disk already".to_owned());
    }
    if take.status == Status::Saved {
        return Some("what plays of its song is on disk already".to_owned());
    }
    if answer_file::is_being_written(answer) {
        return Some("its song is still coming".to_owned());
    }
    if !answer_file::is_there(answer) {
        return Some("nothing of its song is kept on this machine".to_owned());
    }
    let waits = !OVER.contains(&take.status);
    waits.then(|| "its song came and is about to be saved".to_owned())
}

fn overtaken(file: &Path) -> String {
    format!("a worker went on with it meanwhile; what plays is in `{}` all the same", file.display())
}

/// What was found to play.
struct Found {
    sound: Sound,
    /// How long the whole would have been, as the file says.
    promised_ms: Option<u64>,
}

impl Found {
    /// `salvaged: the first 0:31 of 1:00`. How long the whole is, the file says or the answer does; else it
    /// follows from how much of it came.
    fn sentence(&self, said_ms: Option<u64>, came: Came) -> String {
        let found = self.sound.duration_ms.unwrap_or_default();
        let is_more = |whole: &u64| to_clock(seconds(*whole)) != to_clock(seconds(found)) && *whole > found;
        let said = [self.promised_ms, said_ms].into_iter().flatten().find(is_more);
        let in_proportion = |of: u64| u128::from(found) * u128::from(of) / u128::from(came.bytes.max(1));
        let by_bytes = || u64::try_from(in_proportion(came.of?)).ok().filter(is_more);
        let found = to_clock(seconds(found));
        match (said, by_bytes()) {
            (Some(whole), _) => format!("salvaged: the first {found} of {}", to_clock(seconds(whole))),
            (None, Some(whole)) => format!("salvaged: the first {found} of about {}", to_clock(seconds(whole))),
            (None, None) => format!("salvaged: {found} of it plays"),
        }
    }
}

fn seconds(ms: u64) -> u64 {
    ms.saturating_add(500) / 1000
}

/// Cuts the file down to what plays. Raw samples play however many there are; where none were asked for, the
/// bytes tell.
fn found(part: &Path, job: &Job, about: About) -> Result<Option<Found>, SalvageError> {
    if let Ok(sound @ Sound { format: Format::Pcm, .. }) = examine(part, &job.take.request, about) {
        return Ok(Some(Found { sound, promised_ms: None }));
    }
    let cut = beginning::cut_down(part).map_err(|error| SalvageError::File(error.to_string()))?;
    Ok(cut.map(|cut| Found {
        sound: Sound { format: cut.format, duration_ms: Some(cut.duration_ms), layout: None },
        promised_ms: cut.promised_ms,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_says_of_itself_may_be_any_number() {
        let sound = Sound { format: Format::Mp3, duration_ms: Some(31_000), layout: None };
        let found = Found { sound, promised_ms: None };
        let of = |said_ms, bytes, of| found.sentence(said_ms, Came { bytes, of });
        assert_eq!(of(None, 500, Some(1_000)), "salvaged: the first 0:31 of about 1:02");
        assert_eq!(of(None, 1, Some(u64::MAX)), "salvaged: 0:31 of it plays");
        assert!(of(Some(u64::MAX), 1, None).starts_with("salvaged: the first 0:31 of "));
    }
}
