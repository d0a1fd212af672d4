//! The event loop: turns the world into messages, and effects into deeds.
//!
//! One thread. It sleeps until a key, the bell's news, a signal, or a moment that the state named; takes
//! in all that has come; then draws once. When nothing moves, nothing wakes it.

mod terminal;

use std::path::Path;
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::Timestamp;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

use self::terminal::{left, takes_more};
use super::desk::{DeskThread, Furniture, Work};
use super::effect::Effect;
use super::input::{Input, Reader};
use super::listening::Listening;
use super::message::{Message, Sound};
use super::outside::Outside;
use super::scout::Scout;
use super::signals::Signals;
use super::state::{Opening, State};
use super::terminal::{Charset, Screen};
use super::update::update;
use super::view::draw;
use crate::audio::player::{Player, PlayerError};
use crate::domain::generation::TakeId;
use crate::domain::lateness::Vigil;
use crate::domain::reference::ReferenceId;
use crate::editor::Workbench;

/// What the screen is opened with.
pub struct Session {
    /// What the state starts from; its size is filled in here.
    pub opening: Opening,
    pub furniture: Furniture,
    pub player: Result<Player, PlayerError>,
    pub charset: Charset,
    pub workbench: Workbench,
}

/// How the screen was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// By a key or a signal; the line is for the terminal, if it is not empty.
    Farewell(String),
    /// The terminal went away.
    Gone,
}

/// Opens the screen and runs it until it is left.
///
/// # Errors
/// When there is no terminal or no thread can be started.
pub fn run(session: Session) -> Result<Left> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let left = runtime.block_on(async {
        let mut studio = Studio::open(session)?;
        let mut left = studio.live().await;
        studio.close(&mut left).await;
        left
    });
    runtime.shutdown_background();
    left
}

/// Everything the loop holds.
struct Studio {
    state: State,
    screen: Screen,
    reader: Option<Reader>,
    /// Ends when a terminal that was behind takes more.
    outlet: Option<JoinHandle<()>>,
    workbench: Workbench,
    /// The editor that has the terminal meanwhile.
    guest: Option<Outside>,
    desk: Option<DeskThread>,
    listening: Listening,
    scout: Scout,
    tell: UnboundedSender<Message>,
    told: UnboundedReceiver<Message>,
    signals: Signals,
    left: Option<Left>,
    dirty: bool,
    /// Starts workers in place of those that are late.
    vigil: Vigil,
}

/// What woke the loop.
enum Woken {
    Told(Message),
    Resized,
    /// The terminal takes more of the last frame.
    TakesMore,
    Resumed,
    Terminated,
    /// Ctrl-C where the terminal makes a signal of it, as it does under an editor.
    Interrupted,
    /// The editor has ended.
    GuestLeft(std::io::Result<ExitStatus>),
    HungUp,
    SaveDue,
    Tick,
    /// The worker should have acted a while ago.
    Overdue,
}

impl Studio {
    fn open(session: Session) -> Result<Self> {
        let Session { opening, furniture, player, charset, workbench } = session;
        let signals = Signals::listen()?;
        let (tell, told) = unbounded_channel();
        let desk = DeskThread::open(furniture, tell.clone())?;
        let screen = Screen::enter(charset).context("the screen cannot be opened")?;
        let size = screen.size();
        // Words that somebody may miss come first: once they are taken away, the other is said again.
        let notice = workbench.left_over().or_else(|| opening.notice.clone());
        let state = State::new(Opening { columns: size.width, rows: size.height, notice, ..opening });
        let listening = Listening::new(player, tell.clone());
        let scout = Scout::new(state.opening.recordings.clone(), tell.clone());
        let mut studio = Self {
            state,
            screen,
            reader: None,
            outlet: None,
            workbench,
            guest: None,
            desk: Some(desk),
            listening,
            scout,
            tell,
            told,
            signals,
            left: None,
            dirty: true,
            vigil: Vigil::begin(Timestamp::now()),
        };
        studio.start_reading()?;
        Ok(studio)
    }

    async fn live(&mut self) -> Result<Left> {
        self.await_first_facts().await?;
        loop {
            // A terminal that takes nothing gets no second frame: the newest, once it takes some again.
            if self.dirty && self.guest.is_none() && !self.screen.is_behind() {
                self.dirty = false;
                self.draw();
            }
            if let Some(left) = self.left.take() {
                return Ok(left);
            }
            // Also where no frame was sent, but only that the terminal is taken, as after `fg`.
            if self.screen.is_behind() {
                self.wait_for_terminal();
            }
            let woken = self.next().await;
            self.answer(woken)?;
            while let Ok(message) = self.told.try_recv() {
                self.take_in(message)?;
            }
        }
    }

    /// The first frame shows what there is, not an empty studio that fills a moment later. Keys may come before.
    async fn await_first_facts(&mut self) -> Result<()> {
        /// A database that needs longer is being written by others; the screen does not wait for it.
        const PATIENCE: Duration = Duration::from_millis(500);
        let until = tokio::time::Instant::now() + PATIENCE;
        while !self.state.filled && self.left.is_none() {
            match tokio::time::timeout_at(until, self.told.recv()).await {
                Ok(Some(message)) => self.take_in(message)?,
                Ok(None) | Err(_) => break,
            }
        }
        Ok(())
    }

    async fn next(&mut self) -> Woken {
        let now = Timestamp::now();
        let until = |at: Option<Timestamp>| match at {
            Some(at) => at.duration_since(now).try_into().unwrap_or(Duration::ZERO),
            None => Duration::MAX,
        };
        let save_in = until(self.state.save_due());
        let overdue_in = until(self.vigil.next(&self.state.awaited()));
        let tick = self.state.wants_tick(now).filter(|_| self.guest.is_none());
        let tick_in = tick.unwrap_or(Duration::MAX);
        let Self { told, signals, outlet, guest, .. } = self;
        tokio::select! {
            biased;
            Some(message) = told.recv() => Woken::Told(message),
            _ = signals.hang_up.recv() => Woken::HungUp,
            _ = signals.terminate.recv() => Woken::Terminated,
            _ = signals.interrupt.recv() => Woken::Interrupted,
            _ = signals.resume.recv() => Woken::Resumed,
            _ = signals.resize.recv() => Woken::Resized,
            () = takes_more(outlet) => Woken::TakesMore,
            status = left(guest) => Woken::GuestLeft(status),
            () = sleep(save_in) => Woken::SaveDue,
            () = sleep(tick_in) => Woken::Tick,
            () = sleep(overdue_in) => Woken::Overdue,
        }
    }

    fn answer(&mut self, woken: Woken) -> Result<()> {
        match woken {
            Woken::Told(message) => self.take_in(message),
            Woken::SaveDue => self.take_in(Message::Pause),
            Woken::Tick => self.take_in(Message::Tick),
            Woken::Overdue => self.nudge(),
            // It was meant for the editor.
            Woken::Interrupted if self.guest.is_some() => Ok(()),
            Woken::Terminated | Woken::Interrupted => self.take_in(Message::Terminated),
            Woken::GuestLeft(status) => self.take_back(&status),
            Woken::HungUp => {
                self.hang_up();
                Ok(())
            }
            Woken::Resized | Woken::Resumed => self.fit_to_terminal(),
            Woken::TakesMore => {
                let sent = self.screen.send();
                self.sent(&sent);
                Ok(())
            }
        }
    }

    /// Starts a worker in place of one that may have been killed, and says so where that has not helped.
    fn nudge(&mut self) -> Result<()> {
        let (now, awaited) = (Timestamp::now(), self.state.awaited());
        if !self.vigil.is_due(&awaited, now) {
            return Ok(());
        }
        self.give(Work::StartWorkers);
        match awaited.values().find(|awaited| awaited.is_stuck(now)) {
            Some(awaited) => self.take_in(Message::WorkerLate { due: awaited.next }),
            None => Ok(()),
        }
    }

    /// Has frames and state follow the terminal. Asks whether the state knows the size, not whether the screen has
    /// just learned it: it looks by itself when it takes the terminal again, as after `fg`.
    fn fit_to_terminal(&mut self) -> Result<()> {
        if self.screen.resize().is_err() {
            self.hang_up();
            return Ok(());
        }
        let (size, known) = (self.screen.size(), &self.state.opening);
        if (size.width, size.height) == (known.columns, known.rows) {
            return Ok(());
        }
        self.take_in(Message::Resized { columns: size.width, rows: size.height })
    }

    fn take_in(&mut self, message: Message) -> Result<()> {
        if message == Message::Input(Input::Closed) {
            self.hang_up();
            return Ok(());
        }
        self.dirty |= message != Message::Drawn;
        for effect in update(&mut self.state, message, Timestamp::now()) {
            self.perform(effect)?;
        }
        Ok(())
    }

    fn perform(&mut self, effect: Effect) -> Result<()> {
        match effect {
            Effect::Carry { ticket, intent } => self.give(Work::Carry { ticket, intent: Box::new(intent) }),
            Effect::Play { take } => self.play(take),
            Effect::Listen { reference, whence } => self.listen(reference, &whence),
            Effect::StopPlaying => self.listening.stop(),
            Effect::LookInto { folder, make } => self.scout.look_into(folder, make),
            Effect::Glance { files } => self.scout.glance(files),
            Effect::Check(check) => self.scout.check(check),
            Effect::StopChecking { check } => self.scout.stop_checking(check),
            Effect::Copy(text) => {
                if !self.screen.copy(&text) {
                    let _ = self.tell.send(Message::Note("too long for the terminal's clipboard".to_owned()));
                }
            }
            Effect::Bell => self.screen.ring(),
            Effect::Suspend => self.suspend()?,
            Effect::EditOutside(errand) => self.lend(errand)?,
            Effect::Repaint => self.screen.repaint()?,
            Effect::RestartWorker(insistence) => self.give(Work::RestartWorkers(insistence)),
            Effect::Quit { farewell } => self.left = Some(Left::Farewell(farewell)),
        }
        Ok(())
    }

    fn play(&mut self, take: TakeId) {
        let Some(found) = self.state.queue.get(take) else { return };
        if let Some(file) = &found.file {
            self.listening.play(Sound::Take(take), file, found.duration_ms.map(Duration::from_millis));
        }
    }

    fn listen(&mut self, reference: ReferenceId, whence: &Path) {
        let found = self.state.library.get(reference);
        let length = found.and_then(|found| found.duration_ms).map(Duration::from_millis);
        self.listening.play(Sound::Reference(reference), whence, length);
    }

    fn draw(&mut self) {
        let (state, now) = (&self.state, Timestamp::now());
        let drawn = self.screen.draw(|frame| draw(state, now, frame));
        self.sent(&drawn);
    }

    /// What was drawn counts as seen once the terminal has taken all of it and nothing has changed since.
    fn sent(&mut self, outcome: &std::io::Result<()>) {
        if outcome.is_err() {
            return self.hang_up();
        }
        if !self.screen.is_behind() && !self.dirty && self.guest.is_none() {
            // Nothing of the world: a frame asks for no other frame.
            let effects = update(&mut self.state, Message::Drawn, Timestamp::now());
            debug_assert!(effects.is_empty(), "a drawn frame has no effects");
        }
    }

    /// The terminal is gone: what was typed is saved, and nothing is written to it any more.
    fn hang_up(&mut self) {
        self.screen.abandon();
        self.left = Some(Left::Gone);
    }

    fn give(&self, work: Work) {
        if let Some(desk) = &self.desk {
            desk.give(work);
        }
    }

    /// Saves what is unsaved, gives the terminal back, and waits for the desk. What an editor held is kept
    /// in its file, and the farewell names it.
    async fn close(&mut self, left: &mut Result<Left>) {
        for intent in self.state.unsaved() {
            // Nobody waits for the answer.
            self.give(Work::Carry { ticket: u64::MAX, intent: Box::new(intent) });
        }
        self.listening.stop();
        if let Some(reader) = self.reader.take() {
            reader.stop();
        }
        if let (Some(guest), Ok(Left::Farewell(line))) = (self.guest.take(), left) {
            let kept = guest.dismiss().await.unwrap_or_default();
            let lines = [line.as_str(), kept.as_str()];
            *line = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
            // Whatever the guest left behind is put right by taking and leaving; where that fails, there
            // is no terminal any more.
            let _ = self.screen.take_back();
        }
        self.screen.leave();
        if let Some(desk) = self.desk.take() {
            desk.close();
        }
    }
}

/// Sleeps; forever where the time is longer than any clock counts.
async fn sleep(time: Duration) {
    if time == Duration::MAX { std::future::pending().await } else { tokio::time::sleep(time).await }
}
