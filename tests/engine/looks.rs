//! What the screen's desk makes of a store that it cannot read.

use refrain::config::Config;
use refrain::domain::service::Service;
use refrain::engine::feed::Feed;
use refrain::tui::desk::{DeskThread, Furniture, Work};
use refrain::tui::message::Message;
use refrain::worker::knell::Knell;
use refrain::worker::start::Posts;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::support::orders;
use crate::support::patience::wait_for;
use crate::support::studio::Studio;

/// The desk of a screen that starts no worker.
fn furniture(studio: &Studio) -> Furniture {
    let (paid, paths) = (Service::from("http://127.0.0.1:1"), studio.paths());
    let sandbox_only = Some("no worker is wanted".to_owned());
    let config = Config::default();
    Furniture {
        store: studio.store(),
        feed: Feed::open(studio.path()).unwrap(),
        desk: orders::desk(studio),
        posts: Posts {
            paths,
            config,
            overrides: Vec::new(),
            paid: paid.clone(),
            key: None,
            sandbox_only,
            knell: Knell::default(),
        },
        service: paid,
        terminal: "pts/3".to_owned(),
    }
}

fn next(told: &mut UnboundedReceiver<Message>) -> Message {
    wait_for("a word from the desk", || told.try_recv().ok())
}

#[test]
fn a_first_look_that_fails_is_told_once_and_looked_again_until_it_succeeds() {
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Night Ferry");
    let other = rusqlite::Connection::open(studio.path().join("refrain.db")).unwrap();
    let furniture = furniture(&studio);
    other.execute_batch("ALTER TABLE drafts RENAME TO elsewhere").unwrap();
    let (tell, mut told) = unbounded_channel();
    let desk = DeskThread::open(furniture, tell).unwrap();
    let Message::Unread(why) = next(&mut told) else { panic!("it says why") };
    assert!(why.contains("drafts"), "{why}");
    for _ in 0..3 {
        desk.give(Work::Look);
    }
    drop(desk.rest());
    // Nothing rings for this.
    other.execute_batch("ALTER TABLE elsewhere RENAME TO drafts").unwrap();
    let Message::Feed(changes) = next(&mut told) else { panic!("it was told before") };
    assert_eq!(changes.songs.iter().map(|song| song.id).collect::<Vec<_>>(), [song]);
    desk.close();
}
