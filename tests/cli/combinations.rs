//! From recordings to songs by commands alone: uploaded, ordered in every combination, saved, and they play.

use std::path::Path;

use serde_json::{Value, json};

use super::at;
use crate::support::orders::LYRICS;
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};
use crate::support::uploadable::{ADDRESS, SHORT_SONGS, had_a_file, place, plays, referring};

/// An upload, as `--json` tells it.
fn uploaded(studio: &Studio, service: &Pretend, file: &Path, purpose: &str) -> Value {
    let mut command = at(studio, service);
    let ended = Ended::of(command.arg("upload").arg(file).args(["--purpose", purpose, "--json"]).output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    let told = ended.json();
    assert!(told["duration"].as_f64().is_some_and(|seconds| seconds > 10.0), "{told}");
    told
}

/// Orders a take with these references and does not wait for it; its id.
fn ordered(studio: &Studio, service: &Pretend, model: &str, references: &[&str]) -> String {
    let mut command = at(studio, service);
    command.args(["generate", "--model", model, "--lyrics", LYRICS, "--no-wait"]).args(references);
    if model == "music-cover" {
        command.args(["--prompt", "slow fado, one guitar"]);
    }
    let ended = Ended::of(command.output().unwrap());
    assert_eq!(ended.code, 0, "{model} {references:?}: {ended:?}");
    ended.out.trim_end().to_owned()
}

/// Waits for a take, and plays it.
fn heard(studio: &Studio, service: &Pretend, take: &str) {
    let waited = Ended::of(at(studio, service).args(["wait", take, "--json"]).output().unwrap());
    let record = waited.json_lines().pop().unwrap();
    assert_eq!((waited.code, &record["status"]), (0, &json!("saved")), "{waited:?}");
    plays(Path::new(record["file"].as_str().unwrap()));
}

#[test]
fn uploads_become_songs_in_every_combination_without_a_screen() {
    let (studio, service) = (Studio::new(), Pretend::quick(SHORT_SONGS));
    let found = place(&studio.path().join("music/inbox"));
    let song = uploaded(&studio, &service, &found.song, "song");
    let voice = uploaded(&studio, &service, &found.voice, "voice");
    let band = uploaded(&studio, &service, &found.instrumental, "instrumental");
    let [voice, band] = [&voice["voice_id"], &band["instrumental_id"]];
    let by_id = ["--voice", "mara", "--instrumental", band.as_str().unwrap()];
    let file = ["--reference", found.voice.to_str().unwrap()];
    let orders: [(&str, &[&str]); 7] = [
        ("music-01", &["--voice", "mara"]),
        ("music-01", &["--instrumental", "band"]),
        ("music-01", &by_id),
        ("music-01", &["--voice", "demo", "--instrumental", "demo"]),
        ("minimax-music", &["--reference", ADDRESS]),
        ("music-cover", &["--reference", ADDRESS]),
        ("music-cover", &file),
    ];
    let takes = orders.map(|(model, references)| ordered(&studio, &service, model, references));
    for take in &takes {
        heard(&studio, &service, take);
    }

    let (none, address, book) = (&Value::Null, json!(ADDRESS), service.ledger());
    let times = |said: [&Value; 3]| book.iter().filter(|line| referring(line) == said).count();
    assert_eq!(times([voice, none, none]), 1, "{book:#?}");
    assert_eq!(times([none, band, none]), 1, "{book:#?}");
    assert_eq!(times([voice, band, none]), 1, "{book:#?}");
    assert_eq!(times([&song["voice_id"], &song["instrumental_id"], none]), 1, "{book:#?}");
    assert_eq!(times([none, none, &address]), 2, "minimax-music and music-cover: {book:#?}");
    assert_eq!((book.iter().filter(|line| had_a_file(line)).count(), book.len()), (1, 7), "{book:#?}");
}
