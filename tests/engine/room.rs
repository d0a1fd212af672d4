//! Room on the disk, as far as a disk that is not full can show it. `tests/faults/room.rs` has one that is.

use jiff::Timestamp;
use refrain::domain::generation::{Status, Why};
use refrain::store::Durability;
use refrain::store::generations::Change;

use crate::support::orders;
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::work;

#[test]
fn a_song_that_waited_for_room_is_fetched_at_once_by_a_worker_that_begins() {
    let (studio, service) = (Studio::new(), Pretend::quick("[[rule]]\nendpoint = \"submit\"\nat_once = true\n"));
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let url = service.visits("file", "GET")[0]["path"].as_str().unwrap().to_owned();
    for why in [Why::DiskFull, Why::Folder] {
        let there = studio.take(take);
        for gone in [there.file.clone().unwrap(), there.file.unwrap().with_extension("json")] {
            std::fs::remove_file(gone).unwrap();
        }
        let hour = Timestamp::now() + jiff::SignedDuration::from_hours(1);
        let files = service.world()["files"]["url"].as_str().map(str::to_owned);
        let waits = Change::to(Status::Ready).why(Some(why)).due(Some(hour)).file(None);
        let waits = waits.audio_url(files.map(|files| format!("{files}{url}")));
        // However long that was, and whatever had failed before.
        let yesterday = Timestamp::now() - jiff::SignedDuration::from_hours(24);
        let waits = waits.failures(9).sent(Some(yesterday)).meant(yesterday);
        assert!(studio.store().advance(take, &[Status::Saved], waits, Durability::Ordinary).unwrap());
        work(&studio, &service.service());
        assert_eq!(studio.take(take).status, Status::Saved, "{why:?}");
    }
}

#[test]
fn a_length_that_the_service_made_up_keeps_nobody_from_the_song() {
    let (studio, service) = (Studio::new(), Pretend::quick("[[rule]]\nendpoint = \"submit\"\nat_once = true\n"));
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let there = studio.take(take);
    for gone in [there.file.clone().unwrap(), there.file.unwrap().with_extension("json")] {
        std::fs::remove_file(gone).unwrap();
    }
    let (files, song) = (service.world()["files"]["url"].clone(), service.visits("file", "GET")[0]["path"].clone());
    let url = format!("{}{}", files.as_str().unwrap(), song.as_str().unwrap());
    let again = Change::to(Status::Ready).due(Some(Timestamp::now())).file(None).audio_url(Some(url));
    let again = again.expected(Some(1_000_000_000_000));
    assert!(studio.store().advance(take, &[Status::Saved], again, Durability::Ordinary).unwrap());
    work(&studio, &service.service());
    assert_eq!(studio.take(take).status, Status::Saved, "{:?}", studio.take(take).message);
}
