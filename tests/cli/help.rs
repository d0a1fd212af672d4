//! What the commands say of themselves: help, completions and the manual, as pictures and held against
//! shells and formatters.
//!
//! A command that was added, renamed or reworded changes pictures and nothing else here:
//! `INSTA_UPDATE=always cargo test --test cli help::` takes them anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use insta::assert_snapshot;

use crate::support::studio::Studio;

/// Whatever the terminal, the pictures are so wide.
const COLUMNS: &str = "100";

/// The words of every command that people can call, the program itself first.
fn commands() -> Vec<String> {
    let mut all = vec![String::new()];
    collect(&refrain::cli::command(), "", &mut all);
    assert!(all.len() > 10, "{all:?}");
    all
}

fn collect(command: &clap::Command, before: &str, all: &mut Vec<String>) {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help") {
        let words = format!("{before} {}", below.get_name()).trim_start().to_owned();
        all.push(words.clone());
        collect(below, &words, all);
    }
}

/// What the binary prints.
fn printed(studio: &Studio, arguments: &[&str]) -> String {
    let mut command = studio.refrain();
    // The data directory would stand in the help of its flag.
    command.env("COLUMNS", COLUMNS).args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn name_of(words: &str) -> String {
    format!("help of refrain {words}").trim_end().replace(' ', "-")
}

#[test]
fn the_help_of_every_command_is_as_in_its_picture_and_no_picture_is_left_over() {
    let studio = Studio::new();
    for words in commands() {
        let arguments: Vec<_> = words.split_whitespace().chain(["--help"]).collect();
        let help = printed(&studio, &arguments);
        let about = help.lines().next().unwrap();
        assert!(!about.is_empty() && !about.ends_with('.'), "`{words}` says in its first line what it does: {about}");
        assert_snapshot!(name_of(&words), help);
    }
    every_picture_is_of_a_command_that_exists();
}

/// A picture that is left over is to be removed by hand.
fn every_picture_is_of_a_command_that_exists() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/snapshots");
    let of_commands: BTreeSet<_> =
        commands().iter().map(|words| format!("cli__help__{}.snap", name_of(words))).collect();
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pictures: BTreeSet<_> = files.filter(|name| name.starts_with("cli__help__help-of")).collect();
    assert_eq!(pictures, of_commands);
}

#[test]
fn completions_are_as_in_their_pictures_and_offer_nothing_hidden() {
    let studio = Studio::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = printed(&studio, &["completions", shell]);
        for words in commands().iter().filter(|words| !words.is_empty() && !words.contains(' ')) {
            assert!(script.contains(words.as_str()), "{shell} does not know `{words}`");
        }
        for model in ["music-2.0", "eleven_music"].iter().filter(|_| ["bash", "zsh", "fish"].contains(&shell)) {
            assert!(script.contains(model), "{shell} offers no model behind `--model`");
        }
        for hidden in ["what works in the background", "refrain__subcmd__worker", "refrain-worker"] {
            assert!(!script.contains(hidden), "{shell} offers what is no command for people");
        }
        if ["bash", "zsh", "fish"].contains(&shell) {
            assert_snapshot!(format!("completions for {shell}").replace(' ', "-"), script);
        }
    }
}

/// Runs a program that may not be there.
fn ask(program: &str, arguments: &[&str]) -> Option<Output> {
    Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()
}

fn kept(studio: &Studio, name: &str, text: &str) -> PathBuf {
    let file = studio.path().join(name);
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn the_shells_that_are_here_understand_their_completions() {
    let studio = Studio::new();
    for (shell, flag) in [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")] {
        let file = kept(&studio, shell, &printed(&studio, &["completions", shell]));
        let Some(output) = ask(shell, &[flag, file.to_str().unwrap()]) else { continue };
        assert!(output.status.success() && output.stderr.is_empty(), "{shell}: {output:?}");
    }
}

#[test]
fn bash_completes_a_command_and_its_flags() {
    let studio = Studio::new();
    let file = kept(&studio, "bash", &printed(&studio, &["completions", "bash"]));
    let offered = |words: &str, last: &str| {
        let script = format!(
            "source {}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _refrain refrain {last} x; echo \"${{COMPREPLY[*]}}\"",
            file.display()
        );
        ask("bash", &["--norc", "-c", &script])
            .map(|output| String::from_utf8(output.stdout).unwrap().trim().to_owned())
    };
    if let Some(offered_now) = offered("refrain gen", "gen") {
        assert_eq!(offered_now, "generate");
        assert_eq!(offered("refrain generate --dry", "--dry").unwrap(), "--dry-run");
        assert_eq!(offered("refrain wor", "wor").unwrap(), "");
    }
}

#[test]
fn the_manual_is_as_in_its_picture_and_every_command_has_a_page() {
    let studio = Studio::new();
    let page = printed(&studio, &["man"]);
    let version = format!("refrain {}", env!("CARGO_PKG_VERSION"));
    assert_snapshot!("manual", page.replace(&version, "refrain VERSION"));
    let folder = studio.path().join("man1");
    let told = printed(&studio, &["man", "--all", folder.to_str().unwrap()]);
    let name = |words: &String| format!("{}.1", format!("refrain {words}").trim_end().replace(' ', "-"));
    let expected: BTreeSet<_> = commands().iter().map(name).collect();
    let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(files.collect::<BTreeSet<_>>(), expected);
    assert_eq!(told.lines().count(), expected.len());
    for file in expected {
        let path = folder.join(&file);
        let Some(output) = ask("groff", &["-man", "-ww", "-z", path.to_str().unwrap()]) else { continue };
        assert!(output.status.success() && output.stderr.is_empty(), "{file}: {output:?}");
    }
}

#[test]
fn what_refrain_says_of_itself_needs_no_configuration_that_is_right() {
    let studio = Studio::new();
    studio.configure("[api\n");
    for arguments in [&["man"][..], &["completions", "fish"], &["--help"]] {
        assert!(!printed(&studio, arguments).is_empty());
    }
}
