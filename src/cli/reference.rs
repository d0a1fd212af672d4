//! `reference`: the library of recordings to go by.

use anyhow::Result;
use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;

use super::exit::{Exit, Failure};
use super::song;
use super::{Setting, WRITER, given, named, output};
use crate::domain::reference::{Reference, address_slip, name_of};
use crate::engine::intent::{Intent, Reply};
use crate::store::Store;

/// What to do with references.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the library
    List(ListArguments),
    /// Add the address of a recording
    Add(AddArguments),
    /// Give a reference another name
    Rename(RenameArguments),
    /// Write a note on a reference
    Note(NoteArguments),
    /// Use a reference in a song's draft, or stop using it
    Use(UseArguments),
    /// Take a reference out of the library; takes made with it keep it
    Forget(OneArguments),
}

/// How to list the library.
#[derive(Debug, clap::Args)]
pub struct ListArguments {
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// What to add.
#[derive(Debug, clap::Args)]
pub struct AddArguments {
    /// The address of the recording
    url: String,
    /// Its name; the file's, where none is given
    #[arg(long)]
    name: Option<String>,
    /// Print one JSON object, as an item of `reference list --json`
    #[arg(long)]
    json: bool,
}

/// Which reference, and its next name.
#[derive(Debug, clap::Args)]
pub struct RenameArguments {
    /// The reference, by id or name
    reference: String,
    /// The name it gets
    name: String,
}

/// Which reference, and what to write on it.
#[derive(Debug, clap::Args)]
pub struct NoteArguments {
    /// The reference, by id or name
    reference: String,
    /// The note in place of the one there is; - reads standard input, an empty one takes it away
    #[arg(value_name = "TEXT|-", allow_hyphen_values = true)]
    text: String,
}

/// Which reference, in which song.
#[derive(Debug, clap::Args)]
pub struct UseArguments {
    /// The reference, by id or name
    reference: String,
    /// The song's title, whatever the case
    #[arg(value_name = "SONG")]
    song: String,
    /// Stop using it
    #[arg(long)]
    undo: bool,
    /// Print the song as one JSON object, as `song show --json` prints it
    #[arg(long)]
    json: bool,
}

/// Which reference.
#[derive(Debug, clap::Args)]
pub struct OneArguments {
    /// The reference, by id or name
    reference: String,
}

/// Does one of these.
///
/// # Errors
/// When there is no such reference or song, or the store cannot be used.
pub fn run(setting: &Setting, command: &Command) -> Result<Exit> {
    let mut store = setting.store()?;
    match command {
        Command::List(arguments) => list(&store, arguments.json)?,
        Command::Add(arguments) => add(setting, &mut store, arguments)?,
        Command::Rename(RenameArguments { name, .. }) if name.trim().is_empty() => {
            return Err(Failure::usage("a name cannot be empty"));
        }
        Command::Rename(RenameArguments { reference, name }) => {
            let known = named::reference(&store, reference)?;
            let intent = Intent::RenameReference { reference: known.id, name: name.trim().to_owned() };
            carry(setting, &mut store, intent, &format!("`{}` is called `{}` now", known.name, name.trim()))?;
        }
        Command::Note(NoteArguments { reference, text }) => {
            let known = named::reference(&store, reference)?;
            let note = given::text_or_input("note", text)?.trim().to_owned();
            carry(setting, &mut store, Intent::NoteReference { reference: known.id, note }, "noted")?;
        }
        Command::Use(arguments) => return use_or_stop(setting, &mut store, arguments),
        Command::Forget(OneArguments { reference }) => {
            let known = named::reference(&store, reference)?;
            let said = format!("`{}` is out of the library; takes made with it keep it", known.name);
            carry(setting, &mut store, Intent::ForgetReference { reference: known.id }, &said)?;
        }
    }
    Ok(Exit::Done)
}

fn list(store: &Store, as_json: bool) -> Result<()> {
    let library = store.references()?;
    if as_json {
        output::json(&library.iter().map(object).collect::<Vec<_>>())?;
        return Ok(());
    }
    for reference in &library {
        let Reference { id, name, takes, url, note, .. } = reference;
        let takes = if *takes == 1 { "1 take".to_owned() } else { format!("{takes} takes") };
        let rest = [url.as_deref().unwrap_or_default(), note.as_str()].join("  ");
        output::line(format!("{:>4}  {name}  {takes}  {rest}", id.0).trim_end())?;
    }
    if library.is_empty() {
        output::say("no references; `refrain reference add URL` adds one");
    }
    Ok(())
}

fn object(reference: &Reference) -> serde_json::Value {
    let Reference { id, name, purpose, url, note, created, takes, .. } = reference;
    json!({
        "id": id, "name": name, "purpose": purpose, "url": url, "note": note, "created": created, "takes": takes,
    })
}

fn add(setting: &Setting, store: &mut Store, arguments: &AddArguments) -> Result<()> {
    let url = arguments.url.trim().to_owned();
    if let Some(slip) = address_slip(&url) {
        return Err(Failure::usage(format!("`{url}` is no address: {slip}")));
    }
    let name = arguments.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let name = name.map_or_else(|| name_of(&url), str::to_owned);
    let said = format!("`{name}` is in the library");
    match desk_reply(setting, store, Intent::AddReference { name, url })? {
        Reply::Reference { reference } => {
            output::say(&said);
            let added = store.references()?.into_iter().find(|known| known.id == reference);
            match added {
                Some(added) if arguments.json => output::json(&object(&added))?,
                _ => output::line(&reference.0.to_string())?,
            }
            Ok(())
        }
        reply => Err(song::not_done(reply)),
    }
}

fn use_or_stop(setting: &Setting, store: &mut Store, arguments: &UseArguments) -> Result<Exit> {
    let reference = named::reference(store, &arguments.reference)?;
    let song = named::song(store, &arguments.song)?;
    let row = store.draft(song.id)?;
    let spec = named::model(&setting.catalogue, &row.draft.model)?;
    let fitting = spec.fields.iter().find_map(|field| Some((field, reference.value_for(field)?)));
    let Some((field, used)) = fitting else {
        return Err(Failure::failed(format!(
            "{} takes no reference of this kind\nhint: `refrain song write --model` chooses another model",
            spec.label
        )));
    };
    let mut draft = row.draft.clone();
    let is_used = draft.setting(&field.name) == Some(used.as_str());
    if arguments.undo && !is_used {
        return Err(Failure::failed(format!("{} does not use `{}`", song.title, reference.name)));
    }
    let value = if arguments.undo { String::new() } else { used };
    draft.settings.insert(field.name.clone(), value);
    song::Writing { song, row, based_on: None, json: arguments.json }.save(setting, store, draft)
}

fn carry(setting: &Setting, store: &mut Store, intent: Intent, said: &str) -> Result<()> {
    match desk_reply(setting, store, intent)? {
        Reply::Done => {
            output::say(said);
            Ok(())
        }
        reply => Err(song::not_done(reply)),
    }
}

fn desk_reply(setting: &Setting, store: &mut Store, intent: Intent) -> Result<Reply> {
    Ok(setting.desk(WRITER.to_owned(), None).carry_out(store, intent, Timestamp::now())?)
}
