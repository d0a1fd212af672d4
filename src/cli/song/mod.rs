//! `song`: the songs, their titles and their drafts.

mod draft;

pub(super) use draft::Writing;

use std::collections::BTreeSet;

use anyhow::Result;
use clap::Subcommand;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::bill::Bill;
use super::exit::{Exit, Failure};
use super::order::{self, Terms, Wish};
use super::{Setting, WRITER, named, output};
use crate::domain::age;
use crate::domain::generation::TakeId;
use crate::domain::song::{DraftRow, Song, SongId};
use crate::engine::intent::{Intent, Reply};
use crate::store::Store;

/// What to do with songs.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the songs, the last touched first
    List(ListArguments),
    /// Start a song
    New(NewArguments),
    /// Show a song with its draft
    Show(ShowArguments),
    /// Give a song another title; its files keep their folder
    Rename(RenameArguments),
    /// Have the screen open this song next
    Open(OneArguments),
    /// Write into a song's draft; what was there is kept as a version
    Write(draft::WriteArguments),
    /// Put a take's text into the draft of its song; what was there is kept as a version
    Use(draft::UseArguments),
    /// Keep a song's draft as it is now as a version
    Keep(OneArguments),
    /// Order takes of a song's draft
    Order(OrderArguments),
}

/// How to list songs.
#[derive(Debug, clap::Args)]
pub struct ListArguments {
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// A song to be.
#[derive(Debug, clap::Args)]
pub struct NewArguments {
    /// Its title; one that is taken gets a number behind it
    title: String,
    /// Print one JSON object, as `song show --json` prints it
    #[arg(long)]
    json: bool,
}

/// A song, and what to show of it.
#[derive(Debug, clap::Args)]
pub struct ShowArguments {
    /// The song's title, whatever the case
    #[arg(value_name = "SONG")]
    song: String,
    /// Only the style, as it is
    #[arg(long)]
    style: bool,
    /// Only the lyrics, as they are
    #[arg(long, conflicts_with = "style")]
    lyrics: bool,
    /// Print one JSON object, with the revision that `song write --revision` takes
    #[arg(long, conflicts_with_all = ["style", "lyrics"])]
    json: bool,
}

/// A song and its next title.
#[derive(Debug, clap::Args)]
pub struct RenameArguments {
    /// The song's title, whatever the case
    #[arg(value_name = "SONG")]
    song: String,
    /// The title it gets; one that is taken gets a number behind it
    title: String,
    /// Print one JSON object, as `song show --json` prints it
    #[arg(long)]
    json: bool,
}

/// A song.
#[derive(Debug, clap::Args)]
pub struct OneArguments {
    /// The song's title, whatever the case
    #[arg(value_name = "SONG")]
    song: String,
}

/// A song, and how to order it.
#[derive(Debug, clap::Args)]
pub struct OrderArguments {
    /// The song's title, whatever the case
    #[arg(value_name = "SONG")]
    song: String,
    /// From this model instead of the draft's own; several give takes of each
    #[arg(long = "model", value_name = "ID")]
    models: Vec<String>,
    /// The take of the song that this is made after, by the id that `list` prints
    #[arg(long, value_name = "TAKE")]
    from: Option<i64>,
    #[command(flatten)]
    terms: Terms,
}

/// Does one of these.
///
/// # Errors
/// When there is no such song, a rule is broken, or the store cannot be used.
pub fn run(setting: &Setting, command: &Command) -> Result<Exit> {
    match command {
        Command::List(arguments) => list(setting, arguments),
        Command::New(arguments) => new(setting, arguments),
        Command::Show(arguments) => show(setting, arguments),
        Command::Rename(arguments) => rename(setting, arguments),
        Command::Open(arguments) => open(setting, arguments),
        Command::Write(arguments) => draft::write(setting, arguments),
        Command::Use(arguments) => draft::use_text(setting, arguments),
        Command::Keep(arguments) => keep(setting, arguments),
        Command::Order(arguments) => order(setting, arguments),
    }
}

/// A moment as people say it.
fn moment(at: Timestamp) -> String {
    age::day_and_time(at, Timestamp::now(), &TimeZone::system())
}

fn list(setting: &Setting, arguments: &ListArguments) -> Result<Exit> {
    let store = setting.store()?;
    let songs = store.songs()?;
    if arguments.json {
        let objects: Result<Vec<Value>> = songs.iter().map(|song| object(&store, song)).collect();
        output::json(&objects?)?;
        return Ok(Exit::Done);
    }
    for song in &songs {
        let takes = store.takes(Some(song.id))?.len();
        let takes = if takes == 1 { "1 take".to_owned() } else { format!("{takes} takes") };
        output::line(&format!("{}  {takes}  {}", song.title, moment(song.touched)))?;
    }
    if songs.is_empty() {
        output::say("no songs; `refrain song new TITLE` starts one");
    }
    Ok(Exit::Done)
}

/// A song as `--json` prints it.
fn object(store: &Store, song: &Song) -> Result<Value> {
    let DraftRow { revision, draft, saved, writer, .. } = store.draft(song.id)?;
    Ok(json!({
        "id": song.id,
        "title": song.title,
        "created": song.created,
        "touched": song.touched,
        "takes": store.takes(Some(song.id))?.len(),
        "revision": revision,
        "saved": saved,
        "writer": writer,
        "draft": draft,
    }))
}

fn new(setting: &Setting, arguments: &NewArguments) -> Result<Exit> {
    if arguments.title.trim().is_empty() {
        return Err(Failure::usage("a title cannot be empty"));
    }
    let mut store = setting.store()?;
    let intent = Intent::NewSong { title: arguments.title.clone() };
    match setting.desk(WRITER.to_owned(), None).carry_out(&mut store, intent, Timestamp::now())? {
        Reply::Song { song } => tell(&store, song, arguments.json),
        reply => Err(not_done(reply)),
    }
}

/// Prints what a song is called now, or all of it as JSON.
fn tell(store: &Store, song: SongId, json: bool) -> Result<Exit> {
    let song = by_id(store, song)?;
    if json {
        output::json(&object(store, &song)?)?;
    } else {
        output::line(&song.title)?;
    }
    Ok(Exit::Done)
}

fn show(setting: &Setting, arguments: &ShowArguments) -> Result<Exit> {
    let store = setting.store()?;
    let song = named::song(&store, &arguments.song)?;
    let row = store.draft(song.id)?;
    match arguments {
        ShowArguments { json: true, .. } => output::json(&object(&store, &song)?)?,
        ShowArguments { style: true, .. } => output::text(&row.draft.style)?,
        ShowArguments { lyrics: true, .. } => output::text(&row.draft.lyrics)?,
        _ => {
            let library = store.references()?;
            output::line(&format!("{:<12}{}", "title", song.title))?;
            output::line(&format!("{:<12}{}", "model", row.draft.model))?;
            output::line(&format!(
                "{:<12}{} by {}, revision {}",
                "saved",
                moment(row.saved),
                row.writer,
                row.revision.0
            ))?;
            for (name, value) in &row.draft.settings {
                let known = library.iter().find(|reference| reference.is_meant_by(value));
                let value = known.map_or_else(|| value.clone(), |known| format!("{} ({value})", known.name));
                output::line(&format!("{name:<11} {value}"))?;
            }
            output::line(&format!("{:<12}{}", "style", row.draft.style))?;
            if !row.draft.lyrics.is_empty() {
                output::line("")?;
                output::text(&row.draft.lyrics)?;
            }
        }
    }
    Ok(Exit::Done)
}

fn rename(setting: &Setting, arguments: &RenameArguments) -> Result<Exit> {
    if arguments.title.trim().is_empty() {
        return Err(Failure::usage("a title cannot be empty"));
    }
    let mut store = setting.store()?;
    let song = named::song(&store, &arguments.song)?.id;
    carry(setting, &mut store, Intent::RenameSong { song, title: arguments.title.clone() })?;
    tell(&store, song, arguments.json)
}

fn open(setting: &Setting, arguments: &OneArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let song = named::song(&store, &arguments.song)?;
    carry(setting, &mut store, Intent::OpenSong { song: song.id })?;
    output::say(&format!("the screen opens {} next", song.title));
    Ok(Exit::Done)
}

fn keep(setting: &Setting, arguments: &OneArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let song = named::song(&store, &arguments.song)?;
    carry(setting, &mut store, Intent::KeepVersion { song: song.id })?;
    output::say(&format!("{} is kept as a version", song.title));
    Ok(Exit::Done)
}

impl OrderArguments {
    /// What is paid for.
    ///
    /// # Errors
    /// When there is no such song or model, or the store cannot be read.
    pub fn bill(&self, setting: &Setting) -> Result<Option<Bill>> {
        let (_, wish) = wish(setting, self)?;
        self.terms.bill(setting, &wish.models, &wish.draft)
    }
}

fn order(setting: &Setting, arguments: &OrderArguments) -> Result<Exit> {
    let (song, wish) = wish(setting, arguments)?;
    order::place(setting, &arguments.terms, &wish, |_, _| Ok(song))
}

fn wish<'a>(setting: &'a Setting, arguments: &OrderArguments) -> Result<(SongId, Wish<'a>)> {
    let store = setting.store()?;
    let song = named::song(&store, &arguments.song)?.id;
    let draft = store.draft(song)?.draft;
    let names = if arguments.models.is_empty() { vec![draft.model.clone()] } else { arguments.models.clone() };
    let models: Result<Vec<_>> = names.iter().map(|name| named::model(&setting.catalogue, name)).collect();
    let mut models = models?;
    // A model that is named twice is ordered from once.
    let mut seen = BTreeSet::new();
    models.retain(|spec| seen.insert(spec.id.as_str()));
    let from = arguments.from.map(|id| origin(&store, song, id)).transpose()?;
    Ok((song, Wish { draft, models, from }))
}

/// The take that an order is made after: one of the same song.
fn origin(store: &Store, song: SongId, id: i64) -> Result<TakeId> {
    let take = named::take(store, id)?;
    if take.song == song {
        return Ok(take.id);
    }
    let hint = "`refrain list --song SONG` lists the takes of a song";
    Err(Failure::usage(format!("take {id} is of another song, so nothing is made after it\nhint: {hint}")))
}

/// Carries out an intent that has nothing to answer.
fn carry(setting: &Setting, store: &mut Store, intent: Intent) -> Result<()> {
    match setting.desk(WRITER.to_owned(), None).carry_out(store, intent, Timestamp::now())? {
        Reply::Done | Reply::Song { .. } => Ok(()),
        reply => Err(not_done(reply)),
    }
}

pub(super) fn not_done(reply: Reply) -> anyhow::Error {
    match reply {
        Reply::TooLate(why) => Failure::failed(why),
        other => Failure::failed(format!("the store answered something else: {other:?}")),
    }
}

fn by_id(store: &Store, id: SongId) -> Result<Song> {
    let found = store.songs()?.into_iter().find(|song| song.id == id);
    found.ok_or_else(|| Failure::failed(format!("song {} is gone", id.0)))
}
