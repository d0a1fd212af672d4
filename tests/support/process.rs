//! The processes of this machine, as `/proc` shows them.

use std::fs;

/// How the data directories of all tests begin; by it a process of the suite is known.
pub const PREFIX: &str = "refrain-test-";

/// A running process.
#[derive(Clone, Debug)]
pub struct Process {
    pub id: u32,
    /// Its command line, arguments apart by spaces.
    pub command: String,
}

/// Every process whose command line or working directory names `text`; those that only wait to be
/// collected by their parent are over and left out.
pub fn naming(text: &str) -> Vec<Process> {
    let own = std::process::id();
    let folders = fs::read_dir("/proc").unwrap().flatten();
    let ids = folders.filter_map(|folder| folder.file_name().to_str()?.parse::<u32>().ok());
    ids.filter(|id| *id != own).filter_map(|id| at(id, text)).collect()
}

fn at(id: u32, text: &str) -> Option<Process> {
    let command = fs::read(format!("/proc/{id}/cmdline")).ok()?;
    let command = String::from_utf8_lossy(&command).replace('\0', " ");
    let folder = fs::read_link(format!("/proc/{id}/cwd")).unwrap_or_default();
    let named = command.contains(text) || folder.to_string_lossy().contains(text);
    (named && !is_over(id)).then_some(Process { id, command })
}

/// Whether a process is gone, or ended and not collected yet.
pub fn is_over(id: u32) -> bool {
    let Ok(stat) = fs::read_to_string(format!("/proc/{id}/stat")) else { return true };
    stat.rsplit(") ").next().is_none_or(|rest| rest.starts_with(['Z', 'X']))
}

/// Sends a signal to one process.
pub fn send(id: u32, signal: rustix::process::Signal) {
    let id = rustix::process::Pid::from_raw(id.cast_signed()).unwrap();
    rustix::process::kill_process(id, signal).unwrap();
}
