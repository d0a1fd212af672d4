//! The device under the screen: its modes, its size, and bytes to it.

use std::fs::OpenOptions;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, PoisonError};

use ratatui::layout::Size;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, Termios, isatty, tcgetattr, tcgetwinsize, tcsetattr, ttyname};

/// How long parting words may wait for a terminal that takes nothing, as behind a stalled network.
const FAREWELL: Timespec = Timespec { tv_sec: 1, tv_nsec: 0 };

/// The size of a terminal that does not know its own.
const USUAL_SIZE: Size = Size { width: 80, height: 24 };

/// No screen is larger; a device that says so is mistaken, and would cost gigabytes of cells.
const LARGEST_SIZE: Size = Size { width: 1_000, height: 500 };

/// A terminal device, or what stands in for one in a test.
pub trait Tty: Send + Sync + 'static {
    /// Remembers the present modes and turns to raw input.
    ///
    /// # Errors
    /// When the device takes no modes: it is no terminal, or has gone.
    fn raw(&self) -> io::Result<()>;

    /// Puts the remembered modes back exactly. Fails silently: there is nothing left to do about it.
    fn cooked(&self);

    /// Writes as much as the device takes now and tells how much that was; it may be nothing.
    ///
    /// # Errors
    /// When the device has gone.
    fn write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Writes on the way out: silently, and not at all when the device takes nothing for a second.
    fn farewell(&self, bytes: &[u8]);

    /// How many columns and rows it has; never asks over the wire.
    ///
    /// # Errors
    /// When the device has gone.
    fn size(&self) -> io::Result<Size>;
}

/// The terminal that the process runs in.
#[derive(Debug)]
pub struct Device {
    input: OwnedFd,
    output: OwnedFd,
    before: Mutex<Option<Termios>>,
}

impl Device {
    /// The terminal on standard input and output, or the controlling one where those lead elsewhere.
    ///
    /// # Errors
    /// When there is no terminal at all.
    pub fn open() -> io::Result<Self> {
        let (stdin, stdout) = (rustix::stdio::stdin(), rustix::stdio::stdout());
        let (input, output) = if isatty(stdin) && isatty(stdout) {
            (stdin.try_clone_to_owned()?, stdout.try_clone_to_owned()?)
        } else {
            let tty = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
            (tty.try_clone()?.into(), tty.into())
        };
        let output = never_waiting(&output).unwrap_or(output);
        Ok(Self::over(input, output))
    }

    /// A terminal by its two ends.
    #[must_use]
    pub fn over(input: OwnedFd, output: OwnedFd) -> Self {
        Self { input, output, before: Mutex::new(None) }
    }

    /// The terminal's keys, for a [`Reader`](crate::tui::input::Reader).
    ///
    /// # Errors
    /// When the process has no file descriptor left.
    pub fn keys(&self) -> io::Result<OwnedFd> {
        self.input.try_clone()
    }

    /// The end that is written to, for waiting until it takes more.
    ///
    /// # Errors
    /// When the process has no file descriptor left.
    pub fn outlet(&self) -> io::Result<OwnedFd> {
        self.output.try_clone()
    }

    fn until_writable(&self, patience: &Timespec) -> io::Result<()> {
        let mut ends = [PollFd::from_borrowed_fd(self.output.as_fd(), PollFlags::OUT)];
        match poll(&mut ends, Some(patience)) {
            Ok(0) => Err(io::ErrorKind::TimedOut.into()),
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The same terminal by a file of our own that takes what it can and never waits: the mode belongs to the
/// file, and the one on standard output is the shell's too.
fn never_waiting(terminal: &OwnedFd) -> io::Result<OwnedFd> {
    let name = ttyname(terminal, Vec::new())?;
    let flags = OFlags::WRONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(name.as_c_str(), flags, Mode::empty())?)
}

impl Tty for Device {
    fn raw(&self) -> io::Result<()> {
        let before = tcgetattr(&self.input)?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(&self.input, OptionalActions::Now, &raw)?;
        *self.before.lock().unwrap_or_else(PoisonError::into_inner) = Some(before);
        Ok(())
    }

    fn cooked(&self) {
        let before = self.before.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = before.as_ref() {
            // `Now`, as waiting for output to drain may take for ever on a stalled line.
            let _ = tcsetattr(&self.input, OptionalActions::Now, before);
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = 0;
        while written < bytes.len() {
            match rustix::io::write(&self.output, &bytes[written..]) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(more) => written += more,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(written)
    }

    fn farewell(&self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() && self.until_writable(&FAREWELL).is_ok() {
            match self.write(rest) {
                Ok(written) => rest = &rest[written..],
                Err(_) => return,
            }
        }
    }

    fn size(&self) -> io::Result<Size> {
        let size = tcgetwinsize(&self.output)?;
        if size.ws_col == 0 || size.ws_row == 0 {
            return Ok(USUAL_SIZE);
        }
        Ok(Size { width: size.ws_col.min(LARGEST_SIZE.width), height: size.ws_row.min(LARGEST_SIZE.height) })
    }
}
