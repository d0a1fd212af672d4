//! The contract: what refrain sends and what it must read, held against an `OpenAPI` document of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed unwrap is a failed test")]

mod answers;
mod asking;
mod bodies;
mod document;
mod exchange;
mod form;
mod prism;
#[path = "../support/recording.rs"]
#[allow(dead_code, reason = "it serves other tests too")]
mod recording;
mod requests;
#[path = "../sandbox/rig.rs"]
#[allow(dead_code, reason = "it serves the sandbox's own tests too")]
mod rig;
#[path = "../api/server.rs"]
#[allow(dead_code, reason = "it serves the client's own tests too")]
mod server;
mod shared;
