//! `list`, `show`, `wait`: what became of takes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Result;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::exit::{Exit, Failure};
use super::record::Record;
use super::watch::{self, Ended};
use super::{Setting, output};
use crate::domain::generation::{Status, Take, TakeId};
use crate::domain::service::Service;
use crate::domain::song::SongId;
use crate::domain::wording::words;
use crate::store::Store;
use crate::worker::start::Posts;

/// What to list.
#[derive(Debug, clap::Args)]
pub struct ListArguments {
    /// Only takes of this song
    #[arg(long, value_name = "TITLE")]
    song: Option<String>,
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// Which take to show.
#[derive(Debug, clap::Args)]
pub struct ShowArguments {
    /// The id that `list` and `generate` print
    id: i64,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What to wait for.
#[derive(Debug, clap::Args)]
pub struct WaitArguments {
    /// The takes; all that are not finished where none is named
    ids: Vec<i64>,
    /// Give up waiting after this time, as 90s or 10m; the takes go on
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<Duration>,
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// Lists takes, the newest first.
///
/// # Errors
/// When there is no song of that title, or the store cannot be read.
pub fn list(setting: &Setting, arguments: &ListArguments) -> Result<Exit> {
    let store = setting.store()?;
    let song = match &arguments.song {
        None => None,
        Some(title) => Some(store.song_titled(title)?.ok_or_else(|| {
            Failure::usage(format!("there is no song `{title}`\nhint: `refrain list` shows the songs of all takes"))
        })?),
    };
    let takes = store.takes(song.map(|song| song.id))?;
    print(&store, &takes, arguments.json)?;
    Ok(Exit::Done)
}

/// Shows one take with everything that is known of it.
///
/// # Errors
/// When there is no such take.
pub fn show(setting: &Setting, arguments: &ShowArguments) -> Result<Exit> {
    let store = setting.store()?;
    let take = store.take(TakeId(arguments.id)).map_err(|error| Failure::usage(error.to_string()))?;
    let title = title_of(&store, take.song)?;
    if arguments.json {
        output::json(&Record::of(&take, &title))?;
    } else {
        for (name, value) in particulars(&take, &title) {
            output::line(&format!("{name:<12}{value}"))?;
        }
    }
    Ok(Exit::Done)
}

/// Waits until takes are saved or over.
///
/// # Errors
/// When there is no such take, or a key is there that cannot be used.
pub fn wait(setting: &Setting, arguments: &WaitArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let takes = if arguments.ids.is_empty() {
        store.live_takes()?
    } else {
        let found: Result<Vec<_>, _> = arguments.ids.iter().map(|id| store.take(TakeId(*id))).collect();
        found.map_err(|error| Failure::usage(error.to_string()))?
    };
    let posts = posts(setting, &takes)?;
    let stranded = start_workers(&posts, &mut store, &takes)?;
    let (stranded, waited): (Vec<_>, Vec<_>) =
        takes.into_iter().partition(|take| take.status.is_live() && stranded.contains(&take.service));
    let ids: Vec<_> = waited.iter().map(|take| take.id).collect();
    let (ended, mut takes) = watch::until(&posts, &ids, arguments.timeout, |take| !take.status.is_live())?;
    let without_key = stranded.first().map(|_| Exit::Key);
    for take in stranded {
        takes.push(store.take(take.id)?);
    }
    print(&store, &takes, arguments.json)?;
    Ok(match ended {
        Ended::Interrupted => Exit::Interrupted,
        Ended::TimedOut => Exit::StillRunning,
        Ended::Reached => Exit::gravest(takes.iter().map(Exit::of).chain(without_key)),
    })
}

/// Where workers may be started for; the key is looked for only where one of the takes needs it.
fn posts(setting: &Setting, takes: &[Take]) -> Result<Posts> {
    let posts = setting.posts(None);
    if !takes.iter().any(|take| take.status.is_live() && take.service == posts.paid) {
        return Ok(posts);
    }
    let key = match setting.key() {
        Ok(found) => found.map(|found| found.key),
        // Whoever is at work has its key.
        Err(_) if posts.is_at_work(&posts.paid) => None,
        Err(error) => return Err(error),
    };
    Ok(Posts { key, ..posts })
}

/// Makes sure that somebody works on these takes; says and brings the services for which nobody can.
fn start_workers(posts: &Posts, store: &mut Store, takes: &[Take]) -> Result<BTreeSet<Service>> {
    let live = takes.iter().filter(|take| take.status.is_live());
    let services: BTreeSet<Service> = live.map(|take| take.service.clone()).collect();
    let mut stranded = BTreeSet::new();
    for service in services {
        if posts.serves(&service) {
            posts.start_apart(&service)?;
        } else if !posts.is_at_work(&service) {
            store.wait_for_key(&service)?;
            output::say(&watch::without_key(posts, &service));
            stranded.insert(service);
        }
    }
    Ok(stranded)
}

/// The title of a song.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn title_of(store: &Store, song: SongId) -> Result<String> {
    Ok(titles(store)?.remove(&song).unwrap_or_default())
}

fn titles(store: &Store) -> Result<BTreeMap<SongId, String>> {
    Ok(store.songs()?.into_iter().map(|song| (song.id, song.title)).collect())
}

fn print(store: &Store, takes: &[Take], json: bool) -> Result<()> {
    let titles = titles(store)?;
    let title = |take: &Take| titles.get(&take.song).map_or("", String::as_str);
    if json {
        let records: Vec<_> = takes.iter().map(|take| Record::of(take, title(take))).collect();
        output::json(&records)?;
        return Ok(());
    }
    for take in takes {
        output::line(&row(take, title(take)))?;
    }
    if takes.is_empty() {
        output::say("no takes");
    }
    Ok(())
}

/// `17  Night Ferry  take 3  minimax/music-2.0  new, 2:51`, without a column for what is not there.
fn row(take: &Take, title: &str) -> String {
    let words = words(take, Timestamp::now(), &TimeZone::system()).text;
    let pretend = if take.service.is_sandbox() { "  (sandbox)" } else { "" };
    // By its tag a request can be found in the service's log.
    let tag = if take.status == Status::Unknown { format!("  {}", take.request_tag) } else { String::new() };
    format!("{:>4}  {title}  take {}  {}  {words}{tag}{pretend}", take.id.0, take.number, take.model)
}

fn particulars(take: &Take, title: &str) -> Vec<(&'static str, String)> {
    let optional = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let cost = take.cost.completed().usd.map_or_else(|| "unknown".to_owned(), |usd| format!("${usd:.4}"));
    let file = take.file.as_ref().filter(|_| take.status == Status::Saved);
    vec![
        ("song", format!("{title}, take {}", take.number)),
        ("model", take.model.clone()),
        ("service", take.service.to_string()),
        ("status", words(take, Timestamp::now(), &TimeZone::system()).text),
        ("message", optional(&take.message)),
        ("ordered", take.created.to_string()),
        ("finished", take.finished.map_or_else(|| "-".to_owned(), |at| at.to_string())),
        ("cost", if take.service.is_sandbox() { format!("{cost} (sandbox, not charged)") } else { cost }),
        ("file", file.map_or_else(|| "-".to_owned(), |file| file.display().to_string())),
        ("remote id", optional(&take.remote_id)),
        ("request tag", take.request_tag.clone()),
        ("support id", optional(&take.service_request)),
        ("style", take.draft.style.clone()),
    ]
}

/// `90s`, `10m`, `1h`, as jiff reads them, or plain seconds.
fn duration(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse() {
        return Ok(Duration::from_secs(seconds));
    }
    let wrong = |_| "write a time such as 90s, 10m or 1h".to_owned();
    text.parse::<SignedDuration>().map_err(wrong).map(SignedDuration::unsigned_abs)
}
