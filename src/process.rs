//! Processes of this machine, each told from every other that had or will have its number.

use std::fmt;
use std::fs;
use std::io;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};

/// What stands before the worker in its lock's file once it is leaving.
pub const LEAVING: &str = "leaving ";

/// A process, as whoever wrote its number down knew it. The system gives a number again once its process is over;
/// with the moment at which it began, it stays what it meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    pub pid: u32,
    /// In ticks since the machine was started; none where the system does not say it in files.
    began: Option<u64>,
}

impl Identity {
    /// This process.
    #[must_use]
    pub fn own() -> Self {
        Self::of(std::process::id())
    }

    /// The process that has that number now.
    #[must_use]
    pub fn of(pid: u32) -> Self {
        Self { pid, began: began(pid) }
    }

    /// The process that was written down as [`Display`](fmt::Display) says it, at the beginning of a text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.lines().next()?.split(' ');
        let pid = words.next()?.parse().ok()?;
        Some(Self { pid, began: words.next().and_then(|began| began.parse().ok()) })
    }

    /// The process that holds a worker's lock, as the lock's file says it: with [`LEAVING`] before it, once it leaves.
    #[must_use]
    pub fn parse_holder(text: &str) -> Option<Self> {
        Self::parse(text.strip_prefix(LEAVING).unwrap_or(text))
    }

    /// Whether it is there still: not another one with its number. Where no process shows when it began, the number is
    /// believed; where they do, one that was written down without it is of another machine.
    #[must_use]
    pub fn is_there(self) -> bool {
        began(self.pid) == self.began
    }

    /// Whether somebody has suspended it, so that it does nothing until it is woken.
    #[must_use]
    pub fn is_suspended(self) -> bool {
        self.is_there() && field(self.pid, STATE).is_some_and(|state| state.starts_with(['T', 't']))
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.began {
            Some(began) => write!(f, "{} {began}", self.pid),
            None => write!(f, "{}", self.pid),
        }
    }
}

/// Places behind the program's name in `/proc/PID/stat` (proc(5)).
const STATE: usize = 0;
const BEGAN: usize = 19;

/// When a process began, in ticks since the machine was started.
#[must_use]
pub fn began(pid: u32) -> Option<u64> {
    field(pid, BEGAN)?.parse().ok()
}

fn field(pid: u32, place: usize) -> Option<String> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program may hold anything.
    text.rsplit_once(") ")?.1.split(' ').nth(place).map(str::to_owned)
}

/// A process to send signals to: what is sent reaches this one or nobody.
#[derive(Debug)]
pub struct Process {
    pid: Pid,
    #[cfg(target_os = "linux")]
    descriptor: Option<std::os::fd::OwnedFd>,
}

impl Process {
    /// Takes hold of a process; of none where it is over.
    #[must_use]
    pub fn find(identity: Identity) -> Option<Self> {
        let process = Self::numbered(Pid::from_raw(i32::try_from(identity.pid).ok()?)?)?;
        // It is looked at once it is held: whoever had the number in between cannot be meant any more.
        identity.is_there().then_some(process)
    }

    #[cfg(target_os = "linux")]
    fn numbered(pid: Pid) -> Option<Self> {
        use rustix::process::{PidfdFlags, pidfd_open};
        match pidfd_open(pid, PidfdFlags::empty()) {
            Ok(descriptor) => Some(Self { pid, descriptor: Some(descriptor) }),
            Err(Errno::SRCH) => None,
            // An older kernel, or a sandbox that allows no such thing: its number must do.
            Err(_) => Some(Self { pid, descriptor: None }),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn numbered(pid: Pid) -> Option<Self> {
        Some(Self { pid })
    }

    /// Sends it a signal, unless it is over.
    ///
    /// # Errors
    /// Where the system does not allow it.
    pub fn send(&self, signal: Signal) -> io::Result<()> {
        match self.send_now(signal) {
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(target_os = "linux")]
    fn send_now(&self, signal: Signal) -> rustix::io::Result<()> {
        match &self.descriptor {
            Some(descriptor) => rustix::process::pidfd_send_signal(descriptor, signal),
            None => kill_process(self.pid, signal),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn send_now(&self, signal: Signal) -> rustix::io::Result<()> {
        kill_process(self.pid, signal)
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Child, Command, Stdio};

    use super::*;

    fn waiting() -> Child {
        Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap()
    }

    #[test]
    fn a_process_is_known_again_from_what_was_written_down() {
        let own = Identity::own();
        assert_eq!(Identity::parse(&own.to_string()), Some(own));
        assert_eq!(Identity::parse("4242 7\nand more"), Some(Identity { pid: 4242, began: Some(7) }));
        assert_eq!(Identity::parse("4242"), Some(Identity { pid: 4242, began: None }));
        for text in ["", "\n", "leaving", "-1 7", "4242x"] {
            assert_eq!(Identity::parse(text), None, "{text:?}");
        }
        assert!(own.is_there() && !own.is_suspended());
    }

    #[test]
    fn another_process_with_its_number_is_not_found() {
        let mut other = waiting();
        let identity = Identity::of(other.id());
        assert!(Process::find(identity).is_some());
        if let Some(began) = identity.began {
            for then in [began - 1, began + 1] {
                assert!(Process::find(Identity { began: Some(then), ..identity }).is_none());
            }
        }
        assert!(Process::find(Identity { pid: 0, began: None }).is_none());
        assert!(Process::find(Identity { pid: u32::MAX, began: None }).is_none());
        other.kill().unwrap();
        other.wait().unwrap();
    }

    #[test]
    fn what_is_sent_to_a_process_that_is_over_reaches_nobody() {
        let mut over = waiting();
        let process = Process::find(Identity::of(over.id())).unwrap();
        process.send(Signal::KILL).unwrap();
        assert!(!over.wait().unwrap().success());
        process.send(Signal::KILL).unwrap();
        assert!(Process::find(Identity { pid: over.id(), began: Some(1) }).is_none());
    }
}
