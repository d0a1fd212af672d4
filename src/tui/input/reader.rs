//! The thread that reads the terminal.

use std::io;
use std::os::fd::OwnedFd;

use super::Input;

/// Reads the terminal in a thread of its own until it is stopped or dropped.
///
/// Between keys the thread sleeps in `poll` and nothing wakes it. What a person typed and the thread has
/// not read stays in the terminal for the next reader, so stopping for Ctrl-Z or an editor loses nothing.
#[derive(Debug)]
pub struct Reader {}

impl Reader {
    /// Starts reading `tty`, which must be in raw mode by then. `deliver` is called on the reading thread,
    /// in the order of typing; it returns whether there is still somebody to deliver to.
    ///
    /// # Errors
    /// When the system gives no pipe or no thread.
    pub fn start(_tty: OwnedFd, _deliver: impl FnMut(Input) -> bool + Send + 'static) -> io::Result<Self> {
        todo!()
    }

    /// Stops reading and waits until the thread has left the terminal alone.
    pub fn stop(self) {
        todo!()
    }
}
