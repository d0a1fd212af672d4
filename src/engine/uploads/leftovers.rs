//! Frozen copies that nobody needs any more. One that stays takes room and does no harm.

use std::collections::HashMap;
use std::time::SystemTime;

use crate::engine::recordings::Recordings;
use crate::engine::site::Site;

/// Copies whose upload has ended here while something else still referred to them, and until when each may have
/// been frozen for an upload that is known.
#[derive(Default)]
pub(super) struct Leftovers(HashMap<String, SystemTime>);

impl Leftovers {
    /// Removes the copy that an upload was made from, unless something else refers to it: then whoever ends last
    /// does. One that was frozen once more since the last of them was asked for may be about to be written down:
    /// that is left to [`sweep`].
    pub(super) fn let_go(&mut self, site: &Site, recording: String, asked: SystemTime) {
        let asked = self.0.remove(&recording).map_or(asked, |other| other.max(asked));
        let used = site.store().recordings_in_use();
        match used.map(|used| used.contains(&recording)) {
            Ok(true) => drop(self.0.insert(recording, asked)),
            Ok(false) => {
                if let Err(error) = Recordings::at(site.recordings()).remove_older(&recording, asked) {
                    tracing::warn!(%error, recording, "the copy stays, though nobody needs it");
                }
            }
            Err(error) => tracing::warn!(%error, "whether a copy is needed could not be read"),
        }
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
