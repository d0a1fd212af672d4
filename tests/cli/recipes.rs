//! What the README tells people to type.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use clap::Parser as _;
use refrain::cli::Cli;

use crate::support::recordings::melody;
use crate::support::service::{KEY, Pretend};
use crate::support::studio::{Ended, Studio};

const AT_ONCE: &str = "[[rule]]\nendpoint = \"submit\"\nat_once = true\n";

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

/// The lines that stand in blocks of code.
fn code(readme: &str) -> Vec<&str> {
    let blocks = readme.split("```").skip(1).step_by(2);
    blocks.flat_map(|block| block.lines().skip(1)).collect()
}

/// The command lines of refrain in a line for a shell: what stands behind its name, up to what is the shell's.
fn calls(line: &str) -> Vec<Vec<String>> {
    let words = shell_words::split(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let is_name = |word: &String| word == "refrain" || word.ends_with("/refrain");
    let ends = |word: &String| matches!(word.as_str(), "|" | ">" | ">>" | "&" | "&&" | ";" | "#");
    let starts = (0..words.len()).filter(|place| is_name(&words[*place]));
    starts.map(|start| words[start..].iter().take_while(|word| !ends(word)).cloned().collect()).collect()
}

#[test]
fn every_command_line_of_the_readme_is_understood() {
    let readme = readme();
    let calls: Vec<Vec<String>> =
        code(&readme).into_iter().filter(|line| line.contains("refrain ")).flat_map(calls).collect();
    assert!(calls.len() > 20, "the command lines were found: {calls:?}");
    for call in calls {
        let read = Cli::try_parse_from(&call);
        assert!(read.is_ok(), "{call:?}: {}", read.unwrap_err());
    }
}

/// A folder in which a script of the README runs, with `refrain` at a service.
struct Place {
    studio: Studio,
    service: Pretend,
}

impl Place {
    /// With these files.
    fn new(files: &[(&str, &[u8])]) -> Self {
        let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
        // `refrain` is the one under test, at the sandbox.
        let refrain = format!(
            "#!/bin/sh\nexec '{}' --data-dir '{}' --base-url {} \"$@\"\n",
            env!("CARGO_BIN_EXE_refrain"),
            studio.path().display(),
            service.url
        );
        fs::create_dir(studio.path().join("bin")).unwrap();
        for (name, bytes) in files.iter().chain([&("bin/refrain", refrain.as_bytes())]) {
            fs::write(studio.path().join(name), bytes).unwrap();
        }
        let program = studio.path().join("bin/refrain");
        fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
        Self { studio, service }
    }

    /// Runs the script that stands behind that mark in the README.
    fn run(&self, mark: &str, arguments: &[&str]) -> Ended {
        let (readme, folder) = (readme(), self.studio.path());
        let script = readme.split(&format!("<!-- {mark}:")).nth(1).unwrap().split("```sh\n").nth(1).unwrap();
        fs::write(folder.join("script"), script.split("```").next().unwrap()).unwrap();
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", folder.join("bin").display());
        let mut command = std::process::Command::new("sh");
        command.current_dir(folder).arg("script").args(arguments);
        command.env("PATH", path).env("HOME", folder).env("AIMLAPI_API_KEY", KEY);
        Ended::of(command.output().unwrap())
    }

    /// The takes that the script wrote down.
    fn takes(&self) -> Vec<serde_json::Value> {
        serde_json::from_slice(&fs::read(self.studio.path().join("takes.json")).unwrap()).unwrap()
    }
}

fn saved(takes: &[serde_json::Value]) -> usize {
    takes.iter().filter(|take| take["status"] == "saved").count()
}

#[test]
fn the_script_of_ten_takes_makes_ten_takes_and_run_again_makes_no_more() {
    let files: [(&str, &[u8]); 2] =
        [("style.txt", b"slow fado, one guitar"), ("words.txt", b"[Verse]\nThe last boat leaves at ten\n")];
    let place = Place::new(&files);
    for run in ["first", "again"] {
        let ended = place.run("ten takes", &["Night Ferry"]);
        assert_eq!(ended.code, 0, "{run}: {ended:?}");
        assert_eq!(place.service.ledger().len(), 10, "{run}");
        assert_eq!(saved(&place.takes()), 10, "{run}: {:?}", place.takes());
    }
}

#[test]
fn the_script_of_a_voice_uploads_it_once_and_sings_three_verses_with_it() {
    let voice = melody(12);
    let verse = b"The last boat leaves at ten to nine\n".as_slice();
    let files =
        [("mara.wav", voice.as_slice()), ("verse-1.txt", verse), ("verse-2.txt", verse), ("verse-3.txt", verse)];
    let place = Place::new(&files);
    for run in ["first", "again"] {
        let ended = place.run("a voice", &["Mara", "mara.wav"]);
        assert_eq!(ended.code, 0, "{run}: {ended:?}");
        assert_eq!((place.service.visits("upload", "POST").len(), place.service.ledger().len()), (1, 3), "{run}");
        assert_eq!((place.takes().len(), saved(&place.takes())), (3, 3), "{run}: {:?}", place.takes());
    }
}
