//! A catalogue of the user's own, as far as the service.

use std::fs;

use super::{AT_ONCE, SHORT, generate};
use crate::support::service::Pretend;
use crate::support::studio::{Ended, Studio};

/// A model that stands in no table of refrain, nor of the sandbox.
const NEW: &str = r#"
[[models]]
id = "me/hum-1"
label = "hum-1"
about = "A melody, hummed"
delivery = "queued"
dialect = "not-sent"
voice = "no-singing"
longest = 60
pace = 1

[[models.fields]]
name = "style"
wire = "prompt"
kind = "text"
required = true
max = 40
help = "Genre, mood, tempo"
"#;

fn with(catalogue: &str) -> Studio {
    let studio = Studio::new();
    fs::write(studio.path().join("catalogue.toml"), catalogue).unwrap();
    studio
}

#[test]
fn a_model_added_by_a_file_alone_is_ordered_and_saved() {
    let studio = with(NEW);
    let order = ["--sandbox", "generate", "--model", "hum-1", "--prompt", "a slow hum", "--wait", "--json"];
    let ended = studio.run(order);
    assert_eq!(ended.code, 0, "{ended:?}");
    let record = ended.json();
    assert_eq!((&record["status"], &record["model"]), (&"saved".into(), &"me/hum-1".into()), "{record}");
    let file = fs::metadata(record["file"].as_str().unwrap()).unwrap();
    assert!(file.len() > 1_000);
    assert!(record["file"].as_str().unwrap().contains("(hum-1)"), "the worker knows its name: {record}");
}

#[test]
fn a_catalogue_without_a_configuration_beside_it_reaches_the_worker_in_the_folders_of_a_person() {
    let studio = Studio::new();
    let [configuration, data] = ["configuration", "data"].map(|name| studio.path().join(name));
    fs::create_dir_all(configuration.join("refrain")).unwrap();
    fs::write(configuration.join("refrain/catalogue.toml"), NEW).unwrap();
    let mut command = studio.in_its_own_folders();
    command.env("XDG_CONFIG_HOME", &configuration).env("XDG_DATA_HOME", &data).env("REFRAIN_WORKER_IDLE_SECONDS", "1");
    let order = ["--sandbox", "generate", "--model", "hum-1", "--prompt", "a slow hum", "--wait", "--json"];
    let ended = Ended::of(command.args(order).output().unwrap());
    assert_eq!(ended.code, 0, "{ended:?}");
    let record = ended.json();
    assert_eq!((&record["status"], &record["model"]), (&"saved".into(), &"me/hum-1".into()), "{record}");
    assert!(record["file"].as_str().unwrap().contains("(hum-1)"), "the worker knows its name: {record}");
}

#[test]
fn what_such_a_model_refuses_is_refused_before_it_is_sent() {
    let studio = with(NEW);
    let long = "x".repeat(41);
    let ended = studio.run(["--sandbox", "generate", "--model", "hum-1", "--prompt", &long]);
    assert_eq!(ended.code, 2, "{ended:?}");
    assert!(ended.err.contains("41") && ended.err.contains("40"), "{}", ended.err);
}

#[test]
fn a_catalogue_may_lie_elsewhere() {
    let studio = Studio::new();
    let file = studio.path().join("mine.toml");
    fs::write(&file, NEW).unwrap();
    let setting = format!("catalogue.file={}", file.display());
    let listed = studio.run(["-c", &setting, "models", "--json"]).json();
    assert!(listed.as_array().unwrap().iter().any(|model| model["id"] == "me/hum-1"), "{listed}");
    let without = studio.run(["models", "--json"]).json();
    assert!(!without.as_array().unwrap().iter().any(|model| model["id"] == "me/hum-1"));
    fs::remove_file(&file).unwrap();
    let ended = studio.run(["-c", &setting, "models"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("mine.toml: the catalogue cannot be read"), "{}", ended.err);
}

#[test]
fn a_corrected_limit_holds() {
    let (studio, service) = (
        with("[[models]]\nid = \"stable-audio\"\n[[models.fields]]\nname = \"style\"\nmax = 5\n"),
        Pretend::quick(AT_ONCE),
    );
    let ended = generate(&studio, &service, &[]);
    assert_eq!((ended.code, service.ledger().len()), (2, 0), "{ended:?}");
    assert!(ended.err.contains('5'), "{}", ended.err);
}

#[test]
fn a_broken_catalogue_stops_commands_with_file_table_key_and_rule_before_anything_is_sent() {
    let service = Pretend::quick(AT_ONCE);
    let studio =
        with("[[models]]\nid = \"stable-audio\"\npace = 0\n[[models.fields]]\nname = \"style\"\nkind = \"colour\"\n");
    let ended: Ended = generate(&studio, &service, &[]);
    assert_eq!((ended.code, service.ledger().len()), (2, 0), "{ended:?}");
    let told = format!(
        "{}:6: model `stable-audio`, field `style`: `kind` is \"colour\"",
        studio.path().join("catalogue.toml").display()
    );
    assert!(ended.err.contains(&told), "{}", ended.err);
    assert!(ended.err.contains("it takes one of `text`"), "{}", ended.err);
    fs::remove_file(studio.path().join("catalogue.toml")).unwrap();
    let again = studio.run(["--sandbox", "generate", "--dry-run"].iter().chain(&SHORT));
    assert_eq!(again.code, 0, "{again:?}");
}
