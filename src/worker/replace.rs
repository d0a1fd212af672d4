//! Another worker in place of the one at work: one that does nothing any more is woken, asked, and only where a
//! person insists, ended.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::election::{Word, is_held, last_word};
use super::occupant::{Occupant, Worker};
use super::start::Posts;
use crate::domain::generation::{Status, Take};
use crate::domain::service::Service;
use crate::process::Identity;
use crate::store::Store;
use crate::store::bell::Listener;
use crate::store::workers::WorkerRow;

/// How long another worker is waited for; one that finishes what is on its way may need longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a worker has to say that it leaves. It may be waiting for the database meanwhile, as long as that waits
/// for others.
const ANSWER: Duration = Duration::from_secs(6);

/// How long a seat may be taken by somebody who cannot be seen: as long as it takes to sit down or to get up.
const MOVING: Duration = Duration::from_secs(1);

/// Between two starts: one that is started while the old one has not said yet that it is leaving leaves
/// itself after a third of a second.
const AGAIN: Duration = Duration::from_millis(500);

/// Between two looks at the lock's file, for which nothing rings.
const LOOK: Duration = Duration::from_millis(50);

/// What may be done to a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Insistence {
    /// It is asked.
    Ask,
    /// Where it does not answer, it is ended.
    End,
}

/// What has become of a wish for another worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// Another has signed in.
    Done,
    /// The old one finishes what is on its way; another waits for it.
    Awaited,
    /// The old one leaves, and no other is needed.
    Unneeded,
    /// The old one does not answer, and was not ended.
    Deaf {
        pid: u32,
        /// Takes that it is sending: their answers would be lost with it.
        sending: usize,
    },
    /// The system does not let go of the old one, which was ended.
    Undying { pid: u32 },
    /// The old one works inside the process that wishes for another.
    Inside,
    /// The old one cannot be seen from here.
    Unseen,
}

impl Posts {
    /// Puts another worker in place of the one at work for a service, if one is, and waits a moment for it. Where
    /// nothing is to be done, the one at work leaves and none comes.
    ///
    /// # Errors
    /// When the store cannot be read, the process cannot be told, or none can be started.
    pub fn replace(&self, store: &Store, service: &Service, insistence: Insistence) -> Result<Replaced> {
        Change::of(self, store, service)?.make(insistence)
    }

    /// Everything of which a worker can be replaced: what has something to do, and where one is at work though
    /// nothing is to be done, as one that hangs over a question about the balance.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn staffed(&self, store: &Store) -> Result<BTreeSet<Service>> {
        let signed_in = store.workers()?.into_iter().map(|(service, _)| service);
        let at_work = signed_in.filter(|service| self.is_at_work(service));
        Ok(at_work.chain(store.live_services()?).collect())
    }

    /// [`Self::replace`] for all of [`Self::staffed`] that may be served, or needs no other worker.
    ///
    /// # Errors
    /// As [`Self::replace`].
    pub fn replace_all(&self, store: &Store, insistence: Insistence) -> Result<Vec<(Service, Replaced)>> {
        let live = store.live_services()?;
        let may_be = |service: &Service| self.serves(service) || !live.contains(service);
        let all = self.staffed(store)?.into_iter().filter(may_be);
        all.map(|service| Ok((service.clone(), self.replace(store, &service, insistence)?))).collect()
    }
}

impl Replaced {
    /// What a person is told of it; `way` is how a worker that does not answer is ended by whoever reads it.
    #[must_use]
    pub fn told(self, service: &Service, way: &str) -> String {
        match self {
            Self::Done => format!("another worker took over for {service}"),
            Self::Unneeded => format!("the worker for {service} leaves; nothing is to be done there"),
            Self::Awaited => format!("the worker for {service} finishes what is on its way; another waits for it"),
            Self::Deaf { pid, sending } => {
                let loss = match sending {
                    0 => "loses nothing".to_owned(),
                    1 => "may lose 1 take".to_owned(),
                    takes => format!("may lose {takes} takes"),
                };
                // What matters first: a narrow screen cuts the rest.
                format!("process {pid} does not answer; {way} ends it and {loss} (the worker for {service})")
            }
            Self::Undying { pid } => format!(
                "the worker for {service} (process {pid}) was ended and is not over: the system does not let go of \
                 it, as where a disk does not answer"
            ),
            Self::Inside => {
                format!("the work for {service} is done by this very process; it goes on once refrain is started anew")
            }
            Self::Unseen => format!(
                "the worker for {service} is none of the processes here, as on another machine or in another \
                 container; it was left alone"
            ),
        }
    }

    /// Whether there is another worker, or one will be.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Done | Self::Awaited | Self::Unneeded)
    }
}

/// Asks the worker of a service, if one is at work, to finish what is on its way and leave, so that the
/// next one starts with another key or another version. One that works inside this very process is left
/// alone: telling it to leave would end whoever asks.
///
/// # Errors
/// When the store cannot be read or the process cannot be told.
pub fn dismiss(store: &Store, lock: &Path, service: &Service) -> Result<()> {
    match Occupant::of(lock, store.worker(service)?.as_ref()) {
        Occupant::Worker(worker) if !worker.is_inside() => tell(&worker),
        _ => Ok(()),
    }
}

fn tell(worker: &Worker) -> Result<()> {
    worker.dismiss().with_context(|| format!("process {}, the worker, cannot be told", worker.identity.pid))
}

/// One worker in place of another.
struct Change<'a> {
    posts: &'a Posts,
    store: &'a Store,
    service: &'a Service,
    lock: PathBuf,
    /// Who signed in last before.
    before: Option<WorkerRow>,
    /// Says that somebody wrote to the store, as one does who signs in.
    rung: Receiver<()>,
    _listener: Option<Listener>,
}

impl<'a> Change<'a> {
    fn of(posts: &'a Posts, store: &'a Store, service: &'a Service) -> Result<Self> {
        let (tell, rung) = mpsc::channel();
        // Where the bell cannot be heard, each look is a wait long.
        let listener = store.bell().listen(move || {
            // Nobody waits any more: nothing to tell.
            let _ = tell.send(());
        });
        let (lock, before) = (posts.paths.worker_lock(service), store.worker(service)?);
        Ok(Self { posts, store, service, lock, before, rung, _listener: listener.ok() })
    }

    fn make(&self, insistence: Insistence) -> Result<Replaced> {
        let mut occupant = Occupant::Unseen;
        self.wait(MOVING, || {
            occupant = self.occupant();
            !matches!(occupant, Occupant::Unseen)
        });
        match occupant {
            Occupant::Nobody => {}
            Occupant::Unseen => return Ok(Replaced::Unseen),
            Occupant::Worker(old) if old.is_inside() => return Ok(Replaced::Inside),
            Occupant::Worker(old) => {
                if let Some(stays) = self.clear(&old, insistence)? {
                    return Ok(stays);
                }
            }
        }
        if self.store.live_services()?.contains(self.service) { self.start() } else { Ok(Replaced::Unneeded) }
    }

    /// Has the old one leave; tells why it stays, where it does.
    fn clear(&self, old: &Worker, insistence: Insistence) -> Result<Option<Replaced>> {
        let (pid, before) = (old.identity.pid, last_word(&self.lock));
        tell(old)?;
        if self.wait(ANSWER, || self.has_left(old.identity) || self.has_answered(before)) {
            return Ok(None);
        }
        if insistence == Insistence::Ask {
            return Ok(Some(Replaced::Deaf { pid, sending: self.sending()? }));
        }
        tracing::warn!(pid, service = %self.service, "a worker that does not answer is ended");
        old.end().with_context(|| format!("process {pid}, the worker, cannot be ended"))?;
        let is_over = self.wait(ANSWER, || self.has_left(old.identity));
        Ok((!is_over).then_some(Replaced::Undying { pid }))
    }

    /// Starts another until it has signed in.
    fn start(&self) -> Result<Replaced> {
        let mut started: Option<Instant> = None;
        let mut trouble = None;
        let is_there = self.wait(PATIENCE, || {
            if started.is_none_or(|at| at.elapsed() >= AGAIN) {
                trouble = self.posts.start_apart(self.service).err();
                started = Some(Instant::now());
            }
            trouble.is_some() || self.store.worker(self.service).is_ok_and(|worker| worker != self.before)
        });
        match (trouble, is_there) {
            (Some(trouble), _) => Err(trouble),
            (None, true) => Ok(Replaced::Done),
            (None, false) if is_held(&self.lock) => Ok(Replaced::Awaited),
            (None, false) => bail!("none came up, `refrain log --program` may tell why"),
        }
    }

    /// Whether something comes true within a time.
    fn wait(&self, longest: Duration, mut holds: impl FnMut() -> bool) -> bool {
        let begin = Instant::now();
        loop {
            if holds() {
                return true;
            }
            if begin.elapsed() >= longest {
                return false;
            }
            // Whatever woke it, or nothing: it looks.
            if self.rung.recv_timeout(LOOK) == Err(mpsc::RecvTimeoutError::Disconnected) {
                std::thread::sleep(LOOK);
            }
        }
    }

    fn occupant(&self) -> Occupant {
        Occupant::of(&self.lock, self.before.as_ref())
    }

    /// Whether the lock is free, or somebody else's.
    fn has_left(&self, old: Identity) -> bool {
        match self.occupant() {
            Occupant::Nobody => true,
            Occupant::Worker(worker) => worker.identity != old,
            Occupant::Unseen => false,
        }
    }

    /// Whether the old one has said that it leaves, since it was asked: one that said so long ago may have come to a
    /// halt since.
    fn has_answered(&self, before: Option<Word>) -> bool {
        last_word(&self.lock).is_some_and(|word| word.is_farewell && Some(word) != before)
    }

    /// Takes that the worker is sending.
    fn sending(&self) -> Result<usize> {
        let takes = self.store.live_takes()?;
        let is_sent = |take: &&Take| take.status == Status::Sending && take.service == *self.service;
        Ok(takes.iter().filter(is_sent).count())
    }
}
