//! Downloads that break off: what came is not fetched again, where the host of the file allows that.

use std::fs;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use refrain::audio::format::Format;
use refrain::audio::measure::measure;
use refrain::domain::generation::{Status, Why};
use refrain::engine::intent::Intent;
use refrain::store::Durability;
use refrain::store::generations::Change;
use serde_json::json;

use crate::support::orders;
use crate::support::process;
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::{Studio, files_below};
use crate::support::worker::{self, Working, work};

const AT_ONCE: &str = "[[rule]]\nendpoint = \"submit\"\nat_once = true\n";

/// What was answered to those who asked for the file.
fn answers(service: &Pretend) -> Vec<serde_json::Value> {
    service.visits("file", "GET").into_iter().map(|visit| visit["status"].clone()).collect()
}

/// What lies in the folder of the songs besides the song and its sidecar.
fn leftovers(studio: &Studio) -> Vec<PathBuf> {
    let mut files = files_below(&studio.paths().music);
    files.retain(|file| file.file_name().unwrap().to_string_lossy().starts_with('.'));
    files
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_was_if_the_host_allows_that() {
    let (goes_on, begins_anew) = ([200, 206], [200, 200]);
    each([("true", goes_on), ("false", begins_anew)], |(ranges, statuses)| {
        let rules = format!(
            "[files]\nranges = {ranges}\n{AT_ONCE}[[rule]]\nendpoint = \"file\"\nnth = 1\nanswer = \"truncated\"\n"
        );
        let (studio, service) = (Studio::new(), Pretend::quick(&rules));
        let take = orders::one(&studio, &service.service());
        work(&studio, &service.service());
        let take = studio.take(take);
        assert_eq!(take.status, Status::Saved, "{:?}", take.message);
        assert_eq!(answers(&service), statuses.map(|status| json!(status)), "ranges: {ranges}");
        // Tags are written, so the sound is held against the sound.
        let file = take.file.unwrap();
        assert_eq!(Some(measure(&file, Format::Mp3).unwrap().duration_ms), take.duration_ms);
        assert_eq!(take.duration_ms, whole_length(), "ranges: {ranges}");
        assert_eq!(leftovers(&studio), [] as [PathBuf; 0]);
    });
}

/// How long the same song is where nothing breaks.
fn whole_length() -> Option<u64> {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    studio.take(take).duration_ms
}

#[test]
fn a_worker_that_is_killed_in_the_middle_of_a_download_leaves_what_came_to_the_next() {
    let slow = format!("{AT_ONCE}[[rule]]\nendpoint = \"file\"\nnth = 1\nbytes_per_second = 4000\n");
    let (studio, service) = (Studio::new(), Pretend::quick(&slow));
    let take = orders::one(&studio, &service.service());
    let mut killed = worker::process(&studio, &service.service());
    studio.when(take, "some of it has come", |take| take.received > 1_000);
    process::send(killed.id(), rustix::process::Signal::KILL);
    killed.wait().unwrap();
    assert_eq!(leftovers(&studio).len(), 2, "the part and its mark: {:?}", leftovers(&studio));
    work(&studio, &service.service());
    let take = studio.take(take);
    assert_eq!(take.status, Status::Saved, "{:?}", take.message);
    assert_eq!(answers(&service)[1..], [json!(206)]);
    assert_eq!(take.duration_ms, whole_length());
    assert_eq!(leftovers(&studio), [] as [PathBuf; 0]);
}

#[test]
fn a_fresh_address_of_the_same_song_goes_on_with_what_came_from_the_old_one() {
    let rules =
        format!("[files]\nfetches = 1\n{AT_ONCE}[[rule]]\nendpoint = \"file\"\nnth = 1\nanswer = \"truncated\"\n");
    let (studio, service) = (Studio::new(), Pretend::quick(&rules));
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    assert_eq!(studio.take(take).status, Status::Saved, "{:?}", studio.take(take).message);
    assert_eq!(answers(&service), [200, 403, 206].map(|status| json!(status)));
}

#[test]
fn what_is_spoilt_of_a_part_does_not_spoil_the_song() {
    let rules = format!("{AT_ONCE}[[rule]]\nendpoint = \"file\"\nnth = 1\nanswer = \"truncated\"\n");
    let (studio, service) = (Studio::new(), Pretend::quick(&rules));
    let take = orders::one(&studio, &service.service());
    let working = Working::start(&studio, &service.service());
    studio.when(take, "the first half has come", |take| take.why == Some(Why::Retrying));
    for left in leftovers(&studio) {
        fs::write(left, "nothing that anybody could go on with").unwrap();
    }
    working.done();
    let take = studio.take(take);
    assert_eq!((take.status, take.duration_ms), (Status::Saved, whole_length()), "{:?}", take.message);
    assert_eq!(answers(&service), [200, 200].map(|status| json!(status)));
}

#[test]
fn a_line_that_broke_often_does_not_make_the_first_noise_that_came_the_song() {
    let cut = "[[rule]]\nendpoint = \"file\"\nfirst = 2\nanswer = \"truncated\"\n";
    let noise = "[[rule]]\nendpoint = \"file\"\nnth = 3\nanswer = \"garbage\"\n";
    let (studio, service) = (Studio::new(), Pretend::quick(&format!("{AT_ONCE}{cut}{noise}")));
    let take = orders::one(&studio, &service.service());
    work(&studio, &service.service());
    let take = studio.take(take);
    assert_eq!((take.status, take.duration_ms), (Status::Saved, whole_length()), "{:?}", take.message);
    assert_eq!(answers(&service), [200, 206, 200, 200].map(|status| json!(status)));
}

#[test]
fn a_part_of_a_song_that_the_service_lost_goes_with_it() {
    let (studio, service) = (Studio::new(), Pretend::quick("[[rule]]\nendpoint = \"submit\"\nending = \"error\"\n"));
    let take = orders::one(&studio, &service.service());
    let working = Working::start(&studio, &service.service());
    let running = studio.when(take, "it is under way", |take| take.remote_id.is_some());
    fs::write(running.folder.join(format!(".{}.part", running.request_tag)), "half a song").unwrap();
    let came = Change::default().received(11);
    studio.store().advance(take, &[Status::Queued, Status::Working], came, Durability::Ordinary).unwrap();
    working.done();
    assert_eq!(studio.take(take).status, Status::Failed, "{:?}", studio.take(take).message);
    assert_eq!(leftovers(&studio), [] as [PathBuf; 0]);
}

#[test]
fn a_service_that_names_one_dead_address_after_the_other_is_asked_less_and_less() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let take = orders::one(&studio, &service.service());
    service.follow(&format!("[files]\nlives_ms = 0\n{AT_ONCE}"));
    let mut working = worker::process(&studio, &service.service());
    // Each time as a person asks who has no patience.
    let asked = || service.visits("poll", "GET").len();
    let desk = orders::desk(&studio);
    let waiting = studio.when(take, "it waits with its address", |take| {
        let ask = Intent::AskNow { take: take.id };
        let is_put_off =
            take.due.is_some_and(|due| due.duration_since(Timestamp::now()) > SignedDuration::from_secs(1));
        if is_put_off && asked() < 5 {
            desk.carry_out(&mut studio.store(), ask, Timestamp::now()).unwrap();
        }
        (take.status, take.why) == (Status::Ready, Some(Why::Retrying))
    });
    assert_eq!(asked(), 5);
    let wait = waiting.due.unwrap().duration_since(Timestamp::now()).as_secs();
    assert!((6..=10).contains(&wait), "{wait}");
    process::send(working.id(), rustix::process::Signal::TERM);
    working.wait().unwrap();
}
