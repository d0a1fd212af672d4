//! Fetching a song from the host that the service names: what came before is gone on with, and how far it is can be
//! seen.

use std::time::{Duration, Instant};

use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use super::part::Part;
use super::sound::asked_for_raw;
use super::{Delay, is_last_fetch};
use crate::api::{Coming, FetchError, FetchKind, Fetched, Progress, SignedUrl};
use crate::domain::generation::Status;
use crate::engine::room;
use crate::engine::site::Site;
use crate::failpoint::{self, Point};
use crate::store::Durability;
use crate::store::generations::{Change, Job};

/// The least time between two reports of progress.
const REPORTS: Duration = Duration::from_secs(1);

/// Fetches the song of a take, or the rest of it.
pub(super) async fn fetch(site: &Site, job: &Job, url: &SignedUrl) -> Result<NamedTempFile, Delay> {
    let folder = &job.take.folder;
    let mut part = Part::open(folder, &job.take.request_tag).map_err(Delay::Folder)?;
    failpoint::pass(Point::TakePart).map_err(Delay::Folder)?;
    // Nobody is asked for what there is no room for. Before the host has said how long it is, that is the service's
    // word, and no song is believed to be longer than one that is bought.
    let expected = job.take.expected.map(|bytes| if part.there() == 0 { bytes.min(room::SONG) } else { bytes });
    expect_room(job, &part, expected)?;
    let coming = site.client.open(url, part.resume().as_ref()).await.map_err(Delay::Fetch)?;
    let whole = coming.whole();
    expect_room(job, &part, whole)?;
    part.begin(&coming).map_err(Delay::Folder)?;
    match pour(site, job, coming, &mut part).await {
        Ok(fetched) => {
            failpoint::pass(Point::TakeFetched).map_err(Delay::Folder)?;
            let song = part.whole();
            expect_length(job, &fetched)?;
            Ok(song)
        }
        Err(error) if matches!(error.kind, FetchKind::TooLarge { .. } | FetchKind::Excess { .. }) => {
            part.discard();
            Err(Delay::Fetch(error))
        }
        Err(error) => {
            let is_full = matches!(error.kind, FetchKind::Sink(kind) if room::is_full(kind));
            if is_full {
                part.give_back();
            }
            part.note().await;
            // How much is missing, where that can be said.
            match expect_room(job, &part, whole) {
                Err(Delay::NoRoom(shortage)) if is_full => Err(Delay::NoRoom(shortage)),
                _ => Err(Delay::Fetch(error)),
            }
        }
    }
}

/// Whether there is room for the rest of a file of so many bytes, and for the copies of it that are made before it has
/// its name: one with tags, and before that one that a player takes, where the samples come raw.
fn expect_room(job: &Job, part: &Part, whole: Option<u64>) -> Result<(), Delay> {
    let whole = whole.unwrap_or_default();
    let copies = if asked_for_raw(&job.take.request) { 2 } else { 1 };
    let needed = whole.saturating_sub(part.there()).saturating_add(whole.saturating_mul(copies));
    room::enough(&job.take.folder, needed.saturating_add(room::FOR_WORDS)).map_err(Delay::from)
}

/// Takes the bytes, and says once in a while how many have come.
async fn pour(site: &Site, job: &Job, coming: Coming<'_>, part: &mut Part) -> Result<Fetched, FetchError> {
    let mut sink = part.sink().map_err(|error| FetchError::sink(&error))?;
    let received = coming.from();
    let (tell, mut told) = tokio::sync::watch::channel(Progress { received, expected: job.take.expected });
    let mut progress = |progress| {
        // The receiver lives as long as the download.
        tell.send_replace(progress);
    };
    let mut reported: Option<Instant> = None;
    let fetched = {
        let download = coming.pour(&mut sink, &mut progress);
        tokio::pin!(download);
        loop {
            tokio::select! {
                fetched = &mut download => break fetched,
                Ok(()) = told.changed() => {
                    if reported.is_none_or(|at| at.elapsed() >= REPORTS) {
                        reported = Some(Instant::now());
                        part.note().await;
                        report(site, job, *told.borrow_and_update());
                    }
                }
            }
        }
    };
    // What came last may be on its way to the file still.
    if let Err(error) = sink.flush().await {
        tracing::warn!(%error, "the last that came of a song is lost, and comes again");
    }
    fetched
}

/// What the host of the file announces was held against the bytes already. Where it announced nothing, the service's
/// own word is all there is, and the file is fetched a few times for it; where it did, that word is hearsay.
fn expect_length(job: &Job, fetched: &Fetched) -> Result<(), Delay> {
    match job.take.expected {
        Some(expected) if fetched.expected.is_none() && fetched.length < expected && !is_last_fetch(job) => {
            let short: FetchError = FetchKind::Short { got: fetched.length, expected }.into();
            Err(Delay::Damaged(short.sentence))
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
