//! What a request refers to, and how that sounds.
//!
//! An uploaded recording was heard when it came. One that the request holds itself is heard now, and so is one
//! behind an address of this sandbox's own file server, which is read from its shelf. Any other address is never
//! fetched: whoever tries the program on a train hears a song all the same. Tempo and key are then drawn from the
//! letters of the address, so that the same address always sounds the same, and another one does not.

use std::fs::File;

use jiff::Timestamp;
use url::{Host, Url};

use super::body::Body;
use super::ledger::Stage;
use super::listen::{Heard, listen};
use super::manner::Manner;
use super::models::Model;
use super::references::Sort;
use super::routes::Service;

/// Why nothing can be sung with what a request refers to.
pub enum Trouble {
    /// Nobody sent it. With what is said of it.
    Unknown(String),
    /// It is no recording, or too short, or too long.
    Useless,
}

/// How the song of a request is to sound, if the request refers to anything.
pub async fn manner(service: &Service, model: &Model, body: &mut Body) -> Result<Option<Manner>, Trouble> {
    let uploads = uploads(service, model, body)?;
    let Some(key) = &model.song.reference else { return Ok(uploads) };
    let heard = match body.recording.take() {
        Some(recording) => heard(recording.file.ok_or(Trouble::Useless)?).await,
        None => match body.value[key].as_str() {
            None => return Ok(uploads),
            Some(text) if !text.contains("://") => None,
            Some(address) => match own_file(service, address).await {
                Some(file) => heard(file).await,
                None => return Ok(Some(Manner::of_address(address))),
            },
        },
    };
    match heard.filter(|heard| model.takes(key, heard.seconds)) {
        Some(heard) => Ok(Some(heard.manner)),
        // Of somebody's own model nobody knows what it can use.
        None if model.open => Ok(uploads),
        None => Err(Trouble::Useless),
    }
}

/// What the uploads sound like that a request names, the backing first: a singer follows the band.
fn uploads(service: &Service, model: &Model, body: &Body) -> Result<Option<Manner>, Trouble> {
    let (references, known) = (service.world.references(), service.world.scenario().references);
    let mut found: Option<Manner> = None;
    for (sort, key) in [(Sort::Voice, &model.song.voice), (Sort::Instrumental, &model.song.backing)] {
        let Some(id) = key.as_deref().and_then(|key| body.value[key].as_str()) else { continue };
        let reference = references.find(sort, id).filter(|reference| !known.forgets(id, reference.when));
        if reference.is_none() && !known.has(sort, id) {
            return Err(Trouble::Unknown(format!("invalid params, there is no {} '{id}'", sort.word())));
        }
        if let Some(reference) = reference {
            found = Some(reference.heard.manner.or(found.unwrap_or_default()));
        }
    }
    Ok(found)
}

async fn heard(file: File) -> Option<Heard> {
    tokio::task::spawn_blocking(move || listen(file)).await.unwrap_or_default()
}

/// The file behind an address of this sandbox's own file server, also of one that served the same folder before.
async fn own_file(service: &Service, address: &str) -> Option<File> {
    let address = Url::parse(address).ok()?;
    if address.host() != Some(Host::Ipv4(std::net::Ipv4Addr::LOCALHOST)) {
        return None;
    }
    let mut places = address.path_segments()?;
    let id = places.next().filter(|place| *place == "generations").and(places.next())?;
    let world = &service.world;
    let generation = world.ledger().find(id).cloned()?;
    let finished = generation.stage(Timestamp::now()) == Stage::Completed;
    let models = world.models();
    let model = models.maker_of(&generation).filter(|_| finished)?;
    world.recordings.make(model, &generation).await;
    File::open(world.recordings.path(model, &generation)).ok()
}
