//! The store with years of takes in it: what is done often stays quick.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod support;

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use refrain::domain::generation::{Status, TakeId};
use refrain::domain::service::Service;
use refrain::domain::song::SongId;
use refrain::engine::intent::{Agreed, Intent, Order, Question, Reply};
use refrain::store::changes::Feed;
use refrain::store::generations::Change;
use refrain::store::{Durability, Store};
use support::orders::{self, LYRICS};
use support::studio::Studio;

const TAKES: usize = 5_000;
const REFERENCES: usize = 30;

/// Several times what is needed on an idle machine without optimization, and a fraction of what one look
/// at every take would need.
const QUICK: Duration = Duration::from_millis(60);

fn address(number: usize) -> String {
    format!("https://example.org/{}.mp3", number % REFERENCES)
}

/// An order as it is in life: pages of words, and a reference.
fn order(song: SongId, number: usize, takes: u32) -> Order {
    let mut order = orders::order(song, &Service::Sandbox, "minimax-music", takes);
    order.draft.lyrics = LYRICS.repeat(8);
    order.draft.settings.clear();
    order.draft.settings.insert("reference".to_owned(), address(number));
    order.draft.style = format!("slow fado number {number}");
    order
}

/// A studio with so many takes, and references that they were made with.
fn studio() -> (Studio, Store, SongId) {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Years");
    let long_ago = Timestamp::now() - SignedDuration::from_hours(24);
    for number in 0..TAKES / 50 {
        orders::place(&studio, order(song, number, 50), long_ago);
    }
    for number in 0..REFERENCES {
        store.add_reference(&format!("reference {number}"), &address(number), long_ago).unwrap();
    }
    (studio, store, song)
}

/// The quickest of several runs: what it takes where nothing else is in the way.
fn quickest(what: &str, mut run: impl FnMut()) -> Duration {
    let timed = |_| {
        let begin = Instant::now();
        run();
        begin.elapsed()
    };
    let quickest = (0..5).map(timed).min().unwrap();
    println!("{what}: {quickest:?}");
    quickest
}

#[test]
fn eight_takes_are_ordered_at_once_among_thousands() {
    let (studio, mut store, song) = studio();
    let desk = orders::desk(&studio);
    let mut number = TAKES;
    let needed = quickest("eight takes ordered", || {
        number += 1;
        let eight = Order { agreed: Agreed::default(), ..order(song, number, 8) };
        let reply = desk.carry_out(&mut store, Intent::Order(eight), Timestamp::now()).unwrap();
        assert!(matches!(reply, Reply::Ordered { takes } if takes.len() == 8));
    });
    assert!(needed < QUICK, "{needed:?}");
    let again = Order { agreed: Agreed::default(), ..order(song, number, 8) };
    let reply = desk.carry_out(&mut store, Intent::Order(again), Timestamp::now()).unwrap();
    assert!(matches!(reply, Reply::Asks(Question::SameAgain { .. })), "the same is noticed: {reply:?}");
}

#[test]
fn the_library_is_read_at_once_and_counts_the_takes_of_each_reference() {
    let (studio, mut store, _) = studio();
    let mut feed = Feed::open(studio.path()).unwrap();
    let all = feed.look().unwrap().references;
    assert_eq!(all.len(), REFERENCES);
    assert_eq!(all.iter().map(|reference| reference.takes as usize).sum::<usize>(), TAKES);
    let needed = quickest("thirty references changed and read", || {
        for reference in &all {
            store.note_reference(reference.id, "heard again").unwrap();
        }
        assert_eq!(feed.look().unwrap().references.len(), REFERENCES);
    });
    assert!(needed < QUICK, "{needed:?}");
}

#[test]
fn whoever_waits_for_one_take_reads_no_other() {
    let (studio, mut store, _) = studio();
    let take = TakeId(1);
    let needed = quickest("a feed from now on", || {
        let (mut feed, there) = Feed::from_now(studio.path(), &[take, TakeId(i64::MAX)]).unwrap();
        assert_eq!(there.iter().map(|take| take.id).collect::<Vec<_>>(), [take]);
        assert!(feed.look().unwrap().is_empty(), "what was there before is no change");
        store.advance(take, &Status::ALL, Change::default().heard(true), Durability::Ordinary).unwrap();
        let changed: Vec<_> = feed.look().unwrap().takes.iter().map(|take| take.id).collect();
        assert_eq!(changed, [take]);
    });
    assert!(needed < QUICK, "{needed:?}");
}
