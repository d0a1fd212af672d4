//! Looks at the person's files for the screen, which never waits for a disk itself.
//!
//! Folders and checks have a thread each, as a network folder may never answer; glances share one.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use tokio::sync::mpsc::UnboundedSender;

use super::effect::Check;
use super::folder::{Folder, Unlisted};
use super::message::{Glimpse, Message};
use crate::audio::glance::glance;
use crate::domain::recording::{Frozen, Unfit};
use crate::engine::recordings::{Recordings, Wanted};

/// What goes and looks.
#[derive(Debug)]
pub struct Scout {
    recordings: PathBuf,
    tell: UnboundedSender<Message>,
    glances: Option<Sender<Vec<PathBuf>>>,
    /// Whether somebody still waits, for each check under way.
    checks: BTreeMap<u64, Arc<AtomicBool>>,
}

impl Scout {
    /// One that freezes recordings into that folder and tells what it sees.
    pub fn new(recordings: PathBuf, tell: UnboundedSender<Message>) -> Self {
        Self { recordings, tell, glances: None, checks: BTreeMap::new() }
    }

    /// Reads a folder, where wanted after making it.
    pub fn look_into(&self, folder: PathBuf, make: bool) {
        let (tell, path) = (self.tell.clone(), folder.clone());
        let look = move || {
            let listed = Folder::read(&path, make);
            say(&tell, Message::Looked { folder: path, listed });
        };
        if let Err(error) = start("folder", look) {
            say(&self.tell, Message::Looked { folder, listed: Err(Unlisted::Unreadable(error.to_string())) });
        }
    }

    /// Looks how long files last; those that were asked for last come first.
    pub fn glance(&mut self, files: Vec<PathBuf>) {
        if self.glances.is_none() {
            let (give, wanted) = channel();
            let tell = self.tell.clone();
            if start("glances", move || glance_at_all(&wanted, &tell)).is_ok() {
                self.glances = Some(give);
            }
        }
        if let Some(glances) = &self.glances {
            // A thread that has gone leaves lengths out, which nothing depends on.
            let _ = glances.send(files);
        }
    }

    /// Reads a recording to its end and freezes it.
    pub fn check(&mut self, check: Check) {
        let wanted = Arc::new(AtomicBool::new(true));
        self.checks.retain(|_, wanted| Arc::strong_count(wanted) > 1);
        self.checks.insert(check.check, Arc::clone(&wanted));
        let (tell, number, recordings) = (self.tell.clone(), check.check, Recordings::at(&self.recordings));
        let freeze = move || {
            let result = frozen(&recordings, &check, &wanted);
            say(&tell, Message::Checked { check: check.check, result });
        };
        if let Err(error) = start("check", freeze) {
            let unfit = Unfit { sentence: format!("the file cannot be read now: {error}"), may_force: false };
            say(&self.tell, Message::Checked { check: number, result: Err(unfit) });
        }
    }

    /// Lets a check end before its time.
    pub fn stop_checking(&mut self, check: u64) {
        if let Some(wanted) = self.checks.remove(&check) {
            wanted.store(false, Ordering::Relaxed);
        }
    }
}

impl Drop for Scout {
    fn drop(&mut self) {
        for wanted in self.checks.values() {
            wanted.store(false, Ordering::Relaxed);
        }
    }
}

fn start(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    // Nobody waits for its end.
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

fn say(tell: &UnboundedSender<Message>, message: Message) {
    // A screen that has gone needs no answer.
    let _ = tell.send(message);
}

fn frozen(recordings: &Recordings, check: &Check, wanted: &AtomicBool) -> Result<Frozen, Unfit> {
    let Check { file, part, rules, force, .. } = check;
    let asked = Wanted { rules, part: *part, force: *force };
    recordings.freeze(file, &asked, &|| wanted.load(Ordering::Relaxed))
}

/// Works off what is wanted, the newest wish first, until nobody can wish any more.
fn glance_at_all(wanted: &Receiver<Vec<PathBuf>>, tell: &UnboundedSender<Message>) {
    let mut wishes: Vec<PathBuf> = Vec::new();
    loop {
        if wishes.is_empty() {
            let Ok(files) = wanted.recv() else { return };
            wishes.extend(files.into_iter().rev());
        }
        while let Ok(files) = wanted.try_recv() {
            wishes.extend(files.into_iter().rev());
        }
        if let Some(file) = wishes.pop() {
            let glimpse = glimpse(&file);
            say(tell, Message::Glimpsed { file, glimpse });
        }
    }
}

fn glimpse(file: &Path) -> Glimpse {
    match glance(file) {
        Ok(seen) => seen.length.map_or(Glimpse::Unsure, |length| Glimpse::Lasts { ms: length.0, about: seen.about }),
        Err(_) => Glimpse::Unheard,
    }
}
