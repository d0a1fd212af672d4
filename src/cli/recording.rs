//! Recordings that a command names: read to their end and frozen before anything is written or sent.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result};
use signal_hook::consts::SIGINT;

use super::Setting;
use super::exit::{Exit, Failure};
use super::setting::{host, user};
use crate::domain::address::{self, Slip};
use crate::domain::recording::{Frozen, Part, Rules, Unfit};
use crate::domain::way::Host;
use crate::engine::recordings::{Recordings, Wanted};

/// How a recording is taken that breaks a rule of hearsay, where a command has a flag for that.
pub const FORCE: &str = "`--force`";

/// What is said of that way.
pub fn insist(way: &str) -> String {
    format!("{way} sends it all the same; the service may refuse it")
}

/// A part of a recording, as flags give it.
#[derive(Debug, clap::Args)]
pub struct Cut {
    /// Only from this moment on, as 0:32
    #[arg(long, value_name = "M:SS")]
    from: Option<String>,
    /// Only up to this moment, as 1:05
    #[arg(long, value_name = "M:SS")]
    to: Option<String>,
}

impl Cut {
    /// The part, where one is given.
    ///
    /// # Errors
    /// When one is no moment, or the end is not after the beginning.
    pub fn part(&self) -> Result<Option<Part>> {
        let slip = |sentence| Failure::usage(format!("`--from` and `--to`: {sentence}"));
        Part::parse(self.from.as_deref(), self.to.as_deref()).map_err(slip)
    }
}

/// Where a recording is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// On this machine.
    File(PathBuf),
    /// On the web.
    Web(String),
}

impl Place {
    /// What was typed is an address where it has a scheme, and else a file.
    ///
    /// # Errors
    /// With the rule, where it is an address that cannot be fetched.
    pub fn of(typed: &Path) -> Result<Self, Slip> {
        match typed.to_str().map(str::trim).filter(|text| address::is_meant(text)) {
            Some(text) => address::read(text).map(|_| Self::Web(text.to_owned())),
            None => Ok(Self::File(typed.to_owned())),
        }
    }
}

/// What a person should hear of an address that cannot be fetched.
pub fn no_address(typed: &Path, slip: Slip) -> anyhow::Error {
    let hint = "a recording on this machine is named by its path, as `~/Music/song.wav`";
    let what = if slip == Slip::Open { "is not fetched" } else { "is no address" };
    Failure::usage(format!("`{}` {what}: {slip}\nhint: {hint}", typed.display()))
}

/// A name for the recording in a file: the file's, without its kind.
pub fn name_of(file: &Path) -> String {
    let stem = file.file_stem().unwrap_or(file.as_os_str()).to_string_lossy();
    stem.trim().to_owned()
}

/// Freezes a file: what is sent is what was checked, whatever becomes of the file. `insist` says how it is
/// taken all the same where that may be.
///
/// # Errors
/// When there is no such file, or it is not fit; nothing is written then.
pub fn freeze(setting: &Setting, file: &Path, wanted: &Wanted<'_>, insist: &str) -> Result<Frozen> {
    look_for(setting, file)?;
    let interrupted = Arc::new(AtomicBool::new(false));
    // From here on Ctrl-C ends the reading, so that no half of a copy stays behind.
    let watch = signal_hook::flag::register(SIGINT, Arc::clone(&interrupted)).context("Ctrl-C")?;
    let still_wanted = || !interrupted.load(Ordering::SeqCst);
    let frozen = Recordings::at(setting.paths.recordings()).freeze(file, wanted, &still_wanted);
    signal_hook::low_level::unregister(watch);
    if !still_wanted() {
        return Err(Failure { exit: Exit::Interrupted, sentence: "interrupted; nothing was written".to_owned() }.into());
    }
    frozen.map_err(|unfit| Failure::usage(told(&unfit, insist)))
}

/// The same for a recording that goes along with orders, held against the rules of whoever takes such.
///
/// # Errors
/// When no model takes a file, there is none, or it is fit for no model.
pub fn freeze_for_orders(setting: &Setting, file: &Path, part: Option<Part>, force: bool) -> Result<Frozen> {
    let fields = setting.catalogue.models().iter().flat_map(|spec| &spec.fields);
    let mut rules: Vec<&Rules> = Vec::new();
    for field in fields.filter(|field| field.recording.encoding.is_some()) {
        if !rules.contains(&&field.recording) {
            rules.push(&field.recording);
        }
    }
    let mut last = Failure::usage("no model takes a recording from this machine\nhint: `refrain upload` is for others");
    for rules in rules {
        match freeze(setting, file, &Wanted { rules, part, force }, &insist(FORCE)) {
            Err(error) => last = error,
            frozen => return frozen,
        }
    }
    Err(last)
}

/// The file as it is kept: from the root on, so that it is found from anywhere.
///
/// # Errors
/// When the current folder is gone.
pub fn absolute(file: &Path) -> Result<PathBuf> {
    std::path::absolute(file).with_context(|| format!("`{}`", file.display()))
}

fn told(unfit: &Unfit, insist: &str) -> String {
    let insist = if unfit.may_force { format!("\nhint: {insist}") } else { String::new() };
    // What can be done stands in a line of its own here.
    format!("{}{insist}", unfit.sentence.replacen("; hint: ", "\nhint: ", 1))
}

/// Says how a file comes here that is not here: mostly it is on the machine at the other end of the line.
fn look_for(setting: &Setting, file: &Path) -> Result<()> {
    // A link that leads nowhere is here, and is said to be one where it is read.
    let is_missing = fs::symlink_metadata(file).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound);
    if !is_missing {
        return Ok(());
    }
    let typed = file.display().to_string();
    if address::is_meant(&typed) {
        let hint = "`refrain reference add` takes addresses, and `refrain upload` fetches from them";
        return Err(Failure::usage(format!("`{typed}` is an address, and a file is wanted\nhint: {hint}")));
    }
    let inbox = setting.inbox();
    // The line below is no good without it; that it cannot be made is said by whoever runs the line.
    let _ = fs::create_dir_all(&inbox);
    let (user, name) = (user(), host());
    let line = Host { user: &user, name: &name, command: "" }.fetches_into(&typed, &inbox);
    Err(Failure::usage(format!(
        "there is no file `{typed}` on this machine\nhint: if it is on another one, run there: {line}"
    )))
}
