//! Fresh facts about a service: wished for in a row, asked for by a worker, waited for a moment.

use std::io::{self, BufRead, IsTerminal};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::Result;
use jiff::Timestamp;

use super::exit::Failure;
use super::output;
use crate::domain::catalogue::ModelSpec;
use crate::domain::draft::Draft;
use crate::domain::service::Service;
use crate::engine::feed::{Fact, Topic};
use crate::store::Store;
use crate::worker::start::Posts;

/// How long a person waits for an answer before the old one is told.
const PATIENCE: Duration = Duration::from_secs(8);

/// Between two looks where the bell cannot be heard.
const LOOK: Duration = Duration::from_millis(100);

/// Has a service asked about itself and waits for what it says on one topic; what is known after a moment
/// counts, be it old.
///
/// # Errors
/// When the store cannot be used.
pub fn fresh(posts: &Posts, store: &mut Store, service: &Service, topic: Topic) -> Result<Fact> {
    let (tell, rung) = mpsc::channel();
    let listener = store.bell().listen(move || {
        // Nobody waits any more: nothing to tell.
        let _ = tell.send(());
    });
    store.want_facts(service, Timestamp::now())?;
    if let Err(error) = posts.start_apart(service) {
        output::say(&format!("no worker could be started to ask: {error:#}"));
        return Ok(store.fact(service, topic)?);
    }
    let begin = Instant::now();
    loop {
        let fact = store.fact(service, topic)?;
        let left = PATIENCE.saturating_sub(begin.elapsed());
        if fact.wanted.is_none() || left.is_zero() {
            return Ok(fact);
        }
        let pause = if listener.is_ok() { left } else { left.min(LOOK) };
        // Whatever woke it, or nothing: it looks again.
        let _ = rung.recv_timeout(pause);
    }
}

/// Makes sure that nobody buys at an unknown price unasked: the service is asked for it once, then the
/// person, unless `yes` was said beforehand.
///
/// # Errors
/// When the price stays unknown and nobody agrees to it, or the store cannot be used.
pub fn agree_to_price(
    posts: &Posts,
    store: &mut Store,
    service: &Service,
    spec: &ModelSpec,
    draft: &Draft,
    yes: bool,
) -> Result<()> {
    let is_known = |store: &Store| -> Result<bool> { Ok(store.terms(service)?.price(spec, draft).is_some()) };
    if yes || service.is_sandbox() || is_known(store)? {
        return Ok(());
    }
    let fact = fresh(posts, store, service, Topic::Prices)?;
    if is_known(store)? {
        return Ok(());
    }
    let why = fact.failed.map_or_else(
        || "its service does not say it as an amount".to_owned(),
        |why| format!("its service could not be asked: {why}"),
    );
    if agrees(&format!("the price of {} is unknown: {why}; order it? y/n", spec.label))? {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "the price of {} is unknown, nothing was ordered: {why}\nhint: `--yes` orders it whatever it costs",
        spec.label
    )))
}

/// Whether a person at the terminal says yes; where none is, nobody does.
///
/// # Errors
/// When what is typed cannot be read.
pub fn agrees(question: &str) -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    output::say(question);
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
