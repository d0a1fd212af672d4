//! `reference add` and `keep`: addresses, ids that were made elsewhere, and recordings that go along.

use std::path::PathBuf;

use anyhow::Result;
use jiff::Timestamp;

use super::super::exit::{Exit, Failure};
use super::super::recording::{self, Cut};
use super::super::{Setting, WRITER, output};
use super::{given_name, known_as, not_done, print_added};
use crate::api::ApiKey;
use crate::domain::address;
use crate::domain::ids::IdOf;
use crate::domain::reference::{Reference, name_of};
use crate::engine::intent::{Intent, Reply};
use crate::store::Store;

/// What to add.
#[derive(Debug, clap::Args)]
pub struct AddArguments {
    /// The address of the recording
    #[arg(required_unless_present = "ids", conflicts_with = "ids")]
    url: Option<String>,
    /// An id that the service gave elsewhere, instead of an address; twice for a song, which has two
    #[arg(long = "id", value_name = "ID")]
    ids: Vec<String>,
    /// The id is one of a voice, where that cannot be seen by its beginning
    #[arg(long, requires = "ids", conflicts_with = "instrumental")]
    voice: bool,
    /// The id is one of an instrumental, where that cannot be seen by its beginning
    #[arg(long, requires = "ids")]
    instrumental: bool,
    /// Its name; the file's or the id, where none is given
    #[arg(long)]
    name: Option<String>,
    /// Print one JSON object, as an item of `reference list --json`
    #[arg(long)]
    json: bool,
}

/// What to keep.
#[derive(Debug, clap::Args)]
pub struct KeepArguments {
    /// The recording, a file on this machine
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Its name in the library; the file's, where none is given
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    cut: Cut,
    /// Keep it also where it is longer or shorter than models are said to take
    #[arg(long)]
    force: bool,
    /// Print one JSON object, as an item of `reference list --json`
    #[arg(long)]
    json: bool,
}

pub(super) fn add(setting: &Setting, arguments: &AddArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let name = given_name(arguments.name.as_deref())?;
    let Some(url) = arguments.url.as_deref().map(str::trim) else {
        return add_ids(setting, &mut store, arguments, name);
    };
    if let Err(slip) = address::read(url) {
        return Err(Failure::usage(format!(
            "`{url}` is no address: {slip}\nhint: `refrain upload` and `refrain reference keep` take files"
        )));
    }
    let name = name.unwrap_or_else(|| name_of(url));
    let said = |added: &Reference, _| format!("`{}` is in the library", added.name);
    let intent = Intent::AddReference { name, url: url.to_owned() };
    added(setting, &mut store, intent, None, said, arguments.json)
}

fn add_ids(setting: &Setting, store: &mut Store, arguments: &AddArguments, name: Option<String>) -> Result<Exit> {
    let (mut voice_id, mut instrumental_id) = (None, None);
    for id in arguments.ids.iter().map(|id| id.trim()) {
        let place = match arguments.id_of(id)? {
            IdOf::Voice => &mut voice_id,
            IdOf::Instrumental => &mut instrumental_id,
        };
        if let Some(other) = place.replace(id.to_owned()) {
            return Err(Failure::usage(format!(
                "`{other}` and `{id}` are of one kind\nhint: a reference has one voice and one instrumental; add two"
            )));
        }
    }
    let before = store.references()?;
    let said = |added: &Reference, is_known: bool| match (is_known, before.iter().any(|one| one.id == added.id)) {
        (true, _) => format!("it is in the library already as `{}`", added.name),
        (false, true) => format!("one of the ids was in the library as `{}`, which has both now", added.name),
        (false, false) => "it is in the library".to_owned(),
    };
    let name = name.or_else(|| voice_id.clone()).or_else(|| instrumental_id.clone()).unwrap_or_default();
    let intent = Intent::AddIds { name, service: setting.service(), voice_id, instrumental_id };
    // Ids belong to the account that made them; which that is, its key tells.
    let key = if setting.flags.sandbox { None } else { setting.key()?.map(|found| found.key) };
    added(setting, store, intent, key.as_ref(), said, arguments.json)
}

impl AddArguments {
    fn id_of(&self, id: &str) -> Result<IdOf> {
        if id.is_empty() || id.contains(char::is_whitespace) {
            return Err(Failure::usage(format!("`--id` is `{id}`, an id is one word without spaces")));
        }
        let by_flag = if self.voice { Some(IdOf::Voice) } else { self.instrumental.then_some(IdOf::Instrumental) };
        match (IdOf::seen_in(id), by_flag) {
            (Some(of), Some(other)) if of != other => Err(Failure::usage(format!(
                "`{id}` begins like an id of another kind\nhint: leave `--voice` and `--instrumental` away"
            ))),
            (Some(of), _) | (None, Some(of)) => Ok(of),
            (None, None) => Err(Failure::usage(format!(
                "`{id}` begins neither with `{}` nor with `{}`\nhint: `--voice` or `--instrumental` says what it is one of",
                IdOf::Voice.beginning(),
                IdOf::Instrumental.beginning()
            ))),
        }
    }
}

pub(super) fn keep(setting: &Setting, arguments: &KeepArguments) -> Result<Exit> {
    let wished = given_name(arguments.name.as_deref())?;
    let name = wished.clone().unwrap_or_else(|| recording::name_of(&arguments.file));
    let part = arguments.cut.part()?;
    let frozen = recording::freeze_for_orders(setting, &arguments.file, part, arguments.force)?;
    if let Some(converted) = &frozen.converted {
        output::say(converted);
    }
    let mut store = setting.store()?;
    let known = store.references()?.into_iter().find(|known| known.is_meant_by(&frozen.setting()));
    let called = known.map(|known| known_as(setting, &mut store, &known, wished)).transpose()?;
    let said = |added: &Reference, _: bool| match &called {
        Some(called) => format!("the same recording is in the library already{called}"),
        None => format!("`{}` is in the library; it goes along with orders that use it", added.name),
    };
    let intent = Intent::KeepRecording { name, file: recording::absolute(&arguments.file)?, part, frozen };
    added(setting, &mut store, intent, None, said, arguments.json)
}

/// Carries the intent out and tells what became of it: `said` gets the reference, and whether nothing had to be
/// written for it.
fn added(
    setting: &Setting,
    store: &mut Store,
    intent: Intent,
    key: Option<&ApiKey>,
    said: impl Fn(&Reference, bool) -> String,
    as_json: bool,
) -> Result<Exit> {
    let (id, is_known) = match setting.desk(WRITER.to_owned(), key).carry_out(store, intent, Timestamp::now())? {
        Reply::Reference { reference } => (reference, false),
        Reply::KnownReference { reference } => (reference, true),
        reply => return Err(not_done(reply)),
    };
    output::say(&said(&store.reference(id)?, is_known));
    print_added(store, id, as_json)
}
