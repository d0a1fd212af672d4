//! `reconcile`: what became of takes whose answer was lost, as far as the account's log knows.

use std::time::Duration;

use anyhow::Result;

use super::act::{self, Shown};
use super::exit::Exit;
use super::wait::duration;
use super::watch::{self, Ended, Event, Watch};
use super::{Setting, named, output, staff};
use crate::domain::generation::{Status, Take, TakeId};
use crate::engine::intent::Intent;
use crate::store::Store;

/// Which takes to look for.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The takes, by the ids that `list` prints; all whose answer was lost where none is named
    #[arg(value_name = "TAKE")]
    takes: Vec<i64>,
    /// Return when it is known what became of them, or when looking ends
    #[arg(long)]
    wait: bool,
    /// Give up waiting after this time, as 90s or 10m; looking goes on
    #[arg(long, value_name = "TIME", value_parser = duration, requires = "wait")]
    timeout: Option<Duration>,
    #[command(flatten)]
    shown: Shown,
}

/// Has the log of the account looked through for takes whose answer was lost.
///
/// # Errors
/// When there is no such take, or a key is there that cannot be used.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let takes = if arguments.takes.is_empty() {
        let service = setting.service();
        let mut takes = store.takes(None)?;
        takes.retain(|take| take.status == Status::Unknown && take.service == service);
        takes
    } else {
        named::takes(&store, &arguments.takes)?
    };
    if takes.is_empty() {
        output::say("no take is there whose answer was lost");
        return Ok(Exit::Done);
    }
    let deed = |take: &Take| (Intent::LookUp { take: take.id }, "is being looked for".to_owned());
    let exit = act::serve(setting, &mut store, &takes, arguments.shown, deed)?;
    let ids: Vec<TakeId> = takes.iter().map(|take| take.id).collect();
    let takes: Vec<Take> = ids.iter().map(|id| store.take(*id)).collect::<Result<_, _>>()?;
    let posts = staff::posts(setting, &takes)?;
    let stranded = staff::start(&posts, &mut store, &takes)?;
    // Where it cannot be looked for, there is nothing to wait for.
    if !arguments.wait || exit != Exit::Done {
        return Ok(if stranded.is_empty() { exit } else { Exit::Key });
    }
    let watch = Watch { posts: &posts, takes: Some(&ids), timeout: arguments.timeout, stranded };
    let tell = |_: &Store, event: Event<'_>| {
        if let Event::Became(take) = event
            && let Some(news) = watch::news(take)
        {
            output::say(&news);
        }
        Ok(())
    };
    let watched = watch.run(tell, |takes| takes.iter().all(|take| !take.is_awaited()))?;
    if watched.ended == Ended::Interrupted {
        return Ok(Exit::Interrupted);
    }
    if watched.ended == Ended::TimedOut {
        return Ok(Exit::StillRunning);
    }
    let stranded = (!watched.stranded.is_empty()).then_some(Exit::Key);
    Ok(Exit::gravest(watched.takes.iter().map(Exit::of).chain(stranded)))
}
