//! The library: what a reference is known by, and which takes were made with it.

use std::path::Path;

use refrain::domain::draft::Draft;
use refrain::domain::generation::TakeId;
use refrain::domain::made_with::MadeWith;
use refrain::domain::recording::{Frozen, Part, setting};
use refrain::domain::reference::{Purpose, ReferenceId};
use refrain::domain::service::Service;
use refrain::domain::song::SongId;
use refrain::domain::usual::Usual;
use refrain::store::changes::Feed;
use refrain::store::ids::NewIds;
use refrain::store::ordering::{Agreed, Destination, NewOrder, NewTake, Ordering};
use refrain::store::uploads::Added;
use refrain::store::{Store, StoreError};
use serde_json::json;

use crate::now;
use crate::support::orders::{self, SHORT};
use crate::support::studio::Studio;

/// A frozen recording of that content.
pub fn frozen(content: &str) -> Frozen {
    Frozen {
        name: format!("{content}.wav"),
        content: content.to_owned(),
        bytes: 1_000,
        duration_ms: 12_000,
        converted: None,
    }
}

pub fn ids(voice: Option<&str>, instrumental: Option<&str>) -> NewIds {
    NewIds {
        name: "Mara".to_owned(),
        service: Service::Sandbox,
        voice_id: voice.map(str::to_owned),
        instrumental_id: instrumental.map(str::to_owned),
        key_print: None,
    }
}

/// A take that was made with these values.
pub fn take_with(store: &mut Store, song: SongId, values: &[&str]) -> TakeId {
    let take = NewTake {
        model: SHORT.to_owned(),
        draft: orders::draft(),
        request: json!({}),
        tag: refrain::engine::orders::new_tag(),
        usual: Usual::of_catalogue(1),
        price: None,
        uses: values.iter().map(|value| MadeWith::of("voice-id", value)).collect(),
    };
    let order = NewOrder {
        song,
        service: Service::Sandbox,
        draft: orders::draft(),
        takes: vec![take],
        from: None,
        held: true,
        destination: Destination::Exactly("/nowhere".into()),
        key_print: None,
        once: None,
        not_again_since: None,
        allowance: None,
        agreed: Agreed::default(),
    };
    match store.order(&order, now()).unwrap() {
        Ordering::Written(takes) => takes[0],
        other => panic!("{other:?}"),
    }
}

/// How many takes a reference counts: as many as there are to list.
#[track_caller]
fn takes(store: &Store, id: ReferenceId) -> u32 {
    let count = store.reference(id).unwrap().takes;
    assert_eq!(store.takes_made_with(id).unwrap().len(), count as usize);
    count
}

#[test]
fn ids_made_elsewhere_are_added_once_with_the_purpose_that_they_tell() {
    let studio = Studio::new();
    let mut store = studio.store();
    let table = [
        (ids(Some("v-1"), None), Purpose::Voice),
        (ids(None, Some("i-1")), Purpose::Instrumental),
        (ids(Some("v-2"), Some("i-2")), Purpose::Song),
    ];
    for (new, purpose) in table {
        let added = store.add_ids(&new, now()).unwrap();
        let id = added.reference();
        assert_eq!(added, Added::New(id));
        let reference = store.reference(id).unwrap();
        assert_eq!((reference.purpose, &reference.voice_id, reference.upload), (purpose, &new.voice_id, None));
        assert_eq!((&reference.instrumental_id, reference.service), (&new.instrumental_id, Some(Service::Sandbox)));
        assert_eq!(store.add_ids(&new, now()).unwrap(), Added::Known(id), "it is there already");
    }
    let elsewhere = NewIds { service: Service::vendor(), ..ids(Some("v-1"), None) };
    store.add_ids(&elsewhere, now()).unwrap();
    assert_eq!(store.references().unwrap().len(), 4, "another service's id is another id");
}

#[test]
fn of_two_ids_one_that_is_known_does_not_lose_the_other() {
    let studio = Studio::new();
    let mut store = studio.store();
    let id = store.add_ids(&ids(Some("v-1"), None), now()).unwrap().reference();
    assert_eq!(store.add_ids(&ids(Some("v-1"), Some("i-1")), now()).unwrap(), Added::Completed(id));
    let whole = store.reference(id).unwrap();
    assert_eq!((whole.purpose, whole.instrumental_id.as_deref()), (Purpose::Song, Some("i-1")));
    assert_eq!(store.add_ids(&ids(None, Some("i-1")), now()).unwrap(), Added::Known(id), "it is meant by both now");
    let beside = store.add_ids(&ids(Some("v-1"), Some("i-2")), now()).unwrap().reference();
    let alone = store.reference(beside).unwrap();
    assert!(beside != id && alone.voice_id.is_none(), "{alone:?}");
    assert_eq!((alone.purpose, alone.instrumental_id.as_deref()), (Purpose::Instrumental, Some("i-2")));
    assert_eq!(store.reference(id).unwrap(), whole, "its own music stays");
}

#[test]
fn ids_of_two_accounts_are_no_one_song() {
    let studio = Studio::new();
    let mut store = studio.store();
    let of = |key: &str, new: NewIds| NewIds { key_print: Some(key.to_owned()), ..new };
    let id = store.add_ids(&of("key-a", ids(Some("v-1"), None)), now()).unwrap().reference();
    let other = store.add_ids(&of("key-b", ids(Some("v-1"), Some("i-1"))), now()).unwrap();
    assert!(matches!(other, Added::New(beside) if beside != id), "{other:?}");
    assert_eq!(store.reference(other.reference()).unwrap().key_print.as_deref(), Some("key-b"));
    assert_eq!(store.reference(id).unwrap().instrumental_id, None);
    let own = store.add_ids(&of("key-a", ids(Some("v-1"), Some("i-2"))), now()).unwrap();
    assert_eq!(own, Added::Completed(id));
}

#[test]
fn a_kept_recording_is_a_file_to_this_version_and_is_kept_once() {
    let studio = Studio::new();
    let mut store = studio.store();
    let path = Path::new("/home/mara/demo.wav");
    let id = store.keep_recording("demo", path, None, &frozen("aa"), now()).unwrap().reference();
    assert_eq!(store.keep_recording("again", path, None, &frozen("aa"), now()).unwrap(), Added::Known(id));
    let reference = store.reference(id).unwrap();
    assert_eq!((reference.purpose, reference.file.as_deref()), (Purpose::File, Some(path)));
    assert!(reference.is_meant_by(&setting("aa.wav")) && reference.service.is_none());
    let song = orders::song(&mut store, "Cover");
    take_with(&mut store, song, &[&setting("aa.wav")]);
    assert_eq!(takes(&store, id), 1);
}

#[test]
fn takes_are_counted_by_every_id_that_a_reference_ever_had_and_each_take_once() {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Count");
    let id = store.add_ids(&ids(Some("v-1"), Some("i-1")), now()).unwrap().reference();
    let other = store.add_ids(&ids(Some("v-9"), None), now()).unwrap().reference();
    take_with(&mut store, song, &["v-1", "i-1"]);
    take_with(&mut store, song, &["v-1"]);
    assert_eq!((takes(&store, id), takes(&store, other)), (2, 0));
    let again = store.upload_again(id, Some(&frozen("bb")), false, now()).unwrap();
    assert!(again && store.begin_upload(id, now()).unwrap());
    assert!(store.finish_upload(id, Some("v-2"), Some("i-2"), None).unwrap());
    let unsent = take_with(&mut store, song, &["i-2", "v-9"]);
    let reference = store.reference(id).unwrap();
    assert_eq!((reference.takes, takes(&store, other)), (3, 1));
    assert_eq!(
        (reference.voice_id.as_deref(), reference.former),
        (Some("v-2"), vec!["i-1".to_owned(), "v-1".to_owned()])
    );
    let mut feed = Feed::open(studio.path()).unwrap();
    feed.look().unwrap();
    assert!(store.withdraw(unsent).unwrap());
    assert_eq!((takes(&store, id), takes(&store, other)), (2, 0), "an order that was taken back counts no more");
    assert_eq!(feed.look().unwrap().references.len(), 2, "and whoever looks is told of both");
}

#[test]
fn a_take_keeps_its_reference_when_that_is_forgotten_and_nothing_means_it_any_more() {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Forgotten");
    let id = store.add_ids(&ids(Some("v-1"), None), now()).unwrap().reference();
    take_with(&mut store, song, &["v-1"]);
    store.forget_reference(id).unwrap();
    assert!(matches!(store.reference(id), Err(StoreError::Missing { kind: "reference", .. })));
    assert!(store.references().unwrap().is_empty());
    let anew = store.add_ids(&ids(Some("v-1"), None), now()).unwrap().reference();
    assert_ne!(anew, id, "a number is never given twice");
    assert_eq!(takes(&store, anew), 1, "the take still bears its id");
}

/// What a take says of its references: as what each was used, and in words.
fn told(store: &Store, take: TakeId) -> Vec<(String, String)> {
    let take = store.take(take).unwrap();
    take.made_with.iter().map(|it| (it.label().to_owned(), it.words())).collect()
}

fn pair(label: &str, words: &str) -> (String, String) {
    (label.to_owned(), words.to_owned())
}

#[test]
fn a_take_says_what_its_references_were_called_also_after_they_were_renamed_and_forgotten() {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Who");
    let mara = store.add_ids(&ids(Some("v-1"), None), now()).unwrap().reference();
    let part = Some(Part { from_ms: 32_000, to_ms: Some(65_000) });
    let demo = store.keep_recording("Demo", Path::new("/d/demo.wav"), part, &frozen("aa"), now()).unwrap().reference();
    let take = take_with(&mut store, song, &["v-1", &setting("aa.wav"), "v-7"]);
    let then = [pair("voice", "Mara (v-1)"), pair("voice", "Demo, 0:32 to 1:05 of demo.wav"), pair("voice", "v-7")];
    assert_eq!(told(&store, take), then);
    let whole = store.take(take).unwrap();
    assert_eq!(whole.draft, orders::draft(), "the frozen draft is the one that was ordered");
    assert_eq!((whole.made_with[0].id, whole.made_with[0].purpose), (Some(mara), Some(Purpose::Voice)));
    assert_eq!((whole.made_with[1].content.as_deref(), whole.made_with[1].duration_ms), (Some("aa"), Some(12_000)));

    store.rename_reference(mara, "Ann").unwrap();
    let later = take_with(&mut store, song, &["v-1"]);
    assert_eq!((told(&store, take), told(&store, later)), (then.to_vec(), vec![pair("voice", "Ann (v-1)")]));
    for reference in [mara, demo] {
        store.forget_reference(reference).unwrap();
    }
    assert_eq!(told(&store, take), then);
    assert_eq!(store.job(take).unwrap().take.made_with, whole.made_with, "whoever saves its file knows them, too");
    let mut feed = Feed::open(studio.path()).unwrap();
    assert!(feed.look().unwrap().takes.contains(&whole), "and so does the screen");
}

#[test]
fn of_two_references_that_an_id_means_a_take_names_the_one_of_its_service() {
    let studio = Studio::new();
    let mut store = studio.store();
    let song = orders::song(&mut store, "Two");
    let elsewhere = NewIds { name: "Theirs".to_owned(), service: Service::vendor(), ..ids(Some("v-1"), None) };
    store.add_ids(&elsewhere, now()).unwrap();
    store.add_ids(&ids(Some("v-1"), None), now()).unwrap();
    let take = take_with(&mut store, song, &["v-1"]);
    assert_eq!(told(&store, take), [pair("voice", "Mara (v-1)")]);
}

#[test]
fn an_id_that_is_refused_marks_the_reference_that_has_it_now_at_that_service() {
    let studio = Studio::new();
    let mut store = studio.store();
    let id = store.add_ids(&ids(Some("v-1"), Some("i-1")), now()).unwrap().reference();
    let other = store.add_ids(&ids(Some("v-2"), None), now()).unwrap().reference();
    let refused = |store: &Store, id| store.reference(id).unwrap().refused;
    assert!(!store.refuse_reference(&Service::vendor(), "i-1", "no such thing").unwrap());
    assert!(!store.refuse_reference(&Service::Sandbox, "v-7", "no such thing").unwrap());
    assert_eq!(refused(&store, id), None);
    assert!(store.refuse_reference(&Service::Sandbox, "i-1", "no such thing").unwrap());
    assert_eq!((refused(&store, id).as_deref(), refused(&store, other)), (Some("no such thing"), None));
    assert!(
        store.upload_again(id, Some(&frozen("cc")), false, now()).unwrap() && store.begin_upload(id, now()).unwrap()
    );
    assert!(store.finish_upload(id, Some("v-3"), Some("i-3"), None).unwrap());
    assert_eq!(refused(&store, id), None, "its new ids were not refused");
    assert!(!store.refuse_reference(&Service::Sandbox, "i-1", "no such thing").unwrap(), "it has others now");
}

#[test]
fn a_recording_is_in_use_while_a_reference_a_take_a_draft_or_a_version_has_it() {
    let studio = Studio::new();
    let mut store = studio.store();
    let used = |store: &Store| {
        let mut names: Vec<_> = store.recordings_in_use().unwrap().into_iter().collect();
        names.sort();
        names
    };
    assert!(used(&store).is_empty());
    let id = store.keep_recording("demo", Path::new("/demo.wav"), None, &frozen("aa"), now()).unwrap().reference();
    let song = orders::song(&mut store, "Uses");
    let take = take_with(&mut store, song, &[&setting("bb.wav")]);
    let row = store.draft(song).unwrap();
    let settings = [("reference".to_owned(), setting("cc.wav")), ("length".to_owned(), "0:30".to_owned())].into();
    store.save_draft(song, row.revision, &Draft { settings, ..row.draft }, "the test", now()).unwrap();
    assert_eq!(used(&store), ["aa.wav", "bb.wav", "cc.wav"]);
    store.forget_reference(id).unwrap();
    store.withdraw(take).unwrap();
    assert!(!used(&store).contains(&"aa.wav".to_owned()));
    store.keep_version(song, now()).unwrap();
    let row = store.draft(song).unwrap();
    store.save_draft(song, row.revision, &Draft { settings: [].into(), ..row.draft }, "the test", now()).unwrap();
    assert!(used(&store).contains(&"cc.wav".to_owned()), "an earlier version has it: {:?}", used(&store));
}

#[test]
fn a_name_and_a_note_are_kept_and_what_is_not_there_is_said_to_be_missing() {
    let studio = Studio::new();
    let mut store = studio.store();
    let id = store.add_ids(&ids(Some("v-1"), None), now()).unwrap().reference();
    store.rename_reference(id, "Mara, dry").unwrap();
    store.note_reference(id, "in the kitchen").unwrap();
    let reference = store.reference(id).unwrap();
    assert_eq!((reference.name.as_str(), reference.note.as_str()), ("Mara, dry", "in the kitchen"));
    let missing = |outcome: Result<(), StoreError>| matches!(outcome, Err(StoreError::Missing { id: 99, .. }));
    assert!(missing(store.rename_reference(ReferenceId(99), "x")));
    assert!(missing(store.note_reference(ReferenceId(99), "x")));
    assert!(missing(store.forget_reference(ReferenceId(99))));
}
