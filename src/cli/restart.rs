//! `restart`: another worker in place of one that is late.

use anyhow::Result;

use super::exit::Exit;
use super::{Setting, output, staff};

/// Nothing is to be said of it.
#[derive(Debug, clap::Args)]
pub struct Arguments {}

/// Tells the workers of everything unfinished to leave, and starts others.
///
/// # Errors
/// When the store cannot be read or a process cannot be told or started.
pub fn run(setting: &Setting, _: &Arguments) -> Result<Exit> {
    let store = setting.store()?;
    let services = store.live_services()?;
    let posts = staff::posts_for(setting, services.iter())?;
    let mut exit = Exit::Done;
    for service in &services {
        if posts.serves(service) {
            output::say(&posts.replace(&store, service)?.told(service));
        } else {
            output::say(&staff::without_key(&posts, service));
            exit = Exit::Key;
        }
    }
    if services.is_empty() {
        output::say("no take and no upload is unfinished, so no worker is needed");
    }
    Ok(exit)
}
