//! The configuration: a mistake in it is named with file, line and key, and nothing is done.

use std::fs;

use super::{SHORT, generate};
use crate::support::patience::until;
use crate::support::service::{KEY, Pretend};
use crate::support::studio::{Ended, Studio};

#[test]
fn every_mistake_is_named_with_its_file_line_and_key_and_nothing_is_done() {
    let studio = Studio::new();
    let table = [
        ("\n[api]\nat_onse = 3\n", &[":3: `api.at_onse` is no setting"][..]),
        ("[api]\nat_once = 0\n[screen]\n# x\n\ntheme = \"pink\"\n", &[":2: `api.at_once` is 0", ":6: `screen.theme`"]),
        ("worker.idle_seconds = 0\n", &[":1: `worker.idle_seconds` is 0; it takes 1 to 86400"]),
        ("[api\n", &[":1: `[api`"]),
        ("[keys.anywhere]\norder = \"C-b\"\n", &[":2: `keys.anywhere.order`: `C-b` never arrives"]),
    ];
    for (text, told) in table {
        studio.configure(text);
        let ended = studio.run(["list"]);
        assert_eq!((ended.code, ended.out.as_str()), (2, ""), "{text}");
        for part in told {
            let line = format!("{}{part}", studio.path().join("config.toml").display());
            assert!(ended.err.contains(&line), "{line} is missing: {}", ended.err);
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

/// Waits until no worker of the studio is left: one that leaves when idle for a day never goes.
fn wait_for_workers_to_leave(studio: &Studio) {
    until("the worker leaves when it is idle for as long as its front was told", || studio.workers().is_empty());
}

#[test]
fn a_flag_reaches_the_worker() {
    let studio = Studio::new();
    studio.configure("[worker]\nidle_seconds = 86400\n");
    let order = ["-c", "worker.idle_seconds=1", "--sandbox", "generate", "--wait"];
    let ended = studio.run(order.iter().chain(&SHORT));
    assert_eq!(ended.code, 0, "{ended:?}");
    wait_for_workers_to_leave(&studio);
}

#[test]
fn a_variable_reaches_the_worker() {
    let studio = Studio::new();
    studio.configure("[worker]\nidle_seconds = 86400\n");
    let mut command = studio.refrain();
    command.env("REFRAIN_WORKER_IDLE_SECONDS", "1").args(["--sandbox", "generate", "--wait"]).args(SHORT);
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    wait_for_workers_to_leave(&studio);
}

#[test]
fn the_base_url_of_the_file_is_where_orders_go_and_a_flag_comes_before_it() {
    let (studio, named, other) = (Studio::new(), Pretend::quick(super::AT_ONCE), Pretend::quick(super::AT_ONCE));
    studio.configure(&format!("[worker]\nidle_seconds = 1\n[api]\nbase_url = \"{}\"\n", named.url));
    let mut command = studio.refrain();
    command.env("AIMLAPI_API_KEY", KEY).args(["generate", "--wait"]).args(SHORT);
    let ended = Ended::of(command.output().unwrap());
    assert_eq!((ended.code, named.ledger().len()), (0, 1), "{ended:?}");
    assert_eq!(generate(&studio, &other, &["--wait"]).code, 0);
    assert_eq!((named.ledger().len(), other.ledger().len()), (1, 1));
}

#[test]
fn check_says_everything_that_is_wrong_with_file_environment_flags_keys_and_catalogue() {
    let studio = Studio::new();
    studio.configure("[api]\nat_once = 0\n[keys.queue]\npick = \"j\"\n");
    fs::write(studio.path().join("catalogue.toml"), "[[models]]\nid = \"stable-audio\"\npace = 0\n").unwrap();
    let check = |more: &[&str]| {
        let mut command = studio.refrain();
        command.env("REFRAIN_SCREEN_BELL", "loud").args(["-c", "screen.clock=hour", "config", "check"]).args(more);
        Ended::of(command.output().unwrap())
    };
    let ended = check(&[]);
    assert_eq!((ended.code, ended.out.lines().count()), (2, 5), "{ended:?}");
    let told = [
        "config.toml:2: `api.at_once` is 0; it takes 1 to 64",
        "REFRAIN_SCREEN_BELL: `screen.bell` is `loud`; it takes true or false",
        "--setting screen.clock: `screen.clock` is `hour`; it takes second, minute or off",
        "config.toml:4: `keys.queue.pick`: `j` is `down` in lists already",
        "catalogue.toml:3: model `stable-audio`: `pace` must be at least 1 second",
    ];
    for (line, told) in ended.out.lines().zip(told) {
        assert!(line.ends_with(told), "{line}\n{told}");
    }
    let object = check(&["--json"]).json();
    assert_eq!((&object["ok"], object["problems"].as_array().unwrap().len()), (&false.into(), 5), "{object}");
    assert_eq!((&object["problems"][0]["line"], &object["problems"][0]["key"]), (&2.into(), &"api.at_once".into()));
    assert_eq!(object["problems"][1]["variable"], "REFRAIN_SCREEN_BELL");
}

#[test]
fn check_says_what_is_in_force_where_all_is_well() {
    let studio = Studio::new();
    studio.configure("[api]\nat_once = 2\n[keys.anywhere]\norder = \"F5\"\n");
    let ended = studio.run(["config", "check"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    let file = studio.path().join("config.toml");
    let expected = format!("all is well\napi.at_once = 2  ({0}:2)\nkeys.anywhere.order: F5  ({0}:4)\n", file.display());
    assert_eq!(ended.out, expected);
    assert_eq!(studio.run(["config", "check", "--json"]).json()["ok"], true);
}

#[test]
fn show_says_each_value_and_where_it_comes_from() {
    let studio = Studio::new();
    studio.configure("\n[api]\nat_once = 2\n");
    let mut command = studio.refrain();
    command.env("REFRAIN_SCREEN_THEME", "16").args(["-c", "screen.bell=false", "config", "show"]);
    let told = Ended::of(command.output().unwrap()).out;
    for line in [
        &format!("api.at_once = 2  ({}:3)", studio.path().join("config.toml").display()),
        "screen.theme = \"16\"  (REFRAIN_SCREEN_THEME)",
        "screen.bell = false  (--setting screen.bell)",
        "worker.idle_seconds = 10  (default)",
    ] {
        assert!(told.lines().any(|told| told == line), "{line}: {told}");
    }
    let rows = studio.run(["config", "show", "--json"]).json();
    let row = rows.as_array().unwrap().iter().find(|row| row["key"] == "api.at_once").unwrap().clone();
    assert_eq!((&row["value"], &row["takes"]), (&2.into(), &"1 to 64".into()), "{row}");
    assert_eq!(row["variable"], "REFRAIN_API_AT_ONCE");
}

#[test]
fn path_says_where_everything_is_also_with_a_broken_file() {
    let studio = Studio::new();
    studio.configure("[api\n");
    let object = studio.run(["config", "path", "--json"]).json();
    for (name, path, exists) in
        [("config", "config.toml", true), ("catalogue", "catalogue.toml", false), ("songs", "music", false)]
    {
        assert_eq!(object[name]["path"], studio.path().join(path).to_str().unwrap(), "{object}");
        assert_eq!(object[name]["exists"], exists, "{object}");
    }
    let told = studio.run(["config", "path"]);
    assert_eq!((told.code, told.out.lines().count()), (0, 5), "{told:?}");
}

#[test]
fn examples_are_printed_as_they_are_shipped_and_may_be_used_as_they_are() {
    let studio = Studio::new();
    let example = studio.run(["config", "example"]).out;
    assert_eq!(example, include_str!("../../config.example.toml"));
    let keys = studio.run(["config", "example", "--keys"]).out;
    assert!(keys.contains("[keys.queue]\n") && keys.contains("# order = [\"C-g\"]"), "{keys}");
    studio.configure(&format!("{example}\n{}", keys.replace("[keys.anywhere]", "")));
    let catalogue = studio.run(["config", "example", "--catalogue"]).out;
    fs::write(studio.path().join("catalogue.toml"), catalogue).unwrap();
    let ended = studio.run(["config", "check"]);
    assert_eq!(ended.code, 0, "{ended:?}");
}
