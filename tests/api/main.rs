//! The client against raw sockets: every way in which an exchange can end, byte by byte.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod asks;
mod connecting;
mod download;
mod held_open;
mod outcome;
mod proxy;
#[path = "../support/recording.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod recording;
mod recordings;
mod redirects;
mod resuming;
mod sandbox;
mod server;
mod song;
mod submit;
mod upload;
mod uploaded;
