//! Signals at the prompt, and while a command runs.
//!
//! At the prompt they are answered; a command that runs ends or sleeps by them as a program of its own
//! would, save that Ctrl-C ends the command and never the prompt.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
use signal_hook::{flag, low_level};

/// What came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Came {
    Interrupt,
    /// C-z.
    Sleep,
    Wake,
    /// Hang-up, or a request to end.
    Leave,
}

/// The signals that are answered at the prompt.
const ANSWERED: [(i32, Came); 5] = [
    (SIGHUP, Came::Leave),
    (SIGTERM, Came::Leave),
    (SIGINT, Came::Interrupt),
    (SIGTSTP, Came::Sleep),
    (SIGCONT, Came::Wake),
];

/// Those of them that do to a command what they do to any program.
const USUAL_FOR_COMMANDS: [i32; 3] = [SIGHUP, SIGTERM, SIGTSTP];

/// The signals that have come and were not answered yet.
pub struct Signals {
    came: Vec<(Came, Arc<AtomicBool>)>,
    at_a_command: Arc<AtomicBool>,
}

impl Signals {
    /// Listens; each signal also writes a byte to `wake`.
    ///
    /// # Errors
    /// When a signal cannot be listened to.
    pub fn listen(wake: &UnixStream) -> io::Result<Self> {
        let at_a_command = Arc::new(AtomicBool::new(true));
        for signal in USUAL_FOR_COMMANDS {
            flag::register_conditional_default(signal, Arc::clone(&at_a_command))?;
        }
        let mut came = Vec::new();
        for (signal, what) in ANSWERED {
            let flag = Arc::new(AtomicBool::new(false));
            flag::register(signal, Arc::clone(&flag))?;
            low_level::pipe::register(signal, wake.try_clone()?)?;
            came.push((what, flag));
        }
        Ok(Self { came, at_a_command })
    }

    /// From here on signals are answered. What came before was the command's; says whether it was
    /// interrupted.
    pub fn at_the_prompt(&self) -> bool {
        self.at_a_command.store(false, Ordering::SeqCst);
        let before: Vec<Came> = std::iter::from_fn(|| self.next()).collect();
        before.contains(&Came::Interrupt)
    }

    /// From here on a command runs.
    pub fn at_a_command(&self) {
        self.at_a_command.store(true, Ordering::SeqCst);
    }

    /// The gravest signal that came and was not answered.
    pub fn next(&self) -> Option<Came> {
        self.came.iter().find(|(_, flag)| flag.swap(false, Ordering::SeqCst)).map(|(came, _)| *came)
    }
}

/// Sleeps until somebody wakes the program, as C-z does by default.
///
/// # Errors
/// When the signal cannot be given.
pub fn sleep() -> io::Result<()> {
    low_level::emulate_default_handler(SIGTSTP)
}
