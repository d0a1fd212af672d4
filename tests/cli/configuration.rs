//! The configuration: a mistake in it is named with file, line and key, and nothing is done.

use std::fs;

use super::SHORT;
use crate::support::studio::Studio;

#[test]
fn a_mistake_is_named_with_its_file_line_and_key() {
    let studio = Studio::new();
    let table = [
        ("\n[api]\nat_onse = 3\n", "line 3", "at_onse"),
        ("[api]\nat_once = 0\n", "line 2", "api.at_once"),
        ("[screen]\n# x\n\ntheme = \"pink\"\n", "line 4", "theme"),
        ("[api]\nat_once = \"four\"\n", "line 2", "at_once"),
        ("worker.idle_seconds = 0\n", "line 1", "worker.idle_seconds"),
        ("[api\n", "line 1", ""),
    ];
    for (text, line, key) in table {
        studio.configure(text);
        let ended = studio.run(["list"]);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{text}");
        for part in ["config.toml", line, key] {
            assert!(ended.err.contains(part), "{part} is missing: {}", ended.err);
        }
    }
}

#[test]
fn a_configuration_that_is_named_must_be_there() {
    let studio = Studio::new();
    let ended = studio.run(["--config", "/nonexistent/refrain.toml", "list"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("/nonexistent/refrain.toml"), "{}", ended.err);
}

#[test]
fn a_configuration_named_by_a_relative_path_reaches_the_worker() {
    let studio = Studio::new();
    fs::create_dir(studio.path().join("elsewhere")).unwrap();
    fs::write(studio.path().join("elsewhere/mine.toml"), "[worker]\nidle_seconds = 1\n[files]\nmusic_dir = \"/tmp\"\n")
        .unwrap();
    fs::remove_file(studio.path().join("config.toml")).unwrap();
    let mut command = studio.refrain();
    command.current_dir(studio.path().join("elsewhere")).args(["--config", "mine.toml", "--sandbox", "generate"]);
    let folder = studio.path().join("out");
    command.args(SHORT).arg("--out").arg(&folder);
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    let worker = studio.workers().pop().unwrap();
    let named = studio.path().join("elsewhere/mine.toml");
    assert!(worker.command.contains(named.to_str().unwrap()), "{}", worker.command);
}

#[test]
fn wrong_usage_ends_with_two() {
    let studio = Studio::new();
    for arguments in [&["generate"][..], &["nonsense"], &["show"], &["show", "x"], &["list", "--nonsense"]] {
        let ended = studio.run(arguments);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{arguments:?}");
    }
    let both = studio.run(["--sandbox", "--base-url", "http://127.0.0.1:1", "list"]);
    assert_eq!(both.code, 2);
}

#[test]
fn help_says_where_the_configuration_is_read_from() {
    let studio = Studio::new();
    let told = studio.run(["--help"]).out;
    for place in ["--config FILE", "DIR/config.toml", "refrain/config.toml"] {
        assert!(told.contains(place), "{place}: {told}");
    }
}

#[test]
fn songs_go_below_the_home_where_the_music_folder_begins_with_a_tilde() {
    let studio = Studio::new();
    studio.configure("[worker]\nidle_seconds = 1\n[files]\nmusic_dir = \"~/Music/refrain\"\n");
    let ended = studio.run(["--sandbox", "generate", "--wait"].iter().chain(&SHORT));
    assert_eq!(ended.code, 0, "{ended:?}");
    // The home of the command is the studio.
    let below = studio.path().join("Music/refrain/sandbox");
    assert!(ended.out.starts_with(below.to_str().unwrap()), "{}", ended.out);
}
