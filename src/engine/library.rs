//! What a person wants done with the references: one intent, one transaction, one reply.

use jiff::Timestamp;

use super::intent::{Intent, Reply, UploadOrder};
use super::orders::Desk;
use crate::domain::reference::ReferenceId;
use crate::store::ids::NewIds;
use crate::store::uploads::{Added, NewUpload, Stopped};
use crate::store::{Store, StoreError};

/// Carries out an intent that is about references; any other is done already.
pub(super) fn carry_out(desk: &Desk, store: &mut Store, intent: Intent, now: Timestamp) -> Result<Reply, StoreError> {
    match intent {
        Intent::AddReference { name, url } => {
            store.add_reference(&name, &url, now).map(|reference| Reply::Reference { reference })
        }
        Intent::KeepRecording { name, file, part, frozen } => {
            store.keep_recording(&name, &file, part, &frozen, now).map(replied)
        }
        Intent::AddIds { name, service, voice_id, instrumental_id } => {
            let ids = NewIds { name, service, voice_id, instrumental_id, key_print: desk.key_print.clone() };
            store.add_ids(&ids, now).map(replied)
        }
        Intent::Upload(order) => upload(desk, store, order, now),
        Intent::UploadAgain { reference, frozen, force } => {
            let begun = store.upload_again(reference, frozen.as_ref(), force, now)?;
            // One that waits for its next try is tried now.
            if begun || store.try_upload_now(reference, frozen.as_ref(), force, now)? {
                Ok(Reply::Reference { reference })
            } else {
                not_again(store, reference)
            }
        }
        Intent::StopUpload { reference } => {
            let nothing = || Reply::TooLate("there is no upload under way for it".to_owned());
            store
                .stop_upload(reference)
                .map(|stopped| if stopped == Stopped::Nothing { nothing() } else { Reply::Done })
        }
        Intent::RenameReference { reference, name } => store.rename_reference(reference, &name).map(|()| Reply::Done),
        Intent::NoteReference { reference, note } => store.note_reference(reference, &note).map(|()| Reply::Done),
        Intent::ForgetReference { reference } => store.forget_reference(reference).map(|()| Reply::Done),
        _ => Ok(Reply::Done),
    }
}

fn upload(desk: &Desk, store: &mut Store, order: UploadOrder, now: Timestamp) -> Result<Reply, StoreError> {
    let UploadOrder { name, purpose, service, source, part, force, anew } = order;
    let key_print = desk.key_print.clone();
    let new = NewUpload { name, purpose, service, source, part, force, key_print, anew };
    store.add_upload(&new, now).map(replied)
}

fn replied(added: Added) -> Reply {
    match added {
        Added::New(reference) | Added::Completed(reference) => Reply::Reference { reference },
        Added::Known(reference) => Reply::KnownReference { reference },
    }
}

/// Why a reference is not uploaded again.
fn not_again(store: &Store, id: ReferenceId) -> Result<Reply, StoreError> {
    let reference = store.reference(id)?;
    let name = reference.name;
    Ok(Reply::TooLate(match reference.upload {
        Some(_) => format!("`{name}` is being uploaded already"),
        None if !reference.purpose.is_uploaded() => format!("`{name}` is not uploaded: it goes along with each order"),
        None => format!("`{name}` was not uploaded from here, so there is no recording to upload again"),
    }))
}
