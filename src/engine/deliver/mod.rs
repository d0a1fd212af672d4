//! A finished take becomes a file: whole or absent, under a name of ours.
//!
//! The one owner of files: a temporary file in the destination folder, its bytes looked at and measured,
//! tags written, flushed to the disk, then renamed to a name that nothing else has, then the sidecar.
//! The final name is in the row before the rename, so that a crash in between is recognised.

mod answer;
mod fetching;
mod part;
mod place;
mod saving;
mod sidecar;
mod sound;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::pace::{LONGEST_WISH, next_try};
use super::room::{Lack, Shortage};
use super::site::Site;
use super::submit::later;
use super::{answer_file, room, spoiled};
use crate::api::{About, Came, FetchError, FetchKind, Limits, SignedUrl};
use crate::domain::generation::{Status, Why};
use crate::domain::step::Step;
use crate::failpoint::Point;
use crate::store::generations::{Change, Job};
use crate::store::history::Wanted;
use crate::store::{Durability, StoreError, trip};
pub(super) use answer::decode;
pub(super) use place::{part_file, try_folder};
pub(super) use saving::Saving;
pub(super) use sound::{Sound, examine};

/// How often bytes that cannot be read as a song are fetched before they are kept as they came: the take
/// is paid for, and what refrain cannot read somebody else may. So often as well the only address there is has to be
/// no longer good before the song is called lost, and nobody to be reached before it is called unwatched.
const FETCHES: u32 = 3;

/// How long the service is left alone after it named a place where the file is not.
const EXPIRED_WAIT: Duration = Duration::from_secs(5);

/// How often the service is asked for a fresh address before more and more time is left between.
const ADDRESSES: usize = 5;

/// How long a full disk or a missing folder is left alone before it is looked at again.
const DISK_WAIT: Duration = Duration::from_secs(10);

/// How long a quota is: whether it has room can only be found by fetching.
const QUOTA_WAIT: Duration = Duration::from_secs(60);

/// How long a host is left alone whose file is larger than allowed.
const TOO_LARGE_WAIT: Duration = Duration::from_secs(600);

/// Why a take is not on disk yet; it is tried again.
#[derive(Debug)]
pub(super) enum Delay {
    Fetch(FetchError),
    Folder(io::Error),
    /// There is no room for the song.
    NoRoom(Shortage),
    /// Somebody else took the name in this moment; the next attempt takes another.
    NameTaken,
    /// What came is nothing, or a page of text.
    NotSound(String),
    /// What came is of a kind that refrain does not know.
    Unknown(String),
    /// What came is a song, but cannot be read to its end.
    Damaged(String),
    Store(StoreError),
}

impl Delay {
    /// What a file that could not be given its name means.
    pub fn naming(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::AlreadyExists { Self::NameTaken } else { Self::Folder(error) }
    }

    /// What happened, for a person.
    pub fn sentence(&self) -> String {
        match self {
            Self::Fetch(error) => error.sentence.clone(),
            Self::Folder(error) => error.to_string(),
            Self::NoRoom(shortage) => shortage.before_fetching(),
            Self::NameTaken => "somebody else took the file's name in this moment; try again".to_owned(),
            Self::NotSound(sentence) | Self::Unknown(sentence) | Self::Damaged(sentence) => sentence.clone(),
            Self::Store(error) => error.to_string(),
        }
    }
}

impl From<StoreError> for Delay {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Lack> for Delay {
    fn from(lack: Lack) -> Self {
        match lack {
            Lack::Short(shortage) => Self::NoRoom(shortage),
            Lack::Folder(error) => Self::Folder(error),
        }
    }
}

/// Fetches one take, or finishes what an earlier attempt began. What lies on this machine is never given up: it
/// waits for its folder for as long as that takes, and so does what waits for room.
pub(super) async fn deliver(site: &Site, job: &Job) -> Result<(), StoreError> {
    let is_here = matches!(Source::of(site, job), Some(Source::Answer(_)));
    if !is_here && !waits_for_disk(job) && job.failures >= FETCHES && site.now() > site.gives_up_at(job) {
        let stopped = Change::to(Status::Unwatched).due(None).finished(Some(site.now()));
        return site.store().advance(job.take.id, &[Status::Ready], stopped, Durability::Ordinary).map(drop);
    }
    trip(Point::TakeReady)?;
    let change = match fetch_and_place(site, job).await {
        Ok(change) => change,
        Err(Delay::Store(error)) => return Err(error),
        Err(delay) => after_delay(&delay, site, job),
    };
    let points = [Point::TakeSaved, Point::TakeSavedStored];
    site.store().advance_past(points, job.take.id, &[Status::Ready], change)?;
    let kept = answer_file::path(&site.answers(), &job.take.request_tag);
    if kept.exists() && site.store().take(job.take.id)?.status == Status::Saved {
        answer_file::remove(&kept);
        trip(Point::AnswerRemoved)?;
    }
    Ok(())
}

/// Removes the answers whose songs are on disk: a process that was killed may have left one.
pub(super) fn sweep(site: &Site) -> Result<(), StoreError> {
    for entry in std::fs::read_dir(site.answers()).into_iter().flatten().flatten() {
        let path = entry.path();
        let tag = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let take = site.store().take_tagged(&tag)?;
        if take.as_ref().is_none_or(|take| !take.status.is_live()) {
            answer_file::remove_if_left(&path, Limits::default().longest_answer());
        }
        let saved = take.filter(|take| take.status == Status::Saved);
        // What was salvaged is only a part of what came.
        if saved.is_some_and(|take| take.service == site.service && take.why.is_none()) {
            answer_file::remove(&path);
        }
    }
    Ok(())
}

/// What waited for room or for its folder is tried at once by a worker that begins: both may be there by now.
pub(super) fn try_at_once(site: &Site, job: &Job) -> Result<(), StoreError> {
    if waits_for_disk(job) && job.take.due.is_some_and(|due| due > site.now()) {
        let now = Change::default().due(Some(site.now()));
        site.store().advance(job.take.id, &[Status::Ready], now, Durability::Ordinary)?;
    }
    Ok(())
}

/// Whether a song that was made waits for this machine alone.
fn waits_for_disk(job: &Job) -> bool {
    job.take.status == Status::Ready && matches!(job.take.why, Some(Why::DiskFull | Why::Folder))
}

/// Where a song is fetched from.
enum Source {
    /// The answer to its order, which was kept in this file.
    Answer(PathBuf),
    /// Another host.
    Address(SignedUrl),
}

impl Source {
    fn of(site: &Site, job: &Job) -> Option<Self> {
        if let Some(url) = &job.audio_url {
            return Some(Self::Address(SignedUrl::new(url.as_str())));
        }
        let path = answer_file::path(&site.answers(), &job.take.request_tag);
        path.exists().then_some(Self::Answer(path))
    }
}

async fn fetch_and_place(site: &Site, job: &Job) -> Result<Change, Delay> {
    let saving = Saving::new(job, &site.catalogue);
    let request = &job.take.request;
    if let Some(file) = job.take.file.as_deref().filter(|file| saving.is_ours(file)) {
        // One that is damaged is left where it is, and fetched again under another name.
        if let Ok(sound) = sound::examine_in_background(file.to_owned(), request.clone(), About::default()).await {
            return saving.finished(file, &sound, site.now());
        }
    }
    let folder = &job.take.folder;
    try_folder(folder).map_err(Delay::Folder)?;
    let (part, sound) = match Source::of(site, job) {
        Some(Source::Answer(answer)) => {
            let part = part_file(folder, &job.take.request_tag).map_err(Delay::Folder)?;
            match out_of_answer(answer, part, request).await? {
                Heard::Whole(part, sound) => (part, sound),
                Heard::Spoiled { what, came } => return Ok(after_spoiling(&what, came, job, site.now())),
            }
        }
        Some(Source::Address(url)) => {
            let part = fetching::fetch(site, job, &url).await?;
            let examined =
                sound::examine_in_background(part.path().to_owned(), request.clone(), About::default()).await;
            match examined {
                Err(Delay::Unknown(_) | Delay::Damaged(_)) if is_last_fetch(job) => (part, Sound::UNREADABLE),
                examined => (part, examined?),
            }
        }
        None => return Err(Delay::Fetch(FetchKind::Expired.into())),
    };
    let made = sound::make_playable(part, sound, saving.tags()).await?;
    let sound = made.sound;
    let file = saving.named(made, |planned| {
        site.store().advance(job.take.id, &[Status::Ready], planned, Durability::Paid).map(drop)
    })?;
    saving.finished(&file, &sound, site.now())
}

/// Whether what comes now is kept even if it cannot be read.
fn is_last_fetch(job: &Job) -> bool {
    job.unread + 1 >= FETCHES
}

/// What was found in an answer.
enum Heard {
    Whole(NamedTempFile, Sound),
    Spoiled { what: String, came: Came },
}

/// Decodes the song in an answer and listens to it. What is wrong with it stays wrong: nothing is fetched again.
async fn out_of_answer(answer: PathBuf, part: NamedTempFile, request: &serde_json::Value) -> Result<Heard, Delay> {
    let request = request.clone();
    sound::in_background(move || {
        let song = decode(&answer, part.as_file()).map_err(Delay::Folder)?;
        let (about, came) = (song.said.about, song.came());
        let spoiled = |what| Ok(Heard::Spoiled { what, came });
        if let Some(what) = song.fault() {
            return spoiled(what);
        }
        let sound = match sound::examine(part.path(), &request, about) {
            Ok(sound) => sound,
            Err(Delay::Unknown(_)) => Sound::UNREADABLE,
            Err(Delay::Damaged(what) | Delay::NotSound(what)) => return spoiled(what),
            Err(other) => return Err(other),
        };
        match answer::fault_in_length(about, &sound) {
            Some(what) => spoiled(what),
            None => Ok(Heard::Whole(part, sound)),
        }
    })
    .await
}

/// The song was paid for and came damaged: its bytes stay.
fn after_spoiling(what: &str, came: Came, job: &Job, now: Timestamp) -> Change {
    Change::to(Status::Failed)
        .why(Some(Why::Spoiled))
        .message(Some(spoiled::sentence(what, came, job.take.id)))
        .due(None)
        .finished(Some(now))
}

/// What a delay makes of the row. The take is made and safe at the service: nothing of it is final.
fn after_delay(delay: &Delay, site: &Site, job: &Job) -> Change {
    let now = site.now();
    let again = Change::default().failures(job.failures.saturating_add(1));
    let again = again.due(Some(later(now, next_try(job.failures))));
    match delay {
        // There is nobody to ask for another address.
        Delay::Fetch(error) if error.kind == FetchKind::Expired && site.is_held_open(&job.take.model) => {
            let expired = job.expired.saturating_add(1);
            if expired < FETCHES {
                return again.expired(expired).why(Some(Why::Retrying)).message(Some(error.sentence.clone()));
            }
            forget_parts(job);
            let lost = Change::to(Status::Failed).why(Some(Why::AudioLost)).message(Some(error.sentence.clone()));
            lost.due(None).finished(Some(now))
        }
        Delay::Fetch(error) if error.kind == FetchKind::Expired => {
            after_expiry(again, site, job).message(Some(error.sentence.clone()))
        }
        Delay::Fetch(FetchError { kind: FetchKind::Sink(kind), sentence, .. }) => {
            disk_trouble(*kind, sentence.clone(), now)
        }
        Delay::NoRoom(shortage) => waiting_here(Why::DiskFull, shortage.before_fetching(), DISK_WAIT, now),
        Delay::Fetch(FetchError { kind: FetchKind::TooLarge { .. }, sentence, .. }) => {
            forget_parts(job);
            let too_large = again.why(Some(Why::Retrying)).message(Some(sentence.clone()));
            too_large.due(Some(later(now, TOO_LARGE_WAIT)))
        }
        Delay::Fetch(error) => again.why(Some(Why::Retrying)).message(Some(error.sentence.clone())),
        Delay::Folder(error) => disk_trouble(error.kind(), error.to_string(), now),
        Delay::NameTaken => again.why(Some(Why::Retrying)),
        Delay::NotSound(sentence) | Delay::Unknown(sentence) | Delay::Damaged(sentence) => {
            let again = again.unread(job.unread.saturating_add(1));
            again.why(Some(Why::Retrying)).message(Some(sentence.clone()))
        }
        Delay::Store(_) => again,
    }
}

/// Removes what came of a song that will not come.
pub(super) fn forget_parts(job: &Job) {
    if let Err(error) = place::remove_parts(&job.take.folder, &job.take.request_tag) {
        tracing::warn!(%error, take = job.take.id.0, "what came of a song that will not come stays");
    }
}

/// The service is asked for a fresh address. Where it has named many at which the song is not, each is tried a
/// second time, later and later, before it is asked again.
fn after_expiry(again: Change, site: &Site, job: &Job) -> Change {
    let now = site.now();
    let asked = asked_for_addresses(site, job);
    let is_first = job.take.why != Some(Why::Retrying);
    match asked.checked_sub(ADDRESSES) {
        Some(too_many) if is_first => {
            let wait = EXPIRED_WAIT.saturating_mul(2 << too_many.min(10)).min(LONGEST_WISH);
            again.why(Some(Why::Retrying)).due(Some(later(now, wait)))
        }
        _ => again.status(Status::Working).why(None).audio_url(None).due(Some(later(now, EXPIRED_WAIT))),
    }
}

/// How often the service has been asked for another address of this song, as its history tells.
fn asked_for_addresses(site: &Site, job: &Job) -> usize {
    let steps = site.store().steps(Wanted { take: Some(job.take.id), since: None }).unwrap_or_default();
    let is_asking = |step: &&Step| (step.was, step.status) == (Some(Status::Ready), Some(Status::Working));
    steps.iter().filter(is_asking).count()
}

/// Trouble of this machine is no failure of the host, however long it lasts: the time in which a song is given up is
/// counted from its end.
fn waiting_here(why: Why, sentence: String, wait: Duration, now: Timestamp) -> Change {
    Change::default().why(Some(why)).message(Some(sentence)).due(Some(later(now, wait))).meant(now)
}

fn disk_trouble(kind: io::ErrorKind, sentence: String, now: Timestamp) -> Change {
    let (why, sentence) = if room::is_full(kind) {
        (Why::DiskFull, "the disk is full; make room, it goes on by itself".to_owned())
    } else {
        (Why::Folder, sentence)
    };
    let wait = if kind == io::ErrorKind::QuotaExceeded { QUOTA_WAIT } else { DISK_WAIT };
    waiting_here(why, sentence, wait, now)
}
