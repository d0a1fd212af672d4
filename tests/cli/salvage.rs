//! A song that came damaged, and the command that makes a file of what plays of it.

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, TakeId};
use refrain::engine::intent::Order;

use crate::support::answering::Answering;
use crate::support::orders;
use crate::support::sounds::{holding, mp3};
use crate::support::studio::Studio;
use crate::support::worker::work;

#[test]
fn what_plays_of_a_damaged_song_is_salvaged_without_a_network_and_its_take_is_saved() {
    let mut answer = holding(&mp3(4.0), 4.0);
    answer["extra_info"]["audio_size"] = 7.into();
    let service = Answering::saying(200, "", answer.to_string().as_bytes());
    let studio = Studio::new();
    let song = orders::song(&mut studio.store(), "Night Ferry");
    let settings = [("voice-id".to_owned(), "vocal-1".to_owned())].into();
    let order = Order {
        draft: Draft { settings, ..orders::draft() },
        ..orders::order(song, &service.service(), "music-01", 1)
    };
    let take = orders::place(&studio, order, Timestamp::now())[0];
    work(&studio, &service.service());
    assert_eq!(studio.take(take).status, Status::Failed);
    drop(service);

    let none = studio.run(["salvage", "77"]);
    assert_eq!(none.code, 2, "{none:?}");
    let ended = studio.run(["salvage", "1", "--json"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.err.contains("1, Night Ferry: take 1 salvaged: 0:04 of it plays; it is in `"), "{ended:?}");
    let saved = studio.take(TakeId(1));
    assert_eq!((saved.status, &ended.json()["status"]), (Status::Saved, &"saved".into()));
    assert_eq!(ended.json()["file"], saved.file.unwrap().to_str().unwrap());
    let again = studio.run(["salvage", "1"]);
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.err.contains("is not salvaged: what plays of its song is on disk already"), "{again:?}");
}
