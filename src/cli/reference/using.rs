//! `reference use`: a reference in a song's draft, in every field of its model that it fits.

use anyhow::Result;

use super::super::exit::{Exit, Failure};
use super::super::{Setting, named, song};
use crate::domain::catalogue::{Catalogue, ModelSpec};
use crate::domain::draft::Draft;
use crate::domain::reference::Reference;
use crate::domain::service::Service;
use crate::domain::setting::listed;
use crate::domain::using;

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

pub(super) fn use_or_stop(setting: &Setting, arguments: &UseArguments) -> Result<Exit> {
    let mut store = setting.store()?;
    let reference = named::reference(&store, &setting.service(), &arguments.reference)?;
    let song = named::song(&store, &arguments.song)?;
    let row = store.draft(song.id)?;
    let spec = named::model(&setting.catalogue, &row.draft.model)?;
    let draft = if arguments.undo {
        let unused = || Failure::failed(format!("{} does not use `{}`", song.title, reference.name));
        using::without(&row.draft, spec, &reference).ok_or_else(unused)?
    } else {
        used(&setting.catalogue, &setting.service(), &row.draft, spec, &reference)?
    };
    song::Writing { song, row, based_on: None, json: arguments.json }.save(setting, &mut store, draft)
}

/// The draft with the reference in it.
///
/// # Errors
/// When it fits no field of the model, has no id yet, or is of another service.
pub fn used(
    catalogue: &Catalogue,
    service: &Service,
    draft: &Draft,
    spec: &ModelSpec,
    reference: &Reference,
) -> Result<Draft> {
    if let Some(why) = unusable(service, reference) {
        return Err(Failure::failed(why));
    }
    using::with(draft, spec, reference).ok_or_else(|| Failure::failed(unfit(catalogue, spec, reference)))
}

/// Why a reference cannot be used whatever the model, if so.
pub fn unusable(service: &Service, reference: &Reference) -> Option<String> {
    let name = &reference.name;
    if let Some(own) = reference.service.as_ref().filter(|_| !reference.belongs_to(service)) {
        return Some(format!("`{name}` is of {own}, and its ids mean nothing to {service}"));
    }
    if reference.refused.is_some() && reference.upload.is_none() {
        return Some(format!(
            "the service does not take `{name}` any more\nhint: `refrain reference again {}` uploads it again",
            reference.id.0
        ));
    }
    let is_without_ids = reference.purpose.is_uploaded() && reference.values().next().is_none();
    let how = "`refrain reference list` says how far its upload is";
    is_without_ids.then(|| format!("`{name}` has no id yet\nhint: {how}"))
}

/// That no field of a model takes a reference, and which models have one that does.
fn unfit(catalogue: &Catalogue, spec: &ModelSpec, reference: &Reference) -> String {
    let purpose = reference.purpose.name();
    let takers = using::models_with(catalogue, |field| reference.value_for(field).is_some());
    let hint = if takers.is_empty() {
        "no model of the catalogue takes one".to_owned()
    } else {
        format!("{} does; `refrain song write SONG --model NAME` chooses another model", listed(&takers))
    };
    format!(
        "{} takes no reference of this kind, `{}` is of the kind {purpose}\nhint: {hint}",
        spec.label, reference.name
    )
}
