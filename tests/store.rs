//! The store under several hands: claims, drafts, numbers, and the feed that tells of it all.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "store/budget.rs"]
mod budget;
#[path = "store/feed.rs"]
mod feed;
#[path = "store/history.rs"]
mod history;
#[path = "store/left.rs"]
mod left;
#[path = "store/newer.rs"]
mod newer;
#[path = "store/references.rs"]
mod references;
#[path = "store/sought.rs"]
mod sought;
mod support;
#[path = "pty/terminal.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod terminal;
#[path = "store/uploads.rs"]
mod uploads;
#[path = "store/versions.rs"]
mod versions;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::thread;

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, TakeId};
use refrain::domain::service::Service;
use refrain::domain::song::Revision;
use refrain::engine::intent::{Agreed, Intent, Question, Reply};
use refrain::store::drafts::Saving;
use refrain::store::generations::Change;
use refrain::store::schema::VERSION;
use refrain::store::{Durability, Store, StoreError};
use support::orders::{self, SHORT};
use support::studio::Studio;

fn now() -> Timestamp {
    Timestamp::now()
}

fn titled(style: &str) -> Draft {
    Draft { style: style.to_owned(), ..orders::draft() }
}

/// Runs the same work in several threads that begin together.
fn together<T: Send + 'static>(threads: usize, work: impl Fn(usize) -> T + Send + Sync + 'static) -> Vec<T> {
    let work = Arc::new(work);
    let barrier = Arc::new(Barrier::new(threads));
    let started: Vec<_> = (0..threads)
        .map(|number| {
            let (work, barrier) = (Arc::clone(&work), Arc::clone(&barrier));
            thread::spawn(move || {
                barrier.wait();
                work(number)
            })
        })
        .collect();
    started.into_iter().map(|thread| thread.join().unwrap()).collect()
}

#[test]
fn of_two_stores_that_race_for_an_order_exactly_one_gets_it() {
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Race");
    let takes = orders::place(&studio, orders::order(song, &Service::Sandbox, SHORT, 100), now());
    let folder = studio.path().to_owned();
    let all = takes.clone();
    let won = together(2, move |number| {
        let mut store = Store::open(&folder).unwrap();
        all.iter()
            .map(|take| store.claim(*take, &format!("tag-{number}-{}", take.0), now()).unwrap())
            .collect::<Vec<_>>()
    });
    let store = studio.store();
    for (place, take) in takes.iter().enumerate() {
        assert_ne!(won[0][place], won[1][place], "exactly one claims take {}", take.0);
        let winner = usize::from(won[1][place]);
        let row = store.take(*take).unwrap();
        assert_eq!(row.status, Status::Sending);
        assert_eq!(row.request_tag, format!("tag-{winner}-{}", take.0), "the row bears the winner's tag");
    }
}

#[test]
fn only_an_order_can_be_claimed() {
    let studio = Studio::new();
    let take = orders::one(&studio, &Service::Sandbox);
    let mut store = studio.store();
    for status in Status::ALL {
        store.advance(take, &Status::ALL, Change::to(status), Durability::Ordinary).unwrap();
        assert_eq!(store.claim(take, "tag", now()).unwrap(), status == Status::Ordered, "{}", status.name());
    }
}

#[test]
fn a_withdrawn_order_cannot_be_claimed_and_a_claimed_one_cannot_be_withdrawn() {
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Race");
    let takes = orders::place(&studio, orders::order(song, &Service::Sandbox, SHORT, 60), now());
    let folder = studio.path().to_owned();
    let all = takes.clone();
    let done = together(2, move |number| {
        let mut store = Store::open(&folder).unwrap();
        let act = |take: &TakeId| match number {
            0 => store.claim(*take, &format!("tag-{}", take.0), now()).unwrap(),
            _ => store.withdraw(*take).unwrap(),
        };
        all.iter().map(act).collect::<Vec<_>>()
    });
    for (sent, taken_back) in done[0].iter().zip(&done[1]) {
        assert_ne!(sent, taken_back, "sent or taken back, never both, never neither");
    }
}

#[test]
fn a_draft_that_loses_becomes_a_version_and_the_winner_stays() {
    let studio = Studio::new();
    let mut one = studio.store();
    let mut other = studio.store();
    let song = orders::song(&mut one, "Two screens");
    let base = one.draft(song).unwrap().revision;
    let won = one.save_draft(song, base, &titled("from one"), "the screen on pts/1", now()).unwrap();
    assert_eq!(won, Saving::Won(Revision(base.0 + 1)));
    let lost = other.save_draft(song, base, &titled("from the other"), "the screen on pts/2", now()).unwrap();
    let Saving::Lost(current) = lost else { panic!("{lost:?}") };
    assert_eq!(current.draft.style, "from one");
    assert_eq!(other.draft(song).unwrap().draft.style, "from one");
    let versions = other.versions(song).unwrap();
    assert_eq!(versions[0].origin, "from the screen on pts/2");
    assert_eq!(versions[0].draft.style, "from the other");
}

#[test]
fn of_many_drafts_written_at_once_none_is_lost() {
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Many hands");
    let folder = studio.path().to_owned();
    let base = studio.store().draft(song).unwrap().revision;
    let kept = together(8, move |number| {
        let mut store = Store::open(&folder).unwrap();
        matches!(store.save_draft(song, base, &titled(&format!("hand {number}")), "x", now()).unwrap(), Saving::Won(_))
    });
    assert_eq!(kept.iter().filter(|won| **won).count(), 1, "one wins");
    let store = studio.store();
    let versions = store.versions(song).unwrap().into_iter().map(|version| version.draft.style);
    let mut all: BTreeSet<_> = versions.collect();
    all.insert(store.draft(song).unwrap().draft.style);
    assert_eq!(all, (0..8).map(|number| format!("hand {number}")).collect());
}

#[test]
fn a_draft_that_says_the_same_counts_as_saved_whoever_wrote_it() {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Same");
    let base = store.draft(song).unwrap().revision;
    store.save_draft(song, base, &titled("x"), "one", now()).unwrap();
    assert_eq!(store.save_draft(song, base, &titled("x"), "two", now()).unwrap(), Saving::Won(Revision(base.0 + 1)));
    assert!(store.versions(song).unwrap().is_empty());
}

#[test]
fn take_numbers_are_unique_and_without_gaps_however_many_order_at_once() {
    let studio = Studio::new();
    let mut store = studio.store();
    let songs = [orders::song(&mut store, "One"), orders::song(&mut store, "Two")];
    let folder = studio.path().to_owned();
    let music = studio.paths().music;
    together(6, move |number| {
        let mut store = Store::open(&folder).unwrap();
        let desk = orders::desk_for(music.clone());
        for _ in 0..5 {
            let order = orders::order(songs[number % 2], &Service::Sandbox, SHORT, 2);
            let reply = desk.carry_out(&mut store, Intent::Order(order), now()).unwrap();
            assert!(matches!(reply, Reply::Ordered { takes } if takes.len() == 2));
        }
    });
    for song in songs {
        let mut numbers: Vec<_> = store.takes(Some(song)).unwrap().into_iter().map(|take| take.number).collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (1..=30).collect::<Vec<_>>());
    }
    let tags: BTreeSet<_> = store.takes(None).unwrap().into_iter().map(|take| take.request_tag).collect();
    assert_eq!(tags.len(), 60, "every take has a tag of its own");
}

#[test]
fn the_same_order_within_half_a_minute_asks_first_and_writes_nothing() {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Again");
    let desk = orders::desk(&studio);
    let begin = now();
    let unconfirmed = || {
        let order = orders::order(song, &Service::Sandbox, SHORT, 1);
        Intent::Order(refrain::engine::intent::Order { agreed: Agreed::default(), ..order })
    };
    assert!(matches!(desk.carry_out(&mut store, unconfirmed(), begin).unwrap(), Reply::Ordered { .. }));
    let soon = begin + jiff::SignedDuration::from_secs(12);
    let reply = desk.carry_out(&mut store, unconfirmed(), soon).unwrap();
    assert_eq!(reply, Reply::Asks(Question::SameAgain { seconds: 12 }));
    assert_eq!(store.takes(None).unwrap().len(), 1);
    let later = begin + jiff::SignedDuration::from_secs(31);
    assert!(matches!(desk.carry_out(&mut store, unconfirmed(), later).unwrap(), Reply::Ordered { .. }));
}

#[test]
fn a_database_of_a_newer_refrain_is_refused_with_a_sentence_and_left_alone() {
    let studio = Studio::new();
    orders::song(&mut studio.store(), "Old");
    set_version(studio.path(), 7);
    let error = Store::open(studio.path()).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 7, .. }));
    assert!(error.to_string().contains("newer refrain"), "{error}");
    set_version(studio.path(), VERSION);
    assert_eq!(studio.store().songs().unwrap()[0].title, "Old");
}

fn set_version(folder: &Path, version: i32) {
    let connection = rusqlite::Connection::open(folder.join("refrain.db")).unwrap();
    connection.pragma_update(None, "user_version", version).unwrap();
}

#[test]
fn twenty_who_open_a_new_data_directory_at_once_all_get_in() {
    let studio = Studio::new();
    for round in 0..5 {
        let folder = studio.path().join(format!("round {round}"));
        together(20, move |number| {
            let mut store = Store::open(&folder).unwrap();
            store.new_song(&format!("Song {number}"), &orders::draft(), "x", now()).unwrap();
        });
    }
}

#[test]
fn titles_and_folders_that_differ_in_case_alone_are_told_apart_by_a_number() {
    let studio = Studio::new();
    let mut store = studio.store();
    let titles = ["Ärger?", "ÄRGER?", "ärger*", "ärger:", "  ärger?  ", "", "\u{1b}[2J", "untitled"];
    let songs: Vec<_> = titles.iter().map(|title| orders::song(&mut store, title)).collect();
    let named: BTreeMap<_, _> = store.songs().unwrap().into_iter().map(|song| (song.id, song.title)).collect();
    let named: Vec<_> = songs.iter().map(|song| named[song].as_str()).collect();
    assert_eq!(named, ["Ärger?", "ÄRGER? 2", "ärger*", "ärger:", "ärger? 3", "Untitled", "[2J", "untitled 2"]);
    for song in &songs {
        orders::place(&studio, orders::order(*song, &Service::Sandbox, SHORT, 1), now());
    }
    let takes = store.takes(None).unwrap();
    let folders: BTreeSet<_> = takes.iter().map(|take| take.folder.to_string_lossy().to_lowercase()).collect();
    assert_eq!(folders.len(), titles.len(), "{folders:?}");
}

#[test]
fn a_renamed_song_keeps_its_folder() {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Before");
    let first = orders::place(&studio, orders::order(song, &Service::Sandbox, SHORT, 1), now());
    store.rename_song(song, "After", now()).unwrap();
    let second = orders::place(&studio, orders::order(song, &Service::Sandbox, SHORT, 1), now());
    assert_eq!(studio.take(first[0]).folder, studio.take(second[0]).folder);
    assert!(studio.take(second[0]).folder.ends_with("sandbox/Before"));
}

#[test]
fn the_data_directory_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let studio = Studio::new();
    let folder = studio.path().join("new");
    drop(Store::open(&folder).unwrap());
    assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn rows_wait_for_the_key_and_say_so() {
    use refrain::domain::generation::Why;
    let studio = Studio::new();
    let service = Service::from("https://example.org");
    let take = orders::one(&studio, &service);
    let other = orders::place(&studio, orders::order(studio.take(take).song, &Service::Sandbox, SHORT, 1), now())[0];
    studio.store().wait_for_key(&service).unwrap();
    assert_eq!((studio.take(take).status, studio.take(take).why), (Status::Ordered, Some(Why::NeedsKey)));
    assert_eq!(studio.take(other).why, None, "those of another service do not wait");
}
