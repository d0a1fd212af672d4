//! `restart`: another worker in place of one that is late.

use anyhow::Result;

use super::exit::Exit;
use super::{Setting, output, staff};
use crate::worker::replace::Insistence;

/// What ends a worker that does not answer.
pub const END: &str = "`refrain restart --end`";

/// How much is risked for another one.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// End a worker that does not answer, though a song that comes over its open connection would be lost
    #[arg(long)]
    end: bool,
}

/// Tells the workers of everything unfinished to leave, ends those that do not answer where a person wants that, and
/// starts others.
///
/// # Errors
/// When the store cannot be read or a process cannot be told or started.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let insistence = if arguments.end { Insistence::End } else { Insistence::Ask };
    let store = setting.store()?;
    let live = store.live_services()?;
    let posts = staff::posts_for(setting, live.iter())?;
    let services = posts.staffed(&store)?;
    let mut exits = Vec::new();
    for service in &services {
        if posts.serves(service) || !live.contains(service) {
            let replaced = posts.replace(&store, service, insistence)?;
            output::say(&replaced.told(service, END));
            exits.push(if replaced.is_under_way() { Exit::Done } else { Exit::Failed });
        } else {
            output::say(&staff::without_key(&posts, service));
            exits.push(Exit::Key);
        }
    }
    if services.is_empty() {
        output::say("no take and no upload is unfinished, so no worker is needed");
    }
    Ok(Exit::gravest(exits))
}
