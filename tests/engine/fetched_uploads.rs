//! Uploads of what is at an address: fetched, looked at, frozen, and then uploaded.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use refrain::domain::reference::{Purpose, Reference, UploadState};
use refrain::engine::feed::Topic;
use refrain::engine::intent::{Intent, Source, UploadOrder};

use super::uploads::carry_out;
use crate::support::patience::{until, wait_for};
use crate::support::recordings::{frozen_files, melody, one, place, state, when};
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::studio::Studio;
use crate::support::worker::{Working, work};

/// Serves one answer to everybody; brings the address of a file there.
fn serving(status: &str, body: Vec<u8>) -> String {
    serving_after(|| {}, status, body)
}

/// The same, each time after something else.
fn serving_after(first: impl Fn() + Send + 'static, status: &str, body: Vec<u8>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/demo/Mara.wav?token=canary-77", listener.local_addr().unwrap());
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let read = stream.read(&mut request).unwrap();
            assert!(!String::from_utf8_lossy(&request[..read]).to_lowercase().contains("authorization"));
            first();
            // One that leaves early has its reasons.
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    });
    url
}

fn order(service: &Pretend, url: &str, force: bool) -> UploadOrder {
    UploadOrder {
        name: "Mara".to_owned(),
        purpose: Purpose::Song,
        service: service.service(),
        source: Source::Url(url.to_owned()),
        part: None,
        force,
        anew: false,
    }
}

#[test]
fn what_is_at_an_address_is_fetched_without_the_key_and_uploaded() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let url = serving("200 OK", melody(12));
    let id = place(&studio, order(&service, &url, false));
    work(&studio, &service.service());
    let reference = studio.store().reference(id).unwrap();
    assert!(reference.voice_id.is_some() && reference.instrumental_id.is_some(), "{reference:?}");
    assert_eq!((reference.duration_ms, reference.url.as_deref()), (Some(12_000), Some(url.as_str())));
    assert!(reference.content.is_some() && reference.recording.is_none() && reference.upload.is_none());
    assert!(frozen_files(&studio).is_empty(), "{:?}", frozen_files(&studio));
}

#[test]
fn what_cannot_be_fetched_or_is_not_fit_fails_with_its_reason_and_nothing_is_uploaded() {
    let rows: [(&str, Vec<u8>, &str); 4] = [
        ("404 Not Found", Vec::new(), "there is nothing at that address, says `127.0.0.1` (404)"),
        ("200 OK", b"<html>come back later</html>".to_vec(), "Mara"),
        ("200 OK", melody(4), "Mara"),
        ("302 Found\r\nlocation: https://10.0.0.1/x", Vec::new(), "does not fetch from"),
    ];
    each(rows, |(status, body, expected)| {
        let (service, studio) = (Pretend::quick(""), Studio::new());
        let id = place(&studio, order(&service, &serving(status, body), false));
        work(&studio, &service.service());
        let failed = studio.store().reference(id).unwrap();
        assert_eq!(state(&failed), Some(UploadState::Failed), "{status}: {failed:?}");
        let message = failed.upload.unwrap().message.unwrap();
        assert!(message.contains(expected), "{status}: {message}");
        assert!(!message.contains("canary") && !message.contains(".part"), "{status}: {message}");
        assert!(service.visits("upload", "POST").is_empty(), "{status}");
        assert!(frozen_files(&studio).is_empty(), "{status}: {:?}", frozen_files(&studio));
    });
}

#[test]
fn what_breaks_a_soft_rule_fails_with_the_way_to_insist_which_has_it_sent() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let id = place(&studio, order(&service, &serving("200 OK", melody(4)), false));
    let failure = || {
        work(&studio, &service.service());
        studio.store().reference(id).unwrap().upload.unwrap().message.unwrap()
    };
    let insist = format!("; r, or `refrain reference again {} --force`, takes it all the same", id.0);
    let message = failure();
    assert!(message.ends_with(&insist), "{message}");
    let again = |force| carry_out(&studio, Intent::UploadAgain { reference: id, frozen: None, force });
    again(false);
    assert_eq!(failure(), message);
    assert!(service.visits("upload", "POST").is_empty());
    again(true);
    let message = failure();
    assert!(message.contains("longer than 10 s, received 4.0 s") && !message.contains(&insist), "{message}");
    assert_eq!(service.visits("upload", "POST").len(), 1, "it is the service that refuses it");
}

#[test]
fn who_insists_has_what_breaks_a_soft_rule_sent_and_the_service_has_the_last_word() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let id = place(&studio, order(&service, &serving("200 OK", melody(4)), true));
    work(&studio, &service.service());
    let failed = studio.store().reference(id).unwrap();
    let message = failed.upload.unwrap().message.unwrap();
    assert!(message.contains("longer than 10 s, received 4.0 s"), "{message}");
    assert_eq!(service.visits("upload", "POST").len(), 1);
}

#[test]
fn a_recording_that_turns_out_to_be_known_takes_over_its_ids_and_is_not_sent() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let known = one(&studio, &service.service(), Purpose::Song);
    work(&studio, &service.service());
    let url = serving("200 OK", melody(12));
    let fetched = place(&studio, order(&service, &url, false));
    let voice = place(&studio, UploadOrder { purpose: Purpose::Voice, ..order(&service, &url, false) });
    work(&studio, &service.service());
    let ids = |id| {
        let reference = studio.store().reference(id).unwrap();
        (reference.voice_id, reference.instrumental_id, reference.key_print)
    };
    assert_eq!(ids(fetched), ids(known));
    assert!(ids(known).0.is_some() && ids(voice).0.is_some() && ids(voice).0 != ids(known).0, "for another purpose");
    assert_eq!(service.visits("upload", "POST").len(), 2, "the known song and the voice");
    let row = studio.store().reference(fetched).unwrap();
    assert!(row.upload.is_none() && row.note.contains("the same recording as Mara"), "{row:?}");
    assert!(frozen_files(&studio).is_empty(), "{:?}", frozen_files(&studio));

    let anew = place(&studio, UploadOrder { anew: true, ..order(&service, &url, false) });
    work(&studio, &service.service());
    assert!(ids(anew).0.is_some() && service.visits("upload", "POST").len() == 3, "who insists has it sent");
}

#[test]
fn an_address_that_is_uploaded_anew_is_sent_also_where_its_content_is_known_from_a_file() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let known = one(&studio, &service.service(), Purpose::Song);
    work(&studio, &service.service());
    let url = serving("200 OK", melody(12));
    let anew = place(&studio, UploadOrder { anew: true, ..order(&service, &url, false) });
    work(&studio, &service.service());
    let (anew, known) = (studio.store().reference(anew).unwrap(), studio.store().reference(known).unwrap());
    assert!(anew.voice_id.is_some() && anew.voice_id != known.voice_id, "{anew:?}");
    assert_eq!((anew.note.as_str(), service.visits("upload", "POST").len()), ("", 2));
}

#[test]
fn a_copy_of_what_is_at_an_address_that_is_lost_is_fetched_once_more() {
    let rule = "[[rule]]\nendpoint = \"upload\"\nfirst = 1\nwhen = \"after\"\nanswer = \"vendor\"\nstatus = 400\n";
    let (service, studio) = (Pretend::quick(rule), Studio::new());
    let id = place(&studio, order(&service, &serving("200 OK", melody(12)), false));
    work(&studio, &service.service());
    let failed = studio.store().reference(id).unwrap();
    assert_eq!((state(&failed), failed.recording.is_some()), (Some(UploadState::Failed), true), "{failed:?}");
    for copy in frozen_files(&studio) {
        std::fs::remove_file(copy).unwrap();
    }
    carry_out(&studio, Intent::UploadAgain { reference: id, frozen: None, force: false });
    work(&studio, &service.service());
    let reference = studio.store().reference(id).unwrap();
    assert!(reference.voice_id.is_some() && reference.upload.is_none(), "{reference:?}");
    assert!(frozen_files(&studio).is_empty(), "{:?}", frozen_files(&studio));
}

#[test]
fn what_comes_slowly_from_an_address_moves_its_row() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/demo/Mara.wav", listener.local_addr().unwrap());
    let (leave, left) = mpsc::channel::<()>();
    let slow = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let _ = stream.read(&mut [0; 4096]).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n").unwrap();
        while left.recv_timeout(Duration::from_millis(100)).is_err() {
            // Its reader leaves once nobody wants it any more.
            let _ = stream.write_all(&[b'x'; 64]);
        }
    });
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let id = place(&studio, order(&service, &url, false));
    let worker = Working::start(&studio, &service.service());
    let due = |reference: &Reference| reference.upload.as_ref().and_then(|upload| upload.due);
    let begun = when(&studio, id, "it is begun", |it| state(it) == Some(UploadState::Sending));
    let moved = when(&studio, id, "its row moves", |it| due(it) > due(&begun));
    assert_eq!((state(&moved), moved.upload.unwrap().sent), (Some(UploadState::Sending), 0));
    carry_out(&studio, Intent::StopUpload { reference: id });
    worker.done();
    leave.send(()).unwrap();
    slow.join().unwrap();
}

#[test]
fn a_copy_that_goes_with_another_upload_before_it_is_written_down_is_made_once_more() {
    let (service, studio) = (Pretend::quick(""), Studio::new());
    let (answer, told) = mpsc::channel();
    let url = serving_after(move || told.recv().unwrap(), "200 OK", melody(12));
    let id = place(&studio, order(&service, &url, false));
    let worker = Working::start(&studio, &service.service());
    let store = studio.store();
    let is_asked = |topic| store.fact(&service.service(), topic).unwrap().asked.is_some();
    let is_begun = || state(&store.reference(id).unwrap()) == Some(UploadState::Sending);
    until("it is begun, and nothing else to be written down", || is_begun() && Topic::ALL.into_iter().all(is_asked));
    // Nothing can be written down meanwhile.
    let other = rusqlite::Connection::open(studio.path().join("refrain.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    answer.send(()).unwrap();
    let whole = |files: Vec<PathBuf>| files.into_iter().find(|file| file.extension().is_some_and(|it| it == "wav"));
    let copy = wait_for("the copy", || whole(frozen_files(&studio)));
    std::fs::remove_file(copy).unwrap();
    other.execute_batch("ROLLBACK").unwrap();
    worker.done();
    let reference = store.reference(id).unwrap();
    assert!(reference.voice_id.is_some(), "{reference:?}");
    assert!(frozen_files(&studio).is_empty(), "{:?}", frozen_files(&studio));
}
