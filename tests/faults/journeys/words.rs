//! Words on their way into a draft: the version of what was there, then the draft, then the word to others. Another
//! screen has the song open and knows nothing of it.

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::domain::song::{DraftRow, Revision};
use refrain::failpoint::Point;
use refrain::store::Store;
use refrain::store::drafts::Version;
use refrain::store::examination::Examination;

use super::Journey;
use crate::lane::Lane;
use crate::support::orders;
use crate::support::studio::{Ended, Studio};
use crate::trial::Scene;

/// What is written.
const AFTER: &str = "[Verse]\nThe ferry leaves at ten";

/// What the other screen writes.
const ELSEWHERE: &str = "[Verse]\nThe ferry does not leave";

/// Other words for the song, of another model.
pub const OTHER: [&str; 7] = ["song", "write", "Night Ferry", "--model", "music-2.0", "--lyrics", AFTER];

/// Every step of it.
pub const POINTS: [Point; 4] = [Point::VersionWrite, Point::DraftWrite, Point::DraftWritten, Point::DraftRung];

/// A song with words, which the other screen has seen.
pub fn place(studio: &Studio) {
    orders::song(&mut studio.store(), "Night Ferry");
}

/// The revision that the other screen has seen.
const SEEN: Revision = Revision(1);

fn after() -> Draft {
    Draft { model: "minimax/music-2.0".to_owned(), lyrics: AFTER.to_owned(), ..orders::draft() }
}

/// The draft of the one song, and every version.
fn kept(store: &Store) -> (DraftRow, Vec<Version>) {
    let song = store.songs().unwrap()[0].id;
    (store.draft(song).unwrap(), store.versions(song).unwrap())
}

/// Goes on: the other screen writes on what it saw, then the person once more. Brings what was not kept or not true.
pub fn go_on(scene: &Scene<'_>, lane: &Lane) -> Vec<String> {
    let mut store = scene.studio.store();
    let (left, before) = kept(&store);
    let mut broken = as_left(&scene.front, &left, &before);
    let elsewhere = Draft { lyrics: ELSEWHERE.to_owned(), ..orders::draft() };
    store.save_draft(left.song, SEEN, &elsewhere, "the screen on pts/3", Timestamp::now()).unwrap();
    let again = Ended::of(Journey::Words.command(scene.studio, lane).output().unwrap());
    if again.code != 0 {
        broken.push(format!("(e) it cannot be written afterwards: {again:?}"));
    }
    let (draft, versions) = kept(&store);
    let is_version = |draft: &Draft| versions.iter().any(|version| version.draft == *draft);
    if draft.draft != after() {
        broken.push(format!("(e) what was written last is not the draft: {:?}", draft.draft.lyrics));
    }
    if !is_version(&elsewhere) {
        broken.push("(e) what the other screen wrote is lost".to_owned());
    }
    if !before.iter().all(|version| versions.contains(version)) {
        broken.push("(e) a version is lost".to_owned());
    }
    let examination = Examination::of(scene.studio.path()).unwrap().unwrap();
    if !examination.damage.is_empty() {
        broken.push(format!("(e) the database is damaged: {:?}", examination.damage));
    }
    broken
}

/// What the fault left is what was there or what was written, and the command said which.
fn as_left(front: &Ended, left: &DraftRow, versions: &[Version]) -> Vec<String> {
    let (is_old, is_new) = (left.draft == orders::draft() && left.revision == SEEN, left.draft == after());
    let is_kept = versions.iter().any(|version| version.draft == orders::draft());
    let rows = [
        ("(e) the draft is neither what was there nor what was written", !is_old && !is_new),
        ("(e) what was there is no version", is_new && !is_kept),
        ("(d) the command said that it wrote, and it did not", front.code == 0 && !is_new),
        ("(d) the command said that it failed, and it wrote", front.code > 0 && is_new),
    ];
    let broken = rows.into_iter().filter(|(_, is_broken)| *is_broken);
    broken.map(|(promise, _)| format!("{promise}: {left:?} {front:?}")).collect()
}
