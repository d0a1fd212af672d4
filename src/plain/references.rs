//! The library at the prompt: what is in it, and which of it the open song uses.

use anyhow::Result;
use jiff::Timestamp;

use super::session::Session;
use super::songs::{self, counted};
use super::spoken;
use super::writing;
use crate::cli::{self, named, output, reference};
use crate::domain::reference::Reference;
use crate::domain::{uploading, using};
use crate::engine::intent::Intent;

/// Lists the references that have all these words, one sentence each.
pub fn references(session: &mut Session, words: &str) -> Result<()> {
    let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    let library = session.store.references()?;
    let shown: Vec<&Reference> = library.iter().filter(|known| known.mentions(&words)).collect();
    for known in &shown {
        output::line(&sentence(session, known))?;
    }
    match (library.is_empty(), shown.is_empty()) {
        (true, _) => output::line("no references yet; upload FILE brings one")?,
        (false, true) => output::line("no reference has these words")?,
        _ => {}
    }
    Ok(())
}

/// `reference 3, Mara: a singer alone, singing, 0:42 long, used here, 9 takes made with it, note: dry`.
fn sentence(session: &Session, known: &Reference) -> String {
    let used = session.spec().is_ok_and(|spec| !using::used_in(session.draft(), spec, known).is_empty());
    let parts = [
        Some(uploading::plainly(known.purpose).to_owned()),
        uploading::length(known).map(|long| format!("{long} long")),
        uploading::is_converted(known).then(|| "converted to WAV".to_owned()),
        uploading::state(known, &session.zone).map(|state| spoken::here(&state)),
        used.then(|| "used here".to_owned()),
        Some(format!("{} made with it", counted(known.takes as usize, "take"))),
        (!known.note.is_empty()).then(|| format!("note: {}", known.note)),
        known.service.as_ref().filter(|own| **own != session.service).map(|own| format!("of {own}")),
    ];
    format!("reference {}, {}: {}", known.id.0, known.name, parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

/// The reference of that number or name.
///
/// # Errors
/// When there is none, or several are called so.
pub fn called(session: &Session, name: &str) -> Result<Reference> {
    if name.is_empty() {
        return Err(cli::usage("which reference?\nhint: `references` lists them"));
    }
    named::reference(&session.store, &session.service, name)
}

/// Uses a reference in the open song, wherever its model takes it.
pub fn use_it(session: &mut Session, name: &str) -> Result<()> {
    let known = called(session, name)?;
    let draft = reference::used(&session.catalogue, &session.service, session.draft(), session.spec()?, &known)?;
    if !writing::save(session, draft)? {
        return Ok(());
    }
    let fields: Vec<String> =
        using::used_in(session.draft(), session.spec()?, &known).iter().map(|field| field.name.clone()).collect();
    output::line(&format!("{} is used now, as {}", known.name, fields.join(" and ")))?;
    let problems = session.problems(session.spec()?)?;
    problems.iter().filter(|problem| fields.contains(&problem.field)).try_for_each(writing::say)
}

/// Stops using a reference in the open song.
pub fn stop_using(session: &mut Session, name: &str) -> Result<()> {
    let known = called(session, name)?;
    let unused = || cli::failed(format!("the song does not use {}", known.name));
    let draft = using::without(session.draft(), session.spec()?, &known).ok_or_else(unused)?;
    if writing::save(session, draft)? {
        output::line(&format!("{} is not used any more", known.name))?;
    }
    Ok(())
}

/// Takes a reference out of the library.
pub fn forget(session: &mut Session, name: &str) -> Result<()> {
    let known = called(session, name)?;
    session.carry_out(Intent::ForgetReference { reference: known.id }, Timestamp::now())?;
    Ok(output::line(&format!("{} is out of the library; takes made with it keep it, and its file stays", known.name))?)
}

/// Lists the takes of all songs that were made with a reference.
pub fn takes_with(session: &mut Session, name: &str) -> Result<()> {
    let known = called(session, name)?;
    let made = session.store.takes_made_with(known.id)?;
    if made.is_empty() {
        return Ok(output::line(&format!("no take was made with {} yet", known.name))?);
    }
    made.iter().try_for_each(|take| songs::tell(session, take))
}
