//! Orders whose answer is the song: what the worker makes of everything that may come back.

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use refrain::domain::draft::Draft;
use refrain::domain::generation::{Status, Take, TakeId, Why};
use refrain::domain::service::Service;
use refrain::engine::intent::Order;
use refrain::engine::salvage::{Salvaged, salvage};
use refrain::paths;
use serde_json::{Value, json};

use crate::support::answering::Answering;
use crate::support::orders;
use crate::support::rows::each;
use crate::support::service::Pretend;
use crate::support::sounds::{holding, mp3, wav};
use crate::support::studio::Studio;
use crate::support::worker::work;

/// A model whose answer is the song.
pub const HELD: &str = "music-01";

/// What every sandbox here has: known references, and songs of few seconds.
const KNOWN: &str =
    "[references]\nvoices = [\"vocal-1\"]\ninstrumentals = [\"instrumental-1\"]\n[songs]\nat_most = 2.0\n";

/// A sandbox with known references and a rule for songs over an open connection.
pub fn sandbox(rule: &str) -> Pretend {
    Pretend::quick(&scenario(rule))
}

fn scenario(rule: &str) -> String {
    let rule = if rule.is_empty() { String::new() } else { format!("[[rule]]\nendpoint = \"generate\"\n{rule}\n") };
    format!("{KNOWN}{rule}")
}

/// An order of one take with these settings.
pub fn order(studio: &Studio, service: &Service, settings: &[(&str, &str)]) -> TakeId {
    let song = orders::song(&mut studio.store(), "Night Ferry");
    let settings = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let draft = Draft { settings, ..orders::draft() };
    let order = Order { draft, ..orders::order(song, service, HELD, 1) };
    orders::place(studio, order, Timestamp::now())[0]
}

pub const VOICE: (&str, &str) = ("voice-id", "vocal-1");
pub const BACKING: (&str, &str) = ("instrumental-id", "instrumental-1");

/// The answers that are kept.
pub fn kept(studio: &Studio) -> Vec<PathBuf> {
    crate::support::studio::files_below(&paths::answers(studio.path()))
}

/// Orders one take under a rule, works until nothing is live, and brings the row and the service.
fn ordered_under(rule: &str) -> (Studio, Pretend, Take) {
    let service = sandbox(rule);
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE, BACKING]);
    work(&studio, &service.service());
    let take = studio.take(take);
    (studio, service, take)
}

#[test]
fn a_song_comes_with_a_voice_a_backing_or_both_and_its_answer_goes_once_it_is_saved() {
    let table: [&[(&str, &str)]; 4] = [&[VOICE], &[BACKING], &[VOICE, BACKING], &[VOICE, ("format", "wav")]];
    let service = sandbox("");
    each(table, |settings| {
        let studio = Studio::new();
        let take = order(&studio, &service.service(), settings);
        work(&studio, &service.service());
        let take = studio.take(take);
        assert_eq!((take.status, take.why, &take.message), (Status::Saved, None, &None), "{settings:?}");
        let file = take.file.unwrap();
        assert!(file.is_file() && file.with_extension("json").is_file());
        assert!(take.duration_ms.unwrap() > 1_500, "{:?}", take.duration_ms);
        assert_eq!((take.cost.credits, take.made.is_some()), (Some(63_000.0), true));
        assert!(take.remote_id.is_some(), "what the ledger calls it");
        assert_eq!(kept(&studio), Vec::<PathBuf>::new());
    });
    assert_eq!(service.ledger().len(), 4, "each was paid once");
}

#[test]
fn what_may_come_back_for_such_an_order_and_what_it_makes_of_the_take() {
    let vendor =
        |status: u16, message: &str| format!("answer = \"vendor\"\nstatus = {status}\nmessage = \"{message}\"");
    let base = |code: i64, message: &str| format!("answer = \"base-resp\"\ncode = {code}\nmessage = \"{message}\"");
    let no_trace = Some(Why::NoTrace);
    let table = [
        ("audio = \"url\"".to_owned(), Status::Saved, None, ""),
        ("unfinished = true".to_owned(), Status::Failed, Some(Why::AudioLost), "made it and charged it"),
        (base(2013, "invalid params"), Status::Failed, Some(Why::Refused), "invalid params"),
        (base(2013, "lyrics has too many characters"), Status::Failed, Some(Why::Refused), "too many characters"),
        (base(1002, "rate limit"), Status::Held, Some(Why::Busy), "rate limit"),
        (base(1000, "unknown error"), Status::Failed, Some(Why::Broke), "unknown error"),
        (base(1008, "insufficient balance"), Status::Held, Some(Why::NoCredits), "insufficient balance"),
        ("ending = \"error\"".to_owned(), Status::Failed, Some(Why::Broke), "Downstream service error."),
        (vendor(400, "no such thing"), Status::Failed, Some(Why::Refused), "no such thing"),
        (vendor(504, "Generation timeout"), Status::Unknown, no_trace, "(status 504): Generation timeout"),
        (
            "answer = \"html\"\nstatus = 524".to_owned(),
            Status::Unknown,
            no_trace,
            "did not finish its answer (status 524)",
        ),
        (
            "answer = \"drop\"\nwhen = \"after\"".to_owned(),
            Status::Failed,
            Some(Why::AudioLost),
            "made it and charged it",
        ),
        ("answer = \"garbage\"\nstatus = 200".to_owned(), Status::Unknown, no_trace, "it is no JSON"),
        ("answer = \"misstated\"\noff = 10".to_owned(), Status::Saved, None, ""),
    ];
    each(table, |(rule, status, why, said)| {
        let (studio, service, take) = ordered_under(&rule);
        assert_eq!((take.status, take.why), (status, why), "{rule}: {:?}", take.message);
        assert!(take.message.unwrap_or_default().contains(said), "{rule}");
        assert!(service.visits("generate", "POST").len() == 1, "{rule}: it goes out once");
        // Where a song was charged, what is kept may hold some of it that refrain cannot see.
        let no = matches!(status, Status::Failed | Status::Held | Status::Saved) && why != Some(Why::AudioLost);
        assert!(!no || kept(&studio).is_empty(), "{rule}: {:?}", kept(&studio));
    });
}

/// A studio whose one order was answered so, and worked on until nothing was live.
pub fn answered(body: &[u8]) -> (Studio, Take) {
    let service = Answering::saying(200, "x-inference-id: inf-1\r\nx-aimlapi-credits-used: 63000\r\n", body);
    answered_by(&service)
}

pub fn answered_by(service: &Answering) -> (Studio, Take) {
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE]);
    work(&studio, &service.service());
    let take = studio.take(take);
    (studio, take)
}

pub fn salvaged(studio: &Studio, take: &Take) -> Salvaged {
    let catalogue = orders::desk(studio).catalogue;
    salvage(&mut studio.store(), &catalogue, take.id, Timestamp::now()).unwrap()
}

/// Spoils an answer's letters or what it says of them.
fn with(mut answer: Value, path: &str, value: impl Into<Value>) -> Vec<u8> {
    *answer.pointer_mut(path).unwrap() = value.into();
    answer.to_string().into_bytes()
}

#[test]
fn a_song_that_came_damaged_says_what_came_and_what_plays_of_it_is_salvaged() {
    let (song, tone) = (mp3(4.0), wav(4.0));
    let letters = holding(&song, 4.0)["data"]["audio"].as_str().unwrap().to_owned();
    let whole = || holding(&song, 4.0);
    let half = letters.len() / 2;
    let size = song.len();
    let table = [
        (
            "odd",
            with(whole(), "/data/audio", &letters[..letters.len() - 1]),
            "in the middle of a byte",
            "0:04 of it plays",
        ),
        (
            "foreign",
            with(whole(), "/data/audio", format!("{}x{}", &letters[..half], &letters[half..])),
            "no hexadecimal digit",
            "the first 0:02 of 0:04",
        ),
        (
            "size",
            with(whole(), "/extra_info/audio_size", size + 1),
            "the service says that the song has",
            "0:04 of it plays",
        ),
        (
            "length",
            with(whole(), "/extra_info/audio_length", 9_000),
            "lasts 0:09, it lasts 0:04",
            "the first 0:04 of 0:09",
        ),
        (
            "short",
            holding(&tone[..tone.len() / 2], 4.0).to_string().into_bytes(),
            "cut short",
            "the first 0:02 of 0:04",
        ),
        ("cut", whole().to_string().as_bytes()[..half].to_vec(), "it breaks off", "0:02 of it plays"),
    ];
    each(table, |(name, body, what, recovered)| {
        let (studio, take) = answered(&body);
        let status = if name == "cut" { Status::Unknown } else { Status::Failed };
        assert_eq!((take.status, take.why), (status, Some(Why::Spoiled)), "{name}: {:?}", take.message);
        let message = take.message.clone().unwrap();
        assert!(message.contains(what), "{name}: {message}");
        assert!(message.ends_with(&format!("`refrain salvage {}` recovers what plays", take.id.0)), "{message}");
        assert_eq!(take.cost.credits, Some(63_000.0), "{name}: it was charged");
        let kept = kept(&studio);
        assert_eq!(fs::read(&kept[0]).unwrap(), body, "{name}: every byte is kept");
        let Salvaged::Saved(said) = salvaged(&studio, &take) else { panic!("{name}: nothing plays") };
        assert!(said.contains(recovered), "{name}: {said}");
        let saved = studio.take(take.id);
        assert_eq!((saved.status, saved.message.as_deref()), (Status::Saved, Some(said.as_str())), "{name}");
        let file = saved.file.unwrap();
        assert!(file.starts_with(&saved.folder) && file.with_extension("json").is_file(), "{name}");
        let format =
            if name == "short" { refrain::audio::format::Format::Wav } else { refrain::audio::format::Format::Mp3 };
        let measured = refrain::audio::measure::measure(&file, format).unwrap();
        assert_eq!(Some(measured.duration_ms), saved.duration_ms, "{name}: it is whole by itself");
        assert!(matches!(salvaged(&studio, &take), Salvaged::Not(why) if why.contains("already")), "{name}");
    });
}

#[test]
fn where_nothing_plays_the_bytes_stay_and_their_file_is_named() {
    for nothing in [&b"<html>not a song</html>"[..], &[0; 500], b"ID3"] {
        let (studio, take) = answered(&with(holding(nothing, 4.0), "/extra_info/audio_size", 7));
        assert_eq!(take.why, Some(Why::Spoiled), "{:?}", take.message);
        let Salvaged::Not(why) = salvaged(&studio, &take) else { panic!("something plays") };
        let kept = kept(&studio).remove(0);
        assert!(why.contains("nothing of the 1 kB that came plays") && why.contains(kept.to_str().unwrap()), "{why}");
        assert_eq!(studio.take(take.id).status, Status::Failed);
        let left = crate::support::studio::files_below(&studio.paths().music);
        assert_eq!(left, Vec::<PathBuf>::new(), "and nothing half done");
    }
}

#[test]
fn a_song_that_is_done_and_not_there_is_charged_and_lost() {
    let (_studio, take) = answered(&with(holding(b"", 0.0), "/data/audio", Value::Null));
    assert_eq!((take.status, take.why), (Status::Failed, Some(Why::AudioLost)), "{:?}", take.message);
}

#[test]
fn whole_bytes_of_a_kind_that_nobody_knows_are_saved_as_they_came() {
    let bytes = [7; 1000];
    let (_studio, take) = answered(holding(&bytes, 4.0).to_string().as_bytes());
    assert_eq!(take.status, Status::Saved, "{:?}", take.message);
    assert_eq!(fs::read(take.file.unwrap()).unwrap(), bytes);
}

#[test]
fn raw_samples_are_laid_out_as_the_answer_says() {
    let mut body = holding(&vec![0; 32_000], 2.0);
    body["extra_info"]["audio_sample_rate"] = json!(16_000);
    body["extra_info"]["music_channel"] = json!(1);
    body["extra_info"]["audio_length"] = json!(1000);
    let service = Answering::saying(200, "", body.to_string().as_bytes());
    let studio = Studio::new();
    let take = order(&studio, &service.service(), &[VOICE, ("format", "pcm")]);
    work(&studio, &service.service());
    let take = studio.take(take);
    assert_eq!((take.status, take.duration_ms), (Status::Saved, Some(1000)), "{:?}", take.message);
    let sidecar = fs::read_to_string(take.file.unwrap().with_extension("json")).unwrap();
    let sidecar: Value = serde_json::from_str(&sidecar).unwrap();
    assert_eq!((&sidecar["raw"]["channels"], &sidecar["raw"]["sample_rate"]), (&json!(1), &json!(16_000)));
}

#[test]
fn a_reference_that_the_service_no_longer_takes_is_marked_with_its_sentence() {
    let service = sandbox("");
    let studio = Studio::new();
    let ids = |name: &str, voice: Option<&str>, music: Option<&str>| refrain::store::ids::NewIds {
        name: name.to_owned(),
        service: service.service(),
        voice_id: voice.map(str::to_owned),
        instrumental_id: music.map(str::to_owned),
        key_print: None,
    };
    let gone = studio.store().add_ids(&ids("Mara", Some("vocal-gone"), None), Timestamp::now()).unwrap().reference();
    let fine =
        studio.store().add_ids(&ids("Band", None, Some("instrumental-1")), Timestamp::now()).unwrap().reference();
    let take = order(&studio, &service.service(), &[("voice-id", "vocal-gone"), BACKING]);
    work(&studio, &service.service());
    let take = studio.take(take);
    assert_eq!((take.status, take.why), (Status::Failed, Some(Why::Refused)), "{:?}", take.message);
    let refused = studio.store().reference(gone).unwrap().refused;
    assert_eq!(refused, take.message, "the service's own words");
    assert!(refused.unwrap().contains("vocal-gone"));
    assert_eq!(studio.store().reference(fine).unwrap().refused, None);
}

#[test]
fn a_folder_for_answers_that_cannot_be_written_holds_the_order_before_it_is_paid() {
    let service = sandbox("");
    let studio = Studio::new();
    fs::write(paths::answers(studio.path()), "in the way").unwrap();
    let take = order(&studio, &service.service(), &[VOICE]);
    work(&studio, &service.service());
    let held = studio.take(take);
    assert_eq!((held.status, held.why), (Status::Held, Some(Why::Folder)));
    assert!(held.message.unwrap().contains("answers` cannot be written"));
    assert!(service.ledger().is_empty());
}

#[test]
fn an_answer_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (studio, _) = answered(&with(holding(&mp3(1.0), 1.0), "/extra_info/audio_size", 7));
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&kept(&studio)[0]), 0o600);
    assert_eq!(mode(&paths::answers(studio.path())), 0o700);
}
