//! The screen: entered once, left whole whatever happens, drawn in one write.

mod claim;
mod pen;
mod sheet;
mod tty;

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ratatui::layout::Size;
use ratatui::{Frame, Terminal};
use rustix::process::{Signal, kill_current_process_group};

use crate::domain::untrusted::Untrusted;

pub use tty::{Device, Tty};

use claim::Claim;
use sheet::{Ink, Sheet};

/// Frames of this many bytes or more are bracketed as synchronized updates (DEC 2026), lest the terminal
/// shows half of one. Smaller ones arrive in one packet and are drawn in one go anyway.
const BRACKETED_FROM: usize = 256;

const BEGIN_UPDATE: &[u8] = b"\x1b[?2026h";
const END_UPDATE: &[u8] = b"\x1b[?2026l";
const BELL: u8 = 0x07;

/// Characters of a window title at most.
const LONGEST_TITLE: usize = 100;

/// Bytes of text offered to the clipboard at most: in Base64 they stay below the 100,000 that terminals
/// commonly take in one sequence.
const LONGEST_COPY: usize = 74_000;

/// The terminal while refrain has it: raw mode, alternate screen, bracketed paste and focus reports on.
///
/// Leaving (by [`Screen::leave`], drop, or a panic anywhere) puts everything back as it was found. The
/// caller's loop answers SIGTERM by leaving, SIGHUP by [`Screen::abandon`], SIGWINCH by
/// [`Screen::resize`]; SIGTSTP must keep its default, as [`Screen::suspend`] sends it.
#[derive(Debug)]
pub struct Screen<T: Tty = Device> {
    claim: Arc<Claim<T>>,
    terminal: Terminal<Sheet>,
    ink: Ink,
    /// What goes out after the next frame: bell, title, copied text.
    asides: Vec<u8>,
}

impl Screen<Device> {
    /// Takes the terminal on standard input and output, and arranges that a panic gives it back first.
    ///
    /// # Errors
    /// When they are no terminal, or it refuses raw mode.
    pub fn enter() -> io::Result<Self> {
        let screen = Self::over(Device::open()?)?;
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
    pub fn over(tty: T) -> io::Result<Self> {
        // With NO_COLOR set, crossterm would leave out colours but reset the attributes that a theme
        // without colours is made of. The theme decides.
        crossterm::style::force_color_output(true);
        let size = tty.size()?;
        let claim = Claim::new(tty);
        claim.take()?;
        let ink = Ink::default();
        let terminal = Terminal::new(Sheet::new(ink.clone(), size))?;
        Ok(Self { claim, terminal, ink, asides: Vec::new() })
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
        let mut bytes = bracketed(self.ink.take());
        bytes.append(&mut self.asides);
        if bytes.is_empty() { Ok(()) } else { self.claim.tty.write(&bytes) }
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
        self.asides.push(BELL);
    }

    /// Names the terminal's window with the next frame (OSC 2); controls in `title` are left out.
    pub fn title(&mut self, title: &str) {
        let title = Untrusted::new(title).clean(LONGEST_TITLE);
        self.asides.extend_from_slice(format!("\x1b]2;{title}\x07").as_bytes());
    }

    /// Puts text into the clipboard of the person's own machine with the next frame (OSC 52); whether it is
    /// short enough for that. Many multiplexers drop it silently, so there must always be another way.
    pub fn copy(&mut self, text: &str) -> bool {
        let fits = text.len() <= LONGEST_COPY;
        if fits {
            self.asides.extend_from_slice(format!("\x1b]52;c;{}\x07", STANDARD.encode(text)).as_bytes());
        }
        fits
    }

    /// Gives the terminal back for as long as `inside` runs (an editor, a pager), then takes it again.
    /// The next frame paints everything.
    ///
    /// # Errors
    /// When the terminal cannot be taken again.
    pub fn lend<R>(&mut self, inside: impl FnOnce() -> R) -> io::Result<R> {
        self.claim.give_back();
        let result = inside();
        self.claim.take()?;
        self.resize()?;
        self.repaint()?;
        Ok(result)
    }

    /// Gives the terminal back. Does nothing the second time; never fails, never panics.
    pub fn leave(&mut self) {
        self.claim.give_back();
    }

    /// The terminal has gone (SIGHUP): forget it without touching it.
    pub fn abandon(&mut self) {
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
