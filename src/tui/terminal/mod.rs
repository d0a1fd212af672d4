//! The screen: entered once, left whole whatever happens, drawn in one write.

use std::io;

use ratatui::Frame;
use ratatui::layout::Size;

/// The terminal while refrain has it: raw mode, alternate screen, bracketed paste and focus reports on.
///
/// Leaving (by [`Screen::leave`], drop, or a panic anywhere) puts everything back as it was found.
#[derive(Debug)]
pub struct Screen {}

impl Screen {
    /// Takes the terminal on standard input and output, and arranges that a panic gives it back first.
    ///
    /// # Errors
    /// When they are no terminal, or it refuses raw mode.
    pub fn enter() -> io::Result<Self> {
        todo!()
    }

    /// Draws one frame and sends what changed in one write; sends nothing when nothing changed. Bell,
    /// title and copied text asked for since the last frame go out with it.
    ///
    /// # Errors
    /// When the terminal has gone or was left.
    pub fn draw(&mut self, _paint: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        todo!()
    }

    /// The size that frames have now.
    #[must_use]
    pub fn size(&self) -> Size {
        todo!()
    }

    /// Asks the system for the terminal's size (on SIGWINCH); whether it changed. Frames follow it.
    ///
    /// # Errors
    /// When the terminal has gone.
    pub fn resize(&mut self) -> io::Result<bool> {
        todo!()
    }

    /// Makes the next frame paint every cell, for `C-l` and after something else wrote to the terminal.
    ///
    /// # Errors
    /// When the terminal has gone.
    pub fn repaint(&mut self) -> io::Result<()> {
        todo!()
    }

    /// Rings the bell with the next frame.
    pub fn ring(&mut self) {
        todo!()
    }

    /// Names the terminal's window with the next frame (OSC 2); controls in `title` are left out.
    pub fn title(&mut self, _title: &str) {
        todo!()
    }

    /// Puts text into the clipboard of the person's own machine with the next frame (OSC 52). Many
    /// multiplexers drop it silently, so there must always be another way.
    pub fn copy(&mut self, _text: &str) {
        todo!()
    }

    /// Ctrl-Z: gives the terminal back, stops the process, and takes the terminal again once it is
    /// continued. The next frame paints everything. Stop the [`Reader`](super::input::Reader) first.
    ///
    /// # Errors
    /// When the terminal cannot be taken again.
    pub fn suspend(&mut self) -> io::Result<()> {
        todo!()
    }

    /// Gives the terminal back for as long as `inside` runs (an editor, a pager), then takes it again.
    ///
    /// # Errors
    /// When the terminal cannot be taken again.
    pub fn lend<T>(&mut self, _inside: impl FnOnce() -> T) -> io::Result<T> {
        todo!()
    }

    /// Gives the terminal back. Does nothing the second time; never fails, never panics.
    pub fn leave(&mut self) {
        todo!()
    }

    /// The terminal has gone (SIGHUP): forget it without touching it.
    pub fn abandon(&mut self) {
        todo!()
    }
}
