//! A database of an older refrain: carried over with every row, and only while no worker has it in hand.

use std::fs::{self, File};
use std::path::Path;

use refrain::domain::generation::{Status, TakeId};
use refrain::domain::service::Service;
use refrain::store::changes::Feed;
use refrain::store::schema::VERSION;
use refrain::store::{Store, StoreError};
use rusqlite::Connection;

use crate::support::studio::Studio;
use crate::together;

/// The tables as version 1 made them, and rows in them.
const VERSION_1: [&str; 2] = [include_str!("version-1.sql"), include_str!("version-1-rows.sql")];

/// A data directory as version 1 left it.
pub fn old() -> Studio {
    let studio = Studio::new();
    let connection = Connection::open(studio.path().join("refrain.db")).unwrap();
    for text in VERSION_1 {
        connection.execute_batch(text).unwrap();
    }
    connection.pragma_update(None, "user_version", 1).unwrap();
    studio
}

fn version(folder: &Path) -> i32 {
    let connection = Connection::open(folder.join("refrain.db")).unwrap();
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

/// Every table and index, with the columns in their order.
fn tables(folder: &Path) -> Vec<String> {
    let connection = Connection::open(folder.join("refrain.db")).unwrap();
    let sql = "SELECT master.name || ': ' || coalesce(group_concat(info.name || ' ' || info.type), '')
               FROM sqlite_master AS master LEFT JOIN pragma_table_info(master.name) AS info
               GROUP BY master.name ORDER BY master.name";
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn an_older_database_is_carried_over_with_every_row() {
    let studio = old();
    let mut feed = Feed::open(studio.path()).unwrap();
    assert_eq!(version(studio.path()), VERSION);
    let all = feed.look().unwrap();
    assert_eq!(all.songs[0].title, "Night Ferry");
    assert_eq!(all.drafts[0].draft.lyrics, "[Verse]\nOne");
    assert_eq!(all.references[0].name, "Mara, dry");
    let statuses: Vec<_> = all.takes.iter().map(|take| (take.number, take.status)).collect();
    assert_eq!(statuses, [(1, Status::Saved), (2, Status::Held), (3, Status::Failed)]);
    assert_eq!((all.takes[0].rating, all.takes[0].cost.usd), (4, Some(0.03)));
    assert!(studio.store().release(TakeId(2), jiff::Timestamp::now()).unwrap(), "what was held can be let go");
}

#[test]
fn a_new_database_and_one_that_was_carried_over_have_the_same_tables() {
    let (new, old) = (Studio::new(), old());
    drop((new.store(), old.store()));
    assert_eq!(tables(new.path()), tables(old.path()));
    assert!(tables(new.path()).iter().any(|table| table.starts_with("takes: ") && table.contains("once TEXT")));
}

#[test]
fn twenty_who_open_an_older_database_at_once_all_get_in() {
    let studio = old();
    let folder = studio.path().to_owned();
    together(20, move |_| Store::open(&folder).unwrap().songs().unwrap());
    assert_eq!(version(studio.path()), VERSION);
}

#[test]
fn while_a_worker_is_at_work_an_older_database_is_left_alone_and_the_sentence_says_what_to_do() {
    let studio = old();
    let lock = studio.paths().worker_lock(&Service::vendor());
    fs::create_dir_all(lock.parent().unwrap()).unwrap();
    let seat = File::create(&lock).unwrap();
    seat.lock().unwrap();
    let error = Store::open(studio.path()).unwrap_err();
    assert!(matches!(error, StoreError::Older { found: 1, .. }), "{error:?}");
    let sentence = error.to_string();
    assert!(sentence.contains("version 0.1.0") && sentence.contains("`kill 4242`"), "{sentence}");
    assert_eq!(version(studio.path()), 1);
    drop(seat);
    assert_eq!(studio.store().songs().unwrap().len(), 1);
    assert_eq!(version(studio.path()), VERSION);
}

#[test]
fn a_screen_of_version_1_that_is_still_open_goes_on_writing() {
    let studio = old();
    let screen = Connection::open(studio.path().join("refrain.db")).unwrap();
    let order = "INSERT INTO takes (song, take, service, model, status, request_tag, draft, request, folder, created,
                                    meant, place, usual, rev)
                 VALUES (1, ?1, 'sandbox', 'stable-audio', 'ordered', ?2, '{}', '{}', '/m', 0, 0, 9, 4, 10)";
    screen.execute(order, (4, "tag-4")).unwrap();
    drop(studio.store());
    screen.execute(order, (5, "tag-5")).unwrap();
    let balance = "INSERT INTO facts VALUES ('sandbox', 'balance', 1.0, 0, 11)";
    screen.execute(balance, ()).unwrap();
    assert_eq!(studio.store().takes(None).unwrap().len(), 5);
}
