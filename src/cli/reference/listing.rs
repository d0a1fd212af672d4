//! `reference list`, `takes`, `play`: what is in the library, what was made with it, and how it sounds.

use std::path::PathBuf;

use anyhow::Result;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::exit::{Exit, Failure};
use super::super::{Setting, hear, named, output, takes};
use crate::domain::made_with::MadeWith;
use crate::domain::recording::Part;
use crate::domain::reference::Reference;
use crate::domain::uploading;

/// What stands in a row, for a person; programs get rows only.
const COLUMNS: &str = "  id  name  what  length  made with it  state";

/// Milliseconds in a second.
const MILLISECONDS: f64 = 1000.0;

/// How to list the library.
#[derive(Debug, clap::Args)]
pub struct ListArguments {
    /// Only references that have all these words in name, purpose, note, ids, address or file
    #[arg(value_name = "WORD")]
    words: Vec<String>,
    /// Print one JSON array
    #[arg(long)]
    json: bool,
}

/// With which reference.
#[derive(Debug, clap::Args)]
pub struct TakesArguments {
    /// The reference, by id or name
    reference: String,
    /// Print one JSON array, as `list --json` does
    #[arg(long)]
    json: bool,
}

pub(super) fn list(setting: &Setting, arguments: &ListArguments) -> Result<Exit> {
    let mut library = setting.store()?.references()?;
    let is_empty = library.is_empty();
    library.retain(|reference| reference.mentions(&arguments.words));
    if arguments.json {
        output::json(&library.iter().map(object).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    if output::is_terminal() && !library.is_empty() {
        output::line(COLUMNS)?;
    }
    for reference in &library {
        output::line(&row(reference))?;
    }
    if is_empty {
        output::say("no references; `refrain upload FILE` and `refrain reference add URL` bring some");
    } else if library.is_empty() {
        output::say("no reference has these words");
    }
    Ok(Exit::Done)
}

/// `  12  Mara, dry  voice  0:42  9 takes  sending 1.2 of 3.0 MB`, without a column for what is not there.
fn row(reference: &Reference) -> String {
    let Reference { id, name, purpose, takes, url, note, .. } = reference;
    let columns = [
        Some(purpose.name().to_owned()),
        uploading::length(reference),
        Some(counted(*takes)),
        uploading::state(reference, &TimeZone::system()),
        url.clone(),
        Some(note.clone()).filter(|note| !note.is_empty()),
        reference.service.as_ref().filter(|service| service.is_sandbox()).map(|_| "(sandbox)".to_owned()),
    ];
    let columns: Vec<String> = columns.into_iter().flatten().collect();
    format!("{:>4}  {name}  {}", id.0, columns.join("  "))
}

fn counted(takes: u32) -> String {
    if takes == 1 { "1 take".to_owned() } else { format!("{takes} takes") }
}

/// A reference as `--json` prints it, in every command.
pub fn object(reference: &Reference) -> Value {
    json!({
        "id": reference.id,
        "name": reference.name,
        "purpose": reference.purpose,
        "service": reference.service.as_ref().map(ToString::to_string),
        "voice_id": reference.voice_id,
        "instrumental_id": reference.instrumental_id,
        "former_ids": reference.former,
        "duration": reference.duration_ms.map(seconds),
        "url": reference.url,
        "file": reference.file,
        "part": reference.part.map(part),
        "recording": reference.recording,
        "key_print": reference.key_print,
        "refused": reference.refused,
        "upload": reference.upload,
        "note": reference.note,
        "created": reference.created,
        "takes": reference.takes,
    })
}

/// A reference as a take was ordered with it, by the names that [`object`] has for the same.
pub fn as_ordered(used: &MadeWith) -> Value {
    json!({
        "field": used.field,
        "value": used.value,
        "id": used.id,
        "name": used.name,
        "purpose": used.purpose,
        "duration": used.duration_ms.map(seconds),
        "file": used.file,
        "part": used.part.map(part),
    })
}

fn seconds(ms: u64) -> f64 {
    ms as f64 / MILLISECONDS
}

fn part(Part { from_ms, to_ms }: Part) -> Value {
    json!({ "from": seconds(from_ms), "to": to_ms.map(seconds) })
}

pub(super) fn takes(setting: &Setting, arguments: &TakesArguments) -> Result<Exit> {
    let store = setting.store()?;
    let reference = named::reference(&store, &setting.service(), &arguments.reference)?;
    let made = store.takes_made_with(reference.id)?;
    takes::print(&store, &made, arguments.json)?;
    Ok(Exit::Done)
}

/// Plays the recording and returns when it ends: the person's own file, or the copy that is kept.
pub(super) fn play(setting: &Setting, name: &str) -> Result<Exit> {
    let reference = named::reference(&setting.store()?, &setting.service(), name)?;
    let file = sound_of(setting, &reference)?;
    let path = file.display().to_string();
    let elsewhere = format!("ssh HOST {} | mpv -", shell_words::quote(&format!("cat {}", shell_words::quote(&path))));
    hear::listen(setting, &file, reference.duration_ms, &elsewhere, || Ok(()))?;
    Ok(Exit::Done)
}

/// Where the sound of a reference is on this machine.
///
/// # Errors
/// When it is nowhere here.
pub fn sound_of(setting: &Setting, reference: &Reference) -> Result<PathBuf> {
    let kept = reference.recording.as_ref().map(|name| setting.paths.recordings().join(name));
    let found = [reference.file.clone(), kept].into_iter().flatten().find(|file| file.is_file());
    found.ok_or_else(|| {
        let name = &reference.name;
        Failure::failed(match (&reference.file, &reference.url) {
            (Some(file), _) => format!("the file of `{name}` is gone from `{}`", file.display()),
            (None, Some(url)) => format!("`{name}` is not on this machine\nhint: `mpv '{url}'` plays its address"),
            (None, None) => format!("`{name}` was not uploaded from here, so there is nothing to play"),
        })
    })
}
