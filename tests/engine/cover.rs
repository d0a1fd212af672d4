//! Orders with a recording: what the service gets, and what is said and never paid where it cannot be had.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, Take, TakeId, Why};
use refrain::domain::recording::Frozen;
use refrain::domain::reference::Reference;
use refrain::domain::service::Service;
use refrain::engine::intent::{Intent, Order, Reply};
use serde_json::Value;

use crate::support::orders;
use crate::support::recording::keep;
use crate::support::recordings::melody;
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::work;

const COVER: &str = "minimax/music-cover";
const LEGACY: &str = "minimax-music";
const URL: &str = "https://a.example/harbour.mp3";
const QUICK: &str = "[songs]\nat_most = 1\n";

/// A reference that goes along with orders: a melody of so many seconds.
fn reference(studio: &Studio, seconds: u32) -> Reference {
    let bytes = melody(seconds);
    let name = keep(&studio.paths().recordings(), &bytes, "wav");
    let frozen = Frozen {
        content: name.split('.').next().unwrap().to_owned(),
        name,
        bytes: bytes.len() as u64,
        duration_ms: u64::from(seconds) * 1000,
        converted: None,
    };
    kept(studio, frozen)
}

fn kept(studio: &Studio, frozen: Frozen) -> Reference {
    let file = PathBuf::from("/home/mara/demo.wav");
    let intent = Intent::KeepRecording { name: "Mara demo".to_owned(), file, part: None, frozen };
    match carry_out(studio, intent) {
        Reply::Reference { reference } => studio.store().reference(reference).unwrap(),
        reply => panic!("{reply:?}"),
    }
}

fn carry_out(studio: &Studio, intent: Intent) -> Reply {
    orders::desk(studio).carry_out(&mut studio.store(), intent, Timestamp::now()).unwrap()
}

/// The order of one take with that reference and these words.
fn order(studio: &Studio, service: &Service, model: &str, value: &str, lyrics: &str) -> Order {
    let song = orders::song(&mut studio.store(), "Night Ferry");
    let order = orders::order(song, service, model, 1);
    let settings = [("reference".to_owned(), value.to_owned())].into();
    Order { draft: Draft { settings, lyrics: lyrics.to_owned(), ..order.draft.clone() }, ..order }
}

fn placed(studio: &Studio, service: &Service, model: &str, value: &str) -> TakeId {
    orders::place(studio, order(studio, service, model, value, orders::LYRICS), Timestamp::now())[0]
}

/// Orders, works until nothing is live, and brings the row.
fn worked(studio: &Studio, service: &Pretend, model: &str, value: &str) -> Take {
    let take = placed(studio, &service.service(), model, value);
    work(studio, &service.service());
    studio.take(take)
}

fn value_of(reference: &Reference) -> String {
    reference.values().next().unwrap()
}

fn sidecar(take: &Take) -> Value {
    let file = take.file.as_deref().unwrap();
    serde_json::from_str(&fs::read_to_string(file.with_extension("json")).unwrap()).unwrap()
}

#[test]
fn a_cover_of_a_file_is_made_and_paid_for_once() {
    let (service, studio) = (Pretend::quick(QUICK), Studio::new());
    let reference = reference(&studio, 7);
    let take = placed(&studio, &service.service(), COVER, &value_of(&reference));
    let renamed = Intent::RenameReference { reference: reference.id, name: "Something else".to_owned() };
    assert_eq!(carry_out(&studio, renamed), Reply::Done);
    work(&studio, &service.service());
    let take = studio.take(take);
    assert_eq!(take.status, Status::Saved, "{:?}", take.message);
    assert_eq!((service.ledger().len(), service.tags().len()), (1, 1));
    assert_eq!(studio.store().reference(reference.id).unwrap().takes, 1);

    // The row and the sidecar hold the name of then and the hash, not the recording itself.
    let name = reference.recording.unwrap();
    assert_eq!(take.request["reference_audio_url"]["$recording"], name.as_str());
    let record = sidecar(&take);
    assert_eq!(record["request"], take.request);
    let used = &record["references"][0];
    assert_eq!((&used["name"], &used["content"]), (&"Mara demo".into(), &reference.content.unwrap().into()));
    assert_eq!(used["value"], format!("recording:{name}"));
    assert_eq!((&used["field"], &used["file"]), (&"reference".into(), &"/home/mara/demo.wav".into()));
    assert!(record.to_string().len() < 10_000, "{record}");
}

#[test]
fn an_address_goes_to_the_models_that_take_one() {
    let (service, studio) = (Pretend::quick(QUICK), Studio::new());
    for model in [COVER, LEGACY] {
        let take = worked(&studio, &service, model, URL);
        assert_eq!(take.status, Status::Saved, "{model}: {:?}", take.message);
        assert_eq!(take.request["reference_audio_url"], URL, "{model}");
    }
    assert_eq!(service.ledger().len(), 2);
}

/// Spoils the file of a recording.
type Spoil = fn(&Path);

#[test]
fn an_order_whose_recording_is_gone_or_changed_is_held_unpaid_until_it_is_there_again() {
    let spoilt: [(&str, Spoil); 2] = [
        ("is gone from refrain's data", |file| fs::remove_file(file).unwrap()),
        ("is not what it was when it was ordered", |file| fs::write(file, melody(8)).unwrap()),
    ];
    each(spoilt, |(flaw, spoil)| {
        let (service, studio) = (Pretend::quick(QUICK), Studio::new());
        let reference = reference(&studio, 7);
        let take = placed(&studio, &service.service(), COVER, &value_of(&reference));
        spoil(&studio.paths().recordings().join(reference.recording.unwrap()));
        work(&studio, &service.service());
        let held = studio.take(take);
        assert_eq!((held.status, held.why), (Status::Held, Some(Why::Recording)));
        let sentence =
            format!("the recording of `Mara demo` {flaw}; nothing was sent: add `/home/mara/demo.wav` again");
        assert_eq!(held.message.as_deref(), Some(&*sentence));
        assert!(service.tags().is_empty(), "nothing left");

        keep(&studio.paths().recordings(), &melody(7), "wav");
        assert_eq!(carry_out(&studio, Intent::Release { take }), Reply::Done);
        work(&studio, &service.service());
        assert_eq!(studio.take(take).status, Status::Saved);
        assert_eq!(service.ledger().len(), 1);
    });
}

#[test]
fn a_recording_that_is_larger_than_the_model_takes_is_not_ordered() {
    let (service, studio) = (Pretend::quick(QUICK), Studio::new());
    let frozen = Frozen {
        name: "ab12.wav".to_owned(),
        content: "ab12".to_owned(),
        bytes: 50_100_000,
        duration_ms: 60_000,
        converted: None,
    };
    let reference = kept(&studio, frozen);
    let order = order(&studio, &service.service(), COVER, &value_of(&reference), orders::LYRICS);
    match carry_out(&studio, Intent::Order(order)) {
        Reply::Problems { problems, .. } => {
            let sentences: Vec<String> = problems.iter().map(refrain::domain::draft::Problem::sentence).collect();
            assert_eq!(sentences, ["reference is `Mara demo`, 50.1 MB, music-cover takes at most 50.0 MB"]);
        }
        reply => panic!("{reply:?}"),
    }
    assert!(studio.store().takes(None).unwrap().is_empty());
}

#[test]
fn a_cover_that_broke_says_what_its_recording_was_warned_of() {
    let (service, studio) = (Pretend::quick(QUICK), Studio::new());
    let short = reference(&studio, 3);
    let take = worked(&studio, &service, COVER, &value_of(&short));
    assert_eq!((take.status, take.why), (Status::Failed, Some(Why::Broke)));
    let message = take.message.unwrap();
    let reason = "; perhaps because reference is `Mara demo`, 0:03 long, music-cover is said to take at least 0:06";
    assert!(message.ends_with(reason), "{message}");
}

#[test]
fn lyrics_that_were_too_long_for_a_legacy_model_are_named_in_its_failure() {
    let (service, studio) = (Pretend::quick(QUICK), Studio::new());
    let lyrics = "la la la la la la la la la la\n".repeat(21);
    let order = order(&studio, &service.service(), LEGACY, URL, &lyrics);
    let take = orders::place(&studio, order, Timestamp::now())[0];
    work(&studio, &service.service());
    let take = studio.take(take);
    assert_eq!(take.status, Status::Failed);
    let message = take.message.unwrap();
    let reason =
        "Downstream service error; perhaps because lyrics have 633 characters, minimax-music is said to take 600";
    assert_eq!(message, reason);
}

#[test]
fn a_failure_without_a_likely_reason_is_told_as_the_service_told_it() {
    let scenario = "[[rule]]\nendpoint = \"submit\"\nstatus = 500\nanswer = \"vendor\"\nmessage = \"No luck today.\"\n";
    let (service, studio) = (Pretend::quick(scenario), Studio::new());
    let take = worked(&studio, &service, LEGACY, URL);
    assert_eq!((take.status, take.message.as_deref()), (Status::Failed, Some("No luck today.")));
}
