//! What a command works with: paths, configuration, service and key, from flags and environment.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;
use jiff::tz::TimeZone;

use super::exit::Failure;
use super::findings::{Findings, Trouble};
use super::{output, staff};
use crate::api::ApiKey;
use crate::config::Config;
use crate::domain::catalogue::Catalogue;
use crate::domain::reference::Reference;
use crate::domain::service::Service;
use crate::domain::way::quoted;
use crate::engine::orders::Desk;
use crate::paths::Paths;
use crate::store::Store;
use crate::tui::keymap::Keymap;
use crate::worker::handing;
use crate::worker::key::{self, FoundKey};
use crate::worker::knell::Knell;
use crate::worker::start::Posts;

/// The flags that every command takes.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Flags {
    /// Use the sandbox: a pretend service on this machine that costs nothing
    #[arg(long, global = true)]
    pub sandbox: bool,
    /// Base URL of the service
    #[arg(long, global = true, value_name = "URL", conflicts_with = "sandbox")]
    pub base_url: Option<String>,
    /// Keep everything of this run below this folder
    #[arg(long, global = true, value_name = "DIR", env = "REFRAIN_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Read this configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Give a setting of the configuration for this run, as `-c api.at_once=2`
    #[arg(short = 'c', long = "setting", global = true, value_name = "KEY=VALUE", value_parser = setting_and_value)]
    pub overrides: Vec<(String, String)>,
    /// Whoever reads takes line by line: nothing is told over.
    #[arg(skip)]
    pub in_lines: bool,
    /// A face has asked already whether all that this command pays for is meant, whatever it costs.
    #[arg(skip)]
    pub agreed: bool,
}

fn setting_and_value(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').ok_or("it names no value; write KEY=VALUE, as api.at_once=2")?;
    Ok((parts.0.trim().to_owned(), parts.1.to_owned()))
}

/// What a command works with.
pub struct Setting {
    pub flags: Flags,
    pub paths: Paths,
    pub config: Config,
    pub catalogue: Arc<Catalogue>,
    pub keymap: Arc<Keymap>,
    /// What is wrong with the configuration, where the screen opens all the same.
    pub trouble: Option<Trouble>,
}

impl Setting {
    /// Reads the configuration and the catalogue.
    ///
    /// # Errors
    /// When there is no home directory or anything in the configuration is wrong.
    pub fn new(flags: Flags) -> Result<Self> {
        let findings = Findings::of(&flags)?;
        findings.refuse_any()?;
        Ok(Self::with(flags, findings))
    }

    /// The same for the screen: a configuration with a mistake locks nobody out. The defaults are in
    /// force then, and what is wrong comes along to be shown.
    ///
    /// # Errors
    /// When there is no home directory, or a flag is wrong.
    pub fn forgiving(flags: Flags) -> Result<Self> {
        let findings = Findings::of(&flags)?;
        findings.refuse_flags()?;
        Ok(Self::with(flags, findings))
    }

    /// The same for whoever says what is wrong: nothing stops it.
    ///
    /// # Errors
    /// When there is no home directory.
    pub fn as_it_is(flags: Flags) -> Result<Self> {
        let findings = Findings::of(&flags)?;
        Ok(Self::with(flags, findings))
    }

    /// The same for the worker of a service. What costs nothing needs no configuration without fault; what
    /// costs money needs settings without one. Keys and catalogue stop no worker: refrain's own are in force
    /// then, and screen and prompt accept orders, which somebody must send.
    ///
    /// # Errors
    /// When there is no home directory, a flag is wrong, or the service costs money and a setting is wrong.
    pub fn for_worker(flags: Flags, service: &Service) -> Result<Self> {
        let findings = Findings::of_worker(&flags)?;
        if service.is_sandbox() { findings.refuse_flags() } else { findings.refuse_settings() }?;
        Ok(Self::with(flags, findings))
    }

    fn with(flags: Flags, findings: Findings) -> Self {
        let trouble = Trouble::of(&findings);
        let Findings { paths, reading, keymap, models, .. } = findings;
        let config = reading.config;
        let paths = Paths { music: config.files.music_dir.clone().unwrap_or(paths.music), ..paths };
        Self { flags, paths, config, catalogue: Arc::new(models.catalogue), keymap: Arc::new(keymap), trouble }
    }

    /// The store, made where there is none. One of an older refrain is waited for until its worker has handed over;
    /// what that one left to do goes on.
    ///
    /// # Errors
    /// When the data directory cannot be used.
    pub fn store(&self) -> Result<Store> {
        let handing::Opened { mut store, relieved } = handing::open(&self.paths.data, output::say)?;
        if relieved && let Err(error) = staff::go_on(self, &mut store) {
            output::say(&format!("what the older refrain left to do waits: {error:#}"));
        }
        Ok(store)
    }

    /// The references; none where nothing was ever kept.
    ///
    /// # Errors
    /// When the data directory cannot be used.
    pub fn library(&self) -> Result<Vec<Reference>> {
        if self.paths.database().exists() { Ok(self.store()?.references()?) } else { Ok(Vec::new()) }
    }

    /// The key of the environment, the command or the file, if there is one.
    ///
    /// # Errors
    /// When one is there that cannot be used.
    pub fn key(&self) -> Result<Option<FoundKey>> {
        let variable = |name: &str| env::var(name).ok();
        key::find(variable, self.config.api.key_command.as_deref(), &self.paths.key())
            .map_err(|error| Failure::key(error.to_string()))
    }

    /// The fingerprint of the key, where nothing has to be run to find it: what only looks at a draft must not
    /// have a person asked for a password.
    #[must_use]
    pub fn key_print(&self) -> Option<String> {
        if self.flags.sandbox {
            return None;
        }
        let found = if self.config.api.key_command.is_some() {
            key::in_environment(|name| env::var(name).ok()).ok()
        } else {
            self.key().ok()
        };
        found.flatten().map(|found| found.key.fingerprint())
    }

    /// The service that costs money.
    #[must_use]
    pub fn paid_service(&self) -> Service {
        Service::from(self.config.api.base_url.as_str())
    }

    /// The service to order from.
    #[must_use]
    pub fn service(&self) -> Service {
        if self.flags.sandbox { Service::Sandbox } else { self.paid_service() }
    }

    /// The service to order from, and where workers may be started for.
    ///
    /// # Errors
    /// When it is not the sandbox and there is no key.
    pub fn house(&self) -> Result<(Service, Posts)> {
        if self.flags.sandbox {
            return Ok((Service::Sandbox, self.posts(None)));
        }
        let found = self.key()?.ok_or_else(|| Failure::key(NO_KEY))?;
        Ok((self.paid_service(), self.posts(Some(found.key))))
    }

    /// Where workers may be started for, with the key of the paid service of this run.
    pub fn posts(&self, key: Option<ApiKey>) -> Posts {
        Posts {
            paths: self.paths.clone(),
            config: self.config.clone(),
            overrides: self.flags.overrides.iter().map(|(name, value)| format!("{name}={value}")).collect(),
            paid: self.paid_service(),
            key,
            sandbox_only: self.refuses_orders().map(str::to_owned),
            knell: Knell::default(),
        }
    }

    /// The folder in which recordings from other machines are looked for. It need not exist.
    #[must_use]
    pub fn inbox(&self) -> PathBuf {
        self.config.files.inbox.clone().unwrap_or_else(|| self.paths.music.join("inbox"))
    }

    /// Why nothing is ordered where it costs money, if so.
    #[must_use]
    pub fn refuses_orders(&self) -> Option<&str> {
        self.trouble.as_ref()?.stops_orders.as_deref()
    }

    /// What starts refrain on these data: `refrain`, with the data directory where a person named one.
    pub fn own_command(&self) -> String {
        let named = |_: &PathBuf| format!("refrain --data-dir {}", quoted(&self.paths.data.display().to_string()));
        self.flags.data_dir.as_ref().map_or_else(|| "refrain".to_owned(), named)
    }

    /// What intents are carried out with.
    pub fn desk(&self, writer: String, key: Option<&ApiKey>) -> Desk {
        Desk {
            catalogue: Arc::clone(&self.catalogue),
            music: self.paths.music.clone(),
            writer,
            key_print: key.map(ApiKey::fingerprint),
            budget: self.config.budget,
            zone: TimeZone::system(),
        }
    }
}

/// The name under which somebody logs in here; empty where it is not known.
pub fn user() -> String {
    env::var("USER").or_else(|_| env::var("LOGNAME")).unwrap_or_default()
}

/// The name of this machine.
pub fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

const NO_KEY: &str = "no key: set AIMLAPI_API_KEY, or run `refrain login`
hint: `--sandbox` needs none and costs nothing";
