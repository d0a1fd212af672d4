//! `restart`: another worker in place of one that is late.

use anyhow::Result;

use super::exit::{Exit, Failure};
use super::{Setting, output, staff};

/// How much is risked for another one.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// End a worker that does not answer, though a song that comes over its open connection would be lost
    #[arg(long)]
    end: bool,
}

/// Tells the workers of everything unfinished to leave, and starts others.
///
/// # Errors
/// When the store cannot be read or a process cannot be told or started.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    if arguments.end {
        let hint = "`refrain doctor` tells its number, and `kill -9` with that ends it";
        return Err(Failure::failed(format!("refrain cannot end a worker that does not answer yet\nhint: {hint}")));
    }
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
