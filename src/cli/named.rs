//! What a person named: takes by id, songs by title, references by id or name. Where nothing is called so,
//! the error says what is.

use anyhow::Result;

use super::exit::Failure;
use crate::domain::catalogue::{Catalogue, FieldSpec, ModelSpec};
use crate::domain::generation::{Take, TakeId};
use crate::domain::reference::Reference;
use crate::domain::service::Service;
use crate::domain::song::Song;
use crate::store::{Store, StoreError};

/// Names at least this much alike are taken for a slip of the fingers.
const ALIKE: f64 = 0.8;

/// How many ids are told where one is wrong.
const FEW: usize = 3;

/// The takes of these ids, each once, in the order in which they were named.
///
/// # Errors
/// When one of them is not there.
pub fn takes(store: &Store, ids: &[i64]) -> Result<Vec<Take>> {
    let mut takes: Vec<Take> = Vec::with_capacity(ids.len());
    for id in ids {
        if takes.iter().all(|take| take.id.0 != *id) {
            takes.push(take(store, *id)?);
        }
    }
    Ok(takes)
}

/// The take of that id.
///
/// # Errors
/// When there is none.
pub fn take(store: &Store, id: i64) -> Result<Take> {
    match store.take(TakeId(id)) {
        Err(StoreError::Missing { .. }) => {
            Err(Failure::usage(format!("no take has the id {id}\nhint: {}", newest(&store.takes(None)?))))
        }
        found => Ok(found?),
    }
}

fn newest(takes: &[Take]) -> String {
    let ids: Vec<String> = takes.iter().take(FEW).map(|take| take.id.0.to_string()).collect();
    match ids.as_slice() {
        [] => "nothing was ordered yet; `refrain generate --help` says how".to_owned(),
        [one] => format!("the only id is {one}; `refrain list` prints the ids, in its first column"),
        several => {
            format!("the newest ids are {}; `refrain list` prints them all, in its first column", several.join(", "))
        }
    }
}

/// The song of that title, whatever the case.
///
/// # Errors
/// When there is none.
pub fn song(store: &Store, title: &str) -> Result<Song> {
    if let Some(song) = store.song_titled(title)? {
        return Ok(song);
    }
    let songs = store.songs()?;
    let hint = match nearest(title, songs.iter().map(|song| song.title.as_str())) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`refrain song list` shows those there are, `refrain song new TITLE` starts one".to_owned(),
    };
    Err(Failure::usage(format!("there is no song `{title}`\nhint: {hint}")))
}

/// The reference of that id or name, whatever the case; of several, the one that is spelled exactly so.
///
/// # Errors
/// When there is none, or several are called so.
pub fn reference(store: &Store, service: &Service, name: &str) -> Result<Reference> {
    let library = store.references()?;
    match spelled(called(&library, service, name), name).as_slice() {
        [reference] => Ok((*reference).clone()),
        [] => {
            let hint = match nearest(name, library.iter().map(|reference| reference.name.as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`refrain reference list` shows those there are".to_owned(),
            };
            Err(Failure::usage(format!("there is no reference `{name}`\nhint: {hint}")))
        }
        several => Err(Failure::usage(format!(
            "{} references are called `{name}`\nhint: name it by its id: {}",
            several.len(),
            told_apart(several)
        ))),
    }
}

/// The references that a name may mean: the one of that number, else all that are called so whatever the case.
/// Those of other services are meant only where none that can be used at this one is called so.
pub fn called<'a>(library: &'a [Reference], service: &Service, name: &str) -> Vec<&'a Reference> {
    let wanted = name.trim();
    if let Some(numbered) = library.iter().find(|reference| wanted.parse() == Ok(reference.id.0)) {
        return vec![numbered];
    }
    let wanted = wanted.to_lowercase();
    let all = library.iter().filter(|reference| reference.name.to_lowercase() == wanted).collect();
    narrowed(all, |reference| reference.belongs_to(service))
}

/// Those of the references that a name may mean that a field takes at a service; of several the one that is
/// spelled exactly so.
pub fn fitting<'a>(called: &[&'a Reference], service: &Service, field: &FieldSpec, name: &str) -> Vec<&'a Reference> {
    let fits = |known: &&Reference| known.belongs_to(service) && known.value_for(field).is_some();
    spelled(called.iter().copied().filter(fits).collect(), name)
}

/// Of references that are called alike those that are spelled exactly so, if any is.
fn spelled<'a>(alike: Vec<&'a Reference>, name: &str) -> Vec<&'a Reference> {
    narrowed(alike, |reference| reference.name == name.trim())
}

/// Those for which it holds; all of them where it holds for none.
fn narrowed(all: Vec<&Reference>, holds: impl Fn(&Reference) -> bool) -> Vec<&Reference> {
    let some: Vec<&Reference> = all.iter().copied().filter(|reference| holds(reference)).collect();
    if some.is_empty() { all } else { some }
}

/// References that are called alike, each with what it is and whose: ``3 `Mara` (voice, sandbox)``.
pub fn told_apart(alike: &[&Reference]) -> String {
    let row = |reference: &&Reference| {
        let of = reference.service.as_ref().map(|service| format!(", {service}")).unwrap_or_default();
        format!("{} `{}` ({}{of})", reference.id.0, reference.name, reference.purpose.name())
    };
    alike.iter().map(row).collect::<Vec<_>>().join(", ")
}

/// The model of that id or short name.
///
/// # Errors
/// When there is none.
pub fn model<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a ModelSpec> {
    catalogue.find(name).ok_or_else(|| {
        let labels: Vec<_> = catalogue.models().iter().map(|spec| spec.label.as_str()).collect();
        let near = nearest(name, labels.iter().copied());
        let meant = near.map_or_else(String::new, |near| format!("did you mean `{near}`? there are "));
        Failure::usage(format!("there is no model `{name}`\nhint: {meant}{}", labels.join(", ")))
    })
}

/// The name that was probably meant.
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.trim().to_lowercase();
    let likeness = |name: &str| {
        let name = name.to_lowercase();
        if !wanted.is_empty() && name.contains(&wanted) { 1.0 } else { strsim::jaro_winkler(&wanted, &name) }
    };
    let alike = names.map(|name| (likeness(name), name)).filter(|(likeness, _)| *likeness >= ALIKE);
    alike.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_fingers_finds_what_was_meant() {
        let songs = ["Night Ferry", "Paper Cup", "Untitled"];
        let meant = |wanted| nearest(wanted, songs.into_iter());
        assert_eq!(meant("nihgt fery"), Some("Night Ferry"));
        assert_eq!(meant("ferry"), Some("Night Ferry"));
        assert_eq!(meant("zzz"), None);
        assert_eq!(meant(""), None);
    }
}
