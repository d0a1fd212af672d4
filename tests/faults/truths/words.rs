//! (e): what was written is there as it was written, and no version is less than before.

use refrain::domain::draft::Draft;
use refrain::domain::generation::Take;
use refrain::store::examination::Examination;

use super::versions;
use crate::trial::Scene;

/// The database is sound; draft, take and version have the words that were ordered; what was a version is one still.
pub(super) fn broken(scene: &Scene<'_>, takes: &[Take]) -> Vec<String> {
    let mut broken = Vec::new();
    if let Some(examination) = Examination::of(scene.studio.path()).unwrap()
        && !examination.damage.is_empty()
    {
        broken.push(format!("(e) the database is damaged: {:?}", examination.damage));
    }
    let (store, ordered) = (scene.studio.store(), scene.journey.words());
    for song in store.songs().unwrap() {
        match store.draft(song.id) {
            Err(error) => broken.push(format!("(e) the draft of {} is gone: {error}", song.title)),
            Ok(row) if !has_the_words(&row.draft, &ordered) => {
                broken.push(format!("(e) the draft of {} is not what was written: {:?}", song.title, row.draft));
            }
            Ok(_) => {}
        }
    }
    let kept = versions(scene.studio);
    for take in takes {
        if !has_the_words(&take.draft, &ordered) {
            broken.push(format!("(e) take {} is not of what was written: {:?}", take.id.0, take.draft));
        }
        if !kept.iter().any(|version| version.draft == take.draft) {
            broken.push(format!("(e) the words of take {} are no version", take.id.0));
        }
    }
    let lost = scene.kept.iter().filter(|version| !kept.contains(version));
    broken.extend(lost.map(|version| format!("(e) a version is lost: {version:?}")));
    broken
}

/// Whether a draft has words, model and settings of what was written. The program may have noted more settings, as
/// the name under which a recording is kept.
fn has_the_words(draft: &Draft, written: &Draft) -> bool {
    let settings = written.settings.iter().all(|(name, value)| draft.settings.get(name) == Some(value));
    let is_said = |draft: &Draft| (draft.model.clone(), draft.style.clone(), draft.lyrics.trim_end().to_owned());
    settings && is_said(draft) == is_said(written)
}
