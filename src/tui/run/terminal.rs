//! The loop and its terminal: reading it, lending it, waiting for it.

use std::io;
use std::process::ExitStatus;

use anyhow::{Context, Result};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use tokio::task::JoinHandle;

use super::Studio;
use crate::editor::NoEditor;
use crate::tui::desk::DeskThread;
use crate::tui::errand::Errand;
use crate::tui::input::Reader;
use crate::tui::message::Message;
use crate::tui::outside::Outside;

impl Studio {
    pub(super) fn suspend(&mut self) -> Result<()> {
        if let Some(reader) = self.reader.take() {
            reader.stop();
        }
        let rest = self.desk.as_ref().map(DeskThread::rest);
        self.screen.suspend().context("the terminal could not be taken again")?;
        drop(rest);
        self.start_reading()?;
        self.dirty = true;
        self.fit_to_terminal()
    }

    /// Lets the person's own editor have the terminal.
    pub(super) fn lend(&mut self, errand: Errand) -> Result<()> {
        if let Err(none) = &self.workbench.editor {
            let why = format!("{none}; {}", NoEditor::HINT);
            return self.take_in(Message::Edited { errand, result: Err(why) });
        }
        if let Some(reader) = self.reader.take() {
            reader.stop();
        }
        self.screen.leave();
        match Outside::open(&self.workbench, &errand) {
            Ok(guest) => {
                self.guest = Some(guest);
                Ok(())
            }
            Err(why) => self.settle_in(Message::Edited { errand, result: Err(why) }),
        }
    }

    /// The editor has ended: its words first, as they may be all that is left of the terminal.
    pub(super) fn take_back(&mut self, status: &io::Result<ExitStatus>) -> Result<()> {
        let Some(guest) = self.guest.take() else { return Ok(()) };
        let (errand, result) = guest.come_back(status);
        self.settle_in(Message::Edited { errand, result })
    }

    pub(super) fn settle_in(&mut self, edited: Message) -> Result<()> {
        self.take_in(edited)?;
        if self.screen.take_back().is_err() {
            self.hang_up();
            return Ok(());
        }
        self.start_reading()?;
        self.fit_to_terminal()
    }

    pub(super) fn start_reading(&mut self) -> Result<()> {
        let tell = self.tell.clone();
        let keys = self.screen.keys()?;
        self.reader = Some(Reader::start(keys, move |input| tell.send(Message::Input(input)).is_ok())?);
        Ok(())
    }

    /// In a thread, as only a wait that blocks is safe everywhere; it is rare, and one at a time.
    pub(super) fn wait_for_terminal(&mut self) {
        if self.outlet.is_none()
            && let Ok(outlet) = self.screen.outlet()
        {
            self.outlet = Some(tokio::task::spawn_blocking(move || {
                let mut ends = [PollFd::new(&outlet, PollFlags::OUT)];
                while poll(&mut ends, None) == Err(Errno::INTR) {}
            }));
        }
    }
}

/// Waits until the terminal takes more; for ever where it is not behind.
pub(super) async fn takes_more(outlet: &mut Option<JoinHandle<()>>) {
    match outlet {
        None => std::future::pending().await,
        // A wait that failed is over, too: writing will tell.
        Some(waiting) => drop(waiting.await),
    }
    *outlet = None;
}

/// Waits until the editor has ended; for ever where there is none.
pub(super) async fn left(guest: &mut Option<Outside>) -> io::Result<ExitStatus> {
    match guest {
        Some(guest) => guest.ended().await,
        None => std::future::pending().await,
    }
}
