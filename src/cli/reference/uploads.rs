//! `reference again` and `stop`: an upload once more, and one that is not wanted any more.

use anyhow::Result;
use jiff::Timestamp;

use super::super::exit::{Exit, Failure};
use super::super::recording::FORCE;
use super::super::upload::{self, Told};
use super::super::{Setting, WRITER, named, recording, staff};
use super::{carry, not_done};
use crate::domain::recording::{Frozen, Rules};
use crate::domain::reference::Reference;
use crate::domain::uploading::is_another;
use crate::engine::intent::{Intent, Reply};
use crate::engine::recordings::Wanted;

/// Which reference to upload once more.
#[derive(Debug, clap::Args)]
pub struct AgainArguments {
    /// The reference, by id or name
    reference: String,
    /// Upload it also where it is longer or shorter than the service is said to take, or its file has changed
    #[arg(long)]
    force: bool,
    /// Return as soon as it is checked and written down
    #[arg(long)]
    no_wait: bool,
    /// Print one JSON object, as an item of `reference list --json`
    #[arg(long)]
    json: bool,
}

pub(super) fn again(setting: &Setting, arguments: &AgainArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let reference = named::reference(&store, &setting.service(), &arguments.reference)?;
    if let Some(own) = reference.service.as_ref().filter(|own| **own != setting.service()) {
        let way = staff::way_to(setting, own);
        let (name, service) = (&reference.name, setting.service());
        return Err(Failure::usage(format!(
            "`{name}` is of {own}, and this would upload it to {service}\nhint: {way} it can be done"
        )));
    }
    let (_, posts) = setting.house()?;
    let frozen = frozen_anew(setting, &reference, arguments.force, FORCE)?;
    let converted = frozen.as_ref().and_then(|frozen| frozen.converted.clone());
    let intent = Intent::UploadAgain { reference: reference.id, frozen, force: arguments.force };
    let desk = setting.desk(WRITER.to_owned(), posts.key.as_ref());
    match desk.carry_out(&mut store, intent, Timestamp::now())? {
        Reply::Reference { reference } => {
            let told = Told { converted, known: false, json: arguments.json };
            upload::follow(setting, &posts, &store, reference, &told, arguments.no_wait)
        }
        reply => Err(not_done(reply)),
    }
}

/// The recording of a reference as it is to be uploaded again; nothing where the copy is still there, or it
/// is fetched from its address.
///
/// # Errors
/// When its file is gone, is another than was uploaded, or is not fit any more; `force` takes another, too.
pub fn frozen_anew(setting: &Setting, reference: &Reference, force: bool, way: &str) -> Result<Option<Frozen>> {
    let is_kept = reference.recording.as_ref().is_some_and(|name| setting.paths.recordings().join(name).is_file());
    let Some(file) = reference.file.as_ref().filter(|_| !is_kept && reference.purpose.is_uploaded()) else {
        return Ok(None);
    };
    if !file.exists() {
        let name = &reference.name;
        return Err(Failure::failed(format!(
            "the file of `{name}` is gone from `{}`\nhint: bring it back, or `refrain upload` another one",
            file.display()
        )));
    }
    let wanted = Wanted { rules: &Rules::UPLOAD, part: reference.part, force };
    let frozen = recording::freeze(setting, file, &wanted, &recording::insist(way))?;
    if !force && is_another(&frozen, reference) {
        let (name, file) = (&reference.name, file.display());
        return Err(Failure::usage(format!(
            "`{file}` is not the recording any more that was uploaded as `{name}`\nhint: {way} takes it as it is now"
        )));
    }
    Ok(Some(frozen))
}

pub(super) fn stop(setting: &Setting, name: &str) -> Result<Exit> {
    let mut store = setting.store()?;
    let reference = named::reference(&store, &setting.service(), name)?;
    let said = stopped(&reference);
    carry(setting, &mut store, Intent::StopUpload { reference: reference.id }, &said)
}

/// What is said of an upload that was stopped.
pub fn stopped(reference: &Reference) -> String {
    let name = &reference.name;
    if reference.voice_id.is_some() || reference.instrumental_id.is_some() {
        format!("the upload of `{name}` is off; it keeps the ids that it had")
    } else {
        let file = if reference.file.is_some() { "; its file stays where it is" } else { "" };
        format!("the upload of `{name}` is off, and `{name}` is out of the library{file}")
    }
}
