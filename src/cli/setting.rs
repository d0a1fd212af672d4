//! What a command works with: paths, configuration, service and key, from flags and environment.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Result;

use super::exit::Failure;
use crate::api::{ApiKey, ServiceUrl};
use crate::config::{Config, ConfigError};
use crate::domain::catalogue::Catalogue;
use crate::domain::service::Service;
use crate::domain::way::quoted;
use crate::engine::orders::Desk;
use crate::paths::Paths;
use crate::store::Store;
use crate::worker::key::{self, FoundKey};
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
}

/// What a command works with.
pub struct Setting {
    pub flags: Flags,
    pub paths: Paths,
    pub config: Config,
    pub catalogue: Arc<Catalogue>,
}

impl Setting {
    /// Reads the configuration and the catalogue.
    ///
    /// # Errors
    /// When there is no home directory or the configuration has a mistake.
    pub fn new(flags: Flags) -> Result<Self> {
        let paths = Paths::new(flags.data_dir.as_deref(), flags.config.as_deref())
            .map_err(|error| Failure::usage(error.to_string()))?;
        if flags.config.is_some() && !paths.config.exists() {
            return Err(Failure::usage(ConfigError::Missing { path: paths.config }.to_string()));
        }
        let config = Config::read(&paths.config).map_err(|error| Failure::usage(error.to_string()))?;
        Self::with(flags, paths, config)
    }

    /// The same for the screen: a configuration with a mistake locks nobody out. The defaults are in
    /// force then, and the mistake comes along to be shown.
    ///
    /// # Errors
    /// When there is no home directory.
    pub fn forgiving(flags: Flags) -> Result<(Self, Option<String>)> {
        let paths = Paths::new(flags.data_dir.as_deref(), flags.config.as_deref())
            .map_err(|error| Failure::usage(error.to_string()))?;
        let (config, mistake) = match Config::read(&paths.config) {
            Ok(config) => (config, None),
            Err(error) => (Config::default(), Some(format!("{error}; the defaults are in force"))),
        };
        Ok((Self::with(flags, paths, config)?, mistake))
    }

    fn with(flags: Flags, paths: Paths, config: Config) -> Result<Self> {
        let paths = Paths { music: config.files.music_dir.clone().unwrap_or(paths.music), ..paths };
        Ok(Self { flags, paths, config, catalogue: Arc::new(Catalogue::embedded()?) })
    }

    /// The store, made where there is none.
    ///
    /// # Errors
    /// When the data directory cannot be used.
    pub fn store(&self) -> Result<Store> {
        Ok(Store::open(&self.paths.data)?)
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

    /// The service that costs money: the one named, or the vendor's.
    ///
    /// # Errors
    /// When the address is neither `https` nor on this machine.
    pub fn paid_service(&self) -> Result<Service> {
        let named = self.flags.base_url.as_ref().or(self.config.api.base_url.as_ref());
        let Some(url) = named else { return Ok(Service::vendor()) };
        ServiceUrl::new(url).map_err(|error| Failure::usage(format!("`{url}`: {error}")))?;
        Ok(Service::from(url.as_str()))
    }

    /// The service to order from.
    ///
    /// # Errors
    /// When the address is neither `https` nor on this machine.
    pub fn service(&self) -> Result<Service> {
        if self.flags.sandbox { Ok(Service::Sandbox) } else { self.paid_service() }
    }

    /// The service to order from, and where workers may be started for.
    ///
    /// # Errors
    /// When it is not the sandbox and there is no key.
    pub fn house(&self) -> Result<(Service, Posts)> {
        if self.flags.sandbox {
            return Ok((Service::Sandbox, self.posts(None)?));
        }
        let found = self.key()?.ok_or_else(|| Failure::key(NO_KEY))?;
        Ok((self.paid_service()?, self.posts(Some(found.key))?))
    }

    /// Where workers may be started for, with the key of the paid service of this run.
    ///
    /// # Errors
    /// When the service's address is neither `https` nor on this machine.
    pub fn posts(&self, key: Option<ApiKey>) -> Result<Posts> {
        let (paths, config) = (self.paths.clone(), self.config.clone());
        Ok(Posts { paths, config, paid: self.paid_service()?, key })
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
