//! What a person named: takes by id, songs by title, references by id or name. Where nothing is called so,
//! the error says what is.

use anyhow::Result;

use super::exit::Failure;
use crate::domain::catalogue::{Catalogue, ModelSpec};
use crate::domain::generation::{Take, TakeId};
use crate::domain::reference::Reference;
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

/// The reference of that id or name, whatever the case.
///
/// # Errors
/// When there is none, or several are called so.
pub fn reference(store: &Store, name: &str) -> Result<Reference> {
    let library = store.references()?;
    match called(&library, name).as_slice() {
        [reference] => Ok((*reference).clone()),
        [] => {
            let hint = match nearest(name, library.iter().map(|reference| reference.name.as_str())) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "`refrain reference list` shows those there are".to_owned(),
            };
            Err(Failure::usage(format!("there is no reference `{name}`\nhint: {hint}")))
        }
        several => {
            let ids: Vec<String> = several.iter().map(|reference| reference.id.0.to_string()).collect();
            Err(Failure::usage(format!(
                "{} references are called `{name}`\nhint: name it by its id: {}",
                several.len(),
                ids.join(", ")
            )))
        }
    }
}

/// The references that a name may mean: the one of that number, else the one that is called exactly so, else
/// all that are called so whatever the case.
pub fn called<'a>(library: &'a [Reference], name: &str) -> Vec<&'a Reference> {
    let wanted = name.trim();
    if let Some(numbered) = library.iter().find(|reference| wanted.parse() == Ok(reference.id.0)) {
        return vec![numbered];
    }
    let exactly: Vec<&Reference> = library.iter().filter(|reference| reference.name == wanted).collect();
    if !exactly.is_empty() {
        return exactly;
    }
    let wanted = wanted.to_lowercase();
    library.iter().filter(|reference| reference.name.to_lowercase() == wanted).collect()
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
