//! A finished take becomes a file: whole or absent, under a name of ours.
//!
//! The one owner of files: a temporary file in the destination folder, its bytes looked at and measured,
//! tags written, flushed to the disk, then renamed to a name that nothing else has, then the sidecar.
//! The final name is in the row before the rename, so that a crash in between is recognised.

mod answer;
mod place;
mod saving;
mod sidecar;
mod sound;

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::pace::next_try;
use super::site::Site;
use super::submit::later;
use super::{answer_file, spoiled};
use crate::api::{About, Came, FetchError, FetchKind, Limits, Progress, SignedUrl};
use crate::domain::generation::{Status, Why};
use crate::store::generations::{Change, Job};
use crate::store::{Durability, StoreError};
pub(super) use answer::decode;
pub(super) use place::{part_file, try_folder};
pub(super) use saving::Saving;
pub(super) use sound::{Sound, examine};

/// The least time between two reports of progress.
const REPORTS: Duration = Duration::from_secs(1);

/// How often bytes that cannot be read as a song are fetched before they are kept as they came: the take
/// is paid for, and what refrain cannot read somebody else may.
const FETCHES: u32 = 3;

/// How long the service is left alone after it named a place where the file is not.
const EXPIRED_WAIT: Duration = Duration::from_secs(5);

/// How long a full disk or a missing folder is left alone before it is tried again.
const DISK_WAIT: Duration = Duration::from_secs(30);

/// Why a take is not on disk yet; it is tried again.
#[derive(Debug)]
pub(super) enum Delay {
    Fetch(FetchError),
    Folder(io::Error),
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

/// Fetches one take, or finishes what an earlier attempt began. What lies on this machine is never given up: it
/// waits for its folder for as long as that takes.
pub(super) async fn deliver(site: &Site, job: &Job) -> Result<(), StoreError> {
    let is_here = matches!(Source::of(site, job), Some(Source::Answer(_)));
    if !is_here && job.failures >= FETCHES && site.now() > site.gives_up_at(job) {
        let stopped = Change::to(Status::Unwatched).due(None).finished(Some(site.now()));
        return site.store().advance(job.take.id, &[Status::Ready], stopped, Durability::Ordinary).map(drop);
    }
    let change = match fetch_and_place(site, job).await {
        Ok(change) => change,
        Err(Delay::Store(error)) => return Err(error),
        Err(delay) => after_delay(&delay, site, job),
    };
    site.store().advance(job.take.id, &[Status::Ready], change, Durability::Paid)?;
    let kept = answer_file::path(&site.answers(), &job.take.request_tag);
    if kept.exists() && site.store().take(job.take.id)?.status == Status::Saved {
        answer_file::remove(&kept);
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
    let part = part_file(folder, &job.take.request_tag).map_err(Delay::Folder)?;
    let (part, sound) = match Source::of(site, job) {
        Some(Source::Answer(answer)) => match out_of_answer(answer, part, request).await? {
            Heard::Whole(part, sound) => (part, sound),
            Heard::Spoiled { what, came } => return Ok(after_spoiling(&what, came, job, site.now())),
        },
        Some(Source::Address(url)) => {
            fetch(site, job, &url, &part).await?;
            let examined =
                sound::examine_in_background(part.path().to_owned(), request.clone(), About::default()).await;
            match examined {
                Err(Delay::Unknown(_) | Delay::Damaged(_)) if job.failures + 1 >= FETCHES => (part, Sound::UNREADABLE),
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

async fn fetch(site: &Site, job: &Job, url: &SignedUrl, part: &NamedTempFile) -> Result<(), Delay> {
    let file = part.reopen().map_err(Delay::Folder)?;
    let mut sink = tokio::fs::File::from_std(file);
    let (tell, mut told) = tokio::sync::watch::channel(Progress { received: 0, expected: job.take.expected });
    let mut progress = |progress| {
        // The receiver lives as long as the download.
        tell.send_replace(progress);
    };
    let download = site.client.download(url, &mut sink, &mut progress);
    tokio::pin!(download);
    let mut reported: Option<Instant> = None;
    let fetched = loop {
        tokio::select! {
            fetched = &mut download => break fetched.map_err(Delay::Fetch)?,
            Ok(()) = told.changed() => {
                if reported.is_none_or(|at| at.elapsed() >= REPORTS) {
                    reported = Some(Instant::now());
                    report(site, job, *told.borrow_and_update());
                }
            }
        }
    };
    // What the host of the file announces was held against the bytes already. Where it announced nothing,
    // the service's own word is all there is; where it did, that word is hearsay.
    match job.take.expected {
        Some(expected) if fetched.expected.is_none() && fetched.length < expected => {
            Err(Delay::Fetch(FetchKind::Short { got: fetched.length, expected }.into()))
        }
        _ => Ok(()),
    }
}

/// Says how far a download is. That it cannot be said is no reason to break off the download.
fn report(site: &Site, job: &Job, progress: Progress) {
    let change = Change::default().received(progress.received).expected(progress.expected.or(job.take.expected));
    let told = site.store().advance(job.take.id, &[Status::Ready], change, Durability::Ordinary);
    if let Err(error) = told {
        tracing::warn!(%error, "how far the download is was not written down");
    }
}

/// What a delay makes of the row. The take is made and safe at the service: nothing of it is final.
fn after_delay(delay: &Delay, site: &Site, job: &Job) -> Change {
    let now = site.now();
    let failures = job.failures.saturating_add(1);
    let again = Change::default().failures(failures).due(Some(later(now, next_try(job.failures))));
    match delay {
        // There is nobody to ask for another address.
        Delay::Fetch(error) if error.kind == FetchKind::Expired && site.is_held_open(&job.take.model) => {
            if failures < FETCHES {
                return again.why(Some(Why::Retrying)).message(Some(error.sentence.clone()));
            }
            let lost = Change::to(Status::Failed).why(Some(Why::AudioLost)).message(Some(error.sentence.clone()));
            lost.due(None).finished(Some(now))
        }
        Delay::Fetch(error) if error.kind == FetchKind::Expired => {
            let later = Some(later(now, EXPIRED_WAIT));
            again.status(Status::Working).why(None).audio_url(None).message(Some(error.sentence.clone())).due(later)
        }
        Delay::Fetch(FetchError { kind: FetchKind::Sink(kind), sentence, .. }) => {
            disk_trouble(again, *kind, sentence.clone(), now)
        }
        Delay::Fetch(error) => again.why(Some(Why::Retrying)).message(Some(error.sentence.clone())),
        Delay::Folder(error) => disk_trouble(again, error.kind(), error.to_string(), now),
        Delay::NameTaken => again.why(Some(Why::Retrying)),
        Delay::NotSound(sentence) | Delay::Unknown(sentence) | Delay::Damaged(sentence) => {
            again.why(Some(Why::Retrying)).message(Some(sentence.clone()))
        }
        Delay::Store(_) => again,
    }
}

fn disk_trouble(again: Change, kind: io::ErrorKind, sentence: String, now: Timestamp) -> Change {
    let full = matches!(kind, io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
    let why = if full { Why::DiskFull } else { Why::Folder };
    let sentence = if full { "the disk is full; make room, it is fetched again".to_owned() } else { sentence };
    again.why(Some(why)).message(Some(sentence)).due(Some(later(now, DISK_WAIT)))
}
