//! The pretend service, driven over loopback: what it sells, refuses, charges, keeps, and how it goes wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

#[path = "sandbox/books.rs"]
mod books;
#[path = "sandbox/faults.rs"]
mod faults;
#[path = "support/found.rs"]
mod found;
#[path = "sandbox/hearing.rs"]
mod hearing;
#[path = "sandbox/held_open.rs"]
mod held_open;
#[path = "sandbox/music.rs"]
mod music;
#[path = "sandbox/newcomers.rs"]
mod newcomers;
#[path = "sandbox/rig.rs"]
mod rig;
#[path = "sandbox/scenarios.rs"]
mod scenarios;
#[path = "sandbox/sound.rs"]
mod sound;
#[path = "sandbox/uploads.rs"]
mod uploads;
#[path = "sandbox/wire.rs"]
mod wire;
