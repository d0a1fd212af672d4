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

/// The same, by somebody who has not seen what is there by now.
pub const TOO_LATE: [&str; 9] =
    ["song", "write", "Night Ferry", "--model", "music-2.0", "--lyrics", AFTER, "--revision", "1"];

/// Every step of words that come too late, but for those that others have too.
pub const LOST_POINTS: [Point; 3] = [Point::VersionLost, Point::DraftWritten, Point::DraftRung];

/// Every step of it.
pub const POINTS: [Point; 4] = [Point::VersionWrite, Point::DraftWrite, Point::DraftWritten, Point::DraftRung];

/// A song with words, which the other screen has seen.
pub fn place(studio: &Studio) {
    orders::song(&mut studio.store(), "Night Ferry");
}

/// The same song, to which another screen has written since.
pub fn place_two(studio: &Studio) {
    let mut store = studio.store();
    let song = orders::song(&mut store, "Night Ferry");
    store.save_draft(song, SEEN, &elsewhere(), "the screen on pts/3", Timestamp::now()).unwrap();
}

fn elsewhere() -> Draft {
    Draft { lyrics: ELSEWHERE.to_owned(), ..orders::draft() }
}

/// The revision that the other screen has seen.
const SEEN: Revision = Revision(1);

/// What is written, with what was there.
pub fn after() -> Draft {
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
    let elsewhere = elsewhere();
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
    broken.extend(damage(scene));
    broken
}

/// Goes on after words that came too late: the person writes them once more. They are a version then, and so is
/// whatever was one; the draft is what the other screen wrote, all the time.
pub fn lose_again(scene: &Scene<'_>, lane: &Lane) -> Vec<String> {
    let store = scene.studio.store();
    let (left, before) = kept(&store);
    let mut broken = Vec::new();
    let is_version = |versions: &[Version]| versions.iter().any(|version| version.draft == after());
    if scene.front.err.contains("is kept as a version") && !is_version(&before) {
        broken.push(format!("(d) the command said that it kept a version: {:?}", scene.front));
    }
    if scene.front.code == 0 {
        broken.push(format!("(d) the command said that it wrote: {:?}", scene.front));
    }
    let again = Ended::of(Journey::Losing.command(scene.studio, lane).output().unwrap());
    let (draft, versions) = kept(&store);
    if !again.err.contains("is kept as a version") || !is_version(&versions) {
        broken.push(format!("(e) words that came too late are lost: {again:?} {versions:?}"));
    }
    if left.draft != elsewhere() || draft != left {
        broken.push(format!("(e) the draft is not what was written to it: {left:?} {draft:?}"));
    }
    if !before.iter().all(|version| versions.contains(version)) {
        broken.push("(e) a version is lost".to_owned());
    }
    broken.extend(damage(scene));
    broken
}

fn damage(scene: &Scene<'_>) -> Option<String> {
    let examination = Examination::of(scene.studio.path()).unwrap().unwrap();
    let is_damaged = !examination.damage.is_empty();
    is_damaged.then(|| format!("(e) the database is damaged: {:?}", examination.damage))
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
