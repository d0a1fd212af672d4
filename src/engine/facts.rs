//! Asking a service about itself: what is left, what its models cost, how long they take.
//!
//! Never in the way of a take: nothing is asked while a step is due or under way, no answer is waited for
//! where a worker is told to leave, and a question that fails changes nothing but what is said of it. Nor
//! does it wake anybody: what is old is asked again when the worker is awake for something else, or when a
//! person wants to know.

use std::rc::Rc;

use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::costs::{self, Costs};
use super::site::Site;
use super::strays;
use crate::api::{AskError, Prices};
use crate::store::StoreError;
use crate::store::facts::{Fact, Said, Topic};
use crate::store::strays::Wish;

/// Prices change by announcement: once a day, and for a few bytes where nothing changed.
const PRICES_LAST: SignedDuration = SignedDuration::from_hours(24);

/// What the service measures in its last minutes stands in for one's own takes until there are three: an
/// hour ago is near enough, and a worker that is started for each take of an evening asks once.
const PACES_LAST: SignedDuration = SignedDuration::from_hours(1);

/// After a question that failed, the same one is not asked again by itself for so long.
const AFTER_FAILURE: SignedDuration = SignedDuration::from_mins(10);

/// The questions of one worker to its service, one at a time.
pub(super) struct Asking {
    under_way: JoinSet<()>,
    /// What takes cost of which no answer said it.
    costs: Costs,
    /// Whether the balance may have changed since it was last asked for.
    balance_stale: bool,
    /// What this worker asked. Kept here as well as in the store: where that cannot be written, the service
    /// must not be asked over and over.
    done: [Done; Topic::ALL.len()],
    /// What was ordered elsewhere is looked for when a person wants it; this is the last time that one did.
    sought: Option<Wish>,
}

/// What a worker did about a topic.
#[derive(Clone, Copy, Default)]
struct Done {
    asked: Option<Timestamp>,
    /// The wish that it asked for.
    wish: Option<Timestamp>,
}

impl Asking {
    /// A worker that has just started: the balance may have changed since the last one left.
    pub(super) fn new() -> Self {
        Self {
            under_way: JoinSet::new(),
            costs: Costs::default(),
            balance_stale: true,
            done: Default::default(),
            sought: None,
        }
    }

    /// Something may have changed the balance.
    pub(super) fn money_moved(&mut self) {
        self.balance_stale = true;
    }

    /// Questions under way.
    pub(super) fn under_way(&self) -> usize {
        self.under_way.len()
    }

    /// Waits until a question ends; forever if none is under way.
    pub(super) async fn ended(&mut self) {
        match self.under_way.join_next().await {
            None => std::future::pending().await,
            Some(Ok(())) => {}
            Some(Err(error)) => tracing::error!(%error, "a question ended badly"),
        }
    }

    /// Asks the next question that is due, unless one is under way.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn ask_next(&mut self, site: &Rc<Site>) -> Result<(), StoreError> {
        if !self.under_way.is_empty() {
            return Ok(());
        }
        let now = site.now();
        if let Some(wish) = strays::wanted(site, self.sought)? {
            self.sought = Some(wish);
            let site = Rc::clone(site);
            self.under_way.spawn_local(async move { strays::seek(&site, wish).await });
            return Ok(());
        }
        for (topic, done) in Topic::ALL.into_iter().zip(&mut self.done) {
            let fact = site.store().fact(&site.service, topic)?;
            let wanted = fact.wanted.is_some() && fact.wanted != done.wish;
            let stale = topic == Topic::Balance && self.balance_stale;
            if wanted || stale || is_old(&fact, done.asked, now) {
                self.balance_stale &= topic != Topic::Balance;
                *done = Done { asked: Some(now), wish: fact.wanted };
                let site = Rc::clone(site);
                self.under_way.spawn_local(async move { ask(&site, &fact).await });
                return Ok(());
            }
        }
        let takes = self.costs.due(site)?;
        if !takes.is_empty() {
            let site = Rc::clone(site);
            self.under_way.spawn_local(async move { costs::read(&site, takes).await });
        }
        Ok(())
    }

    /// Whether a person waits for an answer that this worker has not asked for yet. What it asked for and could not
    /// write down is the next one's.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub(super) fn is_awaited(&self, site: &Site) -> Result<bool, StoreError> {
        for (topic, done) in Topic::ALL.into_iter().zip(&self.done) {
            let wanted = site.store().fact(&site.service, topic)?.wanted;
            if wanted.is_some() && wanted != done.wish {
                return Ok(true);
            }
        }
        Ok(strays::wanted(site, self.sought)?.is_some())
    }
}

/// Whether a fact should be asked for again by itself; `asked` is when this worker last did.
fn is_old(fact: &Fact, asked: Option<Timestamp>, now: Timestamp) -> bool {
    let lasts = match fact.topic {
        // It changes when something is bought, not with time.
        Topic::Balance => return false,
        Topic::Prices => PRICES_LAST,
        Topic::Paces => PACES_LAST,
    };
    let since = |at: Timestamp| now.duration_since(at);
    let known = fact.said.as_ref().is_some_and(|(_, at)| since(*at) < lasts);
    let just_asked = fact.asked.max(asked).is_some_and(|at| since(at) < AFTER_FAILURE);
    !known && !just_asked
}

/// What came of a question.
enum Answer {
    New {
        said: Said,
        etag: Option<String>,
    },
    /// It is as it was.
    Same,
}

async fn ask(site: &Site, fact: &Fact) {
    let answer = match fact.topic {
        Topic::Balance => balance(site).await,
        Topic::Prices => prices(site, fact).await,
        Topic::Paces => paces(site).await,
    };
    let (now, service, topic) = (site.now(), &site.service, fact.topic);
    let kept = match answer {
        Ok(Answer::New { said, etag }) => site.store().keep_fact(service, &said, etag.as_deref(), now),
        Ok(Answer::Same) => site.store().confirm_fact(service, topic, now),
        Err(why) => {
            tracing::info!(topic = topic.name(), why, "no answer");
            site.store().miss_fact(service, topic, &why, now)
        }
    };
    if let Err(error) = kept {
        tracing::warn!(%error, topic = topic.name(), "what the service said was not kept");
    }
}

async fn balance(site: &Site) -> Result<Answer, String> {
    let balance = site.client.balance().await.map_err(sentence)?;
    if balance.currency.eq_ignore_ascii_case("usd") {
        return Ok(Answer::New { said: Said::Balance(balance.amount), etag: None });
    }
    Err(format!("the balance is in {}, which refrain cannot count", balance.currency))
}

async fn prices(site: &Site, fact: &Fact) -> Result<Answer, String> {
    // Without what it belongs to, an etag would only keep the list away.
    let etag = fact.etag.as_deref().filter(|_| fact.said.is_some());
    Ok(match site.client.prices(etag).await.map_err(sentence)? {
        Prices::NotModified if etag.is_some() => Answer::Same,
        Prices::NotModified => return Err("the service says that its list is as it was, and none is known".to_owned()),
        Prices::Fresh { etag, models } => Answer::New { said: Said::Prices(models), etag },
    })
}

async fn paces(site: &Site) -> Result<Answer, String> {
    let ids: Vec<&str> = site.catalogue.models().iter().map(|spec| spec.id.as_str()).collect();
    let paces = site.client.metrics(&ids).await.map_err(sentence)?;
    Ok(Answer::New { said: Said::Paces(paces), etag: None })
}

fn sentence(error: AskError) -> String {
    error.sentence
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::service::Service;

    #[test]
    fn what_is_old_is_asked_again_and_what_failed_only_after_a_while() {
        let now: Timestamp = "2026-03-14T14:00:00Z".parse().unwrap();
        let ago = |minutes: i64| now - SignedDuration::from_mins(minutes);
        let table = [
            (Topic::Balance, None, None, false),
            (Topic::Prices, None, None, true),
            (Topic::Prices, Some(60 * 23), Some(60 * 23), false),
            (Topic::Prices, Some(60 * 25), Some(60 * 25), true),
            (Topic::Prices, Some(60 * 25), Some(9), false),
            (Topic::Prices, None, Some(9), false),
            (Topic::Prices, None, Some(11), true),
            (Topic::Paces, Some(59), Some(59), false),
            (Topic::Paces, Some(61), Some(61), true),
            // A clock that was set back: what comes from the future counts as known.
            (Topic::Paces, Some(-60), Some(-60), false),
        ];
        for (topic, said, asked, expected) in table {
            let fact = Fact {
                said: said.map(|minutes| (Said::Paces(Vec::new()), ago(minutes))),
                ..Fact::nothing(&Service::vendor(), topic)
            };
            let asked = asked.map(ago);
            assert_eq!(is_old(&Fact { asked, ..fact.clone() }, None, now), expected, "{topic:?} {said:?} {asked:?}");
            assert_eq!(is_old(&fact, asked, now), expected, "in this worker alone: {topic:?} {said:?} {asked:?}");
        }
    }
}
