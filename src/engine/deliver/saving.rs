//! The last steps to a file: tags, name, sidecar. They need no network, so what is salvaged takes them, too.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use super::Delay;
use super::place::{self, Plan};
use super::sidecar;
use super::sound::{self, Made, Sound};
use crate::audio::tags::Tags;
use crate::domain::catalogue::{Catalogue, ModelSpec};
use crate::domain::generation::Status;
use crate::store::StoreError;
use crate::store::generations::{Change, Job};

/// A take whose sound is in a temporary file of its folder.
#[derive(Clone, Copy)]
pub(in crate::engine) struct Saving<'a> {
    pub job: &'a Job,
    /// The model, unless the catalogue lost it.
    pub spec: Option<&'a ModelSpec>,
}

impl<'a> Saving<'a> {
    /// A take of a model of that catalogue.
    pub fn new(job: &'a Job, catalogue: &'a Catalogue) -> Self {
        Self { job, spec: catalogue.find(&job.take.model) }
    }

    /// What a player shows of it.
    pub fn tags(self) -> Tags {
        sidecar::tags(self.job, self.label())
    }

    fn label(self) -> &'a str {
        self.spec.map_or(self.job.take.model.as_str(), |spec| spec.label.as_str())
    }

    /// Makes any player take the sound: raw samples get a header, and all get tags. Takes its time.
    pub fn made_playable(self, part: NamedTempFile, sound: Sound) -> Result<Made, Delay> {
        sound::made_playable(part, sound, &self.tags())
    }

    /// Gives the files their names; `planned` writes down which, before that is done.
    pub fn named(self, made: Made, planned: impl Fn(Change) -> Result<(), StoreError>) -> Result<PathBuf, Delay> {
        let stem = place::stem(self.job, self.label());
        let take = &self.job.take;
        place::put(made, &take.folder, &stem, take.file.as_deref(), |plan: Option<&Plan>| {
            let change = Change::default().file(plan.map(|plan| plan.file.clone()));
            planned(change.received(plan.map_or(0, |plan| plan.length)))
        })
    }

    /// Writes the sidecar and says what the row becomes.
    pub fn finished(self, file: &Path, sound: &Sound, now: Timestamp) -> Result<Change, Delay> {
        sidecar::write(self.job, file, sound, now).map_err(Delay::naming)?;
        Ok(Change::to(Status::Saved)
            .file(Some(file.to_owned()))
            .message(sound.remark())
            .duration_ms(sound.duration_ms)
            .audio_url(None)
            .failures(0)
            .due(None)
            .finished(Some(now)))
    }

    /// Whether a recorded file is the one that this take was about to get its name: it has the planned length,
    /// and nobody else's sidecar.
    pub fn is_ours(self, file: &Path) -> bool {
        let length = file.metadata().map(|meta| meta.len());
        let take = &self.job.take;
        length.is_ok_and(|length| length == take.received) && !sidecar::is_foreign(file, &take.request_tag)
    }
}
