//! Fetching a song from the host that the service names: what came before is gone on with, and how far it is can be
//! seen.

use std::time::{Duration, Instant};

use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

use super::Delay;
use super::part::Part;
use crate::api::{Coming, FetchError, FetchKind, Fetched, Progress, SignedUrl};
use crate::domain::generation::Status;
use crate::engine::room::{self, Lack};
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
    // Nobody is asked for what there is no room for.
    let there = part.there();
    let expect_room = |whole: Option<u64>| {
        let rest = whole.unwrap_or_default().saturating_sub(there);
        room::enough(folder, rest.saturating_add(room::FOR_WORDS)).map_err(Delay::from)
    };
    expect_room(job.take.expected)?;
    let coming = site.client.open(url, part.resume().as_ref()).await.map_err(Delay::Fetch)?;
    let whole = coming.whole();
    expect_room(whole)?;
    part.begin(&coming).map_err(Delay::Folder)?;
    match pour(site, job, coming, &mut part).await {
        Ok(fetched) => {
            failpoint::pass(Point::TakeFetched).map_err(Delay::Folder)?;
            expect_length(job, &fetched)?;
            Ok(part.whole())
        }
        Err(error) if matches!(error.kind, FetchKind::TooLarge { .. }) => {
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
            let rest = whole.unwrap_or_default().saturating_sub(part.there());
            Err(match room::enough(folder, rest.saturating_add(room::FOR_WORDS)) {
                Err(Lack::Short(shortage)) if is_full => Delay::NoRoom(shortage),
                _ => Delay::Fetch(error),
            })
        }
    }
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
/// own word is all there is; where it did, that word is hearsay.
fn expect_length(job: &Job, fetched: &Fetched) -> Result<(), Delay> {
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
