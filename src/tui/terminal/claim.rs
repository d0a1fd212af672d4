//! Having the terminal: taken as one step, given back whole as one step, from wherever.

use std::io;
use std::panic;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread;

use super::tty::Tty;
use crate::audio::apart::THREAD as DECODER;

/// Keeps the window's title, takes the alternate screen, turns on bracketed paste and focus reports.
pub const TAKE: &[u8] = b"\x1b[22;2t\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[2J";

/// Undoes `TAKE` and all that a frame may have left behind when it was cut in the middle: half a string
/// (ended by Esc `\`), a held synchronized update, colours, a hidden cursor. The frame is wiped: where there
/// is no alternate screen, as in GNU screen by default, the shell would write into it.
const GIVE_BACK: &[u8] = b"\x1b\\\x1b[?2026l\x1b[0m\x1b[?1004l\x1b[?2004l\x1b[?25h\x1b[H\x1b[J\x1b[?1049l\x1b[23;2t";

/// What a guest that died may have left on: arrow and keypad modes, mouse reports, insertion, a scrolling
/// region, another character set, no wrapping. None of it is on in a terminal that was given back whole.
pub const AFTER_A_GUEST: &[u8] =
    b"\x1b\\\x1b[?1l\x1b>\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[4l\x1b[r\x1b[?7h\x0f\x1b(B";

/// The terminal, and whether it is ours at the moment.
#[derive(Debug)]
pub struct Claim<T: Tty> {
    pub tty: T,
    ours: AtomicBool,
}

impl<T: Tty> Claim<T> {
    pub fn new(tty: T) -> Arc<Self> {
        Arc::new(Self { tty, ours: AtomicBool::new(false) })
    }

    pub fn is_ours(&self) -> bool {
        self.ours.load(Ordering::SeqCst)
    }

    /// Takes the terminal; [`TAKE`] is what it has to be sent then. The modes come first: in the background
    /// that stops the process before it has written anything over somebody else's screen.
    pub fn take(&self) -> io::Result<()> {
        self.tty.raw()?;
        self.ours.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Gives the terminal back as it was found. Does nothing when it is not ours; never fails or panics.
    pub fn give_back(&self) {
        if self.ours.swap(false, Ordering::SeqCst) {
            // The modes first: whoever sees the old screen again may type, and is understood.
            self.tty.cooked();
            self.tty.farewell(GIVE_BACK);
        }
    }

    /// The terminal has gone: nothing is given back to nobody.
    pub fn abandon(&self) {
        self.ours.store(false, Ordering::SeqCst);
    }

    /// Puts [`Claim::give_back`] before whatever a panic does now. A decoder that gives up on a broken file is no
    /// end of anything: its panic is caught, and nothing is said.
    pub fn give_back_on_panic(self: &Arc<Self>) {
        let claim: Weak<Self> = Arc::downgrade(self);
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if thread::current().name() == Some(DECODER) {
                return;
            }
            if let Some(claim) = claim.upgrade() {
                claim.give_back();
            }
            report(panic);
        }));
    }
}

impl<T: Tty> Drop for Claim<T> {
    fn drop(&mut self) {
        self.give_back();
    }
}
