//! What a point does in a test build: whatever the environment says, once.
//!
//! `REFRAIN_FAILPOINT=take.claimed=kill` says where and what, `take.piece=io-error#3` that it is the third time that
//! a process passes there. `REFRAIN_FAILPOINT_FIRED` names a file that whoever fires makes first, and that nobody
//! else can make then: of all processes that inherit the environment, one fails, once. It holds the name of the
//! point and the process that fired.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, process, thread};

use rustix::io::Errno;
use rustix::process::{Signal, getpid, kill_process};

use super::Point;

/// The variable that says what fails.
pub const VARIABLE: &str = "REFRAIN_FAILPOINT";

/// The variable that names the file which the one that fires makes.
pub const FIRED: &str = "REFRAIN_FAILPOINT_FIRED";

/// How often one that waits looks whether it may go on.
const LOOK: Duration = Duration::from_millis(10);

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    /// The process ends itself without unwinding.
    Abort,
    /// The process is killed.
    Kill,
    /// The step fails as it would on a full disk.
    DiskFull,
    /// The step fails as it would on a broken disk.
    IoError,
    /// The thread panics.
    Panic,
    /// The thread never goes on.
    Hang,
    /// The process is suspended, and goes on when it is woken.
    Stop,
    /// The thread goes on when somebody has written more into the file of [`FIRED`], or removed it.
    Wait,
}

impl Deed {
    /// Every deed, with what the environment calls it.
    const NAMES: [(Self, &str); 8] = [
        (Self::Abort, "abort"),
        (Self::Kill, "kill"),
        (Self::DiskFull, "disk-full"),
        (Self::IoError, "io-error"),
        (Self::Panic, "panic"),
        (Self::Hang, "hang"),
        (Self::Stop, "stop"),
        (Self::Wait, "wait"),
    ];

    /// What the environment calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(deed, _)| *deed == self).map_or("", |(_, name)| name)
    }

    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(deed, _)| *deed)
    }
}

/// What fails, where, and at which pass of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub point: Point,
    pub deed: Deed,
    /// Counted from 1.
    pub pass: u32,
}

impl Fault {
    /// Reads a value of [`VARIABLE`].
    ///
    /// # Errors
    /// With a sentence that names what is wrong: a fault that never fires would be taken for one that does no harm.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (point, deed) = text.split_once('=').ok_or(format!("`{text}` is not `POINT=DEED`"))?;
        let (deed, pass) = deed.split_once('#').unwrap_or((deed, "1"));
        Ok(Self {
            point: Point::named(point).ok_or(format!("there is no point `{point}`"))?,
            deed: Deed::named(deed).ok_or(format!("there is no deed `{deed}`"))?,
            pass: pass.parse().ok().filter(|pass| *pass > 0).ok_or(format!("`{pass}` is no pass: 1 is the first"))?,
        })
    }
}

/// A fault of this process that may still come.
struct Armed {
    fault: Fault,
    fired: PathBuf,
    passed: AtomicU32,
}

impl Armed {
    fn of_environment() -> Option<Self> {
        let text = env::var(VARIABLE).ok()?;
        let fault = Fault::parse(&text).unwrap_or_else(|mistake| misused(format!("{VARIABLE}: {mistake}")));
        let Some(fired) = env::var_os(FIRED) else { misused(format!("{VARIABLE} needs {FIRED}")) };
        Some(Self { fault, fired: fired.into(), passed: AtomicU32::new(0) })
    }

    fn pass(&self, point: Point) -> io::Result<()> {
        let Fault { deed, pass, .. } = self.fault;
        let is_now = self.fault.point == point && self.passed.fetch_add(1, Ordering::Relaxed) + 1 == pass;
        if is_now && self.is_first() { perform(deed, &self.fired) } else { Ok(()) }
    }

    /// Whether nobody fired before: then from now on somebody has. The file is there with all that it holds, or
    /// not at all.
    fn is_first(&self) -> bool {
        let own = self.fired.with_extension(process::id().to_string());
        let text = format!("{} {}\n", self.fault.point.name(), process::id());
        let written = File::create(&own).and_then(|mut file| file.write_all(text.as_bytes()));
        let first = written.and_then(|()| std::fs::hard_link(&own, &self.fired)).is_ok();
        // What stays behind is only a name more.
        let _ = std::fs::remove_file(&own);
        first
    }
}

fn misused(sentence: String) -> ! {
    std::panic::panic_any(sentence)
}

/// Does what the environment says of that point, if it is time.
///
/// # Errors
/// What a full or a broken disk says, where that is the deed.
pub fn pass(point: Point) -> io::Result<()> {
    static ARMED: OnceLock<Option<Armed>> = OnceLock::new();
    ARMED.get_or_init(Armed::of_environment).as_ref().map_or(Ok(()), |armed| armed.pass(point))
}

fn perform(deed: Deed, fired: &Path) -> io::Result<()> {
    match deed {
        Deed::Abort => process::abort(),
        Deed::Kill => {
            kill_process(getpid(), Signal::KILL)?;
            park()
        }
        Deed::DiskFull => Err(Errno::NOSPC.into()),
        Deed::IoError => Err(Errno::IO.into()),
        Deed::Panic => std::panic::panic_any(format!("{VARIABLE} says so")),
        Deed::Hang => park(),
        Deed::Stop => Ok(kill_process(getpid(), Signal::STOP)?),
        Deed::Wait => {
            let length = || fired.metadata().map(|meta| meta.len()).ok();
            let before = length();
            while before.is_some() && length() == before {
                thread::sleep(LOOK);
            }
            Ok(())
        }
    }
}

fn park() -> ! {
    loop {
        thread::park();
    }
}
