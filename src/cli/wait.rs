//! `wait` and `watch`: takes as they change, a line for each change.

use std::time::Duration;

use anyhow::Result;
use jiff::SignedDuration;

use super::exit::Exit;
use super::record::Record;
use super::watch::{self, Ended, Event, Told, Watch, Watched};
use super::{Setting, named, output, staff, takes};
use crate::domain::generation::{Take, TakeId};
use crate::store::Store;

/// What every line is, for the help of both commands.
const LINES: &str = "\
With --json each line is one object, the same as `refrain show --json` prints: id, song, take, model, service, \
status, remote_id, request_tag, created, finished, file, cost, error and marks. Lines come in the order in which \
the changes were committed, one for each change of the object; how far a download has come is none. \
An order that is taken back has the status `withdrawn`.";

/// What to wait for.
#[derive(Debug, clap::Args)]
#[command(after_help = LINES)]
pub struct WaitArguments {
    /// The takes, by the ids that `list` prints; all that are not finished where none is named
    #[arg(value_name = "TAKE")]
    ids: Vec<i64>,
    /// Wait for all that are not finished, as without any TAKE
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// Give up waiting after this time, as 90s or 10m; the takes go on
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<Duration>,
    /// Print one JSON object a line: each take as it is at first, and whenever it changes
    #[arg(long)]
    json: bool,
}

/// What to watch.
#[derive(Debug, clap::Args)]
#[command(after_help = LINES)]
pub struct WatchArguments {
    /// The takes, by the ids that `list` prints; all there are and will be where none is named
    #[arg(value_name = "TAKE")]
    ids: Vec<i64>,
    /// End when nothing is left to do for them
    #[arg(long)]
    until_idle: bool,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

/// Waits until takes are saved or over.
///
/// # Errors
/// When there is no such take, or a key is there that cannot be used.
pub fn wait(setting: &Setting, arguments: &WaitArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let takes = if arguments.ids.is_empty() { store.awaited_takes()? } else { named::takes(&store, &arguments.ids)? };
    let posts = staff::posts(setting, &takes)?;
    let stranded = staff::start(&posts, &mut store, &takes)?;
    let ids: Vec<TakeId> = takes.iter().map(|take| take.id).collect();
    let mut printer = Printer { json: arguments.json, told: Told::default(), heard: Told::default() };
    let watch = Watch { posts: &posts, takes: Some(&ids), timeout: arguments.timeout, stranded };
    let tell = |store: &Store, event: Event<'_>| {
        let (Event::Is(take) | Event::Became(take) | Event::Withdrawn(take)) = event;
        printer.news(take);
        // A person reads what became of it, once; a script reads each step.
        let is_over = !take.is_awaited() || matches!(event, Event::Withdrawn(_));
        if arguments.json || is_over { printer.print(store, event) } else { Ok(()) }
    };
    let Watched { ended, takes, stranded } = watch.run(tell, is_idle)?;
    if !arguments.json {
        takes::print_rows(&store, takes.iter().filter(|take| take.is_awaited()))?;
        if ids.is_empty() {
            output::say("no take is unfinished");
        }
    }
    let without_key = (!stranded.is_empty()).then_some(Exit::Key);
    Ok(match ended {
        Ended::Interrupted => Exit::Interrupted,
        Ended::TimedOut => Exit::StillRunning,
        Ended::Reached => Exit::gravest(takes.iter().map(Exit::of).chain(without_key)),
    })
}

/// Prints a line for each change, until it is interrupted or nothing is left to do.
///
/// # Errors
/// When there is no such take, or a key is there that cannot be used.
pub fn watch(setting: &Setting, arguments: &WatchArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let (ids, known) = if arguments.ids.is_empty() {
        (None, store.awaited_takes()?)
    } else {
        let takes = named::takes(&store, &arguments.ids)?;
        (Some(takes.iter().map(|take| take.id).collect::<Vec<_>>()), takes)
    };
    let posts = staff::posts(setting, &known)?;
    let stranded = staff::start(&posts, &mut store, &known)?;
    let mut printer = Printer { json: arguments.json, told: Told::default(), heard: Told::default() };
    let watch = Watch { posts: &posts, takes: ids.as_deref(), timeout: None, stranded };
    let tell = |store: &Store, event: Event<'_>| match event {
        Event::Is(take) => printer.know(store, take),
        Event::Became(_) | Event::Withdrawn(_) => printer.print(store, event),
    };
    let over = |takes: &[&Take]| arguments.until_idle && is_idle(takes);
    let Watched { ended, stranded, .. } = watch.run(tell, over)?;
    Ok(match ended {
        Ended::Interrupted => Exit::Interrupted,
        Ended::TimedOut => Exit::StillRunning,
        Ended::Reached if stranded.is_empty() => Exit::Done,
        Ended::Reached => Exit::Key,
    })
}

fn is_idle(takes: &[&Take]) -> bool {
    takes.iter().all(|take| !take.is_awaited())
}

/// Prints takes where they changed.
struct Printer {
    json: bool,
    /// The record that was printed of each take.
    told: Told,
    /// What a person heard of each take.
    heard: Told,
}

impl Printer {
    fn print(&mut self, store: &Store, event: Event<'_>) -> Result<()> {
        let (Event::Is(take) | Event::Became(take) | Event::Withdrawn(take)) = event;
        let title = takes::title_of(store, take.song)?;
        let is_gone = matches!(event, Event::Withdrawn(_));
        let record = if is_gone { Record::withdrawn(take, &title) } else { Record::marked(take, &title) };
        if !self.told.is_new(take.id, &serde_json::to_string(&record)?) {
            return Ok(());
        }
        match (self.json, is_gone) {
            (true, _) => output::json_line(&record)?,
            (false, true) => output::line(&takes::row_saying(take, &title, "taken back"))?,
            (false, false) => output::line(&takes::row(take, &title))?,
        }
        Ok(())
    }

    /// Remembers how a take is, so that only what changes is printed.
    fn know(&mut self, store: &Store, take: &Take) -> Result<()> {
        let title = takes::title_of(store, take.song)?;
        self.told.is_new(take.id, &serde_json::to_string(&Record::marked(take, &title))?);
        Ok(())
    }

    /// Says what stands in the way of a take that is not over yet.
    fn news(&mut self, take: &Take) {
        let told = watch::news(take).filter(|_| take.is_awaited());
        if let Some(told) = told.filter(|told| self.heard.is_new(take.id, told)) {
            output::say(&told);
        }
    }
}

/// `90s`, `10m`, `1h`, as jiff reads them, or plain seconds.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let wrong = |_| "write a time such as 90s, 10m or 1h".to_owned();
    text.parse::<SignedDuration>().map_err(wrong).map(SignedDuration::unsigned_abs)
}
