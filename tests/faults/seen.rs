//! The truths themselves: of a take that went well nothing is said, and each promise that is broken is seen.

use std::fs;
use std::path::Path;

use refrain::domain::generation::{Status, Take, Why};
use refrain::store::Durability;
use refrain::store::generations::Change;
use serde_json::json;

use crate::journeys::Journey;
use crate::lane::{Books, Lane};
use crate::support::patience::until;
use crate::support::rows::each;
use crate::support::studio::{Ended, Studio};
use crate::trial::{Harm, Scene, impatient};
use crate::truths::broken;

/// What breaks a promise, by hand.
type Spoil = fn(&Studio, &Take, &mut Books);

const TABLE: [(&str, Spoil); 13] = [
    ("(a) it was sent more than once", |_, _, books| books.ledger.push(books.ledger[0].clone())),
    ("(a) it was sent more than once", |_, _, books| books.requests.extend(books.requests.clone())),
    ("(b) it was paid for and is not had", |studio, take, _| put(studio, take, Status::Unknown, None)),
    ("(b) something was paid for that no row knows", |_, _, books| books.ledger.push(json!({}))),
    ("(c) Loose takes - take 001 (stable-audio).mp3", |_, take, _| cut(take.file.as_deref().unwrap())),
    ("(c) Loose takes - take 001 (stable-audio).json", |_, take, _| {
        cut(&take.file.clone().unwrap().with_extension("json"));
    }),
    ("(c) a temporary file is left", |_, take, _| fs::write(take.folder.join(".x.part"), "").unwrap()),
    ("(c) no row knows", |_, take, _| {
        fs::copy(take.file.as_ref().unwrap(), take.folder.join("another.mp3")).unwrap();
    }),
    ("(d) its status is not true", |studio, take, _| put(studio, take, Status::Held, Some(Why::Person))),
    ("(d) its status is not true", |studio, take, _| put(studio, take, Status::Working, None)),
    ("(d) its words are not true", |studio, take, _| put(studio, take, Status::Failed, Some(Why::Broke))),
    ("(e) its history has a hole", |studio, _, _| rewrite(studio, "DELETE FROM steps WHERE status = 'sending'")),
    ("(e) the words of take 1 are no version", |studio, _, _| rewrite(studio, "DELETE FROM versions")),
];

fn put(studio: &Studio, take: &Take, status: Status, why: Option<Why>) {
    let change = Change::to(status).why(why);
    assert!(studio.store().advance(take.id, &[Status::Saved], change, Durability::Ordinary).unwrap());
}

fn cut(file: &Path) {
    let bytes = fs::read(file).unwrap();
    fs::write(file, &bytes[..bytes.len() / 2]).unwrap();
}

fn rewrite(studio: &Studio, sql: &str) {
    let database = rusqlite::Connection::open(studio.paths().database()).unwrap();
    assert!(database.execute(sql, []).unwrap() > 0, "{sql}");
}

#[test]
fn a_take_that_went_well_breaks_nothing_and_each_promise_that_is_broken_is_seen() {
    let lane = Lane::open();
    each(TABLE, |(promise, spoil)| {
        let studio = impatient();
        let front = Ended::of(Journey::Queued.command(&studio, &lane).output().unwrap());
        assert_eq!(front.code, 0, "{front:?}");
        until("its worker has done it and left", || studio.workers().is_empty());
        let take = studio.store().takes(None).unwrap().remove(0);
        assert_eq!(take.status, Status::Saved, "{:?}", take.message);
        // Others work beside it in the same sandbox.
        let mut books = lane.books();
        books.requests.retain(|visit| visit["client_request_id"] == take.request_tag);
        books.ledger.retain(|charge| charge["client_request_id"] == take.request_tag);
        let harm = Harm { is_deadly: false, is_on_the_line: false };
        let mut scene = Scene { journey: Journey::Queued, harm, studio: &studio, books, front, stood: 1 };
        assert_eq!(broken(&scene), [""; 0], "nothing was done to it");
        scene.front = Ended { code: 1, out: String::new(), err: String::new(), bytes: Vec::new() };
        assert!(broken(&scene)[0].starts_with("(d) what was written down is not what was said"));
        spoil(&studio, &take, &mut scene.books);
        let seen = broken(&scene);
        assert!(seen.iter().any(|violation| violation.starts_with(promise)), "{promise}: {seen:?}");
    });
}
