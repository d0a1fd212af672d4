//! `show`: which model, which settings, whose voice, and which part of the recording.

use std::path::Path;

use jiff::Timestamp;
use refrain::domain::recording::{Frozen, Part};
use refrain::domain::service::Service;
use refrain::store::ids::NewIds;
use serde_json::{Value, json};

use super::lines::lines;
use crate::support::orders;
use crate::support::studio::{Ended, Studio};

fn sandbox(studio: &Studio, arguments: &[&str]) -> Ended {
    Ended::of(studio.refrain().arg("--sandbox").args(arguments).output().unwrap())
}

/// Orders a take that waits for a person, so that nobody works.
fn held(studio: &Studio, model: &str, flags: &[&str]) {
    let words = ["generate", "--model", model, "--lyrics", orders::LYRICS, "--hold", "--song", "Night Ferry"];
    let ordered = sandbox(studio, &[&words, flags].concat());
    assert!(ordered.code == 0 || ordered.code == 5, "{ordered:?}");
}

/// A studio with a voice, and a kept part of a recording.
fn with_a_library() -> Studio {
    let studio = Studio::new();
    let mut store = studio.store();
    let ids = NewIds {
        name: "Mara, dry".to_owned(),
        service: Service::Sandbox,
        voice_id: Some("vocal-1".to_owned()),
        instrumental_id: None,
        key_print: None,
    };
    store.add_ids(&ids, Timestamp::now()).unwrap();
    let frozen = Frozen {
        name: "ab12.wav".to_owned(),
        content: "ab12".to_owned(),
        bytes: 3_000_000,
        duration_ms: 33_000,
        converted: None,
    };
    let part = Some(Part { from_ms: 32_000, to_ms: Some(65_000) });
    store.keep_recording("Harbour", Path::new("/home/mara/demo.wav"), part, &frozen, Timestamp::now()).unwrap();
    studio
}

fn shown(studio: &Studio, take: &str) -> (String, Value) {
    (sandbox(studio, &["show", take]).out, sandbox(studio, &["show", take, "--json"]).json())
}

#[test]
fn show_tells_who_sang_and_with_which_settings_also_after_the_reference_was_renamed_and_forgotten() {
    let studio = with_a_library();
    let flags = ["--voice", "mara, dry", "--instrumental", "instrumental-7", "--set", "sample-rate=44100"];
    held(&studio, "music-01", &flags);
    let (text, record) = shown(&studio, "1");
    for line in [
        "model        music-01",
        "voice        Mara, dry (vocal-1)",
        "instrumental instrumental-7",
        "sample-rate  44100",
        // The service takes the rate only with a format.
        "format       mp3",
    ] {
        assert!(text.lines().any(|told| told == line), "`{line}` is missing:\n{text}");
    }
    assert!(text.ends_with(&format!("\n\n{}", orders::LYRICS)), "{text}");
    assert_eq!(record["settings"], json!({ "format": "mp3", "sample-rate": "44100" }));
    let mara = json!({
        "field": "voice-id", "value": "vocal-1", "id": 1, "name": "Mara, dry", "purpose": "voice", "duration": null,
        "file": null, "part": null,
    });
    assert_eq!(record["references"][0], mara);
    assert_eq!((&record["references"][1]["name"], &record["style"]), (&Value::Null, &json!("")));
    assert_eq!(record["lyrics"], orders::LYRICS);

    for change in [&["reference", "rename", "Mara, dry", "Ann"][..], &["reference", "forget", "Ann"]] {
        let changed = sandbox(&studio, change);
        assert_eq!(changed.code, 0, "{changed:?}");
        assert_eq!(shown(&studio, "1"), (text.clone(), record.clone()), "after {change:?}");
    }
    assert_eq!(lines(&studio, "show 1").out, text, "the prompt tells the same");
    let found = |text: &str| sandbox(&studio, &["list", "--match", text, "--json"]).json();
    assert_eq!((&found("mara")[0]["id"], found("ann")), (&json!(1), json!([])), "it is found by the name of then");
    assert!(found("mara")[0]["references"].is_null(), "a list stays light");
}

#[test]
fn show_tells_which_part_of_the_recording_and_no_setting_that_the_model_did_not_get() {
    let studio = with_a_library();
    let title = sandbox(&studio, &["song", "new", "Night Ferry"]).out;
    let write = ["song", "write", title.trim_end(), "--style", "slow fado, one guitar", "--lyrics", orders::LYRICS];
    assert_eq!(sandbox(&studio, &[&write[..], &["--model", "music-01", "--voice", "Mara, dry"]].concat()).code, 0);
    let order = |model: &str, more: &[&str]| {
        let chosen = sandbox(&studio, &[&["song", "write", "Night Ferry", "--model", model], more].concat());
        assert_eq!(chosen.code, 0, "{chosen:?}");
        let ordered = sandbox(&studio, &["song", "order", "Night Ferry", "--hold", "--yes"]);
        assert!(ordered.code == 0 || ordered.code == 5, "{ordered:?}");
    };
    order("music-cover", &["--reference", "harbour"]);
    let (text, record) = shown(&studio, "1");
    assert!(text.contains("\nreference    Harbour, 0:32 to 1:05 of demo.wav\n"), "{text}");
    assert!(!text.contains("vocal-1") && !text.contains("ab12"), "the voice is for another model:\n{text}");
    assert_eq!(record["settings"], json!({}));
    let harbour = json!([{
        "field": "reference", "value": "recording:ab12.wav", "id": 2, "name": "Harbour", "purpose": "file",
        "duration": 33.0, "file": "/home/mara/demo.wav", "part": { "from": 32.0, "to": 65.0 },
    }]);
    assert_eq!(record["references"], harbour);
    order("stable-audio", &["--set", "length=0:20"]);
    let (_, record) = shown(&studio, "2");
    assert_eq!((&record["references"], &record["settings"]["length"]), (&json!([]), &json!("0:20")));
}
