//! Frozen copies that nobody needs any more. One that stays takes room and does no harm.

use std::time::SystemTime;

use crate::engine::recordings::Recordings;
use crate::engine::site::Site;

/// Removes the copy that an upload was made from, unless something else refers to it. One that was frozen once
/// more since the upload was asked for may be about to be written down: that is left to [`sweep`].
pub(super) fn remove_unless_used(site: &Site, recording: &str, asked: SystemTime) {
    let used = site.store().recordings_in_use();
    match used.map(|used| used.contains(recording)) {
        Ok(true) => {}
        Ok(false) => {
            if let Err(error) = Recordings::at(site.recordings()).remove_older(recording, asked) {
                tracing::warn!(%error, recording, "the copy stays, though nobody needs it");
            }
        }
        Err(error) => tracing::warn!(%error, "whether a copy is needed could not be read"),
    }
}

/// Removes what is left over, as from a worker that was killed or an upload that nobody confirmed.
pub(in crate::engine) fn sweep(site: &Site) {
    let used = site.store().recordings_in_use();
    match used.map(|used| Recordings::at(site.recordings()).sweep(&used)) {
        Ok(Ok(0)) => {}
        Ok(Ok(removed)) => tracing::info!(removed, "copies that nobody needed are gone"),
        Ok(Err(error)) => tracing::warn!(%error, "the folder of recordings was not swept"),
        Err(error) => tracing::warn!(%error, "which copies are needed could not be read"),
    }
}
