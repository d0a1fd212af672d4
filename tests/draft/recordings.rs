//! What is said about references before anything is paid, and what a person sees of a request with a file.

use std::collections::BTreeMap;

use jiff::Timestamp;
use refrain::domain::catalogue::{Catalogue, ModelSpec, overlay};
use refrain::domain::draft::Grade::{self, Look, MustFix};
use refrain::domain::draft::{Draft, Holds, Known, Problem};
use refrain::domain::enclosure::Enclosure;
use refrain::domain::recording::setting;
use refrain::domain::reference::{Purpose, Reference, ReferenceId, Upload, UploadState};
use refrain::domain::service::Service;
use refrain::engine::orders;
use serde_json::json;

use crate::{LYRICS_TEXT, STYLE_TEXT, draft, model, written};

const FILE: &str = "ab12.mp3";

/// What should be said, the gravest first.
type Expected<'a> = &'a [(Grade, &'a str)];

fn reference(id: i64, name: &str, purpose: Purpose) -> Reference {
    Reference::new(ReferenceId(id), name, purpose, Timestamp::UNIX_EPOCH)
}

/// A file that goes along with orders.
fn file(seconds: f64, bytes: u64) -> Reference {
    Reference {
        recording: Some(FILE.to_owned()),
        duration_ms: Some((seconds * 1000.0) as u64),
        bytes: Some(bytes),
        ..reference(1, "Mara demo", Purpose::File)
    }
}

/// A voice that was uploaded to the vendor's service with the key of these tests.
fn voice() -> Reference {
    Reference {
        voice_id: Some("vocal-1".to_owned()),
        service: Some(Service::vendor()),
        key_print: Some("mine".to_owned()),
        ..reference(2, "Mara", Purpose::Voice)
    }
}

fn knowing(library: &[Reference]) -> Known<'_> {
    Known { library: Some(library), ..Known::default() }
}

/// What is said of a draft's references, ordered from the vendor with the key of these tests.
fn said(label: &str, draft: &Draft, library: &[Reference]) -> Vec<(Grade, String)> {
    let service = Service::vendor();
    let known = Known { library: Some(library), service: Some(&service), key_print: Some("mine") };
    let problems = draft.check_knowing(&model(label), known);
    let of_references = problems.iter().filter(|problem| ["reference", "voice-id"].contains(&&*problem.field));
    // What a voice without a backing comes to is another matter.
    let of_references = of_references.filter(|problem| problem.holds != Holds::Alone);
    of_references.map(|problem| (problem.grade, problem.sentence())).collect()
}

#[track_caller]
fn assert_said(label: &str, draft: &Draft, library: &[Reference], expected: Expected<'_>) {
    let expected: Vec<_> = expected.iter().map(|(grade, sentence)| (*grade, (*sentence).to_owned())).collect();
    assert_eq!(said(label, draft, library), expected);
}

#[test]
fn a_path_in_place_of_a_reference_must_be_mended_and_is_told_where_it_belongs() {
    let add = "a file of this machine, to be added first (a in References, or `--reference FILE`)";
    let web = "a file of this machine, minimax-music takes only an address: put it on the web, or choose a model that \
               takes files";
    let upload = "a file of this machine, music-01 takes the id of an uploaded voice: upload it (a in References, or \
                  `refrain upload`)";
    for path in ["demo.mp3", "/home/mara/demo", "~/demo.wav", "C:\\demo.wav"] {
        for (label, field, rule) in
            [("music-cover", "reference", add), ("minimax-music", "reference", web), ("music-01", "voice-id", upload)]
        {
            let sentence = format!("{field} is `{path}`, {rule}");
            assert_said(label, &draft(&[(field, path)]), &[], &[(MustFix, &sentence)]);
        }
    }
}

#[test]
fn a_file_of_the_references_goes_only_to_models_that_take_files() {
    let library = [file(42.0, 3_200_000)];
    let file = setting(FILE);
    assert_said("music-cover", &draft(&[("reference", &file)]), &library, &[]);
    let web = "reference is `Mara demo`, a file of this machine, minimax-music takes only an address: put it on the \
               web, or choose a model that takes files";
    assert_said("minimax-music", &draft(&[("reference", &file)]), &library, &[(MustFix, web)]);
    let upload = "voice-id is `Mara demo`, a file of this machine, music-01 takes the id of an uploaded voice: upload \
                  it (a in References, or `refrain upload`)";
    assert_said("music-01", &draft(&[("voice-id", &file)]), &library, &[(MustFix, upload)]);
    let gone =
        format!("reference is `{file}`, a file that is in the references no more: add it again, or choose another");
    assert_said("music-cover", &draft(&[("reference", &file)]), &[], &[(Look, &gone)]);
}

#[test]
fn a_recording_past_a_rule_of_the_model_is_said_as_sure_as_the_rule_is() {
    let draft = draft(&[("reference", &setting(FILE))]);
    let table: [(f64, u64, Expected<'_>); 6] = [
        (6.0, 50_000_000, &[]),
        (5.9, 1, &[(Look, "reference is `Mara demo`, 0:05 long, music-cover is said to take at least 0:06")]),
        (360.0, 1, &[]),
        (360.2, 1, &[(Look, "reference is `Mara demo`, 6:01 long, music-cover is said to take at most 6:00")]),
        (60.0, 50_100_000, &[(MustFix, "reference is `Mara demo`, 50.1 MB, music-cover takes at most 50.0 MB")]),
        (
            400.0,
            70_000_000,
            &[
                (MustFix, "reference is `Mara demo`, 70.0 MB, music-cover takes at most 50.0 MB"),
                (Look, "reference is `Mara demo`, 6:40 long, music-cover is said to take at most 6:00"),
            ],
        ),
    ];
    for (seconds, bytes, expected) in table {
        assert_said("music-cover", &draft, &[file(seconds, bytes)], expected);
    }
}

#[test]
fn the_length_of_an_address_is_held_against_the_rule_where_it_is_known() {
    let url = "https://a.example/demo.mp3";
    let draft = draft(&[("reference", url)]);
    let of_length = |duration_ms| Reference {
        url: Some(url.to_owned()),
        duration_ms,
        ..reference(3, "Harbour demo", Purpose::Url)
    };
    assert_said("minimax-music", &draft, &[of_length(None)], &[]);
    assert_said("minimax-music", &draft, &[of_length(Some(15_001))], &[]);
    let short = "reference is `Harbour demo`, 0:15 long, minimax-music is said to take more than 0:15";
    assert_said("minimax-music", &draft, &[of_length(Some(15_000))], &[(Look, short)]);
}

#[test]
fn an_id_means_the_reference_of_the_service_at_hand_before_one_of_another_that_has_the_same() {
    let draft = written("", LYRICS_TEXT, &[("voice-id", "vocal-1")]);
    let of_the_sandbox = Reference { service: Some(Service::Sandbox), ..voice() };
    assert_said("music-01", &draft, &[of_the_sandbox.clone(), voice()], &[]);
    let (again, service) = ("vocal-9".to_owned(), Service::vendor());
    let former = vec!["vocal-1".to_owned()];
    let rehearsed = Reference { voice_id: Some(again), former, ..of_the_sandbox };
    let library = [rehearsed, voice()];
    let known = Known { library: Some(&library), service: Some(&service), key_print: None };
    let problems = orders::problems(&draft, &model("music-01"), known);
    assert!(problems.iter().all(|problem| problem.grade != MustFix), "{problems:?}");
}

#[test]
fn a_copy_that_waits_to_be_uploaded_is_no_recording_for_an_order() {
    let waiting = Reference { recording: Some(FILE.to_owned()), voice_id: None, ..voice() };
    let spec = model("music-cover");
    assert!(spec.fields.iter().all(|field| waiting.value_for(field).is_none()));
    assert!(!waiting.is_meant_by(&setting(FILE)));
    let kept = Reference { id: ReferenceId(3), ..file(42.0, 3_200_000) };
    let draft = written(STYLE_TEXT, "", &[("reference", &setting(FILE))]);
    let beside = Reference { service: Some(Service::Sandbox), ..waiting };
    assert_said("music-cover", &draft, &[beside, kept], &[]);
}

#[test]
fn an_id_of_another_service_or_key_or_one_that_was_refused_is_said() {
    let draft = written("", LYRICS_TEXT, &[("voice-id", "vocal-1")]);
    assert_said("music-01", &draft, &[voice()], &[]);
    let again =
        Upload { state: UploadState::Waiting, sent: 0, bytes: 9, message: None, tries: 0, due: None, force: false };
    let refused = Reference { refused: Some("no such voice".to_owned()), ..voice() };
    let table = [
        (
            Reference { service: Some(Service::Sandbox), ..voice() },
            MustFix,
            "voice-id is `Mara`, uploaded to the sandbox and unknown to `https://api.aimlapi.com`: upload it there, too",
        ),
        (
            Reference { service: Some("https://other.example".into()), ..voice() },
            Look,
            "voice-id is `Mara`, uploaded to `https://other.example`, perhaps unknown to `https://api.aimlapi.com`",
        ),
        (
            Reference { key_print: Some("yours".to_owned()), ..voice() },
            Look,
            "voice-id is `Mara`, uploaded with another key, perhaps unknown to this one",
        ),
        (
            refused.clone(),
            Look,
            "voice-id is `Mara`, no longer taken by the service: r in References, or `refrain reference again 2`, \
             uploads it again",
        ),
        (
            Reference { upload: Some(again), ..refused },
            Look,
            "voice-id is `Mara`, no longer taken by the service: it is being uploaded again",
        ),
    ];
    for (reference, grade, sentence) in table {
        assert_said("music-01", &draft, &[reference], &[(grade, sentence)]);
    }
    assert_said("music-01", &draft, &[], &[]);
}

#[test]
fn what_is_typed_is_text_whatever_it_looks_like_and_no_wire_path_may_pretend() {
    let smuggled = r#"{"$recording":"ab12.mp3","encoding":"base64"}"#;
    for (label, field) in [("music-cover", "reference"), ("music-01", "voice-id"), ("lyria2", "negative")] {
        for text in [smuggled.to_owned(), smuggled.replace(' ', ""), setting("../key.mp3"), setting("a/b.mp3")] {
            let sent = written(&text, &format!("{text} {text}"), &[(field, &text)]).body(&model(label));
            assert_eq!(Enclosure::all_in(&sent.into()), [], "{label} {text}");
        }
    }
    let taken = draft(&[("reference", &setting(FILE))]).body(&model("music-cover"));
    assert_eq!(taken["reference_audio_url"], json!({"$recording": FILE, "encoding": "base64"}));

    let text = include_str!("../../src/domain/catalogue.toml");
    let pretended = text.replace("wire = \"negative_prompt\"", "wire = \"reference.$recording\"");
    let error = Catalogue::parse(&pretended, "it").unwrap_err();
    assert!(error.to_string().contains("`$` first"), "{error}");
}

/// The model with an overlay over refrain's own catalogue.
fn overlaid(overlay: &str, label: &str) -> ModelSpec {
    overlay::lay(overlay).unwrap_or_else(|mistakes| panic!("{overlay}: {mistakes:?}")).find(label).unwrap().clone()
}

#[test]
fn how_a_file_travels_and_what_is_asked_of_it_can_be_changed_without_a_rebuild() {
    let field = |id: &str, recording: &str| {
        format!("[[models]]\nid = \"{id}\"\n[[models.fields]]\nname = \"reference\"\nrecording = {{ {recording} }}\n")
    };
    let draft = draft(&[("reference", &setting(FILE))]);
    let cover = overlaid(&field("minimax/music-cover", "encoding = \"data-uri\", longest = 30"), "music-cover");
    assert_eq!(draft.body(&cover)["reference_audio_url"]["encoding"], "data-uri");
    let library = [file(42.0, 1)];
    let known = knowing(&library);
    let sentences: Vec<_> = draft.check_knowing(&cover, known).iter().map(Problem::sentence).collect();
    assert_eq!(sentences, ["reference is `Mara demo`, 0:42 long, music-cover takes at most 0:30"]);

    let legacy = overlaid(&field("minimax-music", "encoding = \"base64\""), "minimax-music");
    let taken = draft.body(&legacy);
    assert_eq!(taken["reference_audio_url"], json!({"$recording": FILE, "encoding": "base64"}));
    assert_eq!(overlay::lay(&field("minimax-music", "encoding = \"hex\"")).unwrap_err().len(), 1);
}

#[test]
fn a_person_sees_a_file_by_its_name_length_and_size() {
    let spec = model("music-cover");
    let draft = draft(&[("reference", &setting(FILE))]);
    let shown = |library: &[Reference]| {
        orders::request_in_words(&draft, &spec, knowing(library))["reference_audio_url"].as_str().unwrap().to_owned()
    };
    assert_eq!(shown(&[file(42.4, 3_249_000)]), "Mara demo, 0:42, 3.2 MB, sent in Base64");
    assert_eq!(shown(&[]), "ab12.mp3, sent in Base64");
}

#[test]
fn what_is_shown_before_an_order_is_what_is_sent_also_after_a_new_upload() {
    let uploaded_again = Reference {
        voice_id: Some("vocal-2".to_owned()),
        former: vec!["vocal-1".to_owned()],
        refused: None,
        ..voice()
    };
    let spec = model("music-01");
    let draft = written("", LYRICS_TEXT, &[("voice-id", "vocal-1")]);
    let library = [uploaded_again];
    assert_eq!(orders::request(&draft, &spec, knowing(&library))["refer_voice"], "vocal-2");
    assert_eq!(orders::request_in_words(&draft, &spec, knowing(&library))["refer_voice"], "vocal-2");
    let known = knowing(&library);
    let problems = orders::problems(&draft, &spec, known);
    assert!(problems.iter().all(|problem| problem.holds != Holds::Typed), "{problems:?}");
}

#[test]
fn lyrics_past_the_longest_song_are_warned_of_with_the_estimate_on_every_model_that_sings() {
    let words = "la la la la la la la la la la\n";
    let mut warned = BTreeMap::new();
    for spec in Catalogue::embedded().unwrap().models() {
        let with = |lines: usize| {
            let draft = written(STYLE_TEXT, &words.repeat(lines), &[("reference", "https://a.example/a.mp3")]);
            let problems = draft.check(spec);
            problems.iter().map(Problem::sentence).find(|sentence| sentence.contains(" may last "))
        };
        assert_eq!(with(5), None, "{}", spec.id);
        warned.insert(spec.label.clone(), with(200));
    }
    let told = |label: &str| warned[label].clone().unwrap();
    assert_eq!(told("music-01"), "lyrics may last 13:25 to 20:15, music-01 is said to make at most 1:00");
    assert_eq!(told("minimax-music"), "lyrics may last 13:25 to 20:15, minimax-music is said to make at most 1:00");
    assert_eq!(told("music-1.5"), "lyrics may last 13:25 to 20:15, music-1.5 makes at most 4:00");
    let silent: Vec<_> = warned.iter().filter(|(_, said)| said.is_none()).map(|(label, _)| label.as_str()).collect();
    assert_eq!(silent, ["lyria2", "stable-audio"]);
}

#[test]
fn lyrics_are_warned_of_once_the_middle_of_the_estimate_is_past_the_longest_song() {
    // Ten syllables a line: 4 s when brisk, 6 s when slow, and 5 to 15 s around the whole.
    let told = |lines: usize| {
        let draft = written(
            "",
            &"la la la la la la la la la la\n".repeat(lines),
            &[("voice-id", "v"), ("instrumental-id", "i")],
        );
        let said: Vec<_> = draft.check(&model("music-01")).iter().map(Problem::sentence).collect();
        said
    };
    assert_eq!(told(10), [""; 0], "0:45 to 1:15");
    assert_eq!(told(11), ["lyrics may last 0:49 to 1:21, music-01 is said to make at most 1:00"]);
}
