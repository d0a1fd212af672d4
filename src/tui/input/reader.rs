//! The thread that reads the terminal.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::OwnedFd;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use super::Input;
use super::decode::Decoder;

/// Bytes taken at once; a larger paste takes several reads, whatever its size.
const CHUNK: usize = 8 * 1024;

/// Reads the terminal in a thread of its own until it is stopped or dropped.
///
/// Between keys the thread sleeps in `poll` and nothing wakes it. What a person typed and the thread has
/// not read stays in the terminal for the next reader, so stopping for Ctrl-Z or an editor loses nothing.
#[derive(Debug)]
pub struct Reader {
    /// Closing it wakes the thread for the last time.
    wake: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    /// Starts reading `tty`, which must be in raw mode by then. `deliver` is called on the reading thread,
    /// in the order of typing; it returns whether there is still somebody to deliver to.
    ///
    /// # Errors
    /// When the system gives no pipe or no thread.
    pub fn start(tty: OwnedFd, mut deliver: impl FnMut(Input) -> bool + Send + 'static) -> io::Result<Self> {
        let (stop, wake) = io::pipe()?;
        let mut source = Terminal { tty, stop };
        let thread = thread::Builder::new().name("keys".into()).spawn(move || listen(&mut source, &mut deliver))?;
        Ok(Self { wake: Some(wake), thread: Some(thread) })
    }

    /// Stops reading and waits until the thread has left the terminal alone.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.wake.take());
        if let Some(thread) = self.thread.take() {
            // A reader that panicked has said so already, and reads no more.
            let _ = thread.join();
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.end();
    }
}

/// Where bytes come from: a terminal, or a script in a test.
pub trait Source {
    /// Waits for bytes, for `hold` at most or for ever, and adds them to `bytes`.
    ///
    /// # Errors
    /// When the source cannot be waited for or read.
    fn wait(&mut self, hold: Option<Duration>, bytes: &mut Vec<u8>) -> io::Result<Arrival>;
}

/// What ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    Bytes,
    /// The time passed.
    Quiet,
    /// Nobody wants to hear more.
    Stopped,
    /// No more will come.
    Closed,
}

/// Turns what comes from a source into [`Input`] until either end has had enough.
pub fn listen(source: &mut impl Source, deliver: &mut impl FnMut(Input) -> bool) {
    let mut decoder = Decoder::default();
    let mut bytes = Vec::with_capacity(CHUNK);
    let mut heard = true;
    while heard {
        bytes.clear();
        let mut pass = |input| heard = heard && deliver(input);
        match source.wait(decoder.hold(), &mut bytes) {
            Ok(Arrival::Bytes) => decoder.feed(&bytes, pass),
            Ok(Arrival::Quiet) => decoder.give_up(pass),
            Ok(Arrival::Stopped) => return decoder.give_up(pass),
            Ok(Arrival::Closed) | Err(_) => {
                decoder.give_up(&mut pass);
                return pass(Input::Closed);
            }
        }
    }
}

/// The terminal, and the pipe that says when to stop.
struct Terminal {
    tty: OwnedFd,
    stop: PipeReader,
}

impl Source for Terminal {
    fn wait(&mut self, hold: Option<Duration>, bytes: &mut Vec<u8>) -> io::Result<Arrival> {
        let until = hold.map(|hold| Instant::now() + hold);
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            let left = left.map(Timespec::try_from).transpose().map_err(io::Error::other)?;
            let mut ends = [PollFd::new(&self.tty, PollFlags::IN), PollFd::new(&self.stop, PollFlags::IN)];
            match poll(&mut ends, left.as_ref()) {
                Ok(0) => return Ok(Arrival::Quiet),
                Err(Errno::INTR) => continue,
                Err(error) => return Err(error.into()),
                Ok(_) if !ends[1].revents().is_empty() => return Ok(Arrival::Stopped),
                Ok(_) => {}
            }
            let room = rustix::buffer::spare_capacity(bytes);
            match rustix::io::read(&self.tty, room) {
                Ok(0) => return Ok(Arrival::Closed),
                Ok(_) => return Ok(Arrival::Bytes),
                Err(Errno::INTR | Errno::AGAIN) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
