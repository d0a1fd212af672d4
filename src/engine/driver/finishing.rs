//! Leaving: what a worker that was told to go still finishes.
//!
//! It begins nothing new. What is short is waited for in any case; a song that comes over its open connection may
//! need many minutes, and may be finished beside the next worker ([`Driver::finish_short`]).

use std::time::Duration;

use tokio::time::sleep;

use super::Driver;
use crate::engine::answer_file;

/// How often it is looked whether a step has begun to hold a connection open: nobody is told of that.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

impl Driver {
    /// Waits until nothing is left but songs that come over open connections. An upload is broken off instead, as
    /// the next worker can begin it anew: at once, or where only its answer is missing, once no more of it would have
    /// been waited for on a quick line. The next worker and its orders wait for all of this.
    pub async fn finish_short(&mut self) {
        self.uploads.break_off_unsent();
        let patience = sleep(self.site.client.limits().upload);
        tokio::pin!(patience);
        while !self.only_holds() {
            tokio::select! {
                () = self.step_ended() => {}
                () = &mut patience, if !patience.is_elapsed() => self.uploads.break_off(),
                () = sleep(BETWEEN_LOOKS) => {}
            }
        }
    }

    /// Waits for everything that is on its way, as it may cost money.
    pub async fn finish(&mut self) {
        self.finish_short().await;
        while !self.is_resting() {
            self.step_ended().await;
        }
    }

    /// Whether every step under way holds a connection open: its order is claimed, and whoever looks at its answer
    /// sees by the lock that somebody writes it. Where files have no locks nobody could see it, and it never does.
    fn only_holds(&self) -> bool {
        let answers = self.site.answers();
        let is_held = |tag: &str| answer_file::is_being_written(&answer_file::path(&answers, tag));
        self.uploads.count() == 0 && self.busy.values().all(|busy| is_held(&busy.tag))
    }
}
