//! `upload`, from the file to the ids: what it prints, what it refuses, and how it ends.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use refrain::domain::reference::{ReferenceId, UploadState};
use rustix::process::Signal;

use super::{at, begin};
use crate::support::answering::Answering;
use crate::support::line::PoorLine;
use crate::support::powerless::powerless;
use crate::support::process;
use crate::support::recordings::{file, frozen_files, melody, state, when};
use crate::support::rows;
use crate::support::service::{KEY, Pretend};
use crate::support::sounds::in_wav;
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
    let link = studio.path().join("link.wav");
    std::os::unix::fs::symlink("gone.wav", &link).unwrap();
    let table: Vec<(String, &[&str], &str)> = vec![
        (place("short.wav", &melody(9)), &[], "longer than"),
        (place("long.wav", &melody(601)), &[], "it may last at most"),
        (place("silent.wav", &in_wav(8_000, &vec![0; 8_000 * 2 * 12])), &[], "\nhint: record it louder"),
        (place("cut.wav", &whole[..whole.len() - 8_000]), &[], "cut short"),
        (place("words.wav", b"[Verse]\nThe last boat leaves at ten\n"), &[], "text"),
        (place("nothing.mp3", b""), &[], "empty"),
        (studio.path().join("music").to_str().unwrap().to_owned(), &[], "folder"),
        ("/Users/ann/My Demo.wav".to_owned(), &[], "scp '/Users/ann/My Demo.wav' "),
        ("ftp://a.example/x.wav".to_owned(), &[], "is no address: only addresses that start with https:// or http://"),
        ("http://a.example/x.wav".to_owned(), &[], "is not fetched: a recording is fetched over https:// alone"),
        ("http:///x.wav".to_owned(), &[], "is no address: an address names a host"),
        (link.to_str().unwrap().to_owned(), &[], "is a link to `gone.wav`, which is not there"),
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
fn a_file_that_is_another_now_is_uploaded_again_only_when_forced() {
    let (studio, service) = (Studio::new(), Pretend::quick(""));
    let path = mara(&studio);
    assert_eq!(upload(&studio, &service, &[&path, "--purpose", "voice"]).code, 0);
    let again = |arguments: &[&str]| {
        Ended::of(at(&studio, &service).args(["reference", "again", "1"]).args(arguments).output().unwrap())
    };
    assert_eq!(again(&[]).code, 0, "it is as it was");
    file(&studio, "Mara, dry.wav", &melody(14));
    let refused = again(&[]);
    assert_eq!(refused.code, 2, "{refused:?}");
    let said =
        format!("`{path}` is not the recording any more that was uploaded as `Mara, dry`\nhint: `--force` takes");
    assert!(refused.err.contains(&said), "{refused:?}");
    assert_eq!(service.visits("upload", "POST").len(), 2);
    assert_eq!(studio.store().reference(ONE).unwrap().duration_ms, Some(12_000), "nothing was written");
    assert_eq!(again(&["--force"]).code, 0);
    assert_eq!(studio.store().reference(ONE).unwrap().duration_ms, Some(14_000));
    assert_eq!(service.visits("upload", "POST").len(), 3);
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
    let taken = r#"{"voice_id":"vocal-1","base_resp":{"status_code":0,"status_msg":"success"}}"#;
    let service = Answering::saying(200, "content-type: application/json\r\n", taken.as_bytes());
    let studio = Studio::new();
    let mut command = studio.refrain();
    command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", service.url(), "upload"]);
    let ended = Ended::of(command.args([&mara(&studio), "--purpose", "voice"]).output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    let [sent] = &service.orders()[..] else { panic!("it went once") };
    assert!(sent.contains("filename=\"recording.wav\"") && sent.contains("audio/wav"), "how a file is called there");
    for own in ["Mara", "dry", studio.path().to_str().unwrap()] {
        assert!(!sent.contains(own), "{own} was seen");
    }
}

#[test]
fn a_recording_that_may_not_be_read_says_so_before_anything_is_written() {
    let studio = Studio::new();
    let file = file(&studio, "locked.wav", &melody(12));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    let Some(mut command) = powerless(Path::new(env!("CARGO_BIN_EXE_refrain"))) else { return };
    command.env("HOME", studio.path()).args(["--sandbox", "--data-dir"]).arg(studio.path()).arg("upload");
    let ended = Ended::of(command.arg(&file).args(["--purpose", "voice"]).output().unwrap());
    assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{ended:?}");
    assert!(ended.err.contains("`locked.wav` cannot be read: permission denied"), "{ended:?}");
    assert_eq!(studio.store().references().unwrap(), []);
}

#[test]
fn a_file_on_another_machine_is_fetched_into_the_configured_inbox() {
    let studio = Studio::new();
    let inbox = studio.path().join("from elsewhere");
    studio.configure(&format!("[files]\ninbox = \"{}\"\n", inbox.display()));
    let ended = studio.run(["--sandbox", "upload", "/Users/ann/My Demo.wav", "--purpose", "voice"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.err.contains("scp '/Users/ann/My Demo.wav' ") && ended.err.contains("from elsewhere"), "{ended:?}");
    assert!(inbox.is_dir(), "the line finds its folder");
}

#[test]
fn a_purpose_is_needed_and_its_words_are_explained() {
    let studio = Studio::new();
    let ended = studio.run(["upload", "x.wav"]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.err.contains("--purpose") && ended.err.contains("tip: a singer with music is a song"), "{ended:?}");
}
