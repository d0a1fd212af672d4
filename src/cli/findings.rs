//! Everything that is read before a command or the screen begins, and what is wrong with it.

use std::env;

use anyhow::Result;

use super::exit::Failure;
use super::setting::Flags;
use crate::config::{Given, Place, Problem, Reading};
use crate::models::Models;
use crate::paths::Paths;
use crate::tui::keymap::Keymap;

/// The configuration, the key map and the catalogue, each as it is in force, with all problems.
pub struct Findings {
    pub paths: Paths,
    pub reading: Reading,
    /// The embedded key map, unless other keys are given without a problem.
    pub keymap: Keymap,
    /// What is wrong with the keys.
    pub key_problems: Vec<Problem>,
    pub models: Models,
}

impl Findings {
    /// Reads everything.
    ///
    /// # Errors
    /// When there is no home directory.
    pub fn of(flags: &Flags) -> Result<Self> {
        Self::read(flags, flags.config.is_some())
    }

    /// The same for a worker: it is told where the configuration would be, even where there is none, so that
    /// it looks beside it for the catalogue of whoever started it.
    ///
    /// # Errors
    /// When there is no home directory.
    pub fn of_worker(flags: &Flags) -> Result<Self> {
        Self::read(flags, false)
    }

    fn read(flags: &Flags, must_be_there: bool) -> Result<Self> {
        let paths = Paths::new(flags.data_dir.as_deref(), flags.config.as_deref())
            .map_err(|error| Failure::usage(error.to_string()))?;
        let mut reading = Reading::of(&paths.config, &given(flags));
        if must_be_there && !paths.config.exists() {
            let what =
                format!("the configuration `{}` is not there; leave the flag out, or write it", paths.config.display());
            reading.add(Problem::of_file(Place::Flag("--config".to_owned()), what));
        }
        let embedded = Keymap::embedded()?;
        let (keymap, clashes) = match embedded.with(&reading.bindings) {
            Ok(keymap) => (keymap, Vec::new()),
            Err(problems) => (embedded.clone(), problems),
        };
        let key_problems = [reading.key_problems.clone(), clashes].concat();
        // Half of a key map is nobody's wish.
        let keymap = if key_problems.is_empty() { keymap } else { embedded };
        let models = Models::read(&paths, &reading.config)?;
        Ok(Self { paths, reading, keymap, key_problems, models })
    }

    /// Everything that is wrong, the configuration's settings first.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.reading.problems.iter().chain(&self.key_problems).chain(&self.models.problems)
    }

    /// Stops where anything is wrong.
    ///
    /// # Errors
    /// With every problem, if there is one.
    pub fn refuse_any(&self) -> Result<()> {
        refuse(&self.problems().collect::<Vec<_>>())
    }

    /// Stops where a setting is wrong: which service is meant is not known then.
    ///
    /// # Errors
    /// With every problem of settings, if there is one.
    pub fn refuse_settings(&self) -> Result<()> {
        refuse(&self.reading.problems.iter().collect::<Vec<_>>())
    }

    /// Stops where a flag is wrong: it was typed just now.
    ///
    /// # Errors
    /// With every problem of flags, if there is one.
    pub fn refuse_flags(&self) -> Result<()> {
        refuse(&self.reading.flag_problems().collect::<Vec<_>>())
    }
}

fn refuse(problems: &[&Problem]) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let number = if lines.len() == 1 { "a problem".to_owned() } else { format!("{} problems", lines.len()) };
    let hint = "hint: mend that; `refrain config check` looks again, `refrain config example` shows every setting";
    Err(Failure::usage(format!("the configuration has {number}, nothing was done\n{}\n{hint}", lines.join("\n"))))
}

fn given(flags: &Flags) -> Given {
    let named = flags.base_url.iter().map(|url| ("--base-url".to_owned(), "api.base_url".to_owned(), url.clone()));
    let others = flags.overrides.iter().map(|(name, value)| (format!("--setting {name}"), name.clone(), value.clone()));
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
    };
    Given { variables: env::vars_os().filter_map(text).collect(), flags: named.chain(others).collect() }
}

/// What is wrong, for a screen that opens all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Everything a person should know at once.
    pub said: String,
    /// Each problem.
    pub problems: Vec<String>,
    /// Why nothing is ordered where it costs money, if so: which service was meant, and how many takes at
    /// once, is not known while the settings are not.
    pub stops_orders: Option<String>,
}

impl Trouble {
    /// What is wrong with what was read, if anything is.
    pub fn of(findings: &Findings) -> Option<Self> {
        let first = findings.problems().next()?;
        let more = match findings.problems().count() - 1 {
            0 => "`refrain config check` tells it again".to_owned(),
            more => format!("and {more} more, `refrain config check` lists them"),
        };
        let broken = !findings.reading.problems.is_empty();
        let follows = if broken {
            "until that is mended and refrain opened again, the defaults are in force and nothing that costs money is ordered"
        } else {
            "until that is mended and refrain opened again, refrain's own keys or models are in force"
        };
        let stops_orders = broken.then(|| {
            "the configuration has problems, so which service is meant is not known; mend it (`refrain config check`), \
             then open refrain again"
                .to_owned()
        });
        let problems = findings.problems().map(ToString::to_string).collect();
        Some(Self { said: format!("{first}; {more}; {follows}"), problems, stops_orders })
    }
}
