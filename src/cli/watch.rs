//! Waiting for takes: until a condition holds, the time is over, or Ctrl-C ends the waiting.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::exit::Failure;
use super::output;
use crate::domain::generation::{Status, Take, TakeId, Why};
use crate::domain::service::Service;
use crate::domain::wording::{wording_of, words};
use crate::engine::feed::Feed;
use crate::store::StoreError;
use crate::worker::key;
use crate::worker::start::Posts;

/// How long between two looks where the bell cannot be heard.
const LOOK: Duration = Duration::from_millis(250);

/// How long after a worker should have acted another is started, and how long between two starts.
const OVERDUE: Duration = Duration::from_secs(10);

/// Longer than any wait that is meant.
const FOREVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The condition holds for every take.
    Reached,
    TimedOut,
    /// Ctrl-C: the takes go on.
    Interrupted,
}

/// Waits until `reached` holds for each of the takes, and brings them as they are then.
///
/// A take that is withdrawn meanwhile is waited for no longer and is missing from the answer.
///
/// # Errors
/// When the store cannot be read.
pub fn until(
    posts: &Posts,
    takes: &[TakeId],
    timeout: Option<Duration>,
    reached: impl Fn(&Take) -> bool,
) -> Result<(Ended, Vec<Take>)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(wait(posts, takes, timeout, reached))
}

/// What a person should hear of a take, if there is anything: what happened and what to do, in the words
/// of the screen.
pub fn news(take: &Take) -> Option<String> {
    let message = take.message.as_deref()?;
    let told = words(take, Timestamp::now(), &TimeZone::system()).text;
    let meaning = wording_of(take, Timestamp::now()).meaning;
    let id = take.id.0;
    Some(match (take.status, take.why) {
        (Status::Unknown, _) => format!("take {id}: {told}; {meaning}; {message}; its tag is {}", take.request_tag),
        // The message is the system's own, which says less than the meaning.
        (_, Some(Why::DiskFull | Why::Folder)) => {
            format!("take {id}: {told}; {meaning}; the folder is `{}`", take.folder.display())
        }
        _ if told.contains(message) => format!("take {id}: {told}"),
        _ => format!("take {id}: {told}; {message}"),
    })
}

/// Why nobody works on takes of a service, and what to do.
pub fn without_key(posts: &Posts, service: &Service) -> String {
    let told = format!("takes of {service} are not waited for");
    if *service == posts.paid {
        return format!("{told}: they need its key; set {} or run `refrain login`", key::VARIABLES[0]);
    }
    format!("{told}: a key goes only to the service it was named with; `refrain --base-url {service} wait`")
}

async fn wait(
    posts: &Posts,
    takes: &[TakeId],
    timeout: Option<Duration>,
    reached: impl Fn(&Take) -> bool,
) -> Result<(Ended, Vec<Take>)> {
    let mut feed = Feed::from_now(&posts.paths.data)?;
    let heard = Arc::new(Notify::new());
    let bell = Arc::clone(&heard);
    let listener = feed.bell().listen(move || bell.notify_one());
    let deadline = Instant::now() + timeout.unwrap_or(FOREVER);
    let mut rescue = Rescue { posts, next: Instant::now() + OVERDUE };
    let mut now: BTreeMap<TakeId, Take> = BTreeMap::new();
    let mut fresh = those_there(&feed, takes)?;
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    let ended = loop {
        for take in fresh {
            // What ends the waiting is told by whoever waits.
            let before = now.get(&take.id).and_then(news);
            if let Some(told) = news(&take).filter(|told| !reached(&take) && before.as_ref() != Some(told)) {
                output::say(&told);
            }
            now.insert(take.id, take);
        }
        if now.values().all(&reached) {
            break Ended::Reached;
        }
        rescue.look(now.values())?;
        let next_look = if listener.is_ok() { rescue.next } else { rescue.next.min(Instant::now() + LOOK) };
        tokio::select! {
            () = heard.notified() => {}
            _ = &mut interrupted => break Ended::Interrupted,
            () = sleep_until(next_look.min(deadline)) => if Instant::now() >= deadline { break Ended::TimedOut },
        }
        let changes = feed.look()?;
        now.retain(|id, _| !changes.gone_takes.contains(id));
        fresh = changes.takes.into_iter().filter(|take| takes.contains(&take.id)).collect();
    };
    Ok((ended, takes.iter().filter_map(|id| now.remove(id)).collect()))
}

/// The takes as they are now, without those that were withdrawn.
fn those_there(feed: &Feed, takes: &[TakeId]) -> Result<Vec<Take>> {
    let mut there = Vec::new();
    for id in takes {
        match feed.store().take(*id) {
            Err(StoreError::Missing { .. }) => {}
            found => there.push(found?),
        }
    }
    Ok(there)
}

/// Starts a worker once more where takes are overdue: the one that had them may have died or failed.
struct Rescue<'a> {
    posts: &'a Posts,
    /// Not before this.
    next: Instant,
}

impl Rescue<'_> {
    fn look<'a>(&mut self, takes: impl Iterator<Item = &'a Take>) -> Result<()> {
        if Instant::now() < self.next {
            return Ok(());
        }
        self.next = Instant::now() + OVERDUE;
        let now = Timestamp::now();
        let services: BTreeSet<&Service> =
            takes.filter(|take| is_overdue(take, now)).map(|take| &take.service).collect();
        services.into_iter().try_for_each(|service| self.start(service))
    }

    fn start(&self, service: &Service) -> Result<()> {
        let posts = self.posts;
        if posts.serves(service) {
            // One that is at work makes the new one leave at once.
            if let Err(error) = posts.start_apart(service) {
                output::say(&format!("no worker could be started, it is tried again: {error:#}"));
            }
        } else if !posts.is_at_work(service) {
            return Err(Failure::key(without_key(posts, service)));
        }
        Ok(())
    }
}

/// Whether a worker would have done something about a take by now.
fn is_overdue(take: &Take, now: Timestamp) -> bool {
    let due = take.due.or(take.sent).unwrap_or(take.created);
    take.status.is_live() && now.duration_since(due).unsigned_abs() >= OVERDUE && due < now
}
