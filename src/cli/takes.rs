//! `list` and `show`: what became of takes.

use std::collections::BTreeMap;

use anyhow::Result;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::exit::Exit;
use super::record::Record;
use super::{Setting, named, output};
use crate::domain::age;
use crate::domain::catalogue::ModelSpec;
use crate::domain::generation::{Status, Take};
use crate::domain::made_with;
use crate::domain::price::dollars;
use crate::domain::song::SongId;
use crate::domain::wording::words;
use crate::store::Store;

/// What stands in a [`row`], for a person; programs get rows only.
const COLUMNS: &str = "  id  song  take  model  state";

/// Columns of the names of what is shown of a take; `instrumental` is the longest.
const NAME_COLUMNS: usize = 12;

/// What to list.
#[derive(Debug, clap::Args)]
pub struct ListArguments {
    /// Only takes of this song
    #[arg(long, value_name = "TITLE")]
    song: Option<String>,
    /// Only takes that have arrived and were not heard yet
    #[arg(long)]
    new: bool,
    /// Only takes that have this text in model, number, state, style, note or the names of its references
    #[arg(long = "match", value_name = "TEXT")]
    text: Option<String>,
    /// Also takes that were hidden
    #[arg(long)]
    hidden: bool,
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// Which take to show.
#[derive(Debug, clap::Args)]
pub struct ShowArguments {
    /// The id that `list` and `generate` print
    #[arg(value_name = "TAKE")]
    id: i64,
    /// Print one JSON object: that of `list --json`, and what the take was ordered with
    #[arg(long)]
    json: bool,
}

/// Lists takes, the newest first.
///
/// # Errors
/// When there is no song of that title, or the store cannot be read.
pub fn list(setting: &Setting, arguments: &ListArguments) -> Result<Exit> {
    let store = setting.store()?;
    let song = arguments.song.as_deref().map(|title| named::song(&store, title)).transpose()?;
    let text = arguments.text.as_deref().unwrap_or_default().to_lowercase();
    let mut takes = store.takes(song.map(|song| song.id))?;
    takes
        .retain(|take| (arguments.hidden || !take.hidden) && (!arguments.new || take.is_new()) && take.mentions(&text));
    print(&store, &takes, arguments.json)?;
    Ok(Exit::Done)
}

/// Shows one take with everything that is known of it.
///
/// # Errors
/// When there is no such take.
pub fn show(setting: &Setting, arguments: &ShowArguments) -> Result<Exit> {
    let store = setting.store()?;
    let take = named::take(&store, arguments.id)?;
    let title = title_of(&store, take.song)?;
    let spec = setting.catalogue.find(&take.model);
    if arguments.json {
        output::json(&Record::whole(&take, &title, spec))?;
        return Ok(Exit::Done);
    }
    for (name, value) in particulars(&take, &title, spec) {
        output::line(&format!("{name:<NAME_COLUMNS$} {value}"))?;
    }
    if !take.draft.lyrics.is_empty() {
        output::line("")?;
        output::text(take.draft.lyrics.trim_end())?;
    }
    Ok(Exit::Done)
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

/// Prints a row for each take, or all of them as JSON.
///
/// # Errors
/// When the store cannot be read or standard output cannot be written.
pub(super) fn print(store: &Store, takes: &[Take], json: bool) -> Result<()> {
    if json {
        let titles = titles(store)?;
        let title = |take: &Take| titles.get(&take.song).map_or("", String::as_str);
        let records: Vec<_> = takes.iter().map(|take| Record::marked(take, title(take))).collect();
        output::json(&records)?;
        return Ok(());
    }
    if output::is_terminal() && !takes.is_empty() {
        output::line(COLUMNS)?;
    }
    print_rows(store, takes.iter())?;
    if takes.is_empty() {
        output::say("no takes");
    }
    Ok(())
}

/// Prints a row for each take.
///
/// # Errors
/// When the store cannot be read or standard output cannot be written.
pub(super) fn print_rows<'a>(store: &Store, takes: impl Iterator<Item = &'a Take>) -> Result<()> {
    let titles = titles(store)?;
    for take in takes {
        output::line(&row(take, titles.get(&take.song).map_or("", String::as_str)))?;
    }
    Ok(())
}

/// `17  Night Ferry  take 3  minimax/music-2.0  new, 2:51`, without a column for what is not there.
pub(super) fn row(take: &Take, title: &str) -> String {
    row_saying(take, title, &words(take, Timestamp::now(), &TimeZone::system()).text)
}

/// The row of a take of which this is to be said.
pub(super) fn row_saying(take: &Take, title: &str, words: &str) -> String {
    let mut row = format!("{:>4}  {title}  take {}  {}  {words}", take.id.0, take.number, take.model);
    let marks = [
        // By its tag a request can be found in the service's log.
        (take.status == Status::Unknown).then(|| take.request_tag.clone()),
        (take.rating > 0).then(|| format!("rated {}", take.rating)),
        take.pick.then(|| "pick".to_owned()),
        take.hidden.then(|| "hidden".to_owned()),
        take.service.is_sandbox().then(|| "(sandbox)".to_owned()),
    ];
    for mark in marks.into_iter().flatten() {
        row.push_str("  ");
        row.push_str(&mark);
    }
    row
}

fn particulars(take: &Take, title: &str, spec: Option<&ModelSpec>) -> Vec<(String, String)> {
    let named = |(name, value): (&str, String)| (name.to_owned(), value);
    let what = [("song", format!("{title}, take {}", take.number)), ("model", take.model.clone())].map(named);
    let origin = take.is_adopted().then(|| ("origin", "adopted, it was ordered elsewhere".to_owned()));
    let origin = origin.into_iter().map(named);
    let standing = standing(take).into_iter().map(named);
    what.into_iter().chain(origin).chain(made_with::rows(take, spec)).chain(standing).collect()
}

/// What became of it, and what a person made of it.
fn standing(take: &Take) -> Vec<(&'static str, String)> {
    let optional = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let moment = |at| age::day_and_time(at, Timestamp::now(), &TimeZone::system());
    let cost = take.cost.completed().usd.map_or_else(|| "unknown".to_owned(), dollars);
    let file = take.file.as_ref().filter(|_| take.status == Status::Saved);
    vec![
        ("service", take.service.to_string()),
        ("status", words(take, Timestamp::now(), &TimeZone::system()).text),
        ("message", optional(&take.message)),
        ("ordered", moment(take.created)),
        ("finished", take.finished.map_or_else(|| "-".to_owned(), moment)),
        ("cost", if take.service.is_sandbox() { format!("{cost} (sandbox, not charged)") } else { cost }),
        ("file", file.map_or_else(|| "-".to_owned(), |file| file.display().to_string())),
        ("remote id", optional(&take.remote_id)),
        ("request tag", take.request_tag.clone()),
        ("support id", optional(&take.service_request)),
        ("rating", if take.rating == 0 { "-".to_owned() } else { take.rating.to_string() }),
        ("pick", if take.pick { "yes" } else { "no" }.to_owned()),
        ("note", if take.note.is_empty() { "-".to_owned() } else { take.note.clone() }),
        ("hidden", if take.hidden { "yes" } else { "no" }.to_owned()),
        ("style", take.draft.style.clone()),
    ]
}
