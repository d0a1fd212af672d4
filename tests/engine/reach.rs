//! A song that was paid for stays within reach, whatever is said of it and whoever loses sight of it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use refrain::api::Limits;
use refrain::clock::Clock;
use refrain::domain::generation::{Cost, Status, TakeId, Why};
use refrain::domain::service::Service;
use refrain::engine::driver::Driver;
use refrain::engine::intent::Intent;
use refrain::engine::salvage::Salvaged;
use refrain::paths;
use refrain::store::Durability;
use refrain::store::generations::Change;
use refrain::store::ids::NewIds;
use serde_json::{Value, json};

use crate::held_open::{VOICE, answered, answered_by, kept, order, salvaged, sandbox};
use crate::site::site;
use crate::support::answering::Answering;
use crate::support::orders;
use crate::support::sounds::{holding, mp3};
use crate::support::studio::{Studio, files_below};
use crate::support::worker::work;

#[test]
fn the_services_own_trouble_marks_no_reference_and_a_song_takes_a_mark_back() {
    let body = json!({ "base_resp": { "status_code": 1000, "status_msg": "could not load voice vocal-1" } });
    let services = [Answering::saying(200, "", body.to_string().as_bytes()), {
        Answering::saying(200, "", holding(&mp3(1.0), 1.0).to_string().as_bytes())
    }];
    for (service, marked) in services.iter().zip([false, true]) {
        let studio = Studio::new();
        let ids = NewIds {
            name: "Mara".to_owned(),
            service: service.service(),
            voice_id: Some("vocal-1".to_owned()),
            instrumental_id: None,
            key_print: None,
        };
        let mara = studio.store().add_ids(&ids, Timestamp::now()).unwrap().reference();
        // A mark would stop the order itself: it comes while the take is on its way.
        let take = order(&studio, &service.service(), &[VOICE]);
        if marked {
            assert!(studio.store().refuse_reference(&service.service(), "vocal-1", "no such voice").unwrap());
        }
        work(&studio, &service.service());
        let status = if marked { Status::Saved } else { Status::Failed };
        assert_eq!(studio.take(take).status, status, "{:?}", studio.take(take).message);
        assert_eq!(studio.store().reference(mara).unwrap().refused, None);
    }
}

#[test]
fn a_no_that_comes_with_its_song_keeps_the_song() {
    let mut body = holding(&mp3(4.0), 4.0);
    body["base_resp"] = json!({ "status_code": 1002, "status_msg": "rate limit" });
    let service = Answering::saying(200, "x-inference-id: inf-1\r\n", body.to_string().as_bytes());
    let (studio, take) = answered_by(&service);
    assert_eq!((take.status, take.why), (Status::Unknown, Some(Why::Spoiled)), "{:?}", take.message);
    assert_eq!(service.orders().len(), 1, "nothing is ordered again");
    assert!(matches!(salvaged(&studio, &take), Salvaged::Saved(said) if said.contains("0:04")));
}

#[test]
fn hostile_numbers_beside_a_song_overflow_nothing() {
    let mut body = holding(&mp3(4.0), 4.0);
    for absurd in [json!(u64::MAX), json!(1e308), json!(-1e308), json!("NaN")] {
        (body["extra_info"]["audio_size"], body["extra_info"]["audio_length"]) = (absurd.clone(), absurd.clone());
        let (_, take) = answered(body.to_string().as_bytes());
        assert_eq!(take.status, Status::Saved, "what cannot be meant is not held against a song: {absurd}");
    }
    let large = json!(1_000_000_000_000_000_u64);
    (body["extra_info"]["audio_size"], body["extra_info"]["audio_length"]) = (large.clone(), large);
    let (studio, take) = answered(body.to_string().as_bytes());
    assert_eq!((take.status, take.why), (Status::Failed, Some(Why::Spoiled)), "{:?}", take.message);
    assert!(matches!(salvaged(&studio, &take), Salvaged::Saved(_)));
    body["extra_info"]["audio_length"] = Value::Null;
    let (studio, take) = answered(body.to_string().as_bytes());
    assert!(matches!(salvaged(&studio, &take), Salvaged::Saved(_)), "in proportion to what came");
}

/// Makes of a take what a killed worker leaves of it: sent, with an answer that nobody understood yet.
fn left_behind(studio: &Studio, take: TakeId, body: &str, change: Change) -> PathBuf {
    let left = paths::answers(studio.path()).join(format!("{}.json", studio.take(take).request_tag));
    fs::create_dir_all(left.parent().unwrap()).unwrap();
    fs::write(&left, body).unwrap();
    let there = change.sent(Some(Timestamp::now()));
    assert!(studio.store().advance(take, &Status::ALL, there, Durability::Ordinary).unwrap());
    left
}

#[test]
fn a_no_that_a_killed_worker_left_is_judged_by_what_its_row_says_it_cost() {
    let no = r#"{"data":null,"base_resp":{"status_code":1000,"status_msg":"no"}}"#;
    let service = sandbox("");
    let charged = Cost { credits: Some(63_000.0), ..Cost::default() };
    for (cost, status, stays) in [(Cost::default(), Status::Failed, false), (charged, Status::Unknown, true)] {
        let studio = Studio::new();
        let take = order(&studio, &service.service(), &[VOICE]);
        let left = left_behind(&studio, take, no, Change::to(Status::Sending).due(None).cost(cost));
        work(&studio, &service.service());
        assert_eq!((studio.take(take).status, left.exists()), (status, stays), "{:?}", studio.take(take).message);
    }
}

#[test]
fn an_empty_answer_of_a_lost_take_may_have_a_writer_that_nobody_sees() {
    let service = sandbox("");
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE]);
    let left = left_behind(&studio, take, "", Change::to(Status::Sending).due(None));
    work(&studio, &service.service());
    assert_eq!((studio.take(take).status, left.exists()), (Status::Unknown, true));
    let file = File::options().write(true).open(&left).unwrap();
    file.set_modified(SystemTime::now() - Limits::default().longest_answer() - Duration::from_secs(60)).unwrap();
    work(&studio, &service.service());
    assert!(!left.exists(), "no request lasts that long");
}

#[test]
fn a_song_on_this_disk_waits_for_its_folder_for_as_long_as_that_takes() {
    let service = sandbox("");
    let long_ago = Timestamp::now() - SignedDuration::from_hours(9);
    for status in [Status::Ready, Status::Unwatched] {
        let studio = Studio::new();
        let take = order(&studio, &service.service(), &[VOICE]);
        let made = Change::to(status).made(long_ago).meant(long_ago).failures(9).due(Some(Timestamp::now()));
        left_behind(&studio, take, &holding(&mp3(3.0), 3.0).to_string(), made);
        let old = Change::default().sent(Some(long_ago));
        studio.store().advance(take, &Status::ALL, old, Durability::Ordinary).unwrap();
        if status == Status::Unwatched {
            let intent = Intent::AskNow { take };
            orders::desk(&studio).carry_out(&mut studio.store(), intent, Timestamp::now()).unwrap();
            assert_eq!(studio.take(take).status, Status::Ready, "it cannot be asked for");
        }
        work(&studio, &service.service());
        assert_eq!((studio.take(take).status, kept(&studio)), (Status::Saved, Vec::new()), "was {status:?}");
    }
    assert!(service.visits("generate", "POST").is_empty());
}

#[test]
fn what_plays_of_a_song_that_is_not_watched_any_more_can_be_salvaged() {
    let studio = Studio::new();
    let take = order(&studio, &Service::Sandbox, &[VOICE]);
    let stopped = Change::to(Status::Unwatched).made(Timestamp::now()).due(None);
    left_behind(&studio, take, &holding(&mp3(3.0), 3.0).to_string(), stopped);
    let take = studio.take(take);
    assert!(matches!(salvaged(&studio, &take), Salvaged::Saved(said) if said.contains("0:03")));
}

/// A clock that stops its step once, when an answer has come: as a mistake in what understands it would.
struct Stumbling {
    answers: PathBuf,
    stumbled: AtomicBool,
}

impl Clock for Stumbling {
    fn now(&self) -> Timestamp {
        let has_come = files_below(&self.answers).iter().any(|file| file.metadata().is_ok_and(|meta| meta.len() > 0));
        assert!(!has_come || self.stumbled.swap(true, Ordering::Relaxed), "a step stumbles, as this test wants");
        Timestamp::now()
    }
}

#[test]
fn a_step_that_stumbles_over_a_whole_answer_loses_no_song() {
    let (studio, service) = (Studio::new(), sandbox(""));
    let take = order(&studio, &service.service(), &[VOICE]);
    let clock = Arc::new(Stumbling { answers: paths::answers(studio.path()), stumbled: AtomicBool::new(false) });
    let ticking = Arc::clone(&clock);
    let site = site(&studio, &service, Limits::default(), ticking);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let mut driver = Driver::new(site).unwrap();
        for status in [Status::Ready, Status::Saved] {
            driver.start_due();
            while !driver.is_resting() {
                driver.step_ended().await;
            }
            assert_eq!(studio.take(take).status, status, "{:?}", studio.take(take).message);
        }
    });
    assert!(clock.stumbled.load(Ordering::Relaxed));
    assert_eq!(service.visits("generate", "POST").len(), 1);
}
