//! Recordings on this machine: looked at, listened to, found cut short, converted and frozen.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "../support/found.rs"]
mod found;
#[path = "../support/powerless.rs"]
mod powerless;

mod cuts;
mod debian;
mod freezing;
mod hostile;
mod looks;
mod mutants;
mod parts;
mod refusals;
mod sounds;
mod sweeping;
