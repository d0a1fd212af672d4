//! `rate`, `pick`, `note`, `hide`: what a person makes of takes.

use anyhow::Result;

use super::act::{Served, ServedOne};
use super::exit::Exit;
use super::{Setting, given};
use crate::engine::intent::Intent;

/// Which takes, and how many stars.
#[derive(Debug, clap::Args)]
pub struct RateArguments {
    #[command(flatten)]
    served: Served,
    /// 1 to 5; 0 takes the rating away
    #[arg(value_name = "0-5", value_parser = clap::value_parser!(u8).range(0..=5))]
    rating: u8,
}

/// Which take to choose.
#[derive(Debug, clap::Args)]
pub struct PickArguments {
    #[command(flatten)]
    served: ServedOne,
    /// Choose it no longer
    #[arg(long)]
    undo: bool,
}

/// Which take to write on, and what.
#[derive(Debug, clap::Args)]
pub struct NoteArguments {
    #[command(flatten)]
    served: ServedOne,
    /// The note in place of the one there is; - reads standard input, an empty one takes it away
    #[arg(value_name = "TEXT|-", allow_hyphen_values = true)]
    text: String,
}

/// Which takes to put out of sight.
#[derive(Debug, clap::Args)]
pub struct HideArguments {
    #[command(flatten)]
    served: Served,
    /// Show them again
    #[arg(long)]
    undo: bool,
}

/// Rates takes.
///
/// # Errors
/// When there is no such take.
pub fn rate(setting: &Setting, arguments: &RateArguments) -> Result<Exit> {
    let rating = arguments.rating;
    let said = if rating == 0 { "has no rating".to_owned() } else { format!("is rated {rating}") };
    arguments.served.serve(setting, |take| (Intent::Rate { take: take.id, rating }, said.clone()))
}

/// Makes a take the one pick of its song, or no longer.
///
/// # Errors
/// When there is no such take.
pub fn pick(setting: &Setting, arguments: &PickArguments) -> Result<Exit> {
    let pick = !arguments.undo;
    let said = if pick { "is the pick of its song" } else { "is no longer the pick" };
    arguments.served.serve(setting, |take| (Intent::Pick { take: take.id, pick }, said.to_owned()))
}

/// Writes a note on a take.
///
/// # Errors
/// When there is no such take, or standard input cannot be read.
pub fn note(setting: &Setting, arguments: &NoteArguments) -> Result<Exit> {
    let note = given::text_or_input("note", &arguments.text)?;
    let said = if note.trim().is_empty() { "has no note" } else { "is noted" };
    let note = note.trim();
    arguments.served.serve(setting, |take| (Intent::NoteTake { take: take.id, note: note.to_owned() }, said.to_owned()))
}

/// Puts finished takes out of the queue, or back.
///
/// # Errors
/// When there is no such take.
pub fn hide(setting: &Setting, arguments: &HideArguments) -> Result<Exit> {
    let hidden = !arguments.undo;
    let said = if hidden { "is out of the queue; its file stays" } else { "is in the queue again" };
    arguments.served.serve(setting, |take| (Intent::Hide { take: take.id, hidden }, said.to_owned()))
}
