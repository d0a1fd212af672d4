//! The screen: entered once, left whole whatever happens, drawn in one write.

mod abilities;
mod asides;
mod claim;
mod pen;
mod sheet;
mod tty;

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use ratatui::layout::Size;
use ratatui::{Frame, Terminal};
use rustix::process::{Signal, kill_current_process_group};

pub use abilities::{Charset, LOCALE, has_a_screen};
pub use tty::{Device, Tty};

use asides::Asides;
use claim::{AFTER_A_GUEST, Claim, TAKE};
use sheet::{Ink, Sheet};

/// Frames of this many bytes or more are bracketed as synchronized updates (DEC 2026), lest the terminal
/// shows half of one. Smaller ones arrive in one packet and are drawn in one go anyway.
const BRACKETED_FROM: usize = 256;

const BEGIN_UPDATE: &[u8] = b"\x1b[?2026h";
const END_UPDATE: &[u8] = b"\x1b[?2026l";

/// The terminal while refrain has it: raw mode, alternate screen, bracketed paste and focus reports on.
///
/// Leaving (by [`Screen::leave`], drop, or a panic anywhere) puts everything back as it was found. The
/// caller's loop answers SIGTERM by leaving, SIGHUP by [`Screen::abandon`], SIGWINCH by
/// [`Screen::resize`]; SIGTSTP must keep its default, as [`Screen::suspend`] sends it.
///
/// Nothing here waits for a terminal that takes nothing. What it has not taken is kept, one frame at most;
/// until it [`is_behind`](Screen::is_behind) no longer, the caller draws no other.
#[derive(Debug)]
pub struct Screen<T: Tty = Device> {
    claim: Arc<Claim<T>>,
    terminal: Terminal<Sheet>,
    ink: Ink,
    charset: Charset,
    asides: Asides,
    /// What the terminal has not taken yet.
    unsent: Vec<u8>,
}

impl Screen<Device> {
    /// Takes the terminal on standard input and output, and arranges that a panic gives it back first.
    ///
    /// # Errors
    /// When they are no terminal, or it refuses raw mode.
    pub fn enter(charset: Charset) -> io::Result<Self> {
        let screen = Self::over(Device::open()?, charset)?;
        screen.give_back_on_panic();
        Ok(screen)
    }

    /// The terminal's keys, for a [`Reader`](super::input::Reader).
    ///
    /// # Errors
    /// When the process has no file descriptor left.
    pub fn keys(&self) -> io::Result<OwnedFd> {
        self.claim.tty.keys()
    }

    /// The end that is written to, for waiting until it takes more.
    ///
    /// # Errors
    /// When the process has no file descriptor left.
    pub fn outlet(&self) -> io::Result<OwnedFd> {
        self.claim.tty.outlet()
    }

    /// Ctrl-Z: gives the terminal back, stops the process, and takes the terminal again once it is
    /// continued. The next frame paints everything. Stop the [`Reader`](super::input::Reader) first.
    ///
    /// Where nobody could continue it (the main process of an SSH session), the system does not stop it.
    ///
    /// # Errors
    /// When the terminal cannot be taken again.
    pub fn suspend(&mut self) -> io::Result<()> {
        self.lend(|| kill_current_process_group(Signal::TSTP))??;
        Ok(())
    }
}

impl<T: Tty> Screen<T> {
    /// Takes a terminal.
    ///
    /// # Errors
    /// When it refuses raw mode, or has gone.
    pub fn over(tty: T, charset: Charset) -> io::Result<Self> {
        // With NO_COLOR set, crossterm would leave out colours but reset the attributes that a theme
        // without colours is made of. The theme decides.
        crossterm::style::force_color_output(true);
        let size = tty.size()?;
        let claim = Claim::new(tty);
        claim.take()?;
        let ink = Ink::default();
        let terminal = Terminal::new(Sheet::new(ink.clone(), size, charset))?;
        let mut screen = Self { claim, terminal, ink, charset, asides: Asides::default(), unsent: TAKE.to_vec() };
        screen.send()?;
        Ok(screen)
    }

    /// From now on a panic, in whichever thread, gives the terminal back before it says anything. Drawing
    /// fails from then on, so that a panic that did not end the program ends the screen.
    pub fn give_back_on_panic(&self) {
        self.claim.give_back_on_panic();
    }

    /// Draws one frame and sends what changed in one write; sends nothing when nothing changed. Bell,
    /// title and copied text asked for since the last frame go out with it.
    ///
    /// # Errors
    /// When the terminal has gone or was left.
    pub fn draw(&mut self, paint: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        if !self.claim.is_ours() {
            return Err(io::Error::new(io::ErrorKind::NotConnected, "the terminal was given back"));
        }
        self.terminal.draw(paint)?;
        self.unsent.append(&mut bracketed(self.ink.take()));
        self.unsent.append(&mut self.asides.take(self.charset));
        self.send()
    }

    /// Sends as much of what is unsent as the terminal takes now.
    ///
    /// # Errors
    /// When the terminal has gone.
    pub fn send(&mut self) -> io::Result<()> {
        if !self.unsent.is_empty() {
            let sent = self.claim.tty.write(&self.unsent)?;
            self.unsent.drain(..sent);
        }
        Ok(())
    }

    /// Whether the terminal has not taken all of the last frame.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// The size that frames have now.
    #[must_use]
    pub fn size(&self) -> Size {
        self.terminal.size().unwrap_or_default()
    }

    /// Asks the system for the terminal's size (on SIGWINCH); whether it changed. Frames follow it.
    ///
    /// # Errors
    /// When the terminal has gone.
    pub fn resize(&mut self) -> io::Result<bool> {
        let size = self.claim.tty.size()?;
        let changed = size != self.size();
        if changed {
            self.terminal.backend_mut().resize(size);
            self.repaint()?;
        }
        Ok(changed)
    }

    /// Makes the next frame paint every cell, for `C-l` and after something else wrote to the terminal.
    ///
    /// # Errors
    /// Never in practice: nothing is sent before the next frame.
    pub fn repaint(&mut self) -> io::Result<()> {
        // What was to be painted before is painted over.
        self.ink.take();
        self.terminal.backend_mut().forget();
        // Not `clear`, which asks the terminal where its cursor is and waits for the answer.
        self.terminal.resize(self.terminal.size()?.into())
    }

    /// Rings the bell with the next frame.
    pub fn ring(&mut self) {
        self.asides.ring();
    }

    /// Names the terminal's window with the next frame (OSC 2); controls in `title` are left out.
    pub fn title(&mut self, title: &str) {
        self.asides.title(title);
    }

    /// Puts text into the clipboard of the person's own machine with the next frame (OSC 52); whether it is
    /// short enough for that. Many multiplexers drop it silently, so there must always be another way.
    pub fn copy(&mut self, text: &str) -> bool {
        self.asides.copy(text)
    }

    /// Gives the terminal back for as long as `inside` runs, then takes it again. The next frame paints
    /// everything.
    ///
    /// # Errors
    /// When the terminal cannot be taken again.
    pub fn lend<R>(&mut self, inside: impl FnOnce() -> R) -> io::Result<R> {
        self.leave();
        let result = inside();
        self.claim.take()?;
        self.start_anew(&[TAKE])?;
        Ok(result)
    }

    /// Takes the terminal again after a guest had it (an editor), which may have died and left anything
    /// behind: first it is put back as it was when it was lent. The next frame paints everything.
    ///
    /// # Errors
    /// When the terminal cannot be taken again.
    pub fn take_back(&mut self) -> io::Result<()> {
        self.claim.tty.cooked();
        self.claim.take()?;
        self.start_anew(&[AFTER_A_GUEST, TAKE])
    }

    fn start_anew(&mut self, with: &[&[u8]]) -> io::Result<()> {
        self.unsent = with.concat();
        self.send()?;
        self.resize()?;
        self.repaint()
    }

    /// Gives the terminal back. Does nothing the second time; never fails, never panics.
    pub fn leave(&mut self) {
        self.unsent.clear();
        self.claim.give_back();
    }

    /// The terminal has gone (SIGHUP): forget it without touching it.
    pub fn abandon(&mut self) {
        self.unsent.clear();
        self.claim.abandon();
    }
}

impl<T: Tty> Drop for Screen<T> {
    fn drop(&mut self) {
        self.leave();
    }
}

/// A frame as it is sent.
fn bracketed(frame: Vec<u8>) -> Vec<u8> {
    if frame.len() < BRACKETED_FROM { frame } else { [BEGIN_UPDATE, &frame, END_UPDATE].concat() }
}
