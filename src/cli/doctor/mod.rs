//! `doctor`: what refrain stands on here, row by row, and what to do where something is amiss.
//!
//! Nothing is changed and nobody on the network is asked. Each family of checks is a file: what it needs
//! is gathered first, and what that means is decided apart from it.

mod clock;
mod configuration;
mod database;
mod directories;
mod file_system;
mod finding;
mod key;
mod program;
mod proxy;
mod session;
mod terminal;
mod worker;

use std::env;
use std::path::Path;

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::exit::Exit;
use super::{Flags, Setting, output};
use crate::store::examination::Examination;
use crate::worker::session::Session;
use finding::{Finding, State};

/// How to print what was found.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// Looks at everything and prints what was found; fails where something is bad.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(flags: &Flags, arguments: &Arguments) -> Result<Exit> {
    let findings = examine(Setting::as_it_is(flags.clone()));
    let bad = findings.iter().filter(|finding| finding.is_bad()).count();
    if arguments.json {
        output::json(&findings)?;
    } else {
        findings.iter().flat_map(Finding::rows).try_for_each(|row| output::line(&row))?;
        let to_look = findings.iter().filter(|finding| matches!(finding.state, State::Look(_))).count();
        output::say(&sum(bad, to_look));
    }
    Ok(if bad == 0 { Exit::Done } else { Exit::Failed })
}

fn sum(bad: usize, to_look: usize) -> String {
    match (bad, to_look) {
        (0, 0) => "all is well".to_owned(),
        (0, look) => format!("it works; {look} to look at"),
        (bad, look) => format!("{bad} bad, {look} to look at"),
    }
}

/// Everything that can be looked at; without a setting, what needs no folder.
fn examine(setting: Result<Setting>) -> Vec<Finding> {
    let variable = |name: &str| env::var(name).ok();
    let now = Timestamp::now();
    let mut findings = vec![program()];
    match setting {
        Ok(setting) => findings.extend(of_setting(&setting, now)),
        Err(error) => {
            findings.push(Finding::of_error(
                "directories",
                &format!("{error:#}"),
                "name a folder with `--data-dir DIR`",
            ));
            findings.extend(terminal::findings(None, variable));
            findings.extend(clock::findings(now, None, &TimeZone::system()));
        }
    }
    findings.extend(proxy::findings(variable));
    findings.push(session::finding(&Session::of_this_process(Path::new("/"), variable)));
    findings
}

/// What can be looked at where it is known where everything is.
fn of_setting(setting: &Setting, now: Timestamp) -> Vec<Finding> {
    let variable = |name: &str| env::var(name).ok();
    let examination = Examination::of(&setting.paths.data);
    let contents = examination.as_ref().ok().and_then(|found| found.as_ref()?.contents.as_ref());
    let mut findings = configuration::findings(setting);
    findings.extend(key::findings(setting, variable));
    findings.extend(terminal::findings(Some(&setting.config), variable));
    findings.extend(directories::findings(&setting.paths));
    findings.extend(file_system::findings(setting, Path::new("/")));
    findings.extend(database::findings(&examination));
    findings.extend(contents.map(|contents| worker::findings(contents, &setting.paths, now)).unwrap_or_default());
    findings.extend(clock::findings(now, contents.and_then(|contents| contents.newest), &TimeZone::system()));
    findings
}

/// Which refrain this is.
fn program() -> Finding {
    let version = env!("CARGO_PKG_VERSION");
    let system = rustix::system::uname();
    let system = format!("{} {}", system.sysname().to_string_lossy(), system.machine().to_string_lossy());
    let file =
        env::current_exe().map_or_else(|_| "a file that has gone".to_owned(), |it| format!("`{}`", it.display()));
    Finding::ok("refrain", format!("version {version} for {system}, {file}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paths::NoHome;

    #[test]
    fn without_a_home_directory_everything_that_needs_none_is_still_looked_at() {
        let findings = examine(Err(NoHome.into()));
        let bad: Vec<_> = findings.iter().filter(|finding| finding.is_bad()).collect();
        assert!(bad.iter().any(|finding| finding.check == "directories"), "{bad:?}");
        assert!(findings[1].rows().join(" ").contains("--data-dir DIR"), "{:?}", findings[1]);
        for check in ["terminal", "clock", "proxy", "leaving"] {
            assert!(findings.iter().any(|finding| finding.check == check), "{check} is missing");
        }
    }
}
