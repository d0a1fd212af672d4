//! The library from the command line, and the references of an order as flags name them.

use jiff::Timestamp;
use refrain::domain::recording::Frozen;
use refrain::domain::reference::{Purpose, Reference};
use refrain::domain::service::Service;
use refrain::domain::song::SongId;
use refrain::store::ids::NewIds;
use refrain::store::uploads::{NewUpload, Source};
use serde_json::{Value, json};

use super::{AT_ONCE, at};
use crate::support::orders;
use crate::support::recordings::{file, frozen_files, melody};
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};

/// A studio with a voice, an instrumental and a song of the sandbox, and a recording by address.
fn with_a_library() -> Studio {
    let studio = Studio::new();
    let mut store = studio.store();
    let mut add = |name: &str, voice: Option<&str>, instrumental: Option<&str>| {
        let (voice_id, instrumental_id) = (voice.map(str::to_owned), instrumental.map(str::to_owned));
        let service = Service::Sandbox;
        let ids = NewIds { name: name.to_owned(), service, voice_id, instrumental_id, key_print: None };
        store.add_ids(&ids, Timestamp::now()).unwrap();
    };
    add("Mara", Some("vocal-mara"), None);
    add("Band", None, Some("instrumental-band"));
    add("Night Ferry demo", Some("vocal-demo"), Some("instrumental-demo"));
    store.add_reference("Harbour", "https://example.org/harbour.mp3", Timestamp::now()).unwrap();
    studio
}

fn sandbox(studio: &Studio, arguments: &[&str]) -> Ended {
    Ended::of(studio.refrain().arg("--sandbox").args(arguments).output().unwrap())
}

/// A new song for music-01, written with these flags: its settings, where the flags were taken.
fn written(studio: &Studio, flags: &[&str]) -> Result<Value, Ended> {
    let title = sandbox(studio, &["song", "new", "Night Ferry"]).out;
    let words = ["song", "write", title.trim_end(), "--model", "music-01", "--json"];
    let ended = sandbox(studio, &[&words, flags].concat());
    if ended.code == 0 { Ok(ended.json()["draft"]["settings"].clone()) } else { Err(ended) }
}

fn named(name: &str) -> impl Fn(&Reference) -> bool {
    move |reference| reference.name == name
}

#[test]
fn the_list_tells_every_fact_and_is_filtered_by_words() {
    let studio = with_a_library();
    assert_eq!(sandbox(&studio, &["reference", "note", "Mara", "close microphone"]).code, 0);
    let all = sandbox(&studio, &["reference", "list", "--json"]).json();
    let mara = &all[0];
    let told = json!({
        "id": 1, "name": "Mara", "purpose": "voice", "service": "sandbox", "voice_id": "vocal-mara",
        "instrumental_id": null, "former_ids": [], "duration": null, "url": null, "file": null, "part": null,
        "recording": null, "key_print": null, "refused": null, "upload": null, "note": "close microphone",
        "created": mara["created"], "takes": 0,
    });
    assert_eq!(mara, &told);
    assert_eq!(all[2]["purpose"], "song");
    let names = |words: &[&str]| -> Vec<String> {
        let listed = sandbox(&studio, &[&["reference", "list", "--json"], words].concat()).json();
        listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&["microphone", "MARA"]), ["Mara"]);
    assert_eq!(names(&["instrumental"]), ["Band", "Night Ferry demo"]);
    assert_eq!(names(&["harbour.mp3"]), ["Harbour"]);
    let row = sandbox(&studio, &["reference", "list", "close"]).out;
    assert_eq!(row, "   1  Mara  voice  0 takes  close microphone  (sandbox)\n");
    let none = sandbox(&studio, &["reference", "list", "zzz"]);
    assert_eq!((none.code, none.out.as_str(), none.err.as_str()), (0, "", "no reference has these words\n"));
}

#[test]
fn flags_name_references_by_name_by_number_and_by_the_service_s_id() {
    let studio = with_a_library();
    let table: [(&[&str], Value, Value); 5] = [
        (&["--voice", "mara"], json!("vocal-mara"), Value::Null),
        (&["--voice", "MARA", "--instrumental", "2"], json!("vocal-mara"), json!("instrumental-band")),
        (&["--voice", "3", "--instrumental", "night ferry demo"], json!("vocal-demo"), json!("instrumental-demo")),
        (&["--instrumental", "instrumental-from-elsewhere"], Value::Null, json!("instrumental-from-elsewhere")),
        (&["--set", "voice-id=4711", "--instrumental", "Band"], json!("4711"), json!("instrumental-band")),
    ];
    for (flags, voice, instrumental) in table {
        let settings = written(&studio, flags).unwrap();
        assert_eq!((&settings["voice-id"], &settings["instrumental-id"]), (&voice, &instrumental), "{flags:?}");
    }
}

#[test]
fn a_reference_that_does_not_fit_is_answered_with_the_flag_the_value_and_the_rule() {
    let studio = with_a_library();
    let demo = file(&studio, "demo.wav", &melody(12));
    let demo = demo.to_str().unwrap();
    let orders = |model: &str, flags: &[&str]| {
        let words = ["generate", "--model", model, "--prompt", "slow fado, one guitar", "--lyrics", orders::LYRICS];
        sandbox(&studio, &[&words, flags, &["--dry-run"]].concat())
    };
    let table: [(&str, &[&str], &str); 11] = [
        ("lyria2", &["--voice", "Mara"], "`--voice Mara`: lyria2 takes no voice; music-01 does"),
        ("music-01", &["--voice", "Band"], "`Band` is music only, and this takes a voice"),
        (
            "music-01",
            &["--voice", "marra"],
            "no reference is called so, and it is no id of a voice, which begins with `vocal-`\nhint: did you mean `Mara`?",
        ),
        ("music-01", &["--voice", "instrumental-1"], "that is an id of an instrumental, and this takes a voice"),
        ("music-01", &["--reference", "Harbour"], "music-01 takes no reference; music-cover or minimax-music do"),
        (
            "minimax-music",
            &["--reference", demo],
            "that is a file, and minimax-music takes addresses only; music-cover does",
        ),
        ("minimax-music", &["--reference", "Mara"], "`Mara` is a singer alone, singing, and this takes a recording"),
        (
            "music-cover",
            &["--reference", "/Users/ann/x.wav"],
            "if it is on another one, run there: scp /Users/ann/x.wav ",
        ),
        (
            "music-cover",
            &["--reference", "ftp://a.example/x.wav"],
            "`--reference ftp://a.example/x.wav`: only addresses that start with https:// or http:// are taken",
        ),
        ("music-cover", &["--reference", "http:///x.wav"], "`--reference http:///x.wav`: an address names a host"),
        ("music-cover", &["--reference", "nobody"], "no reference and no file is called so"),
    ];
    for (model, flags, part) in table {
        let ended = orders(model, flags);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{flags:?}: {ended:?}");
        assert!(ended.err.contains(part), "{part} is missing: {}", ended.err);
    }
    assert!(frozen_files(&studio).is_empty(), "no file was read for nothing");
}

#[test]
fn a_name_that_is_not_found_is_all_that_is_said_of_its_field_and_its_hint_has_a_line() {
    let studio = with_a_library();
    let flags = ["--model", "music-01", "--lyrics", orders::LYRICS, "--voice", "marra"];
    let slip = "`--voice marra`: no reference is called so, and it is no id of a voice, which begins with `vocal-`";
    let checked = sandbox(&studio, &[&["check"], &flags[..]].concat());
    assert_eq!(checked.code, 2, "{checked:?}");
    assert!(checked.out.contains(&format!("must fix  {slip}\nhint: did you mean `Mara`?\n")), "{}", checked.out);
    let ordered = sandbox(&studio, &[&["generate"], &flags[..]].concat());
    assert!(ordered.err.ends_with(&format!("\n- {slip}\nhint: did you mean `Mara`?\n")), "{}", ordered.err);
    for said in [&checked.out, &ordered.err] {
        assert!(!said.contains("missing"), "the field is not missing, its name was misspelled: {said}");
    }
    let told = sandbox(&studio, &[&["check", "--json"], &flags[..]].concat()).json();
    let problem = &told[0]["problems"][0];
    assert_eq!((&problem["sentence"], &problem["hint"]), (&slip.into(), &"did you mean `Mara`?".into()));
    assert_eq!(problem["place"], "settings.voice-id");
    let none = sandbox(&studio, &["check", "--model", "music-01", "--lyrics", orders::LYRICS]);
    assert!(none.out.contains("missing"), "{}", none.out);
}

#[test]
fn a_name_that_fits_several_means_the_one_that_is_called_exactly_so() {
    let studio = with_a_library();
    let add = |name: &str, id: &str| sandbox(&studio, &["reference", "add", "--id", id, "--name", name]);
    assert_eq!(add("MARA", "vocal-loud").out, "5\n");
    assert_eq!(written(&studio, &["--voice", "MARA"]).unwrap()["voice-id"], "vocal-loud");
    assert_eq!(written(&studio, &["--voice", "Mara"]).unwrap()["voice-id"], "vocal-mara");
    let both = written(&studio, &["--voice", "mara"]).unwrap_err();
    assert_eq!(both.code, 2);
    assert!(
        both.err.contains(
            "2 references are called so\nhint: name one by its number: 1 `Mara` (voice, sandbox), 5 `MARA` (voice, sandbox)"
        ),
        "{both:?}"
    );
    assert_eq!(add("Mara", "instrumental-mara").out, "6\n");
    assert_eq!(
        written(&studio, &["--voice", "Mara"]).unwrap()["voice-id"],
        "vocal-mara",
        "only one of them is a voice"
    );
    assert_eq!(
        written(&studio, &["--instrumental", "mARA"]).unwrap()["instrumental-id"],
        "instrumental-mara",
        "what fits the flag is asked before how it is spelled"
    );
    assert_eq!(written(&studio, &["--instrumental", "MARA"]).unwrap()["instrumental-id"], "instrumental-mara");
}

#[test]
fn a_name_means_the_reference_of_the_service_at_hand_before_one_of_another() {
    let studio = with_a_library();
    let ids = NewIds {
        name: "Mara".to_owned(),
        service: Service::vendor(),
        voice_id: Some("vocal-mara".to_owned()),
        instrumental_id: None,
        key_print: None,
    };
    studio.store().add_ids(&ids, Timestamp::now()).unwrap();
    assert_eq!(studio.run(["reference", "note", "Mara", "of the vendor"]).code, 0);
    assert_eq!(sandbox(&studio, &["reference", "note", "mara", "of the sandbox"]).code, 0);
    let notes = |library: Vec<Reference>| library.into_iter().filter(named("Mara")).map(|one| one.note).collect();
    let notes: Vec<String> = notes(studio.store().references().unwrap());
    assert_eq!(notes, ["of the sandbox", "of the vendor"]);
    let lyrics = ["--lyrics", orders::LYRICS, "--voice", "Mara", "--instrumental", "instrumental-9", "--dry-run"];
    let ordered = studio.run([&["generate", "--model", "music-01", "--prompt", "slow fado"][..], &lyrics].concat());
    assert_eq!((ordered.code, &ordered.json()["refer_voice"]), (0, &json!("vocal-mara")), "{ordered:?}");
}

#[test]
fn what_has_no_id_yet_or_none_that_is_taken_is_not_used_by_any_command() {
    let studio = with_a_library();
    let frozen = Frozen { name: "ab.wav".into(), content: "ab".into(), bytes: 9, duration_ms: 12_000, converted: None };
    let upload = NewUpload {
        name: "Ann".to_owned(),
        purpose: Purpose::Voice,
        service: Service::Sandbox,
        source: Source::File { file: "/home/mara/ann.wav".into(), frozen },
        part: None,
        force: false,
        key_print: None,
        anew: false,
    };
    let mut store = studio.store();
    store.add_upload(&upload, Timestamp::now()).unwrap();
    store.refuse_reference(&Service::Sandbox, "vocal-mara", "no such voice").unwrap();
    let title = sandbox(&studio, &["song", "new", "Night Ferry"]).out;
    sandbox(&studio, &["song", "write", title.trim_end(), "--model", "music-01"]);
    for (name, said) in [("Ann", "`Ann` has no id yet"), ("Mara", "the service does not take `Mara` any more")] {
        let used = sandbox(&studio, &["reference", "use", name, "Night Ferry"]);
        assert!(used.code == 1 && used.err.contains(said), "{used:?}");
        let written = sandbox(&studio, &["song", "write", "Night Ferry", "--voice", name]);
        assert!(written.code == 2 && written.err.contains(said), "{written:?}");
    }
    let cover = ["generate", "--model", "music-cover", "--prompt", "slow fado", "--reference", "Ann", "--dry-run"];
    let covered = sandbox(&studio, &cover);
    assert!(covered.code == 2 && covered.err.contains("`Ann` has no id yet"), "{covered:?}");
}

#[test]
fn ids_that_were_made_elsewhere_are_added_by_hand() {
    let studio = Studio::new();
    let add = |flags: &[&str]| sandbox(&studio, &[&["reference", "add", "--json"], flags].concat());
    let song = add(&["--id", "vocal-1", "--id", "instrumental-1", "--name", "Demo"]).json();
    assert_eq!(
        (&song["purpose"], &song["voice_id"], &song["instrumental_id"]),
        (&json!("song"), &json!("vocal-1"), &json!("instrumental-1"))
    );
    assert_eq!(add(&["--id", "4711", "--voice"]).json()["voice_id"], "4711");
    let known = add(&["--id", "vocal-1"]);
    assert!(known.json()["id"] == 1 && known.err.contains("already as `Demo`"), "{known:?}");
    let table: [(&[&str], &str); 5] = [
        (&["--id", "4712"], "`--voice` or `--instrumental` says what it is one of"),
        (&["--id", "vocal-2", "--instrumental"], "begins like an id of another kind"),
        (&["--id", "vocal-2", "--id", "vocal-3"], "`vocal-2` and `vocal-3` are of one kind"),
        (&["--id", "two words"], "an id is one word"),
        (&["--voice"], "--id"),
    ];
    for (flags, part) in table {
        let ended = add(flags);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{flags:?}: {ended:?}");
        assert!(ended.err.contains(part), "{part} is missing: {}", ended.err);
    }
    assert_eq!(studio.store().references().unwrap().len(), 2);
}

#[test]
fn a_song_serves_as_singer_and_as_music_and_stops_as_both() {
    let studio = with_a_library();
    assert_eq!(sandbox(&studio, &["song", "new", "Night Ferry"]).code, 0);
    let uses = |words: &[&str]| sandbox(&studio, &[&["reference", "use"], words].concat());
    let draft = || studio.store().draft(SongId(1)).unwrap().draft;
    let unfit = uses(&["night ferry demo", "Night Ferry"]);
    assert!(unfit.code == 1 && unfit.err.contains("hint: music-01 does"), "{unfit:?}");
    assert_eq!(sandbox(&studio, &["song", "write", "Night Ferry", "--model", "music-01"]).code, 0);
    assert_eq!(uses(&["Night Ferry demo", "Night Ferry"]).code, 0);
    assert_eq!(
        (draft().setting("voice-id"), draft().setting("instrumental-id")),
        (Some("vocal-demo"), Some("instrumental-demo"))
    );
    assert_eq!(uses(&["Mara", "Night Ferry"]).code, 0);
    assert_eq!(draft().setting("voice-id"), Some("vocal-mara"), "another singer takes the place");
    assert_eq!(uses(&["Night Ferry demo", "Night Ferry", "--undo"]).code, 0);
    assert_eq!((draft().setting("voice-id"), draft().setting("instrumental-id")), (Some("vocal-mara"), None));
    let not = uses(&["Night Ferry demo", "Night Ferry", "--undo"]);
    assert!(not.code == 1 && not.err.contains("does not use `Night Ferry demo`"), "{not:?}");
    let written = sandbox(&studio, &["song", "write", "Night Ferry", "--instrumental", "band"]);
    assert!(written.code == 0 && draft().setting("instrumental-id") == Some("instrumental-band"), "{written:?}");
    let elsewhere = studio.run(["--base-url", "http://127.0.0.1:1", "reference", "use", "Band", "Night Ferry"]);
    assert!(elsewhere.code == 1 && elsewhere.err.contains("`Band` is of sandbox"), "{elsewhere:?}");
}

#[test]
fn a_file_goes_along_with_an_order_and_is_in_the_library_then() {
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let demo = file(&studio, "Harbour demo.wav", &melody(12));
    let order = |reference: &str, more: &[&str]| {
        let mut command = at(&studio, &service);
        command.args([
            "generate",
            "--model",
            "music-cover",
            "--prompt",
            "slow fado, one guitar",
            "--yes",
            "--reference",
        ]);
        Ended::of(command.arg(reference).args(more).output().unwrap())
    };
    let dry = order(demo.to_str().unwrap(), &["--dry-run"]);
    assert_eq!(dry.code, 0, "{dry:?}");
    assert!(studio.store().references().unwrap().is_empty(), "a dry run keeps nothing");
    let ordered = order(demo.to_str().unwrap(), &["--wait", "--json"]);
    assert_eq!((ordered.code, &ordered.json()["status"]), (0, &json!("saved")), "{ordered:?}");
    let library = studio.store().references().unwrap();
    assert_eq!(library.len(), 1);
    assert_eq!((library[0].name.as_str(), library[0].purpose, library[0].takes), ("Harbour demo", Purpose::File, 1));
    let named = order("harbour demo", &["--wait"]);
    assert_eq!(named.code, 0, "{named:?}");
    let takes = studio.run(["reference", "takes", "Harbour demo", "--json"]).json();
    assert_eq!(takes.as_array().unwrap().iter().map(|take| &take["id"]).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(studio.run(["reference", "forget", "1"]).code, 0);
    assert!(demo.exists(), "the person's file is not touched");
}

#[test]
fn a_recording_is_kept_once_and_what_no_model_takes_only_when_forced() {
    let studio = Studio::new();
    let demo = file(&studio, "demo.wav", &melody(12));
    let short = file(&studio, "short.wav", &melody(4));
    let keep = |file: &std::path::Path, more: &[&str]| {
        Ended::of(studio.refrain().args(["reference", "keep"]).arg(file).args(more).output().unwrap())
    };
    let kept = keep(&demo, &["--from", "0:02", "--to", "0:10", "--json"]);
    assert_eq!(kept.code, 0, "{kept:?}");
    assert_eq!((&kept.json()["purpose"], &kept.json()["duration"]), (&json!("file"), &json!(8.0)));
    assert_eq!(kept.json()["part"], json!({ "from": 2.0, "to": 10.0 }));
    let again = keep(&demo, &["--from", "0:02", "--to", "0:10"]);
    assert!(again.out == "1\n" && again.err.contains("already as `demo`"), "{again:?}");
    let refused = keep(&short, &[]);
    assert!(refused.code == 2 && refused.err.contains("hint: `--force`"), "{refused:?}");
    assert_eq!(keep(&short, &["--force", "--name", "Short"]).code, 0);
    assert_eq!(studio.store().references().unwrap().iter().filter(|one| named("Short")(one)).count(), 1);
}

#[test]
fn what_cannot_be_uploaded_again_or_stopped_says_why() {
    let studio = with_a_library();
    let again = sandbox(&studio, &["reference", "again", "Mara"]);
    assert!(again.code == 1 && again.err.contains("was not uploaded from here"), "{again:?}");
    let stopped = sandbox(&studio, &["reference", "stop", "Mara"]);
    assert!(stopped.code == 1 && stopped.err.contains("no upload under way"), "{stopped:?}");
    let address = sandbox(&studio, &["reference", "again", "Harbour"]);
    assert!(address.code == 1 && address.err.contains("goes along with each order"), "{address:?}");
    let elsewhere = studio.run(["--base-url", "http://127.0.0.1:1", "reference", "again", "Mara"]);
    assert!(elsewhere.code == 2 && elsewhere.err.contains("hint: with `--sandbox` it can be done"), "{elsewhere:?}");
    let silent = sandbox(&studio, &["reference", "play", "Mara"]);
    assert!(silent.code == 1 && silent.err.contains("nothing to play"), "{silent:?}");
}

#[test]
fn of_two_ids_one_that_is_known_is_told_and_the_other_is_kept() {
    let studio = with_a_library();
    let added = sandbox(&studio, &["reference", "add", "--id", "vocal-mara", "--id", "instrumental-mara"]);
    let said = "one of the ids was in the library as `Mara`, which has both now\n";
    assert_eq!((added.out.as_str(), added.err.as_str()), ("1\n", said), "{added:?}");
    let used = written(&studio, &["--voice", "Mara", "--instrumental", "Mara"]).unwrap();
    assert_eq!(used["instrumental-id"], "instrumental-mara");
}

#[test]
fn an_upload_with_another_key_is_said_where_the_key_is_found_without_running_anything() {
    let studio = Studio::new();
    let ids = NewIds {
        name: "Mara".to_owned(),
        service: Service::vendor(),
        voice_id: Some("vocal-mara".to_owned()),
        instrumental_id: Some("instrumental-mara".to_owned()),
        key_print: Some("that".to_owned()),
    };
    studio.store().add_ids(&ids, Timestamp::now()).unwrap();
    let ran = studio.path().join("ran");
    let command = format!("api.key_command=touch {}; echo this", ran.display());
    let flags = ["-c", &command, "check", "--model", "music-01", "--prompt", "slow fado", "--lyrics", orders::LYRICS];
    let check = |key: Option<&str>| {
        let mut check = studio.refrain();
        check.args(flags).args(["--voice", "Mara", "--instrumental", "Mara"]);
        key.map(|key| check.env("AIMLAPI_API_KEY", key));
        Ended::of(check.output().unwrap()).out
    };
    let warning = "uploaded with another key, perhaps unknown to this one";
    assert_eq!(check(Some("this")).matches(warning).count(), 2);
    assert_eq!(check(None).matches(warning).count(), 0);
    assert!(!ran.exists(), "a command may ask a person for a password");
}
