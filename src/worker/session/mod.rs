//! What becomes of a process in the background when a person leaves: it lives on, unless what holds
//! the session together takes it along.
//!
//! A worker has a session of its own and no terminal, so neither a closed window nor a dropped
//! connection ends it. Three things still do: a container whose first process ends, a unit of systemd
//! whose main process ends, and a `logind` that ends what a user who logs out leaves behind. They are
//! told by files and by the environment; nothing is asked of anybody.

mod logind;

use std::fs;
use std::path::{Path, PathBuf};

pub use logind::Logind;

/// When the worker would be ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// When this program ends: leaving the screen stops the takes.
    Leaving,
    /// When the person logs out of this session, or ends its shell.
    Logout,
    /// When the person's last session ends.
    LastLogout,
}

impl Ending {
    /// When that is, as a part of a sentence about takes that stop.
    #[must_use]
    pub fn when(self) -> &'static str {
        match self {
            Self::Leaving => "until refrain runs again",
            Self::Logout => "when you log out",
            Self::LastLogout => "when your last session ends",
        }
    }

    /// Whether leaving, or what people do right after it, brings it about: then leaving asks.
    #[must_use]
    pub fn is_near(self) -> bool {
        matches!(self, Self::Leaving | Self::Logout)
    }
}

/// What would end the worker, and what can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peril {
    pub ending: Ending,
    /// What holds the worker, as a part of a sentence.
    pub cause: String,
    /// What to do instead, as a part of a sentence.
    pub cure: &'static str,
}

/// What is known of the place where this process runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// This process and the one that started it.
    pub process: u32,
    pub parent: u32,
    /// The command line of the first process.
    pub first: Vec<String>,
    /// What shows that this is a container, if anything does.
    pub container: Option<&'static str>,
    /// The control group, as `/user.slice/user-1000.slice/session-3.scope`.
    pub group: String,
    /// The main process of the unit, as systemd told it to that process.
    pub main_process: Option<u32>,
    /// Whether the parent is a service manager: for a systemd that does not tell.
    pub started_by_manager: bool,
    /// Whether what is in a session of this user is ended with it.
    pub killed_at_logout: Option<bool>,
    /// The file that says so.
    pub decided_in: Option<PathBuf>,
    /// Whether the user's services live on when nobody is logged in.
    pub lingers: bool,
}

/// First processes that are real: they outlive whoever logs out, and collect orphans.
const INITS: [&str; 6] = ["systemd", "init", "runit", "runsvdir", "openrc-init", "launchd"];

/// First processes that a person types into.
const SHELLS: [&str; 8] = ["sh", "bash", "zsh", "fish", "dash", "ash", "ksh", "busybox"];

const TMUX_APART: &str = "run refrain in a tmux of the user's own: `loginctl enable-linger`, then \
                          `systemd-run --user --scope tmux`";

impl Session {
    /// Looks around: files below `root`, and variables.
    #[must_use]
    pub fn of_this_process(root: &Path, variable: impl Fn(&str) -> Option<String>) -> Self {
        let parent = rustix::process::getppid().map_or(0, |id| id.as_raw_pid().unsigned_abs());
        let user = user_name(root).or_else(|| variable("USER")).unwrap_or_default();
        let logind = Logind::read(root);
        let is_manager = |command: &[String]| program(command) == "systemd";
        Self {
            process: std::process::id(),
            parent,
            first: command_line(root, 1),
            container: container(root, &variable),
            group: group(&text(root, "proc/self/cgroup")).to_owned(),
            main_process: variable("SYSTEMD_EXEC_PID").and_then(|id| id.parse().ok()),
            started_by_manager: variable("INVOCATION_ID").is_some() && is_manager(&command_line(root, parent)),
            killed_at_logout: logind.ends_processes_of(&user),
            decided_in: logind.decided_in,
            lingers: !user.is_empty() && root.join("var/lib/systemd/linger").join(&user).exists(),
        }
    }

    /// What would end a worker that is started from here, the soonest first.
    #[must_use]
    pub fn peril(&self) -> Option<Peril> {
        self.as_first_process().or_else(|| self.as_unit()).or_else(|| self.as_login())
    }

    /// A container lives as long as its first process.
    fn as_first_process(&self) -> Option<Peril> {
        let name = program(&self.first);
        let cure = "start the container with a shell, and refrain from it";
        let peril = |ending, cause: &str, cure| Some(Peril { ending, cause: cause.to_owned(), cure });
        if self.process == 1 {
            return peril(Ending::Leaving, "refrain is the container's first process", cure);
        }
        if self.container.is_none() || INITS.contains(&name) {
            return None;
        }
        let reads_commands = SHELLS.contains(&name) && !self.first.iter().any(|word| word == "-c");
        if self.parent == 1 && !reads_commands {
            let cause = format!("the container ends with refrain, which its first process `{name}` started");
            return Some(Peril { ending: Ending::Leaving, cause, cure });
        }
        let cause = "the container ends with its first shell";
        let cure = "leave that shell open, or start the container in the background and use its `exec`";
        if reads_commands { peril(Ending::Logout, cause, cure) } else { None }
    }

    /// systemd ends what is left of a unit whose main process has ended.
    fn as_unit(&self) -> Option<Peril> {
        let unit = self.group.rsplit('/').next().filter(|name| name.ends_with(".service"))?;
        let is_main = self.main_process.map_or(self.started_by_manager, |id| id == self.process);
        is_main.then(|| Peril {
            ending: Ending::Leaving,
            cause: format!("refrain is the main process of the unit `{unit}`"),
            cure: "run it in a scope instead: `systemd-run --user --scope refrain`, or set `KillMode=process`",
        })
    }

    /// `logind` may end a session's processes; a user's service manager ends with the last session.
    fn as_login(&self) -> Option<Peril> {
        let has = |is: fn(&str) -> bool| self.group.split('/').any(is);
        if has(|part| part.starts_with("user@") && part.ends_with(".service")) {
            let cause = "the user's services end with the last session".to_owned();
            let cure = "`loginctl enable-linger` keeps them";
            return (!self.lingers).then_some(Peril { ending: Ending::LastLogout, cause, cure });
        }
        let in_session = has(|part| part.strip_suffix(".scope").is_some_and(|name| name.starts_with("session-")));
        let cause = "systemd ends a session's processes (`KillUserProcesses=yes`)".to_owned();
        (in_session && self.killed_at_logout == Some(true)).then_some(Peril {
            ending: Ending::Logout,
            cause,
            cure: TMUX_APART,
        })
    }
}

/// The path in the hierarchy that systemd keeps: the unified one, else the one named after it.
fn group(text: &str) -> &str {
    let path = |prefix: &str| {
        let mut paths = text.lines().filter_map(|line| line.split_once(prefix).map(|(_, path)| path));
        paths.find(|path| *path != "/")
    };
    path("0::").or_else(|| path("name=systemd:")).unwrap_or_default()
}

/// What shows that this is a container.
fn container(root: &Path, variable: impl Fn(&str) -> Option<String>) -> Option<&'static str> {
    const FILES: [(&str, &str); 3] = [
        (".dockerenv", "the file `/.dockerenv`"),
        ("run/.containerenv", "the file `/run/.containerenv`"),
        ("run/systemd/container", "the file `/run/systemd/container`"),
    ];
    const GROUPS: [&str; 5] = ["docker", "kubepods", "containerd", "libpod", "lxc"];
    let by_file = FILES.iter().find(|(file, _)| root.join(file).exists()).map(|(_, words)| *words);
    let by_variable = || variable("container").filter(|it| !it.is_empty()).map(|_| "the variable `container`");
    let groups = || text(root, "proc/1/cgroup");
    let by_group = || GROUPS.iter().any(|name| groups().contains(name)).then_some("the control group of process 1");
    by_file.or_else(by_variable).or_else(by_group)
}

/// The user's name in `/etc/passwd`, which a variable may contradict.
fn user_name(root: &Path) -> Option<String> {
    let id = rustix::process::getuid().as_raw().to_string();
    let users = text(root, "etc/passwd");
    let found = users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|row| row.get(2) == Some(&&*id));
    found.and_then(|row| row.first().map(|name| (*name).to_owned()))
}

fn command_line(root: &Path, process: u32) -> Vec<String> {
    let text = text(root, &format!("proc/{process}/cmdline"));
    text.split_terminator('\0').map(str::to_owned).collect()
}

/// The name of a program, without its folder and the dash of a login shell.
fn program(command: &[String]) -> &str {
    let path = command.first().map_or("", String::as_str);
    path.rsplit('/').next().unwrap_or(path).trim_start_matches('-').trim_end_matches(':')
}

/// The text of a file; none where it cannot be read.
fn text(root: &Path, path: &str) -> String {
    fs::read(root.join(path)).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session { process: 700, parent: 600, first: vec!["/sbin/init".to_owned()], ..Session::default() }
    }

    fn ending(session: &Session) -> Option<Ending> {
        session.peril().map(|peril| peril.ending)
    }

    #[test]
    fn a_container_ends_with_its_first_process() {
        let first = |command: &str, process, parent| Session {
            process,
            parent,
            first: command.split(' ').map(str::to_owned).collect(),
            container: Some("the file `/.dockerenv`"),
            ..Session::default()
        };
        let table = [
            ("refrain", 1, 0, Some(Ending::Leaving)),
            ("/sbin/tini -- refrain", 7, 1, Some(Ending::Leaving)),
            ("/sbin/docker-init -- refrain", 7, 1, Some(Ending::Leaving)),
            ("sh -c refrain;true", 7, 1, Some(Ending::Leaving)),
            ("-bash", 7, 1, Some(Ending::Logout)),
            ("/bin/zsh -l", 30, 7, Some(Ending::Logout)),
            ("sleep infinity", 30, 7, None),
            ("sleep infinity", 30, 0, None),
            ("/usr/sbin/sshd -D", 30, 7, None),
            ("/usr/lib/systemd/systemd", 30, 1, None),
            ("/sbin/init", 30, 1, None),
        ];
        for (command, process, parent, expected) in table {
            assert_eq!(ending(&first(command, process, parent)), expected, "{command} {process} {parent}");
        }
        let outside = Session { container: None, ..first("/sbin/tini -- x", 7, 1) };
        assert_eq!(ending(&outside), None, "process 1 of a machine is what it is");
    }

    #[test]
    fn a_unit_ends_with_its_main_process_and_with_no_other() {
        let unit = |group: &str, main_process, started_by_manager| Session {
            group: group.to_owned(),
            main_process,
            started_by_manager,
            lingers: true,
            ..session()
        };
        let table = [
            ("/system.slice/refrain.service", Some(700), false, Some(Ending::Leaving)),
            ("/system.slice/refrain.service", None, true, Some(Ending::Leaving)),
            ("/system.slice/refrain.service", Some(600), true, None),
            ("/system.slice/ssh.service", None, false, None),
            (
                "/user.slice/user-1.slice/user@1.service/app.slice/run-u7.service",
                Some(700),
                true,
                Some(Ending::Leaving),
            ),
            ("/user.slice/user-1.slice/user@1.service/app.slice/tmux.scope", Some(700), true, None),
        ];
        for (group, main, started, expected) in table {
            assert_eq!(ending(&unit(group, main, started)), expected, "{group} {main:?} {started}");
        }
    }

    #[test]
    fn logging_out_ends_a_worker_where_systemd_is_told_so() {
        let login = |group: &str, killed_at_logout, lingers| Session {
            group: group.to_owned(),
            killed_at_logout,
            lingers,
            ..session()
        };
        let (scope, manager) =
            ("/user.slice/user-1.slice/session-3.scope", "/user.slice/user-1.slice/user@1.service/app.slice/x.scope");
        let table = [
            (scope, Some(true), false, Some(Ending::Logout)),
            // Lingering keeps the user's services, not what is in a session.
            (scope, Some(true), true, Some(Ending::Logout)),
            (scope, Some(false), false, None),
            (scope, None, false, None),
            (manager, Some(true), true, None),
            (manager, Some(false), false, Some(Ending::LastLogout)),
            ("/", Some(true), false, None),
            ("", None, false, None),
        ];
        for (group, killed, lingers, expected) in table {
            assert_eq!(ending(&login(group, killed, lingers)), expected, "{group} {killed:?} {lingers}");
        }
    }

    #[test]
    fn the_place_is_read_from_files_and_variables() {
        let root = tempfile::tempdir().unwrap();
        let id = rustix::process::getuid().as_raw();
        let files = [
            ("etc/passwd", format!("root:x:99999:0::/:/bin/sh\nmara:x:{id}:1::/home/mara:/bin/sh\n")),
            ("etc/systemd/logind.conf", "[Login]\nKillUserProcesses=yes\n".to_owned()),
            ("proc/self/cgroup", "12:memory:/x\n1:name=systemd:/user.slice/session-2.scope\n0::/\n".to_owned()),
            ("proc/1/cmdline", "/usr/lib/systemd/systemd\0--switched-root\0".to_owned()),
            ("proc/1/cgroup", "0::/init.scope\n".to_owned()),
            ("var/lib/systemd/linger/mara", String::new()),
        ];
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let found = Session::of_this_process(root.path(), |_| None);
        assert_eq!(found.group, "/user.slice/session-2.scope");
        assert_eq!((found.killed_at_logout, found.lingers, found.container), (Some(true), true, None));
        assert_eq!(found.process, std::process::id());
        assert_eq!(ending(&found), Some(Ending::Logout));
        fs::write(root.path().join(".dockerenv"), "").unwrap();
        assert!(Session::of_this_process(root.path(), |_| None).container.is_some());
    }

    #[test]
    fn where_nothing_is_known_nothing_is_feared() {
        let empty = tempfile::tempdir().unwrap();
        let found = Session::of_this_process(empty.path(), |_| None);
        assert_eq!((found.peril(), found.first.len(), found.group.as_str()), (None, 0, ""));
    }

    #[test]
    fn the_control_group_is_the_one_that_systemd_keeps() {
        let table = [
            ("0::/user.slice/session-1.scope\n", "/user.slice/session-1.scope"),
            ("9:name=systemd:/system.slice/x.service\n0::/\n", "/system.slice/x.service"),
            ("0::/\n", ""),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(group(text), expected, "{text}");
        }
    }
}
