//! Recordings on this machine: looked at, listened to, cut short, converted and frozen.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod cuts;
mod looks;
mod scratch;
mod sounds;
