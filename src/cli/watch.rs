//! Watching takes: each change as it is committed, until something holds, the time is over, or Ctrl-C.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::output;
use super::staff;
use crate::domain::credits::OutOfCredits;
use crate::domain::generation::{Status, Take, TakeId, Why};
use crate::domain::lateness::{Row, awaited_with_uploads};
use crate::domain::reference::Reference;
use crate::domain::service::Service;
use crate::domain::step::Step;
use crate::domain::wording::{wording_of, words};
use crate::engine::feed::{Changes, Feed};
use crate::store::Store;
use crate::worker::start::Posts;

/// How long between two looks where the bell cannot be heard.
const LOOK: Duration = Duration::from_millis(250);

/// Between two looks for a worker that is late.
const OVERDUE: Duration = Duration::from_secs(10);

/// Longer than any wait that is meant.
const FOREVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// How a watch ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// What was waited for holds.
    Reached,
    TimedOut,
    /// Ctrl-C: the takes go on.
    Interrupted,
}

/// What is to be watched.
pub struct Watch<'a> {
    pub posts: &'a Posts,
    /// These takes, or all there are and will be.
    pub takes: Option<&'a [TakeId]>,
    pub timeout: Option<Duration>,
    /// The services for which nobody can work: their takes are not waited for.
    pub stranded: BTreeSet<Service>,
}

/// What happened to a take.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// It is so as the watch begins.
    Is(&'a Take),
    /// It is so now.
    Became(&'a Take),
    /// Its order was taken back; it was so before.
    Withdrawn(&'a Take),
}

impl Event<'_> {
    /// Tells whoever counts the orders that stand still for want of credits.
    fn count(self, dry: &mut OutOfCredits) {
        match self {
            Event::Is(take) | Event::Became(take) => dry.see(take),
            Event::Withdrawn(take) => dry.forget(take.id),
        }
    }
}

/// What there was when a watch ended.
pub struct Watched {
    pub ended: Ended,
    /// Without those that were withdrawn; in the order in which they were named.
    pub takes: Vec<Take>,
    /// The services for which nobody could work.
    pub stranded: BTreeSet<Service>,
}

impl Watch<'_> {
    /// Watches until `over` holds of the takes that somebody works on. `tell` hears what happens, in the
    /// order in which it was committed.
    ///
    /// # Errors
    /// When the store cannot be read, or `tell` fails.
    pub fn run(
        self,
        tell: impl FnMut(&Store, Event<'_>) -> Result<()>,
        over: impl Fn(&[&Take]) -> bool,
    ) -> Result<Watched> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.watch(tell, over))
    }

    async fn watch(
        mut self,
        mut tell: impl FnMut(&Store, Event<'_>) -> Result<()>,
        over: impl Fn(&[&Take]) -> bool,
    ) -> Result<Watched> {
        // From here on Ctrl-C ends the watch, not the process: what was told before can still be summed up.
        let mut interrupted = signal(SignalKind::interrupt())?;
        let (mut feed, there) = self.begin()?;
        let heard = Arc::new(Notify::new());
        let bell = Arc::clone(&heard);
        let listener = feed.bell().listen(move || bell.notify_one());
        let deadline = Instant::now() + self.timeout.unwrap_or(FOREVER);
        let mut next_rescue = Instant::now() + OVERDUE;
        let mut dry = OutOfCredits::default();
        let mut now = BTreeMap::new();
        for take in there {
            tell(feed.store(), Event::Is(&take))?;
            // Whoever names a take wants to know how it is; whoever watches all of them, what changes.
            match self.takes {
                Some(_) => dry.see(&take),
                None => dry.know(&take),
            }
            now.insert(take.id, take);
        }
        self.tell_of_credits(&mut dry);
        let ended = loop {
            let waited: Vec<&Take> = now.values().filter(|take| !self.is_stranded(take)).collect();
            if over(&waited) {
                break Ended::Reached;
            }
            if Instant::now() >= next_rescue {
                next_rescue = Instant::now() + OVERDUE;
                // Whoever watches everything watches uploads, too.
                let library = if self.takes.is_none() { feed.store().references()? } else { Vec::new() };
                self.rescue(now.values(), &library);
                continue;
            }
            let next_look = if listener.is_ok() { next_rescue } else { next_rescue.min(Instant::now() + LOOK) };
            tokio::select! {
                () = heard.notified() => {}
                _ = interrupted.recv() => break Ended::Interrupted,
                () = sleep_until(next_look.min(deadline)) => if Instant::now() >= deadline { break Ended::TimedOut },
            }
            let (changes, steps) = feed.look_at_steps()?;
            self.take_in(changes, steps, &mut now, |event| {
                event.count(&mut dry);
                tell(feed.store(), event)
            })?;
            self.tell_of_credits(&mut dry);
        };
        let takes = match self.takes {
            Some(ids) => ids.iter().filter_map(|id| now.remove(id)).collect(),
            None => now.into_values().collect(),
        };
        Ok(Watched { ended, takes, stranded: self.stranded })
    }

    /// Says once, however many they are, that orders stand still for want of credits.
    fn tell_of_credits(&self, dry: &mut OutOfCredits) {
        for notice in dry.notices() {
            let by = staff::letting_go(self.posts, &notice.service);
            output::say(&notice.sentence(Some(&by)));
        }
    }

    fn is_of_interest(&self, take: TakeId) -> bool {
        self.takes.is_none_or(|takes| takes.contains(&take))
    }

    fn is_stranded(&self, take: &Take) -> bool {
        take.is_awaited() && self.stranded.contains(&take.service)
    }

    /// The takes as they are at first, and a feed of what is committed from then on.
    fn begin(&self) -> Result<(Feed, Vec<Take>)> {
        let folder = &self.posts.paths.data;
        let Some(ids) = self.takes else {
            let mut feed = Feed::open(folder)?;
            let (all, _) = feed.look_at_steps()?;
            return Ok((feed, all.takes));
        };
        Ok(Feed::from_now(folder, ids)?)
    }

    /// Tells what is new: first each step that was taken, in their order, then what no step is.
    fn take_in(
        &self,
        changes: Changes,
        steps: Vec<Step>,
        now: &mut BTreeMap<TakeId, Take>,
        mut tell: impl FnMut(Event<'_>) -> Result<()>,
    ) -> Result<()> {
        let fresh: Vec<Take> = changes.takes.into_iter().filter(|take| self.is_of_interest(take.id)).collect();
        now.extend(fresh.iter().map(|take| (take.id, take.clone())));
        for step in steps {
            // One that was ordered and taken back between two looks was never seen.
            let Some(take) = now.get(&step.take) else { continue };
            match step.status {
                Some(status) => tell(Event::Became(&at(step, status, take)))?,
                None => tell(Event::Withdrawn(take))?,
            }
        }
        for take in &fresh {
            tell(Event::Became(take))?;
        }
        for gone in changes.gone_takes {
            now.remove(&gone);
        }
        Ok(())
    }

    /// Starts a worker once more where takes or uploads are overdue: the one that had them may have died or failed.
    fn rescue<'a>(&mut self, takes: impl Iterator<Item = &'a Take>, library: &[Reference]) {
        let now = Timestamp::now();
        let takes: Vec<&Take> = takes.filter(|take| take.is_awaited() && !self.is_stranded(take)).collect();
        let late = overdue(&takes, library, now);
        for service in late.difference(&self.stranded).cloned().collect::<Vec<_>>() {
            if self.posts.serves(&service) {
                // One that is at work makes the new one leave at once.
                if let Err(error) = self.posts.start_apart(&service) {
                    output::say(&format!("no worker could be started, it is tried again: {error:#}"));
                }
            } else if !self.posts.is_at_work(&service) {
                output::say(&staff::without_key(self.posts, &service));
                self.stranded.insert(service);
            }
        }
    }
}

/// The services whose worker is late, or whose takes wait for a key that may have come meanwhile.
fn overdue(takes: &[&Take], library: &[Reference], now: Timestamp) -> BTreeSet<Service> {
    let awaited = awaited_with_uploads(takes.iter().copied().map(Row::from), library);
    let late = awaited.into_iter().filter(|(_, awaited)| awaited.is_late(now)).map(|(service, _)| service);
    let keyless = takes.iter().filter(|take| take.why == Some(Why::NeedsKey)).map(|take| take.service.clone());
    late.chain(keyless).collect()
}

/// What a person should hear of a take, if there is anything: what happened and what to do, in the words
/// of the screen.
pub fn news(take: &Take) -> Option<String> {
    // One notice tells of all that are: see `tell_of_credits`.
    if (take.status, take.why) == (Status::Held, Some(Why::NoCredits)) {
        return None;
    }
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

/// The take as it was at a step: what steps do not write down is as it is now.
fn at(step: Step, status: Status, now: &Take) -> Take {
    let Step { why, message, request_tag, remote_id, file, .. } = step;
    // A take that goes on has not ended.
    let finished = now.finished.filter(|_| status == now.status);
    Take { status, why, message, request_tag, remote_id, file: file.map(Into::into), finished, ..now.clone() }
}

/// What was told of each take last, so that nothing is told twice.
#[derive(Debug, Default)]
pub struct Told(BTreeMap<TakeId, String>);

impl Told {
    /// Whether this is news of the take.
    pub fn is_new(&mut self, take: TakeId, what: &str) -> bool {
        let before = self.0.insert(take, what.to_owned());
        before.as_deref() != Some(what)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;
    use crate::domain::reference::{Purpose, ReferenceId, Upload, UploadState};

    #[test]
    fn a_service_that_is_late_with_an_upload_alone_is_looked_after() {
        let due = Timestamp::UNIX_EPOCH;
        let upload = Upload {
            state: UploadState::Waiting,
            sent: 0,
            bytes: 9,
            message: None,
            tries: 0,
            due: Some(due),
            force: false,
        };
        let mara = Reference {
            service: Some(Service::Sandbox),
            upload: Some(upload),
            ..Reference::new(ReferenceId(1), "Mara", Purpose::Voice, due)
        };
        let after = |seconds| overdue(&[], std::slice::from_ref(&mara), due + SignedDuration::from_secs(seconds));
        assert_eq!(after(5), BTreeSet::new());
        assert_eq!(after(11), BTreeSet::from([Service::Sandbox]));
    }
}
