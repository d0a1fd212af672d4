//! `login`: reads a key without echo, tries it, and keeps it for its owner alone.

use std::io::{self, IsTerminal};

use anyhow::{Context, Result};

use super::exit::{Exit, Failure};
use super::{Setting, output, restart};
use crate::api::ApiKey;
use crate::domain::service::Service;
use crate::engine::account;
use crate::worker::key;
use crate::worker::replace::{Insistence, dismiss};

/// How to log in.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Keep the key without trying it, as where there is no network
    #[arg(long)]
    untried: bool,
}

/// Reads, tries and keeps a key.
///
/// # Errors
/// When the text is no key, the service does not take it, or it cannot be kept.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    if setting.flags.sandbox {
        return Err(Failure::usage("the sandbox needs no key"));
    }
    let service = setting.paid_service();
    let key = ApiKey::new(&read()?).map_err(|error| Failure::usage(error.to_string()))?;
    if !arguments.untried {
        let balance = account::balance(&service, key.clone()).map_err(|sentence| {
            Failure::key(format!("{sentence}; the key was not kept\nhint: `--untried` keeps it all the same"))
        })?;
        output::say(&format!("the key works; {balance} left"));
    }
    key::keep(&key, &setting.paths.key()).context("the key could not be kept")?;
    hand_on(setting, &service, key)?;
    output::say(&format!("kept in `{}`, for you alone", setting.paths.key().display()));
    Ok(Exit::Done)
}

/// What waits for the key goes on with it.
fn hand_on(setting: &Setting, service: &Service, key: ApiKey) -> Result<()> {
    let store = setting.store()?;
    if store.live_services()?.contains(service) {
        output::say(&setting.posts(Some(key)).replace(&store, service, Insistence::Ask)?.told(service, restart::END));
        return Ok(());
    }
    dismiss(&store, &setting.paths.worker_lock(service), service)
}

fn read() -> Result<String> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password("API key (not shown): ").context("the key could not be read");
    }
    let mut line = String::new();
    io::stdin().read_line(&mut line).context("the key could not be read from standard input")?;
    Ok(line)
}
