//! What every process of the studio shows to others while it runs.

use std::collections::BTreeSet;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::disguises::found_in;
use crate::support::process;

/// How often the processes are looked at.
const LOOK: Duration = Duration::from_millis(5);

/// Where the key was seen while `work` went on: in the command line of any process of the studio, or in the environment
/// of a worker. A person's own environment is the person's.
pub fn seen_in_processes(studio: &std::path::Path, work: impl FnOnce()) -> BTreeSet<String> {
    let studio = studio.to_string_lossy().into_owned();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut seen = BTreeSet::new();
            let mut workers = BTreeSet::new();
            while !over.load(Ordering::Relaxed) {
                for process in process::naming(&studio) {
                    let is_worker = process.command.contains(" worker ");
                    let environment = fs::read(format!("/proc/{}/environ", process.id)).unwrap_or_default();
                    if is_worker && !environment.is_empty() {
                        workers.insert(process.id);
                    }
                    if found_in(process.command.as_bytes()).is_some() {
                        seen.insert(format!("command line: {}", process.command));
                    }
                    if is_worker && found_in(&environment).is_some() {
                        seen.insert(format!("environment of {}", process.command));
                    }
                }
                std::thread::sleep(LOOK);
            }
            assert!(!workers.is_empty(), "no worker was seen at all");
            seen
        });
        // Also where the work fails: else it would be watched for ever.
        let end = Over(&over);
        work();
        drop(end);
        watch.join().unwrap()
    })
}

/// Says that it is over when it goes.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
