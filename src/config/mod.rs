//! What can be set, and what holds where nothing is set.
//!
//! A value comes from the nearest of four layers: the defaults, then the file, then the environment, then
//! the flags. [`table`] is the one list of settings: reading, checking, `refrain config` and the shipped
//! `config.example.toml` are made from it. Reading finds every problem at once and says of each where it
//! stands and what would be right.

pub mod choice;
pub mod example;
mod file;
pub mod keys;
pub mod layers;
pub mod problem;
pub mod slot;
pub mod table;

use std::path::PathBuf;

pub use choice::ThemeName;
pub use layers::{Given, Origin, Reading};
pub use problem::{Place, Problem};

pub use crate::domain::budget::Budget;
use crate::domain::service::VENDOR_URL;
use crate::domain::wording::Ticks;

/// Every setting, as it is in force.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    pub api: Api,
    pub budget: Budget,
    pub files: Files,
    pub player: Player,
    pub screen: Screen,
    pub worker: Worker,
    pub catalogue: Catalogue,
}

/// `[api]`: the service.
#[derive(Clone, Debug, PartialEq)]
pub struct Api {
    /// Base URL of the service.
    pub base_url: String,
    /// A command whose first line of output is the key, as `pass show aimlapi`.
    pub key_command: Option<String>,
    /// Takes that the service may be making at once; the rest wait in line.
    pub at_once: u32,
    /// Minutes after which asking about a take stops (a key asks again).
    pub give_up_minutes: u32,
    /// Minutes for which a lost answer is looked for at least; none: once.
    pub look_minutes: u32,
    /// The longest answer with a song in it that is taken, in MB.
    pub largest_answer_mb: u32,
    /// The longest other answer that is taken, in MB.
    pub largest_json_mb: u32,
}

impl Default for Api {
    fn default() -> Self {
        // Four at once: the vendor states no number, and its pages' examples run a few.
        Self {
            base_url: VENDOR_URL.to_owned(),
            key_command: None,
            at_once: 4,
            give_up_minutes: 60,
            look_minutes: 15,
            largest_answer_mb: 512,
            largest_json_mb: 16,
        }
    }
}

/// `[files]`: where songs go.
#[derive(Clone, Debug, PartialEq)]
pub struct Files {
    /// The folder that holds a folder for each song: from the root, `~/` having been filled in.
    pub music_dir: Option<PathBuf>,
    /// The folder in which recordings from other machines are looked for; `inbox` in the one above where absent.
    pub inbox: Option<PathBuf>,
    /// The largest file that is fetched, in MB.
    pub largest_mb: u32,
}

impl Default for Files {
    fn default() -> Self {
        // Five minutes of WAV are 53 MB; this leaves room for what comes next.
        Self { music_dir: None, inbox: None, largest_mb: 200 }
    }
}

/// `[player]`: how takes are played.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Player {
    /// A command that plays the file whose path is put behind it; found by itself where absent.
    pub command: Option<String>,
}

/// `[screen]`: how it looks and sounds.
#[derive(Clone, Debug, PartialEq)]
pub struct Screen {
    /// Ring the terminal's bell when a take arrives, and when no credits are left.
    pub bell: bool,
    pub theme: ThemeName,
    /// How often the clock of a running take is drawn anew.
    pub clock: Ticks,
}

impl Default for Screen {
    fn default() -> Self {
        Self { bell: true, theme: ThemeName::Dark, clock: Ticks::Second }
    }
}

/// `[worker]`: the process in the background.
#[derive(Clone, Debug, PartialEq)]
pub struct Worker {
    /// Seconds without anything to do after which it leaves.
    pub idle_seconds: u32,
}

impl Default for Worker {
    fn default() -> Self {
        Self { idle_seconds: 10 }
    }
}

/// `[catalogue]`: the models.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Catalogue {
    /// The file that adds and corrects models; `catalogue.toml` beside the configuration where absent.
    pub file: Option<PathBuf>,
}
