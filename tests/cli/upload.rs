//! `upload`, from the file to the ids: what it prints, what it refuses, and how it ends.

use std::fs;
use std::path::Path;

use refrain::domain::reference::{ReferenceId, UploadState};
use rustix::process::Signal;

use super::{at, begin};
use crate::support::line::PoorLine;
use crate::support::process;
use crate::support::recordings::{file, frozen_files, melody, state, wav, when};
use crate::support::rows;
use crate::support::service::{KEY, Pretend};
use crate::support::studio::{Ended, Studio};

/// Refuses every upload in the words of its maker.
const REFUSED: &str =
    "[[rule]]\nendpoint = \"upload\"\nanswer = \"base-resp\"\ncode = 2038\nmessage = \"voice not sung\"\n";

const ONE: ReferenceId = ReferenceId(1);

/// Runs `upload` at a service, with these arguments behind it.
fn upload(studio: &Studio, service: &Pretend, arguments: &[&str]) -> Ended {
    Ended::of(at(studio, service).arg("upload").args(arguments).output().unwrap())
}

/// A melody of twelve seconds in the studio.
fn mara(studio: &Studio) -> String {
    file(studio, "Mara, dry.wav", &melody(12)).to_str().unwrap().to_owned()
}

#[test]
fn the_json_of_an_upload_has_the_ids_that_its_purpose_promises() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let file = mara(&studio);
    for (purpose, voice, instrumental) in [("voice", true, false), ("instrumental", false, true), ("song", true, true)]
    {
        let ended = upload(&studio, &service, &[&file, "--purpose", purpose, "--name", purpose, "--json"]);
        assert_eq!((ended.code, ended.err.as_str()), (0, ""), "{ended:?}");
        let json = ended.json();
        assert_eq!(json["voice_id"].as_str().is_some_and(|id| id.starts_with("vocal-")), voice, "{json}");
        let backing = json["instrumental_id"].as_str().is_some_and(|id| id.starts_with("instrumental-"));
        assert_eq!(backing, instrumental, "{json}");
        assert_eq!((&json["name"], &json["purpose"]), (&purpose.into(), &purpose.into()));
        assert_eq!((&json["duration"], &json["known"]), (&12.0.into(), &false.into()));
        assert_eq!((&json["upload"], json["service"].as_str()), (&serde_json::Value::Null, Some(&*service.url)));
        assert_eq!(json["file"].as_str(), Some(file.as_str()));
    }
    assert_eq!(service.visits("upload", "POST").len(), 3);
}

#[test]
fn an_upload_prints_the_number_of_its_reference_and_says_what_it_is() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let ended = upload(&studio, &service, &[&mara(&studio), "--purpose", "voice"]);
    assert_eq!((ended.code, ended.out.as_str()), (0, "1\n"), "{ended:?}");
    assert!(ended.err.ends_with("`Mara, dry` is in the library: a singer alone, singing, 0:12 long\n"), "{ended:?}");
    assert!(!ended.err.contains(['\r', '\x1b']), "nothing is told over where nobody looks: {ended:?}");
}

#[test]
fn the_same_recording_is_uploaded_once_for_a_purpose_unless_that_is_wanted() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let file = mara(&studio);
    assert_eq!(upload(&studio, &service, &[&file, "--purpose", "voice"]).out, "1\n");
    // Under another name it is the same recording.
    let copy = studio.path().join("copy.wav");
    fs::copy(&file, &copy).unwrap();
    let copy = copy.to_str().unwrap();
    let known = upload(&studio, &service, &[copy, "--purpose", "voice"]);
    assert_eq!((known.code, known.out.as_str()), (0, "1\n"), "{known:?}");
    assert!(known.err.contains("in the library as `Mara, dry`") && known.err.contains("`--anew`"), "{known:?}");
    assert_eq!(upload(&studio, &service, &[copy, "--purpose", "voice", "--json"]).json()["known"], true);
    assert_eq!(service.visits("upload", "POST").len(), 1);
    assert_eq!(upload(&studio, &service, &[copy, "--purpose", "song"]).out, "2\n");
    assert_eq!(upload(&studio, &service, &[copy, "--purpose", "voice", "--anew"]).out, "3\n");
    assert_eq!(service.visits("upload", "POST").len(), 3);
}

#[test]
fn what_is_not_fit_is_refused_with_its_reason_before_anything_is_written_or_sent() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let place = |name: &str, bytes: &[u8]| file(&studio, name, bytes).to_str().unwrap().to_owned();
    let whole = melody(12);
    let table: Vec<(String, &[&str], &str)> = vec![
        (place("short.wav", &melody(9)), &[], "longer than"),
        (place("silent.wav", &wav(&vec![0; 8_000 * 2 * 12])), &[], "\nhint: record it louder"),
        (place("cut.wav", &whole[..whole.len() - 8_000]), &[], "cut short"),
        (place("words.wav", b"[Verse]\nThe last boat leaves at ten\n"), &[], "text"),
        (place("nothing.mp3", b""), &[], "empty"),
        (studio.path().join("music").to_str().unwrap().to_owned(), &[], "folder"),
        ("/Users/ann/My Demo.wav".to_owned(), &[], "scp '/Users/ann/My Demo.wav' "),
        (
            place("whole.wav", &whole),
            &["--from", "0:02", "--to", "0:20"],
            "is 12 s long, so it has no part `0:02 to 0:20`",
        ),
        (place("whole.wav", &whole), &["--from", "soon"], "`soon`"),
        (place("whole.wav", &whole), &["--name", " "], "a name cannot be empty"),
    ];
    fs::create_dir_all(studio.path().join("music")).unwrap();
    rows::each(table, |(file, more, part)| {
        let arguments: Vec<&str> =
            [file.as_str(), "--purpose", "voice"].iter().copied().chain(more.iter().copied()).collect();
        let ended = upload(&studio, &service, &arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{file}: {ended:?}");
        assert!(ended.err.starts_with("error: ") && ended.err.contains(part), "{part}: {}", ended.err);
    });
    assert_eq!(studio.store().references().unwrap(), []);
    assert_eq!((frozen_files(&studio), service.visits("upload", "POST")), (vec![], vec![]));
}

#[test]
fn a_rule_that_is_hearsay_gives_way_to_force() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let short = file(&studio, "short.wav", &melody(9));
    let short = short.to_str().unwrap();
    let refused = upload(&studio, &service, &[short, "--purpose", "voice"]);
    assert!(refused.err.contains("hint: `--force` sends it all the same; the service may refuse it"), "{refused:?}");
    // The sandbox insists on it, so what comes is its own refusal.
    let forced = upload(&studio, &service, &[short, "--purpose", "voice", "--force"]);
    assert_eq!(forced.code, 1, "{forced:?}");
    assert!(forced.err.contains("must be longer than 10 s"), "{forced:?}");
}

#[test]
fn without_a_key_nothing_is_read_and_nothing_is_written() {
    let studio = Studio::new();
    let ended = studio.run(["upload", &mara(&studio), "--purpose", "voice"]);
    assert_eq!((ended.code, ended.out.as_str()), (4, ""), "{ended:?}");
    assert!(ended.err.contains("AIMLAPI_API_KEY") && ended.err.contains("--sandbox"), "{}", ended.err);
    assert!(studio.store().references().unwrap().is_empty() && frozen_files(&studio).is_empty());
}

#[test]
fn an_upload_that_is_refused_says_why_and_goes_again_when_asked() {
    let (studio, service) = (Studio::new(), Pretend::quick(REFUSED));
    let refused = upload(&studio, &service, &[&mara(&studio), "--purpose", "voice", "--json"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.err.contains("voice not sung") && refused.err.contains("`refrain reference again 1`"),
        "{refused:?}"
    );
    assert_eq!(refused.json()["upload"]["state"], "failed");
    service.follow("");
    let again = Ended::of(at(&studio, &service).args(["reference", "again", "1", "--json"]).output().unwrap());
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.json()["voice_id"].is_string());
    assert_eq!(again.json()["id"], 1);
}

#[test]
fn ctrl_c_ends_the_waiting_and_the_upload_goes_on_until_it_is_stopped() {
    let (studio, line) = (Studio::new(), PoorLine::open());
    let bulky = file(&studio, "bulky.wav", &melody(300));
    let mut command = studio.refrain();
    command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", &line.service().to_string(), "upload"]);
    let child = begin(command.arg(&bulky).args(["--purpose", "voice"]));
    line.begun();
    process::send(child.id(), Signal::INT);
    let ended = Ended::of(child.wait_with_output().unwrap());
    assert_eq!((ended.code, ended.out.as_str()), (130, "1\n"), "{ended:?}");
    assert!(ended.err.contains("the upload goes on") && ended.err.contains("`refrain reference stop 1`"), "{ended:?}");
    assert_eq!(state(&studio.store().reference(ONE).unwrap()), Some(UploadState::Sending));
    let stopped = studio.run(["reference", "stop", "1"]);
    assert!(stopped.code == 0 && stopped.err.contains("out of the library"), "{stopped:?}");
    line.over();
    assert!(studio.store().references().unwrap().is_empty() && bulky.exists());
    assert_eq!(studio.run(["reference", "list", "--json"]).json(), serde_json::json!([]));
}

#[test]
fn with_no_wait_it_returns_when_it_is_written_and_a_worker_uploads_it() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let ended = upload(&studio, &service, &[&mara(&studio), "--purpose", "song", "--no-wait"]);
    assert_eq!((ended.code, ended.out.as_str()), (0, "1\n"), "{ended:?}");
    let uploaded = when(&studio, ONE, "it is uploaded", |reference| reference.upload.is_none());
    assert!(uploaded.voice_id.is_some() && uploaded.instrumental_id.is_some());
}

#[test]
fn what_leaves_the_machine_names_neither_the_file_nor_its_folder() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    assert_eq!(upload(&studio, &service, &[&mara(&studio), "--purpose", "voice"]).code, 0);
    let seen = service.world().to_string();
    for own in ["Mara", studio.path().to_str().unwrap(), Path::new("Mara, dry.wav").to_str().unwrap()] {
        assert!(!seen.contains(own), "{own} was seen");
    }
}

#[test]
fn a_purpose_is_needed_and_its_words_are_explained() {
    let studio = Studio::new();
    let ended = studio.run(["upload", "x.wav"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.err.contains("--purpose") && ended.err.contains("tip: a singer with music is a song"), "{ended:?}");
}
