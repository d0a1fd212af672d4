//! `check`: what is wrong with a draft.

use std::fs;
use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use super::begin;
use crate::support::studio::{Ended, Studio};

const GOOD: [&str; 6] = [
    "check",
    "--model",
    "music-2.0",
    "--prompt",
    "slow waltz, brushed drums",
    "--lyrics=[Verse]\nThe last boat leaves",
];

fn grades(problems: &Value) -> Vec<&str> {
    problems.as_array().unwrap().iter().map(|problem| problem["grade"].as_str().unwrap()).collect()
}

#[test]
fn a_text_is_checked_for_a_model_with_grade_field_place_and_sentence() {
    let studio = Studio::new();
    let good = studio.run(GOOD);
    assert_eq!((good.code, good.err.as_str()), (0, ""), "{good:?}");
    let bad = studio.run([
        "check",
        "--model",
        "music-2.0",
        "--prompt",
        "short",
        "--set",
        "colour=red",
        "--set",
        "sample-rate=12",
        "--json",
    ]);
    assert_eq!(bad.code, 2, "{bad:?}");
    let told = bad.json();
    assert_eq!((told.as_array().unwrap().len(), &told[0]["name"]), (1, &"music-2.0".into()));
    assert_eq!(told[0]["can_be_ordered"], false);
    let problems = &told[0]["problems"];
    let of = |field: &str| {
        let found = problems.as_array().unwrap().iter().find(|problem| problem["field"] == field);
        found.unwrap_or_else(|| panic!("nothing of {field}: {problems}"))
    };
    let lyrics = of("lyrics");
    assert_eq!((&lyrics["grade"], &lyrics["place"]), (&"must-fix".into(), &"lyrics".into()));
    assert_eq!(lyrics["sentence"], "lyrics are missing, music-2.0 needs them");
    assert_eq!(of("sample-rate")["place"], "settings.sample-rate");
    assert_eq!(of("colour")["grade"], "must-fix");
    assert_eq!((&of("style")["grade"], &of("style")["value"]), (&"must-fix".into(), &"5 characters".into()));
    let mut sorted = grades(problems);
    sorted.sort_by_key(|grade| ["must-fix", "look", "hint"].iter().position(|known| known == grade));
    assert_eq!(grades(problems), sorted, "the gravest come first");
}

#[test]
fn a_text_without_a_model_is_checked_for_every_model_and_for_those_that_are_named() {
    let studio = Studio::new();
    let every = studio.run(["check", "--prompt", "slow waltz, brushed drums", "--json"]).json();
    let models = studio.run(["models", "--json"]).json();
    assert_eq!(every.as_array().unwrap().len(), models.as_array().unwrap().len());
    let two = studio.run(["check", "--prompt", "slow waltz", "--model", "lyria2", "--model", "stable-audio", "--json"]);
    let names: Vec<_> = two.json().as_array().unwrap().iter().map(|model| model["name"].clone()).collect();
    assert_eq!((two.code, names), (0, vec!["lyria2".into(), "stable-audio".into()]));
    assert_eq!(studio.run(["check", "--prompt", "x", "--model", "musik-9"]).code, 2);
    assert_eq!(studio.run(["check"]).code, 2);
}

#[test]
fn only_what_must_be_fixed_ends_with_two() {
    let studio = Studio::new();
    let hints =
        studio.run(["check", "--model", "lyria2", "--prompt", "slow waltz", "--lyrics", "[Verse]\nla", "--json"]);
    let told = hints.json();
    assert_eq!(hints.code, 0, "{hints:?}");
    assert!(!grades(&told[0]["problems"]).is_empty() && told[0]["can_be_ordered"] == true, "{told}");
    let words = studio.run(["check", "--model", "lyria2", "--prompt", "slow waltz", "--lyrics", "[Verse]\nla"]);
    assert!(words.out.starts_with("lyria2  hint"), "{}", words.out);
}

#[test]
fn a_song_is_checked_for_its_own_model_and_with_flags_for_a_change_that_is_not_written() {
    let studio = Studio::new();
    studio.run(["song", "new", "Night Ferry"]);
    assert_eq!(
        studio.run(["song", "write", "Night Ferry", "--model", "stable-audio", "--style", "slow waltz"]).code,
        0
    );
    let own = studio.run(["check", "Night Ferry", "--json"]);
    assert_eq!((own.code, own.json().as_array().unwrap().len()), (0, 1), "{own:?}");
    assert_eq!(own.json()[0]["model"], "stable-audio");
    assert_eq!(studio.run(["check", "Night Ferry", "--model", "music-2.0"]).code, 2, "it has no words");
    let with =
        studio.run(["check", "Night Ferry", "--model", "music-2.0", "--lyrics", "[Verse]\nThe last boat leaves"]);
    assert_eq!(with.code, 0, "{with:?}");
    assert_eq!(studio.run(["song", "show", "Night Ferry", "--lyrics"]).out, "\n", "nothing was written");
    let all = studio.run(["check", "Night Ferry", "--all-models", "--json"]).json();
    assert!(all.as_array().unwrap().len() > 5);
}

#[test]
fn a_file_is_checked_be_it_lyrics_or_what_a_song_shows() {
    let studio = Studio::new();
    studio.run(["song", "new", "Night Ferry"]);
    studio.run(["song", "write", "Night Ferry", "--model", "stable-audio", "--style", "slow waltz"]);
    let shown = studio.run(["song", "show", "Night Ferry", "--json"]).out;
    let mut child = begin(studio.refrain().args(["check", "@-", "--json"]).stdin(Stdio::piped()));
    child.stdin.take().unwrap().write_all(shown.as_bytes()).unwrap();
    let ended = Ended::of(child.wait_with_output().unwrap());
    assert_eq!((ended.code, &ended.json()[0]["model"]), (0, &"stable-audio".into()), "{ended:?}");
    let file = studio.path().join("words.txt");
    fs::write(&file, "[Verse]\nThe last boat leaves\n").unwrap();
    let named = format!("@{}", file.display());
    let words = studio.run(["check", &named, "--model", "music-2.0", "--prompt", "slow waltz, brushed drums"]);
    assert_eq!(words.code, 0, "{words:?}");
    fs::write(&file, "{ \"draft\": 3 }").unwrap();
    let broken = studio.run(["check", &named]);
    assert!(broken.code == 2 && broken.err.contains("is no draft"), "{broken:?}");
    assert_eq!(studio.run(["check", "@/nonexistent"]).code, 2);
}
