//! Uploads from the row to the ids, and what becomes of them where something is in their way.

use std::fs;

use jiff::Timestamp;
use refrain::api::ApiKey;
use refrain::config::Config;
use refrain::domain::generation::Status;
use refrain::domain::reference::{Purpose, Reference, ReferenceId, UploadState};
use refrain::engine::intent::{Intent, Reply};
use refrain::worker;
use rustix::process::Signal;

use crate::support::line::PoorLine;
use crate::support::orders;
use crate::support::patience::until;
use crate::support::process;
use crate::support::recordings::{bulky, file, freeze, frozen_files, melody, one, order, place, state, when};
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::{self as workers, Working, work};

fn rule(text: &str) -> String {
    format!("[[rule]]\nendpoint = \"upload\"\n{}\n", text.replace(", ", "\n"))
}

fn reference(studio: &Studio, id: ReferenceId) -> Reference {
    studio.store().reference(id).unwrap()
}

fn message(reference: &Reference) -> &str {
    reference.upload.as_ref().unwrap().message.as_deref().unwrap()
}

#[track_caller]
pub fn carry_out(studio: &Studio, intent: Intent) -> Reply {
    orders::desk(studio).carry_out(&mut studio.store(), intent, Timestamp::now()).unwrap()
}

fn has(reference: &Reference) -> (bool, bool) {
    (reference.voice_id.is_some(), reference.instrumental_id.is_some())
}

#[test]
fn each_purpose_comes_to_its_ids_and_the_frozen_copy_goes() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let purposes =
        [(Purpose::Voice, (true, false)), (Purpose::Instrumental, (false, true)), (Purpose::Song, (true, true))];
    let ids = purposes.map(|(purpose, _)| one(&studio, &service.service(), purpose));
    assert_eq!(frozen_files(&studio).len(), 1, "the same content is kept once");
    work(&studio, &service.service());
    for (id, (purpose, ids)) in ids.into_iter().zip(purposes) {
        let reference = reference(&studio, id);
        assert_eq!((reference.upload.as_ref(), has(&reference)), (None, ids), "{purpose:?}: {reference:?}");
        assert_eq!(reference.key_print, Some(Pretend::key().fingerprint()));
        assert_eq!((reference.recording.as_ref(), reference.duration_ms), (None, Some(12_000)));
    }
    assert!(frozen_files(&studio).is_empty(), "{:?}", frozen_files(&studio));
    assert!(studio.path().join("Mara.wav").exists(), "the person's own file is not touched");
    let kept = service.world()["references"].clone();
    assert_eq!((kept.as_array().unwrap().len(), &kept[0]["heard"]["form"]), (3, &"wave".into()));
}

#[test]
fn the_frozen_copy_of_several_goes_with_the_last_of_them_whoever_that_is() {
    // The second of the uploads that come is answered when the others are over.
    let (service, studio) = (Pretend::quick(&rule("nth = 2, delay_ms = 1500")), Studio::new());
    for purpose in [Purpose::Voice, Purpose::Instrumental, Purpose::Song] {
        one(&studio, &service.service(), purpose);
    }
    work(&studio, &service.service());
    assert!(studio.store().references().unwrap().iter().all(|reference| reference.upload.is_none()));
    assert!(frozen_files(&studio).is_empty(), "{:?}", frozen_files(&studio));
}

#[test]
fn what_may_pass_is_sent_again_whole_and_the_ids_come() {
    each(
        [
            "first = 1, answer = \"drop\"",
            "first = 1, answer = \"truncated\"",
            "first = 1, answer = \"vendor\", status = 503",
            "first = 1, answer = \"vendor\", status = 429, retry_after = 1",
            "first = 1, answer = \"html\"",
            "first = 1, answer = \"empty\"",
            "first = 1, answer = \"garbage\", content_type = \"application/json\"",
        ],
        |text| {
            let (service, studio) = (Pretend::quick(&rule(text)), Studio::new());
            let id = one(&studio, &service.service(), Purpose::Voice);
            work(&studio, &service.service());
            let reference = reference(&studio, id);
            assert_eq!(has(&reference), (true, false), "{text}: {reference:?}");
            let uploads = service.visits("upload", "POST");
            assert!(uploads.len() > 1, "{text}: {uploads:?}");
            let tags: std::collections::BTreeSet<_> =
                uploads.iter().map(|visit| visit["client_request_id"].as_str().unwrap()).collect();
            assert_eq!(tags.len(), uploads.len(), "each try has a tag of its own");
        },
    );
}

#[test]
fn a_refusal_is_final_says_why_and_keeps_the_copy_for_another_try() {
    let rows = [
        ("answer = \"base-resp\", code = 1002, message = \"too busy singing\"", "too busy singing"),
        ("answer = \"vendor\", status = 400, message = \"not this one\"", "not this one"),
        ("answer = \"vendor\", status = 401, message = \"who is it?\"", "who is it?; `refrain login`"),
        ("answer = \"vendor\", status = 413, message = \"too large\"", "too large; choose a part"),
    ];
    each(rows, |(text, expected)| {
        // Only once all of it was read: who hangs up before that may not be heard, and is asked again.
        let first = rule(&format!("first = 1, when = \"after\", {text}"));
        let (service, studio) = (Pretend::quick(&first), Studio::new());
        let id = one(&studio, &service.service(), Purpose::Song);
        work(&studio, &service.service());
        let failed = reference(&studio, id);
        assert_eq!((state(&failed), has(&failed)), (Some(UploadState::Failed), (false, false)), "{text}");
        assert!(message(&failed).contains(expected), "{text}: {}", message(&failed));
        assert_eq!((service.visits("upload", "POST").len(), frozen_files(&studio).len()), (1, 1), "{text}");
        let again = carry_out(&studio, Intent::UploadAgain { reference: id, frozen: None, force: false });
        assert_eq!(again, Reply::Reference { reference: id });
        work(&studio, &service.service());
        assert_eq!(has(&reference(&studio, id)), (true, true), "{text}");
        assert!(frozen_files(&studio).is_empty(), "{text}");
    });
}

#[test]
fn an_upload_that_waits_for_its_next_try_goes_at_once_when_a_person_asks() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let id = one(&studio, &service.service(), Purpose::Song);
    let in_five_minutes = Timestamp::now() + jiff::SignedDuration::from_mins(5);
    assert!(studio.store().delay_upload(id, "the service is busy", in_five_minutes).unwrap());
    let again = carry_out(&studio, Intent::UploadAgain { reference: id, frozen: None, force: false });
    assert_eq!(again, Reply::Reference { reference: id });
    let asked = std::time::Instant::now();
    work(&studio, &service.service());
    assert_eq!(has(&reference(&studio, id)), (true, true));
    assert!(asked.elapsed().as_secs() < 60, "it did not wait for its time: {:?}", asked.elapsed());
}

#[test]
fn an_upload_that_waits_and_is_asked_for_from_another_recording_sends_that_one() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let id = one(&studio, &service.service(), Purpose::Song);
    let in_five_minutes = Timestamp::now() + jiff::SignedDuration::from_mins(5);
    assert!(studio.store().delay_upload(id, "the service is busy", in_five_minutes).unwrap());
    let frozen = freeze(&studio, &file(&studio, "Longer.wav", &melody(30)));
    carry_out(&studio, Intent::UploadAgain { reference: id, frozen: Some(frozen), force: true });
    let waiting = reference(&studio, id);
    assert!(waiting.upload.unwrap().force && waiting.duration_ms == Some(30_000));
    work(&studio, &service.service());
    let seconds = service.world()["references"][0]["heard"]["seconds"].as_f64().unwrap();
    assert!((29.9..30.1).contains(&seconds), "{seconds}");
}

#[test]
fn an_upload_that_is_stopped_closes_its_connection_and_nothing_of_it_is_kept() {
    let (line, studio) = (PoorLine::open(), Studio::new());
    let id = bulky(&studio, &line.service(), 64);
    let working = Working::start(&studio, &line.service());
    line.begun();
    let sent = |reference: &Reference| reference.upload.as_ref().map_or(0, |upload| upload.sent);
    let moving = when(&studio, id, "it says how far it is", |reference| sent(reference) > 0);
    assert!(sent(&moving) < moving.upload.as_ref().unwrap().bytes, "{moving:?}");
    assert_eq!(carry_out(&studio, Intent::StopUpload { reference: id }), Reply::Done);
    line.over();
    working.done();
    assert!(studio.store().references().unwrap().is_empty());
    assert!(frozen_files(&studio).is_empty(), "{:?}", frozen_files(&studio));
}

#[test]
fn an_upload_that_is_stopped_leaves_a_reference_with_the_ids_that_it_had() {
    let (line, studio) = (PoorLine::open(), Studio::new());
    let id = bulky(&studio, &line.service(), 32);
    let mut store = studio.store();
    assert!(
        store.begin_upload(id, Timestamp::now()).unwrap()
            && store.finish_upload(id, Some("vocal-1"), None, None).unwrap()
    );
    assert!(store.refuse_reference(&line.service(), "vocal-1", "it is too old").unwrap());
    let bulk = bulky(&studio, &line.service(), 32);
    let frozen = reference(&studio, bulk);
    store.forget_reference(bulk).unwrap();
    let frozen = refrain::domain::recording::Frozen {
        name: frozen.recording.unwrap(),
        content: "bulky".to_owned(),
        bytes: frozen.upload.unwrap().bytes,
        duration_ms: 60_000,
        converted: None,
    };
    carry_out(&studio, Intent::UploadAgain { reference: id, frozen: Some(frozen), force: false });
    let working = Working::start(&studio, &line.service());
    line.begun();
    assert_eq!(carry_out(&studio, Intent::StopUpload { reference: id }), Reply::Done);
    line.over();
    working.done();
    let kept = reference(&studio, id);
    assert_eq!((kept.upload.as_ref(), kept.voice_id.as_deref()), (None, Some("vocal-1")));
    assert_eq!(kept.refused.as_deref(), Some("it is too old"));
    assert!(frozen_files(&studio).is_empty(), "{:?}", frozen_files(&studio));
}

#[test]
fn an_upload_whose_worker_was_killed_is_begun_anew_by_the_next() {
    let (service, studio) = (Pretend::quick(&rule("nth = 1, delay_ms = 60000")), Studio::new());
    let id = one(&studio, &service.service(), Purpose::Song);
    let mut killed = workers::process(&studio, &service.service());
    until("the upload has come", || service.visits("upload", "POST").len() == 1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(state(&reference(&studio, id)), Some(UploadState::Sending));
    work(&studio, &service.service());
    assert_eq!(has(&reference(&studio, id)), (true, true));
    assert_eq!(service.world()["references"].as_array().unwrap().len(), 1);
}

#[test]
fn a_worker_that_is_told_to_leave_breaks_an_upload_off_which_waits_for_the_next() {
    let (line, studio) = (PoorLine::open(), Studio::new());
    let id = bulky(&studio, &line.service(), 64);
    let mut told = workers::process(&studio, &line.service());
    line.begun();
    process::send(told.id(), Signal::TERM);
    line.over();
    assert_eq!(told.wait().unwrap().code(), Some(0));
    let waiting = reference(&studio, id);
    assert_eq!(state(&waiting), Some(UploadState::Waiting));
    assert_eq!(waiting.upload.unwrap().tries, 0, "it did not fail");
    assert_eq!(frozen_files(&studio).len(), 1);
    assert!(studio.store().live_services().unwrap().contains(&line.service()), "the next front starts a worker");
}

#[test]
fn a_worker_that_is_told_to_leave_waits_for_the_answer_to_what_has_left_whole() {
    let (service, studio) = (Pretend::quick(&rule("delay_ms = 1000")), Studio::new());
    let id = one(&studio, &service.service(), Purpose::Song);
    let mut told = workers::process(&studio, &service.service());
    let has_left = |reference: &Reference| reference.upload.as_ref().is_some_and(|upload| upload.sent == upload.bytes);
    when(&studio, id, "all of it has left", |reference| has_left(reference) || reference.upload.is_none());
    process::send(told.id(), Signal::TERM);
    assert_eq!(told.wait().unwrap().code(), Some(0));
    assert_eq!(has(&reference(&studio, id)), (true, true));
    assert_eq!(service.visits("upload", "POST").len(), 1);
}

#[test]
fn what_is_sent_is_what_was_frozen_whatever_becomes_of_the_file_and_its_other_names() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let original = file(&studio, "original.wav", &melody(12));
    let link = studio.path().join("link.wav");
    fs::hard_link(&original, &link).unwrap();
    let id = place(&studio, order(&studio, &service.service(), Purpose::Voice, &link));
    fs::write(&original, melody(30)).unwrap();
    work(&studio, &service.service());
    assert_eq!(has(&reference(&studio, id)), (true, false));
    let seconds = service.world()["references"][0]["heard"]["seconds"].as_f64().unwrap();
    assert!((11.9..12.1).contains(&seconds), "{seconds}");
}

#[test]
fn a_copy_that_is_gone_is_made_again_from_the_same_file_and_from_no_other() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let same = one(&studio, &service.service(), Purpose::Voice);
    let other = file(&studio, "Another.wav", &melody(13));
    let changed = place(&studio, order(&studio, &service.service(), Purpose::Voice, &other));
    let half = file(&studio, "Half.wav", &melody(14));
    let cut = place(&studio, order(&studio, &service.service(), Purpose::Voice, &half));
    fs::remove_file(&half).unwrap();
    fs::write(&other, melody(20)).unwrap();
    for copy in frozen_files(&studio) {
        match fs::metadata(&copy).unwrap().len() {
            length if length == melody(14).len() as u64 => fs::write(&copy, &melody(14)[..1000]).unwrap(),
            _ => fs::remove_file(&copy).unwrap(),
        }
    }
    work(&studio, &service.service());
    assert_eq!(has(&reference(&studio, same)), (true, false));
    let rows = [
        (changed, "`Another`", format!("`{}` is not the recording any more", other.display())),
        (cut, "`Half`", format!("`{}` cannot be read: it is not there", half.display())),
    ];
    for (id, name, why) in rows {
        let failed = reference(&studio, id);
        assert_eq!(state(&failed), Some(UploadState::Failed), "{name}");
        assert_eq!(failed.recording, None, "{name}: another try reads its file again");
        let folder = studio.paths().recordings();
        assert!(message(&failed).contains(name) && message(&failed).contains(folder.to_str().unwrap()), "{failed:?}");
        assert!(message(&failed).contains(&why), "{why}: {failed:?}");
    }
    assert_eq!(service.world()["references"].as_array().unwrap().len(), 1);
}

#[test]
fn two_are_under_way_at_most_and_takes_go_beside_them() {
    let (service, studio) = (Pretend::quick(&rule("first = 2, delay_ms = 60000")), Studio::new());
    let ids: Vec<_> = (11..15)
        .map(|seconds| {
            let file = file(&studio, &format!("{seconds}.wav"), &melody(seconds));
            place(&studio, order(&studio, &service.service(), Purpose::Voice, &file))
        })
        .collect();
    let take = orders::one(&studio, &service.service());
    let mut config = Config::default();
    (config.api.at_once, config.worker.idle_seconds) = (1, 0);
    let working = Working::with(&studio, &service.service(), config);
    until("two uploads have come", || service.visits("upload", "POST").len() == 2);
    studio.when(take, "the take arrives meanwhile", |take| take.status == Status::Saved);
    let states: Vec<_> = ids.iter().map(|id| state(&reference(&studio, *id)).unwrap()).collect();
    let (sending, waiting) = (UploadState::Sending, UploadState::Waiting);
    assert_eq!(states, [sending, sending, waiting, waiting]);
    for id in &ids[..2] {
        carry_out(&studio, Intent::StopUpload { reference: *id });
    }
    working.done();
    assert_eq!(ids[2..].iter().map(|id| has(&reference(&studio, *id))).collect::<Vec<_>>(), [(true, false); 2]);
}

#[test]
fn without_a_key_an_upload_waits_and_says_so_and_with_one_it_goes() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let id = one(&studio, &service.service(), Purpose::Voice);
    let without = |key: Option<ApiKey>| {
        let mut config = Config::default();
        config.worker.idle_seconds = 0;
        worker::run_here(&studio.paths(), &config, service.service(), key).unwrap();
    };
    without(None);
    let waiting = reference(&studio, id);
    assert_eq!(state(&waiting), Some(UploadState::Waiting));
    assert!(message(&waiting).contains("refrain login"), "{waiting:?}");
    assert!(service.visits("upload", "POST").is_empty());
    without(Some(Pretend::key()));
    assert_eq!(has(&reference(&studio, id)), (true, false));
}
