//! The truths themselves: of a journey that went well nothing is said, and each promise that is broken is seen.

use std::fs;
use std::path::{Path, PathBuf};

use refrain::domain::draft::Draft;
use refrain::domain::generation::{Cost, Status, Take, Why};
use refrain::store::Durability;
use refrain::store::generations::Change;
use serde_json::{Value, json};

use crate::journeys::Journey;
use crate::lane::{Books, Lane};
use crate::support::patience::until;
use crate::support::rows::each;
use crate::support::service::KEY;
use crate::support::studio::{Ended, Studio};
use crate::trial::{Harm, Scene, impatient};
use crate::truths::{broken, broken_as_left, versions};

/// What breaks a promise, by hand.
type Spoil = fn(&Studio, &Take, &mut Books);

/// Each with how its violation begins.
const OF_TAKES: [(Journey, &str, Spoil); 31] = [
    (Journey::Queued, "(a) it was sent more than once", |_, _, books| books.ledger.push(books.ledger[0].clone())),
    (Journey::Queued, "(a) it was sent more than once", |_, _, books| books.requests.extend(books.requests.clone())),
    (Journey::HeldOpen, "(a) it was sent more than once", |_, _, books| books.requests.extend(books.requests.clone())),
    (Journey::Queued, "(a) something was sent that no row knows", |_, _, books| again(books, json!("another"))),
    (Journey::Queued, "(a) something was sent that no row knows", |_, _, books| again(books, Value::Null)),
    (Journey::HeldOpen, "(a) something was sent that no row knows", |_, _, books| again(books, json!("another"))),
    (Journey::Queued, "(a) one take was ordered", |studio, take, _| {
        let mut again = studio.refrain();
        again.env("AIMLAPI_API_KEY", KEY).args(["--base-url", &take.service.to_string()]);
        assert!(again.args(["again", "1", "--hold", "--yes"]).status().unwrap().success());
    }),
    (Journey::Queued, "(b) it was paid for and is not had", |studio, take, _| {
        put(studio, take, Status::Unknown, None);
    }),
    (Journey::HeldOpen, "(b) it was paid for and is not had", |studio, take, _| {
        put(studio, take, Status::Failed, Some(Why::AudioLost));
    }),
    (Journey::Queued, "(b) something was paid for that no row knows", |_, _, books| books.ledger.push(json!({}))),
    (Journey::Queued, "(c) Loose takes - take 001 (stable-audio).mp3 is not the song", |_, take, _| {
        cut(&song(take), 2);
    }),
    // Where an MP3 is cut between two of its frames it plays to its end.
    (Journey::Queued, "(c) Loose takes - take 001 (stable-audio).mp3 is not the song", |_, take, _| {
        cut_between_frames(&song(take));
    }),
    (Journey::Raw, "(c) Loose takes - take 001 (music-2.0).pcm is not what is played", |_, take, _| {
        cut(&song(take).with_extension("pcm"), 2);
    }),
    (Journey::Raw, "(c) Loose takes - take 001 (music-2.0).wav is not the song", |_, take, _| change_last(&song(take))),
    (Journey::Queued, "(c) Loose takes - take 001 (stable-audio).json", |_, take, _| cut(&sidecar(take), 2)),
    (Journey::Queued, "(c) the sidecar of Loose takes - take 001 (stable-audio).mp3 is another's", |_, take, _| {
        let text = fs::read_to_string(sidecar(take)).unwrap().replace(&take.request_tag, "another");
        fs::write(sidecar(take), text).unwrap();
    }),
    (Journey::Queued, "(c) the sidecar of Loose takes - take 001 (stable-audio).mp3 is not there", |_, take, _| {
        fs::remove_file(sidecar(take)).unwrap();
    }),
    (Journey::Queued, "(c) a temporary file is left", |_, take, _| {
        fs::write(take.folder.join(".x.part"), "").unwrap();
    }),
    (Journey::Queued, "(c) no row knows", |_, take, _| {
        fs::copy(song(take), take.folder.join("another.mp3")).unwrap();
    }),
    // Nothing of it was ever sent, as far as the service knows.
    (Journey::HeldOpen, "(d) its status is not true", |_, _, books| books.requests.clear()),
    (Journey::Queued, "(d) its status is not true", |studio, take, _| {
        put(studio, take, Status::Held, Some(Why::Person));
    }),
    (Journey::Queued, "(d) it is not over", |studio, take, _| put(studio, take, Status::Working, None)),
    (Journey::Queued, "(d) its words are not true", |studio, take, _| {
        put(studio, take, Status::Failed, Some(Why::Broke));
    }),
    (Journey::Queued, "(d) its words are not true", |studio, take, books| {
        books.ledger.clear();
        put(studio, take, Status::Failed, Some(Why::AudioLost));
    }),
    (Journey::Queued, "(d) its cost is not what was charged", |studio, take, _| {
        let cheap = Change::default().cost(Cost { credits: None, usd: Some(0.001) });
        assert!(studio.store().advance(take.id, &[Status::Saved], cheap, Durability::Ordinary).unwrap());
    }),
    (Journey::Queued, "(e) its history has a hole", |studio, _, _| {
        rewrite(studio, "DELETE FROM steps WHERE status = 'sending'");
    }),
    (Journey::Queued, "(e) the words of take 1 are no version", |studio, _, _| rewrite(studio, "DELETE FROM versions")),
    (Journey::Queued, "(e) a version is lost", |studio, _, _| rewrite(studio, "DELETE FROM versions")),
    (Journey::Queued, "(e) the draft of Loose takes is not what was written", |studio, _, _| {
        let mut store = studio.store();
        let row = store.draft(store.songs().unwrap()[0].id).unwrap();
        store.save_draft(row.song, row.revision, &Draft::default(), "the test", row.saved).unwrap();
    }),
    (Journey::Queued, "(e) the draft of Loose takes is gone", |studio, _, _| {
        rewrite(studio, "UPDATE drafts SET draft = '{'");
    }),
    (Journey::Queued, "(e) take 1 is not what was written", |studio, _, _| {
        rewrite(studio, "UPDATE takes SET draft = replace(draft, 'fado', 'waltz')");
    }),
];

fn song(take: &Take) -> PathBuf {
    take.file.clone().unwrap()
}

fn sidecar(take: &Take) -> PathBuf {
    song(take).with_extension("json")
}

fn put(studio: &Studio, take: &Take, status: Status, why: Option<Why>) {
    let change = Change::to(status).why(why);
    assert!(studio.store().advance(take.id, &[Status::Saved], change, Durability::Ordinary).unwrap());
}

/// It was sent once more under another tag, and its answer was lost.
fn again(books: &mut Books, tag: Value) {
    let is_paid = |visit: &&Value| visit["method"] == "POST";
    let mut visit = books.requests.iter().find(is_paid).unwrap().clone();
    visit["client_request_id"] = tag;
    visit["status"] = Value::Null;
    books.requests.push(visit);
}

/// Only the first part of a file, one in so many, is left.
fn cut(file: &Path, part: usize) {
    let bytes = fs::read(file).unwrap();
    fs::write(file, &bytes[..bytes.len() / part]).unwrap();
}

/// Leaves an MP3 without its last frame. Each begins with the same bits.
fn cut_between_frames(file: &Path) {
    let bytes = fs::read(file).unwrap();
    let is_frame = |two: &[u8]| two[0] == 0xFF && two[1] & 0xE0 == 0xE0;
    let last = bytes.windows(2).rposition(is_frame).unwrap();
    fs::write(file, &bytes[..last]).unwrap();
}

fn change_last(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).unwrap();
}

fn rewrite(studio: &Studio, sql: &str) {
    let database = rusqlite::Connection::open(studio.paths().database()).unwrap();
    assert!(database.execute(sql, []).unwrap() > 0, "{sql}");
}

/// A journey to its end.
fn done(journey: Journey, studio: &Studio, lane: &Lane) -> Ended {
    journey.prepare(studio, lane);
    let front = Ended::of(journey.command(studio, lane).output().unwrap());
    assert_eq!(front.code, 0, "{front:?}");
    until("its worker has done it and left", || studio.workers().is_empty());
    front
}

fn scene(journey: Journey, studio: &Studio, books: Books, front: Ended) -> Scene<'_> {
    let harm = Harm { is_deadly: false, is_on_the_line: false };
    let scene = Scene { journey, harm, studio, books, front, stood: 1, kept: versions(studio) };
    assert_eq!(broken_as_left(&scene), [""; 0], "nothing was done to it");
    assert_eq!(broken(&scene), [""; 0], "nothing was done to it");
    scene
}

/// That a promise is seen to be broken.
#[track_caller]
fn is_seen(promise: &str, seen: &[String]) {
    assert!(seen.iter().any(|violation| violation.starts_with(promise)), "{promise}: {seen:#?}");
}

#[test]
fn a_take_that_went_well_breaks_nothing_and_each_promise_that_is_broken_is_seen() {
    let lane = Lane::open();
    each(OF_TAKES, |(journey, promise, spoil)| {
        let studio = impatient();
        let front = done(journey, &studio, &lane);
        let take = studio.store().takes(None).unwrap().remove(0);
        assert_eq!(take.status, Status::Saved, "{:?}", take.message);
        // Others work beside it in the same sandbox.
        let mut books = lane.books();
        books.requests.retain(|visit| visit["client_request_id"] == take.request_tag);
        books.ledger.retain(|charge| charge["client_request_id"] == take.request_tag);
        let mut scene = scene(journey, &studio, books, front);
        scene.front = Ended { code: 1, out: String::new(), err: String::new(), bytes: Vec::new() };
        is_seen("(d) what was written down is not what was said", &broken(&scene));
        spoil(&studio, &take, &mut scene.books);
        is_seen(promise, &broken(&scene));
    });
}

/// What may be said of a take that is not over, where the service knows better.
const AS_LEFT: [(&str, Status, Option<Why>); 4] = [
    ("(d) its status is not true", Status::Ordered, None),
    ("(d) its status is not true", Status::Held, Some(Why::NoNetwork)),
    ("(d) its status is not true", Status::Failed, Some(Why::Refused)),
    ("(d) its words are not true", Status::Failed, Some(Why::Refused)),
];

#[test]
fn what_is_said_between_a_fault_and_the_next_start_is_held_against_the_service_too() {
    let lane = Lane::open();
    let studio = impatient();
    let front = done(Journey::Queued, &studio, &lane);
    let books = lane.books();
    let take = studio.store().takes(None).unwrap().remove(0);
    let mut scene = scene(Journey::Queued, &studio, books, front);
    let mut at = Status::Saved;
    for (promise, status, why) in AS_LEFT {
        let change = Change::to(status).why(why);
        assert!(studio.store().advance(take.id, &[at], change, Durability::Ordinary).unwrap());
        at = status;
        is_seen(promise, &broken_as_left(&scene));
    }
    // Whoever asked is told of it now, and no request is known of it.
    let change = Change::to(Status::Queued).why(None);
    assert!(studio.store().advance(take.id, &[at], change, Durability::Ordinary).unwrap());
    scene.books.ledger.clear();
    is_seen("(d) its status is not true", &broken_as_left(&scene));
}

#[test]
fn an_upload_that_went_well_breaks_nothing_and_an_id_that_nobody_gave_is_seen() {
    let (lane, studio) = (Lane::open(), impatient());
    let front = done(Journey::Upload, &studio, &lane);
    let scene = scene(Journey::Upload, &studio, lane.books(), front);
    rewrite(&studio, "UPDATE library SET voice_id = 'another'");
    is_seen("(b) the upload came to", &broken(&scene));
    is_seen("(d) it is said to be done", &broken_as_left(&scene));
    rewrite(&studio, "UPDATE library SET refused = 'gone'");
    is_seen("(d) of one that can be used it is said", &broken(&scene));
}
