//! A database of an older refrain: carried over with every row, and only while no worker has it in hand.

use std::fs::{self, File};
use std::path::Path;

use refrain::domain::generation::{Ordered, Status, TakeId, Why};
use refrain::domain::reference::{Purpose, UploadState};
use refrain::domain::service::Service;
use refrain::store::budget::LetGo;
use refrain::store::changes::Feed;
use refrain::store::generations::Change;
use refrain::store::schema::VERSION;
use refrain::store::uploads::{NewUpload, Source};
use refrain::store::{Durability, Store, StoreError};
use rusqlite::Connection;
use rusqlite::types::Value;

use crate::left::{LEFT, columns, left_by, old, open, rows, tables, version};
use crate::references::frozen;
use crate::support::studio::Studio;
use crate::together;

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
    let gone = studio.store().let_go(&[TakeId(2)], None, jiff::Timestamp::now()).unwrap();
    assert_eq!(gone, LetGo::Gone(vec![TakeId(2)]), "what was held can be let go");
}

#[test]
fn a_new_database_and_one_that_was_carried_over_have_the_same_tables() {
    let new = Studio::new();
    drop(new.store());
    for version in 1..=LEFT.len() {
        let old = left_by(version);
        drop(old.store());
        assert_eq!(tables(new.path()), tables(old.path()), "from version {version}");
    }
    assert!(tables(new.path()).iter().any(|table| table.starts_with("takes: ") && table.contains("once TEXT")));
}

#[test]
fn a_database_of_every_earlier_version_is_carried_over_with_every_row_and_every_value() {
    assert_eq!(LEFT.len() as i32, VERSION - 1, "each version before this one has left its files here");
    for left in 1..=LEFT.len() {
        let studio = left_by(left);
        let known = columns(studio.path());
        let before = rows(studio.path(), &known);
        assert!(before.iter().flatten().count() >= 10 * left, "version {left} has something to lose");
        let store = studio.store();
        assert_eq!(version(studio.path()), VERSION);
        let after = rows(studio.path(), &known);
        for (((table, _), before), after) in known.iter().zip(before).zip(after) {
            // A step may say more in a table than stood there, never less or otherwise.
            let lost: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
            assert_eq!(lost, Vec::<&Vec<Value>>::new(), "{table}, from version {left}");
        }
        let takes = store.takes(None).unwrap();
        assert_eq!(takes.len(), [3, 5, 8][left - 1], "and all of them can be read");
        store.references().unwrap();
    }
}

#[test]
fn a_step_that_fails_half_way_leaves_the_older_database_whole() {
    let carried = Studio::new();
    drop(carried.store());
    for left in 1..=LEFT.len() {
        let studio = left_by(left);
        // The last step wants to make this one; everything before it succeeds.
        open(studio.path()).execute_batch("CREATE TABLE strays (in_the_way INTEGER)").unwrap();
        let known = columns(studio.path());
        let all = || (version(studio.path()), tables(studio.path()), rows(studio.path(), &known));
        let before = all();
        let error = Store::open(studio.path()).unwrap_err().to_string();
        assert!(error.contains("table strays already exists"), "{error}");
        assert_eq!(all(), before, "from version {left}");
        open(studio.path()).execute_batch("DROP TABLE strays").unwrap();
        drop(studio.store());
        assert_eq!(tables(studio.path()), tables(carried.path()), "from version {left}");
    }
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
    let screen = open(studio.path());
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
    let studio = left_by(2);
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
    let studio = left_by(2);
    let screen = open(studio.path());
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

#[test]
fn a_database_of_version_3_is_carried_over_and_what_it_knew_of_uploads_and_lost_answers_stays() {
    let studio = left_by(3);
    let store = studio.store();
    let library = store.references().unwrap();
    let mara = library.iter().find(|it| it.name == "Mara, close").unwrap();
    assert_eq!((mara.voice_id.as_deref(), mara.former.as_slice()), (Some("vocal-2"), &["vocal-1".to_owned()][..]));
    assert_eq!(mara.takes, 2, "by whatever id it had when they were ordered");
    let uploads: Vec<_> =
        library.iter().filter_map(|it| it.upload.as_ref().map(|upload| (&*it.name, upload.state))).collect();
    assert_eq!(uploads, [("Band", UploadState::Waiting), ("Talk", UploadState::Failed)]);
    let sung = store.take(TakeId(6)).unwrap();
    assert_eq!(sung.made_with[0].called(), "Mara, dry", "what it was called when the take was ordered");
    let lost = store.take(TakeId(7)).unwrap();
    assert_eq!((lost.status, lost.remote_id.as_deref(), lost.due), (Status::Unknown, Some("inf-7"), None));
    assert_eq!((lost.looks, lost.looked, lost.ordered), (0, None, Ordered::Here), "nobody has looked for it yet");
    assert_eq!(store.take(TakeId(8)).unwrap().why, Some(Why::Open), "what is on its way still is");
}

/// What a screen of version 3 asks of a take.
const TAKES_OF_VERSION_3: &str = "SELECT id, song, take, service, model, status, why, message, request_tag, remote_id,
    service_request, draft, request, place, origin, folder, key_print, created, sent, made, finished, due, usual,
    late_after, usual_from, price, file,
    duration_ms, received, expected, credits, usd, heard, rating, pick, note, hidden FROM takes ORDER BY id";

#[test]
fn a_screen_of_version_3_that_is_still_open_goes_on_reading_and_writing_while_answers_are_looked_for() {
    let studio = left_by(3);
    let screen = open(studio.path());
    let statuses = || {
        let mut statement = screen.prepare(TAKES_OF_VERSION_3).unwrap();
        let row = |row: &rusqlite::Row<'_>| row.get::<_, String>("status");
        statement.query_map([], row).unwrap().collect::<Result<Vec<_>, _>>().unwrap()
    };
    assert_eq!(statuses().len(), 8);
    let mut store = studio.store();
    let now = jiff::Timestamp::now();
    let sought = Change::to(Status::Unknown).why(Some(Why::Looking)).due(Some(now)).looked(now).looks(3);
    assert!(store.advance(TakeId(7), &[Status::Unknown], sought, Durability::Paid).unwrap());
    assert_eq!(statuses()[6], "unknown", "it is in a status that the screen knows");

    let order = "INSERT INTO takes (song, take, service, model, status, request_tag, draft, request, folder, created,
                                    meant, place, due, usual, rev, late_after, usual_from, price, once)
                 VALUES (1, 9, 'sandbox', 'stable-audio', 'ordered', 'tag-9', '{}', '{}', '/m', 0, 0, 9, 0, 4, 99, 8,
                         'catalogue', 0.01, NULL)";
    screen.execute(order, ()).unwrap();
    let theirs = store.takes(None).unwrap().swap_remove(0);
    assert_eq!((theirs.number, theirs.looks, theirs.looked, theirs.ordered), (9, 0, None, Ordered::Here));
    let sent = "UPDATE takes SET status = 'held', why = 'person', due = NULL, rev = 100 WHERE id = ?1";
    screen.execute(sent, [theirs.id.0]).unwrap();
    assert!(store.withdraw(theirs.id).unwrap(), "what it put aside can be taken back here");
    let balance =
        "INSERT INTO topics (service, topic, said, at, asked, rev) VALUES ('sandbox', 'balance', '{}', 1, 1, 101)";
    screen.execute(balance, ()).unwrap();
    assert_eq!(statuses().len(), 8);
}
