//! What others hear of a commit: the bell rings, and the feed tells of it once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Take, TakeId};
use refrain::domain::service::Service;
use refrain::domain::song::SongId;
use refrain::engine::intent::{Intent, Reply};
use refrain::store::Store;
use refrain::store::changes::Feed;
use refrain::store::facts::Said;

use crate::support::orders::{self, SHORT};
use crate::support::patience::until;
use crate::support::studio::Studio;
use crate::{now, together};

/// What a viewer knows after applying every change it was told of.
#[derive(Default)]
struct Viewer {
    takes: BTreeMap<TakeId, Take>,
    drafts: BTreeMap<SongId, Draft>,
}

impl Viewer {
    fn look(&mut self, feed: &mut Feed) -> usize {
        let changes = feed.look().unwrap();
        let told = changes.takes.len() + changes.drafts.len() + changes.gone_takes.len();
        self.takes.extend(changes.takes.into_iter().map(|take| (take.id, take)));
        self.takes.retain(|id, _| !changes.gone_takes.contains(id));
        self.drafts.extend(changes.drafts.into_iter().map(|row| (row.song, row.draft)));
        told
    }
}

#[test]
fn a_feed_brings_everything_first_then_only_what_is_new_and_nothing_twice() {
    let studio = Studio::new();
    let mut store = studio.store();
    let mut feed = Feed::open(studio.path()).unwrap();
    let song = orders::song(&mut store, "Feed");
    let first = feed.look().unwrap();
    assert_eq!((first.songs.len(), first.drafts.len()), (1, 1));
    assert!(feed.look().unwrap().is_empty(), "nothing is read twice");
    let takes = orders::place(&studio, orders::order(song, &Service::Sandbox, SHORT, 2), now());
    let told = feed.look().unwrap();
    assert_eq!(told.takes.iter().map(|take| take.id).collect::<Vec<_>>(), takes);
    assert!(told.drafts.is_empty(), "the draft did not change");
    store.keep_fact(&Service::Sandbox, &Said::Balance(4.5), None, now()).unwrap();
    let told = feed.look().unwrap();
    assert_eq!((told.facts.len(), told.takes.len()), (1, 0));
    assert!(store.withdraw(takes[0]).unwrap());
    let told = feed.look().unwrap();
    assert_eq!((told.gone_takes, told.takes), (vec![takes[0]], vec![]));
    assert!(feed.look().unwrap().is_empty());
    let url = "https://example.org/a.mp3";
    let reference = store.add_reference("Demo", url, now()).unwrap();
    assert_eq!(feed.look().unwrap().references[0].url.as_deref(), Some(url));
    store.forget_reference(reference).unwrap();
    assert_eq!(feed.look().unwrap().gone_references, [reference]);
}

#[test]
fn a_feed_misses_no_commit_of_three_writers_and_never_sees_half_an_order() {
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Busy");
    let (folder, music) = (studio.path().to_owned(), studio.paths().music);
    let writers = thread::spawn(move || {
        together(3, move |number| {
            let mut store = Store::open(&folder).unwrap();
            let desk = orders::desk_for(music.clone());
            for round in 0..15 {
                let order = orders::order(song, &Service::Sandbox, SHORT, 3);
                let Reply::Ordered { takes } = desk.carry_out(&mut store, Intent::Order(order), now()).unwrap() else {
                    panic!("not ordered");
                };
                if (round + number) % 3 == 0 {
                    assert!(store.withdraw(takes[1]).unwrap());
                }
            }
        });
    });
    let mut feed = Feed::open(studio.path()).unwrap();
    let mut viewer = Viewer::default();
    let mut is_over = false;
    while !is_over {
        is_over = writers.is_finished();
        viewer.look(&mut feed);
        let mut sizes: BTreeMap<Timestamp, usize> = BTreeMap::new();
        for take in viewer.takes.values() {
            *sizes.entry(take.created).or_default() += 1;
        }
        // Orders of one millisecond fall together; each is whole (3) or has lost one (2).
        assert!(sizes.values().all(|size| *size >= 2), "half an order was seen: {sizes:?}");
    }
    writers.join().unwrap();
    let truth: BTreeMap<_, _> = studio.store().takes(None).unwrap().into_iter().map(|take| (take.id, take)).collect();
    assert_eq!(viewer.takes, truth);
}

#[test]
fn every_commit_rings_the_bell_in_another_connection() {
    let studio = Studio::new();
    let mut store = studio.store();
    let listening = studio.store();
    let heard = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&heard);
    let listener = listening
        .bell()
        .listen(move || {
            count.fetch_add(1, Ordering::SeqCst);
        })
        .unwrap();
    let song = orders::song(&mut store, "Bell");
    until("the first ring is heard", || heard.load(Ordering::SeqCst) > 0);
    for round in 0..50 {
        let before = heard.load(Ordering::SeqCst);
        store.rename_song(song, &format!("Bell {round}"), now()).unwrap();
        until("each commit is heard", || heard.load(Ordering::SeqCst) > before);
    }
    drop(listener);
}

#[test]
fn a_look_that_finds_nothing_rings_no_bell() {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Quiet");
    let heard = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&heard);
    let listener = store
        .bell()
        .listen(move || {
            count.fetch_add(1, Ordering::SeqCst);
        })
        .unwrap();
    let mut feed = Feed::open(studio.path()).unwrap();
    // The bell was hung again by the feed: that one is let pass, and marked by a commit behind it.
    store.rename_song(song, "Marked", now()).unwrap();
    until("the mark is heard", || heard.load(Ordering::SeqCst) > 0);
    until("and read", || !feed.look().unwrap().is_empty());
    let before = heard.load(Ordering::SeqCst);
    for _ in 0..200 {
        assert!(feed.look().unwrap().is_empty());
    }
    store.rename_song(song, "Marked again", now()).unwrap();
    until("the next mark is heard", || heard.load(Ordering::SeqCst) > before);
    assert!(
        heard.load(Ordering::SeqCst) - before <= 2,
        "two hundred looks rang {} times",
        heard.load(Ordering::SeqCst) - before
    );
    drop(listener);
}
