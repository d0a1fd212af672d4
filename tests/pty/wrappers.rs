//! Shells in terminals: bare, in tmux, in `screen`, over ssh. Servers are private and end with the test.
//!
//! A program that is not installed fails the test in CI (`CI` is set). Elsewhere the test says that it was
//! skipped: nobody needs an ssh server to work on refrain.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::process;
use crate::row::{Row, Wrapper};
use crate::terminal::{Setup, Terminal};

/// A folder for one scenario; by its name `zz_nothing_left` finds what stayed behind.
pub fn folder() -> TempDir {
    tempfile::Builder::new().prefix(process::PREFIX).tempdir().unwrap()
}

/// Whether the wrapper's programs are there.
#[must_use]
pub fn is_at_hand(wrapper: Wrapper) -> bool {
    let needed: &[&str] = match wrapper {
        Wrapper::None => &[],
        Wrapper::Tmux => &["tmux"],
        Wrapper::Screen => &["screen"],
        Wrapper::Ssh => &["sshd", "ssh", "ssh-keygen"],
    };
    let missing: Vec<_> = needed.iter().filter(|program| find(program).is_none()).collect();
    if missing.is_empty() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "not installed: {missing:?}");
    eprintln!("skipped: no {missing:?}");
    false
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(program)).find(|file| file.exists())
}

/// An ssh server for this user alone, on a port of its own.
pub struct Sshd {
    folder: TempDir,
    port: u16,
    server: Child,
}

impl Sshd {
    pub fn open() -> Self {
        let folder = folder();
        for key in ["host", "own"] {
            let file = folder.path().join(key);
            let made = Command::new("ssh-keygen").args(["-q", "-t", "ed25519", "-N", "", "-f"]).arg(file).status();
            assert!(made.unwrap().success());
        }
        // A port that was free a moment ago; where another took it, the next is tried.
        for _ in 0..20 {
            let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            if let Some(server) = serve(folder.path(), free) {
                return Self { folder, port: free, server };
            }
        }
        panic!("no ssh server could be started: {:?}", std::fs::read_to_string(folder.path().join("log")));
    }

    /// Where it listens.
    #[must_use]
    #[allow(dead_code, reason = "only the lines that break lead there")]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// From now on it is spoken to by way of that port.
    #[allow(dead_code, reason = "only the lines that break lead there")]
    pub fn by_way_of(&mut self, port: u16) {
        self.port = port;
    }

    /// What connects and runs a line there.
    fn client(&self, line: &str) -> Vec<String> {
        let key = self.folder.path().join("own").display().to_string();
        let port = self.port.to_string();
        let user = own_name();
        let options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"];
        let mut words: Vec<String> =
            ["-tt", "-F", "/dev/null", "-i", &key, "-p", &port, "-l", &user].map(str::to_owned).to_vec();
        words.extend(options.iter().flat_map(|option| ["-o".to_owned(), (*option).to_owned()]));
        words.extend(["127.0.0.1".to_owned(), line.to_owned()]);
        words
    }
}

/// The name of the user that runs the tests.
fn own_name() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn serve(folder: &Path, port: u16) -> Option<Child> {
    let place = folder.display();
    let text = format!(
        "ListenAddress 127.0.0.1\nPort {port}\nHostKey {place}/host\nAuthorizedKeysFile {place}/own.pub\n\
         StrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         PermitRootLogin yes\nPidFile none\nMaxStartups 50\n"
    );
    std::fs::write(folder.join("config"), text).unwrap();
    let mut command = Command::new(find("sshd").unwrap());
    command.args(["-D", "-E"]).arg(folder.join("log")).arg("-f").arg(folder.join("config"));
    let mut server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while server.try_wait().unwrap().is_none() && Instant::now() < deadline {
        if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(server);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    drop(server.kill());
    drop(server.wait());
    None
}

impl Drop for Sshd {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

/// A shell in a terminal of the row. What it runs in ends with it.
pub struct Shell {
    pub terminal: Terminal,
    wrapper: Wrapper,
    folder: PathBuf,
}

impl Shell {
    /// Opens a shell; the sockets of its wrapper lie in `folder`.
    pub fn open(row: &Row, folder: &Path, sshd: Option<&Sshd>) -> Self {
        let screens = folder.join("screens");
        let mut environment = vec![("TERM", row.term), ("PS1", "prompt> "), ("ENV", "")];
        environment.extend(row.environment);
        environment.push(("SCREENDIR", screens.to_str().unwrap()));
        let setup = Setup { columns: row.columns, rows: row.rows, environment: &environment };
        let words = command(row, folder, &environment, sshd);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let terminal = Terminal::open(words[0], &words[1..], &setup);
        terminal.expect("prompt>");
        Self { terminal, wrapper: row.wrapper, folder: folder.to_owned() }
    }

    /// Lets tmux tell something of its only pane.
    pub fn tmux(&self, arguments: &[&str]) -> String {
        let output = tmux(&self.folder).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

/// The words of the command that opens the shell.
fn command(row: &Row, folder: &Path, environment: &[(&str, &str)], sshd: Option<&Sshd>) -> Vec<String> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    match row.wrapper {
        Wrapper::None => words(&["/bin/sh", "-i"]),
        Wrapper::Tmux => words(&[
            "tmux",
            "-S",
            socket(folder).to_str().unwrap(),
            "-f",
            "/dev/null",
            "new",
            "PS1='prompt> ' exec sh -i",
        ]),
        Wrapper::Screen => {
            let screens = folder.join("screens");
            std::fs::create_dir(&screens).unwrap();
            std::fs::set_permissions(&screens, std::fs::Permissions::from_mode(0o700)).unwrap();
            words(&["screen", "-c", "/dev/null", "-S", "test", "/bin/sh", "-i"])
        }
        Wrapper::Ssh => {
            let there: String = environment.iter().map(|(name, value)| [name, "='", value, "' "].concat()).collect();
            let mut all = vec!["ssh".to_owned()];
            all.extend(sshd.unwrap().client(&format!("env LANG=C.UTF-8 HOME=/nonexistent {there}/bin/sh -i")));
            all
        }
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("tmux")
}

fn tmux(folder: &Path) -> Command {
    let mut command = Command::new("tmux");
    command.arg("-S").arg(socket(folder)).env_remove("TMUX");
    command
}

impl Drop for Shell {
    fn drop(&mut self) {
        let end = match self.wrapper {
            Wrapper::None | Wrapper::Ssh => return,
            Wrapper::Tmux => tmux(&self.folder).arg("kill-server").output(),
            Wrapper::Screen => {
                let mut command = Command::new("screen");
                command.env("SCREENDIR", self.folder.join("screens")).args(["-S", "test", "-X", "quit"]).output()
            }
        };
        drop(end);
    }
}
