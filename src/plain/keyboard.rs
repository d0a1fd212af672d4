//! Reading lines, and what else may happen meanwhile.
//!
//! At a terminal the keys come one by one, so it is known whether a line has been begun: events wait for
//! its end. Everywhere else (a pipe, or a terminal that does not echo, as in Emacs) whole lines come, and
//! nothing is known of half a line. Bytes are taken one at a time, so that what stands behind a line is
//! still there for a program or a command that the line starts.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::stdio::{stdin, stdout};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, isatty, tcgetattr, tcsetattr};

use super::signals::{Came, Signals, sleep};
use super::typed::{Struck, Typed};
use crate::cli::output;

/// What woke the prompt.
#[derive(Debug, PartialEq, Eq)]
pub enum Woken {
    Line(String),
    /// No more lines will come.
    End,
    /// Ctrl-C.
    Interrupted,
    /// A signal to leave.
    Terminated,
    /// Back from sleep: the terminal may show something else.
    Back,
    /// Somebody committed something.
    Rung,
    /// The time is up.
    Due,
}

/// Where lines come from.
enum Source {
    /// A terminal, key by key; with its ordinary modes.
    Keys(Box<Termios>),
    /// A terminal that gives whole lines.
    LinesOfATerminal,
    /// A pipe or a file.
    Pipe,
}

/// The place where lines come from, and the wire by which signals and the bell wake who waits there.
pub struct Keyboard {
    source: Source,
    typed: Typed,
    /// The bytes of a line that is not done, where whole lines come.
    line: Vec<u8>,
    wake: UnixStream,
    wire: UnixStream,
    signals: Signals,
}

impl Keyboard {
    /// Standard input.
    ///
    /// # Errors
    /// When signals cannot be listened to.
    pub fn open() -> io::Result<Self> {
        let (wake, wire) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        wire.set_nonblocking(true)?;
        let signals = Signals::listen(&wire)?;
        Ok(Self { source: Source::find(), typed: Typed::default(), line: Vec::new(), wake, wire, signals })
    }

    /// Where a byte wakes who waits for a line.
    ///
    /// # Errors
    /// When the process has no file descriptor left.
    pub fn wire(&self) -> io::Result<UnixStream> {
        self.wire.try_clone()
    }

    /// Whether a person types here.
    pub fn is_of_a_person(&self) -> bool {
        !matches!(self.source, Source::Pipe)
    }

    /// Whether something has been typed that is not done. Where whole lines come it cannot be known.
    pub fn is_begun(&self) -> bool {
        !self.typed.is_empty()
    }

    /// What has been typed and is not done.
    pub fn begun(&self) -> &str {
        self.typed.text()
    }

    /// From here on the keys are for the prompt, which begins a line.
    ///
    /// # Errors
    /// When standard output cannot be used.
    pub fn take(&mut self) -> io::Result<()> {
        let interrupted = self.signals.at_the_prompt();
        self.turn_to_keys();
        // The terminal has shown the key as `^C`, and gone on behind it.
        if interrupted { self.end_line() } else { Ok(()) }
    }

    /// Ends the line in which somebody types, where somebody does.
    ///
    /// # Errors
    /// When standard output cannot be used.
    pub fn end_line(&self) -> io::Result<()> {
        if self.is_of_a_person() { output::echo("\n") } else { Ok(()) }
    }

    /// From here on they are for a command, an editor, or the shell.
    pub fn give_back(&mut self) {
        // A terminal that has gone needs no modes.
        let _ = self.turn_back();
        self.signals.at_a_command();
    }

    fn turn_back(&self) -> io::Result<()> {
        let Source::Keys(before) = &self.source else { return Ok(()) };
        Ok(tcsetattr(stdin(), OptionalActions::Now, before)?)
    }

    /// Echo and lines are ours; signals, line ends and the rest stay the terminal's.
    fn turn_to_keys(&self) {
        let Source::Keys(before) = &self.source else { return };
        let mut keys = Termios::clone(before);
        keys.local_modes -= LocalModes::ICANON | LocalModes::ECHO;
        keys.special_codes[SpecialCodeIndex::VMIN] = 1;
        keys.special_codes[SpecialCodeIndex::VTIME] = 0;
        let _ = tcsetattr(stdin(), OptionalActions::Now, &keys);
    }

    /// Waits for a line or whatever else comes first.
    ///
    /// # Errors
    /// When standard input or output cannot be used.
    pub fn next(&mut self, until: Option<Instant>) -> io::Result<Woken> {
        loop {
            if let Some(came) = self.signals.next() {
                match self.answer(came)? {
                    Some(woken) => return Ok(woken),
                    None => continue,
                }
            }
            let [typed, rung] = self.wait(until)?;
            if rung {
                self.empty_the_wire()?;
                return Ok(Woken::Rung);
            }
            if typed {
                if let Some(woken) = self.read()? {
                    return Ok(woken);
                }
            } else if until.is_some_and(|until| Instant::now() >= until) {
                return Ok(Woken::Due);
            }
        }
    }

    /// Waits until there is something to read or to hear: which of them it is.
    fn wait(&self, until: Option<Instant>) -> io::Result<[bool; 2]> {
        let stdin = stdin();
        let mut ends = [PollFd::new(&stdin, PollFlags::IN), PollFd::from_borrowed_fd(self.wake.as_fd(), PollFlags::IN)];
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut ends, left.as_ref()) {
            Ok(_) => Ok(ends.map(|end| !end.revents().is_empty())),
            Err(Errno::INTR) => Ok([false; 2]),
            Err(error) => Err(error.into()),
        }
    }

    /// What rang is found out by looking: a signal left a flag, the bell a newer row.
    fn empty_the_wire(&self) -> io::Result<()> {
        let mut bytes = [0; 256];
        match rustix::io::read(&self.wake, &mut bytes) {
            Ok(_) | Err(Errno::AGAIN | Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn answer(&mut self, came: Came) -> io::Result<Option<Woken>> {
        match came {
            Came::Leave => Ok(Some(Woken::Terminated)),
            Came::Interrupt => {
                self.typed.abandon();
                self.line.clear();
                Ok(Some(Woken::Interrupted))
            }
            Came::Sleep => {
                self.turn_back()?;
                // Whoever wakes the program sends a signal of its own.
                sleep().map(|()| None)
            }
            Came::Wake => {
                // Whoever had the terminal meanwhile may have changed it.
                self.turn_to_keys();
                Ok(Some(Woken::Back))
            }
        }
    }

    /// Takes one byte in.
    fn read(&mut self) -> io::Result<Option<Woken>> {
        let mut byte = [0];
        match rustix::io::read(stdin(), &mut byte) {
            Ok(0) => return Ok(Some(self.end())),
            Ok(_) => {}
            Err(Errno::INTR | Errno::AGAIN) => return Ok(None),
            // The other end of the terminal has been closed.
            Err(Errno::IO) => return Ok(Some(Woken::Terminated)),
            Err(error) => return Err(error.into()),
        }
        if matches!(self.source, Source::Keys(_)) {
            return self.strike(byte[0]);
        }
        if byte[0] != b'\n' {
            self.line.push(byte[0]);
            return Ok(None);
        }
        Ok(Some(Woken::Line(self.take_line())))
    }

    fn strike(&mut self, byte: u8) -> io::Result<Option<Woken>> {
        match self.typed.strike(byte) {
            Struck::Echo(echo) if echo.is_empty() => Ok(None),
            Struck::Echo(echo) => output::echo(&echo).map(|()| None),
            Struck::Enter(line) => output::echo("\n").map(|()| Some(Woken::Line(line))),
            Struck::End => Ok(Some(Woken::End)),
        }
    }

    /// The last line of a file may have no end.
    fn end(&mut self) -> Woken {
        if self.line.is_empty() { Woken::End } else { Woken::Line(self.take_line()) }
    }

    fn take_line(&mut self) -> String {
        let bytes = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&bytes);
        line.strip_suffix('\r').unwrap_or(&line).to_owned()
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl Source {
    fn find() -> Self {
        if !isatty(stdin()) {
            return Self::Pipe;
        }
        let echoes = |modes: &Termios| modes.local_modes.contains(LocalModes::ICANON | LocalModes::ECHO);
        match tcgetattr(stdin()) {
            Ok(modes) if echoes(&modes) && isatty(stdout()) => Self::Keys(Box::new(modes)),
            _ => Self::LinesOfATerminal,
        }
    }
}
