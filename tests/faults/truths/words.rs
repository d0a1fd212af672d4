//! (e): what was written is there as it was written, and no version is less than before.

use refrain::domain::draft::Draft;
use refrain::domain::generation::Take;
use refrain::domain::song::Song;
use refrain::store::examination::Examination;

use super::versions;
use crate::trial::Scene;

/// The database is sound, every draft can be read, and what was a version or was ordered is one.
pub(super) fn broken(scene: &Scene<'_>, takes: &[Take]) -> Vec<String> {
    let mut broken = Vec::new();
    if let Some(examination) = Examination::of(scene.studio.path()).unwrap()
        && !examination.damage.is_empty()
    {
        broken.push(format!("(e) the database is damaged: {:?}", examination.damage));
    }
    let store = scene.studio.store();
    let unread = |song: Song| store.draft(song.id).err().map(|error| (song.title, error));
    let unread = store.songs().unwrap().into_iter().filter_map(unread);
    broken.extend(unread.map(|(title, error)| format!("(e) the draft of {title} is gone: {error}")));
    let kept = versions(scene.studio);
    // For whatever reason: what the newest version says already is not kept a second time.
    let unkept = takes.iter().filter(|take| !kept.iter().any(|version| version.draft == take.draft));
    broken.extend(unkept.map(|take| format!("(e) the words of take {} are no version", take.id.0)));
    let lost = scene.kept.iter().filter(|version| !kept.contains(version));
    broken.extend(lost.map(|version| format!("(e) a version is lost: {version:?}")));
    broken
}

/// Draft and take have the words that were written for the journey.
pub(super) fn changed(scene: &Scene<'_>, takes: &[Take]) -> Vec<String> {
    let (store, written) = (scene.studio.store(), scene.journey.words());
    let drafts = store.songs().unwrap().into_iter().filter_map(|song| Some((song.title, store.draft(song.id).ok()?)));
    let drafts = drafts.map(|(title, row)| (format!("the draft of {title}"), row.draft));
    let takes = takes.iter().map(|take| (format!("take {}", take.id.0), take.draft.clone()));
    let changed = drafts.chain(takes).filter(|(_, draft)| !has_the_words(draft, &written));
    changed.map(|(what, draft)| format!("(e) {what} is not what was written: {draft:?}")).collect()
}

/// Whether a draft has words, model and settings of what was written. The program may have noted more settings, as
/// the name under which a recording is kept.
fn has_the_words(draft: &Draft, written: &Draft) -> bool {
    let settings = written.settings.iter().all(|(name, value)| draft.settings.get(name) == Some(value));
    let is_said = |draft: &Draft| (draft.model.clone(), draft.style.clone(), draft.lyrics.trim_end().to_owned());
    settings && is_said(draft) == is_said(written)
}
