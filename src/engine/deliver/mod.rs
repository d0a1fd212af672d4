//! A finished take becomes a file: whole or absent, under a name of ours.
//!
//! The one owner of files: a temporary file in the destination folder, its bytes looked at and measured,
//! tags written, flushed to the disk, then renamed to a name that nothing else has, then the sidecar.
//! The final name is in the row before the rename, so that a crash in between is recognised.

mod place;
mod sidecar;
mod sound;

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::pace::next_try;
use super::site::Site;
use super::submit::later;
use crate::api::{FetchError, FetchKind, Progress, SignedUrl};
use crate::domain::generation::{Status, Why};
use crate::store::generations::{Change, Job};
use crate::store::{Durability, StoreError};
pub(super) use place::try_folder;
use sound::Sound;

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
enum Delay {
    Fetch(FetchError),
    Folder(io::Error),
    /// Somebody else took the name in this moment; the next attempt takes another.
    NameTaken,
    /// What came is nothing, or a page of text.
    NotSound(String),
    /// What came may be the song, but cannot be read to its end as one.
    Unreadable(String),
    Store(StoreError),
}

impl Delay {
    /// What a file that could not be given its name means.
    fn naming(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::AlreadyExists { Self::NameTaken } else { Self::Folder(error) }
    }
}

impl From<StoreError> for Delay {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Fetches one take, or finishes what an earlier attempt began.
pub(super) async fn deliver(site: &Site, job: &Job) -> Result<(), StoreError> {
    if job.failures >= FETCHES && site.now() > site.gives_up_at(job) {
        let stopped = Change::to(Status::Unwatched).due(None).finished(Some(site.now()));
        return site.store().advance(job.take.id, &[Status::Ready], stopped, Durability::Ordinary).map(drop);
    }
    let change = match fetch_and_place(site, job).await {
        Ok(change) => change,
        Err(Delay::Store(error)) => return Err(error),
        Err(delay) => after_delay(&delay, job, site.now()),
    };
    site.store().advance(job.take.id, &[Status::Ready], change, Durability::Paid)?;
    Ok(())
}

async fn fetch_and_place(site: &Site, job: &Job) -> Result<Change, Delay> {
    if let Some(file) = job.take.file.as_deref().filter(|file| is_ours(file, job)) {
        // One that is damaged is left where it is, and fetched again under another name.
        if let Ok(sound) = sound::examine_in_background(file.to_owned(), job.take.request.clone()).await {
            return finish(site, job, file, &sound);
        }
    }
    let folder = &job.take.folder;
    try_folder(folder).map_err(Delay::Folder)?;
    let part = place::part_file(folder, &job.take.request_tag).map_err(Delay::Folder)?;
    fetch(site, job, &part).await?;
    let examined = sound::examine_in_background(part.path().to_owned(), job.take.request.clone()).await;
    let sound = match examined {
        Err(Delay::Unreadable(_)) if job.failures + 1 >= FETCHES => Sound::UNREADABLE,
        examined => examined?,
    };
    let tags = sidecar::tags(job, site.label(&job.take.model));
    let made = sound::make_playable(part, sound, tags).await?;
    let sound = made.sound;
    let stem = place::stem(job, site.label(&job.take.model));
    let file = place::put(made, folder, &stem, |plan| {
        let planned = Change::default().file(plan.map(|plan| plan.file.clone()));
        let planned = planned.received(plan.map_or(0, |plan| plan.length));
        site.store().advance(job.take.id, &[Status::Ready], planned, Durability::Paid).map(drop)
    })?;
    finish(site, job, &file, &sound)
}

/// Whether a recorded file is the one that this take was about to get its name: it has the planned length,
/// and nobody else's sidecar.
fn is_ours(file: &Path, job: &Job) -> bool {
    let length = file.metadata().map(|meta| meta.len());
    length.is_ok_and(|length| length == job.take.received) && !sidecar::is_foreign(file, &job.take.request_tag)
}

/// Writes the sidecar and says what the row becomes.
fn finish(site: &Site, job: &Job, file: &Path, sound: &Sound) -> Result<Change, Delay> {
    let now = site.now();
    sidecar::write(site, job, file, sound).map_err(Delay::naming)?;
    Ok(Change::to(Status::Saved)
        .file(Some(file.to_owned()))
        .message(sound.remark())
        .duration_ms(sound.duration_ms)
        .audio_url(None)
        .failures(0)
        .due(None)
        .finished(Some(now)))
}

async fn fetch(site: &Site, job: &Job, part: &NamedTempFile) -> Result<(), Delay> {
    let url = job.audio_url.as_deref().ok_or_else(|| Delay::Fetch(FetchKind::Expired.into()))?;
    let file = part.reopen().map_err(Delay::Folder)?;
    let mut sink = tokio::fs::File::from_std(file);
    let (tell, mut told) = tokio::sync::watch::channel(Progress { received: 0, expected: job.take.expected });
    let mut progress = |progress| {
        // The receiver lives as long as the download.
        tell.send_replace(progress);
    };
    let url = SignedUrl::new(url);
    let download = site.client.download(&url, &mut sink, &mut progress);
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
fn after_delay(delay: &Delay, job: &Job, now: Timestamp) -> Change {
    let failures = job.failures.saturating_add(1);
    let again = Change::default().failures(failures).due(Some(later(now, next_try(job.failures))));
    match delay {
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
        Delay::NotSound(sentence) | Delay::Unreadable(sentence) => {
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
