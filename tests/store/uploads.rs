//! Uploads as rows: written down once, moved from one state to the next, stopped at any moment.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use refrain::domain::recording::Part;
use refrain::domain::reference::{Purpose, Reference, ReferenceId, UploadState};
use refrain::domain::service::Service;
use refrain::store::Store;
use refrain::store::changes::Feed;
use refrain::store::uploads::{Added, NewUpload, Source, Stopped};

use crate::now;
use crate::references::{frozen, ids};
use crate::support::studio::Studio;

fn upload(content: &str) -> NewUpload {
    NewUpload {
        name: "Mara".to_owned(),
        purpose: Purpose::Voice,
        service: Service::Sandbox,
        source: Source::File { file: PathBuf::from("/home/mara/a.wav"), frozen: frozen(content) },
        part: None,
        force: false,
        key_print: Some("key-1".to_owned()),
        anew: false,
    }
}

#[track_caller]
fn add(store: &mut Store, new: &NewUpload) -> ReferenceId {
    match store.add_upload(new, now()).unwrap() {
        Added::New(id) => id,
        other => panic!("{other:?}"),
    }
}

/// An upload that came to its ids.
fn done(store: &mut Store, new: &NewUpload) -> ReferenceId {
    let id = add(store, new);
    assert!(store.begin_upload(id, now()).unwrap());
    assert!(store.finish_upload(id, Some("v-1"), None, new.key_print.as_deref()).unwrap());
    id
}

fn state(store: &Store, id: ReferenceId) -> Option<UploadState> {
    store.reference(id).unwrap().upload.map(|upload| upload.state)
}

#[test]
fn an_upload_is_a_reference_without_ids_that_says_everything_of_itself() {
    let studio = Studio::new();
    let mut store = studio.store();
    let part = Some(Part { from_ms: 32_000, to_ms: Some(65_000) });
    let before = now();
    let id = add(&mut store, &NewUpload { part, force: true, ..upload("aa") });
    let Reference { name, purpose, service, url, file, content, recording, duration_ms, upload, .. } =
        store.reference(id).unwrap();
    assert_eq!((name.as_str(), purpose, service, url), ("Mara", Purpose::Voice, Some(Service::Sandbox), None));
    assert_eq!((file, content.as_deref()), (Some(PathBuf::from("/home/mara/a.wav")), Some("aa")));
    assert_eq!((recording.as_deref(), duration_ms), (Some("aa.wav"), Some(12_000)));
    let upload = upload.unwrap();
    assert_eq!((upload.state, upload.sent, upload.bytes, upload.tries), (UploadState::Waiting, 0, 1_000, 0));
    assert!(upload.force && upload.message.is_none() && upload.due.is_some());
    let jobs = store.live_uploads(&Service::Sandbox).unwrap();
    assert_eq!((jobs.len(), jobs[0].reference.id, jobs[0].reference.part), (1, id, part));
    assert!(jobs[0].since.duration_since(before).abs() < SignedDuration::from_secs(60));
    assert!(store.live_uploads(&Service::vendor()).unwrap().is_empty());
    assert_eq!(store.live_services().unwrap(), [Service::Sandbox]);
}

#[test]
fn the_same_content_is_uploaded_once_for_a_purpose_a_service_and_a_key() {
    let studio = Studio::new();
    let mut store = studio.store();
    let id = done(&mut store, &upload("aa"));
    assert_eq!(store.add_upload(&upload("aa"), now()).unwrap(), Added::Known(id));
    let renamed = Source::File { file: "/tmp/other name.wav".into(), frozen: frozen("aa") };
    let renamed = NewUpload { name: "Other".to_owned(), source: renamed, ..upload("aa") };
    assert_eq!(store.add_upload(&renamed, now()).unwrap(), Added::Known(id), "whatever it is called");
    let keyless = NewUpload { key_print: None, ..upload("aa") };
    assert_eq!(store.add_upload(&keyless, now()).unwrap(), Added::Known(id), "which key there will be is not known");
    let others = [
        upload("bb"),
        NewUpload { purpose: Purpose::Song, ..upload("aa") },
        NewUpload { service: Service::vendor(), ..upload("aa") },
        NewUpload { key_print: Some("key-2".to_owned()), ..upload("aa") },
        NewUpload { anew: true, ..upload("aa") },
    ];
    for other in others {
        add(&mut store, &other);
    }
}

#[test]
fn what_waits_or_is_under_way_is_known_too_and_what_failed_or_was_refused_is_not() {
    let studio = Studio::new();
    let mut store = studio.store();
    let id = add(&mut store, &upload("aa"));
    assert_eq!(store.add_upload(&upload("aa"), now()).unwrap(), Added::Known(id));
    store.begin_upload(id, now()).unwrap();
    assert_eq!(store.add_upload(&upload("aa"), now()).unwrap(), Added::Known(id));
    assert!(store.fail_upload(id, "no").unwrap());
    let second = done(&mut store, &upload("aa"));
    assert!(store.refuse_reference(&Service::Sandbox, "v-1", "too old").unwrap());
    let third = done(&mut store, &upload("aa"));
    assert!(second != id && third != second);
}

#[test]
fn an_address_is_known_by_itself_and_the_part_until_its_content_is() {
    let studio = Studio::new();
    let mut store = studio.store();
    let at = |url: &str| NewUpload { source: Source::Url(url.to_owned()), ..upload("") };
    let id = add(&mut store, &at("https://a.example/1.mp3"));
    assert_eq!(store.add_upload(&at("https://a.example/1.mp3"), now()).unwrap(), Added::Known(id));
    let part = Some(Part { from_ms: 1_000, to_ms: None });
    add(&mut store, &NewUpload { part, ..at("https://a.example/1.mp3") });
    add(&mut store, &at("https://a.example/2.mp3"));
    assert!(store.begin_upload(id, now()).unwrap() && store.fetched_for_upload(id, &frozen("aa")).unwrap());
    assert_eq!(store.add_upload(&upload("aa"), now()).unwrap(), Added::Known(id), "the same as a file");
    let reference = store.reference(id).unwrap();
    assert_eq!((reference.recording.as_deref(), reference.upload.unwrap().bytes), (Some("aa.wav"), 1_000));
    assert!(!reference.url.unwrap().is_empty());
}

#[test]
fn an_upload_goes_from_waiting_to_its_ids_and_each_late_step_changes_nothing() {
    let studio = Studio::new();
    let mut store = studio.store();
    let id = add(&mut store, &upload("aa"));
    assert!(!store.report_upload(id, 5, now()).unwrap(), "it has not begun");
    assert!(!store.finish_upload(id, Some("v-1"), None, None).unwrap());
    assert!(store.begin_upload(id, now()).unwrap() && store.report_upload(id, 500, now()).unwrap());
    assert_eq!(store.reference(id).unwrap().upload.unwrap().sent, 500);
    let due = now() + SignedDuration::from_secs(4);
    assert!(store.delay_upload(id, "no network", due).unwrap());
    let later = store.reference(id).unwrap().upload.unwrap();
    assert_eq!((later.state, later.sent, later.tries), (UploadState::Waiting, 0, 1));
    assert_eq!(later.message.as_deref(), Some("no network"));
    assert_eq!(later.due.unwrap().as_millisecond(), due.as_millisecond());
    assert!(store.begin_upload(id, now()).unwrap());
    assert_eq!(store.reference(id).unwrap().upload.unwrap().message, None, "it is being tried again");
    assert!(store.finish_upload(id, Some("v-1"), None, Some("key-1")).unwrap());
    let reference = store.reference(id).unwrap();
    assert_eq!((reference.upload, reference.recording), (None, None));
    assert_eq!((reference.voice_id.as_deref(), reference.key_print.as_deref()), (Some("v-1"), Some("key-1")));
    assert!(!store.begin_upload(id, now()).unwrap() && !store.report_upload(id, 1, now()).unwrap());
    assert!(!store.fail_upload(id, "late").unwrap() && !store.delay_upload(id, "late", due).unwrap());
    assert!(!store.fetched_for_upload(id, &frozen("zz")).unwrap());
    assert_eq!(store.reference(id).unwrap().content.as_deref(), Some("aa"), "late news of it change nothing");
    assert!(store.live_uploads(&Service::Sandbox).unwrap().is_empty());
}

#[test]
fn what_a_worker_that_is_gone_had_begun_waits_again() {
    let studio = Studio::new();
    let mut store = studio.store();
    let (begun, waiting) = (add(&mut store, &upload("aa")), add(&mut store, &upload("bb")));
    let elsewhere = add(&mut store, &NewUpload { service: Service::vendor(), ..upload("aa") });
    for id in [begun, elsewhere] {
        assert!(store.begin_upload(id, now()).unwrap() && store.report_upload(id, 700, now()).unwrap());
    }
    let later = Timestamp::from_millisecond(now().as_millisecond() + 120_000).unwrap();
    store.resume_uploads(&Service::Sandbox, later).unwrap();
    let upload = store.reference(begun).unwrap().upload.unwrap();
    assert_eq!((upload.state, upload.sent, upload.tries), (UploadState::Waiting, 0, 0));
    assert_eq!(upload.due, Some(later), "not when the answer to what was sent would have been late");
    assert_eq!(state(&store, waiting), Some(UploadState::Waiting));
    assert_eq!(state(&store, elsewhere), Some(UploadState::Sending), "another worker's");
}

#[test]
fn stopping_removes_what_has_no_ids_and_leaves_what_has_with_those() {
    let studio = Studio::new();
    let mut store = studio.store();
    let mut feed = Feed::open(studio.path()).unwrap();
    for begun in [false, true] {
        let id = add(&mut store, &upload("aa"));
        assert_eq!(store.begin_upload(id, now()).unwrap() && begun, begun);
        feed.look().unwrap();
        assert_eq!(store.stop_upload(id).unwrap(), Stopped::Removed);
        assert_eq!(feed.look().unwrap().gone_references, [id]);
        assert!(
            !store.report_upload(id, 1, now()).unwrap() && !store.finish_upload(id, Some("v"), None, None).unwrap()
        );
        assert_eq!(store.stop_upload(id).unwrap(), Stopped::Nothing);
    }
    let failed = add(&mut store, &upload("aa"));
    assert!(store.fail_upload(failed, "no").unwrap());
    assert_eq!(store.stop_upload(failed).unwrap(), Stopped::Removed);
    let id = done(&mut store, &upload("aa"));
    assert_eq!(store.stop_upload(id).unwrap(), Stopped::Nothing, "nothing is under way");
    for end in [false, true] {
        assert!(store.upload_again(id, Some(&frozen("bb")), false, now()).unwrap());
        assert!(!end || store.fail_upload(id, "no").unwrap());
        assert_eq!(store.stop_upload(id).unwrap(), Stopped::Kept);
        let kept = store.reference(id).unwrap();
        assert_eq!((kept.upload, kept.recording, kept.voice_id.as_deref()), (None, None, Some("v-1")));
    }
}

#[test]
fn a_reference_is_uploaded_again_from_what_there_is_and_only_once_at_a_time() {
    let studio = Studio::new();
    let mut store = studio.store();
    let id = done(&mut store, &upload("aa"));
    assert!(!store.upload_again(id, None, false, now()).unwrap(), "its copy is gone, and it has no address");
    assert!(store.upload_again(id, Some(&frozen("bb")), false, now()).unwrap());
    assert!(!store.upload_again(id, Some(&frozen("cc")), false, now()).unwrap(), "it is on its way");
    let reference = store.reference(id).unwrap();
    assert_eq!(reference.recording.as_deref(), Some("bb.wav"), "what is on its way stays what it is");
    assert_eq!(reference.voice_id.as_deref(), Some("v-1"), "until it has others, its ids are its ids");
    assert!(store.fail_upload(id, "no").unwrap() && store.upload_again(id, None, false, now()).unwrap());
    let added = store.add_ids(&ids(Some("v-5"), None), now()).unwrap().reference();
    assert!(!store.upload_again(added, None, false, now()).unwrap(), "nobody has its recording");
    assert!(store.upload_again(added, Some(&frozen("dd")), false, now()).unwrap());
    let address = store.add_reference("Demo", "https://a.example/1.mp3", now()).unwrap();
    assert!(!store.upload_again(address, None, false, now()).unwrap(), "it is no upload");
    assert_eq!(state(&store, address), None);
}

#[test]
fn what_waits_is_tried_now_as_if_it_was_asked_for_just_now() {
    let studio = Studio::new();
    let mut store = studio.store();
    let id = add(&mut store, &upload("aa"));
    let asked = Timestamp::from_millisecond(now().as_millisecond() + 60_000).unwrap();
    let soon = asked + SignedDuration::from_mins(5);
    assert!(
        store.begin_upload(id, now()).unwrap() && !store.try_upload_now(id, None, false, asked).unwrap(),
        "it is on its way"
    );
    assert!(store.delay_upload(id, "busy", soon).unwrap() && store.try_upload_now(id, None, false, asked).unwrap());
    let waiting = store.reference(id).unwrap().upload.unwrap();
    assert_eq!((waiting.state, waiting.due, waiting.tries), (UploadState::Waiting, Some(asked), 0));
    assert_eq!(waiting.message, None);
    assert_eq!(store.live_uploads(&upload("aa").service).unwrap()[0].since, asked, "it is tried as long as a new one");
    assert!(store.fail_upload(id, "no").unwrap() && !store.try_upload_now(id, None, false, asked).unwrap());
}

#[test]
fn what_waits_is_tried_now_from_what_was_frozen_anew_and_whoever_insists_is_heeded() {
    let studio = Studio::new();
    let mut store = studio.store();
    let id = add(&mut store, &upload("aa"));
    let of = |store: &Store| {
        let reference = store.reference(id).unwrap();
        (reference.recording.unwrap(), reference.upload.unwrap().force)
    };
    assert!(store.try_upload_now(id, None, false, now()).unwrap());
    assert_eq!(of(&store), ("aa.wav".to_owned(), false));
    assert!(store.try_upload_now(id, Some(&frozen("bb")), true, now()).unwrap());
    assert_eq!(of(&store), ("bb.wav".to_owned(), true));
    assert!(store.try_upload_now(id, None, false, now()).unwrap());
    assert_eq!(of(&store), ("bb.wav".to_owned(), true), "what was insisted on stays so");
    assert!(store.begin_upload(id, now()).unwrap());
    assert!(!store.try_upload_now(id, Some(&frozen("cc")), false, now()).unwrap());
    assert_eq!(of(&store).0, "bb.wav", "what is on its way stays what it is");
}

#[test]
fn what_was_insisted_on_for_one_upload_is_not_for_the_next() {
    let studio = Studio::new();
    let mut store = studio.store();
    let id = done(&mut store, &NewUpload { force: true, ..upload("aa") });
    assert!(store.upload_again(id, Some(&frozen("bb")), false, now()).unwrap());
    assert!(!store.reference(id).unwrap().upload.unwrap().force);
}

#[test]
fn who_insists_is_heeded_until_the_upload_has_ended_well() {
    let studio = Studio::new();
    let mut store = studio.store();
    let id = add(&mut store, &upload("aa"));
    for (force, insisted) in [(false, false), (true, true), (false, true)] {
        assert!(store.fail_upload(id, "it is short").unwrap());
        assert!(store.upload_again(id, None, force, now()).unwrap());
        assert_eq!(store.reference(id).unwrap().upload.unwrap().force, insisted);
    }
}

#[test]
fn what_waits_for_a_key_says_so_and_forgets_it_when_it_goes() {
    let studio = Studio::new();
    let mut store = studio.store();
    let paid = NewUpload { service: Service::vendor(), ..upload("aa") };
    let (id, free) = (add(&mut store, &paid), add(&mut store, &upload("aa")));
    store.wait_for_key(&Service::vendor()).unwrap();
    let message = |store: &Store, id| store.reference(id).unwrap().upload.unwrap().message;
    assert!(message(&store, id).unwrap().contains("needs the key"));
    assert_eq!(message(&store, free), None);
    assert!(store.begin_upload(id, now()).unwrap());
    assert_eq!(message(&store, id), None);
}

#[test]
fn every_step_of_an_upload_is_told_to_whoever_looks() {
    let studio = Studio::new();
    let mut store = studio.store();
    let mut feed = Feed::open(studio.path()).unwrap();
    let mut told = |what: &str| {
        let changed = feed.look().unwrap().references;
        assert_eq!(changed.len(), 1, "{what}");
        changed.into_iter().next().unwrap()
    };
    let id = add(&mut store, &upload("aa"));
    told("written down");
    store.begin_upload(id, now()).unwrap();
    assert_eq!(told("begun").upload.unwrap().state, UploadState::Sending);
    let later = now() + SignedDuration::from_secs(7);
    store.report_upload(id, 400, later).unwrap();
    let moved = told("moved").upload.unwrap();
    assert_eq!((moved.sent, moved.due.map(jiff::Timestamp::as_second)), (400, Some(later.as_second())));
    store.delay_upload(id, "no network", now()).unwrap();
    told("put off");
    store.begin_upload(id, now()).unwrap();
    told("begun again");
    store.finish_upload(id, Some("v-1"), None, None).unwrap();
    assert_eq!(told("finished").voice_id.as_deref(), Some("v-1"));
    assert!(feed.look().unwrap().is_empty());
}
