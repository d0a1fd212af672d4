//! `reconcile`: what became of takes whose answer was lost, as far as the account's log knows.

use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::act::{self, Shown};
use super::exit::Exit;
use super::wait::duration;
use super::watch::{self, Ended, Event, Told, Watch};
use super::{Setting, named, output, staff};
use crate::domain::generation::{Status, Take, TakeId};
use crate::domain::wording::words;
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

/// Longer than one look takes, where the service answers.
const ONE_LOOK: Duration = Duration::from_secs(60);

/// Has the log of the account looked through for takes whose answer was lost.
///
/// # Errors
/// When there is no such take, or a key is there that cannot be used.
pub fn run(setting: &Setting, arguments: &Arguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let takes = arguments.takes(setting, &store)?;
    if takes.is_empty() {
        output::say("no take is there whose answer was lost");
        return Ok(Exit::Done);
    }
    let deed = |take: &Take| (Intent::LookUp { take: take.id }, "is being looked for".to_owned());
    let served = act::serve(setting, &mut store, &takes, Shown::default(), deed)?;
    let asked = Timestamp::now();
    let lost: Vec<TakeId> = takes.iter().filter(|take| take.status == Status::Unknown).map(|take| take.id).collect();
    let sought: Vec<Take> = lost.iter().map(|id| store.take(*id)).collect::<Result<_, _>>()?;
    let posts = staff::posts(setting, &sought)?;
    let stranded = staff::start(&posts, &mut store, &sought)?;
    let timeout = if arguments.wait { arguments.timeout } else { Some(ONE_LOOK) };
    let watch = Watch { posts: &posts, takes: Some(&lost), timeout, stranded };
    let mut told = Told::default();
    let mut tell = |take: &Take| {
        let sentence = sentence(take);
        if told.is_new(take.id, &sentence) {
            output::say(&sentence);
        }
    };
    let on_the_way = |_: &Store, event: Event<'_>| {
        if let Event::Became(take) = event
            && arguments.wait
        {
            tell(take);
        }
        Ok(())
    };
    let is_over = |take: &Take| if arguments.wait { !take.is_awaited() } else { was_looked_for(take, asked) };
    let watched = watch.run(on_the_way, |takes| takes.iter().all(|take| is_over(take)))?;
    watched.takes.iter().for_each(tell);
    act::print_all(&store, arguments.shown, &takes)?;
    if watched.ended == Ended::Interrupted {
        return Ok(Exit::Interrupted);
    }
    if watched.ended == Ended::TimedOut && arguments.wait {
        return Ok(Exit::StillRunning);
    }
    let stranded = (!watched.stranded.is_empty()).then_some(Exit::Key);
    let became = watched.takes.iter().map(|take| arguments.exit(take));
    Ok(Exit::gravest(became.chain(stranded).chain([served])))
}

impl Arguments {
    /// Those that are named, or every one of this run's service whose answer was lost.
    fn takes(&self, setting: &Setting, store: &Store) -> Result<Vec<Take>> {
        if !self.takes.is_empty() {
            return named::takes(store, &self.takes);
        }
        let service = setting.service();
        let mut takes = store.takes(None)?;
        takes.retain(|take| take.status == Status::Unknown && take.service == service);
        Ok(takes)
    }

    /// What is to be said of a take: once it is known what became of it, that was all that was asked for.
    fn exit(&self, take: &Take) -> Exit {
        match take.status {
            Status::Unknown => Exit::Unknown,
            _ if self.wait => Exit::of(take),
            _ => Exit::Done,
        }
    }
}

/// Whether it was looked for since it was asked to be, or is looked for no more.
fn was_looked_for(take: &Take, asked: Timestamp) -> bool {
    take.status != Status::Unknown || take.due.is_none_or(|due| due > asked)
}

fn sentence(take: &Take) -> String {
    let said = || words(take, Timestamp::now(), &TimeZone::system()).text;
    watch::news(take).unwrap_or_else(|| format!("take {}: {}", take.id.0, said()))
}
