//! `reference`: the library of recordings to go by.

mod adding;
mod listing;
mod uploads;
mod using;

pub use listing::{as_ordered, object, sound_of};
pub use uploads::{frozen_anew, stopped};
pub use using::{unusable, used};

use anyhow::Result;
use clap::Subcommand;
use jiff::Timestamp;

use super::exit::{Exit, Failure};
use super::{Setting, WRITER, given, named, output, song};
use crate::domain::reference::{Reference, ReferenceId};
use crate::engine::intent::{Intent, Reply};
use crate::store::Store;

/// What to do with references.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the library
    List(listing::ListArguments),
    /// Add the address of a recording, or an id that was made elsewhere
    Add(adding::AddArguments),
    /// Keep a recording that goes along with orders that use it; `refrain upload` is for all others
    Keep(adding::KeepArguments),
    /// Give a reference another name
    Rename(RenameArguments),
    /// Write a note on a reference
    Note(NoteArguments),
    /// Use a reference in a song's draft, or stop using it
    Use(using::UseArguments),
    /// List the takes that were made with a reference, the newest first
    Takes(listing::TakesArguments),
    /// Play the recording of a reference here
    Play(OneArguments),
    /// Upload a reference once more, from its file or its address, as where the service no longer takes it
    Again(uploads::AgainArguments),
    /// Break off an upload, or put one aside that failed
    Stop(OneArguments),
    /// Take a reference out of the library; takes made with it keep it, and so does its file
    Forget(OneArguments),
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
    match command {
        Command::List(arguments) => listing::list(setting, arguments),
        Command::Add(arguments) => adding::add(setting, arguments),
        Command::Keep(arguments) => adding::keep(setting, arguments),
        Command::Rename(arguments) => rename(setting, arguments),
        Command::Note(arguments) => note(setting, arguments),
        Command::Use(arguments) => using::use_or_stop(setting, arguments),
        Command::Takes(arguments) => listing::takes(setting, arguments),
        Command::Play(OneArguments { reference }) => listing::play(setting, reference),
        Command::Again(arguments) => uploads::again(setting, arguments),
        Command::Stop(OneArguments { reference }) => uploads::stop(setting, reference),
        Command::Forget(OneArguments { reference }) => forget(setting, reference),
    }
}

fn rename(setting: &Setting, arguments: &RenameArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let known = named::reference(&store, &setting.service(), &arguments.reference)?;
    let name = given_name(Some(&arguments.name))?.unwrap_or_default();
    let said = format!("`{}` is called `{name}` now", known.name);
    carry(setting, &mut store, Intent::RenameReference { reference: known.id, name }, &said)
}

fn note(setting: &Setting, arguments: &NoteArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let known = named::reference(&store, &setting.service(), &arguments.reference)?;
    let note = given::text_or_input("note", &arguments.text)?.trim().to_owned();
    carry(setting, &mut store, Intent::NoteReference { reference: known.id, note }, "noted")
}

fn forget(setting: &Setting, reference: &str) -> Result<Exit> {
    let mut store = setting.store()?;
    let known = named::reference(&store, &setting.service(), reference)?;
    let said = format!("`{}` is out of the library; takes made with it keep it", known.name);
    carry(setting, &mut store, Intent::ForgetReference { reference: known.id }, &said)
}

/// A name that was given, without spaces around it.
///
/// # Errors
/// When it is empty.
pub fn given_name(name: Option<&str>) -> Result<Option<String>> {
    match name.map(str::trim) {
        Some("") => Err(Failure::usage("a name cannot be empty")),
        name => Ok(name.map(str::to_owned)),
    }
}

/// What a recording that is known already is called, to be said behind that it is; it gets the name that was
/// asked for, where one was.
///
/// # Errors
/// When the store cannot be written.
pub fn known_as(setting: &Setting, store: &mut Store, known: &Reference, wished: Option<String>) -> Result<String> {
    let Some(name) = wished.filter(|wished| *wished != known.name) else { return Ok(format!(" as `{}`", known.name)) };
    let said = format!(": it was `{}`, and is called `{name}` now", known.name);
    let intent = Intent::RenameReference { reference: known.id, name };
    match setting.desk(WRITER.to_owned(), None).carry_out(store, intent, Timestamp::now())? {
        Reply::Done => Ok(said),
        reply => Err(not_done(reply)),
    }
}

/// What a person should hear where something else was answered than what was asked for.
pub fn not_done(reply: Reply) -> anyhow::Error {
    song::not_done(reply)
}

fn carry(setting: &Setting, store: &mut Store, intent: Intent, said: &str) -> Result<Exit> {
    match setting.desk(WRITER.to_owned(), None).carry_out(store, intent, Timestamp::now())? {
        Reply::Done => output::say(said),
        reply => return Err(not_done(reply)),
    }
    Ok(Exit::Done)
}

/// Prints a reference that was added: its id, or all of it as JSON.
fn print_added(store: &Store, id: ReferenceId, as_json: bool) -> Result<Exit> {
    if as_json {
        output::json(&object(&store.reference(id)?))?;
    } else {
        output::line(&id.0.to_string())?;
    }
    Ok(Exit::Done)
}
