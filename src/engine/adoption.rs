//! Making takes of what was ordered elsewhere, as far as the store knows of it. No network.

use jiff::Timestamp;

use super::intent::Reply;
use super::orders::Desk;
use super::standing;
use crate::domain::service::Service;
use crate::domain::stray::{Prospect, Stray};
use crate::store::strays::{Adoption, Foundling};
use crate::store::{Store, StoreError};

/// Adopts strays by the ids that the log gave them, all or none.
///
/// # Errors
/// When the store cannot be read or written; then nothing was adopted.
pub(super) fn adopt(
    desk: &Desk,
    store: &mut Store,
    service: &Service,
    ids: &[String],
    now: Timestamp,
) -> Result<Reply, StoreError> {
    let terms = store.terms(service)?;
    let mut foundlings = Vec::new();
    for id in ids {
        let Some((stray, _)) = store.stray(service, id)? else {
            return Ok(Reply::TooLate(format!("the log has nothing with the id {id} that is not here already")));
        };
        let Some(spec) = desk.catalogue.find(&stray.model) else {
            return Ok(Reply::TooLate(format!("there is no model `{}`; `refrain models` lists them", stray.model)));
        };
        if let Some(hindrance) = hindrance(&stray, stray.prospect(spec.delivery)) {
            return Ok(Reply::TooLate(hindrance));
        }
        foundlings.push(Foundling { inference_id: id.clone(), model: spec.id.clone(), usual: terms.usual(spec) });
    }
    let adoption = Adoption {
        service: service.clone(),
        foundlings,
        music: desk.music_of(service),
        key_print: desk.key_print.clone(),
        writer: desk.writer.clone(),
    };
    Ok(Reply::Ordered { takes: standing::adopt(store, &adoption, now)? })
}

/// Why one cannot be fetched, if so.
fn hindrance(stray: &Stray, prospect: Prospect) -> Option<String> {
    (prospect != Prospect::Fetch).then(|| format!("{} cannot be fetched: {}", stray.inference_id, prospect.words()))
}
