//! The commands, as a script sees them: data on standard output, words on standard error, exit codes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "../support/mod.rs"]
mod support;

mod actions;
mod adopt;
mod budget;
mod check;
mod combinations;
mod configuration;
mod covers;
mod credits;
mod doctor;
mod generate;
mod hear;
mod help;
mod key;
mod line;
mod lines;
mod log;
mod look;
mod made_with;
mod models;
mod money;
mod once;
mod private;
mod recipes;
mod reconcile;
mod references;
mod salvage;
mod songs;
mod upload;
mod watching;

use std::process::{Child, Command, Stdio};

use support::service::{KEY, Pretend};
use support::studio::{Ended, Studio};

/// The arguments that order one short take.
const SHORT: [&str; 6] = ["--model", "stable-audio", "--prompt", "slow fado, one guitar", "--set", "length=0:01"];

/// Answers at once, so that nothing is asked about.
const AT_ONCE: &str = "[[rule]]\nendpoint = \"submit\"\nat_once = true\n";

/// The binary with a key, at a service.
fn at(studio: &Studio, service: &Pretend) -> Command {
    let mut command = studio.refrain();
    command.env("AIMLAPI_API_KEY", KEY).args(["--base-url", &service.url]);
    command
}

/// Runs `generate` for a short take, with more arguments, to its end.
fn generate(studio: &Studio, service: &Pretend, more: &[&str]) -> Ended {
    Ended::of(at(studio, service).arg("generate").args(SHORT).args(more).output().unwrap())
}

/// Starts a command whose end comes later.
fn begin(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}
