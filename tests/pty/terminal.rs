//! A terminal with a program in it: what a person sees and types, from the far end of a real pty.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtySize, native_pty_system};

/// Longer than anything here needs, also on a busy machine; what fails, fails with the screen shown.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How often a condition is looked at that no output announces.
const LOOK: Duration = Duration::from_millis(20);

/// What has come out of the program so far.
struct Seen {
    screen: vt100::Parser,
    /// Everything that came, to look for what was turned on and off.
    all: Vec<u8>,
    /// Whether nobody reads any more, as behind a network that stalls.
    stalled: bool,
    /// When the last bytes came.
    at: Instant,
    /// Whether no more can come.
    over: bool,
}

/// A pty with a program in it and a small terminal on the other side.
pub struct Terminal {
    seen: Arc<(Mutex<Seen>, Condvar)>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
}

/// The size of the terminal and what the program is told about it.
pub struct Setup<'a> {
    pub columns: u16,
    pub rows: u16,
    pub environment: &'a [(&'a str, &'a str)],
}

impl Default for Setup<'_> {
    fn default() -> Self {
        Self { columns: 120, rows: 40, environment: &[] }
    }
}

impl Terminal {
    /// The built refrain on the sandbox, with everything below `data`.
    pub fn refrain(data: &Path, setup: &Setup<'_>) -> Self {
        let data = data.to_str().unwrap();
        Self::open(env!("CARGO_BIN_EXE_refrain"), &["--sandbox", "--data-dir", data], setup)
    }

    /// Any program.
    pub fn open(program: &str, arguments: &[&str], setup: &Setup<'_>) -> Self {
        let pty_size = PtySize { rows: setup.rows, cols: setup.columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(pty_size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.cwd(std::env::temp_dir());
        command.env("PATH", std::env::var_os("PATH").unwrap());
        command.env("HOME", "/nonexistent");
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        for (name, value) in setup.environment {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let seen = Seen {
            screen: vt100::Parser::new(size(setup.rows), size(setup.columns), 0),
            all: Vec::new(),
            stalled: false,
            at: Instant::now(),
            over: false,
        };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let reader = pair.master.try_clone_reader().unwrap();
        let writer = pair.master.take_writer().unwrap();
        watch(reader, Arc::clone(&seen));
        Self { seen, master: pair.master, keys: writer, child }
    }

    /// Types bytes as they are.
    pub fn keys(&mut self, keys: &str) -> Instant {
        let at = Instant::now();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        at
    }

    /// Types bytes as they are, where somebody may be gone who would read them.
    ///
    /// # Errors
    /// When nobody is there any more.
    #[allow(dead_code, reason = "only programs that are broken on purpose are typed to so")]
    pub fn try_keys(&mut self, keys: &str) -> std::io::Result<()> {
        self.keys.write_all(keys.as_bytes())?;
        self.keys.flush()
    }

    /// Types bytes that are no text, or half of one.
    pub fn bytes_as_keys(&mut self, bytes: &[u8]) {
        self.keys.write_all(bytes).unwrap();
        self.keys.flush().unwrap();
    }

    /// Pastes text as a terminal with bracketed paste does.
    pub fn paste(&mut self, text: &str) {
        self.keys(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// Waits until the text is on the screen; says when the bytes that brought it had come.
    #[track_caller]
    pub fn expect(&self, text: &str) -> Instant {
        self.until(&format!("`{text}` on the screen"), |screen| screen.contents().contains(text))
    }

    /// Waits until the text is no longer on the screen.
    #[track_caller]
    pub fn expect_gone(&self, text: &str) -> Instant {
        self.until(&format!("`{text}` gone"), |screen| !screen.contents().contains(text))
    }

    /// Waits until the screen is as wanted.
    #[track_caller]
    pub fn until(&self, what: &str, mut wanted: impl FnMut(&vt100::Screen) -> bool) -> Instant {
        let (seen, came) = &*self.seen;
        let deadline = Instant::now() + PATIENCE;
        loop {
            // A condition may look at more than the screen, also of this terminal: it is asked without the lock.
            let (screen, at, length) = {
                let seen = seen.lock().unwrap();
                (seen.screen.screen().clone(), seen.at, seen.all.len())
            };
            if wanted(&screen) {
                return at;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain for {what}; the screen:\n{}", screen.contents());
            let seen = seen.lock().unwrap();
            drop(came.wait_timeout_while(seen, left.min(LOOK), |seen| seen.all.len() == length).unwrap());
        }
    }

    /// The screen as it is.
    pub fn screen(&self) -> vt100::Screen {
        self.seen.0.lock().unwrap().screen.screen().clone()
    }

    /// Bytes that have come so far.
    pub fn bytes(&self) -> usize {
        self.seen.0.lock().unwrap().all.len()
    }

    /// Everything that has come so far.
    pub fn everything(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap().all.clone()
    }

    /// Stops reading what the program writes, or goes on.
    pub fn stall(&self, stalled: bool) {
        self.seen.0.lock().unwrap().stalled = stalled;
        self.seen.1.notify_all();
    }

    /// The same as text.
    pub fn transcript(&self) -> String {
        String::from_utf8_lossy(&self.everything()).into_owned()
    }

    /// Waits until the text has come behind `from` bytes of the transcript; says where it ends.
    #[track_caller]
    pub fn expect_behind(&self, from: usize, text: &str) -> usize {
        let (seen, came) = &*self.seen;
        let deadline = Instant::now() + PATIENCE;
        let mut seen = seen.lock().unwrap();
        loop {
            let all = &seen.all;
            let found = all[from..].windows(text.len()).position(|window| window == text.as_bytes());
            if let Some(place) = found {
                return from + place + text.len();
            }
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "waited in vain for `{text}`; it came:\n{}", String::from_utf8_lossy(all));
            seen = came.wait_timeout(seen, left.min(LOOK)).unwrap().0;
        }
    }

    /// Another size, as when a window is dragged.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.seen.0.lock().unwrap().screen.screen_mut().set_size(size(rows), size(columns));
        let pty_size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.master.resize(pty_size).unwrap();
    }

    /// The program's process.
    pub fn pid(&self) -> i32 {
        self.child.process_id().unwrap().cast_signed()
    }

    /// Sends the program a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_raw(self.pid()).unwrap(), signal).unwrap();
    }

    /// The terminal's line settings, as a debug text to compare.
    pub fn line_settings(&self) -> String {
        let settings = self.master.get_termios();
        format!("{settings:?}")
    }

    /// Waits until the program has ended.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "still alive; the screen:\n{}", self.screen().contents());
            std::thread::yield_now();
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Waits until the program has ended and all that it wrote has come: for looking at its last words. Nobody else
    /// may have the terminal still.
    #[track_caller]
    pub fn gone(&mut self) -> ExitStatus {
        let status = self.ended();
        let (seen, came) = &*self.seen;
        let waited = came.wait_timeout_while(seen.lock().unwrap(), PATIENCE, |seen| !seen.over).unwrap();
        assert!(!waited.1.timed_out(), "somebody else has the terminal still");
        status
    }

    /// Ends the program without giving it a chance to say or do anything.
    pub fn kill(&mut self) {
        self.signal(rustix::process::Signal::KILL);
        self.ended();
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn watch(mut from: Box<dyn Read + Send>, seen: Arc<(Mutex<Seen>, Condvar)>) {
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65536];
        loop {
            let length = from.read(&mut buffer).unwrap_or(0);
            let (seen, came) = &*seen;
            let mut seen = came.wait_while(seen.lock().unwrap(), |seen| seen.stalled).unwrap();
            seen.screen.process(&buffer[..length]);
            seen.all.extend_from_slice(&buffer[..length]);
            seen.at = Instant::now();
            seen.over = length == 0;
            came.notify_all();
            if length == 0 {
                return;
            }
        }
    });
}

fn size(cells: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(cells).unwrap()
}
