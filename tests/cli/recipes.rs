//! What the README tells people to type.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use clap::Parser as _;
use refrain::cli::Cli;

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

#[test]
fn the_script_of_ten_takes_makes_ten_takes_and_run_again_makes_no_more() {
    let readme = readme();
    let script = readme.split("<!-- ten takes:").nth(1).unwrap().split("```sh\n").nth(1).unwrap();
    let script = script.split("```").next().unwrap();
    let (studio, service) = (Studio::new(), Pretend::quick(AT_ONCE));
    let at = |name: &str| studio.path().join(name);
    fs::write(at("ten-takes"), script).unwrap();
    fs::write(at("style.txt"), "slow fado, one guitar").unwrap();
    fs::write(at("words.txt"), "[Verse]\nThe last boat leaves at ten\n").unwrap();
    // `refrain` is the one under test, at the sandbox.
    let refrain = format!(
        "#!/bin/sh\nexec '{}' --data-dir '{}' --base-url {} \"$@\"\n",
        env!("CARGO_BIN_EXE_refrain"),
        studio.path().display(),
        service.url
    );
    fs::create_dir(at("bin")).unwrap();
    fs::write(at("bin/refrain"), refrain).unwrap();
    fs::set_permissions(at("bin/refrain"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", at("bin").display());
    for run in ["first", "again"] {
        let mut command = std::process::Command::new("sh");
        command.current_dir(studio.path()).arg(at("ten-takes")).arg("Night Ferry");
        command.env("PATH", &path).env("HOME", studio.path()).env("AIMLAPI_API_KEY", KEY);
        let ended = Ended::of(command.output().unwrap());
        assert_eq!(ended.code, 0, "{run}: {ended:?}");
        assert_eq!(service.ledger().len(), 10, "{run}");
        let takes: serde_json::Value = serde_json::from_slice(&fs::read(at("takes.json")).unwrap()).unwrap();
        let takes = takes.as_array().unwrap();
        assert_eq!(takes.iter().filter(|take| take["status"] == "saved").count(), 10, "{run}: {takes:?}");
    }
}
