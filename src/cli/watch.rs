//! Waiting for takes: until a condition holds, the time is over, or Ctrl-C ends the waiting.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::{Setting, output};
use crate::domain::generation::{Status, Take, TakeId};
use crate::engine::feed::Feed;

/// How long between two looks where the bell cannot be heard.
const LOOK: Duration = Duration::from_millis(250);

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
    setting: &Setting,
    takes: &[TakeId],
    timeout: Option<Duration>,
    reached: impl Fn(&Take) -> bool,
) -> Result<(Ended, Vec<Take>)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(wait(setting, takes, timeout, reached))
}

/// What a person should hear of a take, if there is anything: what happened, in its own words.
pub fn news(take: &Take) -> Option<String> {
    let message = take.message.as_deref()?;
    let told = format!("take {} is {}: {message}", take.id.0, take.status.name());
    Some(match take.status {
        Status::Unknown => format!("{told}; perhaps charged, so it is not sent again; its tag is {}", take.request_tag),
        _ => told,
    })
}

async fn wait(
    setting: &Setting,
    takes: &[TakeId],
    timeout: Option<Duration>,
    reached: impl Fn(&Take) -> bool,
) -> Result<(Ended, Vec<Take>)> {
    let mut feed = Feed::open(&setting.paths.data)?;
    let heard = Arc::new(Notify::new());
    let bell = Arc::clone(&heard);
    let listener = feed.bell().listen(move || bell.notify_one());
    let deadline = Instant::now() + timeout.unwrap_or(FOREVER);
    let mut now: BTreeMap<TakeId, Take> = BTreeMap::new();
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    let ended = loop {
        let changes = feed.look()?;
        for take in changes.takes.into_iter().filter(|take| takes.contains(&take.id)) {
            // What ends the waiting is told by whoever waits.
            let words =
                news(&take).filter(|words| !reached(&take) && now.get(&take.id).and_then(news).as_ref() != Some(words));
            if let Some(words) = words {
                output::say(&words);
            }
            now.insert(take.id, take);
        }
        now.retain(|id, _| !changes.gone_takes.contains(id));
        if now.values().all(&reached) {
            break Ended::Reached;
        }
        let next_look = if listener.is_ok() { deadline } else { deadline.min(Instant::now() + LOOK) };
        tokio::select! {
            () = heard.notified() => {}
            _ = &mut interrupted => break Ended::Interrupted,
            () = sleep_until(next_look) => if Instant::now() >= deadline { break Ended::TimedOut },
        }
    };
    Ok((ended, takes.iter().filter_map(|id| now.remove(id)).collect()))
}
