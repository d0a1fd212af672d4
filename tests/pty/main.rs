//! The built binary in a real terminal: what a person sees, types and gets back.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod afterwards;
#[path = "../support/answering.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod answering;
mod combinations;
mod configured;
mod departures;
#[path = "../desk/mod.rs"]
mod desk;
mod editors;
mod endings;
#[path = "../support/found.rs"]
mod found;
mod hearing;
#[path = "../support/line.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod line;
mod living;
mod measures;
mod measures_cover;
mod measures_song;
mod measures_upload;
mod open_connection;
mod panicking;
#[path = "../support/patience.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod patience;
mod picture;
mod plain;
mod plain_leaving;
#[path = "../support/powerless.rs"]
mod powerless;
#[path = "../support/service.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod pretend;
#[path = "../support/process.rs"]
mod process;
#[path = "../support/recording.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod recording;
mod references;
mod refusals;
mod row;
mod rows;
mod service;
mod songs;
#[path = "../support/sounds.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod sounds;
mod storms;
mod talk;
mod terminal;
mod typing;
#[path = "../support/uploadable.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod uploadable;
mod uploads;
mod wrappers;
