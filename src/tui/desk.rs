//! The thread with the store: carries intents out, and looks when the bell rings.
//!
//! The screen's own thread never waits for a disk: it drops work here and gets messages back. Work is
//! done in the order in which it came, so what was typed is saved before what was asked after it.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::Result;
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use super::message::Message;
use crate::domain::service::Service;
use crate::engine::feed::Feed;
use crate::engine::intent::{Intent, Needs, Reply};
use crate::engine::orders::Desk;
use crate::store::Store;
use crate::store::bell::Listener;
use crate::worker::knell::Knell;
use crate::worker::replace::Insistence;
use crate::worker::start::{Posts, Working};

/// How often to look where the bell cannot be heard, or the last look failed: nothing rings for what is there already.
const LOOK: Duration = Duration::from_secs(1);

/// After a worker that was killed: how long it is left to the vigil if its successor is killed as well.
const MOURNING: Duration = Duration::from_secs(10);

/// Something for the desk to do.
#[derive(Debug)]
pub enum Work {
    /// The bell rang.
    Look,
    Carry {
        ticket: u64,
        intent: Box<Intent>,
    },
    /// Make sure that somebody works on what there is to do.
    StartWorkers,
    /// A worker that was started from here was killed.
    WorkerKilled,
    /// Put other workers in place of those at work.
    RestartWorkers(Insistence),
    /// Say that all before is done, and keep still until the other end of `until` goes.
    Rest {
        still: Sender<()>,
        until: Receiver<()>,
    },
    /// Nothing more will come.
    Leave,
}

/// The screen's end of the desk.
#[derive(Debug)]
pub struct DeskThread {
    work: Sender<Work>,
    thread: JoinHandle<()>,
}

/// What the desk works with.
pub struct Furniture {
    pub store: Store,
    pub feed: Feed,
    pub desk: Desk,
    pub posts: Posts,
    /// Where takes are ordered: its worker is started at once, as it also fetches the balance.
    pub service: Service,
    /// `pts/3`.
    pub terminal: String,
}

impl DeskThread {
    /// Opens the desk; its messages go to `tell`, the first of them with all there is.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn open(mut furniture: Furniture, tell: UnboundedSender<Message>) -> Result<Self> {
        let (work, to_do) = channel();
        let (bell, knell) = (work.clone(), work.clone());
        furniture.posts.knell = Knell::heard_by(move || {
            let _ = knell.send(Work::WorkerKilled);
        });
        let listener = furniture.feed.bell().listen(move || {
            // A desk that has closed hears nothing.
            let _ = bell.send(Work::Look);
        });
        if let Err(error) = &listener {
            tracing::warn!(%error, "the bell cannot be heard; looking at intervals");
        }
        let listener = listener.ok();
        let thread = thread::Builder::new()
            .name("desk".to_owned())
            .spawn(move || Clerk { furniture, tell, listener, trouble: None, mourned: None }.work_off(&to_do))?;
        Ok(Self { work, thread })
    }

    /// Gives the desk something to do.
    pub fn give(&self, work: Work) {
        // The desk closes only after it was told to leave.
        let _ = self.work.send(work);
    }

    /// Waits until everything given so far is done, a moment at most, and keeps the desk still for as long
    /// as what it returns is there: a process that is stopped in the middle of a write keeps the database
    /// from everybody else, the worker included.
    pub fn rest(&self) -> Sender<()> {
        const PATIENCE: Duration = Duration::from_secs(2);
        let (still, is_still) = channel();
        let (go_on, until) = channel();
        self.give(Work::Rest { still, until });
        // It says nothing; the end of its end is enough.
        let _ = is_still.recv_timeout(PATIENCE);
        go_on
    }

    /// Waits until everything given so far is done.
    pub fn close(self) {
        self.give(Work::Leave);
        // A desk that panicked has said so already.
        let _ = self.thread.join();
    }
}

struct Clerk {
    furniture: Furniture,
    tell: UnboundedSender<Message>,
    listener: Option<Listener>,
    /// Why the last look failed, where it did.
    trouble: Option<String>,
    /// When another worker took the place of one that was killed.
    mourned: Option<Instant>,
}

impl Clerk {
    fn work_off(mut self, to_do: &Receiver<Work>) {
        self.look();
        self.open_post();
        while let Some(work) = self.next(to_do) {
            match work {
                Work::Look => self.look(),
                Work::Carry { ticket, intent } => self.carry(ticket, *intent),
                Work::StartWorkers => self.start_workers(),
                Work::WorkerKilled => self.succeed(),
                Work::RestartWorkers(insistence) => self.restart_workers(insistence),
                Work::Rest { still, until } => {
                    drop(still);
                    // Nothing comes but the end.
                    let _ = until.recv();
                }
                Work::Leave => break,
            }
        }
        let Furniture { store, terminal, .. } = &mut self.furniture;
        if let Err(error) = store.screen_left(terminal, Timestamp::now()) {
            tracing::warn!(%error, "when the screen was left is not kept");
        }
    }

    /// A worker for where takes are ordered, which also fetches the balance, and for all that is live.
    fn open_post(&mut self) {
        let Furniture { posts, service, .. } = &self.furniture;
        if posts.sandbox_only.is_none() || posts.serves(service) {
            let started = posts.start(service);
            self.tell_of(started);
        }
        self.start_workers();
    }

    fn start_workers(&mut self) {
        let Furniture { store, posts, .. } = &mut self.furniture;
        let started = posts.start_live(store);
        self.tell_of(started);
    }

    /// Starts another worker at once where one was killed; where that one is killed as well, not over and over.
    fn succeed(&mut self) {
        if self.mourned.is_none_or(|at| at.elapsed() >= MOURNING) {
            self.mourned = Some(Instant::now());
            self.start_workers();
        }
    }

    fn tell_of(&self, started: Result<Working>) {
        match started {
            Ok(Working::Apart) => {}
            Ok(Working::Inside) => self.say(Message::WorksInside),
            Err(error) => self.say(Message::Note(format!("no worker could be started: {error:#}"))),
        }
    }

    fn next(&self, to_do: &Receiver<Work>) -> Option<Work> {
        match self.listener {
            Some(_) if self.trouble.is_none() => to_do.recv().ok(),
            _ => Some(to_do.recv_timeout(LOOK).unwrap_or(Work::Look)),
        }
    }

    fn look(&mut self) {
        let looked = self.furniture.feed.look();
        let trouble = looked.as_ref().err().map(ToString::to_string);
        let before = std::mem::replace(&mut self.trouble, trouble);
        match looked {
            Ok(changes) if changes.is_empty() => {}
            Ok(changes) => self.say(Message::Feed(changes)),
            // The same trouble is told once, however often it is met.
            Err(error) if before.as_ref() == self.trouble.as_ref() => tracing::debug!(%error, "looking failed again"),
            Err(error) => self.say(Message::Unread(error.to_string())),
        }
    }

    fn carry(&mut self, ticket: u64, intent: Intent) {
        let needs = intent.needs();
        let Furniture { store, desk, posts, .. } = &mut self.furniture;
        let reply = desk.carry_out(store, intent, Timestamp::now());
        let done = reply.as_ref().is_ok_and(Reply::is_done);
        let started = match needs {
            Some(Needs::Service(service)) if done => posts.start(&service),
            Some(Needs::Whatever) if done => posts.start_live(store),
            _ => Ok(Working::Apart),
        };
        self.say(Message::Replied { ticket, reply: reply.map_err(|error| error.to_string()) });
        self.tell_of(started);
        self.look();
    }

    /// On a thread of its own: the old worker may have something to finish, and words have to be saved.
    fn restart_workers(&self, insistence: Insistence) {
        let (posts, tell) = (self.furniture.posts.clone(), self.tell.clone());
        let replace = move || {
            let replaced = Store::open(&posts.paths.data).map_err(anyhow::Error::from);
            let replaced = replaced.and_then(|store| posts.replace_all(&store, insistence));
            let not_replaced = |error| Message::Note(format!("the worker could not be replaced: {error:#}"));
            // A screen that has gone needs no answer.
            let _ = tell.send(replaced.map_or_else(not_replaced, Message::Replaced));
        };
        if let Err(error) = thread::Builder::new().name("replacement".to_owned()).spawn(replace) {
            self.say(Message::Note(format!("the worker could not be replaced: {error}")));
        }
    }

    fn say(&self, message: Message) {
        // A screen that has gone needs no answer.
        let _ = self.tell.send(message);
    }
}
