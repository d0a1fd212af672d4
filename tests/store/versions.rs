//! A database of an older refrain: carried over with every row, and only while no worker has it in hand.

use std::fs::{self, File};
use std::path::Path;

use refrain::domain::generation::{Status, TakeId};
use refrain::domain::reference::Purpose;
use refrain::domain::service::Service;
use refrain::store::changes::Feed;
use refrain::store::schema::VERSION;
use refrain::store::uploads::{NewUpload, Source};
use refrain::store::{Store, StoreError};
use rusqlite::Connection;

use crate::references::frozen;
use crate::support::studio::Studio;
use crate::together;

/// The tables as version 1 made them, and rows in them.
const VERSION_1: [&str; 2] = [include_str!("version-1.sql"), include_str!("version-1-rows.sql")];

/// What version 2 added to that, and rows that it could hold.
const VERSION_2: [&str; 2] = [include_str!("version-2.sql"), include_str!("version-2-rows.sql")];

/// A data directory as version 1 left it.
pub fn old() -> Studio {
    left_by(1, VERSION_1)
}

/// A data directory as version 2 left it.
fn newer() -> Studio {
    left_by(2, VERSION_1.into_iter().chain(VERSION_2))
}

fn left_by(version: i32, texts: impl IntoIterator<Item = &'static str>) -> Studio {
    let studio = Studio::new();
    let connection = Connection::open(studio.path().join("refrain.db")).unwrap();
    for text in texts {
        connection.execute_batch(text).unwrap();
    }
    connection.pragma_update(None, "user_version", version).unwrap();
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
    let new = Studio::new();
    drop(new.store());
    for old in [old(), newer()] {
        drop(old.store());
        assert_eq!(tables(new.path()), tables(old.path()));
    }
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

#[test]
fn a_database_of_version_2_is_carried_over_and_references_keep_their_takes() {
    let studio = newer();
    let mut store = studio.store();
    assert_eq!(version(studio.path()), VERSION);
    let library = store.references().unwrap();
    let told: Vec<_> = library.iter().map(|it| (it.name.as_str(), it.purpose, it.takes, it.note.as_str())).collect();
    assert_eq!(told, [("Mara, dry", Purpose::Url, 2, ""), ("Harbour", Purpose::Url, 0, "noisy")]);
    assert!(library.iter().all(|it| it.service.is_none() && it.upload.is_none() && it.former.is_empty()));
    assert!(library[0].is_meant_by("https://a.example/1.mp3"));
    let takes = store.takes(None).unwrap();
    assert_eq!(takes.len(), 5);
    let named = takes.iter().find(|take| take.number == 4).unwrap();
    assert_eq!((named.price, named.usual.late_after), (Some(0.03), 90));
    assert!(takes.iter().all(|take| take.made_with.is_empty()), "what they were called was not written down then");
    assert!(store.withdraw(TakeId(5)).unwrap(), "what was held can be taken back");
    assert_eq!(store.references().unwrap()[0].takes, 1);
}

/// What a screen of version 2 asks the library: these columns, these purposes.
fn library_of_version_2(screen: &Connection) -> Vec<(i64, String, String, Option<String>, i64)> {
    let sql = "SELECT id, name, purpose, url, note, created,
                      (SELECT count(*) FROM takes WHERE takes.reference = library.url) FROM library ORDER BY id";
    let mut statement = screen.prepare(sql).unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(6)?));
    statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn a_screen_of_version_2_that_is_still_open_goes_on_reading_and_writing_while_uploads_are_made() {
    let studio = newer();
    let screen = Connection::open(studio.path().join("refrain.db")).unwrap();
    assert_eq!(library_of_version_2(&screen).len(), 2);
    let mut store = studio.store();
    let now = jiff::Timestamp::now();
    let file = Path::new("/home/mara/a.wav");
    for purpose in [Purpose::Voice, Purpose::Instrumental, Purpose::Song] {
        let upload = NewUpload {
            name: "new".to_owned(),
            purpose,
            service: Service::Sandbox,
            source: Source::File { file: file.to_owned(), frozen: frozen("aa") },
            part: None,
            force: false,
            key_print: None,
            anew: false,
        };
        store.add_upload(&upload, now).unwrap();
    }
    store.keep_recording("kept", file, None, &frozen("bb"), now).unwrap();
    let seen = library_of_version_2(&screen);
    assert_eq!(seen.len(), 6);
    let known = ["url", "voice", "instrumental", "song"];
    assert!(seen.iter().all(|(_, _, purpose, ..)| known.contains(&purpose.as_str())), "{seen:?}");

    let add = "INSERT INTO library (name, purpose, url, created, rev) VALUES ('theirs', 'url', ?1, 0, 99)";
    screen.execute(add, ["https://a.example/3.mp3"]).unwrap();
    let order = "INSERT INTO takes (song, take, service, model, status, request_tag, draft, request, folder, created,
                                    meant, place, usual, rev, reference)
                 VALUES (1, 6, 'sandbox', 'minimax-music', 'held', 'tag-6', '{}', '{}', '/m', 0, 0, 9, 4, 99, ?1)";
    screen.execute(order, ["https://a.example/3.mp3"]).unwrap();
    let theirs = store.references().unwrap().pop().unwrap();
    assert_eq!((theirs.name.as_str(), theirs.takes), ("theirs", 1), "what it adds is meant and counted");
    screen.execute("DELETE FROM takes WHERE status = 'held'", ()).unwrap();
    assert_eq!(store.reference(theirs.id).unwrap().takes, 0);
    screen.execute("DELETE FROM library WHERE id = ?1", [theirs.id.0]).unwrap();
    assert_eq!(store.references().unwrap().len(), 6);
    let left: i64 = screen
        .query_row("SELECT count(*) FROM meanings WHERE reference = ?1", [theirs.id.0], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0, "what it forgets is meant by nothing");
}
